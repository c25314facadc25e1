//! Why the tags of a wheel do not fit a target, as values. `Display` writes the sentences.

use std::fmt;

use super::{TagFamily, Unsupported};
use crate::target::{Installer, LibcFamily};
use crate::version::Version;

/// One part of a wheel's tags that does not fit a target.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TagMismatch {
    /// The wheel is for another operating system.
    OperatingSystem {
        /// The operating system of the wheel.
        wheel: WheelOs,
    },
    /// The wheel is for another machine.
    Machine {
        /// The machine of the wheel, as tags write it.
        wheel: String,
        /// The machine of the target's interpreter.
        target: String,
    },
    /// The wheel is for another C library.
    LibcFamily {
        /// The C library of the wheel.
        wheel: LibcFamily,
        /// The C library of the target; `None` for a static interpreter or a C library without a version.
        target: Option<LibcFamily>,
    },
    /// The wheel requires a newer C library.
    LibcVersion {
        /// The library.
        family: LibcFamily,
        /// The version that the tag names.
        needed: (u32, u32),
        /// The target's version.
        present: (u32, u32),
    },
    /// The wheel uses the hard float ABI, the interpreter the soft float ABI.
    FloatAbi,
    /// The wheel is for another implementation of Python.
    Implementation {
        /// The implementation of the wheel: `CPython`, `PyPy`, or the unknown prefix of a python tag.
        wheel: String,
        /// The implementation of the target.
        target: String,
    },
    /// The wheel is for another version of Python.
    PythonVersion {
        /// The version of the tag, with the minor version if the tag has one.
        wheel: (u32, Option<u32>),
        /// Whether newer versions fit too.
        or_newer: bool,
        /// The target's version.
        target: (u32, u32),
    },
    /// The wheel is for the build with the global interpreter lock and the target is free-threaded, or vice versa.
    FreeThreading {
        /// Whether the wheel is for the free-threaded build.
        wheel: bool,
    },
    /// The wheel is for another build or version of the same interpreter.
    Abi {
        /// The wheel's ABI tag.
        wheel: String,
        /// The most preferred ABI tag of the target.
        target: String,
    },
    /// The installer is older than its support for a family of tags.
    InstallerTooOld {
        /// The target's installer.
        installer: Installer,
        /// The family.
        family: TagFamily,
        /// A tag of the wheel in this family.
        tag: String,
        /// The first release that supports the family; `None` if no release does.
        since: Option<Version>,
    },
    /// The `_manylinux` module of the image rejects the tag.
    PolicyForbids {
        /// The platform tag.
        tag: String,
    },
    /// The installer fails on the target before it looks at any wheel.
    InstallerUnsupported {
        /// The target's installer.
        installer: Installer,
        /// The cause.
        why: Unsupported,
    },
    /// No installer accepts the tag on any Linux target: `cp3`, `manylinux_2_4_x86_64`.
    UnknownTag {
        /// The tag, or the unknown part of it.
        tag: String,
    },
}

/// The operating systems of wheels, other than Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub enum WheelOs {
    Windows,
    MacOs,
    Ios,
    Android,
    Emscripten,
    Wasi,
    Bsd,
    Solaris,
    Aix,
}

impl fmt::Display for WheelOs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Windows => "Windows",
            Self::MacOs => "macOS",
            Self::Ios => "iOS",
            Self::Android => "Android",
            Self::Emscripten => "Emscripten",
            Self::Wasi => "WASI",
            Self::Bsd => "BSD",
            Self::Solaris => "Solaris",
            Self::Aix => "AIX",
        })
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(machine) => write!(f, "does not support the machine {machine}"),
            Self::NoLibc => f.write_str("finds no C library version"),
        }
    }
}

impl fmt::Display for TagMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OperatingSystem { wheel } => write!(f, "built for {wheel}, the target runs Linux"),
            Self::Machine { wheel, target } => write!(f, "built for {wheel}, the target is {target}"),
            Self::LibcFamily { wheel, target: Some(target) } => {
                write!(f, "built for {wheel}, the target has {target}")
            }
            Self::LibcFamily { wheel, target: None } => {
                write!(f, "built for {wheel}, the target's interpreter has no C library version")
            }
            Self::LibcVersion { family, needed, present } => write!(
                f,
                "requires {family} {}.{}, the target has {}.{}",
                needed.0, needed.1, present.0, present.1
            ),
            Self::FloatAbi => {
                f.write_str("built for the hard float ABI, the target's interpreter uses soft floats")
            }
            Self::Implementation { wheel, target } => write!(f, "built for {wheel}, the target has {target}"),
            Self::PythonVersion { wheel: (major, minor), or_newer, target } => {
                let (verb, newer) = if *or_newer { ("requires", " or newer") } else { ("built for", "") };
                write!(f, "{verb} Python {major}")?;
                if let Some(minor) = minor {
                    write!(f, ".{minor}")?;
                }
                write!(f, "{newer}, the target has {}.{}", target.0, target.1)
            }
            Self::FreeThreading { wheel: true } => {
                f.write_str("built for free-threaded Python, the target has the GIL build")
            }
            Self::FreeThreading { wheel: false } => {
                f.write_str("built for Python with the GIL, the target is free-threaded")
            }
            Self::Abi { wheel, target } => write!(f, "built for the ABI {wheel}, the target has {target}"),
            Self::InstallerTooOld { installer, tag, since, .. } => {
                write!(f, "{installer} does not support {tag}")?;
                match since {
                    Some(since) => write!(f, " (supported since {since})"),
                    None => write!(f, " (no release of {} does)", installer.kind),
                }
            }
            Self::PolicyForbids { tag } => write!(f, "the image's `_manylinux` module rejects {tag}"),
            Self::InstallerUnsupported { installer, why } => write!(f, "{installer} {why}"),
            Self::UnknownTag { tag } => write!(f, "no installer accepts the tag {tag} on Linux"),
        }
    }
}

impl TagMismatch {
    /// Returns how far a wheel with only this fault is from fitting. The more has to change, the larger the weight:
    /// another operating system weighs more than another machine, another C library more than a newer one, and an
    /// upgrade of the installer weighs least.
    pub(super) fn weight(&self) -> u32 {
        let apart = |a: u32, b: u32| a.abs_diff(b).min(49);
        match self {
            Self::InstallerUnsupported { .. } => 20_000,
            Self::OperatingSystem { .. } => 10_000,
            Self::UnknownTag { .. } => 5_000,
            Self::Implementation { .. } => 2_000,
            Self::Machine { .. } => 1_000,
            Self::FloatAbi => 900,
            Self::LibcFamily { .. } => 500,
            Self::PythonVersion { wheel, target, .. } => {
                let major = if wheel.0 == target.0 { 0 } else { 200 };
                200 + major + 2 * wheel.1.map_or(0, |minor| apart(minor, target.1))
            }
            Self::FreeThreading { .. } => 150,
            Self::Abi { .. } => 140,
            Self::LibcVersion { needed, present, .. } => {
                let major = if needed.0 == present.0 { 0 } else { 50 };
                50 + major + apart(needed.1, present.1)
            }
            Self::PolicyForbids { .. } => 30,
            Self::InstallerTooOld { .. } => 20,
        }
    }
}
