//! The files of all wheels in one site-packages, and those that the interpreter opens.

use std::collections::{HashMap, HashSet};

use crate::elf::{ElfFacts, ElfKind, Machine};
use crate::inspect::binary::{is_loaded, libc_of, machine_name};
use crate::target::{Implementation, LibcFamily, Target};
use crate::wheel::paths::{below_prefix, child, expand_origin, installed_path, parent, resolve_link};
use crate::wheel::{Container, Member, SearchEntry, SearchRules};

use super::environment::InstalledWheel;
use super::order::Order;

/// One ELF file where it is installed.
pub(super) struct Placed<'a> {
    /// Its wheel.
    pub(super) wheel: usize,
    pub(super) member: &'a Member,
    /// Its path below site-packages, if it is below it.
    pub(super) importable: Option<String>,
    /// Whether another wheel has different content at the same path, and the remaining one is unknown.
    pub(super) contested: bool,
    /// Directory below the prefix of the installation.
    directory: String,
    /// The C library it was linked for, if it is known.
    pub(super) libc: Option<LibcFamily>,
    pub(super) role: Role,
    /// Files that belong together: those of one wheel, or of one top-level package of a directory.
    pub(super) group: usize,
    /// That package.
    pub(super) package: Option<String>,
}

impl Placed<'_> {
    pub(super) fn elf(&self) -> &ElfFacts {
        &self.member.elf
    }
}

/// What opens a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The interpreter, by `import NAME`.
    Module(String),
    /// A shared object that no `import` opens: other files, or code with `ctypes` or `dlopen`.
    Library,
    /// A program.
    Program,
    /// For another machine or interpreter, or not a file that is loaded.
    Nothing,
}

/// All wheels, installed below one prefix.
pub(super) struct Layout<'a> {
    pub(super) files: Vec<Placed<'a>>,
    /// The rules of the target's loader.
    pub(super) rules: SearchRules,
    by_path: HashMap<String, usize>,
    /// By file name and by SONAME.
    by_name: HashMap<&'a str, Vec<usize>>,
    /// Directories that contain files of each wheel, and all above them.
    directories: Vec<HashSet<String>>,
    groups: HashMap<(usize, String), usize>,
    /// Whether the dependencies of each wheel are not checked.
    alone: Vec<bool>,
    /// Whether they were excluded by an option.
    left_out: Vec<bool>,
    order: Order,
    /// Groups with files that another wheel has overwritten.
    pub(super) overwritten: HashSet<usize>,
    /// Paths that two wheels have with different content.
    pub(super) collisions: Vec<Collision>,
}

/// One path of two wheels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Collision {
    /// The wheels, as they are given.
    pub(super) wheels: (usize, usize),
    /// The one that is installed last, if it is known.
    pub(super) last: Option<usize>,
    /// The path of the member.
    pub(super) path: String,
}

impl<'a> Layout<'a> {
    pub(super) fn new(wheels: &[InstalledWheel<'a>], target: &Target) -> Self {
        let site = site_packages(target);
        let suffixes = Suffixes::of(target);
        let machine = Machine::from_name(machine_name(target));
        let mut all = Self {
            files: Vec::new(),
            // An unknown C library is treated as glibc.
            rules: match target.libc.family() {
                Some(LibcFamily::Musl) => SearchRules::Musl,
                Some(LibcFamily::Glibc) | None => SearchRules::Glibc,
            },
            by_path: HashMap::new(),
            by_name: HashMap::new(),
            directories: vec![HashSet::new(); wheels.len()],
            groups: HashMap::new(),
            alone: wheels.iter().map(|one| one.alone).collect(),
            left_out: wheels.iter().map(|one| one.left_out).collect(),
            order: Order::new(wheels, target),
            overwritten: HashSet::new(),
            collisions: Vec::new(),
        };
        for (wheel, installed) in wheels.iter().enumerate() {
            let facts = installed.facts;
            let roots = site_roots(installed);
            for member in &facts.members {
                let (path, importable) = match facts.container {
                    Container::Wheel => {
                        let path = installed_path(&member.path);
                        (below_prefix(&path, &site), Some(path).filter(|path| !path.starts_with("../")))
                    }
                    _ => (member.path.clone(), below(&roots, &member.path).map(str::to_owned)),
                };
                let package = match (facts.container, importable.as_deref()) {
                    (Container::Directory, Some(path)) => {
                        let first = path.split('/').next().unwrap_or_default();
                        // Grafted libraries are next to their package (auditwheel, `NAME.libs`).
                        first.strip_suffix(".libs").unwrap_or(first).to_owned()
                    }
                    _ => String::new(),
                };
                let next = all.groups.len();
                let group = *all.groups.entry((wheel, package.clone())).or_insert(next);
                let package = Some(package).filter(|package| !package.is_empty());
                let same = machine.is_none() || member.elf.machine() == machine;
                let role = match member.elf.kind {
                    _ if !same || !is_loaded(&member.elf) => Role::Nothing,
                    ElfKind::Executable | ElfKind::StaticExecutable => Role::Program,
                    _ if is_program(member) => Role::Program,
                    _ => match importable.as_deref().map(|path| suffixes.module(path, &member.elf)) {
                        Some(Import::Module(name)) => Role::Module(name),
                        Some(Import::Other) => Role::Nothing,
                        Some(Import::None) | None => Role::Library,
                    },
                };
                let at = all.files.len();
                all.by_name.entry(member.name()).or_default().push(at);
                if let Some(soname) = member.elf.soname.as_deref().filter(|soname| *soname != member.name()) {
                    all.by_name.entry(soname).or_default().push(at);
                }
                let directory = parent(&path).to_owned();
                if let Some(known) = all.directories.get_mut(wheel) {
                    let mut above = directory.as_str();
                    while !above.is_empty() && known.insert(above.to_owned()) {
                        above = parent(above);
                    }
                }
                let libc = libc_of(member);
                let contested = false;
                let placed =
                    Placed { wheel, member, importable, contested, directory, libc, role, group, package };
                all.files.push(placed);
                all.settle(path, at);
            }
            all.link(&facts.links);
        }
        all
    }

    /// Sets the file at a path. Installers overwrite existing files, so the file of the last wheel remains.
    fn settle(&mut self, path: String, at: usize) {
        let Some(&before) = self.by_path.get(&path) else {
            self.by_path.insert(path, at);
            return;
        };
        let (Some(old), Some(new)) = (self.files.get(before), self.files.get(at)) else { return };
        let wheels = (old.wheel, new.wheel);
        let same = old.member.size == new.member.size && old.member.elf == new.member.elf;
        let last = self.order.last(old.wheel, new.wheel);
        let member = new.member.path.clone();
        // An archive with two members of one name is reported by another rule.
        if !same && wheels.0 != wheels.1 {
            self.collisions.push(Collision { wheels, last, path: member });
        }
        let gone = match last {
            _ if same => Some(at),
            _ if wheels.0 == wheels.1 => Some(before),
            Some(last) => Some(if last == wheels.0 { at } else { before }),
            None => None,
        };
        match gone {
            Some(gone) => {
                if gone == before {
                    self.by_path.insert(path, at);
                }
                if let Some(file) = self.files.get_mut(gone) {
                    file.role = Role::Nothing;
                    self.overwritten.insert(file.group);
                }
                self.by_name.values_mut().for_each(|all| all.retain(|&one| one != gone));
            }
            None => {
                for one in [before, at] {
                    if let Some(file) = self.files.get_mut(one) {
                        file.contested = true;
                    }
                }
            }
        }
    }

    /// Links of a directory, which are paths of their targets.
    fn link(&mut self, links: &[(String, String)]) {
        for (path, _) in links {
            let file = resolve_link(links, path).and_then(|file| self.by_path.get(&file).copied());
            if let Some(at) = file {
                self.by_path.entry(path.clone()).or_insert(at);
            }
        }
    }

    /// The file with a name in the directory of a search path entry.
    pub(super) fn find(&self, entry: SearchEntry<'_>, name: &str) -> Option<usize> {
        self.by_path.get(&child(&self.expand(entry)?, name)).copied()
    }

    /// Whether an entry of a search path leads to a directory without files of its own wheel, which may belong to a wheel
    /// that is not checked.
    pub(super) fn leads_out(&self, entry: SearchEntry<'_>) -> bool {
        let wheel = self.files.get(entry.owner).map(|file| file.wheel);
        if !wheel.and_then(|wheel| self.alone.get(wheel)).copied().unwrap_or_default() {
            return false;
        }
        let own = wheel.and_then(|wheel| self.directories.get(wheel));
        match (self.expand(entry), own) {
            (Some(directory), Some(own)) => !own.contains(&directory),
            _ => false,
        }
    }

    /// The directory of a search path entry.
    fn expand(&self, entry: SearchEntry<'_>) -> Option<String> {
        expand_origin(&self.files.get(entry.owner)?.directory, entry.path)
    }

    /// A file with a name or SONAME in the wheel of another file or in its dependencies, which may have been loaded
    /// before.
    pub(super) fn anywhere(&self, name: &str, by: usize) -> Option<usize> {
        let wants = self.files.get(by)?;
        let known = self.by_name.get(name)?.iter().copied();
        let fitting = known.filter(|&at| {
            self.files.get(at).is_some_and(|file| {
                self.rules.accepts(wants.elf(), file.elf()) && self.order.serves(wants.wheel, file.wheel)
            })
        });
        fitting.min_by_key(|&at| self.files.get(at).is_some_and(|file| file.wheel == wants.wheel))
    }

    /// Whether the dependencies of a wheel are known.
    pub(super) fn knows_dependencies(&self, wheel: usize) -> bool {
        self.order.knows(wheel)
    }

    /// Whether the dependencies of the wheel of a file were excluded by an option.
    pub(super) fn is_left_out(&self, at: usize) -> bool {
        let wheel = self.files.get(at).map(|file| file.wheel);
        wheel.and_then(|wheel| self.left_out.get(wheel)).copied().unwrap_or_default()
    }

    /// Whether another file of any wheel requires this one by name.
    pub(super) fn needed_names(&self) -> HashSet<&'a str> {
        self.files.iter().flat_map(|file| file.member.elf.needed.iter().map(String::as_str)).collect()
    }
}

/// A position-independent program names its loader (`PT_INTERP`), as some libraries do that print their version when
/// they are run: those have a SONAME or the name of a library, or are modules.
fn is_program(member: &Member) -> bool {
    let elf = &member.elf;
    let library = member.name().ends_with(".so") || member.name().contains(".so.");
    elf.interpreter.is_some() && elf.python_modules.is_empty() && elf.soname.is_none() && !library
}

/// Where wheels go below the prefix: the `posix_prefix` scheme of `sysconfig`. Debian's own `dist-packages` has as many
/// steps, so search paths lead to the same places.
fn site_packages(target: &Target) -> String {
    let release = target.python.version.release();
    let part = |at: usize| release.get(at).copied().unwrap_or_default();
    format!("lib/python{}.{}/site-packages", part(0), part(1))
}

/// Of a directory, every subdirectory that contains installed projects; if there is none, its top.
fn site_roots(installed: &InstalledWheel<'_>) -> Vec<String> {
    let mut roots: Vec<String> =
        installed.facts.labels.iter().map(|label| parent(parent(&label.path)).to_owned()).collect();
    roots.sort();
    roots.dedup();
    if roots.is_empty() {
        roots.push(String::new());
    }
    // The deepest comes first.
    roots.sort_by_key(|root| std::cmp::Reverse(root.len()));
    roots
}

fn below<'p>(roots: &[String], path: &'p str) -> Option<&'p str> {
    roots.iter().find_map(|root| match root.as_str() {
        "" => Some(path),
        root => path.strip_prefix(root)?.strip_prefix('/'),
    })
}

/// The meaning of a path for `import`.
enum Import {
    Module(String),
    /// A module of another interpreter.
    Other,
    None,
}

/// The file name suffixes of extension modules of an interpreter.
struct Suffixes {
    implementation: Implementation,
    /// `312`, `313t`.
    version: String,
    debug: bool,
    free_threaded: bool,
    libc: Option<LibcFamily>,
    minor: u64,
}

impl Suffixes {
    fn of(target: &Target) -> Self {
        let release = target.python.version.release();
        let part = |at: usize| release.get(at).copied().unwrap_or_default();
        let flags = &target.python.abi_flags;
        let free_threaded = flags.contains('t');
        Self {
            implementation: target.python.implementation,
            version: format!("{}{}{}", part(0), part(1), if free_threaded { "t" } else { "" }),
            debug: flags.contains('d'),
            free_threaded,
            libc: target.libc.family(),
            minor: part(1),
        }
    }

    /// The module that a path below site-packages is (PEP 3149; CPython `Python/dynload_shlib.c`,
    /// `_PyImport_DynLoadFiletab`): `NAME.SOABI.so`, `NAME.abi3.so` or `NAME.so`.
    fn module(&self, path: &str, elf: &ElfFacts) -> Import {
        let (directory, file) = path.rsplit_once('/').unwrap_or(("", path));
        let Some((name, suffix)) = file.split_once('.') else { return Import::None };
        let Some(tag) = suffix.strip_suffix("so").map(|tag| tag.trim_end_matches('.')) else {
            return Import::None;
        };
        let exports = elf.python_modules.iter().any(|known| known == name);
        let named = match tag {
            "" => exports,
            "abi3" if self.free_threaded => return Import::Other,
            "abi3" => true,
            "abi3t" => self.minor >= ABI3T_SINCE,
            tag => match self.is_own(tag) {
                Some(own) => {
                    if !own {
                        return Import::Other;
                    }
                    // Names that are not ASCII export `PyInitU_` and a Punycode name (PEP 489).
                    exports || !name.is_ascii() || elf.python_modules.is_empty()
                }
                None => false,
            },
        };
        let packages = directory.split('/').filter(|part| !part.is_empty());
        if !named || !packages.clone().chain([name]).all(is_identifier) {
            return Import::None;
        }
        let mut parts: Vec<&str> = packages.chain([name]).collect();
        // A compiled `__init__` is its package. A package with one module of the same name is named once.
        if let [.., package, last] = parts.as_slice()
            && (*last == "__init__" || package == last)
        {
            parts.pop();
        }
        Import::Module(parts.join("."))
    }

    /// Whether a SOABI is that of the interpreter; `None` if it is not a valid SOABI.
    fn is_own(&self, tag: &str) -> Option<bool> {
        if let Some(rest) = tag.strip_prefix("cpython-") {
            let (version, triplet) = rest.split_once('-').unwrap_or((rest, ""));
            let version = version.strip_suffix('d').filter(|_| self.debug).unwrap_or(version);
            let version = version.trim_end_matches(['m', 'u']);
            return Some(
                self.implementation == Implementation::CPython
                    && version == self.version
                    && self.is_own_triplet(triplet),
            );
        }
        if tag.starts_with("pypy") {
            let digits: String = tag.chars().skip(4).take_while(char::is_ascii_digit).collect();
            return Some(self.implementation == Implementation::PyPy && digits == self.version);
        }
        if tag.starts_with("graalpy") {
            return Some(self.implementation == Implementation::GraalPy);
        }
        None
    }

    /// CPython 3.11 is the first release with its own triplet for musl builds (bpo-43112).
    fn is_own_triplet(&self, triplet: &str) -> bool {
        match self.libc {
            Some(LibcFamily::Glibc) => !triplet.contains("-musl"),
            Some(LibcFamily::Musl) => !triplet.contains("-gnu") || self.minor < 11,
            None => true,
        }
    }
}

/// PEP 803: the stable ABI that free-threaded interpreters have too.
const ABI3T_SINCE: u64 = 15;

fn is_identifier(part: &str) -> bool {
    let mut letters = part.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|next| next == '_' || next.is_alphanumeric())
}
