//! Values that only locks have.

use wheelbase_formats::document::{Document, Node, Value};

/// Seconds since 1970 of the date at a key, written as TOML's own kind or as text.
pub(super) fn time_at(document: &Document<'_>, parent: &Node, key: &str) -> Option<i64> {
    let node = parent.get(key)?;
    let (Value::Text(text) | Value::Time(text)) = &node.value else {
        document.mismatch(node, format_args!("`{key}`"), "a time");
        return None;
    };
    let time = text.parse::<jiff::Timestamp>().ok();
    if time.is_none() {
        document
            .fault(node.offset, format!("`{}` is no time with an offset from UTC", text.escape_default()));
    }
    time.map(jiff::Timestamp::as_second)
}

/// `sha256:0123...`, the way most locks write a hash.
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
            "`{}` is no hash: it must be an algorithm, `:` and hexadecimal digits",
            text.escape_default()
        ),
    );
    None
}

/// Whether a text is bytes in hexadecimal digits.
pub(super) fn is_digest(digits: &str) -> bool {
    !digits.is_empty()
        && digits.len().is_multiple_of(2)
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
