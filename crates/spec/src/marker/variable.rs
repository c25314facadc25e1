//! The variables of markers.

use crate::cursor::Cursor;

/// A marker variable ([dependency specifiers](https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Variable {
    DependencyGroups,
    Extra,
    Extras,
    ImplementationName,
    ImplementationVersion,
    OsName,
    PlatformMachine,
    PlatformPythonImplementation,
    PlatformRelease,
    PlatformSystem,
    PlatformVersion,
    PythonFullVersion,
    PythonVersion,
    SysPlatform,
}

/// Every spelling that `packaging` 26.3 accepts (`_tokenizer.py`, rule `VARIABLE`), including the dotted ones of old
/// metadata. A match is never followed by a word character, so the order does not matter.
const SPELLINGS: [(&str, Variable); 20] = [
    ("dependency_groups", Variable::DependencyGroups),
    ("extra", Variable::Extra),
    ("extras", Variable::Extras),
    ("implementation_name", Variable::ImplementationName),
    ("implementation_version", Variable::ImplementationVersion),
    ("os_name", Variable::OsName),
    ("os.name", Variable::OsName),
    ("platform_machine", Variable::PlatformMachine),
    ("platform.machine", Variable::PlatformMachine),
    ("platform_python_implementation", Variable::PlatformPythonImplementation),
    ("platform.python_implementation", Variable::PlatformPythonImplementation),
    ("python_implementation", Variable::PlatformPythonImplementation),
    ("platform_release", Variable::PlatformRelease),
    ("platform_system", Variable::PlatformSystem),
    ("platform_version", Variable::PlatformVersion),
    ("platform.version", Variable::PlatformVersion),
    ("python_full_version", Variable::PythonFullVersion),
    ("python_version", Variable::PythonVersion),
    ("sys_platform", Variable::SysPlatform),
    ("sys.platform", Variable::SysPlatform),
];

impl Variable {
    /// Parses the variable at the cursor.
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Option<Self> {
        SPELLINGS.into_iter().find(|(spelling, _)| cursor.word(spelling)).map(|(_, variable)| variable)
    }

    /// Returns the variable with this current name. The old spellings are not keys of an environment.
    pub(super) fn named(name: &str) -> Option<Self> {
        SPELLINGS.into_iter().map(|(_, variable)| variable).find(|variable| variable.name() == name)
    }

    /// Returns the current name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DependencyGroups => "dependency_groups",
            Self::Extra => "extra",
            Self::Extras => "extras",
            Self::ImplementationName => "implementation_name",
            Self::ImplementationVersion => "implementation_version",
            Self::OsName => "os_name",
            Self::PlatformMachine => "platform_machine",
            Self::PlatformPythonImplementation => "platform_python_implementation",
            Self::PlatformRelease => "platform_release",
            Self::PlatformSystem => "platform_system",
            Self::PlatformVersion => "platform_version",
            Self::PythonFullVersion => "python_full_version",
            Self::PythonVersion => "python_version",
            Self::SysPlatform => "sys_platform",
        }
    }

    /// Returns whether the variable is compared as a version if the other side is one (`MARKERS_REQUIRING_VERSION`).
    pub(super) fn is_version(self) -> bool {
        matches!(
            self,
            Self::ImplementationVersion
                | Self::PlatformRelease
                | Self::PythonFullVersion
                | Self::PythonVersion
        )
    }

    /// Returns whether the value is a set (`MARKERS_ALLOWING_SET`).
    pub(super) fn is_set(self) -> bool {
        matches!(self, Self::Extras | Self::DependencyGroups)
    }
}
