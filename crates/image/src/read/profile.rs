//! The profile of a read image.

use crate::catalogue::data;
use crate::sizes::bytes_text;
use crate::{
    Assumption, CompilerPresence, Date, Dates, Development, EndOfLife, EndOfLifeOf, ExternallyManagedFile,
    ImageEnvironment, ImageFamily, ImageLibc, ImagePip, ImageProfile, ImagePython, Library, LibrarySet,
    Nodes, Note, Os, PackageManager, Published, Size, Source, Unverified,
};
use wheelbase_spec::target::{Arch, Implementation, Installer, InstallerKind, Libc, Python};

use super::TargetGap;
use super::detected::{DetectedImage, DetectedLibc, DetectedPython, OsRelease};

impl DetectedPython {
    /// Returns the interpreter of a target; `None` if its version is unknown.
    pub(super) fn to_python(&self) -> Option<Python> {
        let implementation: Implementation = self.implementation.parse().unwrap_or(Implementation::CPython);
        let mut python = Python::new(implementation, self.version.parse().ok()?);
        if !self.abi_flags.is_empty() {
            python.abi_flags.clone_from(&self.abi_flags);
        }
        Some(python)
    }

    /// Returns whether `wanted` matches this interpreter: `3.12` matches every 3.12.
    pub fn is(&self, wanted: &Python) -> bool {
        self.to_python().is_some_and(|own| own.is(wanted))
    }
}

impl DetectedImage {
    /// Returns the checked interpreter: the first that `wanted` matches, or else the first one.
    pub fn chosen_python(&self, wanted: Option<&Python>) -> Option<&DetectedPython> {
        let named = wanted.and_then(|wanted| self.pythons.iter().find(|python| python.is(wanted)));
        named.or_else(|| self.python())
    }

    /// Returns the profile of the image, in the same form as profiles of the catalogue.
    ///
    /// `name` is the name of the image, `as_of` the day on which it was read, and `wanted` chooses one of several
    /// interpreters. Unknown facts are in [`ImageProfile::unverified`].
    pub fn to_profile(&self, name: &str, as_of: Date, wanted: Option<&Python>) -> ImageProfile {
        let arch = self.machine.as_deref().and_then(|machine| machine.parse::<Arch>().ok());
        let arch_known = arch.clone();
        let mut profile = ImageProfile::new(name, as_of, arch);
        profile.family = ImageFamily::Read;
        profile.dates = Dates::default();
        // A read image has one architecture, also if the tag is published for others.
        if let Some(arch) = arch_known {
            profile.arches = Published::Only(vec![arch]);
        }
        profile.shell = self.shell.is_some();
        profile.toolchain = self.toolchain();
        profile.programs = Some(self.tools.clone());
        profile.package_manager = self.manager();
        profile.development = Some(self.development(self.chosen_python(wanted)));
        profile.libc =
            self.libc.map(|libc| ImageLibc { libc: libc.into(), lower_bound: false, verified: true });
        profile.libraries = self.library_set("the files of the image");
        if let Some(os) = &self.os {
            set_os(&mut profile, os);
        }
        let python = self.chosen_python(wanted);
        self.set_python(&mut profile, python, wanted);
        if !profile.shell {
            profile.notes.push(Note::NoShell);
        }
        profile.contradictions.clone_from(&self.contradictions);
        profile.undetermined.clone_from(&self.undetermined);
        profile.environment = ImageEnvironment {
            variables: self.env.iter().cloned().collect(),
            // Without `WorkingDir` the working directory is the root. A plain directory has no configuration.
            workdir: self.digest.as_ref().map(|_| self.workdir.clone().unwrap_or_else(|| "/".to_owned())),
            complete: self.digest.is_some(),
        };
        profile.unverified.extend(self.undetermined.iter().cloned().map(Unverified::Unknown));
        let read = match &self.digest {
            Some(digest) => format!("{name}, {digest}"),
            None => name.to_owned(),
        };
        profile.sources = vec![Source::new(read, as_of)];
        if self.packed_bytes.is_some() || self.unpacked_bytes.is_some() {
            profile.sizes.push(Size {
                image: name.to_owned(),
                arch: profile.arch.docker_name().to_owned(),
                compressed_bytes: self.packed_bytes,
                unpacked: self.unpacked_bytes.map(bytes_text),
                seen: as_of.to_string(),
            });
        }
        let newest = Installer::new(InstallerKind::Pip, profile.newest_pip.clone());
        profile.exact_target = self.target_of(python, &newest).ok();
        profile
    }

    /// Returns the facts that are missing for a target with `wanted`, or with the interpreter of the image.
    pub fn target_gap(&self, wanted: Option<&Python>) -> Option<TargetGap> {
        let fallback = Installer::newest(InstallerKind::Pip);
        let gap = self.target_of(self.chosen_python(wanted), &fallback).err()?;
        // A requested interpreter may be installed later.
        let installed_later = wanted.is_some() && self.machine.is_some() && self.libc.is_some();
        if installed_later { None } else { Some(gap) }
    }

    fn set_python(
        &self,
        profile: &mut ImageProfile,
        python: Option<&DetectedPython>,
        wanted: Option<&Python>,
    ) {
        let Some(found) = python else { return };
        let Some(own) = found.to_python() else { return };
        let mut others: Vec<String> = Vec::new();
        for other in self.pythons.iter().filter(|other| other.path != found.path) {
            let implementation = match other.implementation.parse::<Implementation>() {
                Ok(known) => known.display_name(),
                Err(_) => other.implementation.as_str(),
            };
            let text = format!("{implementation} {} in {}", other.version, other.path);
            // Several environments may link to one interpreter.
            if !others.contains(&text) {
                others.push(text);
            }
        }
        if !others.is_empty() {
            profile.notes.push(Note::Text(format!(
                "the image has several interpreters: {own} in {} is used; use `--python` to select another: {}",
                found.path,
                others.join(", ")
            )));
        }
        if let Some(wanted) = wanted.filter(|wanted| !found.is(wanted)) {
            profile.notes.push(Note::Text(format!(
                "{wanted} replaces {own} in {} because the image has no such interpreter",
                found.path
            )));
        }
        if let Some(environment) = &found.environment {
            profile.notes.push(Note::Text(format!("the interpreter is in the environment {environment}")));
        }
        profile.externally_managed = found
            .externally_managed
            .as_ref()
            .map(|marker| ExternallyManagedFile { marker: marker.clone(), verified: true });
        if let Some(module) = &found.manylinux_module {
            let known =
                if found.manylinux.is_some() { "" } else { "; its result is unknown because it is not run" };
            profile
                .notes
                .push(Note::Text(format!("{module} decides which manylinux wheels are accepted{known}")));
            if found.manylinux.is_none() {
                profile.unverified.push(Unverified::ManylinuxModule { module: module.clone() });
            }
        }
        profile.pip = found
            .pip
            .as_deref()
            .and_then(|version| version.parse().ok())
            .map(|version| ImagePip { version, verified: true });
        if profile.pip.is_none() {
            profile.notes.push(Note::NoPip);
            profile.assumptions.push(Assumption::NewestPip(profile.newest_pip.clone()));
        }
        profile.python =
            Some(ImagePython { python: own, interpreter: Some(found.path.clone()), installed: true });
    }

    fn has(&self, names: &[&str]) -> bool {
        self.tools.iter().any(|tool| names.contains(&tool.as_str()))
    }

    /// A compiler requires the headers of libc and Python. The interpreters of official images include those of Python,
    /// and all compiler packages except those of Alpine install those of libc.
    fn toolchain(&self) -> CompilerPresence {
        if self.has(&["gcc", "cc", "clang"]) { CompilerPresence::Present } else { CompilerPresence::Absent }
    }

    /// The build tools, by the programs in `PATH` and the packages in the database.
    fn development(&self, python: Option<&DetectedPython>) -> Development {
        const TOOLS: [(&str, &[&str]); 11] = [
            ("c", &["gcc", "cc", "clang"]),
            ("c++", &["g++", "c++", "clang"]),
            ("fortran", &["gfortran"]),
            ("rust", &["rustc", "cargo"]),
            ("cargo", &["cargo"]),
            ("make", &["make"]),
            ("cmake", &["cmake"]),
            ("ninja", &["ninja"]),
            ("pkg-config", &["pkg-config", "pkgconf"]),
            ("git", &["git"]),
            ("uv", &["uv"]),
        ];
        const LIBC_HEADERS: [&str; 3] = ["libc6-dev", "musl-dev", "glibc-devel"];
        let found = TOOLS.iter().filter(|(_, programs)| self.has(programs));
        let mut known = Development {
            tools: found.map(|(tool, _)| (*tool).to_owned()).collect(),
            // Headers and programs such as pg_config are in packages with such names.
            packages: self
                .packages
                .iter()
                .filter(|package| package.name.contains("-dev"))
                .map(|package| package.name.clone())
                .collect(),
            ..Development::default()
        };
        if self.packages.is_empty() {
            known.packages_gap = Some("the image has no readable list of packages".to_owned());
        }
        let headers =
            self.packages.is_empty() || LIBC_HEADERS.iter().any(|name| self.package(name).is_some());
        for (tool, there) in
            [("libc-headers", headers), ("python-headers", python.is_some_and(|python| python.headers))]
        {
            let set = if there { &mut known.tools } else { &mut known.without };
            set.insert(tool.to_owned());
        }
        // These tools are found by their packages.
        for (tool, prefix) in [("go", "golang"), ("swig", "swig")] {
            if self.packages.iter().any(|package| package.name.starts_with(prefix)) {
                known.tools.insert(tool.to_owned());
            }
        }
        known
    }

    /// The package manager, by its program. A database alone does not install packages.
    fn manager(&self) -> PackageManager {
        use PackageManager::{Apk, Apt, Dnf, Microdnf, Tdnf, Yum, Zypper};
        if self.has(&["apt-get"]) {
            return Apt;
        }
        let known = [Apk, Dnf, Microdnf, Tdnf, Yum, Zypper];
        known.into_iter().find(|manager| self.has(&[manager.as_str()])).unwrap_or(PackageManager::None)
    }

    /// Returns the libraries that the loader finds.
    ///
    /// The nodes of a library without version nodes are unknown, because the loader of glibc only warns about it
    /// (`elf/dl-version.c`, "no version information available").
    pub fn library_set(&self, source: &str) -> LibrarySet {
        let mut set = if self.libraries_complete {
            LibrarySet::complete(source, true)
        } else {
            let reasons: Vec<&str> = self
                .undetermined
                .iter()
                .filter(|one| one.what.is_about_all_libraries())
                .map(|one| one.why.as_str())
                .collect();
            LibrarySet::partial(reasons.join("; "), source)
        };
        for one in &self.libraries {
            let nodes = if one.nodes.is_empty() { Nodes::Unknown } else { Nodes::All(one.nodes.clone()) };
            let mut library = Library::new(&one.soname).with_path(&one.path).with_nodes(nodes);
            library.alias = one.declared.is_some();
            set.insert(library);
        }
        for name in &self.unread_libraries {
            set.insert_doubtful(Library::new(name));
        }
        set
    }
}

/// Sets the distribution with the names of the catalogue. `os-release` may have a more exact version.
fn set_os(profile: &mut ImageProfile, os: &OsRelease) {
    // The ID of os-release(5) and the name in the catalogue.
    let id = match os.id.as_str() {
        "amzn" => "amazonlinux",
        "ol" => "oraclelinux",
        "opensuse-leap" | "opensuse-tumbleweed" => "opensuse",
        other => other,
    };
    let full = os.version_id.clone().unwrap_or_default();
    let mut version = full.as_str();
    let row = loop {
        if let Some(row) = data::release(&format!("{id}:{version}")) {
            break Some(row);
        }
        match version.rsplit_once('.') {
            Some((shorter, _)) => version = shorter,
            None => break None,
        }
    };
    let version = if row.is_some() { version.to_owned() } else { full.clone() };
    profile.meaning = match os.version_id {
        Some(_) => format!("{id} {full}"),
        None => os.pretty_name.clone().unwrap_or_else(|| id.to_owned()),
    };
    if let Some(eol) = row.and_then(|row| row.eol) {
        let extended = row.and_then(|row| row.extended_eol);
        let release = EndOfLifeOf::release(id, &version);
        profile.end_of_life.push(EndOfLife::new(release, eol, extended));
    }
    profile.os = Some(Os { id: id.to_owned(), version, codename: os.codename.clone() });
}

impl From<DetectedLibc> for Libc {
    fn from(libc: DetectedLibc) -> Self {
        match libc {
            DetectedLibc::Glibc(major, minor) => Self::Glibc(major, minor),
            DetectedLibc::Musl(major, minor, patch) => Self::Musl(major, minor, patch),
            DetectedLibc::Static => Self::Static,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::read::{ImageFact, UnknownImageFact};
    use crate::{Presence, TargetOptions};
    use wheelbase_spec::target::LibcFamily;

    fn python(version: &str, path: &str, pip: Option<&str>) -> DetectedPython {
        DetectedPython {
            path: path.to_owned(),
            implementation: "cpython".to_owned(),
            version: version.to_owned(),
            abi_flags: String::new(),
            loader: None,
            machine: "x86_64".to_owned(),
            environment: None,
            site_packages: Vec::new(),
            pip: pip.map(str::to_owned),
            bundled_pip: None,
            externally_managed: None,
            headers: false,
            manylinux_module: None,
            manylinux: None,
        }
    }

    fn image() -> DetectedImage {
        DetectedImage {
            os: Some(OsRelease {
                id: "alpine".to_owned(),
                version_id: Some("3.20.3".to_owned()),
                ..OsRelease::default()
            }),
            libc: Some(DetectedLibc::Musl(1, 2, Some(5))),
            machine: Some("aarch64".to_owned()),
            bits: Some(64),
            libraries_complete: true,
            pythons: vec![
                python("3.12.7", "/usr/bin/python3.12", None),
                python("3.11.9", "/opt/bin/python3.11", Some("24.0")),
            ],
            tools: vec!["apk".to_owned()],
            ..DetectedImage::default()
        }
    }

    #[test]
    fn target_has_the_first_interpreter_or_the_chosen_one() {
        let day: Date = "2026-08-13".parse().unwrap();
        let first = image().to_profile("dir:root", day, None);
        assert_eq!(first.release_id().as_deref(), Some("alpine:3.20"));
        assert_eq!(first.package_manager, PackageManager::Apk);
        assert_eq!(first.libraries.find("libGL.so.1"), Presence::Absent);
        let target = first.target(&TargetOptions::default()).unwrap();
        assert_eq!((target.machine.as_str(), &target.libc), ("aarch64", &Libc::Musl(1, 2, Some(5))));
        assert_eq!(target.python.version.to_string(), "3.12.7");
        assert_eq!(target.installer.version, first.newest_pip);

        let wanted: Python = "3.11".parse().unwrap();
        let second = image().to_profile("dir:root", day, Some(&wanted));
        let target = second.target(&TargetOptions::default()).unwrap();
        assert_eq!(
            (target.python.version.to_string().as_str(), target.installer.version.to_string().as_str()),
            ("3.11.9", "24.0")
        );
        let notes: Vec<String> = second.notes.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(notes.join("\n"), @r"
        the image has several interpreters: CPython 3.11.9 in /opt/bin/python3.11 is used; use `--python` to select another: CPython 3.12.7 in /usr/bin/python3.12
        the image has no shell, so RUN instructions in shell form fail
        ");
    }

    #[test]
    fn images_without_interpreter_require_a_requested_one() {
        let mut bare = image();
        bare.pythons.clear();
        assert!(bare.target_gap(None).is_some());
        let wanted: Python = "3.12".parse().unwrap();
        assert_eq!(bare.target_gap(Some(&wanted)), None);
        bare.libc = None;
        assert!(bare.target_gap(Some(&wanted)).is_some());
    }

    #[test]
    fn a_libc_without_a_known_version_is_unknown() {
        let unknown = |what: ImageFact, why: &str| UnknownImageFact { what, why: why.to_owned() };
        let mut image = image();
        image.libc = None;
        image.undetermined = vec![
            unknown(ImageFact::Library("libcrypto.so.3".to_owned()), "it is encrypted"),
            unknown(ImageFact::LibcVersion(LibcFamily::Musl), "no package database contains it"),
        ];
        let profile = image.to_profile("dir:root", "2026-08-13".parse().unwrap(), None);
        assert!(profile.is_libc_unknown());
        let gap = image.target_gap(None).unwrap();
        assert_eq!(gap.missing(), ["the C library is unknown (no package database contains it)"]);
    }

    #[test]
    fn build_tools_are_found_by_programs_packages_and_headers() {
        use crate::Available;

        let day: Date = "2026-08-13".parse().unwrap();
        let mut built = image();
        built.tools = ["apk", "gcc", "cargo"].map(str::to_owned).to_vec();
        let package = |name: &str| crate::read::InstalledPackage {
            name: name.to_owned(),
            version: "1".to_owned(),
            architecture: None,
        };
        built.packages = vec![package("gcc"), package("libpq-dev"), package("zlib")];
        let known = built.to_profile("dir:root", day, None).development();
        assert_eq!(
            (known.tool("c"), known.tool("c++"), known.tool("rust")),
            (Available::Yes, Available::No, Available::Yes)
        );
        // gcc without musl-dev, and an interpreter without its headers.
        assert_eq!(
            (known.tool("libc-headers"), known.tool("python-headers")),
            (Available::No, Available::No)
        );
        assert_eq!(known.any_package(["libpq-dev"]), Available::Yes);
        assert_eq!(known.any_package(["openldap-dev"]), Available::No);
        // Without a list of packages it is unknown.
        built.packages.clear();
        let known = built.to_profile("dir:root", day, None).development();
        assert!(matches!(known.any_package(["openldap-dev"]), Available::Unknown(_)));

        // The interpreter has no pip, and uv installs as well.
        assert_eq!(image().to_profile("dir:root", day, None).has_installer(), Some(false));
        built.tools.push("uv".to_owned());
        assert_eq!(built.to_profile("dir:root", day, None).has_installer(), Some(true));
    }

    #[test]
    fn profiles_of_read_images_are_read_from_json() {
        let day: Date = "2026-08-13".parse().unwrap();
        let profile = image().to_profile("dir:root", day, None);
        let text = profile.to_json().to_string();
        assert_eq!(ImageProfile::from_json(&text, "x.json").unwrap().to_json(), profile.to_json());
    }
}
