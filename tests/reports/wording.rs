//! What of a report is wording: sentences for people, which can change without a change of behaviour.

use serde_json::Value;

/// The keys of sentences, in the reports, inspections, profiles and lists of tags of this crate; `source` is where a fact
/// was read, in words. Everything else is behaviour: codes, levels, statuses, names, versions, files, places (`origin`,
/// `requested_by`, `needed_by`) and commands (`install`).
pub(crate) const SENTENCES: [&str; 15] = [
    "message",
    "help",
    "reasons",
    "steps",
    "notes",
    "unverified",
    "undetermined",
    "summary",
    "assumptions",
    "gap",
    "tools_gap",
    "packages_gap",
    "why",
    "source",
    "other_source",
];

/// The text that replaces a sentence in a recorded report.
pub(super) const MARK: &str = "…";

/// Replaces every sentence of a report by [`MARK`]; gives them with their paths, in the order of the report.
pub(super) fn take_sentences(report: &mut Value) -> Vec<(String, String)> {
    let mut sentences = Vec::new();
    take(report, "", false, &mut sentences);
    sentences
}

fn take(value: &mut Value, path: &str, is_wording: bool, sentences: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if is_wording => {
            sentences.push((path.to_owned(), std::mem::replace(text, MARK.to_owned())));
        }
        Value::Array(values) => {
            for (index, one) in values.iter_mut().enumerate() {
                take(one, &format!("{path}[{index}]"), is_wording, sentences);
            }
        }
        Value::Object(entries) => {
            for (key, one) in entries.iter_mut() {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                take(one, &path, SENTENCES.contains(&key.as_str()), sentences);
            }
        }
        _ => {}
    }
}

#[test]
fn sentences_are_extracted_and_everything_else_is_kept() {
    let mut report = serde_json::json!({
        "targets": [{"id": "a", "notes": ["one", "two"]}],
        "results": [{
            "findings": [{"code": "c", "message": "three", "help": null, "evidence": {"install": "apt-get"}}],
            "undetermined": [{"what": "libc", "why": "four"}],
        }],
    });
    let sentences = take_sentences(&mut report);
    let paths: Vec<String> = sentences.iter().map(|(path, text)| format!("{path} {text}")).collect();
    assert_eq!(
        paths,
        [
            "targets[0].notes[0] one",
            "targets[0].notes[1] two",
            "results[0].findings[0].message three",
            "results[0].undetermined[0].why four",
        ]
    );
    assert_eq!(
        report,
        serde_json::json!({
            "targets": [{"id": "a", "notes": [MARK, MARK]}],
            "results": [{
                "findings": [{"code": "c", "message": MARK, "help": null, "evidence": {"install": "apt-get"}}],
                "undetermined": [{"what": "libc", "why": MARK}],
            }],
        })
    );
}
