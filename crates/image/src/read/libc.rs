//! The C library of the programs of an image, and its version.

use std::collections::HashSet;

use super::content::Content;
use super::detected::{DetectedLibc, InstalledPackage};
use super::elf::ElfDigest;
use super::loader;
use super::notes::Notes;
use super::search_path;
use super::tree::Tree;
use super::unknown_fact::ImageFact;
use wheelbase_spec::target::LibcFamily;

/// A loader of the image: its path and the facts of its file.
#[derive(Clone, Debug)]
pub(super) struct Loader {
    /// The path in the headers of programs, without the leading slash.
    pub(super) path: String,
    pub(super) family: Family,
    pub(super) machine: String,
    pub(super) bits: u8,
    pub(super) soft_float: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Glibc,
    Musl,
}

impl Family {
    fn of(name: &str) -> Option<Self> {
        if name.starts_with("ld-musl-") {
            Some(Self::Musl)
        } else if name.starts_with("ld-linux") || name.starts_with("ld64.so.") || name == "ld.so.1" {
            Some(Self::Glibc)
        } else {
            None
        }
    }

    fn libc(self) -> LibcFamily {
        match self {
            Self::Glibc => LibcFamily::Glibc,
            Self::Musl => LibcFamily::Musl,
        }
    }
}

/// Returns the loaders in the usual directories, by their names.
pub(super) fn loaders(tree: &Tree) -> Vec<Loader> {
    let mut found: Vec<Loader> = Vec::new();
    let mut directories =
        vec!["lib".to_owned(), "lib64".to_owned(), "usr/lib".to_owned(), "usr/lib64".to_owned()];
    // On Debian the file is in the multiarch directory. Multilib systems also have lib32 and libx32.
    directories.extend(["lib32", "libx32", "usr/lib32", "usr/libx32"].map(str::to_owned));
    for parent in ["lib", "usr/lib"] {
        let names = tree.names(parent).into_iter().filter(|name| name.contains("-linux-"));
        directories.extend(names.map(|name| format!("{parent}/{name}")));
    }
    let mut seen = HashSet::new();
    for directory in directories {
        for name in tree.names(&directory) {
            let Some(family) = Family::of(name) else { continue };
            let path = format!("{directory}/{name}");
            let Some(at) = tree.find(&path) else { continue };
            if seen.contains(&at.path) {
                continue;
            }
            if let Content::Elf(facts) = &**at.content {
                seen.insert(at.path);
                found.push(Loader {
                    path,
                    family,
                    machine: facts.machine.clone(),
                    bits: facts.bits,
                    soft_float: facts.soft_float,
                });
            }
        }
    }
    found
}

/// Returns the loader in the header of a program, or the cause why it does not start.
pub(super) fn loader_of(tree: &Tree, facts: &ElfDigest) -> Result<Option<Loader>, String> {
    let Some(interpreter) = &facts.interpreter else { return Ok(None) };
    let path = search_path::below_root(interpreter);
    let name = path.rsplit('/').next().unwrap_or_default();
    let family = Family::of(name)
        .ok_or_else(|| format!("its loader `{interpreter}` does not belong to a known C library"))?;
    match tree.find(&path).map(|at| &**at.content) {
        Some(Content::Elf(_)) => Ok(Some(Loader {
            path,
            family,
            machine: facts.machine.clone(),
            bits: facts.bits,
            soft_float: facts.soft_float,
        })),
        _ => Err(format!("its loader `{interpreter}` is not in the image")),
    }
}

/// Returns the version of the C library of a loader, by the strongest evidence.
pub(super) fn version(
    tree: &Tree,
    loader: &Loader,
    packages: &[InstalledPackage],
    notes: &mut Notes,
) -> Option<DetectedLibc> {
    let mut claims = match loader.family {
        Family::Glibc => glibc_claims(tree, loader, packages),
        Family::Musl => musl_claims(tree, loader, packages),
    }
    .into_iter();
    let fact = ImageFact::LibcVersion(loader.family.libc());
    let what = fact.to_string();
    let Some(first) = claims.next() else {
        notes.undetermined(fact, "neither a file nor a package database contains it");
        return None;
    };
    notes.evidence(&what, &first.value, &first.source, first.how);
    for other in claims {
        notes.evidence(&what, &other.value, &other.source, other.how);
        // Packages of distributions have fixes of later versions, so only the number is compared. A smaller lower
        // bound is not a contradiction.
        let agrees =
            if other.lower_bound { other.number <= first.number } else { other.number == first.number };
        if !agrees {
            notes.contradiction(&what, &first.value, &first.source, &other.value, &other.source);
        }
    }
    let mut numbers = first.number.iter().copied();
    let (major, minor) = (numbers.next()?, numbers.next()?);
    Some(match loader.family {
        Family::Glibc => DetectedLibc::Glibc(major, minor),
        Family::Musl => DetectedLibc::Musl(major, minor, numbers.next()),
    })
}

struct Claim {
    number: Vec<u32>,
    value: String,
    source: String,
    how: &'static str,
    lower_bound: bool,
}

impl Claim {
    /// Compares `parts` numbers of the version: two of glibc, three of musl.
    fn new(
        version: &str,
        parts: usize,
        source: String,
        how: &'static str,
        lower_bound: bool,
    ) -> Option<Self> {
        let number = leading_numbers(version, parts);
        (number.len() >= 2).then(|| Self { number, value: version.to_owned(), source, how, lower_bound })
    }
}

fn glibc_claims(tree: &Tree, loader: &Loader, packages: &[InstalledPackage]) -> Vec<Claim> {
    let mut claims = Vec::new();
    let own_directory = loader.path.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
    let mut directories = loader::glibc_directories(&loader.machine, loader.bits);
    // The loader does not use copies in other directories.
    directories.push(own_directory);
    let libc = directories.iter().find_map(|directory| {
        let at = tree.find(&format!("{directory}/libc.so.6"))?;
        match &**at.content {
            Content::Elf(facts) if facts.machine == loader.machine && facts.bits == loader.bits => {
                Some((at, facts))
            }
            _ => None,
        }
    });
    if let Some((at, facts)) = libc {
        let source = format!("/{}", at.path);
        if let Some(text) = &facts.stated.glibc {
            claims.extend(Claim::new(text, 2, source.clone(), "text of the library", false));
        }
        // Until 2.33 the name of the file contained the version: libc-2.31.so, ld-2.31.so.
        let name = at.path.rsplit('/').next().unwrap_or_default();
        if let Some(version) = name.strip_prefix("libc-").and_then(|rest| rest.strip_suffix(".so")) {
            claims.extend(Claim::new(version, 2, source.clone(), "name of the file", false));
        }
        let newest = facts
            .nodes
            .iter()
            .filter_map(|node| node.strip_prefix("GLIBC_"))
            .max_by_key(|version| leading_numbers(version, 2));
        if let Some(newest) = newest {
            claims.extend(Claim::new(newest, 2, source, "newest version node, a lower bound", true));
        }
    }
    if let Some((package, database)) = package_for(packages, &["libc6", "glibc"], &loader.machine) {
        claims.extend(Claim::new(upstream(&package.version), 2, database, "package database", false));
    }
    // Lower bounds are the weakest evidence.
    claims.sort_by_key(|claim| claim.lower_bound);
    claims
}

fn musl_claims(tree: &Tree, loader: &Loader, packages: &[InstalledPackage]) -> Vec<Claim> {
    let mut claims = Vec::new();
    if let Some((package, database)) = package_for(packages, &["musl"], &loader.machine) {
        claims.extend(Claim::new(upstream(&package.version), 3, database, "package database", false));
    }
    if let Some(at) = tree.find(&loader.path)
        && let Content::Elf(facts) = &**at.content
        && let Some(text) = &facts.stated.musl
    {
        claims.extend(Claim::new(
            text,
            3,
            format!("/{}", at.path),
            "the one version literal in the loader",
            false,
        ));
    }
    claims
}

/// Returns a package for a machine. The database of a multiarch image lists it for each machine, with the names of the
/// distribution.
fn package_for<'a>(
    packages: &'a [InstalledPackage],
    names: &[&str],
    machine: &str,
) -> Option<(&'a InstalledPackage, String)> {
    let mut of_name: Vec<&InstalledPackage> =
        packages.iter().filter(|package| names.contains(&package.name.as_str())).collect();
    let debian = match machine {
        "x86_64" => "amd64",
        "i686" => "i386",
        "aarch64" => "arm64",
        "armv7l" => "armhf",
        "ppc64le" => "ppc64el",
        other => other,
    };
    of_name.sort_by_key(|package| {
        package
            .architecture
            .as_deref()
            .is_none_or(|architecture| architecture != debian && architecture != machine)
    });
    of_name.first().map(|package| (*package, format!("package {}", package.name)))
}

/// Returns the upstream version, without the epoch.
fn upstream(version: &str) -> &str {
    version.split_once(':').map_or(version, |(_, rest)| rest)
}

fn leading_numbers(version: &str, parts: usize) -> Vec<u32> {
    let mut numbers = Vec::new();
    for part in version.split('.').take(parts) {
        let digits: &str = part.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let Ok(number) = digits.parse() else { break };
        numbers.push(number);
        if digits.len() < part.len() {
            break;
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revision_of_the_distribution_is_not_part_of_the_version() {
        assert_eq!(leading_numbers(upstream("2.36-9+deb12u10"), 2), [2, 36]);
        assert_eq!(leading_numbers(upstream("1.2.5-r23"), 3), [1, 2, 5]);
        assert_eq!(leading_numbers(upstream("1.2.4_git20230717-r4"), 3), [1, 2, 4]);
        assert_eq!(leading_numbers(upstream("1:2.34-100.el9"), 2), [2, 34]);
        assert_eq!(leading_numbers("2.41.9000", 2), [2, 41]);
        assert_eq!(leading_numbers("PRIVATE", 2), Vec::<u32>::new());
    }
}
