//! A document of tables, arrays and texts that know where they stand: TOML and JSON alike.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::lock::json;
use crate::requirements::Fault;
use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::{SpecifierSet, Version};

/// Up to here columns are counted in characters, beyond in bytes.
const LONGEST_LINE: usize = 4096;
/// More faults than this help nobody.
const MOST_FAULTS: usize = 200;

/// A value and the byte it starts at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) offset: usize,
}

/// What a document holds; a number other than a whole one is kept as text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A date, a float, `null`: only its text is ever used.
    Other(String),
    /// What stands where the syntax is at fault; that fault has been told, and nothing more is to be said of it.
    Broken,
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) offset: usize,
    pub(super) node: Node,
}

impl Node {
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The text of a document, and the faults found in it so far.
#[derive(Debug)]
pub(super) struct Document<'t> {
    file: &'t str,
    text: &'t str,
    starts: Vec<usize>,
    faults: RefCell<Vec<Fault>>,
    /// Tables of TOML in which the syntax is at fault, from header to header.
    spoilt: RefCell<Vec<Range<usize>>>,
}

impl<'t> Document<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, starts, faults: RefCell::default(), spoilt: RefCell::default() }
    }

    pub(super) fn origin(&self, offset: usize) -> Origin {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = match self.text.get(start..offset) {
            Some(text) if text.len() <= LONGEST_LINE => text.chars().count(),
            _ => offset.saturating_sub(start),
        };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        Origin::new(self.file, number(line), number(before))
    }

    /// Notes a fault of the content; one that an error of the syntax may have caused is left out.
    pub(super) fn fault(&self, offset: usize, message: impl Into<String>) {
        let spoilt = self.spoilt.borrow();
        // What is said of the whole document lacks whatever could not be read.
        if !spoilt.is_empty() && (offset == 0 || spoilt.iter().any(|range| range.contains(&offset))) {
            return;
        }
        self.note(offset, message);
    }

    fn note(&self, offset: usize, message: impl Into<String>) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < MOST_FAULTS {
            faults.push(Fault::new(self.origin(offset), message));
        }
    }

    pub(super) fn has_faults(&self) -> bool {
        !self.faults.borrow().is_empty()
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }

    /// Reads TOML; faults of its syntax are noted, and what could be read comes back.
    pub(super) fn read_toml(&self) -> Node {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        let broken = !errors.is_empty();
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            self.note(offset, error.message().trim_end().to_owned());
            let spoilt = self.table_around(offset);
            self.spoilt.borrow_mut().push(spoilt);
        }
        Node { value: Value::Table(entries(table.get_ref(), broken)), offset: 0 }
    }

    /// From the header of the table that an offset lies in to the next one; a line that begins with `[` is a header.
    fn table_around(&self, offset: usize) -> Range<usize> {
        let header = |start: &&usize| self.text.get(**start..).is_some_and(|rest| rest.starts_with('['));
        let next = self.starts.partition_point(|start| *start <= offset);
        let (before, behind) = self.starts.split_at(next);
        let start = before.iter().rev().find(header).copied().unwrap_or(0);
        let end = behind.iter().find(header).copied().unwrap_or(self.text.len() + 1);
        start..end
    }

    /// Reads JSON; JSON is read to its first fault.
    pub(super) fn read_json(&self) -> Node {
        match json::parse(self.text) {
            Ok(node) => node,
            Err(error) => {
                self.fault(error.offset, error.message);
                Node { value: Value::Table(Vec::new()), offset: 0 }
            }
        }
    }

    fn kind(&self, node: &Node, what: &str, wanted: &str) {
        if node.value == Value::Broken {
            return;
        }
        self.fault(node.offset, format!("{what} must be {wanted}"));
    }

    /// A text at a key; another kind of value is a fault, no value is none.
    pub(super) fn text_at<'n>(&self, parent: &'n Node, key: &str) -> Option<(&'n str, usize)> {
        let node = parent.get(key)?;
        let text = node.text();
        if text.is_none() {
            self.kind(node, &format!("`{key}`"), "a text");
        }
        text.map(|text| (text, node.offset))
    }

    /// A text that must be there.
    pub(super) fn required<'n>(&self, parent: &'n Node, key: &str, what: &str) -> Option<(&'n str, usize)> {
        if parent.get(key).is_none() {
            self.fault(parent.offset, format!("{what} has no `{key}`"));
        }
        self.text_at(parent, key)
    }

    /// The members of an array at a key; another kind of value is a fault, no value is an empty array.
    pub(super) fn array_at<'n>(&self, parent: &'n Node, key: &str) -> &'n [Node] {
        match parent.get(key) {
            Some(node) if matches!(node.value, Value::Array(_)) => node.items(),
            Some(node) => {
                self.kind(node, &format!("`{key}`"), "an array");
                &[]
            }
            None => &[],
        }
    }

    /// The entries of a table at a key; another kind of value is a fault, no value is an empty table.
    pub(super) fn table_at<'n>(&self, parent: &'n Node, key: &str) -> &'n [Entry] {
        match parent.get(key) {
            Some(node) if matches!(node.value, Value::Table(_)) => node.entries(),
            Some(node) => {
                self.kind(node, &format!("`{key}`"), "a table");
                &[]
            }
            None => &[],
        }
    }

    /// Whether a node is a table; if not, that is a fault.
    pub(super) fn is_table(&self, node: &Node, what: &str) -> bool {
        let table = matches!(node.value, Value::Table(_));
        if !table {
            self.kind(node, what, "a table");
        }
        table
    }

    /// The texts of an array at a key.
    pub(super) fn texts_at<'n>(&self, parent: &'n Node, key: &str) -> Vec<(&'n str, usize)> {
        let mut texts = Vec::new();
        for item in self.array_at(parent, key) {
            match item.text() {
                Some(text) => texts.push((text, item.offset)),
                None => self.kind(item, &format!("a member of `{key}`"), "a text"),
            }
        }
        texts
    }

    pub(super) fn boolean_at(&self, parent: &Node, key: &str) -> bool {
        match parent.get(key).map(|node| (&node.value, node)) {
            Some((Value::Boolean(value), _)) => *value,
            Some((_, node)) => {
                self.kind(node, &format!("`{key}`"), "`true` or `false`");
                false
            }
            None => false,
        }
    }

    pub(super) fn size_at(&self, parent: &Node, key: &str) -> Option<u64> {
        let node = parent.get(key)?;
        let size = match node.value {
            Value::Integer(size) => u64::try_from(size).ok(),
            _ => None,
        };
        if size.is_none() {
            self.kind(node, &format!("`{key}`"), "a whole number");
        }
        size
    }

    /// Seconds since 1970 of a date, written as TOML's own kind or as text.
    pub(super) fn time_at(&self, parent: &Node, key: &str) -> Option<i64> {
        let node = parent.get(key)?;
        let (Value::Text(text) | Value::Other(text)) = &node.value else {
            self.kind(node, &format!("`{key}`"), "a time");
            return None;
        };
        match text.parse::<jiff::Timestamp>() {
            Ok(time) => Some(time.as_second()),
            Err(_) => {
                self.fault(
                    node.offset,
                    format!("`{}` is no time with an offset from UTC", text.escape_default()),
                );
                None
            }
        }
    }

    pub(super) fn project(&self, text: &str, offset: usize) -> Option<ProjectName> {
        self.parsed(text.parse::<ProjectName>(), offset)
    }

    pub(super) fn extra(&self, text: &str, offset: usize) -> Option<ExtraName> {
        self.parsed(text.parse::<ExtraName>(), offset)
    }

    pub(super) fn version(&self, text: &str, offset: usize) -> Option<Version> {
        match text.parse::<Version>() {
            Ok(version) => Some(version),
            Err(_) => {
                self.fault(offset, format!("`{}` is no version", text.escape_default()));
                None
            }
        }
    }

    pub(super) fn specifiers(&self, text: &str, offset: usize) -> Option<SpecifierSet> {
        self.parsed(text.parse::<SpecifierSet>(), offset)
    }

    pub(super) fn marker(&self, text: &str, offset: usize) -> Option<Marker> {
        self.parsed(text.parse::<Marker>(), offset)
    }

    fn parsed<T, E: std::fmt::Display>(&self, result: Result<T, E>, offset: usize) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(offset, error.to_string());
                None
            }
        }
    }

    /// `sha256:0123...`, the way most locks write a hash.
    pub(super) fn hash(&self, text: &str, offset: usize) -> Option<(String, String)> {
        if let Some((algorithm, digits)) = text.split_once(':')
            && self.digits(digits)
            && !algorithm.is_empty()
        {
            return Some((algorithm.to_ascii_lowercase(), digits.to_ascii_lowercase()));
        }
        self.fault(
            offset,
            format!(
                "`{}` is no hash: it must be an algorithm, `:` and hexadecimal digits",
                text.escape_default()
            ),
        );
        None
    }

    pub(super) fn digits(&self, digits: &str) -> bool {
        !digits.is_empty()
            && digits.len().is_multiple_of(2)
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

fn entries(table: &DeTable<'_>, broken: bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            offset: key.span().start,
            node: node(value, broken),
        })
        .collect();
    // The parser's own order is that of the keys.
    entries.sort_by_key(|entry| entry.offset);
    entries
}

/// The parser limits how deep values may be nested, so this ends.
fn node(value: &Spanned<DeValue<'_>>, broken: bool) -> Node {
    let offset = value.span().start;
    let value = match value.get_ref() {
        // The parser puts a value without extent where it found none.
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) if broken && value.span().is_empty() => {
            Value::Broken
        }
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            let text = number.as_str();
            i64::from_str_radix(text, number.radix())
                .map_or_else(|_| Value::Other(text.to_owned()), Value::Integer)
        }
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Float(number) => Value::Other(number.as_str().to_owned()),
        DeValue::Datetime(time) => Value::Other(time.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| node(item, broken)).collect()),
        DeValue::Table(table) => Value::Table(entries(table, broken)),
    };
    Node { value, offset }
}
