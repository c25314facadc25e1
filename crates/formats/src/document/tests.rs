use proptest::prelude::*;

use super::{Document, Format, Node};
use crate::limits::{DOCUMENT_BYTES, DOCUMENT_DEPTH, DOCUMENT_FAULTS};

/// The root, and the faults as `line:column: message`.
fn read(format: Format, text: &str) -> (Node, Vec<String>) {
    let document = Document::new("f", text);
    let root = document.read(format);
    let faults = document.into_faults();
    let line = |fault: &super::Fault| fault.to_string().trim_start_matches("f:").to_owned();
    (root, faults.iter().map(line).collect())
}

fn positions(format: Format, text: &str) -> Vec<String> {
    let place = |line: String| line.split(": ").next().unwrap_or_default().to_owned();
    read(format, text).1.into_iter().map(place).collect()
}

#[test]
fn toml_and_json_give_the_same_values() {
    let (toml, faults) = read(Format::Toml, "a = [1, true, 'x\ty', 1.5]\n[b]\nc = {}\n");
    assert_eq!(faults, [""; 0]);
    let (json, faults) = read(Format::Json, "{\"a\": [1, true, \"x\\ty\", 1.5], \"b\": {\"c\": {}}}");
    assert_eq!(faults, [""; 0]);
    fn bare(node: &Node) -> Node {
        let mut node = node.clone();
        (node.offset, node.end) = (0, 0);
        match &mut node.value {
            super::Value::Array(items) => items.iter_mut().for_each(|item| *item = bare(item)),
            super::Value::Table(entries) => entries.iter_mut().for_each(|entry| {
                entry.offset = 0;
                entry.node = bare(&entry.node);
            }),
            _ => {}
        }
        node
    }
    assert_eq!(bare(&toml), bare(&json));
}

#[test]
fn positions_count_characters_and_no_byte_order_mark() {
    for (format, text, column) in [
        (Format::Json, "\u{feff}{\"\u{e4}\u{1f40d}\": 1, \"b\": 2}", 16),
        (Format::Toml, "\u{feff}x = {\"\u{e4}\" = 1, b = 2}", 19),
    ] {
        let document = Document::new("f", text);
        let root = document.read(format);
        let node = root.get("b").or_else(|| root.get("x")?.get("b")).expect("read");
        let origin = document.origin(node.offset);
        assert_eq!((origin.line, origin.column), (1, column), "{text}");
        assert_eq!(text.get(node.offset..node.end), Some("2"));
        assert!(!document.has_faults());
    }
}

#[test]
fn lines_of_an_embedded_document_are_those_of_its_file() {
    let document = Document::embedded("f", "a = 1\nb = 2\n", vec![(7, 2), (8, 2)]);
    let root = document.read(Format::Toml);
    assert_eq!(document.origin(root.get("b").expect("read").offset).to_string(), "f:8:7");
}

#[test]
fn json_errors_have_positions() {
    for (text, place) in [
        ("", "1:1"),
        ("{", "1:2"),
        ("{\n \"a\" 1}", "2:6"),
        ("[1,]", "1:4"),
        ("[1\n 2]", "2:2"),
        ("{\"a\":}", "1:6"),
        ("[\"", "1:2"),
        ("{} x", "1:4"),
        ("{a: 1}", "1:2"),
        ("{\"a\": 1,}", "1:9"),
        ("nul", "1:1"),
        ("[\"\u{1}\"]", "1:2"),
        ("[\"\\x\"]", "1:2"),
        ("[\"\\ud800\"]", "1:2"),
        ("[01]", "1:2"),
        ("[1-2]", "1:2"),
        ("[1.]", "1:2"),
        ("[-]", "1:2"),
        ("[1\u{a0}]", "1:3"),
        ("['a']", "1:2"),
    ] {
        assert_eq!(positions(Format::Json, text), [place], "{text:?}");
    }
}

#[test]
fn all_syntax_errors_of_toml_have_positions() {
    assert_eq!(positions(Format::Toml, "[a]\nx = = 1\n[b]\ny = \n[c]\nz = 'a'\n"), ["2:5", "2:7", "4:5"]);
}

#[test]
fn a_syntax_error_hides_the_faults_that_it_may_cause() {
    let document = Document::new("f", "[a]\nname = \n[b]\nname = 1\n");
    let root = document.read(Format::Toml);
    for key in ["a", "b"] {
        let table = document.table(root.get(key).expect("read"), key).expect("a table").prefixed();
        assert_eq!(table.required("name"), None);
        assert_eq!(table.required("other"), None);
    }
    let faults: Vec<String> = document.into_faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[0].starts_with("f:2:"), "{faults:?}");
    assert_eq!(faults[1..], ["f:3:1: `b.other` is missing", "f:4:8: `b.name` must be a string"]);
}

#[test]
fn duplicate_keys_are_faults() {
    assert_eq!(
        read(Format::Json, "{\"a\": 1,\n \"b\": 2, \"a\": 3, \"a\": 4}").1,
        ["2:10: duplicate key `a`", "2:18: duplicate key `a`"]
    );
    assert_eq!(positions(Format::Toml, "a = 1\na = 2\n"), ["2:1"]);
}

#[test]
fn deep_nesting_is_a_fault() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(positions(Format::Json, &nested(DOCUMENT_DEPTH)), [""; 0]);
    assert_eq!(positions(Format::Json, &nested(DOCUMENT_DEPTH + 1)), [format!("1:{}", DOCUMENT_DEPTH + 1)]);
    for open in ["[", "{\"a\":"] {
        assert_eq!(positions(Format::Json, &open.repeat(1_000_000)).len(), 1);
    }
    for open in ["[", "{a=", "a.", "[[", "[a."] {
        for front in ["", "a = "] {
            let text = format!("{front}{}", open.repeat(100_000));
            assert!(!positions(Format::Toml, &text).is_empty(), "{front}{open}");
        }
    }
    // No limit of the parser is exceeded, and the tables are 6,240 levels deep.
    let key = ["a"; 79].join(".");
    let value = (0..78).fold("1".to_owned(), |value, _| format!("{{{key} = {value}}}"));
    let (_, faults) = read(Format::Toml, &format!("[{key}]\n{key} = {value}\n"));
    assert_eq!(faults.len(), 1);
    assert!(faults[0].ends_with("values are nested too deeply"), "{faults:?}");
}

#[test]
fn large_documents_and_many_faults_are_bounded() {
    let many = "= \n".repeat(30_000);
    assert_eq!(positions(Format::Toml, &many).len(), DOCUMENT_FAULTS);
    let large = "= \n".repeat(400_000);
    assert_eq!(positions(Format::Toml, &large), ["1:1"]);
    let keys: Vec<String> = (0..200_000).map(|n| format!("\"{n}\": 0")).collect();
    assert_eq!(positions(Format::Json, &format!("{{{}}}", keys.join(","))), [""; 0]);
    let huge = " ".repeat(DOCUMENT_BYTES + 1);
    assert_eq!(read(Format::Json, &huge).1, ["1:1: the file is longer than 64 MiB"]);
}

/// Texts that are almost documents.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "[[",
        "]]",
        ":",
        ",",
        "=",
        ".",
        "\"",
        "'",
        "\"\"\"",
        "\\",
        "\\u00",
        "a",
        "b",
        "\"a\"",
        "'b'",
        "0",
        "-1",
        "1e5",
        "0x1f",
        "true",
        "null",
        "inf",
        "1979-05-27",
        "\n",
        " ",
        "#",
        "\u{feff}",
        "\u{e4}",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Calls every accessor on every value.
fn use_all(text: &str, format: Format) {
    fn walk(document: &Document<'_>, node: &Node) {
        assert!(document.source.text.get(node.offset..node.end).is_some() || node.end == 0);
        document.origin(node.offset);
        document.inside(node, 1);
        if let Some(table) = document.table(node, "t") {
            table.only(&["a"]);
            for entry in node.entries() {
                let key = &entry.key;
                table.required(key);
                table.boolean(key);
                table.size(key);
                table.parsed::<u8>(key);
                table.texts(key);
                table.tables(key);
                table.table(key);
                document.texts_at(node, key);
                document.version(key, entry.offset);
            }
        }
        let children = node.entries().iter().map(|entry| &entry.node).chain(node.items());
        children.for_each(|child| walk(document, child));
    }
    let document = Document::new("f", text);
    let root = document.read(format);
    walk(&document, &root);
}

/// The number of entries with the key of an earlier one.
fn duplicate_keys(node: &Node) -> usize {
    let mut keys = std::collections::HashSet::new();
    let own = node.entries().iter().filter(|entry| !keys.insert(entry.key.as_str())).count();
    let children = node.entries().iter().map(|entry| &entry.node).chain(node.items());
    own + children.map(duplicate_keys).sum::<usize>()
}

proptest! {
    #[test]
    fn all_texts_are_read_without_panic(text in prop_oneof![nearly(), any::<String>()]) {
        use_all(&text, Format::Json);
        use_all(&text, Format::Toml);
    }

    // The oracle is serde_json, which keeps the last of two equal keys.
    #[test]
    fn json_is_accepted_if_serde_json_accepts_it(text in nearly()) {
        let stripped = text.trim_start_matches('\u{feff}');
        prop_assume!(stripped.len() + 3 >= text.len());
        let (root, faults) = read(Format::Json, &text);
        // A duplicate key is one fault. After a syntax error the table is empty.
        let refused = faults.len() != duplicate_keys(&root);
        prop_assert_eq!(refused, serde_json::from_str::<serde_json::Value>(stripped).is_err(), "{:?}", faults);
    }

    // The oracle is the toml crate without recovery.
    #[test]
    fn toml_is_accepted_if_the_toml_crate_accepts_it(text in nearly()) {
        let (_, faults) = read(Format::Toml, &text);
        prop_assert_eq!(faults.is_empty(), toml::de::DeTable::parse(&text).is_ok(), "{:?}", faults);
    }
}
