//! `externally-managed`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "externally-managed",
    level: Level::Warn,
    summary: "installers refuse to install into the interpreter, which belongs to the distribution",
    explanation: "A file `EXTERNALLY-MANAGED` beside the standard library says that the interpreter belongs to the \
                  system's package manager (PEP 668). Debian marks its Python since 12, Ubuntu since 23.04, Alpine \
                  since 3.19. pip since 23.0 and uv with `--system` stop there with `externally-managed-environment`, \
                  also for `--user`; `--target`, `--prefix` and `--root` are not refused, nor is a virtual \
                  environment, nor the Python of the official python images.\n\n\
                  For an image alone it is a warning, since nobody knows where you install. In a Dockerfile it is \
                  told at the command that is refused, and denied, because the build ends there; it is silent \
                  where the command passes `--break-system-packages`, where the variable of that name is set, and \
                  where the Dockerfile removes the file.\n\n\
                  Make a virtual environment and install into it, take an image that brings a Python of its own, \
                  or pass `--break-system-packages` where no program of the distribution uses that Python.",
    link: "https://packaging.python.org/en/latest/specifications/externally-managed-environments/",
};
