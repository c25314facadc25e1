//! File names, compared with the results of pip, packaging and uv.

use serde_json::{Value, json};
use wheelbase::ProjectName;
use wheelbase::filename::{BuildTag, FileKind, NameRules, NameVerdicts, WheelFilename, WheelName};
use wheelbase::tags::SupportedTags;

fn oracle() -> Vec<Value> {
    serde_json::from_str(include_str!("oracle/names.json")).expect("JSON")
}

fn project() -> ProjectName {
    "foo-bar".parse().expect("valid")
}

// pip 26.3, `LinkEvaluator.evaluate_link` on CPython 3.9; see oracle/names.py.
#[test]
fn verdicts_of_pip() {
    let mut wrong = Vec::new();
    for row in oracle() {
        let name = row["name"].as_str().expect("a name");
        let kind = FileKind::of(name, &project(), NameRules::Packaging);
        let fits = match row["pip"].as_str().expect("a verdict") {
            // A wheel with a valid name that does not fit, or an old sdist for another Python.
            "platform_mismatch" => match &kind {
                FileKind::Wheel(_) => true,
                FileKind::Sdist(sdist) => sdist.python_suffix().is_some_and(|python| python != "3.9"),
                _ => false,
            },
            "candidate" => match &kind {
                FileKind::Wheel(wheel) => row["version"] == wheel.version().to_string(),
                FileKind::Sdist(sdist) => {
                    row["version"] == sdist.version().to_string()
                        && sdist.python_suffix().is_none_or(|python| python == "3.9")
                }
                _ => false,
            },
            "different_project" => kind == FileKind::OtherProject,
            "format_unsupported" => matches!(kind, FileKind::OtherFormat(_)),
            "invalid_version" => {
                matches!(kind, FileKind::Invalid(_))
                    && FileKind::unreadable_version(name, &project(), NameRules::Packaging).is_some()
            }
            // pip reports this for source archives of other projects too.
            "format_invalid" => match kind {
                FileKind::OtherProject => !name.ends_with(".whl") || row["wheel"].is_null(),
                _ => {
                    matches!(kind, FileKind::Invalid(_) | FileKind::Variant { .. })
                        && FileKind::unreadable_version(name, &project(), NameRules::Packaging).is_none()
                }
            },
            _ => false,
        };
        if !fits {
            wrong.push(format!("{name}: {} but {kind:?}", row["pip"]));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// pip's result for every file of real and invented project pages, from names and tags only.
#[test]
fn rejections_of_the_selection_oracle() {
    let oracle: Value = serde_json::from_str(include_str!("../resolve/select.json")).expect("JSON");
    for case in oracle["cases"].as_array().expect("a list") {
        let supported = SupportedTags::of(&super::lists::target(&case["env"], "pip==26.3"));
        let project: ProjectName = case["package"].as_str().expect("a name").parse().expect("a name");
        let rejected = &case["answer"]["rejected"];
        for file in case["files"].as_array().expect("a list") {
            let name = file[0].as_str().expect("a name");
            let kind = FileKind::of(name, &project, supported.name_rules());
            let ours = match &kind {
                FileKind::Wheel(wheel) if !supported.supports(wheel.tags()) => "platform_mismatch",
                FileKind::Wheel(_) | FileKind::Sdist(_) => "",
                FileKind::OtherFormat(_) => "format_unsupported",
                FileKind::OtherProject => "different_project",
                _ if FileKind::unreadable_version(name, &project, supported.name_rules()).is_some() => {
                    "invalid_version"
                }
                _ => "format_invalid",
            };
            let theirs = match rejected[name].as_str() {
                // These depend on more than the name.
                None | Some("requires_python_mismatch") => "",
                Some("format_unsupported") if kind.is_distribution() => "",
                Some(reason) => reason,
            };
            assert_eq!(ours, theirs, "{name} in {}", case["id"]);
        }
    }
}

// packaging 26.3, `parse_wheel_filename`.
#[test]
fn wheel_names_of_packaging() {
    let mut wrong = Vec::new();
    for row in oracle() {
        let name = row["name"].as_str().expect("a name");
        let ours = WheelName::parse(name, NameRules::Packaging).ok();
        let (Some(ours), Some(theirs)) = (ours, row["wheel"].as_object()) else {
            if ours.is_some() == row["wheel"].is_null() {
                wrong.push(format!("{name}: {ours:?} but {}", row["wheel"]));
            }
            continue;
        };
        let mut tags: Vec<String> = ours.tags().iter().map(|tag| tag.to_string()).collect();
        tags.sort();
        tags.dedup();
        let build = ours.build().and_then(BuildTag::parse);
        let number = build.as_ref().map(|build| build.number().to_owned()).unwrap_or_default();
        let build = build.map_or(json!([]), |build| json!([number, build.rest()]));
        let mut expected = theirs["build"].clone();
        if let Some(number) = expected.get_mut(0) {
            *number = number.to_string().into();
        }
        // A number above 64 bits loses digits in the JSON parser of the test, not in the crate.
        let same_build = build == expected || number.len() > 18;
        if json!(tags) != theirs["tags"] || !same_build {
            wrong.push(format!("{name}: {ours:?} but {}", row["wheel"]));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

// uv-distribution-filename 0.0.72, `DistFilename::try_from_filename`, without the archives that uv 0.12.0 dropped.
#[test]
fn verdicts_of_uv() {
    let mut wrong = Vec::new();
    for row in oracle() {
        let name = row["name"].as_str().expect("a name");
        let kind = FileKind::of(name, &project(), NameRules::Uv);
        let theirs = &row["uv"];
        let ours = match &kind {
            FileKind::Wheel(wheel) => {
                json!({"kind": "wheel", "project": "foo-bar", "version": wheel.version().to_string()})
            }
            FileKind::Sdist(sdist) => {
                json!({"kind": "sdist", "project": "foo-bar", "version": sdist.version().to_string()})
            }
            // uv reads numbers in tags with Rust's parser, which accepts a sign. Real tags have none.
            _ if name.contains("_+") => continue,
            // uv reads the names of other projects' wheels too.
            FileKind::OtherProject if theirs["project"] != "foo-bar" => continue,
            _ => Value::Null,
        };
        if ours != *theirs {
            wrong.push(format!("{name}: {kind:?} but {theirs}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_name_that_only_one_installer_accepts_is_reported() {
    for (name, packaging, uv) in [
        ("foo_bar-1.0-py3-none-any.whl", true, true),
        ("foo__bar-1.0-py3-none-any.whl", false, true),
        ("foo_bar-1.0-py3.12-none-any.whl", false, true),
        ("foo_bar-1.0-2+x-py3-none-any.whl", true, false),
        ("foo_bar-1.0-18446744073709551616-py3-none-any.whl", true, false),
        ("foo-bar-1.0.tar.bz2", true, false),
        ("foo-bar-1.0.egg", false, false),
    ] {
        let verdicts = NameVerdicts::of(name, &project());
        let said = (verdicts.packaging.is_distribution(), verdicts.uv.is_distribution());
        assert_eq!(said, (packaging, uv), "{name}");
    }
}

// PEP 825: old installers treat such names as invalid.
#[test]
fn variant_names_are_recognised() {
    let kind = |name| FileKind::of(name, &project(), NameRules::Packaging);
    for (name, expected) in [
        ("foo_bar-1.0-cp312-cp312-manylinux_2_28_x86_64-x86_64_v3.whl", "x86_64_v3"),
        ("foo_bar-1.0-2-cp312-cp312-manylinux_2_28_x86_64-cuda12.whl", "cuda12"),
        ("foo_bar-1.0-py3-none-any-null.whl", "null"),
    ] {
        let version = "1.0".parse().expect("a version");
        assert_eq!(kind(name), FileKind::Variant { version, label: expected.to_owned() });
    }
    for name in ["foo_bar-1.0-b1-cp312-cp312-manylinux_2_28_x86_64.whl", "foo_bar-1.0-1-2-3-py3-none-any.whl"]
    {
        assert!(matches!(kind(name), FileKind::Invalid(_)), "{name}");
    }
    assert_eq!(kind("foo-1.0-py3-none-any-null.whl"), FileKind::OtherProject);
}

#[test]
fn early_pip_reads_lax_wheel_names() {
    for (name, early, today) in [
        ("foo__bar-1.0-py3-none-any.whl", true, false),
        ("foo_bar-1.0_1-py3-none-any.whl", true, false),
        ("foo_bar-1.0-py3.12-none-any.whl", true, false),
        ("foo_bar-1.0-x-py3-none-any.whl", false, false),
        ("foo bar-1.0-py3-none-any.whl", false, false),
    ] {
        assert_eq!(WheelName::parse(name, NameRules::EarlyPip).is_ok(), early, "{name}");
        assert_eq!(WheelName::parse(name, NameRules::Packaging).is_ok(), today, "{name}");
    }
}

#[test]
fn wheels_of_a_version_are_ordered_by_build_tag() {
    let build = |name: &str| {
        let wheel: WheelFilename = name.parse().expect(name);
        wheel.build_tag().cloned()
    };
    let tags: Vec<_> = [
        "foo-1-py3-none-any.whl",
        "foo-1-1-py3-none-any.whl",
        "foo-1-1a-py3-none-any.whl",
        "foo-1-10-py3-none-any.whl",
    ]
    .into_iter()
    .map(build)
    .collect();
    assert!(tags.is_sorted() && tags[0].is_none(), "{tags:?}");
}
