//! Determines the facts of an image from its files, with the strongest evidence first.

use std::collections::HashSet;

use super::config::ImageConfig;
use super::content::Content;
use super::databases::PackageDatabase;
use super::detected::{DetectedImage, DetectedLibc, InstalledPackage, OsRelease, PackageFormat};
use super::elf::ElfDigest;
use super::fault::ImageFault;
use super::libc::{self, Family, Loader};
use super::libraries::{self, MachineKind};
use super::notes::Notes;
use super::pythons;
use super::tree::Tree;
use super::unknown_fact::ImageFact;
use super::wanted::tools as wanted_tools;
use super::{distributions, machine};

/// Determines the facts of an image from its files and its configuration.
///
/// ```
/// use wheelbase::image::read::{ImageConfig, ImageFact, Tree, detect};
///
/// let scratch = detect(&Tree::new(), &ImageConfig::default())?;
/// assert_eq!(scratch.libc, None);
/// assert!(scratch.undetermined.iter().any(|one| one.what == ImageFact::Libc));
/// # Ok::<(), wheelbase::image::read::ImageFault>(())
/// ```
///
/// # Errors
///
/// If links or names exceed a limit.
pub fn detect(tree: &Tree, config: &ImageConfig) -> Result<DetectedImage, ImageFault> {
    let mut notes = Notes::default();
    for (path, why) in tree.unread() {
        notes.undetermined(ImageFact::Content(path.to_owned()), why);
    }
    let os = os_release(tree, &mut notes);
    let (package_manager, packages, apk_sonames) = packages(tree, &mut notes);
    let environment = &config.env;
    let pythons = pythons::find(tree, environment, &packages, &mut notes);
    let shell = shell(tree);
    let program = pythons
        .first()
        .map(|(python, facts)| (python.path.clone(), facts.clone()))
        .or_else(|| shell.as_ref().map(|(path, facts)| (path.clone(), facts.clone())));
    let used = loader(tree, program.as_ref(), &mut notes);
    let mut detected = DetectedImage {
        os,
        package_manager,
        shell: shell.map(|(path, _)| path),
        tools: tools(tree, environment),
        env: environment.clone(),
        workdir: config.workdir.clone(),
        ..DetectedImage::default()
    };
    match &used {
        LibcSource::Loader(loader) => {
            detected.libc = libc::version(tree, loader, &packages, &mut notes);
            detected.machine = Some(loader.machine.clone());
            detected.bits = Some(loader.bits);
            detected.soft_float = loader.soft_float;
            let kind = MachineKind { machine: &loader.machine, bits: loader.bits };
            detected.libraries = match loader.family {
                Family::Glibc => libraries::glibc(tree, environment, kind, &mut notes)?,
                Family::Musl => libraries::musl(tree, environment, &loader.path, kind, &mut notes)?,
            };
            detected.libraries_complete = !notes.incomplete;
            // Packages do not provide libraries in private directories with `so:`, so the loader should find all of these.
            let found: HashSet<&str> = detected.libraries.iter().map(|one| one.soname.as_str()).collect();
            for soname in apk_sonames {
                if !found.contains(soname.as_str()) {
                    let found = "not found by the loader";
                    notes.contradiction(
                        "libraries",
                        found,
                        &format!("/{}", loader.path),
                        &soname,
                        "apk database",
                    );
                }
            }
        }
        LibcSource::Static(facts) => {
            detected.libc = Some(DetectedLibc::Static);
            detected.machine = Some(facts.machine.clone());
            detected.bits = Some(facts.bits);
            detected.soft_float = facts.soft_float;
            detected.libraries_complete = true;
        }
        LibcSource::Unknown => {
            notes.undetermined(ImageFact::Libraries, "the loader is unknown, so its search path is unknown");
        }
    }
    platform(config, &mut detected, &mut notes);
    if pythons.is_empty() {
        notes.undetermined(
            ImageFact::Python,
            "no directory of `PATH` and no other `bin` directory contains an interpreter",
        );
    }
    detected.pythons = pythons.into_iter().map(|(python, _)| python).collect();
    detected.distributions = distributions::installed(tree, &mut notes)?;
    detected.packages = packages;
    let found: HashSet<&str> = detected.libraries.iter().map(|one| one.soname.as_str()).collect();
    notes.unread.retain(|name| !found.contains(name.as_str()));
    detected.unread_libraries = notes.unread.into_iter().collect();
    tree.budget().within_steps()?;
    detected.evidence = notes.evidence;
    detected.contradictions = notes.contradictions;
    detected.undetermined = notes.undetermined;
    Ok(detected)
}

/// The file that determines the C library.
enum LibcSource {
    Loader(Loader),
    Static(ElfDigest),
    Unknown,
}

/// The header of the interpreter decides, then the one of a shell, then the only loader. uv also uses `sh`, and the loader
/// in images without a shell.
fn loader(tree: &Tree, program: Option<&(String, ElfDigest)>, notes: &mut Notes) -> LibcSource {
    let all = libc::loaders(tree);
    if let Some((path, facts)) = program {
        match libc::loader_of(tree, facts) {
            Ok(Some(loader)) => {
                notes.evidence("loader", &format!("/{}", loader.path), path, "PT_INTERP of the program");
                for other in all.iter().filter(|other| other.family != loader.family) {
                    notes.evidence(
                        "another loader",
                        &format!("/{}", other.path),
                        &format!("/{}", other.path),
                        "file",
                    );
                }
                return LibcSource::Loader(loader);
            }
            Ok(None) if facts.needed.is_empty() => {
                notes.evidence("loader", "none", path, "the program is linked statically");
                return LibcSource::Static(facts.clone());
            }
            Ok(None) => {}
            Err(why) => notes.undetermined(ImageFact::Loader(path.clone()), &why),
        }
    }
    match all.as_slice() {
        [] => {
            notes.undetermined(
                ImageFact::Libc,
                "no program has a loader, and the library directories contain none",
            );
            LibcSource::Unknown
        }
        [only] => {
            notes.evidence(
                "loader",
                &format!("/{}", only.path),
                &format!("/{}", only.path),
                "the only loader",
            );
            LibcSource::Loader(only.clone())
        }
        several => {
            let paths: Vec<String> = several.iter().map(|loader| format!("/{}", loader.path)).collect();
            notes.undetermined(
                ImageFact::Libc,
                &format!("the image has several loaders, and no program uses one: {}", paths.join(", ")),
            );
            LibcSource::Unknown
        }
    }
}

/// Sets the machine of the configuration if no file determines it.
fn platform(config: &ImageConfig, detected: &mut DetectedImage, notes: &mut Notes) {
    let Some(architecture) = &config.architecture else {
        if detected.machine.is_none() {
            notes.undetermined(ImageFact::Machine, "neither a program nor the configuration contains it");
        }
        return;
    };
    let named = machine::of_platform(architecture, config.variant.as_deref());
    let written = match &config.variant {
        Some(variant) => format!("{architecture}/{variant}"),
        None => architecture.clone(),
    };
    match (&detected.machine, named) {
        (Some(machine), Some(named)) if machine == named => {
            notes.evidence("machine", machine, "configuration of the image", "architecture");
        }
        // ELF headers of ARMv6 and ARMv7 are the same, so the configuration decides.
        (Some(machine), Some(named)) if machine.starts_with("armv") && named.starts_with("armv") => {
            notes.evidence("machine", named, "configuration of the image", "architecture and variant");
            detected.machine = Some(named.to_owned());
        }
        (Some(machine), _) => {
            notes.contradiction(
                "machine",
                machine,
                "header of the program",
                &written,
                "configuration of the image",
            );
        }
        (None, Some(named)) => {
            notes.evidence("machine", named, "configuration of the image", "architecture");
            detected.machine = Some(named.to_owned());
        }
        (None, None) => {
            notes.undetermined(ImageFact::Machine, &format!("`{written}` is not a known architecture"));
        }
    }
}

/// os-release(5): assignments as in a shell; `etc` has precedence over `usr/lib`.
fn os_release(tree: &Tree, notes: &mut Notes) -> Option<OsRelease> {
    let (path, text) =
        ["etc/os-release", "usr/lib/os-release"].iter().find_map(|path| Some((*path, tree.text(path)?)))?;
    let field = |wanted: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.trim().split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']);
            (key == wanted && !value.is_empty()).then(|| value.to_owned())
        })
    };
    // The manual page: without ID the value is `linux`.
    let os = OsRelease {
        id: field("ID").unwrap_or_else(|| "linux".to_owned()),
        version_id: field("VERSION_ID"),
        codename: field("VERSION_CODENAME"),
        id_like: field("ID_LIKE")
            .map(|value| value.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default(),
        pretty_name: field("PRETTY_NAME"),
    };
    let value = format!("{} {}", os.id, os.version_id.as_deref().unwrap_or("without version"));
    notes.evidence("distribution", &value, &format!("/{path}"), "os-release");
    Some(os)
}

/// Reads all databases of the image. Some images have both dpkg and rpm. The one with more packages is used.
fn packages(tree: &Tree, notes: &mut Notes) -> (Option<PackageFormat>, Vec<InstalledPackage>, Vec<String>) {
    let mut found: Vec<(String, &PackageDatabase)> = Vec::new();
    let mut paths: Vec<String> = [
        "var/lib/dpkg/status",
        "lib/apk/db/installed",
        "usr/lib/apk/db/installed",
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "var/lib/rpm/rpmdb.sqlite",
        "usr/share/rpm/rpmdb.sqlite",
        "usr/lib/sysimage/rpm/Packages.db",
        "var/lib/rpm/Packages.db",
        "var/lib/rpm/Packages",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(
        tree.names("var/lib/dpkg/status.d").into_iter().map(|name| format!("var/lib/dpkg/status.d/{name}")),
    );
    let mut seen = HashSet::new();
    let mut torn = false;
    for path in paths {
        let Some(at) = tree.find(&path) else { continue };
        if !seen.insert(at.path) {
            continue;
        }
        match &**at.content {
            Content::Packages(database) => {
                torn |= tree.find(&format!("{path}-wal")).is_some();
                found.push((path, database));
            }
            Content::Unreadable(why) => {
                notes.undetermined(ImageFact::Packages, &format!("`/{path}`: {why}"));
            }
            _ => {}
        }
    }
    if torn {
        notes.undetermined(
            ImageFact::Packages,
            "the rpm database has a write-ahead log, so its last changes are unknown",
        );
    }
    let mut counts: Vec<(usize, PackageFormat)> = Vec::new();
    for (_, database) in &found {
        match counts.iter_mut().find(|(_, manager)| *manager == database.manager) {
            Some((count, _)) => *count += database.packages.len(),
            None => counts.push((database.packages.len(), database.manager)),
        }
    }
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    for (count, manager) in &counts {
        let sources = found.iter().filter(|(_, database)| database.manager == *manager).map(|(path, _)| path);
        let source = sources.clone().next().map(|path| format!("/{path}")).unwrap_or_default();
        notes.evidence(
            "package manager",
            &manager.to_string(),
            &source,
            &format!("database with {count} packages"),
        );
    }
    let manager = counts.first().map(|(_, manager)| *manager);
    let mut packages: Vec<InstalledPackage> = found
        .iter()
        .filter(|(_, database)| Some(database.manager) == manager)
        .flat_map(|(_, database)| database.packages.iter().cloned())
        .collect();
    packages.sort();
    packages.dedup();
    let sonames = found.iter().flat_map(|(_, database)| database.sonames.iter().cloned()).collect();
    (manager, packages, sonames)
}

/// `/bin/sh` after links.
fn shell(tree: &Tree) -> Option<(String, ElfDigest)> {
    ["bin/sh", "usr/bin/sh", "bin/bash", "usr/bin/bash", "bin/busybox"].iter().find_map(|path| {
        let at = tree.find(path)?;
        match &**at.content {
            Content::Elf(facts) => Some((format!("/{}", at.path), facts.clone())),
            _ => None,
        }
    })
}

fn tools(tree: &Tree, environment: &[(String, String)]) -> Vec<String> {
    let directories = pythons::path_directories(environment);
    let present = |name: &str| {
        // A link is sufficient: its target, a program with a longer name, was not kept.
        directories
            .iter()
            .map(|directory| format!("{directory}/{name}"))
            .any(|path| tree.find(&path).is_some() || tree.is_link(&tree.parent_resolved(&path)))
    };
    wanted_tools().iter().filter(|name| present(name)).map(|name| (*name).to_owned()).collect()
}
