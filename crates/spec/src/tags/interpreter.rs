//! The python and ABI tags of a target, most preferred first.

use super::early_pip;
use super::pair::{Pair, cpython_abis, generic_abis, nodot, own_tag, sees_free_threading};
use crate::target::facts::{Behaviour, TagFamily};
use crate::target::rules::Rules;
use crate::target::{Implementation, InstallerKind, Python};

/// Returns every pair that an installer supports on an interpreter, most preferred first.
pub(super) fn pairs(python: &Python, rules: Rules<'_>) -> Vec<Pair> {
    if !rules.does(Behaviour::TagsByPackaging) && rules.kind() == InstallerKind::Pip {
        return early_pip::pairs(python, rules);
    }
    let mut pairs = Vec::new();
    match python.implementation {
        Implementation::CPython => cpython(python, rules, &mut pairs),
        Implementation::PyPy | Implementation::GraalPy => generic(python, rules, &mut pairs),
    }
    compatible(python, rules, &mut pairs);
    pairs
}

fn cpython(python: &Python, rules: Rules<'_>, pairs: &mut Vec<Pair>) {
    let (major, minor) = python.language_version();
    let own = format!("cp{}", nodot(major, minor, rules));
    for abi in cpython_abis(python, rules) {
        pairs.push(Pair::platforms(&own, &abi));
    }
    // PEP 384 for abi3, PEP 803 for abi3t; in packaging and uv both start at 3.2.
    let stable = match sees_free_threading(python, rules) {
        _ if (major, minor) < (3, 2) => None,
        false => Some("abi3"),
        true if rules.supports(TagFamily::Abi3t) => Some("abi3t"),
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

/// packaging 26.3, `_py_interpreter_range`: `py312`, `py3`, `py311` ... `py30`.
fn py_tags(python: &Python, rules: Rules<'_>) -> Vec<String> {
    let (major, minor) = python.language_version();
    let mut tags = vec![format!("py{}", nodot(major, minor, rules)), format!("py{major}")];
    tags.extend((0..minor).rev().map(|older| format!("py{}", nodot(major, older, rules))));
    tags
}

/// packaging 26.3, `compatible_tags`, with the tags that each installer lists before `py3X-none-any`.
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
