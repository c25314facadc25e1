//! The tree that a document is read into.

/// A value and its position.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// The byte at which it starts.
    pub offset: usize,
    /// The byte behind it.
    pub end: usize,
}

/// What a document holds.
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
    /// A place at which the syntax is wrong. The fault is reported already.
    Broken,
    /// An array.
    Array(Vec<Node>),
    /// A table, or an object of JSON: its entries in the order of the file.
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The byte at which the key starts.
    pub offset: usize,
    /// The value.
    pub node: Node,
}

impl Node {
    /// A table without entries at the start of the document.
    pub fn empty_table() -> Self {
        Self { value: Value::Table(Vec::new()), offset: 0, end: 0 }
    }

    /// The entries of a table; none of another value.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The entry with a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value at a key of a table.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The items of an array; none of another value.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a whole one.
    pub fn integer(&self) -> Option<i64> {
        match self.value {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn boolean(&self) -> Option<bool> {
        match self.value {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// What kind of value it is, in words for a message.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a text",
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
