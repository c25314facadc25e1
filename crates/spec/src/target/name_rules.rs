//! The rules by which installers parse file names.

use super::facts::Behaviour;
use super::rules::Rules;
use super::{Installer, InstallerKind};

/// The rules by which an installer parses file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NameRules {
    /// packaging 26.3 and pip 26.3.
    Packaging,
    /// uv since 0.12.0.
    Uv,
    /// pip from 25.3 to 26.2: packaging's rules before it validated tag sets.
    PackagingBefore26_3,
    /// pip before 25.3: accepts any wheel name with enough dashes.
    EarlyPip,
    /// uv before 0.12.0: accepts sdists of every archive format.
    EarlyUv,
}

impl NameRules {
    /// Returns the rules of a release of an installer.
    pub fn of(installer: &Installer) -> Self {
        let rules = Rules::of(installer);
        match installer.kind {
            InstallerKind::Uv if rules.does(Behaviour::TwoSdistFormats) => Self::Uv,
            InstallerKind::Uv => Self::EarlyUv,
            InstallerKind::Pip | InstallerKind::Packaging => {
                if rules.does(Behaviour::StrictTagMembers) {
                    Self::Packaging
                } else if rules.does(Behaviour::StrictWheelNames) {
                    Self::PackagingBefore26_3
                } else {
                    Self::EarlyPip
                }
            }
        }
    }

    pub(crate) fn is_uv(self) -> bool {
        matches!(self, Self::Uv | Self::EarlyUv)
    }

    /// Returns whether tags are compared ignoring case. uv compares them exactly.
    pub(crate) fn folds_case(self) -> bool {
        // pip's own `Wheel` class before 25.3 passed the parts to `packaging.tags.Tag`, which ignores case too.
        !self.is_uv()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_follow_the_release() {
        let rules = |text: &str| NameRules::of(&text.parse().expect("valid"));
        assert_eq!(rules("pip==26.3"), NameRules::Packaging);
        assert_eq!(rules("pip==25.3"), NameRules::PackagingBefore26_3);
        assert_eq!(rules("pip==25.2"), NameRules::EarlyPip);
        assert_eq!(rules("uv==0.13.8"), NameRules::Uv);
        assert_eq!(rules("uv==0.11.0"), NameRules::EarlyUv);
    }
}
