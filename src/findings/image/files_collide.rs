//! `files-collide`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "files-collide",
    level: Level::Warn,
    summary: "two wheels bring the same path with different content",
    explanation: "Installers unpack one wheel after another and overwrite what is there. Two variants of one \
                  project, such as opencv-python and opencv-python-headless, share their paths, so that what is \
                  imported is the content of the wheel that came last, and a mixture of both where one has files \
                  that the other lacks. pip installs dependencies first and otherwise backwards by name; uv \
                  unpacks several wheels at a time, in no fixed order. Uninstalling either breaks the other.\n\n\
                  Only compiled files are compared. Where it is known which wheel comes last, loading is judged by \
                  its files; else by both, and what fails is told as a warning.\n\n\
                  Require one of the two. Where a dependency asks for the other, ask its maintainers to leave the \
                  choice to you.",
    link: "https://github.com/pypa/pip/issues/4625",
};
