//! One requirements file: its lines in order, without included files.

use super::decode::decode;
use super::lines::{LogicalLine, expand, logical};
use super::location::DocumentLocation;
use super::shlex::{self, OptionName, WrittenOption};
use super::{Fault, FindLinks, Remark, RequirementLine, Setting, SettingKind, line};
use wheelbase_formats::limits;
use wheelbase_spec::source::Origin;

/// The content of a line.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Requirement(Box<RequirementLine>),
    Include { target: DocumentLocation, constraint: bool, origin: Origin },
    Setting(Setting),
}

/// The content of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) entries: Vec<Entry>,
    pub(super) faults: Vec<Fault>,
    pub(super) remarks: Vec<Remark>,
}

/// Parses a file and lists its faults.
pub(super) fn parse(
    location: &DocumentLocation,
    bytes: &[u8],
    variable: &dyn Fn(&str) -> Option<String>,
) -> File {
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
        if file.faults.len() > limits::REQUIREMENTS_FAULTS {
            unlisted += file.faults.len() - before;
            file.faults.truncate(before);
        }
    }
    if unlisted > 0 {
        let message = if unlisted == 1 {
            "1 more fault is not listed".to_owned()
        } else {
            format!("{unlisted} more faults are not listed")
        };
        file.faults.push(Fault::new(Origin::new(name.as_str(), 0, 0), message));
    }
    file
}

struct LineReader<'a> {
    file: &'a str,
    location: &'a DocumentLocation,
    /// The line before variables were replaced; only this text is shown, because variables may contain secrets.
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
        let words = match shlex::split(rest, end) {
            Ok(words) => words,
            Err((message, at)) => {
                file.faults.push(self.fault(at, message));
                return;
            }
        };
        let parsed = shlex::parse(words);
        if !parsed.faults.is_empty() {
            file.faults.extend(
                parsed
                    .faults
                    .into_iter()
                    .take(limits::REQUIREMENTS_LINE_FAULTS)
                    .map(|(message, at)| self.fault(at, message)),
            );
            return;
        }
        let options = parsed.options;
        let editable = options.iter().find(|given| given.name == OptionName::Editable);
        // pip drops words after the options without a warning.
        if let Some(word) = parsed.rest.first() {
            if editable.is_some() && word.text.starts_with('@') {
                let message = "`--editable` accepts one value; write `NAME @ URL` in quotes";
                file.faults.push(self.fault(word.at, message));
                return;
            }
            file.remarks.push(self.remark(word.at, "pip ignores the text after an option and its value"));
        }
        // `--no-binary` and similar options apply anywhere on the line: pip applies them while it parses the options.
        for given in &options {
            let kind = match given.name {
                OptionName::NoBinary => SettingKind::NoBinary(given.value.clone()),
                OptionName::OnlyBinary => SettingKind::OnlyBinary(given.value.clone()),
                OptionName::AllReleases => SettingKind::AllReleases(given.value.clone()),
                OptionName::OnlyFinal => SettingKind::OnlyFinal(given.value.clone()),
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

    /// Reads a line with a requirement. Only `--hash` and `--config-settings` apply to the requirement.
    fn requirement(
        &self,
        text: &str,
        editable: Option<&WrittenOption>,
        options: &[WrittenOption],
        file: &mut File,
    ) {
        let (kind, at, editable) = match editable {
            None => (line::read(text), 0, false),
            Some(given) if text.is_empty() => (line::read_editable(given.value.trim()), given.value_at, true),
            Some(given) => {
                file.faults
                    .push(self.fault(given.at, "`--editable` is not allowed after a requirement; write `-e` with the location on a line of its own"));
                return;
            }
        };
        let mut hashes = Vec::new();
        let mut config_settings = Vec::new();
        let mut editables = 0;
        for given in options {
            match given.name {
                OptionName::Hash => match read_hash(&given.value) {
                    Ok(_) if editable => {
                        file.remarks
                            .push(self.remark(given.at, "pip ignores `--hash` of an editable requirement"));
                    }
                    Ok(hash) => hashes.push(hash),
                    Err(message) => file.faults.push(self.fault(given.value_at, message)),
                },
                OptionName::ConfigSettings => match given.value.split_once('=') {
                    Some((key, value)) => config_settings.push((key.to_owned(), value.to_owned())),
                    None => {
                        let message = "`--config-settings` requires `KEY=VALUE`";
                        file.faults.push(self.fault(given.value_at, message));
                    }
                },
                OptionName::Editable => {
                    editables += 1;
                    if editables > 1 {
                        let message = "pip uses the first `--editable` of a line and ignores the others";
                        file.remarks.push(self.remark(given.at, message));
                    }
                }
                OptionName::NoBinary
                | OptionName::OnlyBinary
                | OptionName::AllReleases
                | OptionName::OnlyFinal => {}
                other => {
                    let message = format!("pip ignores `{}` on the line of a requirement", other.as_str());
                    file.remarks.push(self.remark(given.at, message));
                }
            }
        }
        match kind {
            Err((message, offset)) => {
                // A value in quotes is longer than its text, so the column may be too small.
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

    /// Reads a line that contains only options (pip 26.3, `_parse_and_recurse` and `handle_option_line`).
    fn settings(&self, options: &[WrittenOption], file: &mut File) {
        let includes =
            |given: &&WrittenOption| matches!(given.name, OptionName::Requirement | OptionName::Constraint);
        let include = options
            .iter()
            .find(|given| given.name == OptionName::Requirement)
            .or_else(|| options.iter().find(|given| given.name == OptionName::Constraint));
        if let Some(include) = include {
            for given in options.iter().filter(|given| !std::ptr::eq(*given, include)) {
                if !matches!(
                    given.name,
                    OptionName::NoBinary
                        | OptionName::OnlyBinary
                        | OptionName::AllReleases
                        | OptionName::OnlyFinal
                ) {
                    let what = if includes(&given) { "a second file" } else { given.name.as_str() };
                    let message = format!("pip ignores {what} on the line of `{}`", include.name.as_str());
                    file.remarks.push(self.remark(given.at, message));
                }
            }
            file.entries.push(Entry::Include {
                target: self.location.join(&include.value),
                constraint: include.name == OptionName::Constraint,
                origin: self.origin(include.at),
            });
            return;
        }
        // The order in which pip evaluates the options; it differs from the order on the line.
        let order = |name: OptionName| match name {
            OptionName::NoIndex => 0,
            OptionName::IndexUrl => 1,
            OptionName::ExtraIndexUrl => 2,
            _ => 3,
        };
        let mut options: Vec<&WrittenOption> = options.iter().collect();
        options.sort_by_key(|given| order(given.name));
        let last_index = options.iter().rposition(|given| given.name == OptionName::IndexUrl);
        let mut find_links = false;
        for (position, given) in options.into_iter().enumerate() {
            let value = given.value.clone();
            let kind = match given.name {
                OptionName::NoIndex => SettingKind::NoIndex,
                OptionName::IndexUrl if last_index != Some(position) => {
                    let message = "pip uses the last `--index-url` of a line and ignores the others";
                    file.remarks.push(self.remark(given.at, message));
                    continue;
                }
                OptionName::IndexUrl => SettingKind::IndexUrl(value),
                OptionName::ExtraIndexUrl => SettingKind::ExtraIndexUrl(value),
                OptionName::FindLinks if find_links => {
                    let message = "pip uses the first `--find-links` of a line and ignores the others";
                    file.remarks.push(self.remark(given.at, message));
                    continue;
                }
                OptionName::FindLinks => {
                    find_links = true;
                    let beside = match self.location.join(&value) {
                        DocumentLocation::Path(path) if path != value => Some(path),
                        _ => None,
                    };
                    SettingKind::FindLinks(FindLinks { written: value, beside })
                }
                OptionName::PreferBinary => SettingKind::PreferBinary,
                OptionName::RequireHashes => SettingKind::RequireHashes,
                OptionName::NoRequireHashes => SettingKind::NoRequireHashes,
                OptionName::Pre => SettingKind::Pre,
                OptionName::TrustedHost => SettingKind::TrustedHost(value),
                OptionName::UseFeature => SettingKind::UseFeature(value),
                OptionName::Hash => {
                    match read_hash(&given.value) {
                        Ok(_) => file
                            .remarks
                            .push(self.remark(given.at, "pip ignores `--hash` without a requirement")),
                        Err(message) => file.faults.push(self.fault(given.value_at, message)),
                    }
                    continue;
                }
                OptionName::ConfigSettings => {
                    let message = "pip ignores `--config-settings` without a requirement";
                    file.remarks.push(self.remark(given.at, message));
                    continue;
                }
                // Handled above, or not possible here.
                OptionName::NoBinary
                | OptionName::OnlyBinary
                | OptionName::AllReleases
                | OptionName::OnlyFinal
                | OptionName::Editable
                | OptionName::Requirement
                | OptionName::Constraint => continue,
            };
            file.entries.push(Entry::Setting(Setting::new(kind, self.origin(given.at))));
        }
    }
}

/// Returns the byte offset of the options of a line: the first word that starts with `-` (pip 26.3, `break_args_options`).
fn requirement_end(line: &str) -> usize {
    if line.starts_with('-') { 0 } else { line.find(" -").map_or(line.len(), |space| space + 1) }
}

/// Parses `ALGORITHM:DIGITS` with an algorithm that pip 26.3 accepts (`STRONG_HASHES`).
fn read_hash(value: &str) -> Result<(String, String), String> {
    let (algorithm, digits) = value
        .split_once(':')
        .ok_or("`--hash` requires an algorithm and hexadecimal digits, such as `--hash=sha256:9f86d0...`")?;
    if !matches!(algorithm, "sha256" | "sha384" | "sha512") {
        return Err("unknown algorithm in `--hash`; expected sha256, sha384 or sha512".to_owned());
    }
    Ok((algorithm.to_owned(), digits.to_ascii_lowercase()))
}
