//! JSON against its schema, and text for readers.

use serde_json::Value;
use wheelbase::inspect::{Inspection, InspectionTextOptions, SCHEMA, report, text};
use wheelbase::wheel::WheelFacts;

use super::support::{Wheel, fixture, fixtures, glibc, musl};

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema follows its dialect");
    jsonschema::validator_for(&schema).expect("a schema")
}

/// One wheel of every kind that the rules tell apart.
fn inspections() -> Vec<Inspection> {
    let mut all = Vec::new();
    for name in fixtures() {
        let gnu = Wheel::new("cp38-abi3-manylinux_2_17_x86_64").with("demo/demo.so", &name);
        let musl_wheel =
            Wheel::new("cp312-cp312-musllinux_1_1_x86_64").with("demo-1.0.data/purelib/demo.so", &name);
        let any = Wheel::new("py3-none-any")
            .labelled(&["nonsense"])
            .with("demo.so", &name)
            .with("tool", "ext.aarch64.gnu.so");
        all.extend([
            gnu.inspect(),
            gnu.on(&glibc(2, 41)),
            musl_wheel.inspect(),
            musl_wheel.on(&musl(1, 2, Some(2))),
            any.inspect(),
        ]);
        let file = WheelFacts::read_elf(&name, std::io::Cursor::new(fixture(&name))).expect("sound");
        all.push(wheelbase::inspect::inspect(&file, None));
    }
    all.push(Wheel::new("py3-none-any").inspect());
    all
}

#[test]
fn every_report_keeps_the_schema() {
    let value = report(&inspections()).expect("a report");
    let faults: Vec<String> = validator()
        .iter_errors(&value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .take(5)
        .collect();
    assert_eq!(faults, [""; 0]);
    assert!(value["files"].as_array().expect("a list").len() > 300);
}

/// The schema must be able to fail.
#[test]
fn the_schema_rejects_unknown_fields() {
    let validator = validator();
    let mut value =
        report(&[Wheel::new("py3-none-any").with("demo.so", "libb.so").inspect()]).expect("a report");
    assert!(validator.is_valid(&value));
    for path in
        ["/files/0/computed", "/files/0/limits/isa", "/files/0/members/0/stack", "/files/0/findings/0/level"]
    {
        let mut other = value.clone();
        *other.pointer_mut(path).expect(path) = Value::from("nonsense");
        assert!(!validator.is_valid(&other), "{path}");
    }
    value["files"][0]["surprise"] = Value::from(1);
    assert!(!validator.is_valid(&value));
}

/// Issue 3, section 3: the fields that are promised, with their meaning.
#[test]
fn documented_fields_have_their_values() {
    let wheel = Wheel::new("cp312-cp312-manylinux_2_17_x86_64").with("demo/demo.so", "new-node.so");
    let value = report(&[wheel.inspect()]).expect("a report");
    assert_eq!(value["schema"], "wheelbase.inspection/1");
    let file = &value["files"][0];
    assert_eq!(file["file"], "demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl");
    assert_eq!(file["sha256"], Value::Null);
    assert_eq!(file["claimed_platforms"], serde_json::json!(["manylinux_2_17_x86_64"]));
    assert_eq!(file["wheel_tags"], serde_json::json!(["cp312-cp312-manylinux_2_17_x86_64"]));
    assert_eq!(file["computed"], "manylinux_2_34_x86_64");
    assert_eq!(
        file["limits"],
        serde_json::json!({
            "symbols": "manylinux_2_34_x86_64",
            "external": "manylinux_2_5_x86_64",
            "forbidden": "manylinux_2_5_x86_64",
            "isa": "manylinux_2_5_x86_64",
        })
    );
    assert_eq!(file["versioned_symbols"], serde_json::json!({"libc.so.6": ["GLIBC_2.34"]}));
    assert_eq!(file["external_libraries"], serde_json::json!([]));
    assert_eq!(file["lowest_musl"], Value::Null);
    assert_eq!(file["members"][0]["needed"], serde_json::json!(["libc.so.6"]));
    let finding = &file["findings"][0];
    assert_eq!((&finding["code"], &finding["level"]), (&"tag-overstated".into(), &"deny".into()));
    assert_eq!(finding["member"], "demo/demo.so");
}

#[test]
fn the_text_starts_with_the_verdict() {
    let wheel = Wheel::new("cp312-cp312-manylinux_2_17_x86_64").with("demo/demo.so", "new-node.so");
    let found = [wheel.inspect()];
    let plain = text(&found, InspectionTextOptions::default());
    insta::assert_snapshot!(plain);
    let long = text(&found, InspectionTextOptions::default().with_members(true));
    assert!(long.contains("  members\n    demo/demo.so  x86_64 shared-object"), "{long}");
}

#[test]
fn text_of_a_folder_has_a_line_for_each_file_and_a_summary() {
    let wheels = [
        Wheel::new("cp312-cp312-manylinux_2_17_x86_64").with("demo/demo.so", "new-node.so").inspect(),
        Wheel::new("cp312-cp312-manylinux_2_5_x86_64").with("demo/demo.so", "old-node.so").inspect(),
        Wheel::new("cp312-cp312-musllinux_1_2_x86_64").with("demo/demo.so", "relr.so").inspect(),
        Wheel::new("py3-none-any").inspect(),
        Wheel::new("py3-none-any").with("a", "static.exe").with("b", "ext.aarch64.gnu.so").inspect(),
    ];
    insta::assert_snapshot!(text(&wheels, InspectionTextOptions::default().with_brief(true)));
}

/// Names come from foreign archives and go to terminals.
#[test]
fn control_characters_of_names_are_shown_and_not_sent() {
    let wheel = Wheel::new("cp312-cp312-manylinux_2_17_x86_64").with("demo/\x1b[31mred\n.so", "new-node.so");
    let out = text(&[wheel.inspect()], InspectionTextOptions::default().with_members(true).with_all(true));
    assert!(out.chars().all(|one| one == '\n' || !one.is_control()), "{out:?}");
    assert!(out.contains("\\u{1b}[31mred\\n"), "{out:?}");
}
