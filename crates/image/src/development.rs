//! What an image has for building source distributions.

use std::collections::BTreeSet;

/// The programs, headers and packages that an image has for building source distributions.
///
/// Tools have the names of `data/packages/toolchains.toml`: `c`, `c++`, `fortran`, `rust`, `pkg-config`, `libc-headers`,
/// `python-headers` ... Packages have those of the distribution. What is not listed is absent, unless something says
/// that more may be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Development {
    /// Tools that are there.
    pub tools: BTreeSet<String>,
    /// Tools that are not, whatever else may be.
    pub without: BTreeSet<String>,
    /// Packages that are there, as far as they matter for building.
    pub packages: BTreeSet<String>,
    /// Why other tools may be there.
    pub tools_gap: Option<String>,
    /// Why other packages may be there.
    pub packages_gap: Option<String>,
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Available<'a> {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody knows, and this is why.
    Unknown(&'a str),
}

impl Development {
    /// Nothing is known, and this is why.
    pub fn unknown(why: impl Into<String>) -> Self {
        let why = why.into();
        Self { tools_gap: Some(why.clone()), packages_gap: Some(why), ..Self::default() }
    }

    /// Whether a tool is there.
    pub fn tool(&self, name: &str) -> Available<'_> {
        // Packages of headers bring pkg-config along where they have something for it.
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

    /// Whether any of these packages is there.
    pub fn any_package<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Available<'_> {
        match &self.packages_gap {
            _ if names.into_iter().any(|name| self.packages.contains(name)) => Available::Yes,
            Some(why) => Available::Unknown(why),
            None => Available::No,
        }
    }
}
