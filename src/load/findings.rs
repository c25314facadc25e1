//! From faults to findings: one for each wheel and sort of fault.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::findings::{Code, Finding, Level};
use crate::image::InstallLine;
use crate::imports::How;
use crate::policy::{MuslSymbols, loader_facts};

use super::faults::{Fault, FaultKind, First, Rules};
use super::layout::Layout;
use super::place::{Installed, Place};
use super::summary::{Loading, Want};
use super::weigh::{Kind, Opener, Root, Weight};

/// Names in one sentence; the evidence has them all.
const MOST_NAMES: usize = 8;

/// Faults of one sort in one group of files of one wheel.
type Key = (usize, usize, Weight, Sort);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Family,
    Missing,
    TooOld,
    Symbol,
    Relr,
    Stack,
    Dependency,
    /// A library that a search path does not lead to, and that nothing loads before.
    NotFound,
    /// The same, and something may load it before.
    Elsewhere,
    /// The same, and something does.
    Preloaded,
}

#[derive(Default)]
struct Sorted {
    openers: BTreeSet<Opener>,
    faults: Vec<Fault>,
}

#[derive(Default)]
pub(super) struct Gathered {
    sorts: BTreeMap<Key, Sorted>,
    /// What was told at a weight is not told again at a lower one.
    told: HashSet<(usize, String)>,
    /// What makes the import of a group fail is not told of each of its other modules.
    of_import: HashSet<(usize, FaultKind)>,
    /// Library, why it is not known, wheels.
    unknown: BTreeMap<String, (String, BTreeSet<usize>)>,
    /// Library and node, wheels.
    unknown_nodes: BTreeMap<(String, String), BTreeSet<usize>>,
}

impl Gathered {
    /// Takes roots, the weightiest first.
    pub(super) fn add(
        &mut self,
        layout: &Layout<'_>,
        wheels: &[Installed<'_>],
        weight: Weight,
        root: Root,
        opener: &Opener,
    ) {
        let Some(file) = layout.files.get(root.at) else { return };
        let (wheel, group) = (file.wheel, file.group);
        let imports = wheels.get(wheel).and_then(|one| one.imports);
        let opens = imports
            .is_some_and(|imports| imports.unread > 0 || imports.opens(file.package.as_deref()).is_some());
        for fault in root.faults {
            let sort = match &fault.kind {
                FaultKind::Family(_) => Sort::Family,
                FaultKind::Missing { .. } => Sort::Missing,
                FaultKind::Dependency { .. } => Sort::Dependency,
                FaultKind::Elsewhere { first: First::Dependency | First::Sibling(_, true), .. } => {
                    Sort::Preloaded
                }
                FaultKind::Elsewhere { first: First::Nobody, .. } if imports.is_some() && !opens => {
                    Sort::NotFound
                }
                FaultKind::Elsewhere { .. } => Sort::Elsewhere,
                FaultKind::TooOld { .. } => Sort::TooOld,
                FaultKind::Symbol { .. } => Sort::Symbol,
                FaultKind::Relr { .. } => Sort::Relr,
                FaultKind::Stack => Sort::Stack,
                FaultKind::Unknown { library, why } => {
                    if weight > Weight::Optional {
                        let entry =
                            self.unknown.entry(library.clone()).or_insert((why.clone(), BTreeSet::new()));
                        entry.1.insert(wheel);
                    }
                    continue;
                }
                FaultKind::UnknownNode { library, node } => {
                    self.unknown_nodes.entry((library.clone(), node.clone())).or_default().insert(wheel);
                    continue;
                }
            };
            let what = format!("{:?}", fault.kind);
            if weight == Weight::Optional {
                if self.told.contains(&(fault.by, what)) {
                    continue;
                }
            } else {
                self.told.insert((fault.by, what));
            }
            if root.kind == Kind::Module {
                if weight == Weight::Required {
                    self.of_import.insert((group, fault.kind.clone()));
                } else if self.of_import.contains(&(group, fault.kind.clone())) {
                    continue;
                }
            }
            let sorted = self.sorts.entry((wheel, group, weight, sort)).or_default();
            sorted.openers.insert(opener.clone());
            if !sorted.faults.contains(&fault) {
                sorted.faults.push(fault);
            }
        }
    }

    pub(super) fn tell(
        self,
        layout: &Layout<'_>,
        wheels: &[Installed<'_>],
        rules: &Rules<'_>,
        place: &Place,
        loading: &mut Loading,
    ) {
        for (&(wheel, group, weight, sort), sorted) in &self.sorts {
            let package =
                layout.files.iter().find(|file| file.group == group).and_then(|file| file.package.as_deref());
            let teller = Teller { layout, wheels, rules, place, wheel, package, weight, sorted };
            let Some(finding) = teller.finding(sort) else { continue };
            if sort == Sort::Missing && weight > Weight::Optional {
                loading.lacking.extend(finding.evidence.libraries.iter().cloned());
                let libraries = finding.evidence.libraries.clone();
                loading.wanted.push(Want {
                    libraries,
                    packages: Vec::new(),
                    all: weight == Weight::Required,
                });
            }
            if finding.level() == Level::Warn {
                loading.doubtful.extend(finding.project.clone());
            }
            loading.findings.push(finding);
        }
        let names = |of: &BTreeSet<usize>| -> Vec<String> {
            of.iter().filter_map(|&at| wheels.get(at)).map(|one| one.project.to_string()).collect()
        };
        if let Some((why, _)) = self.unknown.values().next() {
            let all: BTreeSet<usize> = self.unknown.values().flat_map(|(_, of)| of.iter().copied()).collect();
            let libraries: Vec<String> = self.unknown.keys().cloned().collect();
            let message = format!(
                "whether the image has {} is not known: {why}; needed by {}",
                listed(&libraries),
                names(&all).join(", ")
            );
            let mut finding = Finding::new(Code::Undetermined, message);
            finding.help = Some(
                "name an image whose libraries are known, or read the real one (`docker://`, `oci:`, `dir:`)"
                    .to_owned(),
            );
            finding.evidence.library = libraries.first().cloned();
            finding.evidence.libraries = libraries;
            loading.undetermined = Some(why.clone());
            loading.findings.push(finding);
        }
        if !self.unknown_nodes.is_empty() {
            let all: BTreeSet<usize> = self.unknown_nodes.values().flatten().copied().collect();
            let nodes: Vec<String> =
                self.unknown_nodes.keys().map(|(library, node)| format!("{node} of {library}")).collect();
            let message = format!(
                "whether the image's libraries define {} is not known; needed by {}",
                listed(&nodes),
                names(&all).join(", ")
            );
            let mut finding = Finding::new(Code::Undetermined, message);
            finding.level = Some(Level::Allow);
            loading.findings.push(finding);
        }
    }
}

/// Everything one finding is made of.
struct Teller<'t> {
    layout: &'t Layout<'t>,
    wheels: &'t [Installed<'t>],
    rules: &'t Rules<'t>,
    place: &'t Place,
    wheel: usize,
    /// In a directory, the top-level package.
    package: Option<&'t str>,
    weight: Weight,
    sorted: &'t Sorted,
}

impl Teller<'_> {
    fn finding(&self, sort: Sort) -> Option<Finding> {
        let (code, why, help) = match sort {
            Sort::Family => (Code::LibcFamilyMismatch, self.family()?, None),
            Sort::Missing => (Code::MissingLibrary, self.missing("the image lacks"), self.install_help()),
            Sort::Dependency => (
                Code::MissingLibrary,
                self.missing("unless a wheel it depends on brings it, the image lacks"),
                match self.install().command {
                    Some(_) => self.install_help(),
                    None => Some("judge it together with what it depends on".to_owned()),
                },
            ),
            Sort::NotFound | Sort::Elsewhere | Sort::Preloaded => {
                (Code::RunpathNotInherited, self.elsewhere(sort)?, None)
            }
            Sort::TooOld => (
                Code::LibraryTooOld,
                self.too_old(),
                Some("take a base image of a newer release, or an older release of the project".to_owned()),
            ),
            Sort::Symbol => (Code::MuslSymbolMissing, self.symbols(), self.symbol_help()),
            Sort::Relr => (Code::MuslRelrUnsupported, self.relr(), self.relr_help()),
            Sort::Stack => (
                Code::ExecutableStack,
                self.stacks(),
                Some(
                    "take another release of the project, an image with an older glibc, or clear the flag after \
                     installing with `patchelf --clear-execstack`"
                        .to_owned(),
                ),
            ),
        };
        let verb = if sort == Sort::Relr { Verb::Crashes } else { Verb::Fails };
        let by_path = matches!(sort, Sort::Elsewhere | Sort::Preloaded);
        let message = match by_path {
            true => why,
            false => format!("{}: {why}", self.subject(verb)),
        };
        // What nothing opens has a code of its own, so that a level set for the others does not reach it.
        let code = if self.weight == Weight::Optional && !by_path { Code::OptionalPartFails } else { code };
        let mut finding = Finding::new(code, message);
        finding.project = self.wheels.get(self.wheel).map(|one| one.project.clone());
        finding.help = help;
        let sure = self.sorted.faults.iter().any(|fault| match &fault.kind {
            FaultKind::Symbol { sure, .. } | FaultKind::Relr { sure } => *sure,
            FaultKind::Dependency { .. } => false,
            _ => true,
        });
        let level = if sure { self.weight.level() } else { self.weight.level().min(Level::Warn) };
        finding.level = Some(match sort {
            Sort::Preloaded => Level::Allow,
            Sort::Elsewhere if self.may_be_opened() => Level::Allow,
            Sort::Elsewhere => level.min(Level::Warn),
            _ => level,
        });
        let mut members: Vec<String> = Vec::new();
        for fault in &self.sorted.faults {
            let path = self.path(fault.by);
            if !members.contains(&path) {
                members.push(path);
            }
        }
        finding.member = (!members.is_empty()).then(|| members.remove(0));
        finding.evidence.more_members = members;
        let roots = self.import_roots();
        let names = self.sorted.openers.iter().map(|opener| opener.name.clone());
        let rest = names.filter(|name| !roots.contains(name)).collect::<Vec<_>>();
        finding.evidence.modules = roots.into_iter().chain(rest).collect();
        let libraries = self.libraries();
        finding.evidence.library = libraries.first().cloned();
        finding.evidence.symbol = self.sorted.faults.iter().find_map(|fault| match &fault.kind {
            FaultKind::TooOld { node, .. } => Some(node.clone()),
            FaultKind::Symbol { symbol, .. } => Some(symbol.clone()),
            FaultKind::Relr { .. } => Some("DT_RELR".to_owned()),
            FaultKind::Stack => Some("PT_GNU_STACK".to_owned()),
            FaultKind::Family(libc) => Some(libc.as_str().to_owned()),
            _ => None,
        });
        if matches!(sort, Sort::Missing | Sort::Dependency) {
            let line = self.install();
            finding.evidence.packages = line.packages;
            finding.evidence.install = line.command;
        }
        finding.evidence.libraries = libraries;
        Some(finding)
    }

    /// The packages whose import certainly leads to what fails.
    fn import_roots(&self) -> Vec<String> {
        let certain = self.sorted.openers.iter().filter_map(|opener| opener.reached.as_ref());
        let roots = certain.filter(|one| self.weight == Weight::Required && one.how == How::Certain);
        roots.map(|one| folded(&one.root).to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What does not work.
    fn subject(&self, verb: Verb) -> String {
        let openers = &self.sorted.openers;
        let Some(first) = openers.iter().min_by_key(|opener| opener.rank()) else {
            return String::new();
        };
        let name = first.name.as_str();
        let more = openers.len() - 1;
        let does = verb.of(if more == 0 { 1 } else { 2 });
        let same = openers.iter().all(|opener| opener.kind == first.kind);
        let and = |what: &str| match more {
            0 => String::new(),
            more => format!(" and {}", counted(more, if same { what } else { "other file" })),
        };
        let one = verb.of(1);
        let imports = self.wheels.get(self.wheel).and_then(|wheel| wheel.imports);
        let own = match self.package {
            Some(package) => imports
                .is_some_and(|imports| imports.roots.iter().any(|root| root == package))
                .then_some(package),
            None => imports.and_then(|imports| imports.roots.first()).map(String::as_str),
        };
        let hows = || openers.iter().map(|opener| opener.reached.as_ref().map(|reached| reached.how));
        // What runs only under a condition may be part of the import.
        let sparing = hows().all(|how| !matches!(how, Some(How::Maybe | How::Certain)));
        let spared = own.filter(|_| sparing && self.weight == Weight::Likely);
        // Of two files at one path it is not known which stays.
        if openers.iter().any(|opener| opener.contested) {
            let project = self.wheels.get(self.wheel).map(|wheel| wheel.project.to_string());
            return format!(
                "`import {name}`{} {does} if the files of `{}` are those that stay",
                and("other import"),
                project.unwrap_or_default()
            );
        }
        match (first.kind, self.import_roots().first()) {
            (Kind::Module, Some(root)) if root == name && more == 0 => format!("`import {root}` {one}"),
            (Kind::Module, Some(root)) => {
                let others = if root == name {
                    format!("it imports {}", counted(more, "module"))
                } else {
                    format!("it imports `{name}`{}", and("other module"))
                };
                format!("`import {root}` {one}, for {others}")
            }
            (Kind::Library, Some(root)) => format!("`import {root}` {one}, for it opens `{name}`"),
            (Kind::Module, None) => {
                let spared =
                    spared.map_or(String::new(), |root| format!(", though not `import {root}` alone"));
                format!("`import {name}`{} {does}{spared}", and("other import"))
            }
            (Kind::Library, None) => {
                let package = name.split('/').next().filter(|_| name.contains('/')).unwrap_or_default();
                let package =
                    Some(package).filter(|package| !package.is_empty() && !package.contains(['.', '-']));
                let opens = hows().flatten().any(|how| how == How::Guarded);
                let whole = match (spared, package) {
                    (Some(root), _) if !opens => format!(", though not `import {root}` alone"),
                    (None, Some(package)) if imports.is_none() => {
                        format!(", and with it perhaps `import {package}`")
                    }
                    _ => String::new(),
                };
                format!("loading `{name}`{} {does}{whole}", and("other library"))
            }
            (Kind::Program, _) => format!("running `{name}`{} {does}", and("other program")),
            (Kind::Part, _) => format!("`{name}`{}, which no module loads, {does}", and("other file")),
        }
    }

    fn path(&self, at: usize) -> String {
        let Some(file) = self.layout.files.get(at) else { return String::new() };
        match self.wheels.get(file.wheel).filter(|_| file.wheel != self.wheel) {
            Some(other) => format!("{} of {}", file.member.path, other.project),
            None => file.member.path.clone(),
        }
    }

    /// `(needed by ...)`
    fn by(&self) -> String {
        let mut paths: Vec<String> = self.sorted.faults.iter().map(|fault| self.path(fault.by)).collect();
        let mut seen = HashSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        let more = paths.len().saturating_sub(1);
        match (paths.first(), more) {
            (Some(first), 0) => format!("`{first}`"),
            (Some(first), more) => format!("`{first}` and {}", counted(more, "other file")),
            (None, _) => String::new(),
        }
    }

    fn libraries(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for fault in &self.sorted.faults {
            if let FaultKind::Missing { library }
            | FaultKind::Dependency { library }
            | FaultKind::Elsewhere { library, .. }
            | FaultKind::TooOld { library, .. } = &fault.kind
                && !all.contains(library)
            {
                all.push(library.clone());
            }
        }
        all
    }

    fn missing(&self, lacks: &str) -> String {
        let lacking = format!("{lacks} {}", listed(&self.libraries()));
        // Where the file that fails is the one that needs it, it has been named.
        let openers = &self.sorted.openers;
        let named = openers.first().filter(|_| openers.len() == 1).map(|opener| opener.name.as_str());
        let mut needing = self.sorted.faults.iter().map(|fault| self.path(fault.by));
        match needing.all(|path| Some(path.as_str()) == named) {
            true => lacking,
            false => format!("{lacking} (needed by {})", self.by()),
        }
    }

    fn install(&self) -> InstallLine {
        let libraries = self.libraries();
        self.place.install_line(libraries.iter().map(String::as_str))
    }

    fn install_help(&self) -> Option<String> {
        install_help(&self.install(), self.place)
    }

    fn family(&self) -> Option<String> {
        let libc = self.sorted.faults.iter().find_map(|fault| match fault.kind {
            FaultKind::Family(libc) => Some(libc),
            _ => None,
        })?;
        Some(format!("{} is linked for {libc}, and the image has {}", self.by(), self.rules.libc_text()))
    }

    /// Whether Python code that runs with the import opens libraries of the wheel, or a script that starts a program
    /// may name their directory (`LD_LIBRARY_PATH`).
    fn may_be_opened(&self) -> bool {
        let imports = self.wheels.get(self.wheel).and_then(|wheel| wheel.imports);
        let opens = imports.and_then(|imports| imports.opens(self.package));
        let program = |opener: &Opener| opener.kind == Kind::Program && self.weight < Weight::Required;
        let apart = |fault: &Fault| matches!(fault.kind, FaultKind::Elsewhere { first: First::Apart, .. });
        opens.is_some_and(|opens| opens.how < How::Lazy) && !self.sorted.faults.iter().any(apart)
            || self.sorted.openers.iter().all(program)
    }

    fn elsewhere(&self, sort: Sort) -> Option<String> {
        let all = self.sorted.faults.iter().filter_map(|fault| match &fault.kind {
            FaultKind::Elsewhere { library, file, .. } => Some((library, *file)),
            _ => None,
        });
        let (library, file) = all.clone().next()?;
        let more = all.map(|(library, _)| library).collect::<BTreeSet<_>>().len().saturating_sub(1);
        let rest = if more == 0 { String::new() } else { format!(" (and {more} like it)") };
        let by = self.sorted.faults.iter().map(|fault| fault.by).collect::<BTreeSet<_>>().len();
        let need = if by == 1 { "needs" } else { "need" };
        let before = match sort {
            Sort::NotFound => "which nothing loads before",
            Sort::Preloaded => "which is loaded before",
            _ if self.sorted.openers.iter().all(|opener| opener.kind == Kind::Program) => {
                "so that it runs only where `LD_LIBRARY_PATH` does"
            }
            _ if by == 1 => "so that it loads only after something has loaded that",
            _ => "so that they load only after something has loaded that",
        };
        Some(format!(
            "{} {need} `{library}`, and no search path leads to `{}`, {before}{rest}",
            self.by(),
            self.path(file)
        ))
    }

    fn too_old(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for library in self.libraries() {
            let nodes = self.sorted.faults.iter().filter_map(|fault| match &fault.kind {
                FaultKind::TooOld { library: one, node, newest, in_wheel } if *one == library => {
                    Some((node, newest, in_wheel))
                }
                _ => None,
            });
            let mut names: Vec<String> = nodes.clone().map(|(node, ..)| node.clone()).collect();
            names.sort();
            names.dedup();
            let Some((_, newest, in_wheel)) = nodes.clone().next() else { continue };
            let whose = match in_wheel {
                Some(file) => format!("`{}`", self.path(*file)),
                None => format!("the image's `{library}`"),
            };
            let ends = newest.as_ref().map_or(String::new(), |newest| format!(", which ends with {newest}"));
            parts.push(format!("{} is not in {whose}{ends}", listed_plain(&names)));
        }
        format!("{} (needed by {})", parts.join("; "), self.by())
    }

    fn symbols(&self) -> String {
        let mut never: Vec<String> = Vec::new();
        let mut later: Vec<(String, String)> = Vec::new();
        for fault in &self.sorted.faults {
            match &fault.kind {
                FaultKind::Symbol { symbol, first: Some(first), .. } => {
                    later.push((first.to_string(), symbol.clone()));
                }
                FaultKind::Symbol { symbol, .. } if !never.contains(symbol) => never.push(symbol.clone()),
                _ => {}
            }
        }
        let mut parts = Vec::new();
        if !never.is_empty() {
            parts.push(format!("no musl release and nothing that is loaded has {}", listed(&never)));
        }
        later.sort();
        later.dedup();
        if let Some((newest, _)) = later.last() {
            let symbols: Vec<String> = later.iter().map(|(_, symbol)| symbol.clone()).collect();
            parts.push(format!(
                "{} came with musl {newest}{}, and the image has {}",
                listed(&symbols),
                if later.first().is_some_and(|(first, _)| first != newest) { " or before" } else { "" },
                self.rules.libc_text()
            ));
        }
        format!("{} (needed by {})", parts.join("; "), self.by())
    }

    fn symbol_help(&self) -> Option<String> {
        let newest = self.sorted.faults.iter().map(|fault| match &fault.kind {
            FaultKind::Symbol { first, .. } => *first,
            _ => None,
        });
        let newest: Option<Vec<_>> = newest.collect();
        Some(match newest.and_then(|all| all.into_iter().max()) {
            Some(release) => format!("use a base image with musl {release} or newer"),
            None => "the wheel loads on no musl: take another release of the project, build from source, or use a \
                     base image with glibc"
                .to_owned(),
        })
    }

    fn relr(&self) -> String {
        let since = MuslSymbols::table().relr_since();
        let files: BTreeSet<usize> = self.sorted.faults.iter().map(|fault| fault.by).collect();
        let who = match files.len() {
            1 => format!("{} has", self.by()),
            _ => format!("{} have", self.by()),
        };
        let sure =
            self.sorted.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Relr { sure: true }));
        let whose = if sure { "" } else { " of an unknown patch release" };
        format!(
            "{who} packed relative relocations (DT_RELR), which musl applies since {since}, and the image has {}{whose}",
            self.rules.libc_text()
        )
    }

    fn relr_help(&self) -> Option<String> {
        let since = MuslSymbols::table().relr_since();
        Some(format!("use a base image with musl {since} or newer, or build from source"))
    }

    fn stacks(&self) -> String {
        let (major, minor) = loader_facts().stack_refused_since;
        format!(
            "{} asks for an executable stack, which glibc {major}.{minor} and newer refuse; the image has {}",
            self.by(),
            self.rules.libc_text()
        )
    }
}

/// A module of its package's name is all that such a package wraps: `demo.demo` is told as `demo`.
fn folded(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((package, last)) if package.rsplit('.').next() == Some(last) => package,
        _ => name,
    }
}

#[derive(Clone, Copy)]
enum Verb {
    Fails,
    Crashes,
}

impl Verb {
    fn of(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::Fails, 1) => "fails",
            (Self::Fails, _) => "fail",
            (Self::Crashes, 1) => "crashes",
            (Self::Crashes, _) => "crash",
        }
    }
}

/// What to do about libraries that are not there.
pub(super) fn install_help(line: &InstallLine, place: &Place) -> Option<String> {
    use crate::image::PackageManager;

    let mut parts = Vec::new();
    match &line.command {
        Some(command) => {
            let doubt = if line.verified { "" } else { " (package names not verified)" };
            parts.push(format!("`{command}`{doubt}"));
        }
        None if place.package_manager == PackageManager::None => parts.push(
            "nothing can be installed in this image: copy the libraries from a stage of the same release, or take an \
             image that has them"
                .to_owned(),
        ),
        None => {}
    }
    if !line.not_packaged.is_empty() {
        parts.push(format!("no package of the release brings {}", listed(&line.not_packaged)));
    }
    if !line.unknown.is_empty() && place.package_manager != PackageManager::None {
        // apk records what a package provides as `so:NAME` and takes that name too (apk-tools, `provides`).
        let hint = match (place.package_manager, line.unknown.first()) {
            (PackageManager::Apk, Some(soname)) => {
                format!("; `apk add so:{soname}` finds it if there is one")
            }
            _ => String::new(),
        };
        parts.push(format!("which package brings {} is not known here{hint}", listed(&line.unknown)));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// `one other file`, `3 other files`
pub(super) fn counted(count: usize, one: &str) -> String {
    match (count, one.strip_suffix('y')) {
        (1, _) => format!("1 {one}"),
        (count, Some(stem)) => format!("{count} {stem}ies"),
        (count, None) => format!("{count} {one}s"),
    }
}

/// Names in backquotes, the first few of them.
pub(super) fn listed(names: &[String]) -> String {
    cut(names.iter().map(|name| format!("`{name}`")).collect())
}

fn listed_plain(names: &[String]) -> String {
    cut(names.to_vec())
}

fn cut(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    match more {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
