use wheelbase::requirement::{Requirement, RequirementSource};

use crate::messages::assert_messages;

use super::{assert_none, cases, text};

#[test]
fn requirements_are_parsed_as_by_packaging_26_3() {
    let mut differences = Vec::new();
    for case in cases(include_str!("requirements.json")) {
        let written = text(&case["requirement"]);
        let requirement = match written.parse::<Requirement>() {
            Ok(requirement) => requirement,
            Err(fault) => {
                assert!(written.is_char_boundary(fault.offset()) && fault.offset() <= written.len());
                // `packaging` accepts a name that ends in `_`. PEP 508 does not, and no index can list it.
                let name_ends_badly = case["name"].as_str().is_some_and(|name| name.ends_with('-'))
                    || case["extras"]
                        .as_array()
                        .is_some_and(|all| all.iter().any(|extra| text(extra).ends_with('-')));
                if case["valid"] == true && !name_ends_badly {
                    differences.push(format!("{written:?} is refused: {fault}"));
                }
                continue;
            }
        };
        if case["valid"] == false {
            differences.push(format!("{written:?} is taken"));
            continue;
        }
        let (mut specifiers, url) = match &requirement.source {
            RequirementSource::Specifiers(set) => (set.iter().map(ToString::to_string).collect(), None),
            RequirementSource::Url(url) => (Vec::new(), Some(url.as_str())),
        };
        specifiers.sort();
        let extras: Vec<&str> = requirement.extras.iter().map(|extra| extra.as_str()).collect();
        let marker = requirement.marker.as_ref().map(ToString::to_string);
        let mut expected: Vec<&str> =
            case["specifiers"].as_array().expect("a list").iter().map(text).collect();
        expected.sort_unstable();
        let expected_extras: Vec<&str> =
            case["extras"].as_array().expect("a list").iter().map(text).collect();
        if requirement.name.as_str() != text(&case["name"])
            || extras != expected_extras
            || specifiers != expected
            || url != case["url"].as_str()
            || marker.as_deref() != case["marker"].as_str()
        {
            differences.push(format!("{written:?} reads as {requirement}, packaging says {case}"));
        }
        assert_eq!(requirement.to_string().parse::<Requirement>().as_ref(), Ok(&requirement), "{written:?}");
    }
    assert_none(&differences);
}

#[test]
fn old_metadata_is_repaired_as_by_uv() {
    for (written, repaired) in [
        ("elasticsearch-dsl (>=7.2.0<8.0.0)", "elasticsearch-dsl>=7.2.0,<8.0.0"),
        ("jupyter-core (!=~5.0,>=4.12)", "jupyter-core!=5.0.*,>=4.12"),
        ("torch (>=1.9.*)", "torch>=1.9"),
        ("pyzmq (>=2.7,!=3.0*,!=3.1*,!=3.2*)", "pyzmq>=2.7,!=3.0.*,!=3.1.*,!=3.2.*"),
        ("pyzmq >=3.6,", "pyzmq>=3.6"),
        ("botocore>=1.3.0,<1.4.0',", "botocore>=1.3.0,<1.4.0"),
        ("numpy \">=1.19\"; python_version >= \"3.7\"", "numpy>=1.19; python_version >= \"3.7\""),
        ("'numpy' >=1.19\"; python_version >= '3.7'", "numpy>=1.19; python_version >= \"3.7\""),
        ("boto3>=1.*", "boto3>=1"),
        ("s3 >=1.0<2.0", "s3>=1.0,<2.0"),
    ] {
        assert_eq!(Requirement::parse_lenient(written).expect(written).to_string(), repaired);
    }
    let fault = Requirement::parse_lenient("a >= x; os_name == 'nt'").expect_err("no version");
    assert_messages!(fault);
}

/// The inputs on which `pep508_rs` 0.9.2 panics.
#[test]
fn hostile_requirements_have_bounded_cost() {
    for text in ["a-==1", "a[x-]", "a[-]", "a @", "a @ ", "a;", "\u{0}", "a\u{301}", "a[\u{301}]"] {
        assert!(text.parse::<Requirement>().is_err(), "{text:?}");
    }
    let deep = format!("a; {}os_name == 'posix'{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(deep.parse::<Requirement>().expect_err("too deep").offset(), 203);
    let long = "a".repeat(10_000_000);
    assert_eq!(long.parse::<Requirement>().expect("a long name").name.as_str().len(), long.len());
    assert!(format!("a=={}", "1.".repeat(5_000_000)).parse::<Requirement>().is_err());
    assert!(format!("a{}", "==1,".repeat(1_000_000)).parse::<Requirement>().is_ok());
}
