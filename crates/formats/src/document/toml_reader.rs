//! TOML: the values of the `toml` crate are converted to nodes.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::{Entry, Node, Value};
use super::source::Source;
use crate::limits;

/// Parses a text. Syntax errors are reported as faults, and the valid values are returned.
pub(super) fn read(source: &Source<'_>) -> Node {
    let text = source.text;
    let (table, errors) = if text.len() <= limits::DOCUMENT_RECOVERABLE_BYTES {
        DeTable::parse_recoverable(text)
    } else {
        match DeTable::parse(text) {
            Ok(table) => (table, Vec::new()),
            Err(error) => (Spanned::new(0..0, DeTable::new()), vec![error]),
        }
    };
    let all = errors.len() <= limits::DOCUMENT_FAULTS && text.len() <= limits::DOCUMENT_RECOVERABLE_BYTES;
    for error in errors.iter().take(limits::DOCUMENT_FAULTS) {
        let offset = error.span().map_or(0, |span| span.start);
        source.syntax_fault(offset, error.message().trim_end());
        if all {
            source.mark_broken(table_around(source, offset));
        }
    }
    if !errors.is_empty() && !all {
        source.mark_all_broken();
    }
    let mut reader = Reader { source, recovered: !errors.is_empty(), too_deep: Vec::new() };
    let node = reader.node(table.span(), DeValue::Table(table.into_inner()), 0);
    reader.dismantle();
    Node { offset: 0, ..node }
}

/// Returns the range from the header of the table at an offset to the next header. A line that starts with `[` counts as
/// a header.
fn table_around(source: &Source<'_>, offset: usize) -> Range<usize> {
    let header = |start: &&usize| source.text.get(**start..).is_some_and(|rest| rest.starts_with('['));
    let next = source.starts.partition_point(|start| *start <= offset);
    let (before, after) = source.starts.split_at(next);
    let start = before.iter().rev().find(header).copied().unwrap_or(0);
    let end = after.iter().find(header).copied().unwrap_or(source.text.len() + 1);
    start..end
}

struct Reader<'d, 't> {
    source: &'d Source<'t>,
    /// Whether the parser continued after an error. It then inserts a value of its own in each gap.
    recovered: bool,
    /// Values that are nested too deeply.
    too_deep: Vec<DeValue<'t>>,
}

impl<'t> Reader<'_, 't> {
    fn node(&mut self, span: Range<usize>, value: DeValue<'t>, depth: usize) -> Node {
        let value = match value {
            // The parser fills a gap with a value of length 0.
            DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_)
                if self.recovered && span.is_empty() =>
            {
                Value::Broken
            }
            DeValue::Array(_) | DeValue::Table(_) if depth == limits::DOCUMENT_DEPTH => {
                self.source.syntax_fault(span.start, "values are nested too deeply");
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

    /// Drops the values that are nested too deeply, level by level. The `drop` of a value is recursive, and a text of
    /// 13 kB can have 6,000 levels (80 inline tables with keys of 80 parts each).
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
