//! TOML and JSON documents whose values have positions.
//!
//! A [`Document`] reads its text into a tree of [`Node`]s and collects the faults: those of the syntax, and those that
//! its accessors find (a missing key, a value of another type). The caller reads as much as possible and gets either its
//! value or all faults, each with line and column.
//!
//! There are two ways to read a value. The methods of [`Document`] (`text_at`, `array_at`, ...) read files that tools
//! write: `null` is a value of another type, and a message names only the key. A [`Table`] reads files that people
//! write: `null` is the same as a missing value, and a message contains the path of the field and suggests a name for
//! an unknown one.
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
mod source;
mod table;
#[cfg(test)]
mod tests;
mod toml_reader;

use std::fmt;
use std::str::FromStr;

use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::{Fault, InvalidInput, Origin};
use wheelbase_spec::version::{SpecifierSet, Version};

use crate::limits;
use source::Source;

pub use node::{Entry, Node, Value};
pub use table::Table;

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
    source: Source<'t>,
}

impl<'t> Document<'t> {
    /// Creates a document from its text. `file` is its name in messages.
    pub fn new(file: &str, text: &'t str) -> Self {
        Self::embedded(file, text, Vec::new())
    }

    /// Creates a document that is part of another file. `lines` contains for each line of the text its line in that
    /// file, counted from 1, and the number of characters that precede it on that line.
    pub fn embedded(file: &str, text: &'t str, lines: Vec<(u32, u32)>) -> Self {
        Self { source: Source::new(file, text, lines) }
    }

    /// Parses the text. Invalid parts are reported as faults; the rest is returned.
    ///
    /// In JSON, the first syntax error is reported and an empty table is returned. In TOML (up to 1 MiB), all syntax
    /// errors are reported, and the valid values are returned. A duplicate key is a fault in both formats.
    pub fn read(&self, format: Format) -> Node {
        if self.source.text.len() > limits::DOCUMENT_BYTES {
            self.source.syntax_fault(0, "the file is longer than 64 MiB");
            self.source.mark_all_broken();
            return Node::empty_table();
        }
        match format {
            Format::Json => json_reader::read(&self.source),
            Format::Toml => toml_reader::read(&self.source),
        }
    }

    /// The name of the file in messages.
    pub fn file(&self) -> &str {
        &self.source.file
    }

    /// Returns the position of a byte.
    pub fn origin(&self, offset: usize) -> Origin {
        self.source.origin(offset)
    }

    /// Returns the offset in the document of the byte `offset` of a text value, if the text is written without escapes;
    /// otherwise the offset of the value.
    pub fn inside(&self, node: &Node, offset: usize) -> usize {
        let text = node.text().unwrap_or_default();
        let written = self.source.text.get(node.offset..node.end).unwrap_or_default();
        match written.find(text) {
            Some(quote) if text.is_char_boundary(offset) => node.offset + quote + offset,
            _ => node.offset,
        }
    }

    /// Adds a fault of the content. It is dropped if a syntax error may have caused it.
    pub fn fault(&self, offset: usize, message: impl Into<String>) {
        self.source.fault(offset, message);
    }

    /// The number of faults so far, at most 200.
    pub fn fault_count(&self) -> usize {
        self.source.fault_count()
    }

    /// Returns whether there are faults.
    pub fn has_faults(&self) -> bool {
        self.fault_count() > 0
    }

    /// Returns the faults, sorted by position.
    pub fn into_faults(self) -> Vec<Fault> {
        self.source.into_faults()
    }

    /// Returns the value that was read, if there are no faults.
    ///
    /// # Errors
    ///
    /// If there are faults: all of them. A value is `None` only if there are some.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, InvalidInput> {
        match value {
            Some(value) if !self.has_faults() => Ok(value),
            _ => Err(InvalidInput::new(self.into_faults())),
        }
    }

    /// Adds the fault that a value has another type than expected. `what` is its name in the message.
    pub fn mismatch(&self, node: &Node, what: impl fmt::Display, expected: &str) {
        self.source.mismatch(node, what, expected);
    }

    /// Returns a value as a table. Another value is a fault. `name` is its name in messages.
    pub fn table<'d>(&'d self, node: &'d Node, name: &str) -> Option<Table<'d>> {
        Table::new(&self.source, node, name.to_owned())
    }

    /// Returns whether a value is a table. Another value is a fault.
    pub fn is_table(&self, node: &Node, what: &str) -> bool {
        let table = matches!(node.value, Value::Table(_));
        if !table {
            self.mismatch(node, what, "a table");
        }
        table
    }

    /// Returns the text at a key and its offset. A value of another type is a fault; a missing value is not.
    pub fn text_at<'n>(&self, parent: &'n Node, key: &str) -> Option<(&'n str, usize)> {
        let node = parent.get(key)?;
        let text = node.text();
        if text.is_none() {
            self.mismatch(node, format_args!("`{key}`"), "a string");
        }
        text.map(|text| (text, node.offset))
    }

    /// Returns the text at a key and its offset. A missing value is a fault too.
    pub fn required<'n>(&self, parent: &'n Node, key: &str, what: &str) -> Option<(&'n str, usize)> {
        if parent.get(key).is_none() {
            self.fault(parent.offset, format!("{what} has no `{key}`"));
        }
        self.text_at(parent, key)
    }

    /// Returns the items of the array at a key. A value of another type is a fault; a missing value is not.
    pub fn array_at<'n>(&self, parent: &'n Node, key: &str) -> &'n [Node] {
        let Some(node) = parent.get(key) else { return &[] };
        if !matches!(node.value, Value::Array(_)) {
            self.mismatch(node, format_args!("`{key}`"), "an array");
        }
        node.items()
    }

    /// Returns the entries of the table at a key. A value of another type is a fault; a missing value is not.
    pub fn table_at<'n>(&self, parent: &'n Node, key: &str) -> &'n [Entry] {
        let Some(node) = parent.get(key) else { return &[] };
        if !matches!(node.value, Value::Table(_)) {
            self.mismatch(node, format_args!("`{key}`"), "a table");
        }
        node.entries()
    }

    /// Returns the texts of the array at a key, each with its offset.
    pub fn texts_at<'n>(&self, parent: &'n Node, key: &str) -> Vec<(&'n str, usize)> {
        let mut texts = Vec::new();
        for item in self.array_at(parent, key) {
            match item.text() {
                Some(text) => texts.push((text, item.offset)),
                None => self.mismatch(item, format_args!("a member of `{key}`"), "a string"),
            }
        }
        texts
    }

    /// Returns the boolean at a key; false if it is missing.
    pub fn boolean_at(&self, parent: &Node, key: &str) -> bool {
        let Some(node) = parent.get(key) else { return false };
        node.boolean().unwrap_or_else(|| {
            self.mismatch(node, format_args!("`{key}`"), "`true` or `false`");
            false
        })
    }

    /// Returns the whole number at a key. A negative number is a fault.
    pub fn size_at(&self, parent: &Node, key: &str) -> Option<u64> {
        let node = parent.get(key)?;
        let size = node.size();
        if size.is_none() {
            self.mismatch(node, format_args!("`{key}`"), "a whole number");
        }
        size
    }

    /// Parses a text as a value of another type. An error is a fault at `offset`.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self, text: &str, offset: usize) -> Option<T> {
        text.parse().map_err(|error: T::Err| self.fault(offset, error.to_string())).ok()
    }

    /// Parses a text as the name of a project.
    pub fn project(&self, text: &str, offset: usize) -> Option<ProjectName> {
        self.parsed(text, offset)
    }

    /// Parses a text as the name of an extra or a dependency group.
    pub fn extra(&self, text: &str, offset: usize) -> Option<ExtraName> {
        self.parsed(text, offset)
    }

    /// Parses a text as a version.
    pub fn version(&self, text: &str, offset: usize) -> Option<Version> {
        let version = text.parse().ok();
        if version.is_none() {
            self.fault(offset, format!("`{}` is not a valid version", text.escape_default()));
        }
        version
    }

    /// Parses a text as a set of specifiers.
    pub fn specifiers(&self, text: &str, offset: usize) -> Option<SpecifierSet> {
        self.parsed(text, offset)
    }

    /// Parses a text as a marker.
    pub fn marker(&self, text: &str, offset: usize) -> Option<Marker> {
        self.parsed(text, offset)
    }
}
