//! The files of a stage, and the search for the source of a file.

use std::fmt;
use std::sync::Arc;

use crate::gap::DockerfileGap;
use crate::ignore::Ignore;
use crate::model::{Exported, FileSource};
use crate::path;
use wheelbase_formats::{glob, limits};
use wheelbase_spec::source::Origin;

/// The files of another stage.
///
/// Stages that copy from each other share them. They are compared by address or by the number of operations: a
/// comparison of the contents could take exponential time.
#[derive(Clone)]
pub(crate) struct OfStage(Arc<StageFiles>);

impl OfStage {
    pub(crate) fn new(files: StageFiles) -> Self {
        Self(Arc::new(files))
    }
}

impl PartialEq for OfStage {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.operations.len() == other.0.operations.len()
    }
}

impl Eq for OfStage {}

impl fmt::Debug for OfStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} operations", self.0.operations.len())
    }
}

/// The files of a stage, as a list of the operations that created them, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageFiles {
    operations: Vec<Operation>,
    /// The base image; `None` if the stage starts empty.
    base: Option<String>,
}

/// An operation that adds, changes or removes files of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// `COPY` or a bind mount from the build context.
    Context { source: String, destination: String, folder: bool },
    /// `COPY --from` or a bind mount of a stage.
    Stage { files: OfStage, source: String, destination: String, folder: bool },
    /// `COPY --from` or a bind mount of an image.
    Image { reference: String, source: String, destination: String },
    /// A here-document, `echo > file`.
    Inline { path: String, text: String, origin: Origin },
    /// `echo >> file`.
    Append { path: String, text: String, origin: Origin },
    /// The export of a lock by an installer.
    Exported { path: String, exported: Box<Exported> },
    /// `cp`, `mv`, `ln -s`.
    Local { source: String, destination: String },
    /// `cat a b > c`.
    Combined { path: String, sources: Vec<FileSource> },
    /// A download.
    Url { path: String, url: String },
    /// A directory into which `pip wheel` or `pip download` writes files.
    Built { path: String, origin: Origin },
    /// A file whose content is unknown.
    Unknown { path: String, reason: DockerfileGap },
    /// A removed file.
    Removed { path: String },
}

impl StageFiles {
    pub(crate) fn on_image(reference: Option<String>) -> Self {
        Self { operations: Vec::new(), base: reference }
    }

    pub(crate) fn push(&mut self, operation: Operation) {
        self.operations.push(operation);
    }

    pub(crate) fn len(&self) -> usize {
        self.operations.len()
    }

    /// Removes operations that are no longer in effect, such as the mounts of one `RUN`.
    pub(crate) fn remove_range(&mut self, from: usize, count: usize) {
        let end = (from + count).min(self.operations.len());
        if from < end {
            self.operations.drain(from..end);
        }
    }

    /// Returns whether a copy lists this file itself, as its source or its destination.
    pub(crate) fn names(&self, path: &str) -> bool {
        self.operations.iter().any(|operation| match operation {
            Operation::Context { source, destination, .. } => {
                destination == path
                    || (path::name(source) == path::name(path) && path::below(path, destination).is_some())
            }
            _ => false,
        })
    }

    /// Returns the positions of the steps that write wheels or sdists into a directory, sorted.
    pub fn builders(&self, folder: &str) -> Vec<Origin> {
        let (mut found, mut visits) = (Vec::new(), 0);
        self.builders_in(folder, self.operations.len(), &mut visits, &mut found);
        found.sort();
        found.dedup();
        found
    }

    fn builders_in(&self, folder: &str, upto: usize, visits: &mut usize, found: &mut Vec<Origin>) {
        for (index, operation) in self.operations.iter().enumerate().take(upto) {
            *visits += 1;
            if *visits > limits::DOCKERFILE_LOOKUP_STEPS {
                return;
            }
            match operation {
                Operation::Built { path, origin } if path::below(path, folder).is_some() => {
                    found.push(origin.clone());
                }
                Operation::Built { path, origin } if path::below(folder, path).is_some() => {
                    found.push(origin.clone());
                }
                Operation::Stage { files, source, destination, .. } => {
                    let named = match path::below(folder, destination) {
                        Some("") => without_pattern(source).to_owned(),
                        Some(rest) => path::join(without_pattern(source), rest),
                        None => continue,
                    };
                    files.0.builders_in(&named, files.0.operations.len(), visits, found);
                }
                Operation::Local { source, destination } => {
                    if let Some(rest) = path::below(folder, destination) {
                        let named = if rest.is_empty() { source.clone() } else { path::join(source, rest) };
                        self.builders_in(&named, index, visits, found);
                    }
                }
                _ => {}
            }
        }
    }

    /// The absolute paths of files that the Dockerfile lists one by one.
    pub fn named(&self) -> Vec<String> {
        let mut out = Vec::new();
        for operation in &self.operations {
            match operation {
                Operation::Context { source, destination, folder }
                    if !glob::is_pattern(source) && is_file_name(path::name(source)) =>
                {
                    let inside = *folder || !is_file_name(path::name(destination));
                    out.push(path::join(destination, if inside { path::name(source) } else { "" }));
                }
                Operation::Inline { path, .. }
                | Operation::Append { path, .. }
                | Operation::Url { path, .. } => {
                    out.push(path.clone());
                }
                _ => {}
            }
        }
        out
    }

    /// Returns whether something was downloaded or unpacked into the stage.
    pub fn has_downloads(&self) -> bool {
        self.operations.iter().any(|operation| match operation {
            Operation::Url { .. } | Operation::Unknown { .. } => true,
            Operation::Context { source, .. } => {
                [".tar", ".gz", ".tgz", ".xz", ".zip"].iter().any(|end| source.ends_with(end))
            }
            _ => false,
        })
    }

    /// The texts of files below a directory that the Dockerfile itself contains.
    pub(crate) fn texts_below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.operations.iter().filter_map(move |operation| match operation {
            Operation::Inline { path, text, .. } | Operation::Append { path, text, .. } => {
                path::below(path, folder).map(|_| text.as_str())
            }
            _ => None,
        })
    }

    /// Returns whether a command removed or moved this file, by its path or a pattern. The file may be one of the image.
    pub fn is_taken_away(&self, path: &str) -> bool {
        self.operations.iter().any(|operation| match operation {
            Operation::Removed { path: at } => glob::matches_path(at, path),
            Operation::Local { source, .. } => glob::matches_path(source, path),
            _ => false,
        })
    }

    /// Returns the source of the file at an absolute path.
    pub fn find(&self, path: &str, ignore: Option<&Ignore>) -> FileSource {
        let mut lookup = Lookup { ignore, visits: 0, candidates: Vec::new(), ignored: None };
        let found = self.find_in(path, self.operations.len(), &mut lookup);
        if !lookup.candidates.is_empty() {
            return FileSource::Context(lookup.candidates);
        }
        match (found, lookup.ignored) {
            (FileSource::Missing | FileSource::Image { .. }, Some((path, rule, origin))) => {
                FileSource::Ignored { path, rule, origin }
            }
            (found, _) => found,
        }
    }

    /// Collects candidates in the context, newest first, until an operation decides the source.
    fn find_in(&self, path: &str, upto: usize, lookup: &mut Lookup<'_>) -> FileSource {
        for index in (0..upto.min(self.operations.len())).rev() {
            lookup.visits += 1;
            if lookup.visits > limits::DOCKERFILE_LOOKUP_STEPS {
                return FileSource::Unknown(DockerfileGap::ManyCopies);
            }
            let Some(operation) = self.operations.get(index) else { continue };
            match operation {
                Operation::Context { source, destination, folder } => {
                    for candidate in origins_of(path, source, destination, *folder) {
                        lookup.add(path::relative(&candidate));
                    }
                    // A copy of this very file replaces older ones.
                    if !glob::is_pattern(source)
                        && path::name(source) == path::name(path)
                        && !lookup.candidates.is_empty()
                    {
                        return FileSource::Missing;
                    }
                }
                Operation::Stage { files, source, destination, folder } => {
                    for candidate in origins_of(path, source, destination, *folder) {
                        let found =
                            files.0.find_in(&path::join("/", &candidate), files.0.operations.len(), lookup);
                        if found != FileSource::Missing {
                            return found;
                        }
                    }
                }
                Operation::Image { reference, source, destination } => {
                    if let Some(candidate) = origins_of(path, source, destination, false).pop() {
                        let path = path::join("/", &candidate);
                        return FileSource::Image { reference: reference.clone(), path };
                    }
                }
                Operation::Inline { path: at, text, origin } if at == path => {
                    return FileSource::Inline { text: text.clone(), origin: origin.clone() };
                }
                Operation::Append { path: at, text, origin } if at == path => {
                    let added = FileSource::Inline { text: text.clone(), origin: origin.clone() };
                    let before = lookup.separately(|lookup| self.find_in(path, index, lookup));
                    return match before {
                        FileSource::Missing | FileSource::Image { .. } => added,
                        FileSource::Combined(mut parts) => {
                            parts.push(added);
                            FileSource::Combined(parts)
                        }
                        before => FileSource::Combined(vec![before, added]),
                    };
                }
                Operation::Exported { path: at, exported } if at == path => {
                    return FileSource::Exported(exported.clone());
                }
                Operation::Local { source, destination } => {
                    let inside = path::below(path, destination).map(str::to_owned);
                    if let Some(rest) = inside {
                        let named = if rest.is_empty() { source.clone() } else { path::join(source, &rest) };
                        let found = self.find_in(&named, index, lookup);
                        if found != FileSource::Missing || !lookup.candidates.is_empty() {
                            return found;
                        }
                        // `cp a.txt dir`: the name is kept.
                        if rest == path::name(source) {
                            let found = self.find_in(source, index, lookup);
                            if found != FileSource::Missing {
                                return found;
                            }
                        }
                    }
                }
                Operation::Combined { path: at, sources } if at == path => {
                    return FileSource::Combined(sources.clone());
                }
                Operation::Built { path: at, origin } if path::below(path, at).is_some() => {
                    return FileSource::Built(origin.clone());
                }
                Operation::Url { path: at, url } if at == path => return FileSource::Url(url.clone()),
                Operation::Unknown { path: at, reason } if path::below(path, at).is_some() => {
                    return FileSource::Unknown(reason.clone());
                }
                Operation::Removed { path: at } if path::below(path, at).is_some() => {
                    return FileSource::Missing;
                }
                _ => {}
            }
        }
        match &self.base {
            Some(reference) if lookup.candidates.is_empty() => {
                FileSource::Image { reference: reference.clone(), path: path.to_owned() }
            }
            _ => FileSource::Missing,
        }
    }
}

struct Lookup<'a> {
    ignore: Option<&'a Ignore>,
    visits: usize,
    candidates: Vec<String>,
    ignored: Option<(String, String, Origin)>,
}

impl Lookup<'_> {
    fn add(&mut self, candidate: String) {
        if candidate.is_empty() || self.candidates.contains(&candidate) {
            return;
        }
        if let Some((rule, origin)) = self.ignore.and_then(|ignore| ignore.excludes(&candidate)) {
            let (rule, origin) = (rule.to_owned(), origin.clone());
            self.ignored.get_or_insert((candidate, rule, origin));
            return;
        }
        self.candidates.push(candidate);
    }

    /// Runs a separate search and returns its candidates as the result.
    fn separately(&mut self, search: impl FnOnce(&mut Self) -> FileSource) -> FileSource {
        let kept = std::mem::take(&mut self.candidates);
        let found = search(self);
        let candidates = std::mem::replace(&mut self.candidates, kept);
        if candidates.is_empty() { found } else { FileSource::Context(candidates) }
    }
}

/// Returns the paths that may have become `path` when `source` was copied to `destination`.
///
/// There may be several, because `source` may be a file or a directory. The more likely one is first. The content of a
/// directory is copied, not the directory; a file is copied into a destination that is a directory
/// (<https://docs.docker.com/reference/dockerfile/#copy>).
fn origins_of(path: &str, source: &str, destination: &str, folder: bool) -> Vec<String> {
    let Some(rest) = path::below(path, destination) else { return Vec::new() };
    let source = if source.is_empty() { "." } else { source };
    let wild = glob::is_pattern(source);
    let mut found = Vec::new();
    if rest.is_empty() {
        if !folder && !wild {
            found.push(source.to_owned());
        }
        return found;
    }
    let (first, deeper) = rest.split_once('/').map_or((rest, None), |(first, deeper)| (first, Some(deeper)));
    if wild {
        let pattern = path::name(source);
        let above = source.trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above);
        if !glob::is_pattern(above) {
            if deeper.is_none() && glob::matches_path(pattern, first) {
                found.push(join_relative(above, first));
            } else if pattern == "*" {
                // The content of a matching directory is copied without the name of the directory, so that part of the
                // path is unknown. Only a file of the directory above can be found.
                found.push(join_relative(above, rest));
            }
        }
        return found;
    }
    if deeper.is_none() && path::name(source) == first && source != "." {
        found.push(source.to_owned());
    }
    // A name like that of a file is assumed to be a file, which has no content as a directory.
    if is_file_name(path::name(source)) {
        return found;
    }
    found.push(join_relative(source, rest));
    found
}

/// Returns the directory of a source that ends with a pattern.
fn without_pattern(source: &str) -> &str {
    if glob::is_pattern(path::name(source)) { path::parent(source) } else { source }
}

/// Returns whether a name is that of a file and not of a directory, by its extension.
fn is_file_name(name: &str) -> bool {
    const NAMES: [&str; 6] = ["Pipfile", "Makefile", "Procfile", "LICENSE", "README", "Dockerfile"];
    const EXTENSIONS: [&str; 22] = [
        "txt", "in", "toml", "lock", "md", "rst", "cfg", "ini", "py", "pyi", "sh", "json", "yaml", "yml",
        "conf", "whl", "gz", "zip", "env", "html", "js", "xml",
    ];
    match name.trim_start_matches('.').rsplit_once('.') {
        Some((_, extension)) => EXTENSIONS.contains(&extension),
        None => NAMES.contains(&name),
    }
}

fn join_relative(folder: &str, path: &str) -> String {
    if folder.is_empty() || folder == "." {
        path.to_owned()
    } else {
        format!("{}/{path}", folder.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(source: &str, destination: &str) -> Operation {
        Operation::Context {
            source: source.to_owned(),
            destination: destination.trim_end_matches('/').to_owned(),
            folder: destination.ends_with('/'),
        }
    }

    fn find(operations: Vec<Operation>, path: &str, ignore: &str) -> FileSource {
        let files = StageFiles { operations, base: None };
        files.find(path, Some(&Ignore::parse(ignore, ".dockerignore")))
    }

    #[test]
    fn copies_of_files_folders_and_globs() {
        let one = |source, destination, path| find(vec![context(source, destination)], path, "");
        let of = |paths: &[&str]| FileSource::Context(paths.iter().map(|path| (*path).to_owned()).collect());
        assert_eq!(one(".", "/app", "/app/requirements.txt"), of(&["requirements.txt"]));
        assert_eq!(one("./requirements.txt", "/app/", "/app/requirements.txt"), of(&["requirements.txt"]));
        assert_eq!(one("req.txt", "/tmp/r.txt", "/tmp/r.txt"), of(&["req.txt"]));
        assert_eq!(
            one("requirements*.txt", "/app/", "/app/requirements-dev.txt"),
            of(&["requirements-dev.txt"])
        );
        assert_eq!(one("requirements*.txt", "/app/", "/app/setup.py"), FileSource::Missing);
        assert_eq!(one("src", "/app/src", "/app/src/a/b.txt"), of(&["src/a/b.txt"]));
        assert_eq!(one("./backend/", "/app/", "/app/requirements.txt"), of(&["backend/requirements.txt"]));
    }

    #[test]
    fn the_newest_copy_is_first_and_ignored_files_are_reported() {
        let operations = vec![context(".", "/app"), context("sub", "/app")];
        let FileSource::Context(found) = find(operations, "/app/r.txt", "") else { panic!() };
        assert_eq!(found, ["sub/r.txt", "r.txt"]);
        let ignored = find(vec![context(".", "/app")], "/app/r.txt", "*.txt");
        assert!(matches!(ignored, FileSource::Ignored { .. }), "{ignored:?}");
    }
}
