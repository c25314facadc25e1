//! JSON with positions ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)).
//!
//! `serde_json` gives no positions of values. Of the crates that do, `jsonc-parser` 0.34 with all its extensions off
//! still accepts control characters in texts and any Unicode space between values.

use std::collections::HashSet;

use super::{Document, Entry, MAX_DEPTH, Node, Value};

pub(super) fn read(document: &Document<'_>) -> Node {
    let mut parser = Parser { document, text: document.text, at: 0, depth: 0 };
    if document.text.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
    }
    let node = parser.value().and_then(|node| {
        parser.blanks();
        if parser.at < parser.text.len() { Err("unexpected text after the value") } else { Ok(node) }
    });
    node.unwrap_or_else(|message| {
        document.note(parser.at, message);
        document.broken.borrow_mut().push(0..usize::MAX);
        Node::empty_table()
    })
}

/// The parser stops at the place of an error.
struct Parser<'d, 't> {
    document: &'d Document<'t>,
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
        if self.depth == MAX_DEPTH {
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
        // RFC 8259, section 4: with a name that is not unique, readers take different values.
        let mut keys = HashSet::new();
        for entry in &entries {
            if !keys.insert(entry.key.as_str()) {
                self.document.note(entry.offset, format!("duplicate key `{}`", entry.key.escape_debug()));
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
            serde_json::from_str::<serde_json::Number>(written).map_err(|_| "this is not a number")?;
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
        Err(if self.rest().is_empty() { "a value is missing at the end" } else { "this is not a JSON value" })
    }
}
