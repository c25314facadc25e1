//! `undetermined`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "undetermined",
    level: Level::Warn,
    summary: "something could not be found out, so that it is neither passed nor failed",
    explanation: "A fact was not to be had: a checkout whose metadata only its own code can tell, a source \
distribution that states no dependencies without being built, a page that the index did not deliver, or a marker about \
the kernel, which an image does not decide. The message says which. Nothing undetermined is counted as passed.",
    link: "https://peps.python.org/pep-0643/",
};
