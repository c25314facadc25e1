//! Reads a profile from JSON.

use wheelbase_formats::document::{Document, Node, Table};

use crate::read::{Contradiction, ImageFact, UnknownImageFact};
use crate::target_file::read_target;
use crate::user::is_soname;
use crate::{
    Assumption, CompilerPresence, Dates, Development, EndOfLife, EndOfLifeOf, ExternallyManagedFile,
    ImageEnvironment, ImageFamily, ImageLibc, ImagePip, ImageProfile, ImagePython, Library, LibrarySet,
    Nodes, Note, Os, PackageManager, Published, Size, Source, Unverified,
};
use wheelbase_spec::target::{Arch, Implementation, Installer, InstallerKind, Libc, Python, Target};
use wheelbase_spec::version::Version;

/// The name of the schema.
pub(super) const SCHEMA: &str = "wheelbase.image/1";

/// Reads the profile in a document. Faults are collected in the document.
pub(super) fn profile(document: &Document<'_>, root: &Node) -> Option<ImageProfile> {
    let table = &document.table(root, "the file")?;
    if table.text("schema") != Some(SCHEMA) {
        table.fault_of("schema", format_args!("it must be `{SCHEMA}`"));
    }
    let name = table.required("name").map(str::to_owned);
    let as_of = table.required_parsed("as_of");
    let arch: Option<Arch> = table.parsed("arch");
    let target = table.table("target").and_then(|table| read_target(&table));
    let pip = pip(table, target.as_ref());
    let newest_pip = table.parsed("newest_pip").or_else(|| pip.as_ref().map(|pip| pip.version.clone()));
    let profile = ImageProfile {
        family: table.text("family").map_or(ImageFamily::User, ImageFamily::from),
        meaning: owned(table, "meaning"),
        os: table.table("os").map(|os| Os {
            id: owned(&os, "id"),
            version: owned(&os, "version"),
            codename: os.text("codename").map(str::to_owned),
        }),
        uv: table.text("uv").map(str::to_owned),
        package_manager: table.text("package_manager").map_or(PackageManager::Unknown, PackageManager::of),
        toolchain: toolchain(table),
        development: table.table("development").map(|own| Development {
            tools: texts(&own, "tools").into_iter().collect(),
            without: texts(&own, "without").into_iter().collect(),
            packages: texts(&own, "packages").into_iter().collect(),
            tools_gap: own.text("tools_gap").map(str::to_owned),
            packages_gap: own.text("packages_gap").map(str::to_owned),
        }),
        shell: table.boolean("shell").unwrap_or(true),
        arches: arches(table),
        sizes: sizes(table),
        dates: table.table("dates").map_or_else(Dates::default, |dates| Dates {
            since: dates.parsed("since"),
            state: dates.parsed("state"),
            frozen: dates.parsed("frozen"),
        }),
        end_of_life: ends(table),
        libraries: libraries(table),
        programs: table.get("programs").map(|_| texts(table, "programs").into_iter().collect()),
        added: texts(table, "added"),
        assumptions: texts(table, "assumptions").into_iter().map(Assumption::Settings).collect(),
        unverified: table.texts("unverified").into_iter().map(Unverified::from).collect(),
        notes: table.texts("notes").into_iter().map(Note::from).collect(),
        sources: sources(table),
        environment: environment(table),
        externally_managed: table.table("externally_managed").and_then(|inner| {
            let verified = inner.boolean("verified").unwrap_or(false);
            Some(ExternallyManagedFile { marker: inner.required("marker")?.to_owned(), verified })
        }),
        contradictions: contradictions(table),
        undetermined: table
            .tables("undetermined")
            .iter()
            .map(|one| UnknownImageFact {
                what: ImageFact::from(one.text("what").unwrap_or_default()),
                why: owned(one, "why"),
            })
            .collect(),
        newest_pip: newest_pip.unwrap_or_else(|| Installer::newest(InstallerKind::Pip).version),
        arch: arch
            .or_else(|| target.as_ref().and_then(|target| target.machine.parse().ok()))
            .unwrap_or_else(Arch::x86_64),
        libc: libc(table, target.as_ref()),
        python: python(table, target.as_ref()),
        pip,
        exact_target: target,
        name: name?,
        as_of: as_of?,
    };
    agreement(table, &profile);
    Some(profile)
}

/// The text at a key, or an empty one.
fn owned(table: &Table<'_>, key: &str) -> String {
    table.text(key).unwrap_or_default().to_owned()
}

fn texts(table: &Table<'_>, key: &str) -> Vec<String> {
    table.texts(key).into_iter().map(str::to_owned).collect()
}

/// Checks that `target` and the other fields agree, because users may edit both.
fn agreement(table: &Table<'_>, profile: &ImageProfile) {
    let Some(target) = &profile.exact_target else { return };
    let differs = |key: &str, here: &dyn std::fmt::Display, there: &dyn std::fmt::Display| {
        table.fault_of(
            key,
            format_args!(
                "it is {here} here and {there} in `target`: change both to the same value, or remove one"
            ),
        );
    };
    let own_libc = profile.libc.as_ref().map_or(&Libc::Static, |libc| &libc.libc);
    if target.libc != *own_libc {
        differs("libc", own_libc, &target.libc);
    }
    if let Some(python) = profile.python.as_ref().filter(|python| python.python != target.python) {
        differs("python", &python.python, &target.python);
    }
    if target.machine != profile.arch.machine() {
        differs("arch", &profile.arch, &target.machine);
    }
    if let Some(pip) = &profile.pip
        && target.installer.kind == InstallerKind::Pip
        && target.installer.version != pip.version
    {
        differs("pip", &pip.version, &target.installer.version);
    }
}

fn toolchain(table: &Table<'_>) -> CompilerPresence {
    match table.text("toolchain") {
        Some("present") => CompilerPresence::Present,
        Some("absent") => CompilerPresence::Absent,
        Some("unknown") | None => CompilerPresence::Unknown,
        Some(_) => {
            table.fault_of("toolchain", "it must be `present`, `absent` or `unknown`");
            CompilerPresence::Unknown
        }
    }
}

fn libc(table: &Table<'_>, target: Option<&Target>) -> Option<ImageLibc> {
    let Some(libc) = table.table("libc") else {
        // Without the field the C library is that of `target`; null means that the image has none.
        let target = target.filter(|_| table.node().get("libc").is_none());
        let libc = target.map(|target| target.libc.clone()).filter(|libc| *libc != Libc::Static);
        return libc.map(|libc| ImageLibc { libc, lower_bound: false, verified: true });
    };
    let lower_bound = libc.boolean("lower_bound").unwrap_or(false);
    let verified = libc.boolean("verified").unwrap_or(true);
    let libc = match (libc.text("family"), libc.text("version")) {
        (Some("static"), None) => Libc::Static,
        (Some(family), Some(version)) => Libc::from_user(&format!("{family}:{version}"))
            .map_err(|error| table.fault_of("libc", error))
            .ok()?,
        _ => {
            table.fault_of("libc", "expected `family` and `version`");
            return None;
        }
    };
    Some(ImageLibc { libc, lower_bound, verified })
}

fn python(table: &Table<'_>, target: Option<&Target>) -> Option<ImagePython> {
    let given = target.map(|target| target.python.clone());
    let Some(table) = table.table("python") else {
        return given.map(|python| ImagePython { python, interpreter: None, installed: true });
    };
    let version: Option<Version> = table.required_parsed("version");
    let implementation = table.parsed("implementation").unwrap_or(Implementation::CPython);
    let mut python = Python::new(implementation, version?);
    if let Some(flags) = table.text("abi_flags") {
        python.abi_flags = flags.to_owned();
    }
    // Only `target` has these fields of an interpreter.
    if let Some(given) = given {
        python.ext_suffix = given.ext_suffix;
        python.implementation_version = given.implementation_version;
    }
    Some(ImagePython {
        python,
        interpreter: table.text("interpreter").map(str::to_owned),
        installed: table.boolean("installed").unwrap_or(true),
    })
}

fn pip(table: &Table<'_>, target: Option<&Target>) -> Option<ImagePip> {
    if let Some(pip) = table.table("pip") {
        let version = pip.required_parsed("version")?;
        return Some(ImagePip { version, verified: pip.boolean("verified").unwrap_or(true) });
    }
    let target = target.filter(|_| table.node().get("pip").is_none());
    let installer = target.map(|target| &target.installer);
    let pip = installer.filter(|installer| installer.kind == InstallerKind::Pip);
    pip.map(|pip| ImagePip { version: pip.version.clone(), verified: true })
}

fn arches(table: &Table<'_>) -> Published {
    let Some(arches) = table.table("arches") else { return Published::Unknown };
    let mut known = Vec::new();
    for name in arches.texts("known") {
        match name.parse() {
            Ok(arch) => known.push(arch),
            Err(error) => arches.fault_of("known", error),
        }
    }
    match arches.boolean("complete") {
        Some(true) => Published::Only(known),
        _ if known.is_empty() => Published::Unknown,
        _ => Published::AtLeast(known),
    }
}

fn ends(table: &Table<'_>) -> Vec<EndOfLife> {
    let mut out = Vec::new();
    for end in table.tables("end_of_life") {
        let what = EndOfLifeOf::from(end.text("what").unwrap_or_default());
        let extended = end.parsed("extended");
        out.extend(end.required_parsed("on").map(|on| EndOfLife { what, on, extended }));
    }
    out
}

fn sizes(table: &Table<'_>) -> Vec<Size> {
    let size = |size: &Table<'_>| Size {
        image: owned(size, "image"),
        arch: owned(size, "arch"),
        seen: owned(size, "seen"),
        unpacked: size.text("unpacked").map(str::to_owned),
        compressed_bytes: size.size("compressed_bytes"),
    };
    table.tables("sizes").iter().map(size).collect()
}

fn sources(table: &Table<'_>) -> Vec<Source> {
    let mut out = Vec::new();
    for source in table.tables("sources") {
        let text = owned(&source, "source");
        out.extend(source.required_parsed("date").map(|date| Source { source: text, date }));
    }
    out
}

fn environment(table: &Table<'_>) -> ImageEnvironment {
    let Some(inner) = table.table("environment") else { return ImageEnvironment::default() };
    let mut out = ImageEnvironment {
        workdir: inner.text("workdir").map(str::to_owned),
        complete: inner.boolean("complete").unwrap_or(false),
        ..ImageEnvironment::default()
    };
    if let Some(variables) = inner.table("variables") {
        for entry in variables.node().entries() {
            let value = variables.text(&entry.key);
            out.variables.extend(value.map(|value| (entry.key.clone(), value.to_owned())));
        }
    }
    out
}

fn contradictions(table: &Table<'_>) -> Vec<Contradiction> {
    let contradiction = |one: &Table<'_>| Contradiction {
        what: owned(one, "what"),
        believed: owned(one, "believed"),
        source: owned(one, "source"),
        other: owned(one, "other"),
        other_source: owned(one, "other_source"),
    };
    table.tables("contradictions").iter().map(contradiction).collect()
}

fn libraries(table: &Table<'_>) -> LibrarySet {
    let Some(set) = table.table("libraries") else {
        return LibrarySet::unknown("the file does not list libraries");
    };
    let source = owned(&set, "source");
    let verified = set.boolean("verified").unwrap_or(false);
    let mut out = match set.boolean("complete") {
        Some(true) => LibrarySet::complete(source, verified),
        _ => {
            let why = set.text("gap").unwrap_or("the file does not list all libraries");
            LibrarySet::partial(why, source).marked(verified)
        }
    };
    for library in library_list(&set, "present") {
        out.insert(library);
    }
    for library in library_list(&set, "doubtful") {
        out.insert_doubtful(library);
    }
    for soname in set.texts("absent") {
        out.remove(soname);
    }
    out
}

/// A library is an object or only its SONAME.
fn library_list(set: &Table<'_>, key: &str) -> Vec<Library> {
    let mut out = Vec::new();
    for (name, node) in set.items(key) {
        let soname = node.text().or_else(|| node.get("soname")?.text());
        let Some(soname) = soname.filter(|soname| is_soname(soname)) else {
            set.fault_at(node, &name, "expected a SONAME, or an object with the field `soname`");
            continue;
        };
        let mut library = Library::new(soname);
        if node.text().is_none()
            && let Some(table) = set.inner(node, name)
        {
            library.package = table.text("package").map(str::to_owned);
            library.path = table.text("path").map(str::to_owned);
            library.alias = table.boolean("alias").unwrap_or(false);
            library.nodes = nodes(&table);
        }
        out.push(library);
    }
    out
}

fn nodes(table: &Table<'_>) -> Nodes {
    if table.node().get("nodes").is_some() {
        return Nodes::All(texts(table, "nodes"));
    }
    if table.node().get("newest_nodes").is_none() {
        return Nodes::Unknown;
    }
    let mut newest = Vec::new();
    for node in table.texts("newest_nodes") {
        match node.rsplit_once('_') {
            Some((space, version)) => newest.push((space.to_owned(), version.to_owned())),
            None => {
                table.fault_of(
                    "newest_nodes",
                    format_args!("`{}` does not end with a version", node.escape_default()),
                );
            }
        }
    }
    Nodes::Newest { newest, named: texts(table, "named_nodes") }
}
