//! The cursor of the parsers for versions (PEP 440), markers and requirements (PEP 508).
//!
//! Each method skips one kind of token and returns whether it was present. The parsers create their own errors from the
//! [`position`](Cursor::position).

/// A position in a text, always on a character boundary.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Returns a cursor at the start of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the position in bytes from the start of the text.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Returns to an earlier position.
    pub(crate) fn back_to(&mut self, position: usize) {
        self.at = position;
    }

    /// Returns the text from the position to the end.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Returns whether the position is at the end of the text.
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// Skips `length` bytes of the rest and returns them.
    pub(crate) fn skip(&mut self, length: usize) -> &'a str {
        let skipped = self.rest().get(..length).unwrap_or_default();
        self.at += skipped.len();
        skipped
    }

    /// Skips the characters up to the first that `is_end` accepts, and returns them.
    pub(crate) fn skip_until(&mut self, is_end: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        self.skip(rest.find(is_end).unwrap_or(rest.len()))
    }

    /// Skips spaces and tabs, but no line ends (rule `WS` of PEP 508). Returns whether there were any.
    pub(crate) fn space(&mut self) -> bool {
        !self.skip_until(|c| !matches!(c, ' ' | '\t')).is_empty()
    }

    /// Skips `token`, if it is next.
    pub(crate) fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    /// Skips `word`, if it is next and not followed by a word character.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        let found = self
            .rest()
            .strip_prefix(word)
            .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Skips the first of `labels` that is next, ignoring ASCII case.
    pub(crate) fn label(&mut self, labels: &[&str]) -> bool {
        let rest = self.bytes();
        let found = labels.iter().find(|label| {
            rest.get(..label.len()).is_some_and(|here| here.eq_ignore_ascii_case(label.as_bytes()))
        });
        self.at += found.map_or(0, |label| label.len());
        found.is_some()
    }

    /// Skips one of the ASCII characters of `set`.
    pub(crate) fn one_of(&mut self, set: &[u8]) -> bool {
        let found = self.bytes().first().is_some_and(|byte| set.contains(byte));
        self.at += usize::from(found);
        found
    }

    /// Skips ASCII digits. Returns whether there were any.
    pub(crate) fn digits(&mut self) -> bool {
        self.run(u8::is_ascii_digit)
    }

    /// Skips ASCII letters and digits. Returns whether there were any.
    pub(crate) fn alphanumerics(&mut self) -> bool {
        self.run(u8::is_ascii_alphanumeric)
    }

    fn run(&mut self, of: fn(&u8) -> bool) -> bool {
        let length = self.bytes().iter().take_while(|byte| of(byte)).count();
        self.at += length;
        length > 0
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_before_a_character_that_is_not_part_of_a_word() {
        assert!(Cursor::new("in'x'").word("in"));
        assert!(!Cursor::new("inside").word("in"));
        assert!(!Cursor::new("in_").word("in"));
        assert!(!Cursor::new("iné").word("in"));
    }

    #[test]
    fn spaces_do_not_include_line_ends() {
        let mut cursor = Cursor::new(" \t\nx");
        assert!(cursor.space());
        assert_eq!((cursor.position(), cursor.rest()), (2, "\nx"));
        assert!(!cursor.space());
    }

    #[test]
    fn tokens_that_are_not_next_are_not_skipped() {
        let mut cursor = Cursor::new("RC1.é");
        assert!(!cursor.digits() && !cursor.one_of(b".") && !cursor.take("rc"));
        assert_eq!(cursor.position(), 0);
        assert!(cursor.label(&["pre", "rc"]) && cursor.digits() && cursor.one_of(b"."));
        assert!(!cursor.alphanumerics());
        assert_eq!(cursor.skip_until(|c| c == ';'), "é");
        assert!(cursor.is_at_end());
    }
}
