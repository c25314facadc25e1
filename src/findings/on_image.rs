//! What becomes of findings about a wheel by itself where its loading on an image is simulated too.

use super::Code;

/// How a check on an image takes a finding about a wheel by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnImage {
    /// It is left out: the simulated loader knows what is loaded and where, and reports the same facts under this code.
    LoaderReports(Code),
    /// It keeps its level: it matters on every target.
    Matters,
    /// It is reported only if everything is asked for: it says how well the wheel was made.
    Quality,
}

impl Code {
    /// How a check on an image takes a finding of this code about a wheel by itself.
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
