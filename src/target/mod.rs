//! What an installer sees of the machine it runs on.

use crate::version::Version;

/// Everything tags, markers and file choice derive from. All fields readable and settable by the caller.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Target {
    /// what `sysconfig.get_platform()` reports after `linux-`: `x86_64`, `aarch64`, `armv7l` ...
    pub machine: String,
    /// pointer size of the interpreter: 32 or 64
    pub bits: u8,
    /// float ABI of an ARM interpreter (`hard` unless said otherwise)
    pub float_abi: FloatAbi,
    /// C library
    pub libc: Libc,
    /// interpreter
    pub python: Python,
    /// an importable `_manylinux` module, if the image has one
    pub manylinux_policy: Option<ManylinuxPolicy>,
    /// installer
    pub installer: Installer,
}
/// Float ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FloatAbi {
    /// hard
    Hard,
    /// soft
    Soft,
}
/// C library of the interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Libc {
    /// glibc with major and minor
    Glibc(u32, u32),
    /// musl with major, minor; patch where known
    Musl(u32, u32, Option<u32>),
    /// a static interpreter: no libc tags
    Static,
}
/// Interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Python {
    /// implementation
    pub implementation: Implementation,
    /// full version; at least X.Y
    pub version: Version,
    /// `t`, `d`, `m`, in any combination
    pub abi_flags: String,
    /// EXT_SUFFIX for other implementations than CPython
    pub ext_suffix: Option<String>,
}
/// Implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Implementation {
    /// CPython
    CPython,
    /// PyPy
    PyPy,
    /// GraalPy
    GraalPy,
}
/// A `_manylinux` module: attributes and function, shape of oracle/tags.json
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ManylinuxPolicy {}
/// Installer program and version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Installer {
    /// which program
    pub kind: InstallerKind,
    /// version
    pub version: Version,
}
/// Installer program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InstallerKind {
    /// pip
    Pip,
    /// uv
    Uv,
}
impl Target {
    /// The marker variables of this target.
    pub fn marker_environment(&self) -> crate::marker::MarkerEnvironment {
        todo!()
    }
}
