//! What source distributions lack where they are built.

use std::collections::BTreeSet;

use crate::findings::{BuildNeedsLibrary, BuildRemedy, CompilerMissing, Finding, Undetermined};
use crate::image::{Available, InstallLine, PackageManager};
use crate::sdist::{Language, Languages, SourceLanguage};

use super::place::BuildPlace;
use super::table::{self, Project};
use super::{Building, SourceDistribution};

/// Judges whether source distributions can be built in a place.
pub fn judge(sources: &[SourceDistribution], place: &BuildPlace) -> Building {
    let mut building = Building { sources: sources.len(), ..Building::default() };
    let mut packages: Vec<String> = Vec::new();
    let mut unverified = false;
    for source in sources {
        let lacks = Lacks::of(source, place);
        if let Some(rule) = lacks.compiler(source, place) {
            building.lacking.insert(source.project.clone());
            building.findings.push(Finding::of(rule).about(source.project.clone()));
        }
        if let Some(rule) = lacks.library(source, place) {
            building.lacking.insert(source.project.clone());
            if rule.fails {
                building.failing.insert(source.project.clone());
            }
            building.findings.push(Finding::of(rule).about(source.project.clone()));
        }
        if let Some((rule, why)) = lacks.unknown(source, place) {
            building.undetermined.get_or_insert(why);
            building.findings.push(Finding::of(rule).about(source.project.clone()));
        }
        unverified |= lacks.unverified;
        for package in lacks.tool_packages.into_iter().chain(lacks.library_packages) {
            if !packages.contains(&package) {
                packages.push(package);
            }
        }
    }
    building.install = InstallLine::of_packages(place.package_manager, packages);
    building.install.verified = !unverified;
    building
}

/// What one source distribution lacks.
#[derive(Default)]
struct Lacks {
    row: Option<&'static Project>,
    /// What is compiled, as far as it is known.
    languages: Languages,
    /// Tools that are absent, by name, and the packages that bring them.
    tools: Vec<String>,
    tool_packages: Vec<String>,
    /// What is missing of the table's needs, in words, and the packages that bring it.
    libraries: Vec<String>,
    library_packages: Vec<String>,
    /// Whether every build of the project needs one of them.
    hard: bool,
    /// What may be missing, and why nobody knows.
    unknown: Vec<String>,
    why: Option<String>,
    /// Package names that were recalled.
    unverified: bool,
}

impl Lacks {
    fn of(source: &SourceDistribution, place: &BuildPlace) -> Self {
        let mut lacks = Self::default();
        if source.language == Some(SourceLanguage::Pure) {
            return lacks;
        }
        lacks.row = table::project(source.project.as_str(), &source.version);
        lacks.languages = source.languages;
        if let Some(row) = lacks.row.filter(|_| lacks.languages.is_empty()) {
            lacks.languages = row.languages.iter().filter_map(|name| language(name)).collect();
        }
        // Wheels for single platforms alone are compiled ones; where one for every platform is published too, the
        // compiled part is optional.
        let compiled = !lacks.languages.is_empty() || source.compiled_wheels;
        if !compiled || (source.pure_wheel && lacks.row.is_none()) {
            return lacks;
        }
        for name in tools(lacks.languages) {
            if place.development.tool(name) == Available::No {
                lacks.tool(name, place, false);
            }
        }
        let Some(row) = lacks.row else { return lacks };
        for need in &row.needs {
            let found = match &need.tool {
                Some(name) => place.development.tool(name),
                None => place.development.any_package(need.all_packages()),
            };
            match found {
                Available::Yes => {}
                Available::No => {
                    lacks.hard |= !need.soft;
                    lacks.libraries.push(need.what.clone());
                    match &need.tool {
                        Some(name) => lacks.tool(name, place, true),
                        None => {
                            lacks
                                .library_packages
                                .extend(need.packages(place.package_manager).first().cloned());
                            lacks.unverified |= !row.verified || place.package_manager != PackageManager::Apt;
                        }
                    }
                }
                Available::Unknown(_) if need.soft => {}
                Available::Unknown(why) => {
                    lacks.unknown.push(need.what.clone());
                    lacks.why.get_or_insert_with(|| why.to_owned());
                }
            }
        }
        lacks
    }

    fn tool(&mut self, name: &str, place: &BuildPlace, of_library: bool) {
        let package = table::tool(name).and_then(|tool| tool.package(place.package_manager));
        match of_library {
            true => self.library_packages.extend(package.map(str::to_owned)),
            false => {
                self.tools.push(name.to_owned());
                self.tool_packages.extend(package.map(str::to_owned));
            }
        }
    }

    /// The finding about compilers.
    fn compiler(&self, source: &SourceDistribution, place: &BuildPlace) -> Option<CompilerMissing> {
        if self.tools.is_empty() {
            return None;
        }
        let missing = self
            .tools
            .iter()
            // Headers of libc and Python are told where the compiler itself is there.
            .filter(|name| !is_headers(name) || self.tools.iter().all(|name| is_headers(name)))
            .filter_map(|name| table::tool(name).map(|tool| tool.says.clone()))
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
    fn library(&self, source: &SourceDistribution, place: &BuildPlace) -> Option<BuildNeedsLibrary> {
        let row = self.row.filter(|_| !self.libraries.is_empty())?;
        // With the compiler, if that is missing too: one line does all.
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
            // Where nothing can be run, it is built elsewhere in any case.
            fails: self.hard && row.verified && place.shell,
        })
    }

    fn unknown(&self, source: &SourceDistribution, place: &BuildPlace) -> Option<(Undetermined, String)> {
        let why = self.why.clone().filter(|_| !self.unknown.is_empty())?;
        let rule = Undetermined::BuildNeeds {
            project: source.project.clone(),
            version: source.version.clone(),
            needs: self.unknown.clone(),
            place: place.name.clone(),
            why: why.clone(),
        };
        Some((rule, why))
    }
}

/// What installs packages in a place.
fn remedy(place: &BuildPlace, packages: Vec<String>, verified: bool) -> BuildRemedy {
    let mut line = InstallLine::of_packages(place.package_manager, packages);
    line.verified = verified;
    BuildRemedy { line, installs: place.shell && place.package_manager != PackageManager::None }
}

/// A language by the name that the table gives it.
fn language(name: &str) -> Option<Language> {
    [Language::C, Language::Cpp, Language::Cython, Language::Fortran, Language::Rust]
        .into_iter()
        .find(|language| language.as_str() == name)
}

fn is_headers(tool: &str) -> bool {
    tool.ends_with("-headers")
}

/// The tools that sources in these languages are built with. None is known for Zig and CUDA, whose compilers no
/// distribution has under one name.
fn tools(languages: Languages) -> BTreeSet<&'static str> {
    let mut tools = BTreeSet::new();
    for language in languages.iter() {
        match language {
            Language::Cpp => tools.extend(["c++", "libc-headers", "python-headers"]),
            Language::Fortran => tools.extend(["fortran", "libc-headers"]),
            // The Rust compiler links with the C compiler, and needs what libc has for linking.
            Language::Rust => tools.extend(["rust", "c", "libc-headers"]),
            Language::Go => tools.extend(["go", "c", "libc-headers"]),
            Language::Zig | Language::Cuda => {}
            _ => tools.extend(["c", "libc-headers", "python-headers"]),
        }
    }
    // What is compiled in a language that nobody has seen is C as a rule.
    if languages.is_empty() {
        tools.extend(["c", "libc-headers", "python-headers"]);
    }
    tools
}
