//! The syntax of a specifier, after the regular expression of `packaging` 26.3 (`Specifier._specifier_regex_str`).

use super::operator::Operator;
use crate::cursor::Cursor;

/// Returns whether Python's `\s` and `str.strip` treat `c` as white space: the Unicode property and four ASCII
/// separators.
pub fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// The positions of the parts of a specifier in the scanned text, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Scanned {
    pub(crate) operator: Operator,
    /// The first byte of the version.
    pub(crate) version: usize,
    /// The first byte after the specifier.
    pub(crate) end: usize,
}

/// Returns the longest specifier at the start of `text`, if there is one.
///
/// All parts of the expression after the release are optional, so this greedy scan and a backtracking match find the
/// same end.
pub fn scan_specifier(text: &str) -> Option<Scanned> {
    let operator = Operator::at_start(text)?;
    let written = operator.as_str().len();
    let rest = text.get(written..)?;
    let version = written + (rest.len() - rest.trim_start_matches(is_python_space).len());
    let rest = text.get(version..)?;
    let length = match operator {
        // `===` compares text up to white space, `;` or `)`.
        Operator::Arbitrary => {
            rest.find(|c| is_python_space(c) || c == ';' || c == ')').unwrap_or(rest.len())
        }
        _ => version_length(rest, operator)?,
    };
    Some(Scanned { operator, version, end: version + length })
}

/// Returns the length of the version at the start of `text` that may follow `operator`.
fn version_length(text: &str, operator: Operator) -> Option<usize> {
    let mut cursor = Cursor::new(text);
    cursor.one_of(b"vV");
    let before_epoch = cursor.position();
    if !(cursor.digits() && cursor.one_of(b"!")) {
        cursor.back_to(before_epoch);
    }
    if !cursor.digits() {
        return None;
    }
    let mut segments = 1;
    loop {
        let before = cursor.position();
        if cursor.one_of(b".") && cursor.digits() {
            segments += 1;
        } else {
            cursor.back_to(before);
            break;
        }
    }
    // PEP 440, compatible release: the release needs a segment that can be dropped.
    if operator == Operator::Compatible && segments < 2 {
        return None;
    }
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    if equality && cursor.label(&[".*"]) {
        return Some(cursor.position());
    }
    labelled(&mut cursor, &["alpha", "beta", "preview", "pre", "a", "b", "c", "rc"]);
    let before_post = cursor.position();
    if !(cursor.one_of(b"-") && cursor.digits()) {
        cursor.back_to(before_post);
        labelled(&mut cursor, &["post", "rev", "r"]);
    }
    labelled(&mut cursor, &["dev"]);
    if equality {
        local(&mut cursor);
    }
    Some(cursor.position())
}

/// Skips `[-_.]?LABEL[-_.]?[0-9]*`, if present.
fn labelled(cursor: &mut Cursor<'_>, labels: &[&str]) {
    let before = cursor.position();
    cursor.one_of(b"-_.");
    if cursor.label(labels) {
        cursor.one_of(b"-_.");
        cursor.digits();
    } else {
        cursor.back_to(before);
    }
}

/// Skips `+[a-z0-9]+([-_.][a-z0-9]+)*`, if present.
fn local(cursor: &mut Cursor<'_>) {
    let before = cursor.position();
    if !(cursor.one_of(b"+") && cursor.alphanumerics()) {
        cursor.back_to(before);
        return;
    }
    loop {
        let before = cursor.position();
        if !(cursor.one_of(b"-_.") && cursor.alphanumerics()) {
            cursor.back_to(before);
            return;
        }
    }
}
