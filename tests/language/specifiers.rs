use std::fmt::Write as _;

use wheelbase::version::{SpecifierSet, Version};

use crate::messages::{Messages, assert_messages};

use super::{assert_none, cases, text};

/// Every specifier with every version, and the texts that are not specifiers.
#[test]
fn specifier_sets_have_the_results_of_packaging_26_3() {
    let cases = cases(include_str!("specifiers.json"));
    let (head, cases) = cases.split_first().expect("a head");
    let versions: Vec<Version> = head["versions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|version| text(version).parse().expect("a version"))
        .collect();
    let mut differences = Vec::new();
    for case in cases {
        let written = text(&case["specifiers"]);
        let set = match written.parse::<SpecifierSet>() {
            Ok(set) => set,
            Err(fault) => {
                if case["valid"] == true {
                    differences.push(format!("{written:?} is refused: {fault}"));
                }
                continue;
            }
        };
        if case["valid"] == false {
            differences.push(format!("{written:?} is taken"));
            continue;
        }
        if set.names_prerelease() != (case["prereleases"] == true) {
            differences.push(format!("{written:?} names_prerelease {}", set.names_prerelease()));
        }
        let close: Vec<Version> = case["near"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|version| text(version).parse().expect("a version"))
            .collect();
        for (versions, expected) in
            [(&versions, text(&case["answers"])), (&close, text(&case["answers_beside"]))]
        {
            for (version, expected) in versions.iter().zip(expected.chars()) {
                if set.contains(version) != (expected == 'T') {
                    differences.push(format!("{version} in {written:?}: packaging says {expected}"));
                }
            }
        }
    }
    assert_none(&differences);
}

/// PEP 440, arbitrary equality: text against text, in any case.
#[test]
fn arbitrary_equality_compares_text() {
    let set: SpecifierSet = "===1.0-Final".parse().expect("a specifier");
    assert!(set.contains_text("1.0-fiNAL"));
    assert!(!set.contains_text("1.0"));
    let set: SpecifierSet = "===1.0".parse().expect("a specifier");
    assert!(!set.contains(&"1.0.0".parse().expect("a version")));
    assert!(set.contains(&"1.0".parse().expect("a version")));
}

/// pip 26.3, `factory.py`: a pin is `===`, or `==` without a wildcard.
#[test]
fn pins_are_exact_equalities() {
    let pinned = |text: &str| text.parse::<SpecifierSet>().expect("a specifier").is_pinned();
    assert!(pinned("==1.0") && pinned(">=1,==1.0") && pinned("===foo"));
    assert!(!pinned("") && !pinned("==1.*") && !pinned("~=1.0") && !pinned(">=1,<=1"));
}

/// uv 0.13.8, `lenient_requirement.rs`: the inputs of its tests and their results.
#[test]
fn old_metadata_is_repaired_as_by_uv() {
    for (written, repaired) in [
        (">=7.2.0<8.0.0", ">=7.2.0,<8.0.0"),
        ("!=~5.0,>=4.12", "!=5.0.*,>=4.12"),
        ("!=~5,>=4.12", "!=5.*,>=4.12"),
        (">=1.9.*", ">=1.9"),
        (">=1.*", ">=1"),
        (">=2.7,!=3.0*,!=3.1*,!=3.2*", ">=2.7,!=3.0.*,!=3.1.*,!=3.2.*"),
        (">=3.6, ", ">=3.6"),
        (">= '2.7'", ">=2.7"),
        (">=\"3.6\"", ">=3.6"),
        (">=2.7,!=3.0.*,!=3.1.*,<3.4.*", ">=2.7,!=3.0.*,!=3.1.*,<3.4"),
        (">=2.7, !=3.0.*, !=3.1.*', !=3.2.*, !=3.3.*'", ">=2.7,!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*"),
        (">dev", ">0.0.0dev"),
        (">=9.0.0a1.0", ">=9.0.0a1"),
        (">=9a1.0", ">=9a1"),
    ] {
        let set = SpecifierSet::parse_lenient(written).expect(written);
        assert_eq!(set.to_string(), repaired, "{written}");
    }
    assert!(SpecifierSet::parse_lenient("three point six").is_err());
}

/// Each text that is not a specifier has an error with the cause, of bounded length.
#[test]
fn faults_contain_the_cause() {
    let fault = |text: &str| text.parse::<SpecifierSet>().expect_err(text).to_string();
    let mut messages = Messages::default();
    for text in [">=1.*", "~=3", ">=3.7+local"] {
        messages.add(text, fault(text));
    }
    assert_messages!(messages);
    let mut long = String::from("==");
    write!(long, "{}", "x".repeat(1_000_000)).expect("a string takes all");
    assert!(fault(&long).len() < 300);
}
