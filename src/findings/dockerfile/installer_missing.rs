//! `installer-missing`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installer-missing",
    level: Level::Deny,
    summary: "a step calls a pip that is not in the image",
    explanation: "The images of distributions (debian, ubuntu, alpine and their slim variants) hold no Python, and \
`python3` brings no pip: that is a package of its own, `python3-pip` or `py3-pip`. A `RUN pip install` without it ends \
the build with `pip: not found`.\n\nTake an image of the python family, or install the package, and then a virtual \
environment, since the distribution's own Python takes no installations (see externally-managed). A warning only where \
commands that are not followed may have brought it. Silent where a package, a copy or a download may have.",
    link: "https://packaging.python.org/en/latest/guides/installing-using-linux-tools/",
};
