//! Options of requirements files that apply to the whole run.

use std::collections::BTreeSet;

use crate::name::ProjectName;
use crate::source::{Fault, Origin, Remark};

/// One option as the user wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// The option and its value.
    pub kind: SettingKind,
    /// The position of the option.
    pub origin: Origin,
}

impl Setting {
    /// Returns an option with its position, for callers that do not parse a requirements file.
    pub fn new(kind: SettingKind, origin: Origin) -> Self {
        Self { kind, origin }
    }
}

/// The options, with their values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingKind {
    /// `--index-url`
    IndexUrl(String),
    /// `--extra-index-url`
    ExtraIndexUrl(String),
    /// `--no-index`
    NoIndex,
    /// `--find-links`
    FindLinks(FindLinks),
    /// `--no-binary` with its list
    NoBinary(String),
    /// `--only-binary` with its list
    OnlyBinary(String),
    /// `--prefer-binary`
    PreferBinary,
    /// `--require-hashes`
    RequireHashes,
    /// `--no-require-hashes`
    NoRequireHashes,
    /// `--pre`
    Pre,
    /// `--all-releases` with its list
    AllReleases(String),
    /// `--only-final` with its list
    OnlyFinal(String),
    /// `--trusted-host`
    TrustedHost(String),
    /// `--use-feature`
    UseFeature(String),
}

/// A location of `--find-links`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindLinks {
    /// The URL or path as written.
    pub written: String,
    /// The same path relative to the directory of the file that contains the option. pip 26.3 uses it if it exists,
    /// else the path as written.
    pub beside: Option<String>,
}

impl FindLinks {
    /// Returns a location that is not relative to a file.
    pub fn new(written: impl Into<String>) -> Self {
        Self { written: written.into(), beside: None }
    }
}

/// One option that selects indexes. The order of the options matters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexOption {
    /// `--index-url`
    Url(String, Origin),
    /// `--extra-index-url`
    Extra(String, Origin),
    /// `--no-index`
    None(Origin),
}

/// A set of projects: a list of names, or all (`:all:`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameSelection {
    all: bool,
    names: BTreeSet<ProjectName>,
}

impl NameSelection {
    /// Returns whether the list contains the project itself; `:all:` does not count.
    pub fn names(&self, project: &ProjectName) -> bool {
        self.names.contains(project)
    }

    /// Returns whether the set contains all projects.
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Returns whether the set is empty.
    pub fn is_empty(&self) -> bool {
        !self.all && self.names.is_empty()
    }

    fn clear(&mut self) {
        self.all = false;
        self.names.clear();
    }

    /// pip 26.3, `FormatControl.handle_mutual_excludes` and `ReleaseControl.handle_mutual_excludes`: a list for
    /// `target` removes its names from `other`.
    ///
    /// Returns the entries that are not project names. pip keeps such an entry, which matches no project.
    fn apply(list: &str, target: &mut Self, other: &mut Self) -> Result<Vec<String>, String> {
        if list.starts_with('-') {
            return Err("this option requires a list of projects, `:all:` or `:none:`".to_owned());
        }
        let mut names: Vec<&str> = list.split(',').collect();
        while let Some(all) = names.iter().position(|name| *name == ":all:") {
            other.clear();
            target.clear();
            target.all = true;
            names.drain(..=all);
            // Without a later `:none:`, `:all:` covers everything that follows.
            if !names.contains(&":none:") {
                return Ok(Vec::new());
            }
        }
        let mut useless = Vec::new();
        for name in names {
            if name == ":none:" {
                target.clear();
                continue;
            }
            match name.parse::<ProjectName>() {
                Ok(name) => {
                    other.names.remove(&name);
                    target.names.insert(name);
                }
                Err(fault) => useless.push(fault.to_string()),
            }
        }
        Ok(useless)
    }
}

/// Which kinds of distribution files the installer may use (`--no-binary`, `--only-binary`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormatControl {
    /// Projects for which wheels are not used.
    pub no_binary: NameSelection,
    /// Projects for which sdists are not used.
    pub only_binary: NameSelection,
}

impl FormatControl {
    /// Returns whether wheels of the project may be used (pip 26.3, `get_allowed_formats`).
    pub fn allows_wheels(&self, project: &ProjectName) -> bool {
        if self.only_binary.names(project) {
            return true;
        }
        !self.no_binary.names(project) && (self.only_binary.is_all() || !self.no_binary.is_all())
    }

    /// Returns whether sdists of the project may be used (pip 26.3, `get_allowed_formats`).
    pub fn allows_sdists(&self, project: &ProjectName) -> bool {
        if self.only_binary.names(project) {
            return false;
        }
        self.no_binary.names(project) || !self.only_binary.is_all()
    }
}

/// Which releases the installer may use (`--pre`, `--all-releases`, `--only-final`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReleaseControl {
    /// Projects for which pre-releases rank like final releases.
    pub all_releases: NameSelection,
    /// Projects for which pre-releases are not used.
    pub only_final: NameSelection,
}

impl ReleaseControl {
    /// Returns whether pre-releases of the project are allowed; `None` if the default rule applies (pip 26.3,
    /// `allows_prereleases`).
    pub fn allows_prereleases(&self, project: &ProjectName) -> Option<bool> {
        if self.all_releases.names(project) {
            Some(true)
        } else if self.only_final.names(project) {
            Some(false)
        } else if self.all_releases.is_all() {
            Some(true)
        } else if self.only_final.is_all() {
            Some(false)
        } else {
            None
        }
    }
}

/// All options of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The options that select indexes, in the order given.
    pub indexes: Vec<IndexOption>,
    /// `--find-links`
    pub find_links: Vec<(FindLinks, Origin)>,
    /// `--no-binary`, `--only-binary`
    pub formats: FormatControl,
    /// `--pre`, `--all-releases`, `--only-final`
    pub releases: ReleaseControl,
    /// `--prefer-binary`
    pub prefer_binary: Option<Origin>,
    /// `--require-hashes`
    pub require_hashes: Option<Origin>,
    /// `--no-require-hashes`
    pub no_require_hashes: Option<Origin>,
    /// `--trusted-host`
    pub trusted_hosts: Vec<(String, Origin)>,
    /// `--use-feature`
    pub features: Vec<(String, Origin)>,
}

impl Options {
    /// Adds one option after the existing ones. Returns remarks on parts that have no effect.
    ///
    /// # Errors
    ///
    /// If the option requires a list of projects and has none.
    pub fn apply(&mut self, setting: Setting) -> Result<Vec<Remark>, Fault> {
        let Setting { kind, origin } = setting;
        let FormatControl { no_binary, only_binary } = &mut self.formats;
        let ReleaseControl { all_releases, only_final } = &mut self.releases;
        let useless = match kind {
            SettingKind::NoBinary(list) => NameSelection::apply(&list, no_binary, only_binary),
            SettingKind::OnlyBinary(list) => NameSelection::apply(&list, only_binary, no_binary),
            SettingKind::AllReleases(list) => NameSelection::apply(&list, all_releases, only_final),
            SettingKind::OnlyFinal(list) => NameSelection::apply(&list, only_final, all_releases),
            other => {
                self.apply_simple(other, origin);
                return Ok(Vec::new());
            }
        };
        match useless {
            Ok(names) => {
                let remark = |message| Remark { origin: origin.clone(), message };
                Ok(names.into_iter().map(remark).collect())
            }
            Err(message) => Err(Fault::new(origin, message)),
        }
    }

    fn apply_simple(&mut self, kind: SettingKind, origin: Origin) {
        match kind {
            SettingKind::IndexUrl(url) => self.indexes.push(IndexOption::Url(url, origin)),
            SettingKind::ExtraIndexUrl(url) => self.indexes.push(IndexOption::Extra(url, origin)),
            SettingKind::NoIndex => self.indexes.push(IndexOption::None(origin)),
            SettingKind::FindLinks(links) => self.find_links.push((links, origin)),
            SettingKind::Pre => self.releases.all_releases.all = true,
            SettingKind::PreferBinary => {
                self.prefer_binary.get_or_insert(origin);
            }
            SettingKind::RequireHashes => {
                self.require_hashes.get_or_insert(origin);
            }
            SettingKind::NoRequireHashes => {
                self.no_require_hashes.get_or_insert(origin);
            }
            SettingKind::TrustedHost(host) => self.trusted_hosts.push((host, origin)),
            SettingKind::UseFeature(feature) => self.features.push((feature, origin)),
            // `apply` parses the lists.
            SettingKind::NoBinary(_)
            | SettingKind::OnlyBinary(_)
            | SettingKind::AllReleases(_)
            | SettingKind::OnlyFinal(_) => {}
        }
    }

    /// Returns the indexes that pip 26.3 queries, in its order (`handle_option_line`): `--index-url` replaces all
    /// indexes before it, including extra ones; after `--no-index` no index is used. `default` is used if no option
    /// sets an index.
    pub fn pip_indexes(&self, default: &str) -> Vec<String> {
        let mut urls = vec![default.to_owned()];
        for option in &self.indexes {
            match option {
                IndexOption::None(_) => return Vec::new(),
                IndexOption::Url(url, _) => urls = vec![url.clone()],
                IndexOption::Extra(url, _) => urls.push(url.clone()),
            }
        }
        urls
    }

    /// Returns the indexes that uv 0.13.8 queries, in its order: the extra indexes as given, then the first
    /// `--index-url`.
    pub fn uv_indexes(&self, default: &str) -> Vec<String> {
        let mut last = None;
        let mut urls = Vec::new();
        for option in &self.indexes {
            match option {
                IndexOption::None(_) => return Vec::new(),
                IndexOption::Url(url, _) => {
                    last.get_or_insert_with(|| url.clone());
                }
                IndexOption::Extra(url, _) => urls.push(url.clone()),
            }
        }
        urls.push(last.unwrap_or_else(|| default.to_owned()));
        urls
    }
}
