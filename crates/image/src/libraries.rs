//! The shared libraries that an image's loader finds, as far as somebody knows them.

use std::collections::BTreeMap;
use std::fmt;

/// The libraries of an image: what is there, what is not, and what nobody has looked at.
///
/// ```
/// use wheelbase::image::{Library, LibrarySet, Presence};
///
/// let mut set = LibrarySet::complete("a root folder", true);
/// set.insert(Library::new("libz.so.1"));
/// assert!(matches!(set.find("libz.so.1"), Presence::Present(_)));
/// assert!(matches!(set.find("libGL.so.1"), Presence::Absent));
///
/// let unknown = LibrarySet::unknown("nobody has read this image");
/// assert!(matches!(unknown.find("libGL.so.1"), Presence::Unknown(_)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibrarySet {
    libraries: BTreeMap<String, Library>,
    /// SONAMEs that are there or not, with what they would define.
    doubtful: BTreeMap<String, Library>,
    rest: Rest,
    source: String,
    verified: bool,
}

/// What holds of every SONAME that the set does not list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rest {
    Absent,
    Unknown { why: String, absent: Vec<String> },
}

/// What a set says of one SONAME.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence<'a> {
    /// The loader finds it.
    Present(&'a Library),
    /// The loader does not find it.
    Absent,
    /// Not known, and why.
    Unknown(&'a str),
}

impl LibrarySet {
    /// A set of which everything is known; fill it with [`insert`](Self::insert). `verified` says that the SONAMEs
    /// were read from files.
    pub fn complete(source: impl Into<String>, verified: bool) -> Self {
        Self {
            libraries: BTreeMap::new(),
            doubtful: BTreeMap::new(),
            rest: Rest::Absent,
            source: source.into(),
            verified,
        }
    }

    /// A set of which only what is inserted is known.
    pub fn partial(why: impl Into<String>, source: impl Into<String>) -> Self {
        let rest = Rest::Unknown { why: why.into(), absent: Vec::new() };
        Self { rest, ..Self::complete(source, false) }
    }

    /// The same set, read from files or not.
    pub(crate) fn marked(mut self, verified: bool) -> Self {
        self.verified = verified;
        self
    }

    /// Adds to where the set comes from.
    pub(crate) fn add_source(&mut self, source: &str) {
        if !self.source.is_empty() {
            self.source.push_str("; ");
        }
        self.source.push_str(source);
    }

    /// A set of which nothing is known.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::partial(why, "")
    }

    /// Adds a library, or replaces the one of its SONAME.
    pub fn insert(&mut self, library: Library) {
        self.doubtful.remove(&library.soname);
        if let Rest::Unknown { absent, .. } = &mut self.rest {
            absent.retain(|soname| *soname != library.soname);
        }
        self.libraries.insert(library.soname.clone(), library);
    }

    /// Takes a library out: the loader does not find it.
    pub fn remove(&mut self, soname: &str) {
        self.libraries.remove(soname);
        self.doubtful.remove(soname);
        if let Rest::Unknown { absent, .. } = &mut self.rest
            && !absent.iter().any(|known| known == soname)
        {
            absent.push(soname.to_owned());
        }
    }

    /// From now on nothing is known of what the set does not list, for this reason.
    pub(crate) fn doubt(&mut self, why: impl Into<String>) {
        if self.rest == Rest::Absent {
            self.rest = Rest::Unknown { why: why.into(), absent: Vec::new() };
        }
    }

    /// Whether what the set does not list may be there all the same.
    pub fn is_doubted(&self) -> bool {
        self.rest != Rest::Absent
    }

    /// Notes a library that may be there or not.
    pub(crate) fn insert_doubtful(&mut self, library: Library) {
        if !self.libraries.contains_key(&library.soname) {
            self.doubtful.insert(library.soname.clone(), library);
        }
    }

    /// What is known of a SONAME.
    pub fn find(&self, soname: &str) -> Presence<'_> {
        if let Some(library) = self.libraries.get(soname) {
            return Presence::Present(library);
        }
        match &self.rest {
            Rest::Absent if self.doubtful.contains_key(soname) => {
                Presence::Unknown("the set is known between two bounds, and this one lies between them")
            }
            Rest::Absent => Presence::Absent,
            Rest::Unknown { absent, .. } if absent.iter().any(|known| known == soname) => Presence::Absent,
            Rest::Unknown { why, .. } => Presence::Unknown(why),
        }
    }

    /// Every library that is there, by SONAME.
    pub fn iter(&self) -> impl Iterator<Item = &Library> {
        self.libraries.values()
    }

    /// Every library to change, by SONAME.
    pub(crate) fn each_mut(&mut self) -> impl Iterator<Item = &mut Library> {
        self.libraries.values_mut().chain(self.doubtful.values_mut())
    }

    /// The SONAMEs that may be there or not.
    pub fn doubtful(&self) -> impl Iterator<Item = &Library> {
        self.doubtful.values()
    }

    /// The SONAMEs that are known to be absent though the set is not complete.
    pub fn known_absent(&self) -> impl Iterator<Item = &str> {
        match &self.rest {
            Rest::Absent => [].iter(),
            Rest::Unknown { absent, .. } => absent.iter(),
        }
        .map(String::as_str)
    }

    /// The number of libraries that are there.
    pub fn len(&self) -> usize {
        self.libraries.len()
    }

    /// Whether no library is known to be there.
    pub fn is_empty(&self) -> bool {
        self.libraries.is_empty()
    }

    /// Why the set is not complete; `None` for a complete one.
    pub fn gap(&self) -> Option<&str> {
        match &self.rest {
            Rest::Absent if self.doubtful.is_empty() => None,
            Rest::Absent => Some("some libraries are known between two bounds only"),
            Rest::Unknown { why, .. } => Some(why),
        }
    }

    /// Whether a SONAME that the set does not name is absent for sure.
    pub fn is_bounded(&self) -> bool {
        self.rest == Rest::Absent
    }

    /// Where the set comes from; empty for an unknown one.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the SONAMEs were read from files of the image or of a tree built by its recipe.
    pub fn verified(&self) -> bool {
        self.verified
    }
}

/// One library on the loader's path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Library {
    /// The SONAME, which is the name the loader looks for.
    pub soname: String,
    /// The distribution package that brings it.
    pub package: Option<String>,
    /// The file in the image, where the image was read.
    pub path: Option<String>,
    /// The version nodes it defines.
    pub nodes: Nodes,
    /// The file says that its SONAME is another: this is the name of a file or a link.
    pub alias: bool,
}

impl Library {
    /// A library of which only the SONAME is known.
    pub fn new(soname: impl Into<String>) -> Self {
        Self { soname: soname.into(), package: None, path: None, nodes: Nodes::Unknown, alias: false }
    }

    /// The same library with these nodes.
    pub fn with_nodes(mut self, nodes: Nodes) -> Self {
        self.nodes = nodes;
        self
    }

    /// The same library from this package.
    pub fn with_package(mut self, package: impl Into<String>) -> Self {
        self.package = Some(package.into());
        self
    }

    /// The same library in this file.
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

/// The version nodes a library defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nodes {
    /// Nobody has looked.
    Unknown,
    /// All nodes up to the newest one of each namespace (`GLIBC` -> `2.36`), and named ones such as
    /// `GLIBC_ABI_DT_RELR`.
    Newest {
        /// Namespace and newest version.
        newest: Vec<(String, String)>,
        /// Whole names of nodes without number.
        named: Vec<String>,
    },
    /// Exactly these, as the file lists them: `GLIBC_2.2.5`, `GLIBC_2.3` ...
    All(Vec<String>),
}

/// Whether a library defines a version node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defined {
    /// It does.
    Yes,
    /// It does not; the newest of the same namespace that it defines, if it defines one.
    No(Option<String>),
    /// Not known.
    Unknown,
}

impl Nodes {
    /// Whether `node` (`GLIBC_2.38`) is defined.
    ///
    /// ```
    /// use wheelbase::image::{Defined, Nodes};
    ///
    /// let nodes = Nodes::Newest { newest: vec![("GLIBC".into(), "2.36".into())], named: vec![] };
    /// assert_eq!(nodes.defines("GLIBC_2.17"), Defined::Yes);
    /// assert_eq!(nodes.defines("GLIBC_2.38"), Defined::No(Some("GLIBC_2.36".into())));
    /// assert_eq!(nodes.defines("OPENSSL_3.0.0"), Defined::Unknown);
    /// ```
    pub fn defines(&self, node: &str) -> Defined {
        match self {
            Self::Unknown => Defined::Unknown,
            Self::All(nodes) => {
                if nodes.iter().any(|known| known == node) {
                    return Defined::Yes;
                }
                let newest = split(node).and_then(|(space, _)| {
                    let same = nodes.iter().filter_map(|known| {
                        let (known_space, version) = split(known)?;
                        (known_space == space).then(|| (numbers(version), known))
                    });
                    same.max().map(|(_, known)| known.clone())
                });
                Defined::No(newest)
            }
            Self::Newest { newest, named } => {
                if named.iter().any(|known| known == node) {
                    return Defined::Yes;
                }
                let Some((space, version)) = split(node) else { return Defined::Unknown };
                let Some((_, top)) = newest.iter().find(|(known, _)| known == space) else {
                    return Defined::Unknown;
                };
                match numbers(version) <= numbers(top) {
                    true => Defined::Yes,
                    false => Defined::No(Some(format!("{space}_{top}"))),
                }
            }
        }
    }
}

/// `GLIBC_2.38` as namespace and number; `None` for a node without number.
fn split(node: &str) -> Option<(&str, &str)> {
    let (space, version) = node.rsplit_once('_')?;
    let numeric = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (numeric && !version.is_empty()).then_some((space, version))
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}

impl fmt::Display for Nodes {
    /// The newest of each namespace: `GLIBC_2.36, GLIBCXX_3.4.30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => Ok(()),
            Self::Newest { newest, .. } => {
                for (index, (space, version)) in newest.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{space}_{version}")?;
                }
                Ok(())
            }
            Self::All(nodes) => {
                let mut newest: BTreeMap<&str, &str> = BTreeMap::new();
                for (space, version) in nodes.iter().filter_map(|node| split(node)) {
                    let top = newest.entry(space).or_insert(version);
                    if numbers(version) > numbers(top) {
                        *top = version;
                    }
                }
                for (index, (space, version)) in newest.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{space}_{version}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlisted_soname_of_a_complete_set_is_absent_and_of_another_is_unknown() {
        let mut complete = LibrarySet::complete("test", true);
        complete.insert(Library::new("libz.so.1"));
        assert_eq!(complete.find("libm.so.6"), Presence::Absent);
        assert_eq!(complete.gap(), None);

        let mut partial = LibrarySet::partial("not read", "test");
        partial.insert(Library::new("libc.so.6"));
        partial.remove("libGL.so.1");
        assert!(matches!(partial.find("libc.so.6"), Presence::Present(_)));
        assert_eq!(partial.find("libGL.so.1"), Presence::Absent);
        assert_eq!(partial.find("libz.so.1"), Presence::Unknown("not read"));
        partial.insert(Library::new("libGL.so.1"));
        assert!(matches!(partial.find("libGL.so.1"), Presence::Present(_)));
    }

    #[test]
    fn a_doubtful_soname_is_unknown_even_in_a_bounded_set() {
        let mut set = LibrarySet::complete("test", false);
        set.insert_doubtful(Library::new("libzstd.so.1"));
        assert!(matches!(set.find("libzstd.so.1"), Presence::Unknown(_)));
        assert_eq!(set.find("libGL.so.1"), Presence::Absent);
        assert!(set.gap().is_some());
    }

    #[test]
    fn nodes_compare_by_number_and_not_by_text() {
        let nodes = Nodes::Newest { newest: vec![("GLIBC".into(), "2.10".into())], named: vec![] };
        assert_eq!(nodes.defines("GLIBC_2.9"), Defined::Yes);
        assert_eq!(nodes.defines("GLIBC_2.10.1"), Defined::No(Some("GLIBC_2.10".into())));
        let all = Nodes::All(vec!["GLIBC_2.2.5".into(), "GLIBC_2.9".into(), "GLIBC_2.10".into()]);
        assert_eq!(all.defines("GLIBC_2.3"), Defined::No(Some("GLIBC_2.10".into())));
        assert_eq!(all.defines("GLIBC_2.9"), Defined::Yes);
        assert_eq!(all.defines("GLIBC_ABI_DT_RELR"), Defined::No(None));
        assert_eq!(all.to_string(), "GLIBC_2.10");
    }
}
