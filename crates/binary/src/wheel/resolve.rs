//! Finds required libraries inside a wheel.

use std::collections::{HashMap, HashSet, VecDeque};

use super::facts::WheelFacts;
use crate::elf::ElfFacts;

/// The rules of the search for a required library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SearchRules {
    /// glibc (`elf/dl-load.c`): `DT_RUNPATH` serves its own file alone, `DT_RPATH` also what that file needs, and a
    /// file with `DT_RUNPATH` ignores every `DT_RPATH`.
    Glibc,
    /// musl (`ldso/dynlink.c`): both serve their own file and everything that is loaded for it.
    Musl,
    /// auditwheel 6.8.2 (`lddtree.py`): the file's own paths, and both kinds of the file the walk started from.
    Auditwheel,
}

/// One required library of a member.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Need {
    /// The index of the member that requires it.
    pub by: usize,
    /// The library as in `DT_NEEDED`.
    pub library: String,
    /// The index of the member that provides it; `None` if the system must provide it.
    pub found: Option<usize>,
}

/// The installed paths of the members of a wheel, for the search of required libraries.
#[derive(Debug)]
pub struct Resolver<'a> {
    facts: &'a WheelFacts,
    by_path: HashMap<String, usize>,
    directories: Vec<String>,
    /// File names under which links lead to a member.
    aliases: HashMap<usize, Vec<String>>,
}

impl<'a> Resolver<'a> {
    /// Returns a resolver for the members of a wheel or directory.
    pub fn new(facts: &'a WheelFacts) -> Self {
        let mut by_path = HashMap::new();
        let mut directories = Vec::new();
        for (at, member) in facts.members.iter().enumerate() {
            let installed = installed_path(&member.path);
            directories.push(parent(&installed).to_owned());
            by_path.insert(installed, at);
        }
        let mut aliases: HashMap<usize, Vec<String>> = HashMap::new();
        for (path, target) in &facts.links {
            // Links to links are followed, at most eight times.
            let mut place = path.clone();
            let mut next = Some(target);
            for _ in 0..8 {
                let Some(target) = next else { break };
                place = match target.strip_prefix('/') {
                    Some(_) => break,
                    None => join(parent(&place), target).unwrap_or_default(),
                };
                next = facts.links.iter().find(|(link, _)| *link == place).map(|(_, target)| target);
            }
            if let Some(&at) = by_path.get(&place) {
                by_path.entry(path.clone()).or_insert(at);
                aliases.entry(at).or_default().push(file_name(path).to_owned());
            }
        }
        Self { facts, by_path, directories, aliases }
    }

    /// Returns the file names of a member: its own and those of links to it.
    pub fn names(&self, member: usize) -> impl Iterator<Item = &str> {
        let own = self.facts.members.get(member).map(|one| one.name());
        own.into_iter().chain(self.aliases.get(&member).into_iter().flatten().map(String::as_str))
    }

    /// Returns all libraries that a member requires directly or indirectly, in the order in which a loader loads them.
    pub fn walk(&self, root: usize, rules: SearchRules) -> Vec<Need> {
        let mut all = Vec::new();
        let mut known: HashMap<&str, Option<usize>> = HashMap::new();
        let mut seen = HashSet::from([root]);
        // A member and the members that led to it, nearest last.
        let mut queue = VecDeque::from([(root, Vec::new())]);
        while let Some((at, chain)) = queue.pop_front() {
            let Some(member) = self.facts.members.get(at) else { continue };
            let mut led: Vec<usize> = chain;
            led.push(at);
            for library in &member.elf.needed {
                let found = match known.get(library.as_str()) {
                    Some(&found) => found,
                    None => self.search(library, &led, rules),
                };
                known.insert(library, found);
                if let Some(found) = found {
                    // A loaded file also provides its SONAME.
                    if rules != SearchRules::Auditwheel
                        && let Some(soname) =
                            self.facts.members.get(found).and_then(|one| one.elf.soname.as_deref())
                    {
                        known.entry(soname).or_insert(Some(found));
                    }
                    if seen.insert(found) {
                        queue.push_back((found, led.clone()));
                    }
                }
                all.push(Need { by: at, library: library.clone(), found });
            }
        }
        all
    }

    /// Returns the member that provides a library for the last member of a chain.
    fn search(&self, library: &str, chain: &[usize], rules: SearchRules) -> Option<usize> {
        let (&at, above) = chain.split_last()?;
        let wants = &self.facts.members.get(at)?.elf;
        // A name with a slash is a path (ld.so(8)); it never refers to a file of a wheel.
        if library.contains('/') {
            return None;
        }
        let mut places: Vec<(usize, &String)> = Vec::new();
        let paths = |at: usize| self.facts.members.get(at).map(|one| &one.elf);
        match rules {
            SearchRules::Glibc if !wants.runpath.is_empty() => places.extend(own(at, &wants.runpath)),
            SearchRules::Glibc => {
                for &at in std::iter::once(&at).chain(above.iter().rev()) {
                    if let Some(elf) = paths(at).filter(|elf| elf.runpath.is_empty()) {
                        places.extend(own(at, &elf.rpath));
                    }
                }
            }
            SearchRules::Musl => {
                for &at in std::iter::once(&at).chain(above.iter().rev()) {
                    if let Some(elf) = paths(at) {
                        places.extend(own(at, elf.search_path()));
                    }
                }
            }
            SearchRules::Auditwheel => {
                let root = *chain.first()?;
                places.extend(own(root, paths(root).map_or(&[], ElfFacts::search_path)));
                places.extend(own(at, wants.search_path()));
            }
        }
        let fits = |found: usize| paths(found).is_some_and(|other| compatible(wants, other));
        places.into_iter().find_map(|(owner, path)| {
            let directory = self.expand(owner, path)?;
            let place =
                if directory.is_empty() { library.to_owned() } else { format!("{directory}/{library}") };
            self.by_path.get(&place).copied().filter(|&found| fits(found))
        })
    }

    /// Returns the directory of an entry of a search path, relative to site-packages.
    fn expand(&self, owner: usize, path: &str) -> Option<String> {
        expand(self.directories.get(owner)?, path)
    }

    /// Returns a compatible member with this file name or SONAME, anywhere in the wheel.
    pub fn anywhere(&self, library: &str, wants: &ElfFacts) -> Option<usize> {
        self.facts.members.iter().position(|member| {
            (member.name() == library || member.elf.soname.as_deref() == Some(library))
                && compatible(wants, &member.elf)
        })
    }

    /// Returns whether an entry of the search path of a member is outside of the installed files, or depends on the machine
    /// or the working directory.
    pub fn escapes(&self, member: usize, path: &str) -> bool {
        self.expand(member, path).is_none()
    }
}

fn own(at: usize, paths: &[String]) -> impl Iterator<Item = (usize, &String)> {
    paths.iter().map(move |path| (at, path))
}

/// Whether one file can be loaded for another: class, order, machine and, as in auditwheel, the OS ABI, where
/// System V and GNU go together.
fn compatible(one: &ElfFacts, other: &ElfFacts) -> bool {
    let usual = |abi: u8| matches!(abi, 0 | 3);
    (one.class, one.order, one.raw_machine) == (other.class, other.order, other.raw_machine)
        && (one.os_abi == other.os_abi || usual(one.os_abi) && usual(other.os_abi))
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Where a member of the archive goes ([binary distribution format](https://packaging.python.org/en/latest/specifications/binary-distribution-format/#the-data-directory)):
/// `NAME.data/platlib` and `purelib` go beside the rest; other schemes leave site-packages, which `..` in front
/// says in the usual layout (`lib/pythonX.Y/site-packages` beside `bin`).
pub fn installed_path(path: &str) -> String {
    let mut parts = path.splitn(3, '/');
    if let (Some(data), Some(scheme), Some(rest)) = (parts.next(), parts.next(), parts.next())
        && data.ends_with(".data")
    {
        return match scheme {
            "platlib" | "purelib" => rest.to_owned(),
            "scripts" => format!("../../../bin/{rest}"),
            "headers" => format!("../../../include/{rest}"),
            "data" => format!("../../../{rest}"),
            _ => path.to_owned(),
        };
    }
    path.to_owned()
}

/// Expands `$ORIGIN` (gABI chapter 5, "Substitution Sequences") against a directory; `None` for what is not below
/// the place of installation or not known without the machine.
fn expand(origin: &str, path: &str) -> Option<String> {
    let rest = path.strip_prefix("$ORIGIN").or_else(|| path.strip_prefix("${ORIGIN}"))?;
    if !(rest.is_empty() || rest.starts_with('/')) || rest.contains('$') {
        return None;
    }
    join(origin, rest)
}

/// A path below a directory with `.` and `..` resolved; `None` if it leaves the top. Members of the data and
/// scripts schemes start above it and may climb three steps.
fn join(directory: &str, rest: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(rest.split('/')) {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if parts.len() < 3 && directory.starts_with("../../..") => parts.push(".."),
                _ => return None,
            },
            // From `prefix/bin` back into site-packages: the layout's own directories.
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(match joined.strip_prefix("../../../lib/") {
        Some(below) => match below.split_once("/site-packages") {
            Some((python, inside)) if python.starts_with("python") && !python.contains('/') => {
                inside.trim_start_matches('/').to_owned()
            }
            _ => joined,
        },
        None => joined,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_expanded_in_both_spellings_and_stays_inside() {
        assert_eq!(expand("pkg/sub", "$ORIGIN/../../pkg.libs").as_deref(), Some("pkg.libs"));
        assert_eq!(expand("pkg/sub", "${ORIGIN}").as_deref(), Some("pkg/sub"));
        assert_eq!(expand("pkg", "$ORIGIN/..").as_deref(), Some(""));
        assert_eq!(expand("pkg", "$ORIGIN/./x//y/").as_deref(), Some("pkg/x/y"));
        assert_eq!(expand("pkg", "$ORIGIN/../.."), None);
        assert_eq!(expand("pkg", "/usr/lib"), None);
        assert_eq!(expand("pkg", "lib"), None);
        assert_eq!(expand("pkg", ""), None);
        assert_eq!(expand("pkg", "$ORIGINAL/x"), None);
        assert_eq!(expand("pkg", "$ORIGIN/$LIB"), None);
    }

    #[test]
    fn data_schemes_are_installed_where_the_specification_says() {
        assert_eq!(installed_path("x-1.data/platlib/x/a.so"), "x/a.so");
        assert_eq!(installed_path("x-1.data/purelib/x/a.so"), "x/a.so");
        assert_eq!(installed_path("x-1.data/scripts/tool"), "../../../bin/tool");
        assert_eq!(installed_path("x/data/platlib/a.so"), "x/data/platlib/a.so");
        // A program in bin that looks into site-packages.
        let origin = "../../../bin";
        let found = expand(origin, "$ORIGIN/../lib/python3.12/site-packages/x.libs");
        assert_eq!(found.as_deref(), Some("x.libs"));
        assert_eq!(expand(origin, "$ORIGIN/../lib").as_deref(), Some("../../../lib"));
        assert_eq!(expand(origin, "$ORIGIN/../../x"), None);
    }
}
