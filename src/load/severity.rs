//! The files that are opened, with their certainty and the consequences.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::findings::{Certainty, FilesCollide, Finding, Opener, OpenerKind};
use crate::imports::{How, Imports};
use crate::target::Target;

use super::environment::{InstalledWheel, LoaderEnvironment};
use super::faults::{EarlierLoad, FaultKind, Rules};
use super::findings::Gathered;
use super::layout::{Collision, Layout, Role};
use super::roots::Root;
use super::summary::Loading;
use super::walk::{Walk, walk};

/// Checks all wheels.
pub(super) fn check(
    layout: &Layout<'_>,
    wheels: &[InstalledWheel<'_>],
    target: &Target,
    environment: &LoaderEnvironment,
) -> Loading {
    let rules = Rules::new(target, environment);
    let native: HashSet<usize> =
        layout.files.iter().filter(|file| file.role != Role::Nothing).map(|file| file.wheel).collect();
    let mut loading = Loading { wheels: wheels.len(), native: native.len(), ..Loading::default() };
    let step = |at: usize| walk(layout, at, &environment.libraries);
    let mut roots: Vec<Root> = Vec::new();
    let mut reached: HashSet<usize> = HashSet::new();
    // The remaining files of an overwritten wheel can only be opened by modules of the other wheel.
    let mut served: HashSet<usize> = layout.overwritten.clone();
    // Which modules load each file.
    let mut opened: HashMap<usize, Vec<usize>> = HashMap::new();
    let root = |at: usize, kind: OpenerKind, name: &str, walk: &Walk<'_>| {
        // The kernel decides the stack of a program and of the libraries that it loads.
        let faults = rules.faults(layout, walk, kind != OpenerKind::Program);
        Root { at, kind, name: name.to_owned(), size: walk.files.len(), faults }
    };
    for (at, file) in layout.files.iter().enumerate() {
        let (kind, name) = match &file.role {
            Role::Module(name) => (OpenerKind::Module, name.as_str()),
            Role::Program if is_script(&file.member.path) => (OpenerKind::Program, file.member.name()),
            Role::Program => (OpenerKind::Program, file.member.path.as_str()),
            _ => continue,
        };
        let walk = step(at);
        reached.extend(walk.files.iter().copied());
        served.extend(walk.files.iter().filter_map(|&at| layout.files.get(at)).map(|file| file.group));
        if kind == OpenerKind::Module {
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
        roots.push(root(at, OpenerKind::Library, &file.member.path, &walk));
    }
    for (at, file) in layout.files.iter().enumerate() {
        if file.role == Role::Library && !reached.contains(&at) {
            roots.push(root(at, OpenerKind::Part, &file.member.path, &step(at)));
        }
    }
    find_earlier_loads(layout, wheels, &opened, &mut roots);

    let dead = dead_groups(layout, wheels, &roots);
    let mut certain_first: Vec<(Certainty, Root, Opener)> = Vec::new();
    for root in roots {
        let Some(file) = layout.files.get(root.at) else { continue };
        let wheel = wheels.get(file.wheel);
        let imports = wheel.and_then(|one| one.imports);
        let by_import = |imports: &Imports| imports.native(file.importable.as_deref()?).cloned();
        let (certainty, reached) = match root.kind {
            OpenerKind::Part => (Certainty::Optional, None),
            // Scripts are the purpose of such a wheel; a program inside a package is one of its tools.
            OpenerKind::Program if is_script(&file.member.path) => (Certainty::Required, None),
            OpenerKind::Program => (Certainty::Likely, None),
            OpenerKind::Module => match imports.map(by_import) {
                // The import is unknown: it may require any module.
                None => (Certainty::Required, None),
                Some(Some(reached)) if reached.how == How::Certain => (Certainty::Required, Some(reached)),
                Some(None) if dead.contains(&file.group) => (Certainty::Required, None),
                Some(reached) => (Certainty::Likely, reached),
            },
            OpenerKind::Library => {
                match imports.and_then(|imports| imports.opens(file.package.as_deref()).cloned()) {
                    Some(reached) if reached.how == How::Certain && lone.contains(&root.at) => {
                        (Certainty::Required, Some(reached))
                    }
                    reached => (Certainty::Likely, reached),
                }
            }
        };
        // It is unknown which of two files at one path is loaded.
        let certainty = if file.contested { certainty.min(Certainty::Likely) } else { certainty };
        if matches!(root.kind, OpenerKind::Module | OpenerKind::Library)
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
        certain_first.push((certainty, root, opener));
    }
    certain_first.sort_by_key(|(certainty, ..)| std::cmp::Reverse(*certainty));
    let mut gathered = Gathered::default();
    for (certainty, root, opener) in certain_first {
        gathered.add(layout, wheels, certainty, root, &opener);
    }
    gathered.report(layout, wheels, target, environment, &mut loading);
    collisions(layout, wheels, &mut loading);
    loading
}

/// Finds the opener of a library that is not on any search path.
fn find_earlier_loads(
    layout: &Layout<'_>,
    wheels: &[InstalledWheel<'_>],
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
            let FaultKind::Elsewhere { file, earlier, .. } = &mut fault.kind else { continue };
            let (Some(by), Some(other)) = (layout.files.get(fault.by), layout.files.get(*file)) else {
                continue;
            };
            let openers = opened.get(file).map(Vec::as_slice).unwrap_or_default();
            *earlier = if by.group != other.group {
                // The Python code of a wheel without modules opens its libraries.
                match (openers.is_empty(), with_modules.contains(&other.group)) {
                    (true, true) => EarlierLoad::Unknown,
                    (true, false) if by.wheel == other.wheel || !layout.knows_dependencies(by.wheel) => {
                        EarlierLoad::OtherProject
                    }
                    _ => EarlierLoad::Dependency,
                }
            } else {
                let mut others = openers.iter().copied().filter(|&at| at != root.at);
                match others.clone().find(|&at| certain(at) == Some(true)).or_else(|| others.next()) {
                    Some(at) => EarlierLoad::Sibling(at, certain(at) == Some(true)),
                    None => EarlierLoad::Unknown,
                }
            };
        }
    }
}

/// Groups in which more than half of the modules do not load, if the import of the package reaches none of them. The
/// modules of such a package are imported one by one.
fn dead_groups(layout: &Layout<'_>, wheels: &[InstalledWheel<'_>], roots: &[Root]) -> HashSet<usize> {
    // Modules that fail, all modules, and whether the import reaches any.
    let mut groups: HashMap<usize, (usize, usize, bool)> = HashMap::new();
    for root in roots.iter().filter(|root| root.kind == OpenerKind::Module) {
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

/// Two wheels of one resolution that have files at the same path.
fn collisions(layout: &Layout<'_>, wheels: &[InstalledWheel<'_>], loading: &mut Loading) {
    let mut pairs: BTreeMap<(usize, usize), Vec<&Collision>> = BTreeMap::new();
    for one in &layout.collisions {
        pairs.entry(one.wheels).or_default().push(one);
    }
    for ((first, second), all) in pairs {
        let project = |at: usize| wheels.get(at).map(|one| one.project.clone());
        let (Some(one), Some(first), Some(second)) = (all.first(), project(first), project(second)) else {
            continue;
        };
        let rule = FilesCollide {
            projects: [first.clone(), second],
            paths: all.iter().map(|one| one.path.clone()).collect(),
            last: one.last.and_then(project),
        };
        loading.findings.push(Finding::of(rule).about(first));
    }
}

/// `NAME.data/scripts/` of a wheel, `bin/` of an environment.
fn is_script(path: &str) -> bool {
    let mut parts = path.split('/');
    matches!((parts.next(), parts.next()), (Some(data), Some("scripts")) if data.ends_with(".data"))
        || path.strip_prefix("bin/").is_some_and(|rest| !rest.contains('/'))
}
