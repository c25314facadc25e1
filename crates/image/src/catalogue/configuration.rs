//! The environment that images set, and the marker of interpreters that the distribution manages.

use super::data;
use crate::{ExternallyManagedFile, ImageEnvironment, ImageProfile};

/// Adds both to a profile that has all other facts.
pub(super) fn set(profile: &mut ImageProfile) {
    profile.environment = environment(profile);
    profile.externally_managed = externally_managed(profile);
}

fn environment(profile: &ImageProfile) -> ImageEnvironment {
    let python = profile.python.as_ref().filter(|python| python.installed);
    let row = data::environments().rows.iter().find(|row| {
        row.families.contains(&profile.family.as_str()) && (python.is_some() || !row.needs_python)
    });
    let Some(row) = row else { return ImageEnvironment::default() };
    let version = python.map(|python| &python.python.version);
    // The variable has a full version; `3.12` comes from a tag.
    let full = version.filter(|version| version.release().len() > 2).map(ToString::to_string);
    let variables = row.variables.iter().filter_map(|(name, value)| {
        let value = match value.contains("{python}") {
            true => value.replace("{python}", full.as_deref()?),
            false => (*value).to_owned(),
        };
        Some(((*name).to_owned(), value))
    });
    ImageEnvironment {
        variables: variables.collect(),
        workdir: Some(row.workdir.unwrap_or("/").to_owned()),
        complete: false,
    }
}

/// The marker of the Python of the distribution. Other interpreters have none.
fn externally_managed(profile: &ImageProfile) -> Option<ExternallyManagedFile> {
    let python = profile.python.as_ref().filter(|python| !python.installed)?;
    let release = profile.release_id()?;
    let row = data::externally_managed().rows.iter().find(|row| row.release == release)?;
    let (major, minor) = python.python.language_version();
    let marker = row.marker.replace("{minor}", &format!("{major}.{minor}"));
    Some(ExternallyManagedFile { marker, verified: row.verified })
}
