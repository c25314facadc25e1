//! The python and ABI tags of a target, most preferred first.

use crate::target::facts::{self, Behaviour, Rules, TagFamily};
use crate::target::{Implementation, InstallerKind, Python};

/// A python tag and an ABI tag that are supported together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) python: String,
    pub(super) abi: String,
    /// With every platform tag of the target, or with `any` alone.
    pub(super) on_platforms: bool,
}

impl Pair {
    fn platforms(python: &str, abi: &str) -> Self {
        Self { python: python.to_owned(), abi: abi.to_owned(), on_platforms: true }
    }

    fn any(python: &str) -> Self {
        Self { python: python.to_owned(), abi: "none".to_owned(), on_platforms: false }
    }
}

/// Every pair that an installer supports on an interpreter, most preferred first.
pub(super) fn pairs(python: &Python, rules: Rules<'_>) -> Vec<Pair> {
    if !rules.does(Behaviour::TagsByPackaging) && rules.kind() == InstallerKind::Pip {
        return super::early_pip::pairs(python, rules);
    }
    let mut pairs = Vec::new();
    match python.implementation {
        Implementation::CPython => cpython(python, rules, &mut pairs),
        Implementation::PyPy | Implementation::GraalPy => generic(python, rules, &mut pairs),
    }
    compatible(python, rules, &mut pairs);
    pairs
}

/// `3.12` as tags write it. packaging 20.3 to 20.7 put an underscore before a number above nine.
fn nodot(major: u64, minor: u64, rules: Rules<'_>) -> String {
    if minor >= 10 && rules.does(Behaviour::UnderscoredVersion) {
        format!("{major}_{minor}")
    } else {
        format!("{major}{minor}")
    }
}

/// Whether the installer sees that an interpreter is free-threaded.
pub(super) fn sees_free_threading(python: &Python, rules: Rules<'_>) -> bool {
    python.is_free_threaded() && rules.knows(TagFamily::FreeThreaded)
}

/// The ABI tags of CPython itself (packaging 26.3, `_cpython_abis`; uv-platform-tags 0.0.72, `Tags::from_env`).
fn cpython_abis(python: &Python, rules: Rules<'_>) -> Vec<String> {
    let (major, minor) = python.language_version();
    let version = nodot(major, minor, rules);
    let has = |flag: char| python.abi_flags.contains(flag);
    let threading = if sees_free_threading(python, rules) { "t" } else { "" };
    let debug = if has('d') { "d" } else { "" };
    // uv gives every build before 3.8 the letter, the others look.
    let pymalloc = (major, minor) < (3, 8) && (has('m') || rules.kind() == InstallerKind::Uv);
    let wide = (major, minor) < (3, 3) && has('u') && rules.kind() != InstallerKind::Uv;
    let pymalloc = if pymalloc { "m" } else { "" };
    let wide = if wide { "u" } else { "" };
    let mut abis = vec![format!("cp{version}{threading}{debug}{pymalloc}{wide}")];
    // Debug builds load extension modules of release builds since 3.8.
    if has('d') && (major, minor) >= (3, 8) {
        abis.push(format!("cp{version}{threading}"));
    }
    abis
}

fn cpython(python: &Python, rules: Rules<'_>, pairs: &mut Vec<Pair>) {
    let (major, minor) = python.language_version();
    let own = format!("cp{}", nodot(major, minor, rules));
    for abi in cpython_abis(python, rules) {
        pairs.push(Pair::platforms(&own, &abi));
    }
    // PEP 384 for abi3, PEP 803 for abi3t; both start at 3.2 for packaging and uv.
    let stable = match sees_free_threading(python, rules) {
        _ if (major, minor) < (3, 2) => None,
        false => Some("abi3"),
        true if rules.knows(TagFamily::Abi3t) => Some("abi3t"),
        true => None,
    };
    if let Some(stable) = stable {
        pairs.push(Pair::platforms(&own, stable));
    }
    pairs.push(Pair::platforms(&own, "none"));
    if let Some(stable) = stable {
        for older in (2..minor).rev() {
            pairs.push(Pair::platforms(&format!("cp{}", nodot(major, older, rules)), stable));
        }
    }
}

fn generic(python: &Python, rules: Rules<'_>, pairs: &mut Vec<Pair>) {
    let own = own_tag(python);
    for abi in generic_abis(python, rules) {
        pairs.push(Pair::platforms(&own, &abi));
    }
    if rules.does(Behaviour::InterpreterNonePlatformForOthers) {
        pairs.push(Pair::platforms(&own, "none"));
    }
}

/// `cp312`, `pp311`, `graalpy311`.
pub(super) fn own_tag(python: &Python) -> String {
    let (major, minor) = python.language_version();
    format!("{}{major}{minor}", python.implementation.tag_prefix())
}

/// The ABI tag that EXT_SUFFIX stands for (packaging 26.3, `_generic_abi`).
pub(super) fn generic_abis(python: &Python, rules: Rules<'_>) -> Vec<String> {
    let (major, minor) = python.language_version();
    let Some(suffix) = &python.ext_suffix else {
        return match python.implementation {
            Implementation::PyPy => vec![format!("pypy{major}{minor}_{}", facts::pypy_abi_suffix())],
            _ => Vec::new(),
        };
    };
    let parts: Vec<&str> = suffix.split('.').collect();
    let soabi = match parts.as_slice() {
        [_, soabi, _, ..] => *soabi,
        _ => return cpython_abis(python, rules),
    };
    let dashed = |count: usize| soabi.split('-').take(count).collect::<Vec<_>>().join("-");
    let abi = if soabi.starts_with("cpython") {
        match soabi.split('-').nth(1) {
            Some(version) => format!("cp{version}"),
            None => return Vec::new(),
        }
    } else if soabi.starts_with("cp") {
        dashed(1)
    } else if soabi.starts_with("pypy") {
        dashed(2)
    } else if soabi.starts_with("graalpy") {
        dashed(3)
    } else if soabi.is_empty() {
        return Vec::new();
    } else {
        soabi.to_owned()
    };
    vec![abi.replace(['.', '-', ' '], "_").to_lowercase()]
}

/// packaging 26.3, `_py_interpreter_range`: `py312`, `py3`, `py311` ... `py30`.
fn py_tags(python: &Python, rules: Rules<'_>) -> Vec<String> {
    let (major, minor) = python.language_version();
    let mut tags = vec![format!("py{}", nodot(major, minor, rules)), format!("py{major}")];
    tags.extend((0..minor).rev().map(|older| format!("py{}", nodot(major, older, rules))));
    tags
}

/// packaging 26.3, `compatible_tags`, with what each installer puts before `py3X-none-any`.
fn compatible(python: &Python, rules: Rules<'_>, pairs: &mut Vec<Pair>) {
    let tags = py_tags(python, rules);
    pairs.extend(tags.iter().map(|tag| Pair::platforms(tag, "none")));
    let own = match python.implementation {
        Implementation::CPython => rules.does(Behaviour::InterpreterNoneAny).then(|| own_tag(python)),
        _ if rules.does(Behaviour::InterpreterNoneAnyForOthers) => Some(own_tag(python)),
        Implementation::PyPy => rules.does(Behaviour::Pp3NoneAny).then(|| "pp3".to_owned()),
        Implementation::GraalPy => None,
    };
    pairs.extend(own.map(|own| Pair::any(&own)));
    pairs.extend(tags.iter().map(|tag| Pair::any(tag)));
}
