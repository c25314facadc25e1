//! TOML: the `toml` crate parses, and its values become nodes.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Document, Entry, MAX_DEPTH, MAX_FAULTS, Node, Value};

/// In longer texts the first syntax error ends the reading: the parser keeps every error, of which a hostile text has
/// as many as bytes.
const RECOVERABLE: usize = 1 << 20;

pub(super) fn read(document: &Document<'_>) -> Node {
    let text = document.text;
    let (table, errors) = if text.len() <= RECOVERABLE {
        DeTable::parse_recoverable(text)
    } else {
        match DeTable::parse(text) {
            Ok(table) => (table, Vec::new()),
            Err(error) => (Spanned::new(0..0, DeTable::new()), vec![error]),
        }
    };
    let all = errors.len() <= MAX_FAULTS && text.len() <= RECOVERABLE;
    for error in errors.iter().take(MAX_FAULTS) {
        let offset = error.span().map_or(0, |span| span.start);
        document.note(offset, error.message().trim_end());
        if all {
            document.broken.borrow_mut().push(table_around(document, offset));
        }
    }
    if !errors.is_empty() && !all {
        document.broken.borrow_mut().push(0..usize::MAX);
    }
    let mut reader = Reader { document, recovered: !errors.is_empty(), too_deep: Vec::new() };
    let node = reader.node(table.span(), DeValue::Table(table.into_inner()), 0);
    reader.dismantle();
    Node { offset: 0, ..node }
}

/// From the header of the table around an offset to the next one; a line that begins with `[` is a header.
fn table_around(document: &Document<'_>, offset: usize) -> Range<usize> {
    let header = |start: &&usize| document.text.get(**start..).is_some_and(|rest| rest.starts_with('['));
    let next = document.starts.partition_point(|start| *start <= offset);
    let (before, behind) = document.starts.split_at(next);
    let start = before.iter().rev().find(header).copied().unwrap_or(0);
    let end = behind.iter().find(header).copied().unwrap_or(document.text.len() + 1);
    start..end
}

struct Reader<'d, 't> {
    document: &'d Document<'t>,
    /// Whether the parser went on after an error, and filled gaps with values of its own.
    recovered: bool,
    too_deep: Vec<DeValue<'t>>,
}

impl<'t> Reader<'_, 't> {
    fn node(&mut self, span: Range<usize>, value: DeValue<'t>, depth: usize) -> Node {
        let value = match value {
            // The parser fills a gap with a value without extent.
            DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_)
                if self.recovered && span.is_empty() =>
            {
                Value::Broken
            }
            DeValue::Array(_) | DeValue::Table(_) if depth == MAX_DEPTH => {
                self.document.note(span.start, "values are nested too deeply");
                self.too_deep.push(value);
                Value::Broken
            }
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => {
                let text = number.as_str();
                i64::from_str_radix(text, number.radix())
                    .map_or_else(|_| Value::Number(text.to_owned()), Value::Integer)
            }
            DeValue::Boolean(value) => Value::Boolean(value),
            DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
            DeValue::Datetime(time) => Value::Time(time.to_string()),
            DeValue::Array(items) => Value::Array(
                items.into_iter().map(|item| self.node(item.span(), item.into_inner(), depth + 1)).collect(),
            ),
            DeValue::Table(table) => {
                let mut entries: Vec<Entry> = table
                    .into_iter()
                    .map(|(key, value)| Entry {
                        offset: key.span().start,
                        key: key.into_inner().into_owned(),
                        node: self.node(value.span(), value.into_inner(), depth + 1),
                    })
                    .collect();
                // The parser sorts them by key.
                entries.sort_by_key(|entry| entry.offset);
                Value::Table(entries)
            }
        };
        Node { value, offset: span.start, end: span.end }
    }

    /// Drops what is nested too deeply, level by level: the values' own `drop` calls itself once for each level, and a
    /// text of 13 kB can have 6,000 (80 inline tables with keys of 80 parts each).
    fn dismantle(&mut self) {
        while let Some(value) = self.too_deep.pop() {
            match value {
                DeValue::Array(items) => self.too_deep.extend(items.into_iter().map(Spanned::into_inner)),
                DeValue::Table(table) => {
                    self.too_deep.extend(table.into_iter().map(|(_, value)| value.into_inner()));
                }
                _ => {}
            }
        }
    }
}
