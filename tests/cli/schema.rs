//! The output of the command, compared with the published schemas.

use serde_json::Value;
use wheelbase::verdict::Kind;

use super::site::{Site, rows};

/// Compares a value with `data/NAME.schema.json`.
pub(crate) fn check(name: &str, value: &Value) {
    let faults = faults(name, value);
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The differences of a value from `data/NAME.schema.json`.
pub(crate) fn faults(name: &str, value: &Value) -> Vec<String> {
    let path = format!("{}/data/{name}.schema.json", root!());
    let text = std::fs::read_to_string(&path).expect("the schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{path} is no schema: {error}"));
    let validator = jsonschema::validator_for(&schema).expect("a good schema");
    validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

/// Every kind of result: a wheel, a build, no file, an unknown fact, a conflict, a note, an unverified part.
#[test]
fn a_report_with_all_there_is_meets_its_schema() {
    let site = Site::of(
        "flask 3.0 @2026-01-01 sha -> click
         click 8.0 @2026-01-01
         native-1.0.tar.gz @2026-01-01
         native-1.0-cp312-cp312-manylinux_2_40_x86_64.whl
         gone-1.0-cp311-cp311-win_amd64.whl
         a 1.0 -> c<2
         b 1.0 -> c>=2
         c 1.0
         c 2.0",
    );
    site.write("r.txt", "flask\nnative\ngone\na\nb\nx @ git+https://example.org/x\n");
    let report = site.report(&[
        "-r",
        "r.txt",
        "--on",
        "python:3.12-slim",
        "--on",
        "musl:1.2",
        "--exclude-newer",
        "2026-02-01",
    ]);
    // The files of c, a and b without a date are excluded like that of native.
    assert_eq!(rows(&report, 0)[1..3], ["b 1.0 none", "click 8.0 wheel"]);
    assert_eq!(report["results"][0]["outcome"], "unresolvable");
    let report = site.report(&["-r", "r.txt", "--on", "python:3.12-slim", "--on", "musl:1.2", "--all"]);
    let kinds: Vec<&str> = ["wheel", "sdist", "none", "undetermined"].to_vec();
    let shown = rows(&report, 1).join("\n");
    assert!(kinds.iter().all(|kind| shown.contains(kind)), "{shown}");
    let conflict = &report["results"][0]["conflicts"][0];
    assert_eq!(conflict["lines"][0], serde_json::json!({"requirement": "a", "origin": "r.txt:4:1"}));
    assert_eq!(report["targets"][1]["libc"], serde_json::json!({"family": "musl", "version": "1.2"}));
    assert!(report["targets"][1]["notes"].as_array().is_some_and(|notes| notes.is_empty()));
}

#[test]
fn the_words_for_kinds_are_those_of_the_schema() {
    let words = [Kind::Wheel, Kind::Sdist, Kind::None, Kind::Undetermined].map(Kind::as_str);
    assert_eq!(words, ["wheel", "sdist", "none", "undetermined"]);
}

/// What `tags` prints can be edited and fed back (issue: targets), for every kind of target there is.
#[test]
fn tags_meet_their_schema_and_their_target_can_be_fed_back() {
    let site = Site::of("");
    for (target, more) in [
        ("python:3.12-slim", &[][..]),
        ("python:3.12-alpine", &["--arch", "arm64"]),
        ("python:3.13-slim", &["--arch", "arm/v7", "--installer", "uv"]),
        ("glibc:2.17", &["--python", "3.13t", "--installer", "pip==25.0.1"]),
        ("musl:1.2", &["--python", "3.12", "--arch", "i386"]),
    ] {
        let mut args = vec!["tags", "--format", "json", "--on", target];
        args.extend(more);
        let first = site.run(&args).with_status(0);
        let value: Value = serde_json::from_str(&first.out).expect("JSON");
        check("tags", &value);
        assert!(value["tags"].as_array().is_some_and(|tags| tags.len() > 10));
        // The whole document, and its target alone.
        for (name, text) in [("whole.json", first.out.clone()), ("target.json", value["target"].to_string())]
        {
            site.write(name, &text);
            let path = format!("./{name}");
            let again = site.run(&["tags", "--format", "json", "--on", &path]).with_status(0);
            let again: Value = serde_json::from_str(&again.out).expect("JSON");
            check("tags", &again);
            assert_eq!(again["tags"], value["tags"], "{target} by {name}");
            assert_eq!(again["target"], value["target"], "{target} by {name}");
        }
    }
    let several =
        site.run(&["tags", "--format", "json", "--on", "musl:1.2", "--arch", "amd64", "--arch", "arm64"]);
    let several: Value = serde_json::from_str(&several.out).expect("JSON");
    check("tags", &several);
    assert_eq!(several.as_array().map(Vec::len), Some(2));
}
