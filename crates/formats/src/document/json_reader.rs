//! JSON with positions ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)).
//!
//! `serde_json` does not report the positions of values. `jsonc-parser` 0.34 does, but it accepts control characters in
//! texts and any Unicode space between values, even with all its extensions off.

use std::collections::HashSet;

use super::node::{Entry, Node, Value};
use super::source::Source;
use crate::limits;

/// Parses a text. A syntax error is reported as a fault, and the result is an empty table.
pub(super) fn read(source: &Source<'_>) -> Node {
    let mut parser = Parser { source, text: source.text, at: 0, depth: 0 };
    if source.text.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
    }
    let node = parser.value().and_then(|node| {
        parser.blanks();
        if parser.at < parser.text.len() { Err("unexpected text after the value") } else { Ok(node) }
    });
    node.unwrap_or_else(|message| {
        source.syntax_fault(parser.at, message);
        source.mark_all_broken();
        Node::empty_table()
    })
}

/// A parser that stops at the first error; `at` is then its offset.
struct Parser<'d, 't> {
    source: &'d Source<'t>,
    text: &'t str,
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, &'static str>;

impl<'t> Parser<'_, 't> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Parsed<Node> {
        self.blanks();
        let offset = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object()?,
            Some(b'[') => self.array()?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { value, offset, end: self.at })
    }

    fn enter(&mut self) -> Parsed<()> {
        if self.depth == limits::DOCUMENT_DEPTH {
            return Err("values are nested too deeply");
        }
        self.at += 1;
        self.depth += 1;
        Ok(())
    }

    fn object(&mut self) -> Parsed<Value> {
        self.enter()?;
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(b'}') if entries.is_empty() => break,
                Some(b'"') => {}
                _ => return Err("a key in double quotes is missing"),
            }
            let offset = self.at;
            let key = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err("`:` is missing after the key");
            }
            self.at += 1;
            let node = self.value()?;
            entries.push(Entry { key, offset, node });
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err("`,` or `}` is missing"),
            }
        }
        self.at += 1;
        self.depth -= 1;
        // RFC 8259, section 4: readers use different values of a name that is not unique.
        let mut keys = HashSet::new();
        for entry in &entries {
            if !keys.insert(entry.key.as_str()) {
                self.source
                    .syntax_fault(entry.offset, format!("duplicate key `{}`", entry.key.escape_debug()));
            }
        }
        Ok(Value::Table(entries))
    }

    fn array(&mut self) -> Parsed<Value> {
        self.enter()?;
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.peek() == Some(b']') && items.is_empty() {
                break;
            }
            items.push(self.value()?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err("`,` or `]` is missing"),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Value::Array(items))
    }

    fn string(&mut self) -> Parsed<String> {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let quote = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            quote
        });
        let written = end.and_then(|end| rest.get(..end + 2)).ok_or("the text has no closing quote")?;
        let text = serde_json::from_str(written)
            .map_err(|_| "the text contains a control character or an invalid escape")?;
        self.at += written.len();
        Ok(text)
    }

    fn number(&mut self) -> Parsed<Value> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_digit() || "-+.eE".contains(c))).unwrap_or(rest.len());
        let written = rest.get(..end).unwrap_or_default();
        let number =
            serde_json::from_str::<serde_json::Number>(written).map_err(|_| "this is not a valid number")?;
        self.at += end;
        Ok(number.as_i64().map_or_else(|| Value::Number(written.to_owned()), Value::Integer))
    }

    fn word(&mut self) -> Parsed<Value> {
        for (word, value) in
            [("true", Value::Boolean(true)), ("false", Value::Boolean(false)), ("null", Value::Null)]
        {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(if self.rest().is_empty() {
            "a value is missing at the end"
        } else {
            "this is not a valid JSON value"
        })
    }
}
