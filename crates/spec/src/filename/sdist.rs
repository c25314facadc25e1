//! File names of sdists.

use std::str::FromStr;

use super::NameRules;
use super::project::names_project;
use crate::ProjectName;
use crate::version::Version;

/// The file name of an sdist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdistFilename {
    project: ProjectName,
    version: Version,
    python: Option<String>,
    extension: &'static str,
}

/// Why a name with the extension of an sdist is not an sdist of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SdistFault {
    /// The name does not start with the project name.
    Project,
    /// The version is missing or invalid; the text in its place.
    Version(String),
}

impl SdistFilename {
    /// Returns the project.
    pub fn project(&self) -> &ProjectName {
        &self.project
    }

    /// Returns the version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns the Python version in an old name such as `foo-1.0-py2.7.tar.gz`: pip uses the file only if it equals
    /// the target's `X.Y`. pip's pattern accepts one digit after the dot, so `-py3.12` is part of an invalid version
    /// instead.
    pub fn python_suffix(&self) -> Option<&str> {
        self.python.as_deref()
    }

    /// Returns the extension: `.tar.gz`, `.zip` ...
    pub fn extension(&self) -> &'static str {
        self.extension
    }

    /// Parses the name without its extension.
    pub(super) fn parse(
        stem: &str,
        extension: &'static str,
        project: &ProjectName,
        rules: NameRules,
    ) -> Result<Self, SdistFault> {
        let version = if rules.is_uv() { uv_version(stem, project) } else { pip_version(stem, project) };
        let text = version.ok_or(SdistFault::Project)?;
        let (version, python) = if rules.is_uv() { (text, None) } else { split_python(text) };
        match Version::from_str(version) {
            Ok(version) => {
                let python = python.map(str::to_owned);
                Ok(Self { project: project.clone(), version, python, extension })
            }
            Err(_) => Err(SdistFault::Version(version.to_owned())),
        }
    }
}

/// pip 26.3, `_extract_version_from_fragment`: the version starts after the first dash that follows the project name.
fn pip_version<'a>(stem: &'a str, project: &ProjectName) -> Option<&'a str> {
    // The project name decides where the version starts, because versions in old names contain dashes too.
    stem.match_indices('-').find_map(|(at, _)| {
        let (name, version) = (stem.get(..at)?, stem.get(at + 1..)?);
        (names_project(name, project) && !version.is_empty()).then_some(version)
    })
}

/// uv-distribution-filename 0.0.72, source_dist.rs: the name is as long as the normalized project name, and runs of
/// separators are not merged.
fn uv_version<'a>(stem: &'a str, project: &ProjectName) -> Option<&'a str> {
    let length = project.as_str().len();
    let (name, version) = (stem.get(..length)?, stem.get(length..)?.strip_prefix('-')?);
    let normal = name.bytes().map(|byte| match byte {
        b'_' | b'.' => b'-',
        _ => byte.to_ascii_lowercase(),
    });
    (normal.eq(project.as_str().bytes()) && !version.is_empty()).then_some(version)
}

/// pip 26.3, `LinkEvaluator._py_version_re`: `-py([123]\.?[0-9]?)$`.
fn split_python(version: &str) -> (&str, Option<&str>) {
    let Some(at) = version.rfind("-py") else { return (version, None) };
    let (before, python) = (version.get(..at), version.get(at + 3..).unwrap_or_default());
    let known = matches!(
        python.as_bytes(),
        [b'1'..=b'3'] | [b'1'..=b'3', b'.' | b'0'..=b'9'] | [b'1'..=b'3', b'.', b'0'..=b'9']
    );
    match before {
        Some(before) if known => (before, Some(python)),
        _ => (version, None),
    }
}
