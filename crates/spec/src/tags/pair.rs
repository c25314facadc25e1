//! Pairs of python tag and ABI tag, from which the tag lists of all installers are built.

use crate::target::facts::{self, Behaviour, TagFamily};
use crate::target::rules::Rules;
use crate::target::{Implementation, InstallerKind, Python};

/// A supported pair of a python tag and an ABI tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) python: String,
    pub(super) abi: String,
    /// Whether the pair is combined with every platform tag of the target, or only with `any`.
    pub(super) on_platforms: bool,
}

impl Pair {
    pub(super) fn platforms(python: &str, abi: &str) -> Self {
        Self { python: python.to_owned(), abi: abi.to_owned(), on_platforms: true }
    }

    pub(super) fn any(python: &str) -> Self {
        Self { python: python.to_owned(), abi: "none".to_owned(), on_platforms: false }
    }
}

/// Returns a version as tags write it: `312`. packaging 20.3 to 20.7 wrote an underscore before a number above nine.
pub(super) fn nodot(major: u64, minor: u64, rules: Rules<'_>) -> String {
    if minor >= 10 && rules.does(Behaviour::UnderscoredVersion) {
        format!("{major}_{minor}")
    } else {
        format!("{major}{minor}")
    }
}

/// Returns whether the installer recognises a free-threaded interpreter.
pub(super) fn sees_free_threading(python: &Python, rules: Rules<'_>) -> bool {
    python.is_free_threaded() && rules.supports(TagFamily::FreeThreaded)
}

/// Returns the ABI tags of CPython (packaging 26.3, `_cpython_abis`; uv-platform-tags 0.0.72, `Tags::from_env`).
pub(super) fn cpython_abis(python: &Python, rules: Rules<'_>) -> Vec<String> {
    let (major, minor) = python.language_version();
    let version = nodot(major, minor, rules);
    let has = |flag: char| python.abi_flags.contains(flag);
    let threading = if sees_free_threading(python, rules) { "t" } else { "" };
    let debug = if has('d') { "d" } else { "" };
    // uv adds `m` to every build before 3.8; the others look at the interpreter.
    let pymalloc = (major, minor) < (3, 8) && (has('m') || rules.kind() == InstallerKind::Uv);
    let wide = (major, minor) < (3, 3) && has('u') && rules.kind() != InstallerKind::Uv;
    let pymalloc = if pymalloc { "m" } else { "" };
    let wide = if wide { "u" } else { "" };
    let mut abis = vec![format!("cp{version}{threading}{debug}{pymalloc}{wide}")];
    // Since 3.8 debug builds load extension modules of release builds.
    if has('d') && (major, minor) >= (3, 8) {
        abis.push(format!("cp{version}{threading}"));
    }
    abis
}

/// Returns the python tag of the interpreter itself: `cp312`, `pp311`, `graalpy311`.
pub(super) fn own_tag(python: &Python) -> String {
    let (major, minor) = python.language_version();
    format!("{}{major}{minor}", python.implementation.tag_prefix())
}

/// Returns the ABI tags that follow from EXT_SUFFIX (packaging 26.3, `_generic_abi`).
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
