//! The tree that a document is read into.

/// A value and its position.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The byte offset of its start.
    pub offset: usize,
    /// The byte offset of its end; the byte there is not part of it.
    pub end: usize,
}

/// The value at a place in a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number of 64 bits.
    Integer(i64),
    /// Another number, as written.
    Number(String),
    /// `true` or `false`
    Boolean(bool),
    /// A date or time of TOML.
    Time(String),
    /// `null` of JSON.
    Null,
    /// A syntax error. The fault is reported already.
    Broken,
    /// An array.
    Array(Vec<Node>),
    /// A table, or an object of JSON. The entries are in the order of the file.
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The byte offset of the key.
    pub offset: usize,
    /// The value.
    pub node: Node,
}

impl Node {
    /// Creates an empty table at the start of the document.
    pub fn empty_table() -> Self {
        Self { value: Value::Table(Vec::new()), offset: 0, end: 0 }
    }

    /// The entries of a table; empty for another value.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the entry with a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// Returns the value at a key of a table.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The items of an array; empty for another value.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The text, if the value is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if the value is a whole one of 64 bits.
    pub fn integer(&self) -> Option<i64> {
        match self.value {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The number, if the value is a whole one that is not negative.
    pub(super) fn size(&self) -> Option<u64> {
        self.integer().and_then(|size| u64::try_from(size).ok())
    }

    /// The boolean, if the value is one.
    pub fn boolean(&self) -> Option<bool> {
        match self.value {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// Returns whether the value is `null`.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// The type of the value, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) | Value::Number(_) => "a number",
            Value::Boolean(_) => "`true` or `false`",
            Value::Time(_) => "a date",
            Value::Null => "`null`",
            Value::Broken => "not readable",
            Value::Array(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}
