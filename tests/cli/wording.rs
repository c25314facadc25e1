//! Snapshots of user-facing wording.
//!
//! Tests assert statuses, codes, levels and places as values. What the command prints is in snapshots, so that a changed
//! sentence is a diff of one file. `INSTA_UPDATE=always cargo test` accepts all of them, to be read before they are committed.

use std::fmt::Display;

use serde_json::Value;

/// Compares a text with the snapshot of this name in the folder of the test.
macro_rules! assert_wording {
    ($name:expr, $text:expr $(,)?) => {
        $crate::cli::wording::settings().bind(|| insta::assert_snapshot!($name, $text))
    };
}
pub(crate) use assert_wording;

/// Replaces what differs between two runs of a test: folders, ports, names of cache entries and digests of archives.
pub(crate) fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    let temporary = literal(std::env::temp_dir().to_string_lossy().trim_end_matches('/'));
    settings.add_filter(&format!(r"({temporary}/)?\.tmp\w{{6}}\b"), "[FOLDER]");
    settings.add_filter(&literal(root!()), "[PROJECT]");
    settings.add_filter(r"127\.0\.0\.1:\d{2,5}", "127.0.0.1:[PORT]");
    settings.add_filter(r"\(os error \d+\)", "(os error [NUMBER])");
    settings.add_filter(r"\b[0-9a-f]{2}/[0-9a-f]{38}\b", "[ENTRY]");
    settings.add_filter(r"sha256:[0-9a-f]{64}", "sha256:[DIGEST]");
    settings
}

/// A regular expression that matches this text only.
fn literal(text: &str) -> String {
    let escape = |one: char| match one.is_ascii_punctuation() && !"/<>_".contains(one) {
        true => format!("\\{one}"),
        false => one.to_string(),
    };
    text.chars().map(escape).collect()
}

/// The texts of several runs in one snapshot, each under a title.
#[derive(Default)]
pub(crate) struct Texts(String);

impl Texts {
    /// Adds a text under its title, which is usually the command line.
    pub(crate) fn add(&mut self, title: impl Display, text: &str) {
        let separator = if self.0.is_empty() { "" } else { "\n" };
        let text = if text.is_empty() { "(nothing)" } else { text };
        self.0.push_str(&format!("{separator}===== {title}\n{text}"));
        if !self.0.ends_with('\n') {
            self.0.push('\n');
        }
    }

    /// Adds what a run printed under its arguments.
    pub(crate) fn add_run(&mut self, args: &[&str], text: &str) {
        match args {
            [] => self.add("(without options)", text),
            _ => self.add(args.join(" "), text),
        }
    }
}

impl Display for Texts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The findings of a code in the results of a report.
pub(crate) fn findings_of<'a>(report: &'a Value, code: &str) -> Vec<&'a Value> {
    let results = report["results"].as_array().expect("results");
    results
        .iter()
        .flat_map(|result| result["findings"].as_array().expect("findings"))
        .filter(|finding| finding["code"] == code)
        .collect()
}

/// Level and project of the findings of a code in the results of a report.
pub(crate) fn levels_of(report: &Value, code: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let found = findings_of(report, code);
    found.iter().map(|finding| (text(&finding["level"]), text(&finding["project"]))).collect()
}

/// Message and help of a finding, as a person reads them.
pub(crate) fn message_of(finding: &Value) -> String {
    let message = finding["message"].as_str().expect("a message");
    match finding["help"].as_str() {
        Some(help) => format!("{message}\nhelp: {help}"),
        None => message.to_owned(),
    }
}

/// Messages of all findings of a code in the results of a report.
pub(crate) fn messages_of(report: &Value, code: &str) -> String {
    let messages: Vec<String> = findings_of(report, code).into_iter().map(message_of).collect();
    messages.join("\n\n")
}
