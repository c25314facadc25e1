//! What a marker is evaluated against, and what comes out.

use super::variable::Variable;
use crate::name::ExtraName;

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

impl MarkerEnvironment {
    /// The value of a variable that has one text a target; `None` also for the others.
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
