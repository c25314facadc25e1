//! Tables of files that people write: messages contain the path of a field, and `null` is the same as a missing value.

use std::fmt;
use std::str::FromStr;

use super::node::{Node, Value};
use super::source::Source;
use wheelbase_spec::target::near;

/// A table and its name in messages.
#[derive(Clone, Debug)]
pub struct Table<'d> {
    source: &'d Source<'d>,
    node: &'d Node,
    name: String,
    /// The text before the name of a field in messages.
    prefix: String,
}

impl<'d> Table<'d> {
    pub(super) fn new(source: &'d Source<'d>, node: &'d Node, name: String) -> Option<Self> {
        if !matches!(node.value, Value::Table(_)) {
            source.mismatch(node, format_args!("`{name}`"), "a table of fields");
            return None;
        }
        Some(Self { source, node, name, prefix: String::new() })
    }

    /// Returns the table with `name.field` as the names of its fields in messages.
    #[must_use]
    pub fn prefixed(self) -> Self {
        Self { prefix: format!("{}.", self.name), ..self }
    }

    /// The value of the table.
    pub fn node(&self) -> &'d Node {
        self.node
    }

    /// Its name in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of a field in messages.
    fn field(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Returns the value at a key; `None` if it is missing or `null`.
    pub fn get(&self, key: &str) -> Option<&'d Node> {
        self.node.get(key).filter(|node| !node.is_null())
    }

    /// Adds a fault at the value of a field, or at the table if the field is missing.
    pub fn fault(&self, key: &str, message: impl Into<String>) {
        let node = self.node.get(key).unwrap_or(self.node);
        self.source.fault(node.offset, message);
    }

    /// Adds a fault at the value of a field; the message starts with its name.
    pub fn fault_of(&self, key: &str, message: impl fmt::Display) {
        self.fault(key, format!("`{}`: {message}", self.field(key)));
    }

    /// Adds a fault at an item; the message starts with its name, see [`items`](Self::items).
    pub fn fault_at(&self, item: &Node, name: &str, message: impl fmt::Display) {
        self.source.fault(item.offset, format!("`{name}`: {message}"));
    }

    /// Adds a fault for each key that is not in `known`. The message suggests a similar name.
    pub fn only(&self, known: &[&str]) {
        self.only_of(known, &format!("in `{}`", self.name));
    }

    /// Adds the same faults as [`only`](Self::only). `place` replaces the name of the table in the message.
    pub fn only_of(&self, known: &[&str], place: &str) {
        for entry in self.node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let hint = match near(&entry.key, known.iter().copied()).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("expected one of {}", known.join(", ")),
            };
            self.source
                .fault(entry.offset, format!("unknown field `{}` {place}; {hint}", entry.key.escape_debug()));
        }
    }

    /// Returns the value at a key as converted by `read`. If `read` returns `None`, that is a fault.
    fn typed<T>(&self, key: &str, expected: &str, read: impl FnOnce(&'d Node) -> Option<T>) -> Option<T> {
        let node = self.get(key)?;
        let value = read(node);
        if value.is_none() {
            self.source.mismatch(node, format_args!("`{}`", self.field(key)), expected);
        }
        value
    }

    /// Returns the text at a key.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.typed(key, "a string", Node::text)
    }

    /// Returns the text at a key. A missing value is a fault.
    pub fn required(&self, key: &str) -> Option<&'d str> {
        match self.node.get(key) {
            Some(node) if node.is_null() => {
                self.fault(key, format!("`{}` must be a string", self.field(key)));
            }
            Some(_) => {}
            None => self.missing(key),
        }
        self.text(key)
    }

    /// Adds the fault that a field is missing.
    pub fn missing(&self, key: &str) {
        self.fault(key, format!("`{}` is missing", self.field(key)));
    }

    /// Parses the text at a key as a value of another type.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Option<T> {
        self.of_text(self.text(key), key)
    }

    /// Parses the text at a key as a value of another type. A missing value is a fault.
    pub fn required_parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Option<T> {
        self.of_text(self.required(key), key)
    }

    fn of_text<T: FromStr<Err: fmt::Display>>(&self, text: Option<&str>, key: &str) -> Option<T> {
        text?.parse().map_err(|error: T::Err| self.fault_of(key, error)).ok()
    }

    /// Returns the boolean at a key.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.typed(key, "`true` or `false`", Node::boolean)
    }

    /// Returns the whole number at a key. A negative number is a fault.
    pub fn size(&self, key: &str) -> Option<u64> {
        self.typed(key, "a whole number", Node::size)
    }

    /// Returns the table at a key.
    pub fn table(&self, key: &str) -> Option<Self> {
        self.inner(self.get(key)?, self.field(key))
    }

    /// Returns the texts of the array at a key.
    pub fn texts(&self, key: &str) -> Vec<&'d str> {
        let mut texts = Vec::new();
        for (name, node) in self.items(key) {
            match node.text() {
                Some(text) => texts.push(text),
                None => self.source.mismatch(node, format_args!("`{name}`"), "a string"),
            }
        }
        texts
    }

    /// Returns the tables of the array at a key.
    pub fn tables(&self, key: &str) -> Vec<Self> {
        self.items(key).into_iter().filter_map(|(name, node)| self.inner(node, name)).collect()
    }

    /// Returns the items of the array at a key, each with its name in messages.
    pub fn items(&self, key: &str) -> Vec<(String, &'d Node)> {
        let array = |node: &'d Node| matches!(node.value, Value::Array(_)).then(|| node.items());
        let items = self.typed(key, "a list", array).unwrap_or_default();
        let name = |index| format!("{}[{index}]", self.field(key));
        items.iter().enumerate().map(|(index, node)| (name(index), node)).collect()
    }

    /// Returns a value inside this table as a table. Another value is a fault.
    pub fn inner(&self, node: &'d Node, name: String) -> Option<Self> {
        Self::new(self.source, node, name).map(Self::prefixed)
    }
}
