use serde_json::Value;
use wheelbase::ExtraName;
use wheelbase::marker::{Marker, MarkerAnswer, MarkerContext, MarkerEnvironment};

use crate::messages::assert_messages;

use super::{assert_none, cases, text};

fn environment(values: &Value) -> MarkerEnvironment {
    let value = |name: &str| Some(text(&values[name]).to_owned());
    let mut environment = MarkerEnvironment::default();
    environment.implementation_name = value("implementation_name");
    environment.implementation_version = value("implementation_version");
    environment.os_name = value("os_name");
    environment.platform_machine = value("platform_machine");
    environment.platform_python_implementation = value("platform_python_implementation");
    environment.platform_release = value("platform_release");
    environment.platform_system = value("platform_system");
    environment.platform_version = value("platform_version");
    environment.python_full_version = value("python_full_version");
    environment.python_version = value("python_version");
    environment.sys_platform = value("sys_platform");
    environment
}

fn names(list: &Value) -> Vec<ExtraName> {
    list.as_array().expect("a list").iter().map(|name| text(name).parse().expect("a name")).collect()
}

/// Linux with an unknown kernel, as in an image.
fn image() -> MarkerEnvironment {
    let cases = cases(include_str!("markers.json"));
    let mut environment = environment(&cases[0]["environments"]["linux"]);
    environment.platform_release = None;
    environment.platform_version = None;
    environment
}

fn ask(marker: &str, environment: &MarkerEnvironment) -> MarkerAnswer {
    marker.parse::<Marker>().expect(marker).evaluate(environment, MarkerContext::default())
}

/// If `packaging` raises an error during the evaluation, the comparison is false and is reported.
#[test]
fn markers_have_the_results_of_packaging_26_3() {
    let cases = cases(include_str!("markers.json"));
    let (head, cases) = cases.split_first().expect("a head");
    let mut scopes = Vec::new();
    // The order in which the generator wrote the results.
    for name in ["linux", "arm-pre", "pypy", "windows"] {
        for context in head["contexts"].as_array().expect("a list") {
            let environment = environment(&head["environments"][name]);
            scopes.push((environment, names(&context["extras"]), names(&context["dependency_groups"])));
        }
    }
    let mut differences = Vec::new();
    for case in cases {
        let written = text(&case["marker"]);
        let marker = match written.parse::<Marker>() {
            Ok(marker) => marker,
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
        if let Some(shown) = case["shown"].as_str() {
            // A backslash is escaped, so that the text parses to the same value. `packaging` does not escape it.
            if marker.to_string() != shown && !shown.contains('\\') {
                differences.push(format!("{written:?} is shown as {marker}, not {shown}"));
            }
        }
        assert_eq!(marker.to_string().parse::<Marker>().as_ref(), Ok(&marker), "{written}");
        for ((environment, extras, dependency_groups), expected) in
            scopes.iter().zip(text(&case["answers"]).chars())
        {
            let answer = marker.evaluate(environment, MarkerContext { extras, dependency_groups });
            let undefined = marker.undefined_comparisons(environment);
            let same = match expected {
                'T' => answer == MarkerAnswer::True,
                'F' => answer == MarkerAnswer::False,
                _ => !undefined.is_empty(),
            };
            if !same {
                differences.push(format!("{written:?} {extras:?}: {answer:?}, packaging says {expected}"));
            }
            if expected != 'U' && !undefined.is_empty() {
                differences.push(format!("{written:?} is said to be undefined"));
            }
        }
    }
    assert_none(&differences);
}

/// pip 26.3, `match_markers`: one evaluation per extra, and one that is true is enough.
#[test]
fn one_extra_that_makes_the_marker_true_is_enough() {
    let marker: Marker = "extra == 'b' and python_version >= '3'".parse().expect("a marker");
    assert!(marker.mentions_extra());
    let extras: Vec<ExtraName> = ["a", "B"].map(|name| name.parse().expect("a name")).into();
    let context = MarkerContext { extras: &extras, dependency_groups: &[] };
    assert_eq!(marker.evaluate(&image(), context), MarkerAnswer::True);
    let with = |extras| marker.evaluate(&image(), MarkerContext { extras, dependency_groups: &[] });
    assert_eq!(with(&extras[..1]), MarkerAnswer::False);
    assert_eq!(with(&extras[1..]), MarkerAnswer::True);
    assert_eq!(with(&[]), MarkerAnswer::False);
    // Not the same as "both are active": no single extra equals both.
    let both: Marker = "extra == 'a' and extra == 'b'".parse().expect("a marker");
    assert_eq!(both.evaluate(&image(), context), MarkerAnswer::False);
    assert!(!"'a' in extras".parse::<Marker>().expect("a marker").mentions_extra());
}

#[test]
fn an_unknown_variable_matters_only_if_the_result_depends_on_it() {
    let unknown = |names: &[&'static str]| MarkerAnswer::Unknown(names.to_vec());
    for (marker, expected) in [
        ("platform_release == '5'", unknown(&["platform_release"])),
        ("platform_release == '5' and os_name == 'nt'", MarkerAnswer::False),
        ("platform_release == '5' or os_name == 'posix'", MarkerAnswer::True),
        ("platform_release == '5' and os_name == 'posix'", unknown(&["platform_release"])),
        (
            "platform_version == 'x' or platform_release == '5'",
            unknown(&["platform_release", "platform_version"]),
        ),
        ("platform_release == '5' and (platform_version == 'x' and os_name == 'nt')", MarkerAnswer::False),
        // One is the negation of the other for every text.
        ("platform_version == 'x' or platform_version != 'x'", MarkerAnswer::True),
        ("platform_version in 'x' and platform_version not in 'x'", MarkerAnswer::False),
        // For a release that is not a version, both are false.
        ("platform_release == '5' or platform_release != '5'", unknown(&["platform_release"])),
        // Texts have no order, so these are false for every value.
        ("platform_version > '4'", MarkerAnswer::False),
        ("platform_release < 'x'", MarkerAnswer::False),
        ("'' in platform_release", MarkerAnswer::True),
    ] {
        assert_eq!(ask(marker, &image()), expected, "{marker}");
    }
}

#[test]
fn an_unknown_patch_level_matters_only_between_patches() {
    let mut environment = image();
    environment.python_full_version = None;
    let unknown = || MarkerAnswer::Unknown(vec!["python_full_version"]);
    for (marker, expected) in [
        ("python_full_version >= '3.8.1'", MarkerAnswer::True),
        ("python_full_version >= '3.12'", MarkerAnswer::True),
        ("python_full_version < '3.12.0'", MarkerAnswer::False),
        ("python_full_version < '3.13'", MarkerAnswer::True),
        ("python_full_version == '3.12.*'", MarkerAnswer::True),
        ("python_full_version != '3.12.*'", MarkerAnswer::False),
        ("python_full_version ~= '3.8'", MarkerAnswer::True),
        ("'3.9' <= python_full_version", MarkerAnswer::True),
        ("'3.9' >= python_full_version", MarkerAnswer::False),
        ("python_full_version == '3.12.4'", unknown()),
        ("python_full_version != '3.12.4'", unknown()),
        ("python_full_version > '3.12.4'", unknown()),
        ("'3.12.4' == python_full_version", unknown()),
    ] {
        assert_eq!(ask(marker, &environment), expected, "{marker}");
    }
}

/// Inputs that make `pep508_rs` 0.9.2 panic or overflow the stack, and wide ones.
#[test]
fn hostile_markers_have_bounded_cost() {
    for text in ["'posix' ~= os_name", "platform_machine === 'x86_64'", "os_name ~= 'x'"] {
        assert_eq!(ask(text, &image()), MarkerAnswer::False);
        assert_eq!(text.parse::<Marker>().expect(text).undefined_comparisons(&image()).len(), 1);
    }
    let deep = format!("{}os_name == 'posix'{}", "(".repeat(5000), ")".repeat(5000));
    assert_messages!(deep.parse::<Marker>().expect_err("too deep"));
    assert!("(".repeat(1_000_000).parse::<Marker>().is_err());
    assert!("not ".repeat(250_000).parse::<Marker>().is_err());
    let wide = vec!["platform_release == 'a'"; 40_000].join(" and ");
    assert_eq!(ask(&wide, &image()), MarkerAnswer::Unknown(vec!["platform_release"]));
    let alternating = vec!["os_name == 'nt' and os_name == 'posix'"; 20_000].join(" or ");
    assert_eq!(ask(&alternating, &image()), MarkerAnswer::False);
    let many: Vec<String> = (0..10_000).map(|n| format!("platform_version == '{n}'")).collect();
    assert_eq!(ask(&many.join(" or "), &image()), MarkerAnswer::Unknown(vec!["platform_version"]));
}

#[test]
fn faults_have_their_position() {
    for (marker, offset) in [
        ("python_version >= 3.8", 18),
        ("os_name == 'nt' and", 19),
        ("os_name == 'nt' & 1", 16),
        ("(os_name == 'nt'", 0),
        ("os_name == 'nt", 11),
        ("os_name 'nt'", 8),
        ("platform.system == 'x'", 0),
    ] {
        assert_eq!(marker.parse::<Marker>().expect_err(marker).offset(), offset, "{marker}");
    }
}
