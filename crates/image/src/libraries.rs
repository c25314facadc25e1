//! The shared libraries that the loader of an image finds, as far as they are known.

use std::collections::BTreeMap;
use std::fmt;

/// The libraries of an image: present, absent and unknown ones.
///
/// ```
/// use wheelbase::image::{Library, LibrarySet, Presence};
///
/// let mut set = LibrarySet::complete("a root directory", true);
/// set.insert(Library::new("libz.so.1"));
/// assert!(matches!(set.find("libz.so.1"), Presence::Present(_)));
/// assert!(matches!(set.find("libGL.so.1"), Presence::Absent));
///
/// let unknown = LibrarySet::unknown("the image was not read");
/// assert!(matches!(unknown.find("libGL.so.1"), Presence::Unknown(_)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibrarySet {
    libraries: BTreeMap<String, Library>,
    /// SONAMEs that may be present or absent.
    doubtful: BTreeMap<String, Library>,
    rest: Rest,
    source: String,
    verified: bool,
}

/// The state of all SONAMEs that are not in the set.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rest {
    Absent,
    Unknown { why: String, absent: Vec<String> },
}

/// Whether a set contains a SONAME.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence<'a> {
    /// The loader finds it.
    Present(&'a Library),
    /// The loader does not find it.
    Absent,
    /// It is unknown, with the cause.
    Unknown(&'a str),
}

impl LibrarySet {
    /// A complete set, which is filled with [`insert`](Self::insert). `verified` means that the SONAMEs were read from
    /// files.
    pub fn complete(source: impl Into<String>, verified: bool) -> Self {
        Self {
            libraries: BTreeMap::new(),
            doubtful: BTreeMap::new(),
            rest: Rest::Absent,
            source: source.into(),
            verified,
        }
    }

    /// An incomplete set with the cause `why`. SONAMEs that are not inserted are unknown.
    pub fn partial(why: impl Into<String>, source: impl Into<String>) -> Self {
        let rest = Rest::Unknown { why: why.into(), absent: Vec::new() };
        Self { rest, ..Self::complete(source, false) }
    }

    /// Returns the set with `verified`.
    pub(crate) fn marked(mut self, verified: bool) -> Self {
        self.verified = verified;
        self
    }

    /// Adds a source.
    pub(crate) fn add_source(&mut self, source: &str) {
        if !self.source.is_empty() {
            self.source.push_str("; ");
        }
        self.source.push_str(source);
    }

    /// An unknown set with the cause `why`.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::partial(why, "")
    }

    /// Adds a library or replaces the one with the same SONAME.
    pub fn insert(&mut self, library: Library) {
        self.doubtful.remove(&library.soname);
        if let Rest::Unknown { absent, .. } = &mut self.rest {
            absent.retain(|soname| *soname != library.soname);
        }
        self.libraries.insert(library.soname.clone(), library);
    }

    /// Removes a library: the loader does not find it.
    pub fn remove(&mut self, soname: &str) {
        self.libraries.remove(soname);
        self.doubtful.remove(soname);
        if let Rest::Unknown { absent, .. } = &mut self.rest
            && !absent.iter().any(|known| known == soname)
        {
            absent.push(soname.to_owned());
        }
    }

    /// Makes the set incomplete, with the cause `why`.
    pub(crate) fn doubt(&mut self, why: impl Into<String>) {
        if self.rest == Rest::Absent {
            self.rest = Rest::Unknown { why: why.into(), absent: Vec::new() };
        }
    }

    /// Returns whether SONAMEs that are not in the set are unknown.
    pub fn is_doubted(&self) -> bool {
        self.rest != Rest::Absent
    }

    /// Adds a library that may be present or absent.
    pub(crate) fn insert_doubtful(&mut self, library: Library) {
        if !self.libraries.contains_key(&library.soname) {
            self.doubtful.insert(library.soname.clone(), library);
        }
    }

    /// Returns whether the set contains a SONAME.
    pub fn find(&self, soname: &str) -> Presence<'_> {
        if let Some(library) = self.libraries.get(soname) {
            return Presence::Present(library);
        }
        match &self.rest {
            Rest::Absent if self.doubtful.contains_key(soname) => Presence::Unknown(
                "the image has at least one set of libraries and at most another, and only the larger one contains this library",
            ),
            Rest::Absent => Presence::Absent,
            Rest::Unknown { absent, .. } if absent.iter().any(|known| known == soname) => Presence::Absent,
            Rest::Unknown { why, .. } => Presence::Unknown(why),
        }
    }

    /// Returns the present libraries, sorted by SONAME.
    pub fn iter(&self) -> impl Iterator<Item = &Library> {
        self.libraries.values()
    }

    /// Returns all libraries to change them, sorted by SONAME.
    pub(crate) fn each_mut(&mut self) -> impl Iterator<Item = &mut Library> {
        self.libraries.values_mut().chain(self.doubtful.values_mut())
    }

    /// Returns the libraries that may be present or absent.
    pub fn doubtful(&self) -> impl Iterator<Item = &Library> {
        self.doubtful.values()
    }

    /// Returns the SONAMEs that are known to be absent from an incomplete set.
    pub fn known_absent(&self) -> impl Iterator<Item = &str> {
        match &self.rest {
            Rest::Absent => [].iter(),
            Rest::Unknown { absent, .. } => absent.iter(),
        }
        .map(String::as_str)
    }

    /// Returns the number of present libraries.
    pub fn len(&self) -> usize {
        self.libraries.len()
    }

    /// Returns whether no library is known to be present.
    pub fn is_empty(&self) -> bool {
        self.libraries.is_empty()
    }

    /// Returns the cause why the set is not complete; `None` for a complete set.
    pub fn gap(&self) -> Option<&str> {
        match &self.rest {
            Rest::Absent if self.doubtful.is_empty() => None,
            Rest::Absent => Some("some libraries may be present or absent"),
            Rest::Unknown { why, .. } => Some(why),
        }
    }

    /// Returns whether SONAMEs that are not in the set are absent.
    pub fn is_bounded(&self) -> bool {
        self.rest == Rest::Absent
    }

    /// Returns the source of the set; empty for an unknown set.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns whether the SONAMEs were read from files of the image or of a tree that its recipe built.
    pub fn verified(&self) -> bool {
        self.verified
    }
}

/// A library that the loader finds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Library {
    /// The SONAME, by which the loader finds it.
    pub soname: String,
    /// The package of the distribution that provides it.
    pub package: Option<String>,
    /// The file in the image, if the image was read.
    pub path: Option<String>,
    /// The version nodes that it defines.
    pub nodes: Nodes,
    /// Whether the file has another SONAME. Then `soname` is the name of a file or a link.
    pub alias: bool,
}

impl Library {
    /// A library with only a SONAME.
    pub fn new(soname: impl Into<String>) -> Self {
        Self { soname: soname.into(), package: None, path: None, nodes: Nodes::Unknown, alias: false }
    }

    /// Returns the library with these version nodes.
    pub fn with_nodes(mut self, nodes: Nodes) -> Self {
        self.nodes = nodes;
        self
    }

    /// Returns the library with this package.
    pub fn with_package(mut self, package: impl Into<String>) -> Self {
        self.package = Some(package.into());
        self
    }

    /// Returns the library with this file.
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

/// The version nodes of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nodes {
    /// They are unknown.
    Unknown,
    /// All nodes up to the newest one of each namespace (`GLIBC` -> `2.36`), and named ones such as
    /// `GLIBC_ABI_DT_RELR`.
    Newest {
        /// The namespaces with their newest versions.
        newest: Vec<(String, String)>,
        /// The names of nodes without a number.
        named: Vec<String>,
    },
    /// All nodes, in the order of the file: `GLIBC_2.2.5`, `GLIBC_2.3` ...
    All(Vec<String>),
}

/// Whether a library defines a version node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defined {
    /// The library defines it.
    Yes,
    /// The library does not define it; the newest node of the same namespace, if it defines one.
    No(Option<String>),
    /// It is unknown.
    Unknown,
}

impl Nodes {
    /// Returns whether `node` (`GLIBC_2.38`) is defined.
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

/// Splits `GLIBC_2.38` into the namespace and the number; `None` for a node without a number.
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
    fn other_sonames_are_absent_from_complete_sets_and_unknown_in_others() {
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
    fn doubtful_sonames_are_unknown_in_complete_sets() {
        let mut set = LibrarySet::complete("test", false);
        set.insert_doubtful(Library::new("libzstd.so.1"));
        assert!(matches!(set.find("libzstd.so.1"), Presence::Unknown(_)));
        assert_eq!(set.find("libGL.so.1"), Presence::Absent);
        assert!(set.gap().is_some());
    }

    #[test]
    fn nodes_are_compared_by_number() {
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
