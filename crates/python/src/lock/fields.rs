//! Values that several lock formats contain: times, hashes and file names.

use wheelbase_formats::document::{Document, Node, Value};

/// Reads the time at a key, a TOML date-time or a text, in seconds since 1970-01-01T00:00Z.
pub(super) fn time_at(document: &Document<'_>, parent: &Node, key: &str) -> Option<i64> {
    let node = parent.get(key)?;
    let (Value::Text(text) | Value::Time(text)) = &node.value else {
        document.mismatch(node, format_args!("`{key}`"), "a time");
        return None;
    };
    let time = text.parse::<jiff::Timestamp>().ok();
    if time.is_none() {
        document.fault(
            node.offset,
            format!(
                "`{}` is not a valid time; expected a UTC offset, such as 2026-01-31T12:00:00Z",
                text.escape_default()
            ),
        );
    }
    time.map(jiff::Timestamp::as_second)
}

/// Parses a hash such as `sha256:0123...` into the algorithm and the digits, both in lower case.
pub(super) fn hash(document: &Document<'_>, text: &str, offset: usize) -> Option<(String, String)> {
    if let Some((algorithm, digits)) = text.split_once(':')
        && is_digest(digits)
        && !algorithm.is_empty()
    {
        return Some((algorithm.to_ascii_lowercase(), digits.to_ascii_lowercase()));
    }
    document.fault(
        offset,
        format!(
            "`{}` is not a valid hash; expected an algorithm, `:` and hexadecimal digits, such as sha256:9f86d0...",
            text.escape_default()
        ),
    );
    None
}

/// Returns whether a text consists of pairs of hexadecimal digits.
pub(super) fn is_digest(digits: &str) -> bool {
    !digits.is_empty()
        && digits.len().is_multiple_of(2)
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the last part of a URL or path, without query and fragment, percent-decoded.
pub(super) fn file_name(location: &str) -> String {
    let bare = location.split(['?', '#']).next().unwrap_or_default();
    decoded(bare.rsplit(['/', '\\']).next().unwrap_or_default())
}

/// Percent-decodes a part of a URL.
pub(super) fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (byte, code.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
