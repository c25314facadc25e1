//! What is to be resolved, for one target.

use crate::marker::MarkerEnvironment;
use crate::requirement::Requirement;
use crate::resolve::candidates::{FileRules, FormatControl};
use crate::source::Origin;
use crate::tags::SupportedTags;
use crate::target::{InstallerKind, Target};

/// A requirement or constraint of the user, with the place it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootRequirement {
    /// The requirement.
    pub requirement: Requirement,
    /// Where it stands.
    pub origin: Origin,
    /// Hashes asked for: (algorithm, hex).
    pub hashes: Vec<(String, String)>,
}

impl RootRequirement {
    /// A requirement without hashes.
    pub fn new(requirement: Requirement, origin: Origin) -> Self {
        Self { requirement, origin, hashes: Vec::new() }
    }

    /// The same with hashes, (algorithm, hex).
    pub fn with_hashes(mut self, hashes: Vec<(String, String)>) -> Self {
        self.hashes = hashes;
        self
    }
}

/// Which pre-releases may be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PreReleases {
    /// The installer's own rule.
    #[default]
    Installer,
    /// All of them (`--pre`).
    Allow,
    /// None at all (`--only-final :all:`).
    Forbid,
}

/// The options of an installer that change what it takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResolveOptions {
    /// `--only-binary`, `--no-binary`.
    pub formats: FormatControl,
    /// `--prefer-binary`: an older version with a wheel goes before a newer one without (pip only).
    pub prefer_binary: bool,
    /// `--pre`.
    pub pre_releases: PreReleases,
    /// `--no-deps`.
    pub no_deps: bool,
    /// `--require-hashes`.
    pub require_hashes: bool,
    /// Files uploaded at this time (seconds since the epoch) or later do not exist.
    pub exclude_newer: Option<i64>,
    /// `--ignore-requires-python`.
    pub ignore_requires_python: bool,
}

/// One target's problem: what is asked for, of which installer, where.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) target: Target,
    pub(crate) tags: SupportedTags,
    pub(crate) environment: MarkerEnvironment,
    pub(crate) requirements: Vec<RootRequirement>,
    pub(crate) constraints: Vec<RootRequirement>,
    pub(crate) options: ResolveOptions,
}

impl Problem {
    /// A problem; computes the target's tags and marker environment.
    pub fn new(
        target: Target,
        requirements: Vec<RootRequirement>,
        constraints: Vec<RootRequirement>,
        options: ResolveOptions,
    ) -> Self {
        let tags = SupportedTags::of(&target);
        let environment = target.marker_environment();
        Self { target, tags, environment, requirements, constraints, options }
    }

    /// The target.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The tags that the target's installer supports.
    pub fn tags(&self) -> &SupportedTags {
        &self.tags
    }

    /// The user's requirements.
    pub fn requirements(&self) -> &[RootRequirement] {
        &self.requirements
    }

    /// The options.
    pub fn options(&self) -> &ResolveOptions {
        &self.options
    }

    pub(crate) fn is_uv(&self) -> bool {
        self.target.installer.kind == InstallerKind::Uv
    }

    pub(crate) fn rules(&self) -> FileRules<'_> {
        FileRules {
            target: &self.target,
            tags: &self.tags,
            formats: &self.options.formats,
            exclude_newer: self.options.exclude_newer,
            ignore_requires_python: self.options.ignore_requires_python,
            final_only: self.options.pre_releases == PreReleases::Forbid,
        }
    }
}
