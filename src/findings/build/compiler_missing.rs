//! `compiler-missing`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "compiler-missing",
    level: Level::Warn,
    summary: "a source distribution holds compiled code, and the image has no compiler for it",
    explanation: "An installer that finds no wheel for the target builds the source distribution, and this one \
holds code in C, C++, Cython, Fortran, Rust or the like. The image is known to lack the compiler or the headers of the C \
library: slim, alpine and distroless images have none. Installing fails with `error: command 'gcc' failed: No such file \
or directory` as a rule.\n\nIt is a warning, because the compiled part of a project can be optional: some fall back to \
Python. Where a release has a wheel for every platform too, that is so, and nothing is told. The languages are those of \
the archive's file names outside of tests and documentation; they are known if the archive was read for its metadata, \
and always with `--inspect`. Otherwise wheels for single platforms show that something is compiled. Rust needs a C \
compiler for linking; a build with maturin 1.9 or newer fetches Rust itself where it may.\n\nInstall what the help names \
before, and remove it after; or build in a stage of the full image and copy the result; or take a version with a wheel.",
    link: "https://packaging.python.org/en/latest/discussions/package-formats/",
};
