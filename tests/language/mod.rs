//! Versions, markers, requirements and requirements files, compared with `packaging` and pip.
//!
//! The program in the folder `make_oracle` writes the JSON files.

mod loading;
mod markers;
mod projects;
mod requirements;
mod requirements_files;
mod specifiers;

use serde_json::Value;

/// The cases of an oracle file; the first may contain values that all cases share.
fn cases(text: &str) -> Vec<Value> {
    let mut file: Value = serde_json::from_str(text).expect("an oracle file");
    assert_eq!(file["tools"]["packaging"], "26.3");
    match file["cases"].take() {
        Value::Array(cases) => cases,
        _ => unreachable!("an oracle file has a list of cases"),
    }
}

/// Reports all differences in one message, because one wrong rule affects many cases.
fn assert_none(differences: &[String]) {
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}
