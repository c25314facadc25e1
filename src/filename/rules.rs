//! Whose rules read a file name, and the normal form of names that all share.

use crate::ProjectName;
use crate::tags::facts::{Behaviour, Rules};
use crate::target::{Installer, InstallerKind};

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

    pub(super) fn is_uv(self) -> bool {
        matches!(self, Self::Uv | Self::EarlyUv)
    }

    /// Whether tags count in any case. uv compares them as they are written.
    pub(crate) fn folds_case(self) -> bool {
        // pip's own `Wheel` class before 25.3 handed the parts to `packaging.tags.Tag`, which folds them too.
        !self.is_uv()
    }
}

/// Whether `text` is a way to write the name of `project`: PEP 503 normalization without allocation.
///
/// packaging's `canonicalize_name` does not check the characters; a text that is no name is equal to no project,
/// because normalized names hold only ASCII letters, digits and single dashes.
pub(super) fn names_project(text: &str, project: &ProjectName) -> bool {
    let mut expected = project.as_str().bytes();
    let mut dash = false;
    for byte in text.bytes() {
        let byte = match byte {
            b'-' | b'_' | b'.' if dash => continue,
            b'-' | b'_' | b'.' => b'-',
            _ => byte.to_ascii_lowercase(),
        };
        dash = byte == b'-';
        if expected.next() != Some(byte) {
            return false;
        }
    }
    expected.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_spelling_of_a_project_is_its_name() {
        let project: ProjectName = "foo-bar".parse().expect("valid");
        for text in ["foo-bar", "Foo_Bar", "foo.bar", "foo-_.bar", "FOO__BAR"] {
            assert!(names_project(text, &project), "{text}");
        }
        for text in ["foobar", "foo-bar-", "-foo-bar", "foo-ba", "foo-barr", "", "foo bar", "föo-bar"] {
            assert!(!names_project(text, &project), "{text}");
        }
    }

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
