//! Codes of the dockerfile area.

use crate::gate::{CodeInfo, Level};

pub(super) const CODES: &[CodeInfo] = &[
    CodeInfo {
        name: "build-arg-assumed",
        level: Level::Warn,
        summary: "a build argument that was not given decided something",
        explanation: "An `ARG` of the Dockerfile decides an image, a requirement or a condition, and no value was \
given for it. Its default was used, or the empty text if it has none. A build that passes another value builds \
something else.\n\nGive the value that your build gives with --build-arg NAME=VALUE. Silent for arguments that \
decide nothing about installations, and for the platform arguments that every builder sets.",
        link: "https://docs.docker.com/reference/dockerfile/#arg",
    },
    CodeInfo {
        name: "copied-venv-dangles",
        level: Level::Deny,
        summary: "a virtual environment is copied to where its interpreter is not",
        explanation: "A virtual environment holds no interpreter: its `bin/python` is a link to the one it was made \
with, and the programs in `bin` name the environment's own path in their first line. Copied to a stage that keeps \
Python elsewhere (python:3.12 has /usr/local/bin/python, distroless has /usr/bin/python3) or has none, or copied to \
another path, it does not start.\n\nUse a build stage whose interpreter lies at the same path as that of the stage \
that runs, copy the interpreter along, keep the path of the environment, or copy its site-packages alone and set \
PYTHONPATH. Silent where only the site-packages are copied.",
        link: "https://docs.python.org/3/library/venv.html#how-venvs-work",
    },
    CodeInfo {
        name: "input-missing",
        level: Level::Deny,
        summary: "a step reads a file that is not in the image",
        explanation: "A step reads a requirements, constraints or project file that nothing in the Dockerfile puts to where \
it is looked for: its name is misspelt, only the file that includes it was copied (`-r base.txt`), it was copied to another \
folder, or `.dockerignore` keeps it out. The build ends there with `No such file or directory`.\n\nCopy the file, or name it \
as it is called in the image. Silent where the build context has no such file, since something may make it before the build, \
and where an image of your own below may hold it: that is undetermined.",
        link: "https://docs.docker.com/reference/dockerfile/#copy",
    },
    CodeInfo {
        name: "installer-missing",
        level: Level::Deny,
        summary: "a step calls a pip that is not in the image",
        explanation: "The images of distributions (debian, ubuntu, alpine and their slim variants) hold no Python, and \
`python3` brings no pip: that is a package of its own, `python3-pip` or `py3-pip`. A `RUN pip install` without it ends \
the build with `pip: not found`.\n\nTake an image of the python family, or install the package, and then a virtual \
environment, since the distribution's own Python takes no installations (see externally-managed). A warning only where \
commands that are not followed may have brought it. Silent where a package, a copy or a download may have.",
        link: "https://packaging.python.org/en/latest/guides/installing-using-linux-tools/",
    },
    CodeInfo {
        name: "libraries-left-behind",
        level: Level::Warn,
        summary: "a library that was linked against is missing where the result runs",
        explanation: "A source distribution was compiled while a development package (`libpq-dev`) was installed, and \
the stage that runs the result has neither that package nor the one that brings the library itself (`libpq5`): it \
was never installed there, or it was removed again after the build. The import fails with `cannot open shared object \
file`.\n\nInstall the run-time package in the stage that runs. Silent if everything came as wheels, which bring their \
libraries along, and where the base image has the library.",
        link: "https://github.com/docker-library/python/issues/750",
    },
    CodeInfo {
        name: "stage-arch-mismatch",
        level: Level::Deny,
        summary: "compiled files are copied to a stage of another machine",
        explanation: "The build stage runs on another platform than the stage that its result is copied to, as a rule \
because of `FROM --platform=$BUILDPLATFORM`. The installer took or built compiled files for the machine it ran \
on.\n\nTake the flag off the stage that installs, or install with the target's `--platform` there. Silent if nothing \
compiled is copied.",
        link: "https://docs.docker.com/build/building/multi-platform/#cross-compilation",
    },
    CodeInfo {
        name: "stage-libc-mismatch",
        level: Level::Deny,
        summary: "compiled files are copied to a stage with another or an older C library",
        explanation: "What is compiled in a stage, or taken there as a wheel, is made for the C library of that stage. \
glibc and musl do not load each other's files, and a file that was linked with a newer glibc asks for symbol versions \
that an older one does not have (`GLIBC_2.38 not found`). Unversioned tags such as python:3.12 move to a new \
Debian release without notice, so this can begin without any change of the Dockerfile.\n\nBuild on the base that \
runs, or one of the same family that is no newer. Silent if nothing compiled is copied, and for wheels whose own \
demands the older version meets.",
        link: "https://github.com/GoogleContainerTools/distroless/issues/1859",
    },
    CodeInfo {
        name: "stage-python-mismatch",
        level: Level::Deny,
        summary: "installed distributions are copied to another minor version of Python",
        explanation: "Installed distributions belong to one minor version of Python: the interpreter looks only into \
the folder of its own version, and compiled modules carry the version in their names. Copied from a stage with another \
minor version, they are not found.\n\nUse the same minor version in both stages and check it whenever one of the bases \
moves. Silent where the interpreter itself is copied along.",
        link: "https://github.com/GoogleContainerTools/distroless/issues/1960",
    },
    CodeInfo {
        name: "unpinned-base",
        level: Level::Allow,
        summary: "a base image is named without a digest",
        explanation: "A tag is a pointer that its publisher moves. Even a full version is no pin: python:3.12.11-slim \
went from Debian 12 to Debian 13 on 2025-08-12, and with it the C library. Only a digest fixes the content.\n\nWrite \
the digest behind the tag (`python:3.12-slim@sha256:...`) and let a bot move both. Allowed by default, because many \
want the newest security fixes instead.",
        link: "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    },
    CodeInfo {
        name: "wheel-not-built",
        level: Level::Deny,
        summary: "a step installs from a folder of wheels that lacks one",
        explanation: "A step is told to look into a folder alone (`--no-index --find-links`), or installs the files in it, \
and needs a project that no earlier `pip wheel` or `pip download` put there: it was forgotten, or the wheels were made with \
`--no-deps` and their dependencies are missing. The installer ends with `No matching distribution found`.\n\nMake the \
wheels from the same requirements, with their dependencies, or let the last step ask the index. Silent where everything \
that is needed was made.",
        link: "https://pip.pypa.io/en/stable/cli/pip_wheel/",
    },
];
