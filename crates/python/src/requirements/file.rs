//! One requirements file: its lines in order, without what it includes.

use super::decode::decode;
use super::lines::{LogicalLine, expand, logical};
use super::location::Location;
use super::words::{self, Given, Name};
use super::{Fault, FindLinks, Remark, RequirementLine, Setting, SettingKind, line};
use wheelbase_spec::source::Origin;

/// Faults beyond this are counted, not listed: a file that is no requirements file has one in every line.
const MOST_FAULTS: usize = 1000;

/// A line with more unknown options than this is none of options.
const MOST_LINE_FAULTS: usize = 20;

/// What a line says.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Requirement(Box<RequirementLine>),
    Include { target: Location, constraint: bool, origin: Origin },
    Setting(Setting),
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) entries: Vec<Entry>,
    pub(super) faults: Vec<Fault>,
    pub(super) remarks: Vec<Remark>,
}

/// Reads a whole file; every fault of it is listed.
pub(super) fn parse(location: &Location, bytes: &[u8], variable: &dyn Fn(&str) -> Option<String>) -> File {
    let name = location.to_string();
    let mut file = File::default();
    let text = match decode(&name, bytes) {
        Ok(text) => text,
        Err(fault) => {
            file.faults.push(fault);
            return file;
        }
    };
    let mut unlisted = 0_usize;
    for logical_line in logical(&text) {
        let raw = logical_line.text.clone();
        let expanded = expand(logical_line, &name, variable, &mut file.remarks);
        let reader = LineReader { file: &name, location, raw: &raw, line: &expanded };
        let before = file.faults.len();
        reader.read(&mut file);
        if file.faults.len() > MOST_FAULTS {
            unlisted += file.faults.len() - before;
            file.faults.truncate(before);
        }
    }
    if unlisted > 0 {
        let message = format!("{unlisted} more faults are not listed");
        file.faults.push(Fault::new(Origin::new(name.as_str(), 0, 0), message));
    }
    file
}

struct LineReader<'a> {
    file: &'a str,
    location: &'a Location,
    /// Before variables were replaced: what may be shown.
    raw: &'a str,
    line: &'a LogicalLine,
}

impl LineReader<'_> {
    fn origin(&self, offset: usize) -> Origin {
        self.line.origin(self.file, offset)
    }

    fn fault(&self, offset: usize, message: impl Into<String>) -> Fault {
        Fault::new(self.origin(offset), message)
    }

    fn remark(&self, offset: usize, message: impl Into<String>) -> Remark {
        Remark { origin: self.origin(offset), message: message.into() }
    }

    fn read(&self, file: &mut File) {
        let text = self.line.text.as_str();
        let end = requirement_end(text);
        let (requirement, rest) = text.split_at(end);
        let words = match words::split(rest, end) {
            Ok(words) => words,
            Err((message, at)) => {
                file.faults.push(self.fault(at, message));
                return;
            }
        };
        let parsed = words::parse(words);
        if !parsed.faults.is_empty() {
            file.faults.extend(
                parsed.faults.into_iter().take(MOST_LINE_FAULTS).map(|(message, at)| self.fault(at, message)),
            );
            return;
        }
        let options = parsed.options;
        let editable = options.iter().find(|given| given.name == Name::Editable);
        // pip drops words behind the options without a word of its own.
        if let Some(word) = parsed.rest.first() {
            if editable.is_some() && word.text.starts_with('@') {
                let message = "`--editable` takes one value; write `NAME @ URL` in quotes";
                file.faults.push(self.fault(word.at, message));
                return;
            }
            file.remarks.push(self.remark(word.at, "pip ignores what stands behind an option and its value"));
        }
        // `--no-binary` and its like act wherever they stand: pip applies them while it reads the options.
        for given in &options {
            let kind = match given.name {
                Name::NoBinary => SettingKind::NoBinary(given.value.clone()),
                Name::OnlyBinary => SettingKind::OnlyBinary(given.value.clone()),
                Name::AllReleases => SettingKind::AllReleases(given.value.clone()),
                Name::OnlyFinal => SettingKind::OnlyFinal(given.value.clone()),
                _ => continue,
            };
            file.entries.push(Entry::Setting(Setting::new(kind, self.origin(given.at))));
        }
        let requirement = requirement.trim_end();
        if !requirement.is_empty() || editable.is_some() {
            self.requirement(requirement, editable, &options, file);
        } else {
            self.settings(&options, file);
        }
    }

    /// A line with a requirement: only `--hash` and `--config-settings` belong to it.
    fn requirement(&self, text: &str, editable: Option<&Given>, options: &[Given], file: &mut File) {
        let (kind, at, editable) = match editable {
            None => (line::read(text), 0, false),
            Some(given) if text.is_empty() => (line::read_editable(given.value.trim()), given.value_at, true),
            Some(given) => {
                file.faults
                    .push(self.fault(given.at, "`--editable` cannot follow a requirement on its line"));
                return;
            }
        };
        let mut hashes = Vec::new();
        let mut config_settings = Vec::new();
        let mut editables = 0;
        for given in options {
            match given.name {
                Name::Hash => match read_hash(&given.value) {
                    Ok(_) if editable => {
                        file.remarks
                            .push(self.remark(given.at, "pip ignores `--hash` of an editable requirement"));
                    }
                    Ok(hash) => hashes.push(hash),
                    Err(message) => file.faults.push(self.fault(given.value_at, message)),
                },
                Name::ConfigSettings => match given.value.split_once('=') {
                    Some((key, value)) => config_settings.push((key.to_owned(), value.to_owned())),
                    None => {
                        let message = "`--config-settings` needs `KEY=VALUE`";
                        file.faults.push(self.fault(given.value_at, message));
                    }
                },
                Name::Editable => {
                    editables += 1;
                    if editables > 1 {
                        let message = "pip takes the first `--editable` of a line and ignores the others";
                        file.remarks.push(self.remark(given.at, message));
                    }
                }
                Name::NoBinary | Name::OnlyBinary | Name::AllReleases | Name::OnlyFinal => {}
                other => {
                    let message = format!("pip ignores `{}` on the line of a requirement", other.as_str());
                    file.remarks.push(self.remark(given.at, message));
                }
            }
        }
        match kind {
            Err((message, offset)) => {
                // A value in quotes is longer than it reads; the start of the word is near enough then.
                let offset = if self.line.text.is_char_boundary(at + offset) { at + offset } else { at };
                file.faults.push(self.fault(offset.min(self.line.text.len()), message));
            }
            Ok(kind) => {
                let shown = self.raw.get(..requirement_end(self.raw)).map_or("", str::trim_end);
                file.entries.push(Entry::Requirement(Box::new(RequirementLine {
                    kind,
                    origin: self.origin(0),
                    text: if shown.is_empty() { self.raw } else { shown }.to_owned(),
                    hashes,
                    editable,
                    config_settings,
                })));
            }
        }
    }

    /// A line of options alone (pip 26.3, `_parse_and_recurse` and `handle_option_line`).
    fn settings(&self, options: &[Given], file: &mut File) {
        let includes = |given: &&Given| matches!(given.name, Name::Requirement | Name::Constraint);
        let include = options
            .iter()
            .find(|given| given.name == Name::Requirement)
            .or_else(|| options.iter().find(|given| given.name == Name::Constraint));
        if let Some(include) = include {
            for given in options.iter().filter(|given| !std::ptr::eq(*given, include)) {
                if !matches!(
                    given.name,
                    Name::NoBinary | Name::OnlyBinary | Name::AllReleases | Name::OnlyFinal
                ) {
                    let what = if includes(&given) { "a second file" } else { given.name.as_str() };
                    let message = format!("pip ignores {what} on the line of `{}`", include.name.as_str());
                    file.remarks.push(self.remark(given.at, message));
                }
            }
            file.entries.push(Entry::Include {
                target: self.location.join(&include.value),
                constraint: include.name == Name::Constraint,
                origin: self.origin(include.at),
            });
            return;
        }
        // The order in which pip looks at them, which is not the one on the line.
        let order = |name: Name| match name {
            Name::NoIndex => 0,
            Name::IndexUrl => 1,
            Name::ExtraIndexUrl => 2,
            _ => 3,
        };
        let mut options: Vec<&Given> = options.iter().collect();
        options.sort_by_key(|given| order(given.name));
        let last_index = options.iter().rposition(|given| given.name == Name::IndexUrl);
        let mut find_links = false;
        for (position, given) in options.into_iter().enumerate() {
            let value = given.value.clone();
            let kind = match given.name {
                Name::NoIndex => SettingKind::NoIndex,
                Name::IndexUrl if last_index != Some(position) => {
                    let message = "pip takes the last `--index-url` of a line and ignores the others";
                    file.remarks.push(self.remark(given.at, message));
                    continue;
                }
                Name::IndexUrl => SettingKind::IndexUrl(value),
                Name::ExtraIndexUrl => SettingKind::ExtraIndexUrl(value),
                Name::FindLinks if find_links => {
                    let message = "pip takes the first `--find-links` of a line and ignores the others";
                    file.remarks.push(self.remark(given.at, message));
                    continue;
                }
                Name::FindLinks => {
                    find_links = true;
                    let beside = match self.location.join(&value) {
                        Location::Path(path) if path != value => Some(path),
                        _ => None,
                    };
                    SettingKind::FindLinks(FindLinks { written: value, beside })
                }
                Name::PreferBinary => SettingKind::PreferBinary,
                Name::RequireHashes => SettingKind::RequireHashes,
                Name::NoRequireHashes => SettingKind::NoRequireHashes,
                Name::Pre => SettingKind::Pre,
                Name::TrustedHost => SettingKind::TrustedHost(value),
                Name::UseFeature => SettingKind::UseFeature(value),
                Name::Hash => {
                    match read_hash(&given.value) {
                        Ok(_) => file
                            .remarks
                            .push(self.remark(given.at, "pip ignores a `--hash` without requirement")),
                        Err(message) => file.faults.push(self.fault(given.value_at, message)),
                    }
                    continue;
                }
                Name::ConfigSettings => {
                    let message = "pip ignores `--config-settings` without requirement";
                    file.remarks.push(self.remark(given.at, message));
                    continue;
                }
                // Read before, or not possible here.
                Name::NoBinary
                | Name::OnlyBinary
                | Name::AllReleases
                | Name::OnlyFinal
                | Name::Editable
                | Name::Requirement
                | Name::Constraint => continue,
            };
            file.entries.push(Entry::Setting(Setting::new(kind, self.origin(given.at))));
        }
    }
}

/// Where the options of a line start: at the first word that starts with `-` (pip 26.3, `break_args_options`).
fn requirement_end(line: &str) -> usize {
    if line.starts_with('-') { 0 } else { line.find(" -").map_or(line.len(), |space| space + 1) }
}

/// `ALGORITHM:DIGITS` with one of the algorithms that pip 26.3 takes (`STRONG_HASHES`).
fn read_hash(value: &str) -> Result<(String, String), String> {
    let (algorithm, digits) = value
        .split_once(':')
        .ok_or("`--hash` needs an algorithm and digits, as in `--hash=sha256:abc...`")?;
    if !matches!(algorithm, "sha256" | "sha384" | "sha512") {
        return Err("`--hash` takes sha256, sha384 and sha512".to_owned());
    }
    Ok((algorithm.to_owned(), digits.to_ascii_lowercase()))
}
