//! `build-needs-library`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
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
};
