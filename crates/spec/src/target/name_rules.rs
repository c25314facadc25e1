//! Whose rules read a file name.

use super::facts::Behaviour;
use super::rules::Rules;
use super::{Installer, InstallerKind};

/// Whose rules read a file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NameRules {
    /// packaging 26.3 and pip 26.3.
    Packaging,
    /// uv since 0.12.0.
    Uv,
    /// pip from 25.3 to 26.2: packaging's rules before tag sets were looked at closely.
    PackagingBefore26_3,
    /// pip before 25.3: any wheel name with enough dashes.
    EarlyPip,
    /// uv before 0.12.0: source archives of every kind.
    EarlyUv,
}

impl NameRules {
    /// The rules of a release of an installer.
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

    /// Whether tags count in any case. uv compares them as they are written.
    pub(crate) fn folds_case(self) -> bool {
        // pip's own `Wheel` class before 25.3 handed the parts to `packaging.tags.Tag`, which folds them too.
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
