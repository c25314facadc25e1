//! The input of a resolution: requirements, options and one target.

use crate::candidates::FileRules;
use wheelbase_spec::marker::{Marker, MarkerEnvironment};
use wheelbase_spec::options::{FormatControl, Options, ReleaseControl, Setting, SettingKind};
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::Fault;
use wheelbase_spec::source::Origin;
use wheelbase_spec::tags::SupportedTags;
use wheelbase_spec::target::{InstallerKind, Target};

/// A requirement or constraint of the user, with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootRequirement {
    /// The requirement.
    pub requirement: Requirement,
    /// The position in the user's input.
    pub origin: Origin,
    /// The required hashes: (algorithm, hex).
    pub hashes: Vec<(String, String)>,
}

impl RootRequirement {
    /// Returns a requirement without hashes.
    pub fn new(requirement: Requirement, origin: Origin) -> Self {
        Self { requirement, origin, hashes: Vec::new() }
    }

    /// Returns the requirement with hashes: (algorithm, hex).
    pub fn with_hashes(mut self, hashes: Vec<(String, String)>) -> Self {
        self.hashes = hashes;
        self
    }
}

/// The options of an installer that change the selected files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResolveOptions {
    /// `--only-binary`, `--no-binary`.
    pub formats: FormatControl,
    /// `--pre`, `--all-releases`, `--only-final`. For all other projects the installer's default rule applies.
    pub releases: ReleaseControl,
    /// `--prefer-binary`: an older version with a wheel is preferred to a newer one without (pip only).
    pub prefer_binary: bool,
    /// `--no-deps`.
    pub no_deps: bool,
    /// `--require-hashes`.
    pub require_hashes: bool,
    /// `--exclude-newer`: files uploaded at this time or later are ignored, in seconds since 1970-01-01T00:00Z.
    pub exclude_newer: Option<i64>,
    /// The numbers of the locations that are find-links locations, not indexes. uv uses one index per project, and the
    /// files of these locations in addition.
    pub find_links: Vec<u16>,
    /// `--ignore-requires-python`.
    pub ignore_requires_python: bool,
}

impl ResolveOptions {
    /// Returns the options of requirements files and the command line.
    pub fn of(options: &Options) -> Self {
        Self {
            formats: options.formats.clone(),
            releases: options.releases.clone(),
            prefer_binary: options.prefer_binary.is_some(),
            ..Self::default()
        }
    }

    /// Applies one more option, as if it were at the end of a requirements file.
    ///
    /// ```
    /// use wheelbase::requirements::SettingKind;
    /// use wheelbase::resolve::ResolveOptions;
    ///
    /// let mut options = ResolveOptions::default();
    /// options.apply(SettingKind::OnlyBinary(":all:".to_owned()))?;
    /// assert!(!options.formats.allows_sdists(&"numpy".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the option's list contains an invalid project name.
    pub fn apply(&mut self, kind: SettingKind) -> Result<(), Fault> {
        let mut options = Options::default();
        options.formats = std::mem::take(&mut self.formats);
        options.releases = std::mem::take(&mut self.releases);
        let applied = options.apply(Setting::new(kind, Origin::new("argument", 0, 0)));
        self.formats = options.formats;
        self.releases = options.releases;
        self.prefer_binary |= options.prefer_binary.is_some();
        applied.map(|_| ())
    }
}

/// A problem to solve: requirements, constraints, overrides, options and one target.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) target: Target,
    pub(crate) tags: SupportedTags,
    /// The marker variables of the target.
    pub environment: MarkerEnvironment,
    pub(crate) requirements: Vec<RootRequirement>,
    /// The user's constraints, which restrict versions and require nothing by themselves.
    pub constraints: Vec<RootRequirement>,
    pub(crate) overrides: Vec<RootRequirement>,
    pub(crate) options: ResolveOptions,
}

impl Problem {
    /// Returns a problem. Computes the target's tags and marker environment.
    pub fn new(
        target: Target,
        requirements: Vec<RootRequirement>,
        constraints: Vec<RootRequirement>,
        options: ResolveOptions,
    ) -> Self {
        let tags = SupportedTags::of(&target);
        let environment = target.marker_environment();
        Self { target, tags, environment, requirements, constraints, overrides: Vec::new(), options }
    }

    /// Returns the problem with overrides. An override replaces every other requirement on its project, including those
    /// of the user, and requires nothing by itself. Only uv supports overrides; for pip they have no effect.
    ///
    /// uv 0.13.9, `Overrides::apply`: extras and markers of the replaced requirement are dropped, except for the extra
    /// that enables it. Constraints still apply.
    #[must_use]
    pub fn with_overrides(mut self, overrides: Vec<RootRequirement>) -> Self {
        if !self.is_uv() || overrides.is_empty() {
            return self;
        }
        let mut requirements: Vec<RootRequirement> = Vec::new();
        for root in std::mem::take(&mut self.requirements) {
            let mut instead =
                overrides.iter().filter(|one| one.requirement.name == root.requirement.name).peekable();
            if instead.peek().is_none() {
                requirements.push(root);
                continue;
            }
            for one in instead {
                if !requirements.contains(one) {
                    requirements.push(one.clone());
                }
            }
        }
        self.requirements = requirements;
        self.overrides = overrides;
        self
    }

    /// Returns the overrides that replace a distribution's requirement; `None` if it is not replaced.
    pub(crate) fn overridden(&self, requirement: &Requirement) -> Option<Vec<Requirement>> {
        let instead = || self.overrides.iter().filter(|one| one.requirement.name == requirement.name);
        instead().next()?;
        let extra = requirement.marker.as_ref().and_then(Marker::top_level_extra);
        let joined = instead().map(|one| {
            let mut requirement = one.requirement.clone();
            if let Some(extra) = &extra {
                let own = requirement.marker.take();
                requirement.marker = Some(own.map_or_else(|| extra.clone(), |own| extra.and(&own)));
            }
            requirement
        });
        Some(joined.collect())
    }

    /// Returns the target.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Returns the tags that the target's installer supports.
    pub fn tags(&self) -> &SupportedTags {
        &self.tags
    }

    /// Returns the user's requirements.
    pub fn requirements(&self) -> &[RootRequirement] {
        &self.requirements
    }

    /// Returns the options.
    pub fn options(&self) -> &ResolveOptions {
        &self.options
    }

    pub(crate) fn is_uv(&self) -> bool {
        self.target.installer.kind == InstallerKind::Uv
    }

    /// Returns the rules by which this problem accepts or rejects files.
    pub fn rules(&self) -> FileRules<'_> {
        FileRules {
            target: &self.target,
            tags: &self.tags,
            formats: &self.options.formats,
            exclude_newer: self.options.exclude_newer,
            ignore_requires_python: self.options.ignore_requires_python,
            releases: &self.options.releases,
        }
    }
}
