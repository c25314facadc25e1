//! What an install step of a Dockerfile reads, found in the build context.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::dockerfile::{
    FileSource, FormatRule, Ignore, InputFile, InstallStep, LocalProject, Undetermined as Gap,
    join_path as join, parent_path as parent,
};
use crate::edge::{self, Check, LockInput};
use crate::error::Error;
use crate::lock::{Extras, Selection as LockSelection};
use crate::requirements::{FindLinks, Role, Selection, SettingKind};
use crate::source::{Origin, without_credentials};
use crate::verdict::LineUndetermined;

use super::{LARGEST, inside};

/// The inputs of one step.
#[derive(Default)]
pub(super) struct Gathered {
    documents: Vec<Document>,
    /// The lock that is installed from.
    lock: Option<Result<LockInput, Error>>,
    /// What cannot be read, and why.
    undetermined: Vec<LineUndetermined>,
    /// Steps that made wheels which this one installs, by their places.
    pub(super) builders: Vec<Origin>,
    /// Whether nothing but those is looked at.
    pub(super) only_builders: bool,
    /// Files that nothing puts there.
    pub(super) absent: Vec<Absent>,
    /// Documents that are downloaded during the build: the URL, what they are, and who names them.
    urls: Vec<(String, Role, Origin)>,
}

/// A file that nothing puts to where a step looks for it.
pub(super) struct Absent {
    pub(super) origin: Origin,
    /// The same without a doubt.
    pub(super) message: String,
    /// Whether the image below might have it.
    pub(super) of_image: bool,
}

fn not_looked(reference: &str) -> String {
    format!(", and whether the image `{reference}` has it was not looked at")
}

struct Document {
    /// A path, or what tells a text that is no file apart.
    name: String,
    /// Text that is no file of its own, and where it stands.
    text: Option<(String, Origin)>,
    role: Role,
    selection: Selection,
}

/// Where an input turns out to be.
enum Place {
    File(String),
    Text(String, Origin),
    Lock(String, LockSelection),
    Url(String),
    Built(Vec<Origin>),
    Several(Vec<Self>),
    Gap(String),
}

impl Gathered {
    /// Nothing but something that cannot be judged.
    pub(super) fn undetermined(what: &str, origin: &Origin, why: String) -> Self {
        let mut out = Self::default();
        out.gap(what, origin, why);
        out
    }

    fn is_empty(&self) -> bool {
        let Self { documents, lock, undetermined, builders, only_builders: _, absent: _, urls } = self;
        documents.is_empty()
            && lock.is_none()
            && undetermined.is_empty()
            && builders.is_empty()
            && urls.is_empty()
    }

    /// Whether all that is named are the files that another step made.
    pub(super) fn is_only_built(&self) -> bool {
        !self.builders.is_empty()
            && self.documents.is_empty()
            && self.urls.is_empty()
            && self.lock.is_none()
            && self.undetermined.is_empty()
    }

    /// Adds everything to a check.
    pub(super) fn add_to(self, mut check: Check) -> Result<Check, Error> {
        for document in self.documents {
            check = match (document.text, document.role) {
                (Some((text, origin)), role) => check.placed_text(document.name, text, origin, role),
                (None, Role::Constraints) => check.constraints_file(document.name),
                (None, Role::Overrides) => check.overrides_file(document.name),
                (None, Role::Requirements) => check.selected_file(document.name, document.selection),
            };
        }
        if let Some(lock) = self.lock.transpose()? {
            check = check.lock(lock);
        }
        Ok(self.undetermined.into_iter().fold(check, Check::undetermined))
    }

    /// Takes out what is downloaded during the build, to be read first: what cannot be had then is a gap, no fault.
    pub(super) fn take_urls(&mut self) -> Vec<(String, Role, Origin)> {
        std::mem::take(&mut self.urls)
    }

    /// What was downloaded, or why it was not.
    pub(super) fn downloaded(
        &mut self,
        url: &str,
        role: Role,
        origin: &Origin,
        got: Result<Vec<u8>, String>,
    ) {
        match got {
            Ok(bytes) => self.documents.push(Document {
                name: url.to_owned(),
                // A URL may hold a password, and this is shown.
                text: Some((
                    String::from_utf8_lossy(&bytes).into_owned(),
                    Origin::new(without_credentials(url).into_owned(), 1, 1),
                )),
                role,
                selection: Selection::default(),
            }),
            Err(why) => self.gap(url, origin, why),
        }
    }

    pub(super) fn text(&mut self, text: String, origin: &Origin, role: Role) {
        // The name ends like that of no other kind of document, and lies where the Dockerfile lies.
        let name = format!("{}#{}.{}", origin.file, origin.line, self.documents.len());
        self.documents.push(Document {
            name,
            text: Some((text, origin.clone())),
            role,
            selection: Selection::default(),
        });
    }

    /// A file that is not there; some of them are absent for sure.
    fn file_gap(&mut self, input: &InputFile, why: String) {
        let doubt = match &input.source {
            FileSource::Missing | FileSource::Ignored { .. } => Some(String::new()),
            FileSource::Image { reference, .. } => Some(not_looked(reference)),
            _ => None,
        };
        if let Some(doubt) = doubt {
            self.absent.push(Absent {
                origin: input.origin.clone(),
                message: format!("`{}` is not in the image: {}", input.path, why.replace(&doubt, "")),
                of_image: !doubt.is_empty(),
            });
        }
        self.gap(&input.path, &input.origin, why);
    }

    fn gap(&mut self, what: &str, origin: &Origin, why: String) {
        self.undetermined.push(LineUndetermined::new(None, what, origin.clone(), why));
    }

    /// Takes a requirements file, and with it what it includes: a builder sees files by their place in the image, which
    /// is not that of the build context as a rule.
    fn take(&mut self, input: &InputFile, place: Place, role: Role, selection: &Selection, at: &At<'_>) {
        match place {
            Place::File(path) if role == Role::Requirements && edge::inputs::is_lock(&path) => {
                self.lock(&input.path, &input.origin, &path, lock_selection(selection));
            }
            Place::File(path) if is_plain(&path) => match read(Path::new(&path), LARGEST) {
                Ok(bytes) => {
                    let origin = Origin::new(path.clone(), 1, 1);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    match self.without_includes(&text, &input.path, &origin, role, at) {
                        Some(text) => self.documents.push(Document {
                            name: path,
                            text: Some((text, origin)),
                            role,
                            selection: selection.clone(),
                        }),
                        None => self.file(path, role, selection),
                    }
                }
                Err(_) => self.file(path, role, selection),
            },
            Place::File(path) => self.file(path, role, selection),
            Place::Text(text, origin) => {
                let changed = self.without_includes(&text, &input.path, &origin, role, at);
                self.text(changed.unwrap_or(text), &origin, role);
            }
            Place::Several(places) => {
                for place in places {
                    self.take(input, place, role, selection, at);
                }
            }
            Place::Url(url) => self.urls.push((url, role, input.origin.clone())),
            Place::Lock(path, selection) => self.lock(&input.path, &input.origin, &path, selection),
            Place::Built(origins) => self.builders.extend(origins),
            Place::Gap(why) => self.file_gap(input, why),
        }
    }

    /// The text without the lines that include others, which are taken one by one; `None` if it includes none.
    fn without_includes(
        &mut self,
        text: &str,
        path: &str,
        origin: &Origin,
        role: Role,
        at: &At<'_>,
    ) -> Option<String> {
        let found = includes(text);
        if found.is_empty() {
            return None;
        }
        let mut lines: Vec<&str> = text.lines().collect();
        for include in found {
            // The line stays, empty, so that the others keep their numbers.
            for line in lines.iter_mut().skip(include.line).take(include.lines) {
                *line = "";
            }
            let below = u32::try_from(include.line).unwrap_or(u32::MAX);
            let place = Origin::new(origin.file.clone(), origin.line.saturating_add(below), 1);
            let inner = join(parent(path), &include.file);
            if at.seen.borrow().len() >= MOST_INCLUDED {
                self.gap(&inner, &place, "too many files include each other".to_owned());
                continue;
            }
            // What a constraints file includes constrains too.
            let role = if include.constraint { Role::Constraints } else { role };
            // Once is enough, and files may include each other in a circle.
            if !at.seen.borrow_mut().insert((inner.clone(), role as u8)) {
                continue;
            }
            let source = at.step.files.find(&inner, Some(at.ignore));
            let input = InputFile::new(inner, source, place);
            let found = at.place(&input);
            self.take(&input, found, role, &Selection::default(), at);
        }
        Some(lines.join("\n"))
    }

    fn file(&mut self, name: String, role: Role, selection: &Selection) {
        self.documents.push(Document { name, text: None, role, selection: selection.clone() });
    }

    /// A local project, or an archive.
    fn project(&mut self, project: &LocalProject, found: Place, selection: &Selection, at: &At<'_>) {
        match found {
            Place::File(path) if !path.ends_with(".toml") => {
                let written = std::path::absolute(&path).map_or(path, |path| path.display().to_string());
                self.text(written, &project.file.origin, Role::Requirements);
            }
            Place::Built(origins) => {
                let folder = parent(&project.file.path);
                let all = at.step.files.builders(folder);
                self.builders.extend(if all.is_empty() { origins } else { all });
            }
            Place::Gap(_) if project.file.path.ends_with("pyproject.toml") => self.gap(
                &project.written,
                &project.file.origin,
                "it has no pyproject.toml that could be read, and what it requires is known only by running its code".to_owned(),
            ),
            found => self.take(&project.file, found, Role::Requirements, selection, at),
        }
    }

    fn lock(&mut self, what: &str, origin: &Origin, path: &str, selection: LockSelection) {
        if self.lock.is_some() {
            self.gap(what, origin, "a second lock for one step is not judged".to_owned());
            return;
        }
        self.lock = Some(edge::inputs::read_lock(path, selection));
    }
}

/// Files that include others may be as many as this.
const MOST_INCLUDED: usize = 200;

/// Where the files of a step are looked for.
struct At<'a> {
    step: &'a InstallStep,
    folder: &'a Path,
    ignore: &'a Ignore,
    /// Files that were included, and as what.
    seen: RefCell<BTreeSet<(String, u8)>>,
}

impl At<'_> {
    fn place(&self, input: &InputFile) -> Place {
        let found = place(&input.source, self, 0);
        let is_project = input.path.ends_with("/pyproject.toml");
        match (found, &input.source) {
            (
                Place::Gap(why),
                FileSource::Image { .. }
                | FileSource::Missing
                | FileSource::Absent(_)
                | FileSource::Context(_),
            ) if !is_project => Place::Gap(match self.near(&input.path) {
                Some(near) => format!("{why}; `{near}` is there"),
                None => why,
            }),
            (found, _) => found,
        }
    }

    /// A file of the image with nearly the same name.
    fn near(&self, path: &str) -> Option<String> {
        let mut names = self.step.files.named();
        if let FileSource::Context(found) = self.step.files.find(&join(parent(path), "x"), Some(self.ignore))
        {
            for folder in found.iter().filter_map(|at| inside(self.folder, at.strip_suffix('x')?)) {
                names.extend(listed(&folder).into_iter().map(|name| join(parent(path), &name)));
            }
        }
        let distance = |name: &String| strsim::damerau_levenshtein(name, path);
        names.into_iter().filter(|name| name != path && distance(name) <= 2).min_by_key(distance)
    }

    /// Files of the context that a path or a pattern names, those kept out of it left out.
    fn files(&self, path: &str) -> Vec<PathBuf> {
        if !path.contains(['*', '?', '[']) {
            return inside(self.folder, path).filter(|path| path.is_file()).into_iter().collect();
        }
        let (above, pattern) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(folder) = inside(self.folder, above) else { return Vec::new() };
        let below = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
        listed(if above.is_empty() && folder.as_os_str().is_empty() { Path::new(".") } else { &folder })
            .into_iter()
            .filter(|name| crate::dockerfile::name_matches(pattern, name))
            .filter(|name| self.ignore.excludes(&below(name)).is_none())
            .filter_map(|name| inside(self.folder, &below(&name)))
            .filter(|path| path.is_file())
            .collect()
    }
}

/// The names in a folder, in order; none of one that cannot be read.
fn listed(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Finds everything that a step reads.
///
/// `gaps` is what could not be known of the file; a step of which nothing is known says why.
pub(super) fn gather(step: &InstallStep, folder: &Path, ignore: &Ignore, gaps: &[Gap]) -> Gathered {
    let mut out = Gathered::default();
    let at = At { step, folder, ignore, seen: RefCell::default() };
    for (text, origin) in &step.requirements {
        out.text(text.clone(), origin, Role::Requirements);
    }
    let selection = step.selection.as_ref().map(plain_selection).unwrap_or_default();
    for input in &step.requirement_files {
        out.take(input, at.place(input), Role::Requirements, &selection, &at);
    }
    for input in &step.constraint_files {
        out.take(input, at.place(input), Role::Constraints, &Selection::default(), &at);
    }
    for input in &step.override_files {
        out.take(input, at.place(input), Role::Overrides, &Selection::default(), &at);
    }
    for input in &step.config_files {
        if let Err(why) = configuration(input, &at) {
            out.gap(&input.path, &input.origin, format!("{why}, so that it is not applied"));
        }
    }
    for project in &step.projects {
        let mut selection = Selection::default();
        selection.extras.clone_from(&project.extras);
        match at.place(&project.file) {
            // A pattern stands for all archives that it matches.
            Place::Several(places) if project.file.path.contains(['*', '?', '[']) => {
                for place in places {
                    out.project(project, place, &selection, &at);
                }
            }
            found => out.project(project, found, &selection, &at),
        }
    }
    project_or_lock(&at, &mut out);
    if out.is_empty() {
        let here = |gap: &&Gap| (&gap.origin.file, gap.origin.line) == (&step.origin.file, step.origin.line);
        return match gaps.iter().find(here) {
            Some(gap) => Gathered::undetermined(step.tool.as_str(), &gap.origin, gap.reason.clone()),
            None => {
                let why = format!("nothing is named that {} could be seen to install", step.tool);
                Gathered::undetermined(step.tool.as_str(), &step.origin, why)
            }
        };
    }
    if !step.options.find_links.is_empty() {
        let links = &step.options.find_links;
        let found: Vec<Vec<Origin>> = links.iter().map(|links| step.files.builders(links)).collect();
        // Where an index is asked too, it has all that a step before took from one.
        if step.options.no_index && found.iter().all(|origins| !origins.is_empty()) {
            out.only_builders = true;
            out.builders.extend(found.into_iter().flatten());
        }
    }
    out.builders.sort();
    out.builders.dedup();
    out
}

/// A line of a requirements file that includes another one.
struct Include {
    file: String,
    constraint: bool,
    /// Its position, and how many lines it takes.
    line: usize,
    lines: usize,
}

/// The lines that include files by a path (pip 26.3, `req_file.py`: `-r`, `-c` and their long forms).
fn includes(text: &str) -> Vec<Include> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((line, first)) = lines.next() {
        let mut whole = first.trim_end().to_owned();
        let mut count = 1;
        // A backslash at the end joins the next line, unless it stands in a comment.
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
fn is_plain(path: &str) -> bool {
    ![".toml", ".py", ".cfg", ".json", ".lock", ".whl", ".gz", ".zip"].iter().any(|end| path.ends_with(end))
}

/// The lock of a project, or where there is none the project file.
fn project_or_lock(at: &At<'_>, out: &mut Gathered) {
    let step = at.step;
    let selection = step.selection.clone().unwrap_or_default();
    if let Some(input) = &step.lock {
        match at.place(input) {
            Place::File(path) => {
                out.lock(&input.path, &input.origin, &path, selection);
                return;
            }
            Place::Lock(path, own) => {
                out.lock(&input.path, &input.origin, &path, own);
                return;
            }
            found => {
                let why = match found {
                    Place::Gap(why) => why,
                    _ => "a lock that is made during the build is not read".to_owned(),
                };
                let instead =
                    if step.project.is_some() { "; the project file is resolved instead" } else { "" };
                out.gap(&input.path, &input.origin, format!("{why}{instead}"));
            }
        }
    }
    let Some(input) = &step.project else { return };
    match at.place(input) {
        Place::File(path) if !path.ends_with("pyproject.toml") => out.gap(
            &input.path,
            &input.origin,
            "what it requires is not known without its lock or its code".to_owned(),
        ),
        found => out.take(input, found, Role::Requirements, &plain_selection(&selection), at),
    }
}

fn place(source: &FileSource, at: &At<'_>, depth: usize) -> Place {
    if depth > 8 {
        return Place::Gap("it is made of too many others".to_owned());
    }
    match source {
        FileSource::Context(paths) => {
            let found = paths.iter().map(|path| at.files(path)).find(|found| !found.is_empty());
            let mut found = found.into_iter().flatten().map(|path| Place::File(path.display().to_string()));
            match (found.next(), found.next()) {
                (Some(one), None) => one,
                (Some(one), Some(other)) => Place::Several([one, other].into_iter().chain(found).collect()),
                (None, _) => Place::Gap(format!("the build context has no {}", quoted(paths))),
            }
        }
        FileSource::Inline { text, origin } => Place::Text(text.clone(), origin.clone()),
        FileSource::Exported(exported) => match &exported.selection {
            Some(selection) => match exported.from.first().map(|input| place(&input.source, at, depth + 1)) {
                Some(Place::File(path)) => Place::Lock(path, selection.clone()),
                Some(Place::Gap(why)) => {
                    Place::Gap(format!("{} exports it from a lock: {why}", exported.tool))
                }
                _ => Place::Gap(format!("{} exports it from a lock that cannot be read", exported.tool)),
            },
            // A compilation solves anew, which is what is done here too.
            None => Place::Several(
                exported.from.iter().map(|input| place(&input.source, at, depth + 1)).collect(),
            ),
        },
        FileSource::Combined(parts) => {
            Place::Several(parts.iter().map(|part| place(part, at, depth + 1)).collect())
        }
        FileSource::Url(url) => Place::Url(url.clone()),
        FileSource::Built(origin) => Place::Built(vec![origin.clone()]),
        FileSource::Absent(paths) => Place::Gap(format!("the build context has no {}", quoted(paths))),
        FileSource::Image { reference, .. } => {
            Place::Gap(format!("nothing in the Dockerfile puts it there{}", not_looked(reference)))
        }
        FileSource::Ignored { path, rule, origin } => {
            Place::Gap(format!("`{path}` is kept out of the build context by `{rule}` ({origin})"))
        }
        FileSource::Missing => Place::Gap("nothing in the Dockerfile puts it there".to_owned()),
        FileSource::Unknown(why) => Place::Gap(why.clone()),
    }
}

fn quoted(paths: &[String]) -> String {
    paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(" and no ")
}

/// What a project file takes of a selection.
fn plain_selection(selection: &LockSelection) -> Selection {
    let mut plain = Selection::default();
    match &selection.extras {
        Extras::None => {}
        Extras::Some(extras) => plain.extras.clone_from(extras),
        Extras::All => plain.all_extras = true,
    }
    plain.groups =
        selection.with.iter().filter(|group| !selection.without.contains(group)).cloned().collect();
    plain.only_groups = !selection.project;
    plain
}

fn lock_selection(selection: &Selection) -> LockSelection {
    let mut out = LockSelection::default();
    for extra in &selection.extras {
        out = out.with_extra(extra.clone());
    }
    for group in &selection.groups {
        out = out.with_group(group.clone());
    }
    out
}

/// The options of the step. A word on indexes on the command line of this run (`named`) counts before those of the
/// file.
pub(super) fn options(step: &InstallStep, named: bool, folder: &Path, ignore: &Ignore) -> Vec<SettingKind> {
    let at = At { step, folder, ignore, seen: RefCell::default() };
    let own = &step.options;
    // pip 26.3, "Configuration": the command line overrides variables, and these override files.
    let mut kinds: Vec<SettingKind> =
        step.config_files.iter().filter_map(|input| configuration(input, &at).ok()).flatten().collect();
    if named {
        let of_index = |kind: &SettingKind| {
            matches!(
                kind,
                SettingKind::IndexUrl(_)
                    | SettingKind::ExtraIndexUrl(_)
                    | SettingKind::NoIndex
                    | SettingKind::FindLinks(_)
            )
        };
        kinds.retain(|kind| !of_index(kind));
    }
    if !named {
        kinds.extend(own.index_url.iter().cloned().map(SettingKind::IndexUrl));
        kinds.extend(own.extra_index_urls.iter().cloned().map(SettingKind::ExtraIndexUrl));
        kinds.extend(own.no_index.then_some(SettingKind::NoIndex));
        for links in &own.find_links {
            let written = match step.files.find(&format!("{links}/x"), None) {
                _ if links.contains("://") => Some(links.clone()),
                FileSource::Context(paths) => paths
                    .iter()
                    .filter_map(|path| inside(folder, path.strip_suffix("/x").unwrap_or(path)))
                    .find(|path| path.is_dir())
                    .map(|path| path.display().to_string()),
                _ => None,
            };
            kinds.extend(written.map(|written| SettingKind::FindLinks(FindLinks::new(written))));
        }
    }
    kinds.extend(own.formats.iter().map(|rule| match rule {
        FormatRule::OnlyBinary(list) => SettingKind::OnlyBinary(list.clone()),
        FormatRule::NoBinary(list) => SettingKind::NoBinary(list.clone()),
    }));
    kinds.extend(own.prefer_binary.then_some(SettingKind::PreferBinary));
    kinds.extend(own.pre.then_some(SettingKind::Pre));
    kinds.extend(own.require_hashes.then_some(SettingKind::RequireHashes));
    kinds
}

/// Whether a `pip.conf` that the Dockerfile puts there lets pip into an interpreter of the distribution.
pub(super) fn breaks_system_packages(step: &InstallStep, folder: &Path, ignore: &Ignore) -> bool {
    let at = At { step, folder, ignore, seen: RefCell::default() };
    let texts = step.config_files.iter().filter_map(|input| configuration_text(input, &at).ok());
    texts
        .flat_map(|text| pip_entries(&text))
        .any(|(key, value)| key == "break-system-packages" && is_yes(&value))
}

/// What a `pip.conf` says of installing, or why it cannot be read.
fn configuration(input: &InputFile, at: &At<'_>) -> Result<Vec<SettingKind>, String> {
    configuration_text(input, at).map(|text| pip_settings(&text))
}

fn configuration_text(input: &InputFile, at: &At<'_>) -> Result<String, String> {
    match place(&input.source, at, 0) {
        Place::File(path) => {
            let bytes = read(Path::new(&path), LARGEST).map_err(|error| error.to_string())?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        Place::Text(text, _) => Ok(text),
        Place::Gap(why) => Err(why),
        _ => Err("it is not a single file of the build context".to_owned()),
    }
}

/// What pip takes for yes (`strtobool`).
fn is_yes(value: &str) -> bool {
    ["1", "true", "yes", "on"].contains(&value.to_ascii_lowercase().as_str())
}

/// The options of `[global]` and `[install]`, the latter last
/// (<https://pip.pypa.io/en/stable/topics/configuration/>).
fn pip_entries(text: &str) -> Vec<(String, String)> {
    let mut sections: [Vec<(String, String)>; 2] = Default::default();
    let mut section = None;
    for line in text.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = ["global", "install"].iter().position(|known| *known == name);
            continue;
        }
        let Some(entries) = section.and_then(|section: usize| sections.get_mut(section)) else { continue };
        // An indented line goes on with the value above it (configparser).
        let goes_on = line.starts_with([' ', '\t']);
        match (goes_on, entries.last_mut(), bare.split_once(['=', ':'])) {
            (true, Some((_, value)), _) => {
                value.push('\n');
                value.push_str(bare);
            }
            (_, _, Some((key, value))) => {
                // pip writes and reads both spellings.
                let key = key.trim().to_ascii_lowercase().replace('_', "-");
                entries.push((key, value.trim().to_owned()));
            }
            _ => {}
        }
    }
    sections.into_iter().flatten().collect()
}

fn pip_settings(text: &str) -> Vec<SettingKind> {
    let mut kinds = Vec::new();
    for (key, value) in &pip_entries(text) {
        let yes = is_yes(value);
        let words = || value.split_whitespace().map(str::to_owned);
        match key.as_str() {
            "index-url" => kinds.extend(words().next().map(SettingKind::IndexUrl)),
            "extra-index-url" => kinds.extend(words().map(SettingKind::ExtraIndexUrl)),
            "only-binary" => kinds.extend(words().map(SettingKind::OnlyBinary)),
            "no-binary" => kinds.extend(words().map(SettingKind::NoBinary)),
            "no-index" => kinds.extend(yes.then_some(SettingKind::NoIndex)),
            "pre" => kinds.extend(yes.then_some(SettingKind::Pre)),
            "prefer-binary" => kinds.extend(yes.then_some(SettingKind::PreferBinary)),
            "require-hashes" => kinds.extend(yes.then_some(SettingKind::RequireHashes)),
            _ => {}
        }
    }
    kinds
}

/// The bytes of a file that is no larger than `limit`.
pub(super) fn read(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// pip 26.3, `configuration.py` reads with configparser: sections, continued values, comments.
    #[test]
    fn settings_of_pip_are_those_of_its_two_sections() {
        let text = "; comment\n[global]\nindex-url = https://a.invalid/simple\nextra_index_url =\n    https://b.invalid\n    \
                    https://c.invalid\n[install]\nno-binary: numpy\nprefer-binary = true\npre = false\n[wheel]\nno-index = 1\n";
        let url = |text: &str| text.to_owned();
        assert_eq!(
            pip_settings(text),
            [
                SettingKind::IndexUrl(url("https://a.invalid/simple")),
                SettingKind::ExtraIndexUrl(url("https://b.invalid")),
                SettingKind::ExtraIndexUrl(url("https://c.invalid")),
                SettingKind::NoBinary(url("numpy")),
                SettingKind::PreferBinary,
            ]
        );
    }
}
