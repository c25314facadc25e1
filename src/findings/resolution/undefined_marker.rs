//! `undefined-marker`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "undefined-marker",
    level: Level::Warn,
    summary: "a marker compares what cannot be compared, so that pip stops",
    explanation: "The marker reads, but one of its comparisons has no meaning: `~=` or `===` between texts \
(`os_name ~= \"posix\"`), a version against something that is none (`python_version ~= \"x\"`), two literals. The \
`packaging` library raises `UndefinedComparison`, and pip ends with it, wherever the marker stands: in a requirement, a \
constraint, or the metadata of a distribution that it looks at. uv leaves the comparison out of the marker with a \
warning, so that the rest decides, and a marker without any rest always holds.\n\nIt is told of the requirements that are given and of what the chosen \
distributions depend on. It is silent where a version is compared with a version, and a text with `==` or `in`.\n\n\
Write the marker anew. If it stands in the metadata of a distribution, take another release of it.",
    link: "https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers",
};
