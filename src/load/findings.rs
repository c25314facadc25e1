//! From faults to findings: one for each group of files of a wheel, certainty and symptom.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::findings::{
    Affected, Certainty, Detail, ExecutableStack, Finding, Level, LibcFamilyMismatch, LibraryTooOld,
    LibraryVersion, LoadedBefore, MissingLibrary, MissingSymbol, MuslRelrUnsupported, MuslSymbolMissing,
    OldLibrary, Opener, OpenerKind, OptionalPartFails, PartFailure, RunpathNotInherited, Undetermined,
    UnknownCause,
};
use crate::imports::How;
use crate::name::ProjectName;
use crate::target::Target;

use super::environment::{InstalledWheel, LoaderEnvironment};
use super::faults::{EarlierLoad, Fault, FaultKind};
use super::layout::Layout;
use super::roots::Root;
use super::summary::{Loading, WantedInstall};

/// The wheel, the group of files, the certainty and the symptom.
type Key = (usize, usize, Certainty, Symptom);

/// The symptoms, in the order in which they are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Symptom {
    Family,
    Missing,
    TooOld,
    Symbol,
    Relr,
    Stack,
    /// A library is missing, and a wheel that was not read may contain it.
    Dependency,
    /// A library is not on any search path, and nothing loads it before.
    NotFound,
    /// The same, but something may load it before.
    Elsewhere,
    /// The same, but something loads it before.
    Preloaded,
}

/// Faults of one key, and the openers of their files.
#[derive(Default)]
struct Group {
    openers: BTreeSet<Opener>,
    faults: Vec<Fault>,
}

#[derive(Default)]
pub(super) struct Gathered {
    groups: BTreeMap<Key, Group>,
    /// Faults of files that are opened are not reported again for optional parts.
    reported: HashSet<Fault>,
    /// A fault that makes the import of a group fail is not reported again for its other modules.
    of_import: HashSet<(usize, FaultKind)>,
    /// Library, why it is unknown, wheels.
    unknown: BTreeMap<String, (String, BTreeSet<usize>)>,
    /// Library and node, wheels.
    unknown_nodes: BTreeMap<(String, String), BTreeSet<usize>>,
}

impl Gathered {
    /// Adds roots, the most certain first.
    pub(super) fn add(
        &mut self,
        layout: &Layout<'_>,
        wheels: &[InstalledWheel<'_>],
        certainty: Certainty,
        root: Root,
        opener: &Opener,
    ) {
        let Some(file) = layout.files.get(root.at) else { return };
        let (wheel, group) = (file.wheel, file.group);
        let imports = wheels.get(wheel).and_then(|one| one.imports);
        let opens = imports
            .is_some_and(|imports| imports.unread > 0 || imports.opens(file.package.as_deref()).is_some());
        for fault in root.faults {
            let symptom = match &fault.kind {
                FaultKind::Family(_) => Symptom::Family,
                FaultKind::Missing { .. } => Symptom::Missing,
                FaultKind::Dependency { .. } => Symptom::Dependency,
                FaultKind::Elsewhere {
                    earlier: EarlierLoad::Dependency | EarlierLoad::Sibling(_, true),
                    ..
                } => Symptom::Preloaded,
                FaultKind::Elsewhere { earlier: EarlierLoad::Unknown, .. } if imports.is_some() && !opens => {
                    Symptom::NotFound
                }
                FaultKind::Elsewhere { .. } => Symptom::Elsewhere,
                FaultKind::TooOld { .. } => Symptom::TooOld,
                FaultKind::Symbol { .. } => Symptom::Symbol,
                FaultKind::Relr { .. } => Symptom::Relr,
                FaultKind::Stack => Symptom::Stack,
                FaultKind::Unknown { library, why } => {
                    if certainty > Certainty::Optional {
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
            if certainty == Certainty::Optional {
                if self.reported.contains(&fault) {
                    continue;
                }
            } else {
                self.reported.insert(fault.clone());
            }
            if root.kind == OpenerKind::Module {
                if certainty == Certainty::Required {
                    self.of_import.insert((group, fault.kind.clone()));
                } else if self.of_import.contains(&(group, fault.kind.clone())) {
                    continue;
                }
            }
            let group = self.groups.entry((wheel, group, certainty, symptom)).or_default();
            group.openers.insert(opener.clone());
            if !group.faults.contains(&fault) {
                group.faults.push(fault);
            }
        }
    }

    /// Reports all of them.
    pub(super) fn report(
        self,
        layout: &Layout<'_>,
        wheels: &[InstalledWheel<'_>],
        target: &Target,
        environment: &LoaderEnvironment,
        loading: &mut Loading,
    ) {
        for (&(at, group, certainty, symptom), Group { openers, faults }) in &self.groups {
            let Some(wheel) = wheels.get(at) else { continue };
            let package =
                layout.files.iter().find(|file| file.group == group).and_then(|file| file.package.as_deref());
            let reporter = Reporter {
                layout,
                wheels,
                target,
                environment,
                wheel,
                at,
                package,
                certainty,
                openers,
                faults: faults.as_slice(),
            };
            let Some(finding) = reporter.finding(symptom) else { continue };
            if symptom == Symptom::Missing && certainty > Certainty::Optional {
                let libraries = reporter.libraries();
                loading.missing_libraries.extend(libraries.iter().cloned());
                loading.wanted.push(WantedInstall {
                    libraries,
                    packages: Vec::new(),
                    all: certainty == Certainty::Required,
                });
            }
            if finding.level() == Level::Warn {
                loading.doubtful.insert(wheel.project.clone());
            }
            loading.findings.push(finding);
        }
        self.report_unknown(wheels, loading);
    }

    /// Reports the unknown facts of the image.
    fn report_unknown(self, wheels: &[InstalledWheel<'_>], loading: &mut Loading) {
        let projects = |of: BTreeSet<usize>| -> Vec<ProjectName> {
            of.into_iter().filter_map(|at| wheels.get(at)).map(|one| one.project.clone()).collect()
        };
        if let Some((reason, _)) = self.unknown.values().next() {
            let cause = UnknownCause::Image { reason: reason.clone() };
            loading.undetermined = Some(cause.clone());
            let all = self.unknown.values().flat_map(|(_, of)| of.iter().copied()).collect();
            let libraries = self.unknown.into_keys().collect();
            let projects = projects(all);
            loading.findings.push(Finding::of(Undetermined::Libraries { libraries, projects, cause }));
        }
        if !self.unknown_nodes.is_empty() {
            let all = self.unknown_nodes.values().flatten().copied().collect();
            let versions = self.unknown_nodes.into_keys();
            let versions = versions.map(|(library, version)| LibraryVersion { library, version }).collect();
            let projects = projects(all);
            loading.findings.push(Finding::of(Undetermined::SymbolVersions { versions, projects }));
        }
    }
}

/// The inputs of one finding.
struct Reporter<'r> {
    layout: &'r Layout<'r>,
    wheels: &'r [InstalledWheel<'r>],
    target: &'r Target,
    environment: &'r LoaderEnvironment,
    wheel: &'r InstalledWheel<'r>,
    /// The index of the wheel.
    at: usize,
    /// In a directory, the top-level package.
    package: Option<&'r str>,
    certainty: Certainty,
    openers: &'r BTreeSet<Opener>,
    faults: &'r [Fault],
}

impl Reporter<'_> {
    fn finding(&self, symptom: Symptom) -> Option<Finding> {
        let affected = self.affected();
        let libc = self.target.libc.clone();
        Some(match symptom {
            Symptom::Family => {
                let libc = self.faults.iter().find_map(|fault| match fault.kind {
                    FaultKind::Family(libc) => Some(libc),
                    _ => None,
                })?;
                let image = self.target.libc.clone();
                self.failure(LibcFamilyMismatch::OnImage { affected, libc, image })
            }
            Symptom::Missing | Symptom::Dependency => {
                let libraries = self.libraries();
                let install = self.environment.install_line(libraries.iter().map(String::as_str));
                self.failure(MissingLibrary {
                    affected,
                    libraries,
                    in_dependency: symptom == Symptom::Dependency,
                    install,
                    package_manager: self.environment.package_manager,
                })
            }
            Symptom::NotFound | Symptom::Elsewhere | Symptom::Preloaded => {
                let file = self.faults.iter().find_map(|fault| match fault.kind {
                    FaultKind::Elsewhere { file, .. } => Some(self.path(file)),
                    _ => None,
                })?;
                let before = match symptom {
                    Symptom::NotFound => LoadedBefore::No,
                    Symptom::Preloaded => LoadedBefore::Yes,
                    _ if self.may_be_opened() => LoadedBefore::Likely,
                    _ => LoadedBefore::Perhaps,
                };
                let libraries = self.libraries();
                let rule = RunpathNotInherited::OnImage { affected, libraries, file, before };
                if rule.fails() {
                    self.failure(rule)
                } else {
                    Finding::of(rule).about(self.wheel.project.clone())
                }
            }
            Symptom::TooOld => {
                let libraries = self.old_libraries();
                self.failure(LibraryTooOld { affected, libraries })
            }
            Symptom::Symbol => {
                let symbols = self.faults.iter().filter_map(|fault| match &fault.kind {
                    FaultKind::Symbol { symbol, since, sure } => {
                        Some(MissingSymbol { name: symbol.clone(), since: *since, sure: *sure })
                    }
                    _ => None,
                });
                self.failure(MuslSymbolMissing::OnImage { affected, symbols: symbols.collect(), libc })
            }
            Symptom::Relr => {
                let sure = self.faults.iter().any(|fault| fault.kind == FaultKind::Relr { sure: true });
                self.failure(MuslRelrUnsupported::OnImage { affected, libc, sure })
            }
            Symptom::Stack => self.failure(ExecutableStack::OnImage { affected, libc }),
        })
    }

    /// A fault of an opened file.
    fn failure<R: Into<Detail> + Into<PartFailure>>(&self, rule: R) -> Finding {
        let finding = match self.certainty {
            Certainty::Optional => Finding::of(OptionalPartFails { cause: rule.into() }),
            _ => Finding::of(rule),
        };
        finding.about(self.wheel.project.clone())
    }

    fn affected(&self) -> Affected {
        let imports = self.wheel.imports;
        let package = match self.package {
            Some(package) => imports
                .is_some_and(|imports| imports.roots.iter().any(|root| root == package))
                .then_some(package),
            None => imports.and_then(|imports| imports.roots.first()).map(String::as_str),
        };
        let mut files: Vec<String> = Vec::new();
        for path in self.faults.iter().map(|fault| self.path(fault.by)) {
            if !files.contains(&path) {
                files.push(path);
            }
        }
        Affected {
            project: self.wheel.project.clone(),
            certainty: self.certainty,
            openers: self.openers.iter().cloned().collect(),
            package: package.map(str::to_owned),
            python_read: imports.is_some(),
            files,
        }
    }

    fn path(&self, at: usize) -> String {
        let Some(file) = self.layout.files.get(at) else { return String::new() };
        match self.wheels.get(file.wheel).filter(|_| file.wheel != self.at) {
            Some(other) => format!("{} of {}", file.member.path, other.project),
            None => file.member.path.clone(),
        }
    }

    fn libraries(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for fault in self.faults {
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

    fn old_libraries(&self) -> Vec<OldLibrary> {
        let mut all: Vec<OldLibrary> = Vec::new();
        for fault in self.faults {
            let FaultKind::TooOld { library, node, newest, in_wheel } = &fault.kind else { continue };
            match all.iter_mut().find(|one| one.soname == *library) {
                Some(known) => known.nodes.push(node.clone()),
                None => all.push(OldLibrary {
                    soname: library.clone(),
                    nodes: vec![node.clone()],
                    newest: newest.clone(),
                    file: in_wheel.map(|file| self.path(file)),
                }),
            }
        }
        all
    }

    /// Whether Python code that runs with the import opens libraries of the wheel, or a script that starts a program
    /// may name their directory (`LD_LIBRARY_PATH`).
    fn may_be_opened(&self) -> bool {
        let opens = self.wheel.imports.and_then(|imports| imports.opens(self.package));
        let program =
            |opener: &Opener| opener.kind == OpenerKind::Program && self.certainty < Certainty::Required;
        let apart = |fault: &Fault| {
            matches!(fault.kind, FaultKind::Elsewhere { earlier: EarlierLoad::OtherProject, .. })
        };
        opens.is_some_and(|opens| opens.how < How::Lazy) && !self.faults.iter().any(apart)
            || self.openers.iter().all(program)
    }
}
