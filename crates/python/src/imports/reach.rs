//! Follows the import statements from the packages of a wheel.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use wheelbase_formats::limits;

use super::effects::{Import, Item, Scanned, What};
use super::scan::scan;
use super::{How, Imports, Reached, module_of};

/// Directories and modules next to a package that are not part of its API.
const NOT_IMPORTED: &[&str] = &[
    "bench",
    "benchmark",
    "benchmarks",
    "bin",
    "doc",
    "docs",
    "example",
    "examples",
    "include",
    "lib",
    "licenses",
    "samples",
    "scripts",
    "share",
    "src",
    "test",
    "tests",
    "tools",
];

#[derive(Debug, Default)]
struct Module {
    /// Its source, if there is any.
    text: Option<String>,
    native: bool,
    package: bool,
}

/// One import or call to follow.
#[derive(Clone, Debug)]
struct Step {
    how: How,
    root: String,
    by: String,
    what: Todo,
}

#[derive(Clone, Debug)]
enum Todo {
    Import(String),
    /// A function of a module.
    Call(String, String),
}

/// Follows import statements and requests the texts of modules.
#[derive(Debug)]
pub struct ImportWalk {
    modules: BTreeMap<String, Module>,
    scanned: HashMap<String, Scanned>,
    /// The file names of libraries, to recognize those that are opened by a literal name.
    libraries: BTreeSet<String>,
    todo: VecDeque<Step>,
    /// Steps that wait for the text of a module.
    waiting: BTreeMap<String, Vec<Step>>,
    asked: BTreeSet<String>,
    done: HashMap<(String, String), How>,
    imports: Imports,
    bytes: usize,
}

impl ImportWalk {
    /// Starts with the paths of the files of a wheel, relative to site-packages. `project` selects one of several packages.
    pub fn new<'p>(project: &str, paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut modules: BTreeMap<String, Module> = BTreeMap::new();
        let mut libraries = BTreeSet::new();
        for path in paths {
            let file = path.rsplit('/').next().unwrap_or(path);
            if file.contains(".so") {
                libraries.insert(file.to_owned());
            }
            let Some(name) = module_of(path) else { continue };
            let module = modules.entry(name).or_default();
            if file.ends_with(".py") {
                // A package is preferred to a module with its name (`FileFinder.find_spec`).
                let package = file == "__init__.py";
                if package || !module.package {
                    module.text = Some(path.to_owned());
                }
                module.package |= package;
            } else {
                module.native = true;
                module.package |= file.starts_with("__init__.");
            }
        }
        let mut walk = Self {
            modules,
            scanned: HashMap::new(),
            libraries,
            todo: VecDeque::new(),
            waiting: BTreeMap::new(),
            asked: BTreeSet::new(),
            done: HashMap::new(),
            imports: Imports::default(),
            bytes: 0,
        };
        walk.imports.roots = walk.roots(project);
        for root in walk.imports.roots.clone() {
            let what = Todo::Import(root.clone());
            walk.todo.push_back(Step { how: How::Certain, root: root.clone(), by: root, what });
        }
        walk.go();
        walk
    }

    /// Returns the modules that are outside of other packages, restricted to those that users import.
    fn roots(&self, project: &str) -> Vec<String> {
        let mut tops: Vec<&String> = Vec::new();
        for (name, module) in &self.modules {
            // A directory without `__init__` is a package too (PEP 420), but importing it has no effect.
            let inside = prefixes(name).any(|prefix| prefix != name && self.modules.contains_key(prefix));
            let nested_file = name.contains('.') && !module.package && !module.native;
            let first = name.split('.').next().unwrap_or(name);
            if !inside && !nested_file && !NOT_IMPORTED.contains(&first) {
                tops.push(name);
            }
        }
        let folded = |name: &str| name.replace(['.', '_'], "-").to_ascii_lowercase();
        let own: Vec<String> =
            tops.iter().filter(|name| folded(name) == folded(project)).map(|name| (*name).clone()).collect();
        if !own.is_empty() {
            return own;
        }
        let public = |name: &&&String| !name.starts_with('_');
        let some_public = tops.iter().any(|name| public(&name));
        tops.iter().filter(|name| !some_public || public(name)).map(|name| (*name).clone()).collect()
    }

    /// Returns the files to read next; empty at the end of the walk.
    pub fn wants(&self) -> Vec<String> {
        let texts = self.waiting.keys().filter_map(|name| self.modules.get(name)?.text.clone());
        texts.collect()
    }

    /// Supplies the text of a file; `None` if it could not be read.
    pub fn give(&mut self, path: &str, text: Option<&[u8]>) {
        let Some(name) = module_of(path) else { return };
        let text = text.filter(|text| {
            text.len() as u64 <= limits::PYTHON_FILE_BYTES && self.bytes + text.len() <= limits::PYTHON_BYTES
        });
        let scanned = match text {
            Some(text) => {
                self.bytes += text.len();
                scan(&String::from_utf8_lossy(text))
            }
            None => {
                self.imports.unread += 1;
                Scanned::default()
            }
        };
        self.scanned.insert(name.clone(), scanned);
        for step in self.waiting.remove(&name).unwrap_or_default() {
            self.todo.push_back(step);
        }
        self.go();
    }

    /// Returns whether the maximum number of files was requested.
    fn is_full(&self) -> bool {
        self.asked.len() >= limits::PYTHON_FILES
    }

    fn go(&mut self) {
        while let Some(step) = self.todo.pop_front() {
            match step.what.clone() {
                Todo::Import(name) => self.import(&name, step),
                Todo::Call(module, function) => self.call(&module, &function, step),
            }
        }
    }

    /// Returns whether the text of a module is available or not required. Otherwise the step waits for it.
    fn is_ready(&mut self, name: &str, step: &Step) -> bool {
        let has_text = self.modules.get(name).is_some_and(|module| module.text.is_some());
        if !has_text || self.scanned.contains_key(name) {
            return true;
        }
        if self.is_full() && !self.asked.contains(name) {
            self.imports.unread += 1;
            self.scanned.insert(name.to_owned(), Scanned::default());
            return true;
        }
        self.asked.insert(name.to_owned());
        self.waiting.entry(name.to_owned()).or_default().push(step.clone());
        false
    }

    /// Returns whether this is more certain than before.
    fn is_news(&mut self, module: &str, function: &str, how: How) -> bool {
        let known = self.done.entry((module.to_owned(), function.to_owned()));
        let mut news = false;
        known
            .and_modify(|before| {
                news = how < *before;
                *before = how.min(*before);
            })
            .or_insert_with(|| {
                news = true;
                how
            });
        news
    }

    fn import(&mut self, name: &str, step: Step) {
        let Some(module) = self.modules.get(name) else { return };
        if module.native {
            let reached = Reached { how: step.how, root: step.root.clone(), by: step.by.clone() };
            note(&mut self.imports.natives, name, reached);
        }
        // An import in a function that is not called is recorded, but not followed.
        if step.how == How::Lazy || !self.is_ready(name, &step) || !self.is_news(name, "", step.how) {
            return;
        }
        let items = self.scanned.get(name).map(|scanned| scanned.items.clone()).unwrap_or_default();
        self.run(name, &items, &step);
    }

    fn call(&mut self, module: &str, function: &str, step: Step) {
        if !self.is_ready(module, &step) {
            return;
        }
        let Some(scanned) = self.scanned.get(module) else { return };
        if let Some(items) = scanned.functions.get(function).cloned() {
            if self.is_news(module, function, step.how) {
                self.run(module, &items, &step);
            }
        } else if let Some(import) = scanned.bindings.get(function).cloned()
            && let [name] = import.names.as_slice()
        {
            let from = self.absolute(module, &import);
            if self.is_news(module, function, step.how) && self.modules.contains_key(&from) {
                self.todo.push_back(Step { what: Todo::Call(from, name.clone()), ..step });
            }
        }
    }

    fn run(&mut self, module: &str, items: &[Item], step: &Step) {
        for item in items {
            let how = item.how.max(step.how);
            let next = |what| Step { how, root: step.root.clone(), by: module.to_owned(), what };
            match &item.what {
                What::Import(import) => {
                    for name in self.named(module, import) {
                        self.todo.push_back(next(Todo::Import(name)));
                    }
                }
                What::Call(function) => {
                    self.todo.push_back(next(Todo::Call(module.to_owned(), function.clone())));
                }
                What::Open(named) => {
                    let own = named.as_ref().is_none_or(|named| {
                        self.libraries.contains(named.rsplit('/').next().unwrap_or(named))
                    });
                    let reached = Reached { how, root: step.root.clone(), by: module.to_owned() };
                    if own {
                        note(&mut self.imports.opens, &step.root, reached);
                    }
                }
            }
        }
    }

    /// Returns the full name of the module of an import (reference, 5.7 "Package Relative Imports").
    fn absolute(&self, module: &str, import: &Import) -> String {
        if import.level == 0 {
            return import.module.clone();
        }
        let mut parts: Vec<&str> = module.split('.').collect();
        if !self.modules.get(module).is_some_and(|module| module.package) {
            parts.pop();
        }
        for _ in 1..import.level {
            parts.pop();
        }
        if !import.module.is_empty() {
            parts.push(&import.module);
        }
        parts.join(".")
    }

    /// Returns the modules of the wheel that an import statement imports: its packages, the outermost first, then the names
    /// that are modules (reference, 7.11).
    fn named(&self, module: &str, import: &Import) -> Vec<String> {
        let from = self.absolute(module, import);
        let mut all: Vec<String> = prefixes(&from).map(str::to_owned).collect();
        all.extend(import.names.iter().map(|name| format!("{from}.{name}")));
        // A package that imports its own name has added its directory to the path, to import the module with this name.
        if import.level == 0 && from == module {
            let last = from.rsplit('.').next().unwrap_or(&from);
            all.push(format!("{from}.{last}"));
        }
        all.retain(|name| self.modules.contains_key(name));
        all
    }

    /// Returns the result. Requested texts that were not supplied count as unread.
    pub fn finish(mut self) -> Imports {
        self.imports.unread += self.waiting.len();
        // The imports of functions that were not called.
        let visited: Vec<(String, How)> = self
            .done
            .iter()
            .filter(|((_, function), _)| function.is_empty())
            .map(|((module, _), how)| (module.clone(), *how))
            .collect();
        let mut lazy = Vec::new();
        for (module, _) in &visited {
            let Some(scanned) = self.scanned.get(module) else { continue };
            for item in scanned.functions.values().flatten() {
                match &item.what {
                    What::Import(import) => {
                        lazy.extend(
                            self.named(module, import).into_iter().map(|name| (Some(name), module.clone())),
                        );
                    }
                    What::Open(_) => lazy.push((None, module.clone())),
                    What::Call(_) => {}
                }
            }
        }
        for (name, by) in lazy {
            let root = prefixes(&by).find(|prefix| self.imports.roots.iter().any(|root| root == prefix));
            let reached = Reached { how: How::Lazy, root: root.unwrap_or(&by).to_owned(), by };
            match name {
                Some(name) if self.modules.get(&name).is_some_and(|module| module.native) => {
                    note(&mut self.imports.natives, &name, reached);
                }
                Some(_) => {}
                None => {
                    let root = reached.root.clone();
                    note(&mut self.imports.opens, &root, reached);
                }
            }
        }
        self.imports
    }
}

/// Keeps the most certain way.
fn note(all: &mut BTreeMap<String, Reached>, name: &str, reached: Reached) {
    let known = all.entry(name.to_owned()).or_insert_with(|| reached.clone());
    if reached < *known {
        *known = reached;
    }
}

/// Returns `a`, `a.b` and `a.b.c` for `a.b.c`.
fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
    ends.filter_map(|end| name.get(..end)).filter(|prefix| !prefix.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(project: &str, files: &[(&str, &str)]) -> Imports {
        let mut walk = ImportWalk::new(project, files.iter().map(|(path, _)| *path));
        loop {
            let wants = walk.wants();
            if wants.is_empty() {
                return walk.finish();
            }
            for path in wants {
                let text = files.iter().find(|(known, _)| *known == path).map(|(_, text)| text.as_bytes());
                walk.give(&path, text);
            }
        }
    }

    fn how(imports: &Imports, path: &str) -> Option<How> {
        imports.native(path).map(|one| one.how)
    }

    #[test]
    fn imports_are_followed_through_modules() {
        let found = walked(
            "demo",
            &[
                ("demo/__init__.py", "from .a import thing\n"),
                (
                    "demo/a.py",
                    "from demo.sub.b import *\ntry:\n    from . import opt\nexcept ImportError: pass\ndef f():\n    from demo import late\n",
                ),
                ("demo/opt.py", "from . import _opt\n"),
                ("demo/sub/__init__.py", "from . import _sub\n"),
                ("demo/sub/b.py", "import demo._b\n"),
                ("demo/sub/_sub.abi3.so", ""),
                ("demo/_b.abi3.so", ""),
                ("demo/_opt.abi3.so", ""),
                ("demo/late.abi3.so", ""),
                ("demo/alone.abi3.so", ""),
            ],
        );
        assert_eq!(how(&found, "demo/sub/_sub.abi3.so"), Some(How::Certain));
        assert_eq!(how(&found, "demo/_b.abi3.so"), Some(How::Certain));
        assert_eq!(how(&found, "demo/_opt.abi3.so"), Some(How::Guarded));
        assert_eq!(how(&found, "demo/late.abi3.so"), Some(How::Lazy));
        assert_eq!(how(&found, "demo/alone.abi3.so"), None);
        assert_eq!(found.natives["demo._b"].by, "demo.sub.b");
        assert_eq!(found.unread, 0);
    }

    #[test]
    fn functions_of_other_files_run_if_the_import_calls_them() {
        let found = walked(
            "demo",
            &[
                ("demo/__init__.py", "from ._load import load as _load\n_lib = _load()\n"),
                (
                    "demo/_load.py",
                    "def load():\n    return inner()\ndef inner():\n    return ctypes.CDLL(here / 'x')\n",
                ),
            ],
        );
        assert_eq!(
            found.opens(None).map(|one| (one.how, one.by.clone())),
            Some((How::Certain, "demo._load".to_owned()))
        );
        let found = walked("demo", &[("demo/__init__.py", "def load():\n    return ctypes.CDLL(here)\n")]);
        assert_eq!(found.opens(None).map(|one| one.how), Some(How::Lazy));
        // A library of the system is not one of the wheel.
        assert_eq!(walked("demo", &[("demo/__init__.py", "CDLL('libc.so.6')\n")]).opens(None), None);
    }

    #[test]
    fn a_package_with_the_name_of_the_project_is_preferred() {
        let files = [
            ("demo/__init__.py", ""),
            ("_demo.abi3.so", ""),
            ("other/__init__.py", ""),
            ("tests/__init__.py", ""),
        ];
        assert_eq!(walked("demo", &files).roots, ["demo"]);
        assert_eq!(walked("else", &files).roots, ["demo", "other"]);
        assert_eq!(walked("else", &files[1..2]).roots, ["_demo"]);
        assert_eq!(how(&walked("else", &files[1..2]), "_demo.abi3.so"), Some(How::Certain));
        assert_eq!(walked("a-b", &[("a/b/__init__.py", ""), ("a/c.py", "")]).roots, ["a.b"]);
    }

    // cv2/__init__.py: bootstrap() puts the directory first on the path and imports its own name again.
    #[test]
    fn a_package_that_imports_its_own_name_imports_the_module_inside() {
        let text = "def bootstrap():\n    native = importlib.import_module('cv2')\nbootstrap()\n";
        let found = walked("opencv", &[("cv2/__init__.py", text), ("cv2/cv2.abi3.so", "")]);
        assert_eq!(how(&found, "cv2/cv2.abi3.so"), Some(How::Certain));
    }

    #[test]
    fn cycles_and_missing_texts_end() {
        let mut walk = ImportWalk::new("a", ["a/__init__.py", "a/b.py"]);
        walk.give("a/__init__.py", Some(b"from a import b\nimport a\ndef f(): f()\nf()\n"));
        assert_eq!(walk.wants(), ["a/b.py"]);
        walk.give("a/b.py", None);
        assert!(walk.wants().is_empty());
        assert_eq!(walk.finish().unread, 1);
    }
}
