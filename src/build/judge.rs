//! What source distributions lack where they are built.

use std::collections::BTreeSet;

use crate::findings::{Code, Finding, Level};
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
        if let Some(finding) = lacks.compiler(source, place) {
            building.lacking.insert(source.project.clone());
            building.findings.push(finding);
        }
        if let Some(finding) = lacks.library(source, place) {
            building.lacking.insert(source.project.clone());
            if finding.level() == Level::Deny {
                building.failing.insert(source.project.clone());
            }
            building.findings.push(finding);
        }
        if let Some((finding, why)) = lacks.unknown(source, place) {
            building.undetermined.get_or_insert(why);
            building.findings.push(finding);
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
    fn compiler(&self, source: &SourceDistribution, place: &BuildPlace) -> Option<Finding> {
        if self.tools.is_empty() {
            return None;
        }
        let SourceDistribution { project, version, .. } = source;
        let missing: Vec<&str> = self
            .tools
            .iter()
            // Headers of libc and Python are told where the compiler itself is there.
            .filter(|name| !is_headers(name) || self.tools.iter().all(|name| is_headers(name)))
            .filter_map(|name| table::tool(name).map(|tool| tool.says.as_str()))
            .collect();
        let written = match self.languages.is_empty() {
            false => format!("{project} {version} holds {} code", self.languages),
            true => format!("{project} {version} is compiled, as its wheels for other platforms show"),
        };
        let message = format!("{written}, and {} has no {}", place.name, alternatives(&missing));
        let mut finding = Finding::new(Code::CompilerMissing, message);
        finding.project = Some(project.clone());
        let line = InstallLine::of_packages(place.package_manager, self.tool_packages.clone());
        let mut help = help(&line, place, false);
        if self.languages.is_empty() && line.command.is_some() {
            help.push_str(", if it is C; --inspect reads the archive and tells the language");
        }
        finding.help = Some(help);
        finding.evidence.symbol = (!self.languages.is_empty()).then(|| self.languages.to_string());
        finding.evidence.packages.clone_from(&line.packages);
        finding.evidence.install = line.command;
        Some(finding)
    }

    /// The finding about headers and programs of the system.
    fn library(&self, source: &SourceDistribution, place: &BuildPlace) -> Option<Finding> {
        let row = self.row.filter(|_| !self.libraries.is_empty())?;
        let SourceDistribution { project, version, .. } = source;
        let message = format!(
            "building {project} {version} needs {}, which {} does not have",
            joined(&self.libraries),
            place.name
        );
        let mut finding = Finding::new(Code::BuildNeedsLibrary, message);
        finding.project = Some(project.clone());
        // Where nothing can be run, it is built elsewhere in any case.
        let fails = self.hard && row.verified && place.shell;
        finding.level = Some(if fails { Level::Deny } else { Level::Warn });
        // With the compiler, if that is missing too: one line does all.
        let packages = self.tool_packages.iter().chain(&self.library_packages).cloned().collect();
        let line = InstallLine::of_packages(place.package_manager, packages);
        let mut help = help(&line, place, self.unverified);
        for more in [&row.instead, &row.note].into_iter().flatten() {
            help.push_str("; ");
            help.push_str(more);
        }
        finding.help = Some(help);
        finding.evidence.symbol = Some(row.source.clone());
        finding.evidence.packages.clone_from(&line.packages);
        finding.evidence.install = line.command;
        Some(finding)
    }

    fn unknown(&self, source: &SourceDistribution, place: &BuildPlace) -> Option<(Finding, String)> {
        let why = self.why.clone().filter(|_| !self.unknown.is_empty())?;
        let message = format!(
            "building {} {} needs {}, and whether {} has that is not known: {why}",
            source.project,
            source.version,
            joined(&self.unknown),
            place.name
        );
        let mut finding = Finding::new(Code::Undetermined, message);
        finding.project = Some(source.project.clone());
        Some((finding, why))
    }
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

/// What to do: the line that installs it, or where nothing can be installed, where to build.
fn help(line: &InstallLine, place: &BuildPlace, doubt: bool) -> String {
    match &line.command {
        Some(command) if place.shell => {
            let doubt = if doubt { " (package names not verified)" } else { "" };
            format!("`{command}`{doubt} before installing, or build in another stage and copy the result")
        }
        _ if !place.shell || place.package_manager == PackageManager::None => {
            "nothing can be installed in this image: build in another stage, whose Python is of the same minor version \
             and whose C library is no newer, and copy the result"
                .to_owned()
        }
        _ => "install it before, or build in another stage and copy the result".to_owned(),
    }
}

/// `C or C++ compiler and no Rust compiler`, after "no".
fn alternatives(names: &[&str]) -> String {
    let both = ["C compiler", "C++ compiler"];
    if both.iter().all(|one| names.contains(one)) {
        let others = names.iter().filter(|name| !both.contains(name)).copied();
        return std::iter::once("C or C++ compiler").chain(others).collect::<Vec<_>>().join(" and no ");
    }
    names.join(" and no ")
}

fn joined(texts: &[String]) -> String {
    match texts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
