//! Many symbol names in one piece of memory.

use serde::{Deserialize, Serialize};

/// A list of symbol names, kept as one text with a NUL after each (no ELF name can hold a NUL).
///
/// A library exports up to hundreds of thousands of names; one allocation each would cost more than all the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Names {
    text: String,
}

impl Names {
    /// Adds a name; what stands behind a NUL in it is dropped.
    pub(crate) fn push(&mut self, name: &str) {
        self.text.push_str(name.split('\0').next().unwrap_or_default());
        self.text.push('\0');
    }

    /// The names in file order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.text.split_terminator('\0')
    }

    /// Whether a name is in the list (a walk over all of them).
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|known| known == name)
    }

    /// How many names.
    pub fn len(&self) -> usize {
        self.text.bytes().filter(|&byte| byte == 0).count()
    }

    /// Whether there is none.
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
    fn names_come_back_in_order_and_an_empty_one_is_a_name() {
        let names: Names = ["a", "", "bc"].into_iter().collect();
        assert_eq!(names.iter().collect::<Vec<_>>(), ["a", "", "bc"]);
        assert_eq!(names.len(), 3);
        assert!(names.contains("bc") && !names.contains("b"));
        assert!(Names::default().is_empty());
    }
}
