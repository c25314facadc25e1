//! The tag order of pip before 20.0, which did not use packaging for its tags (`pip/_internal/pep425tags.py`).

use super::pair::{Pair, generic_abis, own_tag};
use crate::target::facts::{Behaviour, TagFamily};
use crate::target::rules::Rules;
use crate::target::{Implementation, Python};

/// Returns every pair, most preferred first (pip 19.3.1, `pep425tags.get_supported`).
pub(super) fn pairs(python: &Python, rules: Rules<'_>) -> Vec<Pair> {
    let (major, minor) = python.language_version();
    let cpython = python.implementation == Implementation::CPython;
    let own = own_tag(python);
    let prefix = python.implementation.tag_prefix();
    let platforms =
        |python: &str, abi: &str| Pair { python: python.to_owned(), abi: abi.to_owned(), on_platforms: true };
    let any = |python: String| Pair { python, abi: "none".to_owned(), on_platforms: false };

    let mut pairs = Vec::new();
    if cpython {
        // The flags are copied from the SOABI of the interpreter without interpretation.
        pairs.push(platforms(&own, &format!("{own}{}", python.abi_flags)));
        if (major, minor) >= (3, 2) {
            pairs.push(platforms(&own, "abi3"));
        }
    } else {
        pairs.extend(generic_abis(python, rules).iter().map(|abi| platforms(&own, abi)));
    }
    pairs.push(platforms(&own, "none"));
    if cpython && major == 3 && rules.supports(TagFamily::Abi3OfOlder) {
        pairs.extend((2..minor).rev().map(|older| platforms(&format!("{prefix}{major}{older}"), "abi3")));
    }
    pairs.push(platforms(&format!("py{major}"), "none"));
    pairs.push(any(own));
    let older_none_any = rules.does(Behaviour::OlderNoneAny);
    if rules.does(Behaviour::MajorNoneAny) {
        pairs.push(any(format!("{prefix}{major}")));
    }
    if older_none_any {
        pairs.extend((0..minor).rev().map(|older| any(format!("{prefix}{major}{older}"))));
    }
    pairs.push(any(format!("py{major}{minor}")));
    pairs.push(any(format!("py{major}")));
    pairs.extend((0..minor).rev().map(|older| any(format!("py{major}{older}"))));
    pairs
}
