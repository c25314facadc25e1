//! The recorded parts of a run.

use serde_json::{Value, json};

use super::wording::take_sentences;
use crate::cli::schema;
use crate::cli::site::Run;

/// The columns that an object or a list may take on one line.
const WIDTH: usize = 110;

/// The recorded texts of a run.
pub(super) struct Record {
    /// Arguments, exit status and report, without sentences.
    pub(super) behaviour: String,
    /// The sentences.
    pub(super) words: String,
}

impl Record {
    /// The result of a run. The output of a bare run is not JSON, and all of it is wording.
    pub(super) fn of(arguments: &[String], run: &Run, is_bare: bool) -> Self {
        let mut report = match run.out.is_empty() || is_bare {
            true => Value::Null,
            false => serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}")),
        };
        let schema_faults = schema_faults(&report);
        if let Some(version) = report.get_mut("wheelbase") {
            *version = "{version}".into();
        }
        let sentences = take_sentences(&mut report);
        let mut words = String::new();
        for (path, text) in &sentences {
            add(&mut words, path, text);
        }
        if is_bare {
            add(&mut words, "standard output", &run.out);
        }
        if !run.err.is_empty() {
            add(&mut words, "standard error", &run.err);
        }
        let behaviour = json!({
            "arguments": arguments.join(" "),
            "status": run.status,
            "errors": run.err.lines().filter(|line| line.starts_with("error: ")).count(),
            "places": places(&run.err),
            "schema_faults": schema_faults,
            "report": report,
        });
        Self { behaviour: layout(&behaviour, 0) + "\n", words }
    }
}

/// The differences of a document from its schema.
pub(crate) fn schema_faults(document: &Value) -> Vec<String> {
    let first = document.as_array().and_then(|all| all.first()).unwrap_or(document);
    match first["schema"].as_str() {
        Some("wheelbase.report/1") => schema::faults("report", document),
        Some("wheelbase.inspection/1") => schema::faults("inspection", document),
        Some("wheelbase.tags/1") => schema::faults("tags", document),
        _ => Vec::new(),
    }
}

/// A heading, and the text below it, indented.
fn add(words: &mut String, heading: &str, text: &str) {
    words.push_str(heading);
    words.push('\n');
    for line in text.lines() {
        words.push_str(format!("  {line}").trim_end());
        words.push('\n');
    }
}

/// The places `file:line:column` in a text, in its order.
fn places(text: &str) -> Vec<&str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let words = text.split_whitespace().map(|word| word.trim_matches(['`', '(', ')', ',', ':', ';']));
    words
        .filter(|word| {
            let mut parts = word.rsplitn(3, ':');
            let [column, line] = [parts.next(), parts.next()].map(Option::unwrap_or_default);
            is_number(line) && is_number(column) && parts.next().is_some_and(|file| !file.is_empty())
        })
        .collect()
}

/// JSON with what fits on a line on one line, so that a recorded report is short and its changes are readable.
pub(crate) fn layout(value: &Value, depth: usize) -> String {
    let flat = flat(value);
    let indent = "  ".repeat(depth + 1);
    let lines: Vec<String> = match value {
        _ if indent.len() + flat.chars().count() <= WIDTH && depth > 0 => return flat,
        Value::Array(values) => {
            values.iter().map(|one| format!("{indent}{}", layout(one, depth + 1))).collect()
        }
        Value::Object(entries) => entries
            .iter()
            .map(|(key, one)| format!("{indent}{}: {}", Value::from(key.as_str()), layout(one, depth + 1)))
            .collect(),
        _ => return flat,
    };
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    format!("{open}\n{}\n{}{close}", lines.join(",\n"), "  ".repeat(depth))
}

/// JSON on one line.
fn flat(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries =
                entries.iter().map(|(key, one)| format!("{}: {}", Value::from(key.as_str()), flat(one)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        one => one.to_string(),
    }
}

#[test]
fn layout_is_the_same_json() {
    let value =
        json!({"a": ["x\n\"…", 1, null], "b": {}, "c": ["y".repeat(80), "z".repeat(80)], "d": [{"e": true}]});
    let text = layout(&value, 0);
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    assert_eq!(text.lines().count(), 9, "{text}");
}

#[test]
fn places_are_found_wherever_a_message_has_them() {
    let text =
        "error: r.txt:1:2: no version\nerror: `a/b.txt:30:4` and (c:5:6), but python:3.12 or 1:2 are none\n";
    assert_eq!(places(text), ["r.txt:1:2", "a/b.txt:30:4", "c:5:6"]);
}
