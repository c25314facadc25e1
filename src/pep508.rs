//! Conversion from and to requirements of the `pep508_rs` crate.
//!
//! wheelbase parses requirements itself, because the results must be those of `packaging`, the library that pip uses.
//! `pep508_rs` 0.9.2 differs from it: it panics or overflows the stack on some lines of real indexes, which are in
//! `tests/index/metadata.rs` and `tests/language/requirements.rs`, and evaluates some markers differently. Programs that
//! use its types convert them here. A requirement is converted to text and parsed by the other crate.

use std::str::FromStr;

use crate::requirement::{InvalidRequirement, Requirement};

/// Converts a requirement that was parsed with `pep508_rs`.
///
/// ```
/// let theirs: pep508_rs::Requirement = "uvicorn[standard]>=0.30; python_version >= '3.9'".parse()?;
/// let ours = wheelbase::pep508::from_pep508(&theirs)?;
/// assert_eq!(ours.name.as_str(), "uvicorn");
/// assert!(ours.marker.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the text of the requirement breaks a rule of `packaging` that `pep508_rs` does not check.
pub fn from_pep508<T: pep508_rs::Pep508Url>(
    requirement: &pep508_rs::Requirement<T>,
) -> Result<Requirement, InvalidRequirement> {
    requirement.to_string().parse()
}

/// Converts a requirement into the type of `pep508_rs`.
///
/// ```
/// let ours: wheelbase::requirement::Requirement = "uvicorn[standard]>=0.30".parse()?;
/// let theirs = wheelbase::pep508::to_pep508(&ours)?;
/// assert_eq!(theirs.to_string(), "uvicorn[standard]>=0.30");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The message of `pep508_rs`, if it refuses what `packaging` accepts: a marker that compares two texts, for instance.
pub fn to_pep508(requirement: &Requirement) -> Result<pep508_rs::Requirement, RefusedByPep508> {
    pep508_rs::Requirement::from_str(&requirement.to_string())
        .map_err(|error| RefusedByPep508 { message: error.to_string() })
}

/// `pep508_rs` does not accept a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedByPep508 {
    message: String,
}

impl std::fmt::Display for RefusedByPep508 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RefusedByPep508 {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of real metadata. Both crates parse each, and a conversion in both directions changes nothing for either.
    #[test]
    fn conversion_in_both_directions_keeps_a_requirement() {
        for line in [
            "numpy",
            "numpy>=1.26,<3",
            "requests[security,socks]>=2.8.1,==2.8.*; python_version < '2.7'",
            "importlib-metadata>=4.4; python_version < '3.10'",
            "colorama; sys_platform == 'win32'",
            "pywin32>=226; platform_system == 'Windows' and python_version >= '3.8'",
            "pytest-cov; extra == 'test'",
            "pip @ https://github.com/pypa/pip/archive/1.3.1.zip",
            "tomli>=1.1.0; python_full_version <= '3.11.0a6'",
            "greenlet!=0.4.17; platform_machine == 'aarch64' or (platform_machine == 'x86_64' and extra == 'a')",
        ] {
            let ours: Requirement = line.parse().expect("a requirement");
            let theirs = to_pep508(&ours).expect("a requirement for pep508_rs too");
            assert_eq!(theirs, pep508_rs::Requirement::from_str(line).expect("a requirement"), "{line}");
            let back = from_pep508(&theirs).expect("a requirement");
            assert_eq!((&back.name, &back.extras), (&ours.name, &ours.extras), "{line}");
            // `pep508_rs` sorts specifiers, which changes nothing about the versions they accept.
            for version in ["0.4.17", "1.1.0", "1.26.4", "2.8.0", "2.8.1", "2.32.3", "3.0", "226"] {
                let version = version.parse().expect("a version");
                let accepts = |one: &Requirement| one.specifiers().contains(&version);
                assert_eq!(accepts(&back), accepts(&ours), "{line} {version}");
            }
            assert_eq!(to_pep508(&back), Ok(theirs), "{line}");
        }
    }
}
