//! Targets: what an installer sees of the machine it runs on.
//!
//! A [`Target`] contains everything that determines tags, environment markers and the choice of a file: the machine,
//! the C library, the interpreter, a `_manylinux` module and the installer. It is plain data: nothing here inspects
//! the computer that wheelbase runs on.

mod arch;
pub(crate) mod facts;
mod installer;
mod installer_kind;
mod libc;
mod markers;
mod name_rules;
mod policy;
mod python;
pub(crate) mod rules;
mod serialize;
mod spec;

pub use arch::near;
pub use arch::{Arch, UnknownArch};
pub use facts::TagFamily;
pub use installer::{Installer, InvalidInstaller};
pub use installer_kind::InstallerKind;
pub use libc::{InvalidLibc, Libc, LibcFamily};
pub use name_rules::NameRules;
pub use policy::{ManylinuxFunction, ManylinuxPolicy};
pub use python::{Implementation, InvalidPython, Python, check_flags, check_version};
pub use spec::{InvalidTargetSpec, TargetSpec};

/// The facts that determine tags, markers and the choice of a file. The caller can read and set all fields.
///
/// ```
/// use wheelbase::tags::SupportedTags;
/// use wheelbase::target::{Arch, Installer, Libc, Python, Target};
///
/// let target = Target::new(
///     "arm64".parse::<Arch>()?,
///     Libc::Glibc(2, 36),
///     "3.12.13".parse::<Python>()?,
///     "pip==25.0.1".parse::<Installer>()?,
/// );
/// assert_eq!(target.machine, "aarch64");
/// let best = SupportedTags::of(&target).iter().next().map(|tag| tag.to_string());
/// assert_eq!(best.as_deref(), Some("cp312-cp312-manylinux_2_36_aarch64"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What `sysconfig.get_platform()` reports after `linux-`: `x86_64`, `aarch64`, `armv7l` ... It is the machine of
    /// the kernel, so a 32-bit interpreter on a 64-bit kernel has `x86_64` here and 32 in `bits`.
    pub machine: String,
    /// The pointer size of the interpreter in bits: 32 or 64.
    pub bits: u8,
    /// The float ABI of an ARM interpreter; `hard` by default.
    pub float_abi: FloatAbi,
    /// The C library.
    pub libc: Libc,
    /// The interpreter.
    pub python: Python,
    /// The importable `_manylinux` module, if the image has one.
    pub manylinux_policy: Option<ManylinuxPolicy>,
    /// The installer.
    pub installer: Installer,
}

impl Target {
    /// Returns a target without a `_manylinux` module. All fields can be changed later.
    pub fn new(arch: Arch, libc: Libc, python: Python, installer: Installer) -> Self {
        Self {
            machine: arch.machine().to_owned(),
            bits: arch.bits(),
            float_abi: arch.float_abi(),
            libc,
            python,
            manylinux_policy: None,
            installer,
        }
    }

    /// Returns the machine of the interpreter as tags write it, not that of the kernel: a 32-bit interpreter on an
    /// `x86_64` kernel is `i686`. The tag lists handle installers without this correction.
    pub fn interpreter_machine(&self) -> &str {
        match (self.machine.as_str(), self.bits) {
            ("x86_64", 32) => "i686",
            ("aarch64", 32) => "armv8l",
            (machine, _) => machine,
        }
    }
}

/// The ABI for floating point arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FloatAbi {
    /// Arguments are passed in floating point registers.
    #[default]
    Hard,
    /// Arguments are passed in integer registers.
    Soft,
}
