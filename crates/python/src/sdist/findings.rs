//! The facts that were found in an sdist so far, and whether more of it must be read.

use super::language::{self, Languages};
use super::{SdistFacts, Search, SourceLanguage, egg_info, pyproject};
use crate::metadata::{Confidence, CoreMetadata, relevant_headers};
use wheelbase_spec::name::ProjectName;

/// Build backends that never compile, because they do not support extension modules
/// (<https://flit.pypa.io/en/stable/rationale.html>, <https://docs.astral.sh/uv/concepts/build-backend/>).
const PURE_BACKENDS: [&str; 3] = ["flit_core.buildapi", "flit.buildapi", "uv_build"];

/// The files that are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    PkgInfo,
    Pyproject,
    Requires(EggInfo),
}

/// An `*.egg-info` directory. Directories are sorted by certainty, the most certain one first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EggInfo {
    other_project: bool,
    depth: usize,
    path: String,
}

#[derive(Debug)]
pub(super) struct Findings<'a> {
    project: Option<&'a ProjectName>,
    search: Search,
    pkg_info: Option<(CoreMetadata, String)>,
    pyproject: Option<Option<String>>,
    requires: Option<(EggInfo, Vec<u8>)>,
    /// The most certain `*.egg-info` directory, with or without a `requires.txt`.
    egg_info: Option<EggInfo>,
    languages: Languages,
    /// Whether the build backend never compiles.
    never_compiled: bool,
}

impl<'a> Findings<'a> {
    pub(super) fn new(project: Option<&'a ProjectName>, search: Search) -> Self {
        Self {
            project,
            search,
            pkg_info: None,
            pyproject: None,
            requires: None,
            egg_info: None,
            languages: Languages::default(),
            never_compiled: false,
        }
    }

    /// Records the name of an entry; returns how its content is used, or `None` if it is not read.
    pub(super) fn see(&mut self, path: &str) -> Option<Interest> {
        let parts: Vec<&str> =
            path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
        let (name, folders) = parts.split_last()?;
        if let Some(language) = language::of_member(folders, name) {
            self.languages.insert(language);
        }
        match (*name, folders) {
            ("PKG-INFO", [_]) if self.pkg_info.is_none() => Some(Interest::PkgInfo),
            ("pyproject.toml", [_]) if self.pyproject.is_none() => Some(Interest::Pyproject),
            (name, [.., folder]) if folder.ends_with(".egg-info") => {
                let egg_info = self.egg_info(folder, folders)?;
                if self.egg_info.as_ref().is_none_or(|known| egg_info < *known) {
                    self.egg_info = Some(egg_info.clone());
                }
                let better = self.requires.as_ref().is_none_or(|(known, _)| egg_info < *known);
                (name == "requires.txt" && better).then_some(Interest::Requires(egg_info))
            }
            _ => None,
        }
    }

    /// Returns the directory if it has the name of the project, or if it is where setuptools writes it. Archives also
    /// contain directories of other projects, in test data and vendored copies.
    fn egg_info(&self, folder: &str, folders: &[&str]) -> Option<EggInfo> {
        let named = folder.strip_suffix(".egg-info").and_then(|name| name.parse::<ProjectName>().ok());
        let own = match (self.project, named) {
            (Some(project), Some(named)) => *project == named,
            _ => false,
        };
        let depth = folders.len();
        (own || depth <= 3).then(|| EggInfo { other_project: !own, depth, path: folders.join("/") })
    }

    pub(super) fn take(&mut self, interest: Interest, bytes: Vec<u8>) {
        match interest {
            // An invalid PKG-INFO is ignored, because other files may contain the facts.
            Interest::PkgInfo => {
                let metadata = CoreMetadata::parse(&bytes, Confidence::StaticSdist).ok();
                self.pkg_info = metadata.map(|metadata| (metadata, relevant_headers(&bytes)));
            }
            Interest::Pyproject => {
                let backend = pyproject::build_backend(&bytes);
                self.never_compiled = backend.is_some_and(|backend| PURE_BACKENDS.contains(&&*backend));
                self.pyproject = Some(pyproject::static_headers(&bytes));
            }
            Interest::Requires(egg_info) => self.requires = Some((egg_info, bytes)),
        }
    }

    /// Returns whether the rest of the archive cannot improve the result.
    pub(super) fn is_complete(&self) -> bool {
        // The name of the last file can add a language.
        if self.search == Search::Whole {
            return false;
        }
        let Some((pkg_info, _)) = &self.pkg_info else { return false };
        if !pkg_info.requires_dist_is_dynamic() {
            return true;
        }
        match &self.pyproject {
            Some(Some(_)) => true,
            Some(None) => {
                self.search == Search::Static
                    || self.requires.as_ref().is_some_and(|(egg_info, _)| !egg_info.other_project)
            }
            None => false,
        }
    }

    /// Returns how many of `patience` further bytes are read if the known facts may be sufficient; `None` if they are not.
    pub(super) fn patience(&self, patience: u64) -> Option<u64> {
        match &self.pyproject {
            _ if self.search == Search::Whole => None,
            Some(Some(_)) => Some(patience),
            // Without guesses the metadata comes from a build, so only a part is read.
            _ if self.search == Search::Static && self.pkg_info.is_some() => Some(patience / 8),
            _ => None,
        }
    }

    pub(super) fn finish(self, whole: bool) -> SdistFacts {
        let languages = if self.never_compiled { Languages::default() } else { self.languages };
        let language = match (languages.is_empty(), whole || self.never_compiled) {
            (false, _) => SourceLanguage::Native,
            (true, true) => SourceLanguage::Pure,
            (true, false) => SourceLanguage::Unknown,
        };
        let (confidence, headers) = self.best();
        let metadata = CoreMetadata::read(headers.as_bytes(), confidence);
        SdistFacts { metadata, headers, language, languages }
    }

    fn best(self) -> (Confidence, String) {
        let mut described = String::new();
        if let Some((metadata, headers)) = self.pkg_info {
            if !metadata.requires_dist_is_dynamic() {
                return (Confidence::StaticSdist, headers);
            }
            // Before metadata 2.2, the dependencies in a PKG-INFO are not reliable. Name and version are.
            described = headers
                .lines()
                .filter(|line| {
                    !["requires-dist:", "provides-extra:"].iter().any(|field| line.starts_with(field))
                })
                .flat_map(|line| [line, "\n"])
                .collect();
        }
        if let Some(Some(headers)) = self.pyproject {
            // The first header of a name is used: Name and Requires-Python of pyproject.toml, and the version of the file
            // that has it.
            return (Confidence::StaticPyproject, headers + &described);
        }
        if self.search != Search::Static {
            match (self.requires, self.egg_info) {
                // Only of the most certain directory: the list of another project is wrong.
                (Some((from, bytes)), Some(folder)) if from.other_project == folder.other_project => {
                    return (Confidence::EggInfo, described + &egg_info::headers(&bytes));
                }
                // setuptools writes requires.txt only if there are dependencies.
                (_, Some(folder)) if !folder.other_project => return (Confidence::EggInfo, described),
                _ => {}
            }
        }
        (Confidence::Unknown, described)
    }
}
