//! Chooses the recorded set of libraries of an image.

use super::data::{self, LibraryFile, NodeValue, ReleaseRow};
use super::python::{Named, Variant};
use crate::arch;
use crate::{Date, Library, LibrarySet, Nodes, Presence};
use wheelbase_spec::target::{Arch, Libc};

/// Returns the set of a state of the python image.
pub(super) fn of_python(named: &Named, row: &ReleaseRow, arch: &Arch) -> LibrarySet {
    let minor = named.minor.1;
    let mut set = match (named.variant, named.release) {
        (Variant::Slim, "bullseye") => read("python-slim-bullseye", row, arch),
        // The last Python with the module `nis` is 3.12. It requires libnsl, libtirpc and their Kerberos libraries.
        (Variant::Slim, "bookworm") if minor >= 13 => read("python-slim-bookworm-ge313", row, arch),
        (Variant::Slim, "bookworm") => read("python-slim-bookworm-le312", row, arch),
        (Variant::Slim, "trixie") => read("python-slim-trixie", row, arch),
        (Variant::Plain, release @ ("bullseye" | "bookworm" | "trixie")) => {
            read(&format!("python-full-{release}"), row, arch)
        }
        (Variant::Alpine, "alpine3.24") if minor >= 14 => read("python-alpine3.24-ge314", row, arch),
        (Variant::Alpine, "alpine3.24") if minor <= 12 => read("python-alpine3.24-le312", row, arch),
        // 3.13 has neither `nis` nor `zstd`, so its set is between those of 3.12 and 3.14.
        (Variant::Alpine, "alpine3.24") => {
            between("python-alpine3.24-le312", "python-alpine3.24-ge314", row, arch)
        }
        (Variant::Alpine, "alpine3.23") if minor <= 12 => read("python-alpine3.23-le312", row, arch),
        (Variant::Alpine, "alpine3.17") if minor <= 12 => read("python-alpine3.17", row, arch),
        _ => None,
    }
    .unwrap_or_else(|| of_release(row, arch));
    let recipe = &data::python().recipe;
    for library in &recipe.own_libraries {
        set.insert(Library::new(library.replace("{minor}", &format!("{}.{minor}", named.minor.0))));
    }
    if named.variant != Variant::Plain {
        expat(&mut set, row.distro(), named.built);
    }
    set
}

/// Until a certain day CPython was built with the expat of the distribution. Now it has a copy.
fn expat(set: &mut LibrarySet, distro: &str, built: Date) {
    let expat = &data::python().recipe.expat;
    let libraries = expat.libraries.get(distro).into_iter().flatten();
    for library in libraries {
        match built < expat.until {
            true if matches!(set.find(library), Presence::Present(_)) => {}
            true => set.insert(Library::new(*library)),
            false => set.remove(library),
        }
    }
}

/// Returns the set of the image of a distribution, or its certain part.
pub(super) fn of_release(row: &ReleaseRow, arch: &Arch) -> LibrarySet {
    let id = match row.distro() {
        "debian" => format!("debian-{}", row.codename.unwrap_or_default()),
        "alpine" => format!("alpine-{}", row.version()),
        _ => String::new(),
    };
    read(&id, row, arch).unwrap_or_else(|| core(row, arch, "the libraries of this image are not recorded"))
}

/// Returns the set of `buildpack-deps`, on which the full python image is built.
pub(super) fn of_buildpack(row: &ReleaseRow, arch: &Arch) -> LibrarySet {
    let id = format!("python-full-{}", row.codename.unwrap_or_default());
    match read(&id, row, arch) {
        // The recorded set is that of the python image, which has a few more packages.
        Some(mut set) => {
            for library in data::python().recipe.own_libraries.iter().filter(|library| !library.contains('{'))
            {
                set.remove(library);
            }
            set
        }
        None => core(row, arch, "the libraries of this image are not recorded"),
    }
}

/// Returns the set of a slim Debian image with another interpreter than CPython.
pub(super) fn of_debian_slim(row: &ReleaseRow, arch: &Arch) -> LibrarySet {
    at_least(row, arch, "the libraries for the interpreter of this image are not in the catalogue")
}

/// Returns the set of a distroless image.
pub(super) fn of_distroless(kind: &str, release: &str, row: &ReleaseRow, arch: &Arch) -> LibrarySet {
    read(&format!("distroless-{kind}-{release}"), row, arch)
        .unwrap_or_else(|| core(row, arch, "the libraries of this image are not recorded"))
}

/// Returns the certain part of the set of a release, for an image with additional libraries.
pub(super) fn at_least(row: &ReleaseRow, arch: &Arch, why: &str) -> LibrarySet {
    at_least_set(of_release(row, arch), why)
}

/// Returns a set as an incomplete one.
pub(super) fn at_least_set(set: LibrarySet, why: &str) -> LibrarySet {
    let mut partial = LibrarySet::partial(why, set.source());
    for library in set.iter() {
        partial.insert(library.clone());
    }
    partial
}

/// Returns the libraries of all images with this C library.
pub(super) fn of_libc(libc: Option<&Libc>, arch: &Arch) -> LibrarySet {
    let Some(libc) = libc else { return LibrarySet::unknown("the libraries of this image are not recorded") };
    libraries_of_libc(libc, arch, "the libraries of this image are not recorded")
}

/// Returns the libraries of the C library of a target that is not an image. Other libraries are unknown.
pub fn libraries_of_target(libc: &Libc, arch: &Arch) -> LibrarySet {
    let why = "the target is not an image, so only the libraries of its C library are known";
    libraries_of_libc(libc, arch, why)
}

/// Returns the libraries of a C library. Other libraries are unknown with the cause `why`.
pub(crate) fn libraries_of_libc(libc: &Libc, arch: &Arch, why: &str) -> LibrarySet {
    let (family, version) = match libc {
        Libc::Glibc(major, minor) => ("glibc", format!("{major}.{minor}")),
        Libc::Musl(..) => ("musl", String::new()),
        Libc::Static | Libc::Unreadable { .. } => return LibrarySet::unknown(why),
    };
    let mut set = core_of(family, arch, why, false);
    glibc_nodes(&mut set, &version);
    set
}

/// The libraries of a release that are part of its C library.
fn core(row: &ReleaseRow, arch: &Arch, why: &str) -> LibrarySet {
    let mut set = core_of(row.libc, arch, why, row.distro() == "alpine");
    nodes(&mut set, row, arch);
    set
}

fn core_of(libc: &str, arch: &Arch, why: &str, alpine: bool) -> LibrarySet {
    let Some(core) = data::cores().sets.iter().find(|core| core.libc == libc) else {
        return LibrarySet::unknown(why);
    };
    let mut set = LibrarySet::partial(why, dated(&core.source, core.date));
    for soname in &core.present {
        set.insert(Library::new(*soname).with_package(core.package));
    }
    match libc {
        "musl" => {
            for soname in arch::musl_names(arch).into_iter().flatten() {
                set.insert(Library::new(soname).with_package(core.package));
            }
            for soname in core.absent.iter().filter(|_| alpine) {
                set.remove(soname);
            }
        }
        _ => {
            if let Some(loader) = arch::glibc_loader(arch) {
                set.insert(Library::new(loader).with_package(core.package));
            }
        }
    }
    set
}

/// Returns a recorded set for an architecture.
fn read(id: &str, row: &ReleaseRow, arch: &Arch) -> Option<LibrarySet> {
    let file = data::libraries(id)?;
    let same = file.arch == arch.machine();
    let mut source = dated(&file.source, file.date);
    if file.packages_verified {
        source.push_str("; SONAMEs mapped from the packages of an inventory");
    }
    if let Some(note) = &file.note {
        source.push_str(&format!("; {}", note.trim_end_matches('.')));
    }
    if !same {
        source.push_str(&format!("; read on {}, assumed for {}", file.arch, arch.machine()));
    }
    let mut set = LibrarySet::complete(source, file.verified && same);
    fill(&mut set, &file, arch);
    nodes(&mut set, row, arch);
    Some(set)
}

/// A source with its date, unless the source contains it.
fn dated(source: &str, date: Date) -> String {
    match source.contains(&date.to_string()) {
        true => source.to_owned(),
        false => format!("{source} ({date})"),
    }
}

fn fill(set: &mut LibrarySet, file: &LibraryFile, arch: &Arch) {
    let native = &file.arch.parse::<Arch>().unwrap_or_else(|_| arch.clone());
    let some_machines: Vec<&str> =
        data::cores().sets.iter().flat_map(|core| core.some_machines.iter().copied()).collect();
    for (soname, package) in &file.libraries {
        let package = package.split('=').next().filter(|package| !package.is_empty());
        let mut library = Library::new(renamed(soname, native, arch));
        library.package = package.map(str::to_owned);
        // The vector functions of glibc exist only on some machines. Their first versions are not in the data.
        if some_machines.contains(soname) && native != arch {
            set.insert_doubtful(library);
            continue;
        }
        set.insert(library);
    }
}

/// Returns a SONAME of one architecture on another one. Only the loaders and musl differ.
fn renamed(soname: &str, from: &Arch, to: &Arch) -> String {
    let names = |arch: &Arch| {
        let [loader, libc] = arch::musl_names(arch)?;
        Some([arch::glibc_loader(arch)?, loader, libc])
    };
    let (Some(old), Some(new)) = (names(from), names(to)) else { return soname.to_owned() };
    let index = old.iter().position(|name| *name == soname);
    index.and_then(|index| new.get(index).copied()).unwrap_or(soname).to_owned()
}

/// Returns the set between two recorded sets: libraries of both are present, libraries of one are doubtful.
fn between(lower: &str, upper: &str, row: &ReleaseRow, arch: &Arch) -> Option<LibrarySet> {
    let (one, other) = (read(lower, row, arch)?, read(upper, row, arch)?);
    let source = format!("between two sets: {}; {}", one.source(), other.source());
    let mut set = LibrarySet::complete(source, false);
    let has = |set: &LibrarySet, soname: &str| matches!(set.find(soname), Presence::Present(_));
    for library in one.iter().chain(other.iter()) {
        match has(&one, &library.soname) && has(&other, &library.soname) {
            true => set.insert(library.clone()),
            false => set.insert_doubtful(library.clone()),
        }
    }
    Some(set)
}

/// Sets the newest version nodes of a release.
fn nodes(set: &mut LibrarySet, row: &ReleaseRow, arch: &Arch) {
    let table = data::nodes();
    let home = table.releases.get(row.id);
    let Some((home, known)) = home.and_then(|home| Some((home, home.arch.get(arch.machine())?))) else {
        if row.libc == "glibc" {
            glibc_nodes(set, row.libc_version);
        }
        return;
    };
    let verified = if home.verified { "" } else { " (not verified)" };
    set.add_source(&format!("version nodes: {}{verified}", dated(&home.source, home.date)));
    let special: Vec<String> = match known.get("special") {
        Some(NodeValue::Special(names)) => names.iter().map(|name| format!("GLIBC_{name}")).collect(),
        _ => Vec::new(),
    };
    let glibc = newest(known.get("GLIBC"));
    if let Some(version) = glibc {
        mark_glibc(set, version, &special);
    }
    for library in set.each_mut() {
        let of_library =
            table.libraries.iter().filter(|(space, soname)| **soname == library.soname && **space != "GLIBC");
        let newest: Vec<(String, String)> = of_library
            .filter_map(|(space, _)| Some(((*space).to_owned(), newest(known.get(space))?.to_owned())))
            .collect();
        if !newest.is_empty() {
            library.nodes = Nodes::Newest { newest, named: Vec::new() };
        }
    }
}

fn newest(value: Option<&NodeValue>) -> Option<&'static str> {
    match value {
        Some(NodeValue::Newest(version)) => Some(version),
        _ => None,
    }
}

fn glibc_nodes(set: &mut LibrarySet, version: &str) {
    if !version.is_empty() {
        mark_glibc(set, version, &[]);
    }
}

/// Sets the nodes of all libraries of glibc.
fn mark_glibc(set: &mut LibrarySet, version: &str, special: &[String]) {
    let cores = data::cores().sets.iter().filter(|core| core.libc == "glibc");
    let own: Vec<&str> = cores.flat_map(|core| core.present.iter().copied()).collect();
    let mut named = special.to_vec();
    named.push("GLIBC_PRIVATE".to_owned());
    for library in set.each_mut() {
        let package = library.package.as_deref();
        if own.contains(&&*library.soname) || matches!(package, Some("libc6" | "glibc")) {
            library.nodes = Nodes::Newest {
                newest: vec![("GLIBC".to_owned(), version.to_owned())],
                named: named.clone(),
            };
        }
    }
}

/// Sets the nodes of another version of the same C library.
pub(super) fn renew(set: &mut LibrarySet, libc: &Libc) {
    if let Libc::Glibc(major, minor) = libc {
        mark_glibc(set, &format!("{major}.{minor}"), &[]);
    }
}
