//! Environment markers, evaluated as `packaging` does, with unknown variables allowed.

use crate::name::ExtraName;
use std::fmt;
use std::str::FromStr;

/// A marker that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidMarker {
    pub(crate) message: String,
    pub(crate) offset: usize,
}
impl fmt::Display for InvalidMarker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for InvalidMarker {}

/// Values of the marker variables; `None` where a target cannot know (the kernel's release).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MarkerEnvironment {
    /// such as `cpython`
    pub implementation_name: Option<String>,
    /// such as `3.12.13`
    pub implementation_version: Option<String>,
    /// `posix`
    pub os_name: Option<String>,
    /// such as `x86_64`
    pub platform_machine: Option<String>,
    /// such as `CPython`
    pub platform_python_implementation: Option<String>,
    /// the kernel's release
    pub platform_release: Option<String>,
    /// `Linux`
    pub platform_system: Option<String>,
    /// the kernel's build text
    pub platform_version: Option<String>,
    /// such as `3.12.13`
    pub python_full_version: Option<String>,
    /// such as `3.12`
    pub python_version: Option<String>,
    /// `linux`
    pub sys_platform: Option<String>,
}

/// What a marker says in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkerAnswer {
    /// it holds
    True,
    /// it does not hold
    False,
    /// it depends on variables the target does not know (names listed, sorted)
    Unknown(Vec<&'static str>),
}

/// The context beside the environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarkerContext<'a> {
    /// extras in force (`extra`, `extras`); empty = `extra` is the empty string
    pub extras: &'a [ExtraName],
    /// dependency groups in force (PEP 735/751 `dependency_groups`)
    pub dependency_groups: &'a [ExtraName],
}

/// A parsed marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {}
impl Marker {
    /// evaluate
    pub fn evaluate(&self, _environment: &MarkerEnvironment, _context: MarkerContext<'_>) -> MarkerAnswer {
        todo!()
    }
}
impl FromStr for Marker {
    type Err = InvalidMarker;
    fn from_str(_: &str) -> Result<Self, InvalidMarker> {
        todo!()
    }
}
impl fmt::Display for Marker {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}
