//! The tags and behaviour of one release of an installer.

use super::facts::{self, Behaviour, TagFamily};
use super::installer::Installer;
use super::installer_kind::InstallerKind;

/// The tags and behaviour of one release of an installer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    installer: &'a Installer,
}

impl<'a> Rules<'a> {
    pub(crate) fn of(installer: &'a Installer) -> Self {
        Self { installer }
    }

    pub(crate) fn kind(self) -> InstallerKind {
        self.installer.kind
    }

    pub(crate) fn supports(self, family: TagFamily) -> bool {
        facts::supports(self.kind(), &self.installer.version, family)
    }

    pub(crate) fn does(self, behaviour: Behaviour) -> bool {
        facts::does(self.kind(), &self.installer.version, behaviour)
    }

    /// Returns whether the installer supports a machine at all.
    pub(crate) fn supports_machine(self, machine: &str) -> bool {
        facts::is_machine(machine)
    }

    /// Returns the lowest glibc 2 minor version of manylinux tags on a machine; `None` if it has no such tags.
    pub(crate) fn floor(self, machine: &str) -> Option<u32> {
        let row = facts::machine(machine)?;
        match self.kind() {
            InstallerKind::Uv => row.uv_floor,
            InstallerKind::Pip | InstallerKind::Packaging => row.packaging_floor,
        }
    }

    /// Returns the lowest glibc 2 minor version of manylinux tags on a machine for any installer.
    pub(crate) fn lowest_floor(machine: &str) -> Option<u32> {
        let row = facts::machine(machine)?;
        row.packaging_floor.into_iter().chain(row.uv_floor).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_supported_from_its_first_release() {
        let pip = |version: &str| format!("pip=={version}").parse::<Installer>().expect("valid");
        let supports = |version: &str, family| Rules::of(&pip(version)).supports(family);
        assert!(!supports("21.1.3", TagFamily::Musllinux) && supports("21.2", TagFamily::Musllinux));
        assert!(!supports("20.2.4", TagFamily::Manylinux) && supports("20.3", TagFamily::Manylinux));
        assert!(!Rules::of(&pip("26.2.1")).does(Behaviour::LinuxFirst));
        assert!(Rules::of(&pip("26.3")).does(Behaviour::LinuxFirst));
    }
}
