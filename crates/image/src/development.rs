//! The tools, headers and packages for building source distributions.

use std::collections::BTreeSet;

/// The programs, headers and packages of an image for building source distributions.
///
/// Tools have the names of `data/packages/toolchains.toml`: `c`, `c++`, `fortran`, `rust`, `pkg-config`, `libc-headers`,
/// `python-headers` ... Packages have those of the distribution. What is not listed is absent, unless a gap is
/// recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Development {
    /// Available tools.
    pub tools: BTreeSet<String>,
    /// Tools that are known to be absent, also if there is a gap.
    pub without: BTreeSet<String>,
    /// Available packages that builds use.
    pub packages: BTreeSet<String>,
    /// The cause why other tools may be available; `None` if the list is complete.
    pub tools_gap: Option<String>,
    /// The cause why other packages may be available; `None` if the list is complete.
    pub packages_gap: Option<String>,
}

/// Whether a tool or package is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Available<'a> {
    /// It is available.
    Yes,
    /// It is absent.
    No,
    /// It is unknown, with the cause.
    Unknown(&'a str),
}

impl Development {
    /// All tools and packages are unknown, with the cause.
    pub fn unknown(why: impl Into<String>) -> Self {
        let why = why.into();
        Self { tools_gap: Some(why.clone()), packages_gap: Some(why), ..Self::default() }
    }

    /// Records that the dependencies of a package are unknown, so that it may install other `packages` and `tools`.
    pub fn doubt_dependencies(&mut self, package: &str, packages: bool, tools: bool) {
        let why = || format!("the dependencies of {package} are unknown");
        if packages {
            self.packages_gap.get_or_insert_with(why);
        }
        if tools {
            self.tools_gap.get_or_insert_with(why);
        }
    }

    /// Returns whether a tool is available.
    pub fn tool(&self, name: &str) -> Available<'_> {
        // Packages with headers may install pkg-config.
        let gap = match name {
            "pkg-config" => self.tools_gap.as_ref().or(self.packages_gap.as_ref()),
            _ => self.tools_gap.as_ref(),
        };
        match gap {
            _ if self.tools.contains(name) => Available::Yes,
            Some(why) if !self.without.contains(name) => Available::Unknown(why),
            _ => Available::No,
        }
    }

    /// Returns whether one of these packages is available.
    pub fn any_package<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Available<'_> {
        match &self.packages_gap {
            _ if names.into_iter().any(|name| self.packages.contains(name)) => Available::Yes,
            Some(why) => Available::Unknown(why),
            None => Available::No,
        }
    }
}
