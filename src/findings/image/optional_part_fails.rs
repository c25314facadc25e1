//! `optional-part-fails`

use crate::findings::{Code, CodeInfo, Detail, Evidence, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "optional-part-fails",
    level: Level::Allow,
    summary: "a file of a wheel that no module loads could not be loaded on the image",
    explanation: "Wheels carry files that no extension module needs: plugins of GUI toolkits, back ends for \
                  hardware, alternatives. Some of them need libraries that the image does not have, or are refused \
                  for another cause that the message names. The import of the project's modules does not depend on \
                  them, so nothing is told of it unless all findings are asked for.\n\n\
                  It matters if the plugin is what you use the project for: a window of Qt, say. The help then \
                  gives what installs the libraries. A file that Python code opens with `ctypes` besides extension \
                  modules counts as such a part too, because nothing in the wheel tells that it is opened.",
    link: "https://doc.qt.io/qt-6/linux-requirements.html",
};

/// Files that nothing is known to open cannot be loaded. They have a code of their own, so that a level that is set for
/// the codes of the causes does not reach them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptionalPartFails {
    /// Why.
    pub cause: Detail,
}

impl Rule for OptionalPartFails {
    const CODE: Code = Code::OptionalPartFails;

    fn message(&self) -> String {
        self.cause.message()
    }

    fn help(&self) -> Option<String> {
        self.cause.help()
    }

    fn member(&self) -> Option<&str> {
        self.cause.member()
    }

    fn level(&self) -> Option<Level> {
        self.cause.level()
    }

    fn evidence(&self) -> Evidence {
        self.cause.evidence()
    }
}
