//! JSON with places ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)); `serde_json` gives none of a value.

use crate::lock::document::{Entry, Node, Value};

/// Values nested deeper than this are refused.
const MAX_DEPTH: usize = 64;

/// The first place that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonError {
    pub(super) offset: usize,
    pub(super) message: String,
}

pub(super) fn parse(text: &str) -> Result<Node, JsonError> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    if text.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
    }
    let node = parser.value()?;
    parser.blanks();
    if parser.at < text.len() {
        return Err(parser.error("something stands behind the end of the document"));
    }
    Ok(node)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn error(&self, message: impl Into<String>) -> JsonError {
        JsonError { offset: self.at, message: message.into() }
    }

    fn value(&mut self) -> Result<Node, JsonError> {
        self.blanks();
        let offset = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object()?,
            Some(b'[') => self.array()?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word()?,
            None => return Err(self.error("a value is missing at the end")),
        };
        Ok(Node { value, offset })
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.error("values are nested too deeply")) } else { Ok(()) }
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        self.enter()?;
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(b'}') if entries.is_empty() => break,
                Some(b'"') => {}
                _ => return Err(self.error("a key in double quotes is missing")),
            }
            let offset = self.at;
            let key = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.error("`:` is missing behind a key"));
            }
            self.at += 1;
            let node = self.value()?;
            entries.push(Entry { key, offset, node });
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.error("`,` or `}` is missing")),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Value::Table(entries))
    }

    fn array(&mut self) -> Result<Value, JsonError> {
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
                _ => return Err(self.error("`,` or `]` is missing")),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Value::Array(items))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        self.at += 1;
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut end = None;
        let mut escaped = false;
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else {
            self.at = start;
            return Err(self.error("a text has no end"));
        };
        self.at += end + 1;
        let written = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str::<String>(written).map_err(|_| JsonError {
            offset: start,
            message: "a text holds a control character or a bad escape".to_owned(),
        })
    }

    fn number(&mut self) -> Value {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')))
            .unwrap_or(rest.len());
        self.at += end;
        let text = rest.get(..end).unwrap_or_default();
        text.parse::<i64>().map_or_else(|_| Value::Other(text.to_owned()), Value::Integer)
    }

    fn word(&mut self) -> Result<Value, JsonError> {
        for (word, value) in [
            ("true", Value::Boolean(true)),
            ("false", Value::Boolean(false)),
            ("null", Value::Other("null".to_owned())),
        ] {
            if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.error("this is no JSON value"))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn faults_have_their_place() {
        assert!(parse("{\"a\": [1, true, null, \"x\\n\"], \"b\": {}}").is_ok());
        assert_eq!(parse("{\"a\" 1}").map_err(|error| error.offset), Err(5));
        assert!(parse(&"[".repeat(10_000)).is_err());
        for text in ["", "{", "[1,]", "{\"a\":}", "\"", "{} x", "{a: 1}", "nul", "\"\u{1}\""] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
