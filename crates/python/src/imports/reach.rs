//! From the packages of a wheel along their import statements.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use wheelbase_formats::limits;

use super::effects::{Import, Item, Scanned, What};
use super::scan::scan;
use super::{How, Imports, Reached, module_of};

/// Directories and modules beside a package that are not what a project is imported for.
const ASIDE: &[&str] = &[
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

/// One thing to do.
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

/// Follows import statements; asks for text as it goes.
#[derive(Debug)]
pub struct ImportWalk {
    modules: BTreeMap<String, Module>,
    scanned: HashMap<String, Scanned>,
    /// Names of libraries, for what opens them by a literal name.
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
    /// Begins with the paths of a wheel's files below site-packages; `project` tells which of several packages is the
    /// one that the project is imported by.
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
                // A package goes before a module of its name (`FileFinder.find_spec`).
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

    /// Modules that no package of the wheel contains, and of these the ones a project is imported for.
    fn roots(&self, project: &str) -> Vec<String> {
        let mut tops: Vec<&String> = Vec::new();
        for (name, module) in &self.modules {
            // A directory without `__init__` is a package too (PEP 420), but nobody imports it for itself.
            let inside = prefixes(name).any(|prefix| prefix != name && self.modules.contains_key(prefix));
            let nested_file = name.contains('.') && !module.package && !module.native;
            let first = name.split('.').next().unwrap_or(name);
            if !inside && !nested_file && !ASIDE.contains(&first) {
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

    /// The files whose text is needed next; none when the walk is at its end.
    pub fn wants(&self) -> Vec<String> {
        let texts = self.waiting.keys().filter_map(|name| self.modules.get(name)?.text.clone());
        texts.collect()
    }

    /// Takes the text of a file, or that it cannot be had.
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

    /// Whether as many files were asked for as are read of one wheel.
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

    /// Whether the text of a module is at hand, or there is none; else the step waits for it.
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

    /// Whether this was not done as surely before.
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
        // What only a function imports is told of, and not followed.
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

    /// The full name that a relative import is for (reference, 5.7 "Package Relative Imports").
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

    /// The modules of the wheel that an import statement imports: its packages from the outermost on, then the names
    /// that are modules (reference, 7.11).
    fn named(&self, module: &str, import: &Import) -> Vec<String> {
        let from = self.absolute(module, import);
        let mut all: Vec<String> = prefixes(&from).map(str::to_owned).collect();
        all.extend(import.names.iter().map(|name| format!("{from}.{name}")));
        // A package that imports its own name has put its directory on the path to get at the module within.
        if import.level == 0 && from == module {
            let last = from.rsplit('.').next().unwrap_or(&from);
            all.push(format!("{from}.{last}"));
        }
        all.retain(|name| self.modules.contains_key(name));
        all
    }

    /// What was found. Text that was asked for and not given counts as not read.
    pub fn finish(mut self) -> Imports {
        self.imports.unread += self.waiting.len();
        // What functions import that nobody called.
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

/// Keeps the surest way.
fn note(all: &mut BTreeMap<String, Reached>, name: &str, reached: Reached) {
    let known = all.entry(name.to_owned()).or_insert_with(|| reached.clone());
    if reached < *known {
        *known = reached;
    }
}

/// `a`, `a.b`, `a.b.c`
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
    fn functions_that_the_import_calls_run_also_from_other_files() {
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
        // A name of the system's libraries is none of the wheel's.
        assert_eq!(walked("demo", &[("demo/__init__.py", "CDLL('libc.so.6')\n")]).opens(None), None);
    }

    #[test]
    fn a_package_of_the_projects_name_speaks_for_it() {
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
    fn a_package_that_imports_its_own_name_gets_the_module_within() {
        let text = "def bootstrap():\n    native = importlib.import_module('cv2')\nbootstrap()\n";
        let found = walked("opencv", &[("cv2/__init__.py", text), ("cv2/cv2.abi3.so", "")]);
        assert_eq!(how(&found, "cv2/cv2.abi3.so"), Some(How::Certain));
    }

    #[test]
    fn loops_and_missing_texts_end() {
        let mut walk = ImportWalk::new("a", ["a/__init__.py", "a/b.py"]);
        walk.give("a/__init__.py", Some(b"from a import b\nimport a\ndef f(): f()\nf()\n"));
        assert_eq!(walk.wants(), ["a/b.py"]);
        walk.give("a/b.py", None);
        assert!(walk.wants().is_empty());
        assert_eq!(walk.finish().unread, 1);
    }
}
