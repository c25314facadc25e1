//! How findings on a wheel by itself are reported if its loading on an image is simulated too.

use super::{Code, Detail, Finding, Level};

/// How a check on an image reports a finding on a wheel by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnImage {
    /// It is dropped: the simulated loader reports the same facts more exactly under this code.
    LoaderReports(Code),
    /// It gets the level allow, because it is about the quality of the wheel.
    Quality,
    /// It keeps its level, because it applies to every target.
    Matters,
}

impl Code {
    /// The table of the findings that the simulated loader or the circumstances change. All others keep their level.
    fn on_image(self) -> OnImage {
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
            Self::Abi3Violation
            | Self::ElfInPureWheel
            | Self::ForbiddenSymbol
            | Self::LabelsDisagree
            | Self::LinuxTag
            | Self::LoadAlignment
            | Self::RecordDisagrees
            | Self::RpathEscapes
            | Self::TagOverstated
            | Self::TagUnderstated
            | Self::TextRelocations => OnImage::Quality,
            _ => OnImage::Matters,
        }
    }

    /// The code of the finding that replaces one with this code if the loading of the wheel is checked too; `None` if
    /// there is no such code.
    ///
    /// ```
    /// use wheelbase::findings::Code;
    ///
    /// assert_eq!(Code::GlibcTooOld.replaced_by_loading(), Some(Code::LibraryTooOld));
    /// assert_eq!(Code::TagOverstated.replaced_by_loading(), None);
    /// ```
    pub fn replaced_by_loading(self) -> Option<Self> {
        match self.on_image() {
            OnImage::LoaderReports(code) if code != self => Some(code),
            _ => None,
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
