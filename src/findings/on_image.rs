//! How findings on a wheel by itself are reported if its loading on an image is simulated too.

use super::{Code, Detail, Finding, Level};

/// How a check on an image reports a finding on a wheel by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnImage {
    /// It is dropped: the simulated loader reports the same facts more exactly under this code.
    LoaderReports(Code),
    /// It keeps its level, because it applies to every target.
    Matters,
    /// It gets the level allow, because it is about the quality of the wheel.
    Quality,
}

impl Code {
    /// How a check on an image reports a finding with this code on a wheel by itself.
    pub(crate) fn on_image(self) -> OnImage {
        match self {
            Self::ExecutableStack
            | Self::LibcFamilyMismatch
            | Self::MuslRelrUnsupported
            | Self::MuslSymbolMissing
            | Self::RunpathNotInherited => OnImage::LoaderReports(self),
            Self::GlibcTooOld => OnImage::LoaderReports(Self::LibraryTooOld),
            Self::LibraryOutsidePolicy | Self::NotLoadableLibpython => {
                OnImage::LoaderReports(Self::MissingLibrary)
            }
            Self::ArchiveBomb
            | Self::DuplicateMember
            | Self::EncryptedMember
            | Self::ForeignMachine
            | Self::IsaLevel
            | Self::PrivateSymbolVersion
            | Self::UnreadableMember
            | Self::UnsafeMemberName => OnImage::Matters,
            _ => OnImage::Quality,
        }
    }
}

/// What is checked of a wheel, which decides how the findings on it by itself are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WheelUse {
    /// Only the wheel.
    ByItself,
    /// The wheel, and its loading on a target.
    Loaded,
    /// The loading of all wheels of an installation. The quality of one of them is not a problem of the image.
    Installed,
}

impl WheelUse {
    /// The finding of a rule on the wheel by itself; `None` if the loader reports it.
    pub(crate) fn finding(self, detail: Detail) -> Option<Finding> {
        let on_image = detail.code().on_image();
        let finding = Finding::of(detail);
        match (self, on_image) {
            (Self::ByItself, _) => Some(finding),
            (_, OnImage::LoaderReports(_)) => None,
            (Self::Installed, OnImage::Quality) => Some(finding.with_level(Level::Allow)),
            (Self::Loaded, _) | (Self::Installed, OnImage::Matters) => Some(finding),
        }
    }
}
