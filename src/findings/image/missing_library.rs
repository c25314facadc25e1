//! `missing-library`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "missing-library",
    level: Level::Deny,
    summary: "a library that a wheel needs is neither in the wheels nor on the image",
    explanation: "Installing succeeds and importing fails with `cannot open shared object file`. Platform tags \
                  allow wheels to take some libraries from the system (libGL, libX11, libglib, libexpat), and \
                  slim, alpine and distroless images have few of them; other wheels need what no tag allows.\n\n\
                  The walk starts from what the interpreter opens: extension modules by their names, programs, \
                  and in wheels without modules the libraries that Python code opens. It goes by the rules of the \
                  image's loader: DT_RPATH is passed on, DT_RUNPATH is not, a SONAME that is loaded already \
                  serves, and other wheels of the same resolution count where a search path leads to them. \
                  Files that no module loads (plugins of GUI toolkits, say) are told apart and only with all \
                  findings; libraries of which nobody knows whether the image has them are `undetermined`.\n\n\
                  The help gives the distribution packages and the line that installs them. Often the project has \
                  a variant that does without (`opencv-python-headless`).",
    link: "https://github.com/docker-library/python/issues/750",
};
