//! Many symbol names in one allocation.

use serde::{Deserialize, Serialize};

/// A list of symbol names: one text with a NUL after each name (ELF names do not contain NUL).
///
/// A library may export hundreds of thousands of names, so an allocation for each would be expensive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Names {
    text: String,
}

impl Names {
    /// Adds a name; the part after a NUL is dropped.
    pub(crate) fn push(&mut self, name: &str) {
        self.text.push_str(name.split('\0').next().unwrap_or_default());
        self.text.push('\0');
    }

    /// Returns the names in file order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.text.split_terminator('\0')
    }

    /// Returns whether a name is in the list; linear in the size of the list.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|known| known == name)
    }

    /// Returns the number of names.
    pub fn len(&self) -> usize {
        self.text.bytes().filter(|&byte| byte == 0).count()
    }

    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut all = Self::default();
        for name in names {
            all.push(name);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_order_and_may_be_empty() {
        let names: Names = ["a", "", "bc"].into_iter().collect();
        assert_eq!(names.iter().collect::<Vec<_>>(), ["a", "", "bc"]);
        assert_eq!(names.len(), 3);
        assert!(names.contains("bc") && !names.contains("b"));
        assert!(Names::default().is_empty());
    }
}
