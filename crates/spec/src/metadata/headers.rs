//! The header block of a metadata file, parsed as Python's `email` package parses it.

use std::borrow::Cow;

/// The headers that [`CoreMetadata`](super::CoreMetadata) uses, in lower case.
const RELEVANT: [&str; 7] =
    ["metadata-version", "name", "version", "requires-dist", "requires-python", "provides-extra", "dynamic"];

/// Calls `header` with the lower-case name and the unfolded value of each relevant header, in order.
///
/// As in `email.feedparser`: lines end with LF, CR or CRLF; a line that begins with a space or tab continues the
/// previous line; the first line that is neither a header nor a continuation ends the block.
pub(super) fn each(bytes: &[u8], mut header: impl FnMut(&str, &str)) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut current: Option<(&'static str, Cow<'_, str>)> = None;
    let mut flush = |current: Option<(&'static str, Cow<'_, str>)>| {
        if let Some((name, value)) = current {
            header(name, value.trim());
        }
    };
    for line in (Lines { rest: bytes }) {
        match line.first() {
            None => break,
            Some(b' ' | b'\t') => {
                if let Some((_, value)) = current.as_mut() {
                    let more = String::from_utf8_lossy(line);
                    let value = value.to_mut();
                    value.push(' ');
                    value.push_str(more.trim());
                }
            }
            Some(_) => {
                let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
                let (name, value) = line.split_at(colon);
                // The characters that RFC 5322 allows in a field name.
                if !name.iter().all(|byte| matches!(byte, 33..=126)) {
                    break;
                }
                flush(current.take());
                current = RELEVANT
                    .iter()
                    .find(|known| known.as_bytes().eq_ignore_ascii_case(name))
                    .map(|known| (*known, String::from_utf8_lossy(value.get(1..).unwrap_or_default())));
            }
        }
    }
    flush(current);
}

/// Returns only the headers that a resolution uses, one per line, without the description and classifiers. The
/// result parses to the same [`CoreMetadata`](super::CoreMetadata).
pub fn relevant_headers(bytes: &[u8]) -> String {
    let mut out = String::new();
    each(bytes, |name, value| {
        out.push_str(name);
        out.push_str(": ");
        // A value contains no line end: lines were split at all of them.
        out.push_str(value);
        out.push('\n');
    });
    out
}

struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .or_else(|| rest.strip_prefix(b"\r"))
            .unwrap_or(rest);
        Some(line)
    }
}
