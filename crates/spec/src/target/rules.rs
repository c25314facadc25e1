//! What one release of an installer knows and does.

use super::facts::{self, Behaviour, TagFamily};
use super::installer::Installer;
use super::installer_kind::InstallerKind;

/// What one release of an installer knows and does.
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

    pub(crate) fn knows(self, family: TagFamily) -> bool {
        facts::knows(self.kind(), &self.installer.version, family)
    }

    pub(crate) fn does(self, behaviour: Behaviour) -> bool {
        facts::does(self.kind(), &self.installer.version, behaviour)
    }

    /// Whether the installer has heard of a machine at all.
    pub(crate) fn knows_machine(self, machine: &str) -> bool {
        facts::is_machine(machine)
    }

    /// The lowest glibc 2 minor version of manylinux tags on a machine; `None` if it has none.
    pub(crate) fn floor(self, machine: &str) -> Option<u32> {
        let row = facts::machine(machine)?;
        match self.kind() {
            InstallerKind::Uv => row.uv_floor,
            InstallerKind::Pip | InstallerKind::Packaging => row.packaging_floor,
        }
    }

    /// The lowest glibc 2 minor version that anybody's manylinux tags name on a machine.
    pub(crate) fn lowest_floor(machine: &str) -> Option<u32> {
        let row = facts::machine(machine)?;
        row.packaging_floor.into_iter().chain(row.uv_floor).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_starts_with_its_release() {
        let pip = |version: &str| format!("pip=={version}").parse::<Installer>().expect("valid");
        let knows = |version: &str, family| Rules::of(&pip(version)).knows(family);
        assert!(!knows("21.1.3", TagFamily::Musllinux) && knows("21.2", TagFamily::Musllinux));
        assert!(!knows("20.2.4", TagFamily::Manylinux) && knows("20.3", TagFamily::Manylinux));
        assert!(!Rules::of(&pip("26.2.1")).does(Behaviour::LinuxFirst));
        assert!(Rules::of(&pip("26.3")).does(Behaviour::LinuxFirst));
    }
}
