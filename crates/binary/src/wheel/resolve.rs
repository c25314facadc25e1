//! Finds required libraries inside a wheel.
//!
//! The simulated loader has another table of paths, because wheels that are installed together may overwrite files of each
//! other.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::facts::{Container, WheelFacts};
use super::paths::{below_prefix, child, expand_origin, installed_path, parent, resolve_link};
use super::walk::{LoadSequence, LoadableFiles, RequiredLibrary, SearchEnd, SearchEntry, SearchRules};
use crate::elf::ElfFacts;

/// Site-packages of an interpreter of unknown version: [`of_any_python`] writes those of all versions so.
const SITE_PACKAGES: &str = "lib/python/site-packages";

/// The installed paths of the members of a wheel, for the search of required libraries.
#[derive(Debug)]
pub struct Resolver<'a> {
    facts: &'a WheelFacts,
    by_path: HashMap<String, usize>,
    directories: Vec<String>,
    /// The directory that members in site-packages must not leave; empty if the input is a directory.
    site_packages: &'static str,
    /// File names of links to a member.
    aliases: FxHashMap<usize, Vec<String>>,
}

impl<'a> Resolver<'a> {
    /// Returns a resolver for the members of a wheel or directory.
    pub fn new(facts: &'a WheelFacts) -> Self {
        // The files of a directory are installed already.
        let site_packages = if facts.container == Container::Wheel { SITE_PACKAGES } else { "" };
        let mut by_path = HashMap::new();
        let mut directories = Vec::new();
        for (at, member) in facts.members.iter().enumerate() {
            let path = match facts.container {
                Container::Wheel => below_prefix(&installed_path(&member.path), site_packages),
                Container::Directory | Container::File => member.path.clone(),
            };
            directories.push(parent(&path).to_owned());
            by_path.insert(path, at);
        }
        let mut aliases: FxHashMap<usize, Vec<String>> = FxHashMap::default();
        for (path, _) in &facts.links {
            let file = resolve_link(&facts.links, path).and_then(|file| by_path.get(&file).copied());
            if let Some(at) = file {
                by_path.entry(path.clone()).or_insert(at);
                let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
                aliases.entry(at).or_default().push(name.to_owned());
            }
        }
        Self { facts, by_path, directories, site_packages, aliases }
    }

    /// Returns the file names of a member: its own and those of links to it.
    pub fn names(&self, member: usize) -> impl Iterator<Item = &str> {
        let own = self.facts.members.get(member).map(|one| one.name());
        own.into_iter().chain(self.aliases.get(&member).into_iter().flatten().map(String::as_str))
    }

    /// Returns all libraries that a member requires directly or indirectly, in the order in which a loader loads them.
    pub fn walk(&self, root: usize, rules: SearchRules) -> Vec<RequiredLibrary<'a>> {
        LoadSequence::new(&Members { resolver: self, rules }, root, rules).libraries
    }

    /// Returns a compatible member with this file name or SONAME, anywhere in the wheel.
    ///
    /// The simulated loader has its own search by name, because only files of the same wheel and of its dependencies may have
    /// been loaded before.
    pub fn anywhere(&self, library: &str, by: &ElfFacts) -> Option<usize> {
        self.facts.members.iter().position(|member| {
            (member.name() == library || member.elf.soname.as_deref() == Some(library))
                && SearchRules::Auditwheel.accepts(by, &member.elf)
        })
    }

    /// Returns whether an entry of the search path of a member is outside of the installed files, or depends on the machine
    /// or the working directory.
    pub fn escapes(&self, member: usize, path: &str) -> bool {
        let Some(origin) = self.directories.get(member) else { return true };
        let Some(directory) = expand_origin(origin, path) else { return true };
        is_below(origin, self.site_packages) && !is_below(&directory, self.site_packages)
    }
}

/// The members of a wheel, for a walk by some rules.
struct Members<'r, 'a> {
    resolver: &'r Resolver<'a>,
    rules: SearchRules,
}

impl<'a> LoadableFiles<'a> for Members<'_, 'a> {
    type Outside = ();

    fn elf(&self, file: usize) -> Option<&'a ElfFacts> {
        self.resolver.facts.members.get(file).map(|member| &member.elf)
    }

    fn find(&self, entry: SearchEntry<'a>, library: &str) -> Option<usize> {
        // auditwheel searches the archive and not an installation. From the packages in an archive, no search path leads to
        // the directory where the members of the `data` scheme are installed.
        if self.rules == SearchRules::Auditwheel && self.resolver.escapes(entry.owner, entry.path) {
            return None;
        }
        let directory = expand_origin(self.resolver.directories.get(entry.owner)?, entry.path)?;
        // The files of a directory have the version of their Python.
        let directory =
            if self.resolver.site_packages.is_empty() { directory } else { of_any_python(directory) };
        self.resolver.by_path.get(&child(&directory, library)).copied()
    }

    fn outside(&self, _: usize, _: &'a str, _: SearchEnd<'_, 'a>) {}
}

/// Returns whether a path is a directory or below it.
fn is_below(path: &str, directory: &str) -> bool {
    directory.is_empty()
        || path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Replaces `lib/pythonX.Y/site-packages` by [`SITE_PACKAGES`].
fn of_any_python(directory: String) -> String {
    let inside = directory.strip_prefix("lib/python").and_then(|rest| rest.split_once('/'));
    let inside = inside.and_then(|(_, rest)| rest.strip_prefix("site-packages"));
    match inside.filter(|inside| inside.is_empty() || inside.starts_with('/')) {
        Some(inside) => format!("{SITE_PACKAGES}{inside}"),
        None => directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wheel::walk::tests::elf;
    use crate::wheel::{Member, Recorded};

    /// A container with a file that requires `libx.so` through one search path, and that library elsewhere.
    fn facts(container: Container, requiring: &str, rpath: &str, library: &str) -> WheelFacts {
        let mut facts = WheelFacts::new(container, "demo-1-py3-none-any.whl", 0);
        let requires =
            ElfFacts { needed: vec!["libx.so".to_owned()], rpath: vec![rpath.to_owned()], ..elf() };
        for (path, elf) in [(requiring, requires), (library, elf())] {
            facts.members.push(Member { path: path.to_owned(), size: 64, recorded: Recorded::Listed, elf });
        }
        facts
    }

    /// Whether glibc, musl and auditwheel find the library.
    fn found(container: Container, requiring: &str, rpath: &str, library: &str) -> [bool; 3] {
        let facts = facts(container, requiring, rpath, library);
        let resolver = Resolver::new(&facts);
        [SearchRules::Glibc, SearchRules::Musl, SearchRules::Auditwheel]
            .map(|rules| resolver.walk(0, rules).iter().all(|one| one.file() == Some(1)))
    }

    #[test]
    fn packages_find_libraries_in_site_packages() {
        let found = |rpath, library| found(Container::Wheel, "pkg/sub/a.so", rpath, library);
        assert_eq!(found("$ORIGIN/../../pkg.libs", "pkg.libs/libx.so"), [true; 3]);
        assert_eq!(found("$ORIGIN/../..", "libx.so"), [true; 3]);
        assert_eq!(found("$ORIGIN", "demo-1.data/platlib/pkg/sub/libx.so"), [true; 3]);
        assert_eq!(found("$ORIGIN/../../other.libs", "pkg.libs/libx.so"), [false; 3]);
    }

    #[test]
    fn only_loaders_find_libraries_of_the_data_scheme() {
        let found = |rpath| found(Container::Wheel, "pkg/a.so", rpath, "demo-1.data/data/lib/libx.so");
        assert_eq!(found("$ORIGIN/../../.."), [true, true, false]);
        assert_eq!(found("$ORIGIN/../.."), [false; 3]);
    }

    #[test]
    fn scripts_find_site_packages_of_any_python() {
        let found = |rpath| found(Container::Wheel, "demo-1.data/scripts/tool", rpath, "x.libs/libx.so");
        assert_eq!(found("$ORIGIN/../lib/python3.12/site-packages/x.libs"), [true; 3]);
        assert_eq!(found("$ORIGIN/../lib/python3.12/site-packages-old/x.libs"), [false; 3]);
        assert_eq!(found("$ORIGIN/../lib"), [false; 3]);
    }

    #[test]
    fn directories_are_read_as_they_are() {
        let found = |rpath, library| found(Container::Directory, "a.so", rpath, library);
        assert_eq!(found("$ORIGIN", "libx.so"), [true; 3]);
        assert_eq!(
            found("$ORIGIN/lib/python3.12/site-packages", "lib/python3.12/site-packages/libx.so"),
            [true; 3]
        );
    }

    #[test]
    fn search_paths_escape_if_they_lead_out_of_site_packages_or_the_prefix() {
        let escapes = |requiring, rpath| {
            let facts = facts(Container::Wheel, requiring, rpath, "libx.so");
            Resolver::new(&facts).escapes(0, rpath)
        };
        assert!(!escapes("pkg/a.so", "$ORIGIN/.."));
        assert!(escapes("pkg/a.so", "$ORIGIN/../.."));
        assert!(escapes("pkg/a.so", "/usr/lib"));
        assert!(!escapes("demo-1.data/scripts/tool", "$ORIGIN/../lib"));
        assert!(escapes("demo-1.data/scripts/tool", "$ORIGIN/../../x"));
    }
}
