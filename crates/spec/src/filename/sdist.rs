//! Source distribution file names.

use std::str::FromStr;

use super::NameRules;
use super::project::names_project;
use crate::ProjectName;
use crate::version::Version;

/// An sdist file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdistFilename {
    project: ProjectName,
    version: Version,
    python: Option<String>,
    extension: &'static str,
}

/// Why a name with a source archive's extension is none of the project's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SdistFault {
    /// The name does not start with the project's.
    Project,
    /// There is no version, or none that can be read; the text that stands for it.
    Version(String),
}

impl SdistFilename {
    /// The project.
    pub fn project(&self) -> &ProjectName {
        &self.project
    }

    /// The version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The Python version that pip takes from an old name such as `foo-1.0-py2.7.tar.gz`: the file counts only where
    /// it equals the target's `X.Y`. pip's pattern knows one digit after the full stop, so `-py3.12` is part of an
    /// unreadable version instead.
    pub fn python_suffix(&self) -> Option<&str> {
        self.python.as_deref()
    }

    /// The archive's extension: `.tar.gz`, `.zip` ...
    pub fn extension(&self) -> &'static str {
        self.extension
    }

    /// Reads what stands before the extension.
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

/// pip 26.3, `_extract_version_from_fragment`: the first dash before which the project's name stands.
fn pip_version<'a>(stem: &'a str, project: &ProjectName) -> Option<&'a str> {
    // A name and what follows it are told apart by the project, because versions of old names hold dashes too.
    stem.match_indices('-').find_map(|(at, _)| {
        let (name, version) = (stem.get(..at)?, stem.get(at + 1..)?);
        (names_project(name, project) && !version.is_empty()).then_some(version)
    })
}

/// uv-distribution-filename 0.0.72, source_dist.rs: the name takes as many bytes as the project's normal form, and its
/// separators are not folded together.
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
