//! A table of a file that people write: messages name the whole way to a field, and `null` counts as no value.

use std::fmt;
use std::str::FromStr;

use super::{Document, Node, Value};
use wheelbase_spec::target::near;

/// A table and its name in messages.
#[derive(Clone, Debug)]
pub struct Table<'d> {
    document: &'d Document<'d>,
    node: &'d Node,
    name: String,
    /// What stands before the name of a field in messages.
    prefix: String,
}

impl<'d> Table<'d> {
    pub(super) fn new(document: &'d Document<'d>, node: &'d Node, name: String) -> Option<Self> {
        if !matches!(node.value, Value::Table(_)) {
            document.mismatch(node, format_args!("`{name}`"), "a table of fields");
            return None;
        }
        Some(Self { document, node, name, prefix: String::new() })
    }

    /// The same table, whose fields are called `name.field` in messages.
    #[must_use]
    pub fn prefixed(self) -> Self {
        Self { prefix: format!("{}.", self.name), ..self }
    }

    /// The table as a value.
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

    /// The value at a key, unless it is `null`.
    pub fn get(&self, key: &str) -> Option<&'d Node> {
        self.node.get(key).filter(|node| !node.is_null())
    }

    /// Adds a fault of a field, at its value; at the table where it is missing.
    pub fn fault(&self, key: &str, message: impl Into<String>) {
        let node = self.node.get(key).unwrap_or(self.node);
        self.document.fault(node.offset, message);
    }

    /// Adds a fault of a field, led by its name.
    pub fn fault_of(&self, key: &str, message: impl fmt::Display) {
        self.fault(key, format!("`{}`: {message}", self.field(key)));
    }

    /// Adds a fault of an item, led by the name that [`items`](Self::items) gives it.
    pub fn fault_at(&self, item: &Node, name: &str, message: impl fmt::Display) {
        self.document.fault(item.offset, format!("`{name}`: {message}"));
    }

    /// Every other key is a fault; the message suggests a known one.
    pub fn only(&self, known: &[&str]) {
        self.only_of(known, &format!("in `{}`", self.name));
    }

    /// [`only`](Self::only), with other words for where the field is.
    pub fn only_of(&self, known: &[&str], place: &str) {
        for entry in self.node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let hint = match near(&entry.key, known.iter().copied()).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            self.document
                .fault(entry.offset, format!("unknown field `{}` {place}; {hint}", entry.key.escape_debug()));
        }
    }

    /// The value at a key as `read` takes it; if it takes none, the value must be `wanted`.
    fn typed<T>(&self, key: &str, wanted: &str, read: impl FnOnce(&'d Node) -> Option<T>) -> Option<T> {
        let node = self.get(key)?;
        let value = read(node);
        if value.is_none() {
            self.document.mismatch(node, format_args!("`{}`", self.field(key)), wanted);
        }
        value
    }

    /// The text at a key.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.typed(key, "a text in quotes", Node::text)
    }

    /// The text at a key that must be there.
    pub fn required(&self, key: &str) -> Option<&'d str> {
        match self.node.get(key) {
            Some(node) if node.is_null() => {
                self.fault(key, format!("`{}` must be a text in quotes", self.field(key)));
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

    /// The text at a key as a value of another type.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Option<T> {
        self.of_text(self.text(key), key)
    }

    /// The text at a key that must be there, as a value of another type.
    pub fn required_parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Option<T> {
        self.of_text(self.required(key), key)
    }

    fn of_text<T: FromStr<Err: fmt::Display>>(&self, text: Option<&str>, key: &str) -> Option<T> {
        text?.parse().map_err(|error: T::Err| self.fault_of(key, error)).ok()
    }

    /// The boolean at a key.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.typed(key, "`true` or `false`", Node::boolean)
    }

    /// The whole number at a key, none below zero.
    pub fn size(&self, key: &str) -> Option<u64> {
        self.typed(key, "a whole number", |node| node.integer().and_then(|size| u64::try_from(size).ok()))
    }

    /// The table at a key.
    pub fn table(&self, key: &str) -> Option<Self> {
        self.inner(self.get(key)?, self.field(key))
    }

    /// The texts of the array at a key.
    pub fn texts(&self, key: &str) -> Vec<&'d str> {
        let mut texts = Vec::new();
        for (name, node) in self.items(key) {
            match node.text() {
                Some(text) => texts.push(text),
                None => self.document.mismatch(node, format_args!("`{name}`"), "a text in quotes"),
            }
        }
        texts
    }

    /// The tables of the array at a key.
    pub fn tables(&self, key: &str) -> Vec<Self> {
        self.items(key).into_iter().filter_map(|(name, node)| self.inner(node, name)).collect()
    }

    /// The items of the array at a key, with their names in messages.
    pub fn items(&self, key: &str) -> Vec<(String, &'d Node)> {
        let array = |node: &'d Node| matches!(node.value, Value::Array(_)).then(|| node.items());
        let items = self.typed(key, "a list", array).unwrap_or_default();
        let name = |index| format!("{}[{index}]", self.field(key));
        items.iter().enumerate().map(|(index, node)| (name(index), node)).collect()
    }

    /// A table inside this one, if the value is one.
    pub fn inner(&self, node: &'d Node, name: String) -> Option<Self> {
        Self::new(self.document, node, name).map(Self::prefixed)
    }
}
