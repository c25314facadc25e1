//! Reads a profile from JSON, collecting every fault.

use std::fmt;

use serde_json::{Map, Value};

use super::SCHEMA;
use crate::read::{Contradiction, Undetermined};
use crate::user::is_soname;
use crate::{
    Assumption, Date, Dates, Development, EndOfLife, ExternallyManaged, ImageEnvironment, ImageFault,
    ImageLibc, ImagePip, ImageProfile, ImagePython, Library, LibrarySet, Nodes, Note, Os, PackageManager,
    Published, Size, Source, Toolchain,
};
use wheelbase_spec::source::Origin;
use wheelbase_spec::target::{Arch, Implementation, Installer, InstallerKind, Libc, Python, Target};
use wheelbase_spec::version::Version;

/// Collects faults while a profile is read.
pub(super) struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    faults: Vec<ImageFault>,
}

type Object = Map<String, Value>;

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, file: &'a str) -> Self {
        Self { text, file, faults: Vec::new() }
    }

    /// The profile, or all faults.
    pub(super) fn read(mut self, value: &Value) -> Result<ImageProfile, Vec<ImageFault>> {
        match self.profile(value) {
            Some(profile) if self.faults.is_empty() => Ok(profile),
            _ => Err(self.faults),
        }
    }

    /// JSON values carry no positions, so the text is searched for the last key of the place; it leads the eye, and
    /// is left out where the key stands there more than once.
    fn fault(&mut self, place: &str, message: impl Into<String>) {
        let key = place.rsplit('.').next().unwrap_or(place).split('[').next().unwrap_or_default();
        let quoted = format!("\"{key}\"");
        let mut found = self.text.match_indices(&quoted);
        let (line, column) = match (found.next(), found.next()) {
            (Some((at, _)), None) => {
                let before = self.text.get(..at).unwrap_or_default();
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                (before.matches('\n').count() + 1, column)
            }
            _ => (0, 0),
        };
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let origin = Origin::new(self.file, number(line), number(column));
        self.faults.push(ImageFault { origin, message: format!("`{place}`: {}", message.into()) });
    }

    fn profile(&mut self, value: &Value) -> Option<ImageProfile> {
        let Some(object) = value.as_object() else {
            self.fault("schema", "the file must be a JSON object");
            return None;
        };
        if object.get("schema").and_then(Value::as_str) != Some(SCHEMA) {
            self.fault("schema", format!("it must be `{SCHEMA}`"));
        }
        let name: Option<String> = self.parsed(object, "", "name", true);
        let as_of: Option<Date> = self.parsed(object, "", "as_of", true);
        let arch: Option<Arch> = self.parsed(object, "", "arch", false);
        let target = self.target(object);
        let libc = self.libc(object, target.as_ref());
        let python = self.python(object, target.as_ref());
        let pip = self.pip(object, target.as_ref());
        let newest = self.parsed(object, "", "newest_pip", false);
        let profile = ImageProfile {
            family: self.string(object, "", "family").unwrap_or("user").to_owned(),
            meaning: self.string(object, "", "meaning").unwrap_or_default().to_owned(),
            os: self.os(object),
            uv: self.string(object, "", "uv").map(str::to_owned),
            package_manager: self
                .string(object, "", "package_manager")
                .map_or(PackageManager::Unknown, PackageManager::of),
            toolchain: match self.string(object, "", "toolchain") {
                Some("present") => Toolchain::Present,
                Some("absent") => Toolchain::Absent,
                Some("unknown") | None => Toolchain::Unknown,
                Some(_) => {
                    self.fault("toolchain", "it must be `present`, `absent` or `unknown`");
                    Toolchain::Unknown
                }
            },
            development: self.development(object),
            shell: self.boolean(object, "", "shell").unwrap_or(true),
            arches: self.arches(object),
            sizes: self.sizes(object),
            dates: self.dates(object),
            end_of_life: self.ends(object),
            libraries: self.libraries(object),
            programs: object
                .get("programs")
                .is_some_and(|value| !value.is_null())
                .then(|| self.texts(object, "", "programs")),
            added: self.texts(object, "", "added"),
            assumptions: self
                .texts(object, "", "assumptions")
                .into_iter()
                .map(Assumption::Settings)
                .collect(),
            unverified: self.texts(object, "", "unverified"),
            notes: self.texts(object, "", "notes").into_iter().map(Note::Text).collect(),
            sources: self.sources(object),
            environment: self.environment(object),
            externally_managed: self.externally_managed(object),
            contradictions: self.contradictions(object),
            undetermined: self.undetermined(object),
            newest_pip: newest
                .or_else(|| pip.as_ref().map(|pip| pip.version.clone()))
                .unwrap_or_else(|| Installer::newest(InstallerKind::Pip).version),
            arch: arch
                .or_else(|| target.as_ref().and_then(|target| target.machine.parse().ok()))
                .unwrap_or_else(Arch::x86_64),
            given: target,
            libc,
            python,
            pip,
            name: name?,
            as_of: as_of?,
        };
        self.agreement(&profile);
        Some(profile)
    }

    /// `target` and the fields beside it may be edited, and must not say two things then.
    fn agreement(&mut self, profile: &ImageProfile) {
        let Some(given) = &profile.given else { return };
        let beside = profile.libc.as_ref().map_or(&Libc::Static, |libc| &libc.libc);
        if given.libc != *beside {
            self.fault(
                "libc",
                format!(
                    "it is {beside} here and {} in `target`: change both alike, or leave one out",
                    given.libc
                ),
            );
        }
        if let Some(python) = profile.python.as_ref().filter(|python| python.python != given.python) {
            self.fault(
                "python",
                format!(
                    "it is {} here and {} in `target`: change both alike, or leave one out",
                    python.python, given.python
                ),
            );
        }
        if given.machine != profile.arch.machine() {
            self.fault(
                "arch",
                format!(
                    "it is {} here and {} in `target`: change both alike, or leave one out",
                    profile.arch, given.machine
                ),
            );
        }
        if let Some(pip) = &profile.pip {
            let same = given.installer.kind != InstallerKind::Pip || given.installer.version == pip.version;
            if !same {
                self.fault(
                    "pip",
                    format!(
                        "it is {} here and {} in `target`: change both alike, or leave one out",
                        pip.version, given.installer.version
                    ),
                );
            }
        }
    }

    fn target(&mut self, object: &Object) -> Option<Target> {
        let value = object.get("target").filter(|value| !value.is_null())?;
        match crate::target_file::target_of(value) {
            Ok(target) => Some(target),
            Err(error) => {
                for message in error.to_string().lines() {
                    self.fault("target", message.to_owned());
                }
                None
            }
        }
    }

    fn libc(&mut self, object: &Object, target: Option<&Target>) -> Option<ImageLibc> {
        let Some(libc) = self.object(object, "libc") else {
            // Without the field the target tells it; null says there is none.
            let told = if object.contains_key("libc") { None } else { target };
            let libc = told.map(|target| target.libc.clone()).filter(|libc| *libc != Libc::Static);
            return libc.map(|libc| ImageLibc { libc, lower_bound: false, verified: true });
        };
        let family = self.string(libc, "libc", "family");
        let version = self.string(libc, "libc", "version");
        let lower_bound = self.boolean(libc, "libc", "lower_bound").unwrap_or(false);
        let verified = self.boolean(libc, "libc", "verified").unwrap_or(true);
        let libc = match (family, version) {
            (Some("static"), None) => Libc::Static,
            (Some(family), Some(version)) => match Libc::from_user(&format!("{family}:{version}")) {
                Ok(libc) => libc,
                Err(error) => {
                    self.fault("libc", error.to_string());
                    return None;
                }
            },
            _ => {
                self.fault("libc", "`family` and `version` are needed");
                return None;
            }
        };
        Some(ImageLibc { libc, lower_bound, verified })
    }

    fn python(&mut self, object: &Object, target: Option<&Target>) -> Option<ImagePython> {
        let given = target.map(|target| target.python.clone());
        let Some(python) = self.object(object, "python") else {
            return given.map(|python| ImagePython { python, interpreter: None, installed: true });
        };
        let version: Option<Version> = self.parsed(python, "python", "version", true);
        let implementation = match self.parsed(python, "python", "implementation", false) {
            Some(implementation) => implementation,
            None => Implementation::CPython,
        };
        let mut told = Python::new(implementation, version?);
        if let Some(flags) = self.string(python, "python", "abi_flags") {
            told.abi_flags = flags.to_owned();
        }
        // What only `target` can say of an interpreter.
        if let Some(given) = given {
            told.ext_suffix = given.ext_suffix;
            told.implementation_version = given.implementation_version;
        }
        Some(ImagePython {
            python: told,
            interpreter: self.string(python, "python", "interpreter").map(str::to_owned),
            installed: self.boolean(python, "python", "installed").unwrap_or(true),
        })
    }

    fn pip(&mut self, object: &Object, target: Option<&Target>) -> Option<ImagePip> {
        if let Some(pip) = self.object(object, "pip") {
            let version = self.parsed(pip, "pip", "version", true)?;
            let verified = self.boolean(pip, "pip", "verified").unwrap_or(true);
            return Some(ImagePip { version, verified });
        }
        let told = if object.contains_key("pip") { None } else { target };
        let installer = told.map(|target| &target.installer);
        let pip = installer.filter(|installer| installer.kind == InstallerKind::Pip);
        pip.map(|pip| ImagePip { version: pip.version.clone(), verified: true })
    }

    fn os(&mut self, object: &Object) -> Option<Os> {
        let os = self.object(object, "os")?;
        let id = self.string(os, "os", "id").unwrap_or_default().to_owned();
        let version = self.string(os, "os", "version").unwrap_or_default().to_owned();
        Some(Os { id, version, codename: self.string(os, "os", "codename").map(str::to_owned) })
    }

    fn development(&mut self, object: &Object) -> Option<Development> {
        let place = "development";
        let own = self.object(object, place)?;
        let tools = self.texts(own, place, "tools").into_iter().collect();
        let without = self.texts(own, place, "without").into_iter().collect();
        let packages = self.texts(own, place, "packages").into_iter().collect();
        let tools_gap = self.string(own, place, "tools_gap").map(str::to_owned);
        let packages_gap = self.string(own, place, "packages_gap").map(str::to_owned);
        Some(Development { tools, without, packages, tools_gap, packages_gap })
    }

    fn arches(&mut self, object: &Object) -> Published {
        let Some(arches) = self.object(object, "arches") else { return Published::Unknown };
        let mut known = Vec::new();
        for name in self.texts(arches, "arches", "known") {
            match name.parse() {
                Ok(arch) => known.push(arch),
                Err(error) => self.fault("arches.known", format!("{error}")),
            }
        }
        match self.boolean(arches, "arches", "complete") {
            Some(true) => Published::Only(known),
            _ if known.is_empty() => Published::Unknown,
            _ => Published::AtLeast(known),
        }
    }

    fn dates(&mut self, object: &Object) -> Dates {
        let Some(dates) = self.object(object, "dates") else { return Dates::default() };
        Dates {
            since: self.parsed(dates, "dates", "since", false),
            state: self.parsed(dates, "dates", "state", false),
            frozen: self.parsed(dates, "dates", "frozen", false),
        }
    }

    fn ends(&mut self, object: &Object) -> Vec<EndOfLife> {
        let mut out = Vec::new();
        for (index, end) in self.objects(object, "", "end_of_life").into_iter().enumerate() {
            let place = format!("end_of_life[{index}]");
            let what = self.string(end, &place, "what").unwrap_or_default().to_owned();
            let on = self.parsed(end, &place, "on", true);
            let extended = self.parsed(end, &place, "extended", false);
            out.extend(on.map(|on| EndOfLife { what, on, extended }));
        }
        out
    }

    fn sizes(&mut self, object: &Object) -> Vec<Size> {
        let mut out = Vec::new();
        for (index, size) in self.objects(object, "", "sizes").into_iter().enumerate() {
            let place = format!("sizes[{index}]");
            let mut text = |key: &str| self.string(size, &place, key).unwrap_or_default().to_owned();
            let (image, arch, seen) = (text("image"), text("arch"), text("seen"));
            let unpacked = self.string(size, &place, "unpacked").map(str::to_owned);
            let compressed_bytes = match size.get("compressed_bytes").filter(|value| !value.is_null()) {
                None => None,
                Some(value) => {
                    if value.as_u64().is_none() {
                        self.fault(&format!("{place}.compressed_bytes"), "a number of bytes is needed");
                    }
                    value.as_u64()
                }
            };
            out.push(Size { image, arch, compressed_bytes, unpacked, seen });
        }
        out
    }

    fn sources(&mut self, object: &Object) -> Vec<Source> {
        let mut out = Vec::new();
        for (index, source) in self.objects(object, "", "sources").into_iter().enumerate() {
            let place = format!("sources[{index}]");
            let text = self.string(source, &place, "source").unwrap_or_default().to_owned();
            out.extend(self.parsed(source, &place, "date", true).map(|date| Source { source: text, date }));
        }
        out
    }

    fn environment(&mut self, object: &Object) -> ImageEnvironment {
        const PLACE: &str = "environment";
        let Some(inner) = self.object(object, PLACE) else { return ImageEnvironment::default() };
        let mut out = ImageEnvironment {
            workdir: self.string(inner, PLACE, "workdir").map(str::to_owned),
            complete: self.boolean(inner, PLACE, "complete").unwrap_or(false),
            ..ImageEnvironment::default()
        };
        if let Some(variables) = self.object(inner, "variables") {
            for name in variables.keys() {
                let value = self.string(variables, "environment.variables", name);
                out.variables.extend(value.map(|value| (name.clone(), value.to_owned())));
            }
        }
        out
    }

    fn externally_managed(&mut self, object: &Object) -> Option<ExternallyManaged> {
        const PLACE: &str = "externally_managed";
        let inner = self.object(object, PLACE)?;
        let verified = self.boolean(inner, PLACE, "verified").unwrap_or(false);
        let marker = self.parsed::<String>(inner, PLACE, "marker", true)?;
        Some(ExternallyManaged { marker, verified })
    }

    fn contradictions(&mut self, object: &Object) -> Vec<Contradiction> {
        let mut out = Vec::new();
        for (index, one) in self.objects(object, "", "contradictions").into_iter().enumerate() {
            let place = format!("contradictions[{index}]");
            let mut text = |key: &str| self.string(one, &place, key).unwrap_or_default().to_owned();
            out.push(Contradiction {
                what: text("what"),
                believed: text("believed"),
                source: text("source"),
                other: text("other"),
                other_source: text("other_source"),
            });
        }
        out
    }

    fn undetermined(&mut self, object: &Object) -> Vec<Undetermined> {
        let mut out = Vec::new();
        for (index, one) in self.objects(object, "", "undetermined").into_iter().enumerate() {
            let place = format!("undetermined[{index}]");
            let mut text = |key: &str| self.string(one, &place, key).unwrap_or_default().to_owned();
            out.push(Undetermined { what: text("what"), why: text("why") });
        }
        out
    }

    fn libraries(&mut self, object: &Object) -> LibrarySet {
        let Some(set) = self.object(object, "libraries") else {
            return LibrarySet::unknown("the file says nothing of libraries");
        };
        let source = self.string(set, "libraries", "source").unwrap_or_default().to_owned();
        let verified = self.boolean(set, "libraries", "verified").unwrap_or(false);
        let mut out = match self.boolean(set, "libraries", "complete") {
            Some(true) => LibrarySet::complete(source, verified),
            _ => {
                let why = self
                    .string(set, "libraries", "gap")
                    .unwrap_or("the file does not say all of its libraries");
                LibrarySet::partial(why, source).marked(verified)
            }
        };
        for library in self.library_list(set, "present") {
            out.insert(library);
        }
        for library in self.library_list(set, "doubtful") {
            out.insert_doubtful(library);
        }
        for soname in self.texts(set, "libraries", "absent") {
            out.remove(&soname);
        }
        out
    }

    /// A library is an object, or its SONAME alone.
    fn library_list(&mut self, set: &Object, key: &str) -> Vec<Library> {
        let mut out = Vec::new();
        for (index, value) in self.array(set, "libraries", key).into_iter().enumerate() {
            let place = format!("libraries.{key}[{index}]");
            let (soname, object) = match value {
                Value::String(soname) => (Some(&**soname), None),
                Value::Object(object) => (self.string(object, &place, "soname"), Some(object)),
                _ => (None, None),
            };
            let Some(soname) = soname.filter(|soname| is_soname(soname)) else {
                self.fault(&place, "a SONAME is needed, or an object with one under `soname`");
                continue;
            };
            let mut library = Library::new(soname);
            if let Some(object) = object {
                library.package = self.string(object, &place, "package").map(str::to_owned);
                library.path = self.string(object, &place, "path").map(str::to_owned);
                library.alias = object.get("alias") == Some(&Value::Bool(true));
                library.nodes = self.nodes(object, &place);
            }
            out.push(library);
        }
        out
    }

    fn nodes(&mut self, object: &Object, place: &str) -> Nodes {
        if object.contains_key("nodes") {
            return Nodes::All(self.texts(object, place, "nodes"));
        }
        if !object.contains_key("newest_nodes") {
            return Nodes::Unknown;
        }
        let mut newest = Vec::new();
        for node in self.texts(object, place, "newest_nodes") {
            match node.rsplit_once('_') {
                Some((space, version)) => newest.push((space.to_owned(), version.to_owned())),
                None => self.fault(
                    &format!("{place}.newest_nodes"),
                    format!("`{}` has no number", node.escape_default()),
                ),
            }
        }
        Nodes::Newest { newest, named: self.texts(object, place, "named_nodes") }
    }

    fn object<'v>(&mut self, object: &'v Object, key: &str) -> Option<&'v Object> {
        match object.get(key)? {
            Value::Null => None,
            Value::Object(inner) => Some(inner),
            _ => {
                self.fault(key, "an object is needed");
                None
            }
        }
    }

    fn array<'v>(&mut self, object: &'v Object, place: &str, key: &str) -> Vec<&'v Value> {
        match object.get(key) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items.iter().collect(),
            Some(_) => {
                self.fault(&join(place, key), "a list is needed");
                Vec::new()
            }
        }
    }

    fn objects<'v>(&mut self, object: &'v Object, place: &str, key: &str) -> Vec<&'v Object> {
        let mut out = Vec::new();
        for value in self.array(object, place, key) {
            match value {
                Value::Object(inner) => out.push(inner),
                _ => self.fault(&join(place, key), "a list of objects is needed"),
            }
        }
        out
    }

    fn texts(&mut self, object: &Object, place: &str, key: &str) -> Vec<String> {
        let mut out = Vec::new();
        for value in self.array(object, place, key) {
            match value {
                Value::String(text) => out.push(text.clone()),
                _ => self.fault(&join(place, key), "a list of texts is needed"),
            }
        }
        out
    }

    fn string<'v>(&mut self, object: &'v Object, place: &str, key: &str) -> Option<&'v str> {
        match object.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            _ => {
                self.fault(&join(place, key), "a text in quotes is needed");
                None
            }
        }
    }

    fn boolean(&mut self, object: &Object, place: &str, key: &str) -> Option<bool> {
        match object.get(key)? {
            Value::Null => None,
            Value::Bool(value) => Some(*value),
            _ => {
                self.fault(&join(place, key), "`true` or `false` is needed");
                None
            }
        }
    }

    fn parsed<T: std::str::FromStr<Err: fmt::Display>>(
        &mut self,
        object: &Object,
        place: &str,
        key: &str,
        needed: bool,
    ) -> Option<T> {
        if needed && object.get(key).is_none_or(Value::is_null) {
            self.fault(&join(place, key), "it is missing");
            return None;
        }
        match self.string(object, place, key)?.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(&join(place, key), error.to_string());
                None
            }
        }
    }
}

fn join(place: &str, key: &str) -> String {
    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
}
