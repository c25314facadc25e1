//! Codes of distributions that are installed in an image.

use crate::gate::{CodeInfo, Level};

pub(super) const CODES: &[CodeInfo] = &[
    CodeInfo {
        name: "installed-dependency-conflict",
        level: Level::Deny,
        summary: "an installed distribution needs another version of one that is installed",
        explanation: "The metadata of an installed distribution asks for versions of another one, and the version that \
                      is installed beside it is none of them. It is what `pip check` reports as `has requirement ..., \
                      but you have ...`: a later `pip install` changed a version that an earlier one had chosen, or \
                      somebody installed with `--no-deps`.\n\n\
                      Only requirements whose markers hold for the image's interpreter count, and extras do not, since \
                      nothing records which were asked for.\n\n\
                      Install both in one command, so that one resolution has to satisfy all, or pin the version that \
                      both accept.",
        link: "https://pip.pypa.io/en/stable/cli/pip_check/",
    },
    CodeInfo {
        name: "installed-dependency-missing",
        level: Level::Deny,
        summary: "an installed distribution needs one that is not installed",
        explanation: "The metadata of an installed distribution asks for another project, and the interpreter finds no \
                      distribution of that name in its directories. It is what `pip check` reports as `requires ..., \
                      which is not installed`: somebody installed with `--no-deps`, removed a distribution, or copied \
                      a part of site-packages into the image.\n\n\
                      Only requirements whose markers hold for the image's interpreter count, and extras do not, since \
                      nothing records which were asked for.\n\n\
                      Install what is missing, or copy the whole environment.",
        link: "https://pip.pypa.io/en/stable/cli/pip_check/",
    },
    CodeInfo {
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
    },
];
