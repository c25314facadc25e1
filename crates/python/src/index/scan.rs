//! A reader of plain HTML.
//!
//! The pages of large indexes contain megabytes of links in one simple form, and parsing them is most of the work of a
//! first run. This reader supports only that form and stops at anything else. The page is then parsed by the rules of the
//! HTML standard, which have the same result for the simple form.

use std::borrow::Cow;

/// A part of a page; texts, comments and end tags are ignored.
pub(super) enum Event<'a> {
    /// A start tag begins.
    Open(&'a [u8]),
    /// One of its attributes.
    Attribute(&'a [u8], Cow<'a, [u8]>),
    /// It ends.
    Close,
}

/// Elements with content that is not markup.
const RAW: [&[u8]; 10] = [
    b"script",
    b"style",
    b"textarea",
    b"xmp",
    b"iframe",
    b"noembed",
    b"noframes",
    b"noscript",
    b"plaintext",
    b"svg",
];

/// Reports the tags of `html`; `None` if the page has another form. The events so far must then be dropped.
pub(super) fn scan<'a>(html: &'a [u8], mut tell: impl FnMut(Event<'a>)) -> Option<()> {
    let mut rest = html;
    // A title's content is no markup either, but most pages have one, and it holds no `<` in those that are plain.
    let mut in_title = false;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = rest.get(at + 1..)?;
        if in_title && !rest.starts_with(b"/title>") {
            return None;
        }
        in_title = false;
        rest = match rest.first()? {
            b'/' => end_tag(rest.get(1..)?)?,
            b'!' => doctype_or_comment(rest.get(1..)?)?,
            b'a'..=b'z' => {
                let (name, after) = split_while(rest, |b| b.is_ascii_lowercase() || b.is_ascii_digit());
                if RAW.contains(&name) || name == b"math" {
                    return None;
                }
                in_title = name == b"title";
                tell(Event::Open(name));
                let after = attributes(after, &mut tell)?;
                tell(Event::Close);
                after
            }
            _ => return None,
        };
    }
    Some(())
}

fn split_while(bytes: &[u8], mut keep: impl FnMut(&u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| !keep(byte)).unwrap_or(bytes.len());
    bytes.split_at(end)
}

fn end_tag(rest: &[u8]) -> Option<&[u8]> {
    let (name, after) = split_while(rest, |b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if name.first().is_none_or(u8::is_ascii_digit) {
        return None;
    }
    after.strip_prefix(b">")
}

fn doctype_or_comment(rest: &[u8]) -> Option<&[u8]> {
    if let Some(comment) = rest.strip_prefix(b"--") {
        let (text, after) = split_while(comment, |b| !matches!(b, b'-' | b'<' | b'>'));
        // A comment with a dash in it may end in one of several ways.
        return if text.is_empty() { None } else { after.strip_prefix(b"-->") };
    }
    let (word, after) = rest.split_at_checked(7)?;
    if !word.eq_ignore_ascii_case(b"doctype") {
        return None;
    }
    let (_, after) = split_while(after, |b| b.is_ascii_alphabetic() || *b == b' ');
    after.strip_prefix(b">")
}

fn attributes<'a>(mut rest: &'a [u8], tell: &mut impl FnMut(Event<'a>)) -> Option<&'a [u8]> {
    loop {
        let (space, after) = split_while(rest, |b| matches!(b, b' ' | b'\n' | b'\t'));
        if let Some(after) = after.strip_prefix(b">").or_else(|| after.strip_prefix(b"/>")) {
            return Some(after);
        }
        if space.is_empty() {
            return None;
        }
        let (name, after) = split_while(after, |b| b.is_ascii_lowercase() || *b == b'-');
        if !name.first()?.is_ascii_lowercase() {
            return None;
        }
        let Some(value) = after.strip_prefix(b"=") else {
            // Without a value, unless a `=` follows further on.
            let (_, next) = split_while(after, |b| matches!(b, b' ' | b'\n' | b'\t'));
            if matches!(next.first()?, b'=' | b'\r') || next.starts_with(b"\x0c") {
                return None;
            }
            tell(Event::Attribute(name, Cow::Borrowed(b"")));
            rest = after;
            continue;
        };
        let quote = *value.first()?;
        if !matches!(quote, b'"' | b'\'') {
            return None;
        }
        let (value, after) = split_while(value.get(1..)?, |b| *b != quote);
        tell(Event::Attribute(name, decode(value)?));
        rest = after.get(1..)?;
    }
}

/// The value with the five entities that page generators write; `None` when there are others, or line ends that the
/// standard would change.
fn decode(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !value.iter().any(|byte| matches!(byte, b'&' | b'\r' | 0)) {
        return Some(Cow::Borrowed(value));
    }
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\r' | 0 => return None,
            b'&' => {
                let end = rest.iter().take(5).position(|byte| *byte == b';')?;
                let (name, after) = rest.split_at(end);
                out.push(match name {
                    b"gt" => b'>',
                    b"lt" => b'<',
                    b"amp" => b'&',
                    b"quot" | b"#34" => b'"',
                    b"#39" | b"#x27" => b'\'',
                    _ => return None,
                });
                rest = after.get(1..)?;
            }
            _ => out.push(byte),
        }
    }
    Some(Cow::Owned(out))
}
