//! Which files are opened, how surely, and what comes of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::findings::{Code, Finding, Level};
use crate::imports::{How, Imports, Reached};
use crate::target::Target;

use super::faults::{Fault, FaultKind, First, Rules};
use super::findings::{Gathered, counted};
use super::layout::{Collision, Layout, Role};
use super::place::{Installed, Place};
use super::summary::Loading;
use super::walk::{Walk, walk};
/// How sure it is that somebody opens a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Nothing that is known opens it: plugins, alternatives.
    Optional,
    /// Something opens it some time, and the import of the project may do without.
    Likely,
    /// The import of the project, a script, or the only modules that a wheel has.
    Required,
}

impl Weight {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Optional => Level::Allow,
            Self::Likely => Level::Warn,
            Self::Required => Level::Deny,
        }
    }
}

/// A file from which loading starts, with what comes of it.
pub(super) struct Root {
    pub(super) at: usize,
    pub(super) kind: Kind,
    pub(super) name: String,
    /// How many files are loaded for it.
    pub(super) size: usize,
    pub(super) faults: Vec<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Module,
    Library,
    Program,
    Part,
}

/// What does not work if a file cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Opener {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The statement that leads to it, where the wheel's Python files were read.
    pub(super) reached: Option<Reached>,
    pub(super) size: usize,
    /// It is not known whether this file or another wheel's is at its path.
    pub(super) contested: bool,
}

impl Opener {
    /// The lowest is named first: what the package itself imports, then what stands on the least, since others
    /// stand on that.
    pub(super) fn rank(&self) -> (Kind, bool, usize, usize, &str) {
        let at_once = self.reached.as_ref().is_some_and(|one| one.how == How::Certain && one.by == one.root);
        (self.kind, !at_once, self.size, self.name.matches(['.', '/']).count(), &self.name)
    }
}

/// Judges all wheels.
pub(super) fn of(layout: &Layout<'_>, wheels: &[Installed<'_>], target: &Target, place: &Place) -> Loading {
    let rules = Rules::new(target, place);
    let native: HashSet<usize> =
        layout.files.iter().filter(|file| file.role != Role::Nothing).map(|file| file.wheel).collect();
    let mut loading = Loading { wheels: wheels.len(), native: native.len(), ..Loading::default() };
    let step = |at: usize| walk(layout, at, rules.family(), &place.libraries);
    let mut roots: Vec<Root> = Vec::new();
    let mut reached: HashSet<usize> = HashSet::new();
    // What is left of a wheel that another has written over is opened by the other's modules, if by any.
    let mut served: HashSet<usize> = layout.overwritten.clone();
    // Which modules load each file.
    let mut opened: HashMap<usize, Vec<usize>> = HashMap::new();
    let root = |at: usize, kind: Kind, name: &str, walk: &Walk<'_>| {
        // A program's stack is the kernel's business, and so is what it loads.
        let faults = rules.faults(layout, walk, kind != Kind::Program);
        Root { at, kind, name: name.to_owned(), size: walk.files.len(), faults }
    };
    for (at, file) in layout.files.iter().enumerate() {
        let (kind, name) = match &file.role {
            Role::Module(name) => (Kind::Module, name.as_str()),
            Role::Program if is_script(&file.member.path) => (Kind::Program, file.member.name()),
            Role::Program => (Kind::Program, file.member.path.as_str()),
            _ => continue,
        };
        let walk = step(at);
        reached.extend(walk.files.iter().copied());
        served.extend(walk.files.iter().filter_map(|&at| layout.files.get(at)).map(|file| file.group));
        if kind == Kind::Module {
            walk.files.iter().for_each(|&file| opened.entry(file).or_default().push(at));
        }
        roots.push(root(at, kind, name, &walk));
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
    let lone: HashSet<usize> = free.values().filter(|all| all.len() == 1).flatten().copied().collect();
    for at in free.into_values().flatten() {
        let Some(file) = layout.files.get(at) else { continue };
        let walk = step(at);
        reached.extend(walk.files.iter().copied());
        roots.push(root(at, Kind::Library, &file.member.path, &walk));
    }
    for (at, file) in layout.files.iter().enumerate() {
        if file.role == Role::Library && !reached.contains(&at) {
            roots.push(root(at, Kind::Part, &file.member.path, &step(at)));
        }
    }
    find_first(layout, wheels, &opened, &mut roots);

    let dead = dead_groups(layout, wheels, &roots);
    let mut weighed: Vec<(Weight, Root, Opener)> = Vec::new();
    for root in roots {
        let Some(file) = layout.files.get(root.at) else { continue };
        let wheel = wheels.get(file.wheel);
        let imports = wheel.and_then(|one| one.imports);
        let by_import = |imports: &Imports| imports.native(file.importable.as_deref()?).cloned();
        let (weight, reached) = match root.kind {
            Kind::Part => (Weight::Optional, None),
            // Scripts are what such a wheel is for; a program within a package is one of its tools.
            Kind::Program if is_script(&file.member.path) => (Weight::Required, None),
            Kind::Program => (Weight::Likely, None),
            Kind::Module => match imports.map(by_import) {
                // Nothing is known: any module may be what the import needs.
                None => (Weight::Required, None),
                Some(Some(reached)) if reached.how == How::Certain => (Weight::Required, Some(reached)),
                Some(None) if dead.contains(&file.group) => (Weight::Required, None),
                Some(reached) => (Weight::Likely, reached),
            },
            Kind::Library => {
                match imports.and_then(|imports| imports.opens(file.package.as_deref()).cloned()) {
                    Some(reached) if reached.how == How::Certain && lone.contains(&root.at) => {
                        (Weight::Required, Some(reached))
                    }
                    reached => (Weight::Likely, reached),
                }
            }
        };
        // Of two files at one path nobody knows which is loaded.
        let weight = if file.contested { weight.min(Weight::Likely) } else { weight };
        if matches!(root.kind, Kind::Module | Kind::Library)
            && imports.is_none()
            && root.faults.iter().any(|fault| fault.kind.matters())
        {
            loading.unread.extend(wheel.map(|one| one.project.clone()));
        }
        let opener = Opener {
            kind: root.kind,
            name: root.name.clone(),
            reached,
            size: root.size,
            contested: file.contested,
        };
        weighed.push((weight, root, opener));
    }
    weighed.sort_by_key(|(weight, ..)| std::cmp::Reverse(*weight));
    let mut gathered = Gathered::default();
    for (weight, root, opener) in weighed {
        gathered.add(layout, wheels, weight, root, &opener);
    }
    gathered.tell(layout, wheels, &rules, place, &mut loading);
    collisions(layout, wheels, &mut loading);
    loading
}

/// Who loads what lies where no search path leads.
fn find_first(
    layout: &Layout<'_>,
    wheels: &[Installed<'_>],
    opened: &HashMap<usize, Vec<usize>>,
    roots: &mut [Root],
) {
    let with_modules: HashSet<usize> = layout
        .files
        .iter()
        .filter(|file| matches!(file.role, Role::Module(_)))
        .map(|file| file.group)
        .collect();
    let certain = |at: usize| {
        let file = layout.files.get(at)?;
        let imports = wheels.get(file.wheel)?.imports?;
        Some(imports.native(file.importable.as_deref()?)?.how == How::Certain)
    };
    for root in roots {
        for fault in &mut root.faults {
            let FaultKind::Elsewhere { file, first, .. } = &mut fault.kind else { continue };
            let (Some(by), Some(other)) = (layout.files.get(fault.by), layout.files.get(*file)) else {
                continue;
            };
            let openers = opened.get(file).map(Vec::as_slice).unwrap_or_default();
            *first = if by.group != other.group {
                // The Python code of a wheel without modules is there to open its libraries.
                match (openers.is_empty(), with_modules.contains(&other.group)) {
                    (true, true) => First::Nobody,
                    (true, false) if by.wheel == other.wheel || !layout.knows_dependencies(by.wheel) => {
                        First::Apart
                    }
                    _ => First::Dependency,
                }
            } else {
                let mut others = openers.iter().copied().filter(|&at| at != root.at);
                match others.clone().find(|&at| certain(at) == Some(true)).or_else(|| others.next()) {
                    Some(at) => First::Sibling(at, certain(at) == Some(true)),
                    None => First::Nobody,
                }
            };
        }
    }
}

/// Groups of whose modules more than half do not load, where the import of the package reaches none of them: of such a
/// package its modules are imported one by one.
fn dead_groups(layout: &Layout<'_>, wheels: &[Installed<'_>], roots: &[Root]) -> HashSet<usize> {
    // Modules that fail, all modules, and whether the import reaches any.
    let mut groups: HashMap<usize, (usize, usize, bool)> = HashMap::new();
    for root in roots.iter().filter(|root| root.kind == Kind::Module) {
        let Some(file) = layout.files.get(root.at) else { continue };
        let imports = wheels.get(file.wheel).and_then(|one| one.imports);
        let nowhere = imports.is_some_and(|imports| {
            imports.unread == 0 && file.importable.as_deref().and_then(|path| imports.native(path)).is_none()
        });
        let fails = root.faults.iter().any(|fault| fault.kind.is_sure());
        let group = groups.entry(file.group).or_default();
        group.0 += usize::from(fails);
        group.1 += 1;
        group.2 |= !nowhere;
    }
    let dead = groups.into_iter().filter(|(_, (failing, all, reached))| failing * 2 > *all && !reached);
    dead.map(|(group, _)| group).collect()
}

/// Two wheels of one resolution that bring the same path.
fn collisions(layout: &Layout<'_>, wheels: &[Installed<'_>], loading: &mut Loading) {
    let mut pairs: BTreeMap<(usize, usize), Vec<&Collision>> = BTreeMap::new();
    for one in &layout.collisions {
        pairs.entry(one.wheels).or_default().push(one);
    }
    for ((first, second), all) in pairs {
        let name = |at: usize| wheels.get(at).map(|one| one.project.to_string()).unwrap_or_default();
        let Some(one) = all.first() else { continue };
        let more = match all.len() - 1 {
            0 => String::new(),
            more => format!(" and {}", counted(more, "other file")),
        };
        let stays = match one.last {
            Some(last) => format!("pip installs `{}` last, so that its files stay", name(last)),
            None => "which of them is there in the end depends on the order of installation".to_owned(),
        };
        let message = format!(
            "`{}` and `{}` both bring `{}`{more}, with different content: {stays}",
            name(first),
            name(second),
            one.path
        );
        let mut finding = Finding::new(Code::FilesCollide, message);
        finding.project = wheels.get(first).map(|one| one.project.clone());
        finding.member = Some(one.path.clone());
        finding.evidence.more_members = all.iter().skip(1).map(|one| one.path.clone()).collect();
        finding.help = Some("require one of the two; they are variants of the same project".to_owned());
        loading.findings.push(finding);
    }
}

/// `NAME.data/scripts/` of a wheel, `bin/` of an environment.
fn is_script(path: &str) -> bool {
    let mut parts = path.split('/');
    matches!((parts.next(), parts.next()), (Some(data), Some("scripts")) if data.ends_with(".data"))
        || path.strip_prefix("bin/").is_some_and(|rest| !rest.contains('/'))
}
