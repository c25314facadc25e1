//! `abi3-violation`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "abi3-violation",
    level: Level::Warn,
    summary: "an abi3 wheel uses Python API outside the stable ABI",
    explanation: "The wheel's ABI tag is `abi3`, which promises that its extension modules use nothing but the \
        stable ABI of the tagged Python version. This module takes other names from the interpreter. An \
        interpreter that does not have them, often a newer one, fails the import with `undefined symbol`.\n\n\
        Only names that the module leaves undefined are counted, not functions of its own that happen to begin \
        with `Py`. Names that entered the stable ABI after the tagged version are told with the version. For \
        tagged versions newer than the known list the code stays silent about unknown names, as it does about \
        names that a library of another wheel may define.\n\n\
        Build with `Py_LIMITED_API` set to the tagged version, or tag the wheel for one Python version.",
    link: "https://docs.python.org/3/c-api/stable.html",
};
