//! Options of requirements files, which hold for the whole run.

use std::collections::BTreeSet;

use crate::name::ProjectName;
use crate::source::{Fault, Origin, Remark};

/// One option as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// What it says.
    pub kind: SettingKind,
    /// Where it stands.
    pub origin: Origin,
}

impl Setting {
    /// An option from a place, for callers that have options of their own.
    pub fn new(kind: SettingKind, origin: Origin) -> Self {
        Self { kind, origin }
    }
}

/// What an option says.
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
    /// A URL or path as written.
    pub written: String,
    /// The same path beside the file that names it. pip 26.3 takes this one if it exists, and else the written one.
    pub beside: Option<String>,
}

impl FindLinks {
    /// A location that is not relative to a file.
    pub fn new(written: impl Into<String>) -> Self {
        Self { written: written.into(), beside: None }
    }
}

/// One step in the choice of indexes, in the order given.
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

/// Projects named one by one, or all of them (`:all:`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameSelection {
    all: bool,
    names: BTreeSet<ProjectName>,
}

impl NameSelection {
    /// Whether the project is named itself.
    pub fn names(&self, project: &ProjectName) -> bool {
        self.names.contains(project)
    }

    /// Whether `:all:` is in force.
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        !self.all && self.names.is_empty()
    }

    fn clear(&mut self) {
        self.all = false;
        self.names.clear();
    }

    /// pip 26.3, `FormatControl.handle_mutual_excludes` and `ReleaseControl.handle_mutual_excludes`: a list for
    /// `target` takes its names away from `other`.
    ///
    /// Returns what of the list is no name; pip keeps such a text, which no project can match.
    fn apply(list: &str, target: &mut Self, other: &mut Self) -> Result<Vec<String>, String> {
        if list.starts_with('-') {
            return Err("this option needs a list of projects, `:all:` or `:none:`".to_owned());
        }
        let mut names: Vec<&str> = list.split(',').collect();
        while let Some(all) = names.iter().position(|name| *name == ":all:") {
            other.clear();
            target.clear();
            target.all = true;
            names.drain(..=all);
            // Without a `:none:` behind it `:all:` covers whatever follows.
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

/// Which kinds of files may be taken (`--no-binary`, `--only-binary`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormatControl {
    /// Projects without wheels.
    pub no_binary: NameSelection,
    /// Projects without source distributions.
    pub only_binary: NameSelection,
}

impl FormatControl {
    /// Whether wheels of the project may be taken (pip 26.3, `get_allowed_formats`).
    pub fn allows_wheels(&self, project: &ProjectName) -> bool {
        if self.only_binary.names(project) {
            return true;
        }
        !self.no_binary.names(project) && (self.only_binary.is_all() || !self.no_binary.is_all())
    }

    /// Whether source distributions of the project may be taken (pip 26.3, `get_allowed_formats`).
    pub fn allows_sdists(&self, project: &ProjectName) -> bool {
        if self.only_binary.names(project) {
            return false;
        }
        self.no_binary.names(project) || !self.only_binary.is_all()
    }
}

/// Which releases may be taken (`--pre`, `--all-releases`, `--only-final`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReleaseControl {
    /// Projects whose pre-releases are as good as their other releases.
    pub all_releases: NameSelection,
    /// Projects whose pre-releases do not count.
    pub only_final: NameSelection,
}

impl ReleaseControl {
    /// Whether pre-releases of the project are allowed; `None` is the usual rule (pip 26.3, `allows_prereleases`).
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

/// The options of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The choice of indexes, step by step.
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
    /// Adds one option behind those that are there, and says what of it has no effect.
    ///
    /// # Errors
    ///
    /// If a list of projects is missing.
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
            // Lists are read in `apply`.
            SettingKind::NoBinary(_)
            | SettingKind::OnlyBinary(_)
            | SettingKind::AllReleases(_)
            | SettingKind::OnlyFinal(_) => {}
        }
    }

    /// The indexes that pip 26.3 asks, in its order (`handle_option_line`): `--index-url` puts its URL in place of
    /// all before it, also of extra ones; behind `--no-index` nothing counts.
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

    /// The indexes that uv 0.13.8 asks, in its order: the extra ones as given, then the `--index-url` given first.
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
