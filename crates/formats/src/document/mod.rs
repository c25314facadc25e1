//! TOML and JSON documents whose values have positions.
//!
//! A [`Document`] reads its text into a tree of [`Node`]s and collects the faults: those of the syntax, and those that
//! its accessors find (a missing key, a value of another type). The caller reads as much as it can and gets either its
//! value or all faults, each with line and column.
//!
//! ```
//! use wheelbase_formats::document::{Document, Format};
//!
//! let document = Document::new("settings.toml", "name = 'x'\nsize = 'big'\n");
//! let root = document.read(Format::Toml);
//! let table = document.table(&root, "the file").expect("the root of TOML is a table");
//! let name = table.required("name").map(str::to_owned);
//! table.boolean("size");
//! let error = document.finish(name).expect_err("one fault");
//! assert_eq!(error.to_string(), "settings.toml:2:8: `size` must be `true` or `false`");
//! ```

mod json_reader;
mod node;
mod table;
#[cfg(test)]
mod tests;
mod toml_reader;

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::{Fault, InvalidInput, Origin};
use wheelbase_spec::version::{SpecifierSet, Version};

pub use node::{Entry, Node, Value};
pub use table::Table;

/// Longer documents are refused.
const MAX_BYTES: usize = 64 << 20;
/// Values that are nested deeper are refused.
const MAX_DEPTH: usize = 128;
/// Further faults are dropped.
const MAX_FAULTS: usize = 200;
/// Up to this length of a line columns are counted in characters, beyond in bytes: counting is linear.
const LONGEST_LINE: usize = 4096;

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259))
    Json,
    /// TOML ([1.0](https://toml.io/en/v1.0.0) and the additions of 1.1)
    Toml,
}

/// The text of a document, and the faults found in it so far.
#[derive(Debug)]
pub struct Document<'t> {
    file: Arc<str>,
    text: &'t str,
    /// The byte at which each line starts.
    starts: Vec<usize>,
    /// For each line of the text: its line in the file, and the characters before it. Empty if the text is the file.
    lines: Vec<(u32, u32)>,
    faults: RefCell<Vec<Fault>>,
    /// Parts of the text in which a syntax error may cause further faults.
    broken: RefCell<Vec<Range<usize>>>,
}

impl<'t> Document<'t> {
    /// A document of this text; `file` is the name to show.
    pub fn new(file: &str, text: &'t str) -> Self {
        Self::embedded(file, text, Vec::new())
    }

    /// A document inside another file: for each line of the text its line in that file, and how many characters of the
    /// line precede it.
    pub fn embedded(file: &str, text: &'t str, lines: Vec<(u32, u32)>) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self {
            file: Arc::from(file),
            text,
            starts,
            lines,
            faults: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    /// Reads the text. What cannot be read is reported as a fault; the rest is returned.
    ///
    /// Of JSON the first syntax error is reported and nothing is returned; of TOML (up to 1 MiB) all of them, with
    /// the values that could be read. A key that occurs twice is a fault in both.
    pub fn read(&self, format: Format) -> Node {
        if self.text.len() > MAX_BYTES {
            self.note(0, "the file is longer than 64 MiB");
            self.broken.borrow_mut().push(0..usize::MAX);
            return Node::empty_table();
        }
        match format {
            Format::Json => json_reader::read(self),
            Format::Toml => toml_reader::read(self),
        }
    }

    /// The file, as it is shown.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The position of a byte.
    pub fn origin(&self, offset: usize) -> Origin {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let mut start = self.starts.get(line).copied().unwrap_or(0);
        if line == 0 && offset > 0 && self.text.starts_with('\u{feff}') {
            // Editors do not count a byte order mark.
            start = '\u{feff}'.len_utf8();
        }
        let before = match self.text.get(start..offset) {
            Some(text) if text.len() <= LONGEST_LINE => text.chars().count(),
            _ => offset.saturating_sub(start),
        };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        let (line, shift) = self.lines.get(line).copied().unwrap_or((number(line), 0));
        Origin::new(Arc::clone(&self.file), line, number(before).saturating_add(shift))
    }

    /// Where the byte `offset` of a text value is in the document, if the text is written without escapes; else where
    /// the value starts.
    pub fn inside(&self, node: &Node, offset: usize) -> usize {
        let text = node.text().unwrap_or_default();
        let written = self.text.get(node.offset..node.end).unwrap_or_default();
        match written.find(text) {
            Some(quote) if text.is_char_boundary(offset) => node.offset + quote + offset,
            _ => node.offset,
        }
    }

    /// Adds a fault of the content. It is dropped where a syntax error may have caused it.
    pub fn fault(&self, offset: usize, message: impl Into<String>) {
        let broken = self.broken.borrow();
        // A fault of the whole document may be about the part that could not be read.
        if !broken.is_empty() && (offset == 0 || broken.iter().any(|range| range.contains(&offset))) {
            return;
        }
        self.note(offset, message);
    }

    /// Adds a fault of the syntax.
    fn note(&self, offset: usize, message: impl Into<String>) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < MAX_FAULTS {
            faults.push(Fault::new(self.origin(offset), message));
        }
    }

    /// How many faults there are so far; no more than 200 are kept.
    pub fn fault_count(&self) -> usize {
        self.faults.borrow().len()
    }

    /// Whether there are faults.
    pub fn has_faults(&self) -> bool {
        self.fault_count() > 0
    }

    /// The faults, in the order of the file.
    pub fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }

    /// The value that was read, unless there are faults.
    ///
    /// # Errors
    ///
    /// All faults of the document. A value is missing only where there are some.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, InvalidInput> {
        match value {
            Some(value) if !self.has_faults() => Ok(value),
            _ => Err(InvalidInput::new(self.into_faults())),
        }
    }

    /// Adds the fault that a value is not of the wanted kind.
    pub fn mismatch(&self, node: &Node, what: impl fmt::Display, wanted: &str) {
        // The syntax error at this place is reported already.
        if node.value != Value::Broken {
            self.fault(node.offset, format!("{what} must be {wanted}"));
        }
    }

    /// A value as a table; if it is another, that is a fault. `name` is how messages call it.
    pub fn table<'d>(&'d self, node: &'d Node, name: &str) -> Option<Table<'d>> {
        Table::new(self, node, name.to_owned())
    }

    /// Whether a value is a table; if not, that is a fault.
    pub fn is_table(&self, node: &Node, what: &str) -> bool {
        let table = matches!(node.value, Value::Table(_));
        if !table {
            self.mismatch(node, what, "a table");
        }
        table
    }

    /// The text at a key, and where it is. A value of another kind is a fault; without a value there is none.
    pub fn text_at<'n>(&self, parent: &'n Node, key: &str) -> Option<(&'n str, usize)> {
        let node = parent.get(key)?;
        let text = node.text();
        if text.is_none() {
            self.mismatch(node, format_args!("`{key}`"), "a text");
        }
        text.map(|text| (text, node.offset))
    }

    /// The text at a key that must be there.
    pub fn required<'n>(&self, parent: &'n Node, key: &str, what: &str) -> Option<(&'n str, usize)> {
        if parent.get(key).is_none() {
            self.fault(parent.offset, format!("{what} has no `{key}`"));
        }
        self.text_at(parent, key)
    }

    /// The items of the array at a key. A value of another kind is a fault; without a value there are none.
    pub fn array_at<'n>(&self, parent: &'n Node, key: &str) -> &'n [Node] {
        let Some(node) = parent.get(key) else { return &[] };
        if !matches!(node.value, Value::Array(_)) {
            self.mismatch(node, format_args!("`{key}`"), "an array");
        }
        node.items()
    }

    /// The entries of the table at a key. A value of another kind is a fault; without a value there are none.
    pub fn table_at<'n>(&self, parent: &'n Node, key: &str) -> &'n [Entry] {
        let Some(node) = parent.get(key) else { return &[] };
        if !matches!(node.value, Value::Table(_)) {
            self.mismatch(node, format_args!("`{key}`"), "a table");
        }
        node.entries()
    }

    /// The texts of the array at a key, and where they are.
    pub fn texts_at<'n>(&self, parent: &'n Node, key: &str) -> Vec<(&'n str, usize)> {
        let mut texts = Vec::new();
        for item in self.array_at(parent, key) {
            match item.text() {
                Some(text) => texts.push((text, item.offset)),
                None => self.mismatch(item, format_args!("a member of `{key}`"), "a text"),
            }
        }
        texts
    }

    /// The boolean at a key; false without a value.
    pub fn boolean_at(&self, parent: &Node, key: &str) -> bool {
        let Some(node) = parent.get(key) else { return false };
        node.boolean().unwrap_or_else(|| {
            self.mismatch(node, format_args!("`{key}`"), "`true` or `false`");
            false
        })
    }

    /// The whole number at a key, none below zero.
    pub fn size_at(&self, parent: &Node, key: &str) -> Option<u64> {
        let node = parent.get(key)?;
        let size = node.integer().and_then(|size| u64::try_from(size).ok());
        if size.is_none() {
            self.mismatch(node, format_args!("`{key}`"), "a whole number");
        }
        size
    }

    /// A text as a value of another type; an error is a fault at `offset`.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self, text: &str, offset: usize) -> Option<T> {
        text.parse().map_err(|error: T::Err| self.fault(offset, error.to_string())).ok()
    }

    /// A text as the name of a project.
    pub fn project(&self, text: &str, offset: usize) -> Option<ProjectName> {
        self.parsed(text, offset)
    }

    /// A text as the name of an extra or a group.
    pub fn extra(&self, text: &str, offset: usize) -> Option<ExtraName> {
        self.parsed(text, offset)
    }

    /// A text as a version.
    pub fn version(&self, text: &str, offset: usize) -> Option<Version> {
        let version = text.parse().ok();
        if version.is_none() {
            self.fault(offset, format!("`{}` is no version", text.escape_default()));
        }
        version
    }

    /// A text as a set of version specifiers.
    pub fn specifiers(&self, text: &str, offset: usize) -> Option<SpecifierSet> {
        self.parsed(text, offset)
    }

    /// A text as a marker.
    pub fn marker(&self, text: &str, offset: usize) -> Option<Marker> {
        self.parsed(text, offset)
    }
}
