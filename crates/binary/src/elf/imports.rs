//! Undefined dynamic symbols.

use serde::{Deserialize, Serialize};

use super::names::Names;

const WEAK: u16 = 0x8000;

/// One undefined symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Import<'a> {
    /// The name.
    pub name: &'a str,
    /// Whether the file loads without it.
    pub weak: bool,
    /// Its version node: the index of the library in [`version_needs`](super::ElfFacts::version_needs) and the index of
    /// the node in the library.
    pub node: Option<(usize, usize)>,
}

/// The undefined symbols of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UndefinedSymbols {
    names: Names,
    /// For each name: bit 15 weak, the rest 1 + the number of its node counted over all libraries, or 0.
    marks: Vec<u16>,
    /// The number of nodes of each required library, to convert a number to two indices.
    widths: Vec<u16>,
}

impl UndefinedSymbols {
    pub(crate) fn new(widths: Vec<u16>) -> Self {
        Self { widths, ..Self::default() }
    }

    /// Adds a symbol; `node` is its number counted over all libraries.
    pub(crate) fn push(&mut self, name: &str, weak: bool, node: Option<u16>) {
        let number = node.map_or(0, |node| node.saturating_add(1) & !WEAK);
        self.names.push(name);
        self.marks.push(number | if weak { WEAK } else { 0 });
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.names.shrink_to_fit();
        self.marks.shrink_to_fit();
    }

    /// Returns the symbols in file order.
    pub fn iter(&self) -> impl Iterator<Item = Import<'_>> {
        self.names.iter().zip(&self.marks).map(|(name, &mark)| Import {
            name,
            weak: mark & WEAK != 0,
            node: (mark & !WEAK).checked_sub(1).and_then(|number| self.place(number)),
        })
    }

    /// Returns the names of the symbols that the file requires to load.
    pub fn strong(&self) -> impl Iterator<Item = &str> {
        self.iter().filter(|import| !import.weak).map(|import| import.name)
    }

    /// Returns the number of symbols.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    fn place(&self, number: u16) -> Option<(usize, usize)> {
        let mut left = usize::from(number);
        for (library, &width) in self.widths.iter().enumerate() {
            match left.checked_sub(usize::from(width)) {
                None => return Some((library, left)),
                Some(rest) => left = rest,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_number_becomes_library_and_node() {
        let mut imports = UndefinedSymbols::new(vec![2, 0, 3]);
        imports.push("a", false, Some(1));
        imports.push("b", true, Some(2));
        imports.push("c", false, Some(4));
        imports.push("d", false, None);
        imports.push("e", false, Some(9));
        let nodes: Vec<_> = imports.iter().map(|import| import.node).collect();
        assert_eq!(nodes, [Some((0, 1)), Some((2, 0)), Some((2, 2)), None, None]);
        assert_eq!(imports.strong().collect::<Vec<_>>(), ["a", "c", "d", "e"]);
    }
}
