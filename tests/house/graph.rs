//! Which files of a crate use which, read from their paths: `use` declarations and paths inside the code.
//!
//! The reader parses only as much of Rust as it requires: it removes comments and literals, skips code under
//! `#[cfg(test)]`, and follows `crate`, `self`, `super`, child modules, imported modules and re-exports. A re-export is
//! not a use: a path through it counts as a use of the file that defines the item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module as its names below the crate root.
type Module = Vec<String>;

/// One source file, as far as its paths are concerned.
#[derive(Default)]
struct Source {
    /// Paths as written, made absolute; what they name is resolved once all files are known.
    uses: Vec<Vec<String>>,
    /// Names that the file makes available from elsewhere.
    exports: BTreeMap<String, Vec<String>>,
    /// Modules whose whole content it makes available.
    glob_exports: Vec<Vec<String>>,
}

/// The files of one crate and the uses between them.
pub(super) struct Graph {
    files: Vec<PathBuf>,
    edges: BTreeMap<usize, BTreeSet<usize>>,
}

impl Graph {
    /// Reads all files below the `src` folder of a crate.
    pub(super) fn of_crate(src: &Path) -> Self {
        let mut found = Vec::new();
        rust_files(src, &mut found);
        found.sort();
        let modules: BTreeMap<Module, usize> =
            found.iter().enumerate().map(|(index, file)| (module_of(src, file), index)).collect();
        let mut tests = BTreeSet::new();
        let sources: Vec<Source> = found
            .iter()
            .map(|file| {
                let text = std::fs::read_to_string(file).unwrap();
                Reader::new(&text, module_of(src, file), &modules).read(&mut tests)
            })
            .collect();
        let mut edges: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (from, source) in sources.iter().enumerate() {
            if is_below(&module_of(src, &found[from]), &tests) {
                continue;
            }
            for path in &source.uses {
                let Some(to) = resolve(path, &modules, &sources, 0) else { continue };
                if to != from {
                    edges.entry(from).or_default().insert(to);
                }
            }
        }
        Self { files: found, edges }
    }

    /// Groups of files in which each file uses every other, directly or through the rest of the group.
    pub(super) fn circles(&self) -> Vec<Vec<PathBuf>> {
        let reach: Vec<BTreeSet<usize>> = (0..self.files.len()).map(|file| self.reachable(file)).collect();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for file in 0..self.files.len() {
            if seen.contains(&file) || !reach[file].contains(&file) {
                continue;
            }
            let circle: Vec<usize> =
                reach[file].iter().copied().filter(|other| reach[*other].contains(&file)).collect();
            seen.extend(circle.iter().copied());
            circles.push(circle.into_iter().map(|index| self.files[index].clone()).collect());
        }
        circles
    }

    /// The uses between the files of a group, one a line.
    pub(super) fn uses_within(&self, group: &[PathBuf]) -> Vec<(PathBuf, PathBuf)> {
        let inside = |index: &usize| group.contains(&self.files[*index]);
        let mut out = Vec::new();
        for (from, targets) in self.edges.iter().filter(|(from, _)| inside(from)) {
            for to in targets.iter().filter(|to| inside(to)) {
                out.push((self.files[*from].clone(), self.files[*to].clone()));
            }
        }
        out
    }

    fn reachable(&self, from: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<usize> = self.edges.get(&from).into_iter().flatten().copied().collect();
        while let Some(at) = open.pop() {
            if seen.insert(at) {
                open.extend(self.edges.get(&at).into_iter().flatten().copied());
            }
        }
        seen
    }
}

/// All files with the extension `rs` below a folder.
pub(super) fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn module_of(src: &Path, file: &Path) -> Module {
    let relative = file.strip_prefix(src).unwrap().with_extension("");
    let mut names: Module = relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    let is_root = names.len() == 1 && matches!(names[0].as_str(), "lib" | "main");
    if is_root || names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    names
}

fn is_below(module: &[String], folders: &BTreeSet<Module>) -> bool {
    (0..=module.len()).any(|length| folders.contains(&module[..length]))
}

/// The file that defines what a path names.
fn resolve(
    path: &[String],
    modules: &BTreeMap<Module, usize>,
    sources: &[Source],
    depth: usize,
) -> Option<usize> {
    let length = (0..=path.len()).rev().find(|length| modules.contains_key(&path[..*length]))?;
    let file = modules[&path[..length]];
    let Some(item) = path.get(length) else { return Some(file) };
    if depth > 8 {
        return Some(file);
    }
    if let Some(target) = sources[file].exports.get(item) {
        let whole = [target, &path[length + 1..]].concat();
        return resolve(&whole, modules, sources, depth + 1);
    }
    // An item without another path can be one of a glob export. The first such module is used.
    let defined = sources[file].glob_exports.first();
    match defined {
        Some(target) => resolve(target, modules, sources, depth + 1),
        None => Some(file),
    }
}

/// Reads the paths of one file.
struct Reader<'m> {
    tokens: Vec<String>,
    at: usize,
    module: Module,
    modules: &'m BTreeMap<Module, usize>,
    /// Imported names that are modules or may be.
    aliases: BTreeMap<String, Vec<String>>,
    source: Source,
}

impl<'m> Reader<'m> {
    fn new(text: &str, module: Module, modules: &'m BTreeMap<Module, usize>) -> Self {
        let tokens = tokens(text);
        Self { tokens, at: 0, module, modules, aliases: BTreeMap::new(), source: Source::default() }
    }

    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", String::as_str)
    }

    fn read(mut self, tests: &mut BTreeSet<Module>) -> Source {
        let mut public = false;
        while self.at < self.tokens.len() {
            if self.is_test_attribute() {
                self.skip_test_item(tests);
                continue;
            }
            match self.peek(0) {
                "pub" => {
                    public = true;
                    self.at += 1;
                    if self.peek(0) == "(" {
                        while !matches!(self.peek(0), ")" | "") {
                            self.at += 1;
                        }
                        self.at += 1;
                    }
                    continue;
                }
                "use" => {
                    self.at += 1;
                    self.use_tree(Vec::new(), public);
                }
                first if is_name(first) && self.peek(1) == "::" => self.inline_path(),
                _ => self.at += 1,
            }
            public = false;
        }
        self.source
    }

    fn is_test_attribute(&self) -> bool {
        ["#", "[", "cfg", "(", "test", ")", "]"].iter().enumerate().all(|(n, token)| self.peek(n) == *token)
    }

    /// Skips the item after `#[cfg(test)]`; a module in a file of its own is recorded.
    fn skip_test_item(&mut self, tests: &mut BTreeSet<Module>) {
        self.at += 7;
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "mod" if depth == 0 && self.peek(2) == ";" => {
                    let mut module = self.module.clone();
                    module.push(self.peek(1).to_owned());
                    tests.insert(module);
                }
                "{" | "[" | "(" => depth += 1,
                "}" | "]" | ")" => {
                    depth -= 1;
                    if depth == 0 && self.peek(0) == "}" {
                        self.at += 1;
                        return;
                    }
                }
                ";" if depth == 0 => {
                    self.at += 1;
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// A path below the crate root; `None` if it starts with a name that is not a module of this crate.
    fn absolute(&self, names: &[String]) -> Option<Vec<String>> {
        let (first, rest) = names.split_first()?;
        let mut rest = rest;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.module.clone(),
            "super" => self.module.split_last()?.1.to_vec(),
            name => {
                let child = [self.module.as_slice(), &[name.to_owned()]].concat();
                match self.aliases.get(name) {
                    Some(target) => target.clone(),
                    None if self.modules.contains_key(&child) => child,
                    None => return None,
                }
            }
        };
        while rest.first().is_some_and(|name| name == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn use_tree(&mut self, mut names: Vec<String>, public: bool) {
        loop {
            match self.peek(0).to_owned().as_str() {
                "{" => {
                    self.at += 1;
                    while !matches!(self.peek(0), "}" | "") {
                        self.use_tree(names.clone(), public);
                        if self.peek(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "*" => {
                    self.at += 1;
                    if let Some(path) = self.absolute(&names) {
                        if public {
                            self.source.glob_exports.push(path);
                        } else {
                            self.source.uses.push(path);
                        }
                    }
                    return;
                }
                "::" => self.at += 1,
                name if is_name(name) => {
                    names.push(name.to_owned());
                    self.at += 1;
                    if self.peek(0) == "::" {
                        continue;
                    }
                    let mut alias = name.to_owned();
                    if self.peek(0) == "as" {
                        alias = self.peek(1).to_owned();
                        self.at += 2;
                    }
                    if alias == "self" {
                        names.pop();
                        alias = names.last().cloned().unwrap_or_default();
                    }
                    let Some(path) = self.absolute(&names) else { return };
                    if public {
                        self.source.exports.insert(alias, path);
                    } else {
                        // A path through an imported module counts as its own use.
                        if !self.modules.contains_key(&path) {
                            self.source.uses.push(path.clone());
                        }
                        self.aliases.insert(alias, path);
                    }
                    return;
                }
                _ => return,
            }
        }
    }

    fn inline_path(&mut self) {
        let mut names = vec![self.peek(0).to_owned()];
        let after_path = self.at > 0 && self.tokens[self.at - 1] == "::";
        self.at += 1;
        while self.peek(0) == "::" && is_name(self.peek(1)) {
            names.push(self.peek(1).to_owned());
            self.at += 2;
        }
        if self.peek(0) == "::" {
            self.at += 1;
        }
        if !after_path && let Some(path) = self.absolute(&names) {
            self.source.uses.push(path);
        }
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs, without comments and literals.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if c == '/' && get(at + 1) == '/' {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if c == '/' && get(at + 1) == '*' {
            while at < chars.len() && !(chars[at] == '*' && get(at + 1) == '/') {
                at += 1;
            }
            at += 2;
        } else if c == '"' {
            at = after_string(&chars, at);
        } else if c == '\'' {
            // A character has a closing quote; a lifetime does not.
            if get(at + 1) == '\\' {
                at += 3;
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            } else if get(at + 2) == '\'' {
                at += 3;
            } else {
                at += 1;
            }
        } else if c.is_alphabetic() || c == '_' {
            let start = at;
            while at < chars.len() && (chars[at].is_alphanumeric() || chars[at] == '_') {
                at += 1;
            }
            let name: String = chars[start..at].iter().collect();
            if matches!(name.as_str(), "r" | "br" | "cr") && matches!(get(at), '"' | '#') {
                at = after_raw_string(&chars, at);
            } else {
                out.push(name);
            }
        } else if c == ':' && get(at + 1) == ':' {
            out.push("::".to_owned());
            at += 2;
        } else {
            if !c.is_whitespace() {
                out.push(c.to_string());
            }
            at += 1;
        }
    }
    out
}

fn after_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn after_raw_string(chars: &[char], start: usize) -> usize {
    let mut at = start;
    while chars.get(at) == Some(&'#') {
        at += 1;
    }
    let hashes = at - start;
    if chars.get(at) != Some(&'"') {
        // `r#name`
        return start + 1;
    }
    at += 1;
    while at < chars.len() {
        if chars[at] == '"' && (1..=hashes).all(|n| chars.get(at + n) == Some(&'#')) {
            return at + 1 + hashes;
        }
        at += 1;
    }
    at
}
