//! Snapshots of messages: the wording is in a `.snap` file, where a change of it is read as a diff. What a message is
//! about (its kind, its level, its project) is asserted as a value by the test itself.

use std::fmt::{Display, Formatter, Result};

/// The messages of one test, each below the case that causes it.
#[derive(Debug, Default)]
pub(crate) struct Messages(Vec<(String, String)>);

impl Messages {
    pub(crate) fn add(&mut self, case: impl Display, message: impl Display) {
        self.0.push((case.to_string().replace('\n', "\\n"), message.to_string()));
    }

    pub(crate) fn add_all<T: Display>(&mut self, case: impl Display, messages: impl IntoIterator<Item = T>) {
        self.add(case, lines(messages));
    }
}

impl Display for Messages {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (case, message) in &self.0 {
            writeln!(f, "{case}")?;
            for line in message.lines() {
                writeln!(f, "{}", format!("    {line}").trim_end())?;
            }
        }
        Ok(())
    }
}

/// Several messages, one on each line.
pub(crate) fn lines<T: Display>(messages: impl IntoIterator<Item = T>) -> String {
    messages.into_iter().map(|message| message.to_string()).collect::<Vec<_>>().join("\n")
}

/// What differs from run to run or with the version of a library: temporary folders, ports, digests, the names of cache
/// entries (which contain the port), and how the system reports that a connection was closed.
pub(crate) const FILTERS: [(&str, &str); 5] = [
    (r#"[^\s`":]*/\.tmp[A-Za-z0-9]{6}"#, "[TEMP]"),
    (r"\b(127\.0\.0\.\d|localhost):\d{4,5}\b", "$1:[PORT]"),
    (r"\b[0-9a-f]{64}\b", "[DIGEST]"),
    (r"\b[0-9a-f]{2}/[0-9a-f]{38}\b", "[ENTRY]"),
    (r"(error reading a body from connection): [^(\n]*[^(\s]", "$1: [CAUSE]"),
];

/// Compares text with the snapshot of the test, `snapshots/main__AREA__FILE__TEST.snap`.
macro_rules! assert_messages {
    ($messages:expr) => {
        insta::with_settings!({ filters => $crate::messages::FILTERS, omit_expression => true }, {
            insta::assert_snapshot!($messages.to_string());
        });
    };
}
pub(crate) use assert_messages;
