//! The machine and C library of platform tags.

use super::glibc::GlibcPolicies;
use crate::elf::Machine;
use wheelbase_spec::target::LibcFamily;

/// The claim of one platform tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlatformClaim {
    /// Runs everywhere.
    Any,
    /// A C library of at least this version (PEP 513, 571, 599, 600 and 656).
    Libc {
        /// Which library.
        libc: LibcFamily,
        /// The oldest version.
        version: (u32, u32),
        /// The machine as written.
        machine: String,
    },
    /// The machine it was built on, and nothing more (`linux_x86_64`).
    Linux {
        /// The machine as written.
        machine: String,
    },
    /// Another system, or an unknown tag.
    Other,
}

impl PlatformClaim {
    /// Parses a platform tag.
    ///
    /// ```
    /// use wheelbase::{policy::PlatformClaim, target::LibcFamily};
    ///
    /// let claim = PlatformClaim::of("manylinux2014_aarch64");
    /// let PlatformClaim::Libc { libc, version, machine } = claim else { panic!() };
    /// assert_eq!((libc, version, machine.as_str()), (LibcFamily::Glibc, (2, 17), "aarch64"));
    /// ```
    pub fn of(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase();
        if tag == "any" {
            return Self::Any;
        }
        for (prefix, libc) in [("manylinux_", LibcFamily::Glibc), ("musllinux_", LibcFamily::Musl)] {
            if let Some(rest) = tag.strip_prefix(prefix) {
                return versioned(rest, libc).unwrap_or(Self::Other);
            }
        }
        if let Some(machine) = tag.strip_prefix("linux_") {
            return Self::Linux { machine: machine.to_owned() };
        }
        let Some((name, machine)) = tag.split_once('_') else { return Self::Other };
        match GlibcPolicies::table().alias(name) {
            Some(version) => Self::Libc { libc: LibcFamily::Glibc, version, machine: machine.to_owned() },
            None => Self::Other,
        }
    }

    /// Returns the machine as written; `None` if the tag has none.
    pub fn machine_name(&self) -> Option<&str> {
        match self {
            Self::Libc { machine, .. } | Self::Linux { machine } => Some(machine),
            Self::Any | Self::Other => None,
        }
    }

    /// Returns the machine; `None` if the tag has none or no policy exists for it.
    pub fn machine(&self) -> Option<Machine> {
        self.machine_name().and_then(Machine::from_name)
    }
}

fn versioned(rest: &str, libc: LibcFamily) -> Option<PlatformClaim> {
    let mut parts = rest.splitn(3, '_');
    let version = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(PlatformClaim::Libc { libc, version, machine: parts.next()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_parsed_by_their_specifications() {
        let glibc = |version, machine: &str| PlatformClaim::Libc {
            libc: LibcFamily::Glibc,
            version,
            machine: machine.to_owned(),
        };
        assert_eq!(PlatformClaim::of("manylinux1_i686"), glibc((2, 5), "i686"));
        assert_eq!(PlatformClaim::of("manylinux_2_28_x86_64"), glibc((2, 28), "x86_64"));
        assert_eq!(PlatformClaim::of("any"), PlatformClaim::Any);
        assert_eq!(PlatformClaim::of("linux_armv7l").machine(), Some(Machine::Armv7l));
        assert_eq!(PlatformClaim::of("macosx_11_0_arm64"), PlatformClaim::Other);
        assert_eq!(PlatformClaim::of("win_amd64"), PlatformClaim::Other);
        assert_eq!(PlatformClaim::of("manylinux_2_x86_64"), PlatformClaim::Other);
    }
}
