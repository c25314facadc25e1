//! The paths in the build context of the files that a step reads.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::dockerfile::{
    FileSource, Ignore, InputFile, InstallStep, join_path as join, parent_path as parent,
};
use crate::findings::{AbsentFile, UnknownCause};
use crate::lock::LockSelection;
use crate::source::Origin;
use wheelbase_formats::glob;

use super::files::ContextFiles;

/// The location of an input.
pub(super) enum Place {
    File(String),
    Text(String, Origin),
    Lock(String, LockSelection),
    Url(String),
    Built(Vec<Origin>),
    Several(Vec<Self>),
    Gap(UnknownCause),
}

/// Searches for the files of a step.
pub(super) struct At<'a> {
    pub(super) step: &'a InstallStep,
    pub(super) context: &'a dyn ContextFiles,
    pub(super) ignore: &'a Ignore,
    /// Whether the image below the stage is a published one: it contains no files of the project.
    pub(super) base_is_published: bool,
    /// Files that were included, and as what.
    pub(super) seen: RefCell<BTreeSet<(String, u8)>>,
}

impl<'a> At<'a> {
    pub(super) fn new(step: &'a InstallStep, context: &'a dyn ContextFiles, ignore: &'a Ignore) -> Self {
        Self { step, context, ignore, base_is_published: false, seen: RefCell::default() }
    }

    pub(super) fn place(&self, input: &InputFile) -> Place {
        let mut found = place(&input.source, self, 0);
        let is_project = input.path.ends_with("/pyproject.toml");
        let is_named = matches!(
            input.source,
            FileSource::Image { .. } | FileSource::Missing | FileSource::Absent(_) | FileSource::Context(_)
        );
        if let Place::Gap(UnknownCause::File(
            AbsentFile::NotCreated { similar, .. } | AbsentFile::NotInContext { similar, .. },
        )) = &mut found
            && is_named
            && !is_project
        {
            *similar = self.near(&input.path);
        }
        found
    }

    /// A file of the image with a similar name.
    pub(super) fn near(&self, path: &str) -> Option<String> {
        let mut names = self.step.files.named();
        if let FileSource::Context(found) = self.step.files.find(&join(parent(path), "x"), Some(self.ignore))
        {
            for folder in found.iter().filter_map(|at| self.context.located(at.strip_suffix('x')?)) {
                names.extend(self.context.names(&folder).into_iter().map(|name| join(parent(path), &name)));
            }
        }
        let distance = |name: &String| strsim::damerau_levenshtein(name, path);
        names.into_iter().filter(|name| name != path && distance(name) <= 2).min_by_key(distance)
    }

    /// Files of the context that match a path or a pattern, without excluded ones.
    pub(super) fn files(&self, path: &str) -> Vec<String> {
        let context = self.context;
        if !glob::is_pattern(path) {
            return context.located(path).filter(|path| context.is_file(path)).into_iter().collect();
        }
        let (above, pattern) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(folder) = context.located(above) else { return Vec::new() };
        let below = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
        let names = context.names(&folder).into_iter();
        names
            .filter(|name| glob::matches_path(pattern, name))
            .filter(|name| self.ignore.excludes(&below(name)).is_none())
            .filter_map(|name| context.located(&below(&name)))
            .filter(|path| context.is_file(path))
            .collect()
    }
}

/// A line of a requirements file that includes another one.
pub(super) struct Include {
    pub(super) file: String,
    pub(super) constraint: bool,
    /// Its position and its number of lines.
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// The lines that include files by a path (pip 26.3, `req_file.py`: `-r`, `-c` and their long forms).
pub(super) fn includes(text: &str) -> Vec<Include> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((line, first)) = lines.next() {
        let mut whole = first.trim_end().to_owned();
        let mut count = 1;
        // A backslash at the end joins the next line, except in a comment.
        while whole.ends_with('\\') && !whole.trim_start().starts_with('#') {
            whole.pop();
            let Some((_, next)) = lines.next() else { break };
            whole.push_str(next.trim_end());
            count += 1;
        }
        let bare = whole.trim();
        let option = |names: [&str; 3]| {
            names.iter().find_map(|name| {
                let rest = bare.strip_prefix(name)?;
                let long = name.starts_with("--");
                let value = rest.strip_prefix('=').unwrap_or(rest);
                (!long || rest.starts_with(['=', ' ', '\t'])).then(|| value.trim())
            })
        };
        let named = option(["--requirement", "--requirements", "-r"]).map(|file| (file, false));
        let named =
            named.or_else(|| option(["--constraint", "--constraints", "-c"]).map(|file| (file, true)));
        let Some((file, constraint)) = named else { continue };
        let file = file.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        if !file.is_empty() && !file.contains("://") && !file.contains('$') {
            found.push(Include { file: file.to_owned(), constraint, line, lines: count });
        }
    }
    found
}

/// Whether a file is a plain list of requirements.
pub(super) fn is_plain(path: &str) -> bool {
    ![".toml", ".py", ".cfg", ".json", ".lock", ".whl", ".gz", ".zip"].iter().any(|end| path.ends_with(end))
}

pub(super) fn place(source: &FileSource, at: &At<'_>, depth: usize) -> Place {
    if depth > 8 {
        return Place::Gap(UnknownCause::NestedFiles);
    }
    match source {
        FileSource::Context(paths) => {
            let found = paths.iter().map(|path| at.files(path)).find(|found| !found.is_empty());
            let mut found = found.into_iter().flatten().map(Place::File);
            match (found.next(), found.next()) {
                (Some(one), None) => one,
                (Some(one), Some(other)) => Place::Several([one, other].into_iter().chain(found).collect()),
                (None, _) => absent(AbsentFile::NotInContext { paths: paths.clone(), similar: None }),
            }
        }
        FileSource::Inline { text, origin } => Place::Text(text.clone(), origin.clone()),
        FileSource::Exported(exported) => match &exported.selection {
            Some(selection) => match exported.from.first().map(|input| place(&input.source, at, depth + 1)) {
                Some(Place::File(path)) => Place::Lock(path, selection.clone()),
                Some(Place::Gap(cause)) => {
                    Place::Gap(UnknownCause::Export { tool: exported.tool, cause: Some(Box::new(cause)) })
                }
                _ => Place::Gap(UnknownCause::Export { tool: exported.tool, cause: None }),
            },
            // The compilation resolves the requirements again, as this check does.
            None => Place::Several(
                exported.from.iter().map(|input| place(&input.source, at, depth + 1)).collect(),
            ),
        },
        FileSource::Combined(parts) => {
            Place::Several(parts.iter().map(|part| place(part, at, depth + 1)).collect())
        }
        FileSource::Url(url) => Place::Url(url.clone()),
        FileSource::Built(origin) => Place::Built(vec![origin.clone()]),
        FileSource::Absent(paths) => absent(AbsentFile::NotInContext { paths: paths.clone(), similar: None }),
        FileSource::Image { reference, .. } => {
            absent(AbsentFile::NotCreated { unchecked_image: Some(reference.clone()), similar: None })
        }
        FileSource::Ignored { path, rule, origin } => {
            absent(AbsentFile::Excluded { path: path.clone(), rule: rule.clone(), origin: origin.clone() })
        }
        FileSource::Missing => absent(AbsentFile::NotCreated { unchecked_image: None, similar: None }),
        FileSource::Unknown(reason) => Place::Gap(UnknownCause::Dockerfile(reason.clone())),
    }
}

fn absent(file: AbsentFile) -> Place {
    Place::Gap(UnknownCause::File(file))
}
