//! What an install step of a Dockerfile reads, found in the build context.

use std::io::Read as _;
use std::path::Path;

use crate::dockerfile::{FileSource, FormatRule, Ignore, InputFile, InstallStep};
use crate::edge::{self, Check, LockInput};
use crate::error::Error;
use crate::lock::{Extras, Selection as LockSelection};
use crate::requirements::{FindLinks, Role, Selection, SettingKind};
use crate::source::Origin;
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
    /// Whether something comes from wheels that another step made.
    built: bool,
    /// Documents that are downloaded during the build: the URL, what they are, and who names them.
    urls: Vec<(String, Role, Origin)>,
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
    Built,
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
        let Self { documents, lock, undetermined, built, urls } = self;
        documents.is_empty() && lock.is_none() && undetermined.is_empty() && !built && urls.is_empty()
    }

    /// Whether all of it comes from another step, with which it is judged.
    pub(super) fn is_only_built(&self) -> bool {
        self.built
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
                text: Some((String::from_utf8_lossy(&bytes).into_owned(), Origin::new(url, 1, 1))),
                role,
                selection: Selection::default(),
            }),
            Err(why) => self.gap(url, origin, format!("`{url}`: {why}")),
        }
    }

    fn text(&mut self, text: String, origin: &Origin, role: Role) {
        // The name ends like that of no other kind of document, and lies where the Dockerfile lies.
        let name = format!("{}#{}.{}", origin.file, origin.line, self.documents.len());
        self.documents.push(Document {
            name,
            text: Some((text, origin.clone())),
            role,
            selection: Selection::default(),
        });
    }

    fn gap(&mut self, what: &str, origin: &Origin, why: String) {
        self.undetermined.push(LineUndetermined::new(None, what, origin.clone(), why));
    }

    fn take(&mut self, input: &InputFile, place: Place, role: Role, selection: &Selection) {
        match place {
            Place::File(path) if role == Role::Requirements && edge::inputs::is_lock(&path) => {
                self.lock(&input.path, &input.origin, &path, lock_selection(selection));
            }
            Place::File(path) => {
                self.documents.push(Document { name: path, text: None, role, selection: selection.clone() });
            }
            Place::Url(url) => self.urls.push((url, role, input.origin.clone())),
            Place::Text(text, origin) => self.text(text, &origin, role),
            Place::Lock(path, selection) => self.lock(&input.path, &input.origin, &path, selection),
            Place::Built => self.built = true,
            Place::Several(places) => {
                for place in places {
                    self.take(input, place, role, selection);
                }
            }
            Place::Gap(why) => self.gap(&input.path, &input.origin, format!("`{}`: {why}", input.path)),
        }
    }

    fn lock(&mut self, what: &str, origin: &Origin, path: &str, selection: LockSelection) {
        if self.lock.is_some() {
            self.gap(what, origin, format!("`{what}`: a second lock for one step is not judged"));
            return;
        }
        self.lock = Some(edge::inputs::read_lock(path, selection));
    }
}

/// Finds everything that a step reads.
pub(super) fn gather(step: &InstallStep, folder: &Path, ignore: &Ignore) -> Gathered {
    let mut out = Gathered::default();
    let place = |input: &InputFile| place(&input.source, folder, 0);
    for (text, origin) in &step.requirements {
        out.text(text.clone(), origin, Role::Requirements);
    }
    let selection = step.selection.as_ref().map(plain_selection).unwrap_or_default();
    for input in &step.requirement_files {
        out.take(input, place(input), Role::Requirements, &selection);
    }
    for input in &step.constraint_files {
        out.take(input, place(input), Role::Constraints, &Selection::default());
    }
    for input in &step.override_files {
        out.take(input, place(input), Role::Overrides, &Selection::default());
    }
    for input in &step.config_files {
        if let Err(why) = configuration(input, folder) {
            out.gap(
                &input.path,
                &input.origin,
                format!("`{}`: {why}, so that it is not applied", input.path),
            );
        }
    }
    for project in &step.projects {
        let mut selection = Selection::default();
        selection.extras.clone_from(&project.extras);
        match place(&project.file) {
            Place::File(path) if !path.ends_with(".toml") => {
                let written = std::path::absolute(&path).map_or(path, |path| path.display().to_string());
                out.text(written, &project.file.origin, Role::Requirements);
            }
            Place::Gap(_) if project.file.path.ends_with("pyproject.toml") => out.gap(
                &project.written,
                &project.file.origin,
                format!(
                    "`{}` has no pyproject.toml that could be read, and what it requires is known only by running its code",
                    project.written
                ),
            ),
            found => out.take(&project.file, found, Role::Requirements, &selection),
        }
    }
    project_or_lock(step, folder, &mut out);
    if out.is_empty() {
        let why = format!("nothing is named that {} could be seen to install", step.tool);
        return Gathered::undetermined(step.tool.as_str(), &step.origin, why);
    }
    if step.options.no_index && !step.options.find_links.is_empty() {
        let built = |links: &String| {
            matches!(step.files.find(links, Some(ignore)), FileSource::Built(_))
                || matches!(step.files.find(&format!("{links}/x"), Some(ignore)), FileSource::Built(_))
        };
        // What lies there was chosen by the step that put it there.
        if step.options.find_links.iter().all(built) {
            return Gathered { built: true, ..Gathered::default() };
        }
    }
    out
}

/// The lock of a project, or where there is none the project file.
fn project_or_lock(step: &InstallStep, folder: &Path, out: &mut Gathered) {
    let selection = step.selection.clone().unwrap_or_default();
    if let Some(input) = &step.lock {
        match place(&input.source, folder, 0) {
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
                out.gap(&input.path, &input.origin, format!("`{}`: {why}{instead}", input.path));
            }
        }
    }
    let Some(input) = &step.project else { return };
    match place(&input.source, folder, 0) {
        Place::File(path) if !path.ends_with("pyproject.toml") => out.gap(
            &input.path,
            &input.origin,
            format!("`{}`: what it requires is not known without its lock or its code", input.path),
        ),
        found => out.take(input, found, Role::Requirements, &plain_selection(&selection)),
    }
}

fn place(source: &FileSource, folder: &Path, depth: usize) -> Place {
    if depth > 8 {
        return Place::Gap("it is made of too many others".to_owned());
    }
    match source {
        FileSource::Context(paths) => {
            let found = paths.iter().filter_map(|path| inside(folder, path)).find(|path| path.is_file());
            match found {
                Some(path) => Place::File(path.display().to_string()),
                None => Place::Gap(format!("the build context has no {}", quoted(paths))),
            }
        }
        FileSource::Inline { text, origin } => Place::Text(text.clone(), origin.clone()),
        FileSource::Exported(exported) => match &exported.selection {
            Some(selection) => {
                match exported.from.first().map(|input| place(&input.source, folder, depth + 1)) {
                    Some(Place::File(path)) => Place::Lock(path, selection.clone()),
                    Some(Place::Gap(why)) => {
                        Place::Gap(format!("{} exports it from a lock: {why}", exported.tool))
                    }
                    _ => Place::Gap(format!("{} exports it from a lock that cannot be read", exported.tool)),
                }
            }
            // A compilation solves anew, which is what is done here too.
            None => Place::Several(
                exported.from.iter().map(|input| place(&input.source, folder, depth + 1)).collect(),
            ),
        },
        FileSource::Combined(parts) => {
            Place::Several(parts.iter().map(|part| place(part, folder, depth + 1)).collect())
        }
        FileSource::Url(url) => Place::Url(url.clone()),
        FileSource::Built(_) => Place::Built,
        FileSource::Absent(paths) => Place::Gap(format!("the build context has no {}", quoted(paths))),
        FileSource::Image { reference, path } => {
            Place::Gap(format!("it is `{path}` of the image {reference}, which was not read"))
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
pub(super) fn options(step: &InstallStep, named: bool, folder: &Path) -> Vec<SettingKind> {
    let own = &step.options;
    // pip 26.3, "Configuration": the command line overrides variables, and these override files.
    let mut kinds: Vec<SettingKind> =
        step.config_files.iter().filter_map(|input| configuration(input, folder).ok()).flatten().collect();
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
pub(super) fn breaks_system_packages(step: &InstallStep, folder: &Path) -> bool {
    let texts = step.config_files.iter().filter_map(|input| configuration_text(input, folder).ok());
    texts
        .flat_map(|text| pip_entries(&text))
        .any(|(key, value)| key == "break-system-packages" && is_yes(&value))
}

/// What a `pip.conf` says of installing, or why it cannot be read.
fn configuration(input: &InputFile, folder: &Path) -> Result<Vec<SettingKind>, String> {
    configuration_text(input, folder).map(|text| pip_settings(&text))
}

fn configuration_text(input: &InputFile, folder: &Path) -> Result<String, String> {
    match place(&input.source, folder, 0) {
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
