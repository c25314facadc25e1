//! The values of environment markers on a target.

use super::{Implementation, Python, Target};
use crate::marker::MarkerEnvironment;
use crate::version::Version;

impl Target {
    /// Returns the marker variables of this target
    /// ([PEP 508](https://peps.python.org/pep-0508/#environment-markers)).
    ///
    /// `platform_release` and `platform_version` describe the kernel of the container's host, so they are `None`. So is
    /// the version of a PyPy or GraalPy if the target does not state it.
    pub fn marker_environment(&self) -> MarkerEnvironment {
        let python = &self.python;
        let (major, minor) = python.language_version();
        let implementation = match python.implementation {
            Implementation::CPython => "CPython",
            Implementation::PyPy => "PyPy",
            // `platform.python_implementation()` of GraalPy returns the name of the virtual machine.
            Implementation::GraalPy => "GraalVM",
        };
        // Python 3.3 dropped the major version of the kernel: https://docs.python.org/3/library/sys.html#sys.platform
        let sys_platform = if (major, minor) < (3, 3) { "linux2" } else { "linux" };
        MarkerEnvironment {
            implementation_name: Some(python.implementation.as_str().to_owned()),
            implementation_version: implementation_version(python),
            os_name: Some("posix".to_owned()),
            platform_machine: Some(self.machine.clone()),
            platform_python_implementation: Some(implementation.to_owned()),
            platform_release: None,
            platform_system: Some("Linux".to_owned()),
            platform_version: None,
            python_full_version: Some(full_version(&python.version, "rc")),
            python_version: Some(format!("{major}.{minor}")),
            sys_platform: Some(sys_platform.to_owned()),
        }
    }
}

fn implementation_version(python: &Python) -> Option<String> {
    match (&python.implementation_version, python.implementation) {
        (Some(version), _) => Some(full_version(version, "c")),
        (None, Implementation::CPython) => Some(full_version(&python.version, "c")),
        (None, _) => None,
    }
}

/// Returns `X.Y.Z` with the pre-release as Python writes it: `platform.python_version()` uses `rc`, and packaging's
/// `format_full_version` uses the first letter of `sys.implementation.version.releaselevel`, which is `c`.
fn full_version(version: &Version, candidate: &str) -> String {
    let mut text = String::new();
    for (index, number) in version.release().iter().chain(std::iter::repeat(&0)).take(3).enumerate() {
        if index > 0 {
            text.push('.');
        }
        text.push_str(&number.to_string());
    }
    if let Some(pre) = version.pre() {
        use pep440_rs::PrereleaseKind::{Alpha, Beta, Rc};
        let kind = match pre.kind {
            Alpha => "a",
            Beta => "b",
            Rc => candidate,
        };
        text.push_str(kind);
        text.push_str(&pre.number.to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Arch, Installer, InstallerKind, Libc};
    use super::*;

    fn target(python: &str) -> Target {
        Target::new(
            Arch::x86_64(),
            Libc::Glibc(2, 36),
            python.parse().expect("valid"),
            Installer::newest(InstallerKind::Pip),
        )
    }

    // The values are those of `packaging.markers.default_environment()` in the image `python:3.12-slim`.
    #[test]
    fn cpython_on_linux() {
        let environment = target("3.12.13").marker_environment();
        assert_eq!(environment.implementation_name.as_deref(), Some("cpython"));
        assert_eq!(environment.implementation_version.as_deref(), Some("3.12.13"));
        assert_eq!(environment.python_full_version.as_deref(), Some("3.12.13"));
        assert_eq!(environment.python_version.as_deref(), Some("3.12"));
        assert_eq!(environment.platform_machine.as_deref(), Some("x86_64"));
        assert_eq!(environment.sys_platform.as_deref(), Some("linux"));
        assert_eq!(environment.platform_release, None);
        assert_eq!(environment.platform_version, None);
    }

    #[test]
    fn a_missing_patch_number_counts_as_zero() {
        assert_eq!(target("3.12").marker_environment().python_full_version.as_deref(), Some("3.12.0"));
    }

    #[test]
    fn release_candidates_are_written_in_two_ways() {
        let environment = target("3.15.0rc2").marker_environment();
        assert_eq!(environment.python_full_version.as_deref(), Some("3.15.0rc2"));
        assert_eq!(environment.implementation_version.as_deref(), Some("3.15.0c2"));
        assert_eq!(environment.python_version.as_deref(), Some("3.15"));
    }

    #[test]
    fn pypy_has_a_version_of_its_own() {
        let mut target = target("pypy3.11.13");
        let environment = target.marker_environment();
        assert_eq!(environment.implementation_version, None);
        assert_eq!(environment.platform_python_implementation.as_deref(), Some("PyPy"));
        target.python.implementation_version = Some(Version::new([7, 3, 20]));
        let environment = target.marker_environment();
        assert_eq!(environment.implementation_version.as_deref(), Some("7.3.20"));
        assert_eq!(environment.python_full_version.as_deref(), Some("3.11.13"));
    }

    #[test]
    fn a_32_bit_interpreter_sees_the_machine_of_its_kernel() {
        let mut target = target("3.12");
        target.bits = 32;
        assert_eq!(target.marker_environment().platform_machine.as_deref(), Some("x86_64"));
        assert_eq!(target.interpreter_machine(), "i686");
    }
}
