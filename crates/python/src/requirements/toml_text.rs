//! TOML with places: tables, arrays and strings that know their line and column.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Fault;
use wheelbase_spec::source::Origin;

/// Up to here columns are counted in characters, beyond in bytes.
const LONGEST: usize = 4096;

/// The text of a TOML document, and how its bytes map to lines of the file that holds it.
#[derive(Debug)]
pub(super) struct TomlText<'t> {
    pub(super) file: &'t str,
    pub(super) text: &'t str,
    /// The byte at which each line starts.
    starts: Vec<usize>,
    /// Line in the file, and characters before the text on that line, for each line of the text; empty if the text
    /// is the file.
    shifts: Vec<(u32, u32)>,
}

impl<'t> TomlText<'t> {
    pub(super) fn new(file: &'t str, text: &'t str, shifts: Vec<(u32, u32)>) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, starts, shifts }
    }

    /// Where a byte stands.
    pub(super) fn origin(&self, offset: usize) -> Origin {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        // Counting is linear; on a line of megabytes the column is of no use to anybody.
        let before = match self.text.get(start..offset) {
            Some(text) if text.len() <= LONGEST => text.chars().count(),
            _ => offset.saturating_sub(start),
        };
        let column = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        let own = u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1);
        let (line, shift) = self.shifts.get(line).copied().unwrap_or((own, 0));
        Origin::new(self.file, line, column.saturating_add(shift))
    }

    pub(super) fn fault(&self, offset: usize, message: impl Into<String>) -> Fault {
        Fault::new(self.origin(offset), message)
    }

    /// The document, with every fault of its syntax.
    pub(super) fn parse(&self, faults: &mut Vec<Fault>) -> Spanned<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        faults.extend(errors.into_iter().map(|error| {
            self.fault(error.span().map_or(0, |span| span.start), error.message().trim_end().to_owned())
        }));
        table
    }

    /// A table at a key; anything else is a fault.
    pub(super) fn table<'a>(
        &self,
        parent: &'a DeTable<'t>,
        key: &str,
        faults: &mut Vec<Fault>,
    ) -> Option<&'a DeTable<'t>> {
        let value = parent.get(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            faults.push(self.fault(value.span().start, format!("`{key}` must be a table")));
        }
        table
    }

    /// The strings of an array, each with the byte it starts at; anything else is a fault.
    pub(super) fn strings<'a>(
        &self,
        value: &'a Spanned<DeValue<'t>>,
        what: &str,
        faults: &mut Vec<Fault>,
    ) -> Vec<(&'a str, std::ops::Range<usize>)> {
        let Some(array) = value.get_ref().as_array() else {
            faults.push(self.fault(value.span().start, format!("{what} must be a list of strings")));
            return Vec::new();
        };
        let mut strings = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_str() {
                Some(text) => strings.push((text, item.span())),
                None => {
                    faults.push(self.fault(item.span().start, format!("{what} must be a list of strings")));
                }
            }
        }
        strings
    }

    /// Where the byte `offset` of a string stands, if the string is written without escapes; else where it starts.
    pub(super) fn inside(&self, value: &str, span: &std::ops::Range<usize>, offset: usize) -> usize {
        let written = self.text.get(span.clone()).unwrap_or_default();
        match written.find(value) {
            Some(quote) if value.is_char_boundary(offset) => span.start + quote + offset,
            _ => span.start,
        }
    }
}
