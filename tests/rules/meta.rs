//! The table of codes: each is documented. `cases.rs` checks that each has cases.

use std::collections::BTreeSet;

use wheelbase::findings::Code;

fn kebab(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

#[test]
fn every_code_is_explained() {
    let all = Code::ALL;
    for code in all {
        let name = code.name();
        assert!(kebab(name), "{name} is kebab-case");
        assert!(
            !code.summary().is_empty() && !code.summary().ends_with('.'),
            "{name}: one line without final stop"
        );
        let text = code.explanation();
        assert!(text.len() > 80 && text.ends_with('.'), "{name}: a real explanation");
        assert!(code.link().starts_with("https://"), "{name}");
    }
    let names: BTreeSet<&str> = all.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), all.len(), "each name is unique");
}
