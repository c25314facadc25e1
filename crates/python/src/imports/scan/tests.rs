use super::*;

/// Returns the imports as `how module`.
fn imports(text: &str) -> Vec<String> {
    let found = scan(text);
    let items = found.items.iter();
    items
        .filter_map(|item| match &item.what {
            What::Import(import) => Some(format!(
                "{:?} {}{}{}",
                item.how,
                ".".repeat(import.level),
                import.module,
                import.names.iter().map(|name| format!(":{name}")).collect::<String>()
            )),
            _ => None,
        })
        .collect()
}

fn opens(text: &str) -> Vec<(How, Option<String>)> {
    let found = scan(text);
    let all = found.items.iter().chain(found.functions.values().flatten());
    let opens = all.filter_map(|item| match &item.what {
        What::Open(name) => Some((item.how, name.clone())),
        _ => None,
    });
    opens.collect()
}

#[test]
fn statements_of_a_module_run_at_import() {
    let text =
        "import a.b as c, d\nfrom . import e, f as g\nfrom ..h import (i,\n  j)\nclass K:\n    import l\n";
    assert_eq!(imports(text), ["Certain a.b", "Certain d", "Certain .:e:f", "Certain ..h:i:j", "Certain l"]);
}

#[test]
fn bodies_of_functions_do_not_run_at_import() {
    assert!(imports("def f():\n    import a\nasync def g(): import b\n").is_empty());
}

#[test]
fn a_handler_that_continues_makes_an_import_optional() {
    assert_eq!(imports("try:\n    import a\nexcept ImportError:\n    a = None\n"), ["Guarded a"]);
    assert_eq!(imports("try:\n    import a\nexcept (OSError, Exception): pass\n"), ["Guarded a"]);
    assert_eq!(imports("with contextlib.suppress(ImportError):\n    import a\n"), ["Guarded a"]);
    // numpy/_core/__init__.py: the handler explains and raises.
    let text = "try:\n    from . import a\nexcept ImportError as exc:\n    m = 'x'\n    raise ImportError(m) from exc\n";
    assert_eq!(imports(text), ["Certain .:a"]);
    // ctranslate2/__init__.py: a missing module is ignored.
    let text = "try:\n    import a\nexcept ImportError as e:\n    if 'No module named' in str(e):\n        pass\n    else:\n        raise\n";
    assert_eq!(imports(text), ["Certain a"]);
    assert_eq!(
        imports("try:\n    import a\nexcept ImportError as e:\n    if debug:\n        raise\n"),
        ["Guarded a"]
    );
    assert_eq!(imports("try:\n    import a\nexcept AttributeError:\n    pass\n"), ["Certain a"]);
    // A missing library raises ImportError, which is not a ModuleNotFoundError.
    assert_eq!(
        imports("try:\n    import a\nexcept ModuleNotFoundError:\n    import b\n"),
        ["Certain a", "Maybe b"]
    );
}

#[test]
fn known_conditions_decide_which_branch_runs() {
    assert!(imports("if TYPE_CHECKING:\n    import a\n").is_empty());
    assert_eq!(imports("if sys.platform == 'win32':\n    import a\nelse:\n    import b\n"), ["Certain b"]);
    assert_eq!(imports("if x:\n    import a\nelif y:\n    import b\n"), ["Maybe a", "Maybe b"]);
    assert_eq!(imports("if x:\n    import a\n    import b\nelse:\n    import a\n"), ["Certain a", "Maybe b"]);
    // numpy/__init__.py.
    let text = "try:\n    __S__\nexcept NameError:\n    __S__ = False\nif __S__:\n    import a\nelse:\n    import b\n";
    assert_eq!(imports(text), ["Certain b"]);
}

#[test]
fn statements_after_a_conditional_return_may_not_run() {
    let found = scan(
        "def f():\n    if os.name == 'nt':\n        return\n    import a\n    if x: return\n    import b\n",
    );
    let hows: Vec<How> = found.functions["f"].iter().map(|item| item.how).collect();
    assert_eq!(hows, [How::Certain, How::Maybe]);
}

#[test]
fn libraries_are_required_if_the_code_raises_without_them() {
    assert_eq!(opens("_lib = ctypes.CDLL(path())\n"), [(How::Certain, None)]);
    assert_eq!(opens("ctypes.CDLL(None)\nCDLL(find_library('c'))\n"), []);
    assert_eq!(opens("CDLL('libc.so.6')\n"), [(How::Certain, Some("libc.so.6".to_owned()))]);
    // xgboost/core.py: a loop over candidates, and an exception if none of them loads.
    let text = "def load():\n    for p in paths:\n        try:\n            lib = ctypes.cdll.LoadLibrary(p)\n            ok = True\n            break\n        except OSError as e:\n            errors.append(e)\n            continue\n    if not ok:\n        raise E(errors)\n    return lib\n";
    assert_eq!(opens(text), [(How::Certain, None)]);
    assert_eq!(opens("try:\n    CDLL(p)\nexcept OSError:\n    pass\n"), [(How::Guarded, None)]);
}

#[test]
fn incomplete_statements_are_ignored() {
    for text in [
        "from",
        "from import",
        "import",
        "import .",
        "if",
        "try:",
        "except:",
        "CDLL(",
        "import_module(",
        "def",
        "class",
        "x = = y",
    ] {
        scan(text);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_scanned_without_panic(text in "\\PC{0,200}") {
        scan(&text);
    }

    #[test]
    fn any_mixture_of_python_tokens_is_scanned_without_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "import", "from", "as", "if", "elif", "else", "try", "except", "finally", "with", "for", "while",
                "def", "async", "class", "return", "raise", "match", "case", "lambda", "global", "not", "and", "or",
                "in", "is", "CDLL", "import_module", "suppress", "sys", "exit", "platform", "version_info", "a", "é",
                "(", ")", "[", "]", "{", "}", ":", ";", ",", ".", "=", "==", "!=", ">=", "'", "\"\"\"", "'b'", "1",
                "r'", "\\", "#", " ", "\n", "\n  ", "\n\t", "\r\n", "\u{c}",
            ]),
            0..120,
        ),
        spaced in proptest::bool::ANY,
    ) {
        scan(&words.join(if spaced { " " } else { "" }));
    }

    /// Statements before the damage keep their effects.
    #[test]
    fn damaged_text_does_not_hide_the_imports_before_it(text in "\\PC{0,100}") {
        let found = imports(&format!("import first\n{text}"));
        proptest::prop_assert_eq!(found.first().map(String::as_str), Some("Certain first"));
    }
}
