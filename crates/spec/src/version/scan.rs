//! The syntax of a specifier, after the regular expression of `packaging` 26.3 (`Specifier._specifier_regex_str`).

use super::operator::Operator;

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
        _ => Cursor { bytes: rest.as_bytes(), at: 0 }.version(operator)?,
    };
    Some(Scanned { operator, version, end: version + length })
}

/// A position in the bytes of a version.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    /// Returns the length of the version that may follow `operator`.
    fn version(mut self, operator: Operator) -> Option<usize> {
        self.one_of(b"vV");
        let before_epoch = self.at;
        if !(self.digits() && self.one_of(b"!")) {
            self.at = before_epoch;
        }
        if !self.digits() {
            return None;
        }
        let mut segments = 1;
        loop {
            let before = self.at;
            if self.one_of(b".") && self.digits() {
                segments += 1;
            } else {
                self.at = before;
                break;
            }
        }
        // PEP 440, compatible release: the release needs a segment that can be dropped.
        if operator == Operator::Compatible && segments < 2 {
            return None;
        }
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        if equality && self.word(&[".*"]) {
            return Some(self.at);
        }
        self.labelled(&["alpha", "beta", "preview", "pre", "a", "b", "c", "rc"]);
        let before_post = self.at;
        if !(self.one_of(b"-") && self.digits()) {
            self.at = before_post;
            self.labelled(&["post", "rev", "r"]);
        }
        self.labelled(&["dev"]);
        if equality {
            self.local();
        }
        Some(self.at)
    }

    /// Skips `[-_.]?LABEL[-_.]?[0-9]*`, if present.
    fn labelled(&mut self, labels: &[&str]) {
        let before = self.at;
        self.one_of(b"-_.");
        if self.word(labels) {
            self.one_of(b"-_.");
            self.digits();
        } else {
            self.at = before;
        }
    }

    /// Skips `+[a-z0-9]+([-_.][a-z0-9]+)*`, if present.
    fn local(&mut self) {
        let before = self.at;
        if !(self.one_of(b"+") && self.run(u8::is_ascii_alphanumeric)) {
            self.at = before;
            return;
        }
        loop {
            let before = self.at;
            if !(self.one_of(b"-_.") && self.run(u8::is_ascii_alphanumeric)) {
                self.at = before;
                return;
            }
        }
    }

    fn one_of(&mut self, set: &[u8]) -> bool {
        let found = self.bytes.get(self.at).is_some_and(|byte| set.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> bool {
        self.run(u8::is_ascii_digit)
    }

    fn run(&mut self, of: fn(&u8) -> bool) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| of(byte)).count();
        self.at += length;
        length > 0
    }

    /// Skips the first of `words` that matches here, ignoring case.
    fn word(&mut self, words: &[&str]) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = words.iter().find(|word| {
            rest.get(..word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word.as_bytes()))
        });
        self.at += found.map_or(0, |word| word.len());
        found.is_some()
    }
}
