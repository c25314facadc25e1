//! The input and the result of the evaluation of markers.

use super::variable::Variable;
use crate::name::ExtraName;

/// The values of the marker variables; `None` if the target does not determine the value (the kernel's release).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MarkerEnvironment {
    /// The name of the implementation, such as `cpython`.
    pub implementation_name: Option<String>,
    /// The version of the implementation, such as `3.12.13`.
    pub implementation_version: Option<String>,
    /// Always `posix` on Linux.
    pub os_name: Option<String>,
    /// The machine, such as `x86_64`.
    pub platform_machine: Option<String>,
    /// The name of the implementation for display, such as `CPython`.
    pub platform_python_implementation: Option<String>,
    /// The release of the kernel.
    pub platform_release: Option<String>,
    /// The operating system, such as `Linux`.
    pub platform_system: Option<String>,
    /// The version text of the kernel.
    pub platform_version: Option<String>,
    /// The complete version of Python, such as `3.12.13`.
    pub python_full_version: Option<String>,
    /// Major and minor version of Python, such as `3.12`.
    pub python_version: Option<String>,
    /// The platform name, such as `linux`.
    pub sys_platform: Option<String>,
}

impl MarkerEnvironment {
    /// Returns the value of a variable that has a single text per target; `None` for `extra` and the sets.
    pub(super) fn value(&self, variable: Variable) -> Option<&str> {
        match variable {
            Variable::ImplementationName => self.implementation_name.as_deref(),
            Variable::ImplementationVersion => self.implementation_version.as_deref(),
            Variable::OsName => self.os_name.as_deref(),
            Variable::PlatformMachine => self.platform_machine.as_deref(),
            Variable::PlatformPythonImplementation => self.platform_python_implementation.as_deref(),
            Variable::PlatformRelease => self.platform_release.as_deref(),
            Variable::PlatformSystem => self.platform_system.as_deref(),
            Variable::PlatformVersion => self.platform_version.as_deref(),
            Variable::PythonFullVersion => self.python_full_version.as_deref(),
            Variable::PythonVersion => self.python_version.as_deref(),
            Variable::SysPlatform => self.sys_platform.as_deref(),
            Variable::Extra | Variable::Extras | Variable::DependencyGroups => None,
        }
    }
}

/// The result of a marker in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkerAnswer {
    /// The marker is true.
    True,
    /// The marker is false.
    False,
    /// The result depends on variables with unknown values. The names are sorted.
    Unknown(Vec<&'static str>),
}

/// The extras and dependency groups with which a marker is evaluated.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarkerContext<'a> {
    /// The active extras (`extra`, `extras`). If empty, `extra` is the empty string.
    pub extras: &'a [ExtraName],
    /// The active dependency groups (PEP 735 and 751, `dependency_groups`).
    pub dependency_groups: &'a [ExtraName],
}
