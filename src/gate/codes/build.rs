//! Codes of the build area.

use crate::gate::{CodeInfo, Level};

pub(super) const CODES: &[CodeInfo] = &[
    CodeInfo {
        name: "build-needs-library",
        level: Level::Warn,
        summary: "building a source distribution needs headers or a program that the image does not have",
        explanation: "A well-known project is built from source, and its build needs more than a compiler: a program \
such as `pg_config`, or the headers of a library, which the image or the stage is known not to have. Installing fails \
with `pg_config executable not found` or `fatal error: ffi.h: No such file or directory`. Nothing in an archive says so \
in a form that can be read; a small table of projects with the places in their sources does (`data/building.toml`).\n\n\
The level is deny where every build of the project needs it. Silent where the package is there: in the full Debian \
images, in images that were read, and in stages of Dockerfiles that installed it before. Where the packages are not \
known the project is `undetermined`. A project that is not in the table may need something all the same.\n\nInstall the \
package that the help names, build in another stage and copy the result, or take a version with a wheel. What was \
compiled needs the library itself when it runs, too.",
        link: "https://pip.pypa.io/en/stable/reference/build-system/",
    },
    CodeInfo {
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
    },
];
