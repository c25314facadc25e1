//! The missing compilers, headers and programs of source builds.

use std::collections::BTreeSet;

use crate::findings::{BuildNeedsLibrary, BuildRemedy, CompilerMissing, Finding, Undetermined, UnknownCause};
use crate::image::{Available, InstallLine, PackageManager, build_tool};
use crate::sdist::{Language, Languages, SourceLanguage};

use super::environment::BuildEnvironment;
use super::table::{self, Project};
use super::{Building, SourceDistribution};

/// Checks whether source distributions can be built in an environment.
pub fn check(sources: &[SourceDistribution], place: &BuildEnvironment) -> Building {
    let mut building = Building { sources: sources.len(), ..Building::default() };
    let mut packages: Vec<String> = Vec::new();
    let mut unverified = false;
    for source in sources {
        let missing = MissingParts::of(source, place);
        if let Some(rule) = missing.compiler(source, place) {
            building.lacking.insert(source.project.clone());
            building.findings.push(Finding::of(rule).about(source.project.clone()));
        }
        if let Some(rule) = missing.library(source, place) {
            building.lacking.insert(source.project.clone());
            if rule.fails {
                building.failing.insert(source.project.clone());
            }
            building.findings.push(Finding::of(rule).about(source.project.clone()));
        }
        if let Some((rule, cause)) = missing.unknown(source, place) {
            building.undetermined.get_or_insert(cause);
            building.findings.push(Finding::of(rule).about(source.project.clone()));
        }
        unverified |= missing.unverified;
        for package in missing.tool_packages.into_iter().chain(missing.library_packages) {
            if !packages.contains(&package) {
                packages.push(package);
            }
        }
    }
    building.install = InstallLine::of_packages(place.package_manager, packages);
    building.install.verified = !unverified;
    building
}

/// The missing requirements of one source build.
#[derive(Default)]
struct MissingParts {
    row: Option<&'static Project>,
    /// The compiled languages, as far as they are known.
    languages: Languages,
    /// Missing tools, by name, and the packages that provide them.
    tools: Vec<String>,
    tool_packages: Vec<String>,
    /// Missing requirements of the table, as text, and the packages that provide them.
    libraries: Vec<String>,
    library_packages: Vec<String>,
    /// Whether every build of the project requires one of them.
    hard: bool,
    /// The requirements that may be missing, and why this is unknown.
    unknown: Vec<String>,
    cause: Option<UnknownCause>,
    /// Whether package names are not verified.
    unverified: bool,
}

impl MissingParts {
    fn of(source: &SourceDistribution, place: &BuildEnvironment) -> Self {
        let mut missing = Self::default();
        if source.language == Some(SourceLanguage::Pure) {
            return missing;
        }
        missing.row = table::project(source.project.as_str(), &source.version);
        missing.languages = source.languages;
        if let Some(row) = missing.row.filter(|_| missing.languages.is_empty()) {
            missing.languages = row.languages.iter().filter_map(|name| language(name)).collect();
        }
        // A release with wheels only for single platforms is compiled. If one for every platform is published too, the
        // compiled part is optional.
        let compiled = !missing.languages.is_empty() || source.compiled_wheels;
        if !compiled || (source.pure_wheel && missing.row.is_none()) {
            return missing;
        }
        for name in tools(missing.languages) {
            if place.development.tool(name) == Available::No {
                missing.tool(name, place, false);
            }
        }
        let Some(row) = missing.row else { return missing };
        for need in &row.needs {
            let found = match &need.tool {
                Some(name) => place.development.tool(name),
                None => place.development.any_package(need.all_packages()),
            };
            match found {
                Available::Yes => {}
                Available::No => {
                    missing.hard |= !need.soft;
                    missing.libraries.push(need.what.clone());
                    match &need.tool {
                        Some(name) => missing.tool(name, place, true),
                        None => {
                            missing
                                .library_packages
                                .extend(need.packages(place.package_manager).first().cloned());
                            missing.unverified |=
                                !row.verified || place.package_manager != PackageManager::Apt;
                        }
                    }
                }
                Available::Unknown(_) if need.soft => {}
                Available::Unknown(reason) => {
                    missing.unknown.push(need.what.clone());
                    missing.cause.get_or_insert_with(|| UnknownCause::Image { reason: reason.to_owned() });
                }
            }
        }
        missing
    }

    fn tool(&mut self, name: &str, place: &BuildEnvironment, of_library: bool) {
        let package = build_tool(name).and_then(|tool| tool.package(place.package_manager));
        match of_library {
            true => self.library_packages.extend(package.map(str::to_owned)),
            false => {
                self.tools.push(name.to_owned());
                self.tool_packages.extend(package.map(str::to_owned));
            }
        }
    }

    /// The finding about compilers.
    fn compiler(&self, source: &SourceDistribution, place: &BuildEnvironment) -> Option<CompilerMissing> {
        if self.tools.is_empty() {
            return None;
        }
        let missing = self
            .tools
            .iter()
            // Headers of libc and Python are named only if the compiler exists.
            .filter(|name| !is_headers(name) || self.tools.iter().all(|name| is_headers(name)))
            .filter_map(|name| build_tool(name).map(|tool| tool.description.clone()))
            .collect();
        Some(CompilerMissing {
            project: source.project.clone(),
            version: source.version.clone(),
            languages: self.languages,
            place: place.name.clone(),
            missing,
            remedy: remedy(place, self.tool_packages.clone(), true),
        })
    }

    /// The finding about headers and programs of the system.
    fn library(&self, source: &SourceDistribution, place: &BuildEnvironment) -> Option<BuildNeedsLibrary> {
        let row = self.row.filter(|_| !self.libraries.is_empty())?;
        // Includes the compiler if that is missing too, so that one command installs everything.
        let packages = self.tool_packages.iter().chain(&self.library_packages).cloned().collect();
        Some(BuildNeedsLibrary {
            project: source.project.clone(),
            version: source.version.clone(),
            needs: self.libraries.clone(),
            place: place.name.clone(),
            remedy: remedy(place, packages, !self.unverified),
            instead: row.instead.clone(),
            note: row.note.clone(),
            source: row.source.clone(),
            // Without a shell, the project is always built in another stage.
            fails: self.hard && row.verified && place.shell,
        })
    }

    fn unknown(
        &self,
        source: &SourceDistribution,
        place: &BuildEnvironment,
    ) -> Option<(Undetermined, UnknownCause)> {
        let cause = self.cause.clone().filter(|_| !self.unknown.is_empty())?;
        let rule = Undetermined::BuildNeeds {
            project: source.project.clone(),
            version: source.version.clone(),
            needs: self.unknown.clone(),
            place: place.name.clone(),
            cause: cause.clone(),
        };
        Some((rule, cause))
    }
}

/// The command that installs packages in an environment.
fn remedy(place: &BuildEnvironment, packages: Vec<String>, verified: bool) -> BuildRemedy {
    let mut line = InstallLine::of_packages(place.package_manager, packages);
    line.verified = verified;
    BuildRemedy { line, installs: place.shell && place.package_manager != PackageManager::None }
}

/// A language by its name in the table.
fn language(name: &str) -> Option<Language> {
    [Language::C, Language::Cpp, Language::Cython, Language::Fortran, Language::Rust]
        .into_iter()
        .find(|language| language.as_str() == name)
}

fn is_headers(tool: &str) -> bool {
    tool.ends_with("-headers")
}

/// The tools that build sources in these languages. None is known for Zig and CUDA, because distributions have no
/// common name for their compilers.
fn tools(languages: Languages) -> BTreeSet<&'static str> {
    let mut tools = BTreeSet::new();
    for language in languages.iter() {
        match language {
            Language::Cpp => tools.extend(["c++", "libc-headers", "python-headers"]),
            Language::Fortran => tools.extend(["fortran", "libc-headers"]),
            // The Rust compiler links with the C compiler and requires the development files of libc.
            Language::Rust => tools.extend(["rust", "c", "libc-headers"]),
            Language::Go => tools.extend(["go", "c", "libc-headers"]),
            Language::Zig | Language::Cuda => {}
            _ => tools.extend(["c", "libc-headers", "python-headers"]),
        }
    }
    // An unknown language is usually C.
    if languages.is_empty() {
        tools.extend(["c", "libc-headers", "python-headers"]);
    }
    tools
}
