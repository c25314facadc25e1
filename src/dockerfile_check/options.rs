//! The options of a step, from its command line, its variables and the files that pip reads.

use crate::dockerfile::{FileSource, FormatRule, Ignore, InputFile, InstallStep};
use crate::findings::UnknownCause;
use crate::requirements::{FindLinks, SettingKind};

use super::files::ContextFiles;
use super::places::{At, Place, place};

/// The options of the step. Index options on the command line of this run (`named`) override those of the Dockerfile.
pub(super) fn options(
    step: &InstallStep,
    named: bool,
    context: &dyn ContextFiles,
    ignore: &Ignore,
) -> Vec<SettingKind> {
    let at = At::new(step, context, ignore);
    let own = &step.options;
    // pip 26.3, "Configuration": the command line overrides variables, and these override files.
    let mut kinds: Vec<SettingKind> =
        step.config_files.iter().filter_map(|input| configuration(input, &at).ok()).flatten().collect();
    if named {
        kinds.retain(|kind| !is_of_index(kind));
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
                    .filter_map(|path| context.located(path.strip_suffix("/x").unwrap_or(path)))
                    .find(|path| context.is_folder(path)),
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

/// Whether a `pip.conf` that the Dockerfile creates allows pip to install into the interpreter of the distribution.
pub(super) fn breaks_system_packages(
    step: &InstallStep,
    context: &dyn ContextFiles,
    ignore: &Ignore,
) -> bool {
    let at = At::new(step, context, ignore);
    let texts = step.config_files.iter().filter_map(|input| configuration_text(input, &at).ok());
    texts
        .flat_map(|text| pip_entries(&text))
        .any(|(key, value)| key == "break-system-packages" && is_yes(&value))
}

/// The install settings of a `pip.conf`, or why it cannot be read.
pub(super) fn configuration(input: &InputFile, at: &At<'_>) -> Result<Vec<SettingKind>, UnknownCause> {
    configuration_text(input, at).map(|text| pip_settings(&text))
}

fn configuration_text(input: &InputFile, at: &At<'_>) -> Result<String, UnknownCause> {
    match place(&input.source, at, 0) {
        Place::File(path) => {
            let bytes = at.context.read(&path).map_err(|error| UnknownCause::Unreadable { error })?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        Place::Text(text, _) => Ok(text),
        Place::Gap(cause) => Err(cause),
        _ => Err(UnknownCause::NotOneFile),
    }
}

/// The values that mean yes for pip (`strtobool`).
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
        // An indented line continues the value above it (configparser).
        let goes_on = line.starts_with([' ', '\t']);
        match (goes_on, entries.last_mut(), bare.split_once(['=', ':'])) {
            (true, Some((_, value)), _) => {
                value.push('\n');
                value.push_str(bare);
            }
            (_, _, Some((key, value))) => {
                // pip accepts both spellings.
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

/// Whether a setting is about the origin of distribution files.
pub(super) fn is_of_index(kind: &SettingKind) -> bool {
    matches!(
        kind,
        SettingKind::IndexUrl(_)
            | SettingKind::ExtraIndexUrl(_)
            | SettingKind::NoIndex
            | SettingKind::FindLinks(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// pip 26.3, `configuration.py` reads with configparser: sections, continued values, comments.
    #[test]
    fn settings_of_pip_are_read_from_two_sections() {
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
