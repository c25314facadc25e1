//! `installed-wheel-unsupported`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installed-wheel-unsupported",
    level: Level::Deny,
    summary: "an installed wheel was made for another interpreter, C library or machine",
    explanation: "The `WHEEL` file of an installed distribution keeps the tags of the wheel it came from, and none \
                  of them is among those that the image's interpreter accepts. It happens where an environment \
                  was copied from an image with another C library, Python or machine, and where a wheel was \
                  renamed or unpacked by hand. Pure Python in it may work all the same; compiled modules are \
                  found under another name or not loaded.\n\n\
                  `pip check` says of it `is not supported on this platform`. Distributions without tags, such as \
                  those of the image's distribution, are passed over.\n\n\
                  Install in the image that runs the application, or in one of the same family.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
};
