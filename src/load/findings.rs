//! From faults to findings: one for each wheel and sort of fault.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::gate::{Code, Finding, Level};
use crate::image::InstallLine;
use crate::policy::{MuslSymbols, loader_facts};
use crate::target::Target;

use super::faults::{Fault, FaultKind, Rules};
use super::layout::{Layout, Role};
use super::place::{Installed, Place};
use super::summary::Loading;
use super::walk::{Walk, walk};

/// Names in one sentence; the evidence has them all.
const MOST_NAMES: usize = 8;

/// How sure it is that somebody opens a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Nothing that is known opens it: plugins, alternatives.
    Optional,
    /// Python code of the wheel opens one or several such files, perhaps not all.
    Likely,
    /// An import, a script, or the only library of a wheel without modules.
    Required,
}

impl Weight {
    fn level(self) -> Level {
        match self {
            Self::Optional => Level::Allow,
            Self::Likely => Level::Warn,
            Self::Required => Level::Deny,
        }
    }
}

/// A file from which loading starts.
struct Root {
    at: usize,
    weight: Weight,
    opener: Opener,
}

/// What does not work if a file cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Opener {
    Module(String),
    Library(String),
    Program(String),
    Part(String),
}

impl Opener {
    fn name(&self) -> &str {
        match self {
            Self::Module(name) | Self::Library(name) | Self::Program(name) | Self::Part(name) => name,
        }
    }
}

/// Judges all wheels.
pub(super) fn of(layout: &Layout<'_>, wheels: &[Installed<'_>], target: &Target, place: &Place) -> Loading {
    let rules = Rules::new(target, place);
    let native: HashSet<usize> =
        layout.files.iter().filter(|file| file.role != Role::Nothing).map(|file| file.wheel).collect();
    let mut loading = Loading { wheels: wheels.len(), native: native.len(), ..Loading::default() };
    let mut gathered = Gathered::default();
    let step = |at: usize| walk(layout, at, rules.family(), &place.libraries);

    let mut reached: HashSet<usize> = HashSet::new();
    let mut served: HashSet<usize> = HashSet::new();
    let mut judge = |root: Root, walk: &Walk<'_>| {
        // A program's stack is the kernel's business, and so is what it loads.
        let module = !matches!(root.opener, Opener::Program(_));
        gathered.add(layout, &root, rules.faults(layout, walk, module));
    };
    for (at, file) in layout.files.iter().enumerate() {
        let (weight, opener) = match &file.role {
            Role::Module(name) => (Weight::Required, Opener::Module(name.clone())),
            // Scripts are what such a wheel is for; a program within a package is one of its tools.
            Role::Program if is_script(&file.member.path) => {
                (Weight::Required, Opener::Program(file.member.name().to_owned()))
            }
            Role::Program => (Weight::Likely, Opener::Program(file.member.path.clone())),
            _ => continue,
        };
        let walk = step(at);
        reached.extend(walk.files.iter().copied());
        served.extend(walk.files.iter().filter_map(|&at| layout.files.get(at)).map(|file| file.group));
        judge(Root { at, weight, opener }, &walk);
    }
    // Wheels without any module that others load: Python code opens their libraries.
    let needed = layout.needed_names();
    let mut free: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, file) in layout.files.iter().enumerate() {
        let named = needed.contains(file.member.name())
            || file.elf().soname.as_deref().is_some_and(|soname| needed.contains(soname));
        if file.role == Role::Library && !served.contains(&file.group) && !named {
            free.entry(file.group).or_default().push(at);
        }
    }
    for roots in free.into_values() {
        let weight = if roots.len() == 1 { Weight::Required } else { Weight::Likely };
        for at in roots {
            let Some(file) = layout.files.get(at) else { continue };
            let walk = step(at);
            reached.extend(walk.files.iter().copied());
            judge(Root { at, weight, opener: Opener::Library(file.member.path.clone()) }, &walk);
        }
    }
    for (at, file) in layout.files.iter().enumerate() {
        if file.role == Role::Library && !reached.contains(&at) {
            let opener = Opener::Part(file.member.path.clone());
            judge(Root { at, weight: Weight::Optional, opener }, &step(at));
        }
    }
    gathered.tell(layout, wheels, &rules, place, &mut loading);
    loading
}

/// `NAME.data/scripts/` of a wheel, `bin/` of an environment.
fn is_script(path: &str) -> bool {
    let mut parts = path.split('/');
    matches!((parts.next(), parts.next()), (Some(data), Some("scripts")) if data.ends_with(".data"))
        || path.strip_prefix("bin/").is_some_and(|rest| !rest.contains('/'))
}

/// Faults of one sort in one wheel.
type Key = (usize, Weight, Sort);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Family,
    Missing,
    TooOld,
    Symbol,
    Relr,
    Stack,
    Dependency,
    Elsewhere,
}

#[derive(Default)]
struct Sorted {
    openers: BTreeSet<Opener>,
    faults: Vec<Fault>,
}

#[derive(Default)]
struct Gathered {
    sorts: BTreeMap<Key, Sorted>,
    /// What was told at a weight is not told again at a lower one.
    told: HashSet<(usize, String)>,
    /// Library, why it is not known, wheels.
    unknown: BTreeMap<String, (String, BTreeSet<usize>)>,
    /// Library and node, wheels.
    unknown_nodes: BTreeMap<(String, String), BTreeSet<usize>>,
}

impl Gathered {
    fn add(&mut self, layout: &Layout<'_>, root: &Root, faults: Vec<Fault>) {
        let Some(wheel) = layout.files.get(root.at).map(|file| file.wheel) else { return };
        for fault in faults {
            let sort = match &fault.kind {
                FaultKind::Family(_) => Sort::Family,
                FaultKind::Missing { .. } => Sort::Missing,
                FaultKind::Dependency { .. } => Sort::Dependency,
                FaultKind::Elsewhere { .. } => Sort::Elsewhere,
                FaultKind::TooOld { .. } => Sort::TooOld,
                FaultKind::Symbol { .. } => Sort::Symbol,
                FaultKind::Relr { .. } => Sort::Relr,
                FaultKind::Stack => Sort::Stack,
                FaultKind::Unknown { library, why } => {
                    if root.weight > Weight::Optional {
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
            if root.weight == Weight::Optional {
                if self.told.contains(&(fault.by, what)) {
                    continue;
                }
            } else {
                self.told.insert((fault.by, what));
            }
            let sorted = self.sorts.entry((wheel, root.weight, sort)).or_default();
            sorted.openers.insert(root.opener.clone());
            if !sorted.faults.contains(&fault) {
                sorted.faults.push(fault);
            }
        }
    }

    fn tell(
        self,
        layout: &Layout<'_>,
        wheels: &[Installed<'_>],
        rules: &Rules<'_>,
        place: &Place,
        loading: &mut Loading,
    ) {
        for (&(wheel, weight, sort), sorted) in &self.sorts {
            let teller = Teller { layout, wheels, rules, place, wheel, weight, sorted };
            let Some(finding) = teller.finding(sort) else { continue };
            if sort == Sort::Missing && weight > Weight::Optional {
                loading.lacking.extend(finding.evidence.libraries.iter().cloned());
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
            let mut finding = Finding::new(Code::named("undetermined"), message);
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
            let mut finding = Finding::new(Code::named("undetermined"), message);
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
    weight: Weight,
    sorted: &'t Sorted,
}

impl Teller<'_> {
    fn finding(&self, sort: Sort) -> Option<Finding> {
        let (code, why, help) = match sort {
            Sort::Family => ("libc-family-mismatch", self.family()?, None),
            Sort::Missing => ("missing-library", self.missing("the image lacks"), self.install_help()),
            Sort::Dependency => (
                "missing-library",
                self.missing("unless a wheel it depends on brings it, the image lacks"),
                self.install_help(),
            ),
            Sort::Elsewhere => ("runpath-not-inherited", self.elsewhere()?, None),
            Sort::TooOld => (
                "library-too-old",
                self.too_old(),
                Some("take a base image of a newer release, or an older release of the project".to_owned()),
            ),
            Sort::Symbol => ("musl-symbol-missing", self.symbols(), self.symbol_help()),
            Sort::Relr => ("musl-relr-unsupported", self.relr(), self.relr_help()),
            Sort::Stack => (
                "executable-stack",
                self.stacks(),
                Some(
                    "take another release of the project, an image with an older glibc, or clear the flag after \
                     installing with `patchelf --clear-execstack`"
                        .to_owned(),
                ),
            ),
        };
        let verb = if sort == Sort::Relr { Verb::Crashes } else { Verb::Fails };
        let message = match sort {
            Sort::Elsewhere => why,
            _ => format!("{}: {why}", self.subject(verb)),
        };
        // What nothing opens has a code of its own, so that a level set for the others does not reach it.
        let code = if self.weight == Weight::Optional { "optional-part-fails" } else { code };
        let mut finding = Finding::new(Code::named(code), message);
        finding.project = self.wheels.get(self.wheel).map(|one| one.project.clone());
        finding.help = help;
        let sure = self.sorted.faults.iter().any(|fault| match &fault.kind {
            FaultKind::Symbol { sure, .. } | FaultKind::Relr { sure } => *sure,
            FaultKind::Dependency { .. } => false,
            _ => true,
        });
        let level = if sure { self.weight.level() } else { self.weight.level().min(Level::Warn) };
        finding.level = Some(if sort == Sort::Elsewhere { Level::Allow } else { level });
        let mut members: Vec<String> = Vec::new();
        for fault in &self.sorted.faults {
            let path = self.path(fault.by);
            if !members.contains(&path) {
                members.push(path);
            }
        }
        finding.member = (!members.is_empty()).then(|| members.remove(0));
        finding.evidence.more_members = members;
        finding.evidence.modules =
            self.sorted.openers.iter().map(|opener| opener.name().to_owned()).collect();
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

    /// What does not work.
    fn subject(&self, verb: Verb) -> String {
        let openers = &self.sorted.openers;
        let Some(first) = openers.iter().min_by_key(|opener| {
            (
                opener.name().matches(['.', '/']).count(),
                opener.name().contains("._"),
                opener.name().to_owned(),
            )
        }) else {
            return String::new();
        };
        let more = openers.len() - 1;
        let one = verb.of(1);
        let many = verb.of(2);
        match (first, more) {
            (Opener::Module(name), 0) => format!("`import {name}` {one}"),
            (Opener::Module(name), more) => {
                format!("`import {name}` and {} {many}", counted(more, "other import"))
            }
            (Opener::Library(path), more) => {
                let package = path.split('/').next().filter(|_| path.contains('/')).unwrap_or_default();
                let likely = if package.is_empty() || package.contains(['.', '-']) {
                    String::new()
                } else {
                    format!(", and with it most likely `import {package}`")
                };
                match more {
                    0 => format!("loading `{path}` {one}{likely}"),
                    more => format!("loading `{path}` and {} {many}{likely}", counted(more, "other library")),
                }
            }
            (Opener::Program(path), 0) => format!("running `{path}` {one}"),
            (Opener::Program(path), more) => {
                format!("running `{path}` and {} {many}", counted(more, "other program"))
            }
            (Opener::Part(path), 0) => format!("`{path}`, which no module loads, {one}"),
            (Opener::Part(path), more) => {
                format!("`{path}` and {}, which no module loads, {many}", counted(more, "other file"))
            }
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
        let named = openers.first().filter(|_| openers.len() == 1).map(Opener::name);
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

    fn elsewhere(&self) -> Option<String> {
        let all = self.sorted.faults.iter().filter_map(|fault| match &fault.kind {
            FaultKind::Elsewhere { library, file } => Some((library, *file)),
            _ => None,
        });
        let (library, file) = all.clone().next()?;
        let more = all.map(|(library, _)| library).collect::<BTreeSet<_>>().len().saturating_sub(1);
        let rest = if more == 0 { String::new() } else { format!(" (and {more} like it)") };
        Some(format!(
            "{} needs `{library}`, and no search path leads to `{}`: it loads only after something has loaded \
             that{rest}",
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
        parts.push(format!("which package brings {} is not known here", listed(&line.unknown)));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// `one other file`, `3 other files`
fn counted(count: usize, one: &str) -> String {
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
