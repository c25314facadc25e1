//! Codes of the image area.

use crate::gate::{CodeInfo, Level};

pub(super) const CODES: &[CodeInfo] = &[
    CodeInfo {
        name: "arch-not-published",
        level: Level::Deny,
        summary: "the tag has no image for this architecture",
        explanation: "A tag of an image is published for a list of architectures, and the one that was asked for is \
                      not on the list of the day. Official images lose architectures when the distribution release \
                      under them passes to long-term support, and single tags never had some. `docker pull` and \
                      `docker build` fail with `no match for platform in manifest`, or take an emulated image of \
                      another architecture if a platform was forced.\n\n\
                      It stays silent where the list of the tag is not known.\n\n\
                      Take a tag of a newer release, or another variant; the help line names the architectures the \
                      tag does have.",
        link: "https://github.com/docker-library/official-images#architectures-other-than-amd64",
    },
    CodeInfo {
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
    },
    CodeInfo {
        name: "image-end-of-life",
        level: Level::Warn,
        summary: "the tag is not built any more, or what is in it is not supported any more",
        explanation: "The tag is frozen (its last build can still be pulled and gets no fixes), or the Python or the \
                      distribution release in it passed the end of its support before the day asked for. Wheels for \
                      such images thin out, because new releases of projects drop the Python version or raise the \
                      libc they need, and missing libraries cannot always be installed from the archive any more.\n\n\
                      Long-term support of a distribution is said where it goes on; the finding is given all the \
                      same, because it covers less than before.\n\n\
                      Move to a tag of a supported Python on a supported release, and pin the release \
                      (`3.12-slim-trixie`) so that the next move is yours.",
        link: "https://devguide.python.org/versions/",
    },
    CodeInfo {
        name: "image-facts-disagree",
        level: Level::Warn,
        summary: "two sources in an image that was read say different things of it",
        explanation: "Several files of an image state the same fact: the text of libc and the package database, the \
                      architecture of the configuration and that of the programs, the loader's own path and the \
                      files that set another. Where they differ, the one closer to what runs is believed, and both \
                      are told. It happens in images that copied files over installed packages, that took files from \
                      two distributions, or that were built for another machine than they claim.\n\n\
                      The verdicts rest on the source that the message names first. Whatever asks the other one, a \
                      package manager or a builder that believes the configuration, will go wrong.\n\n\
                      Install the package in place of copying its files, and build for the platform that the \
                      programs are for.",
        link: "https://github.com/opencontainers/image-spec/blob/main/config.md",
    },
    CodeInfo {
        name: "library-too-old",
        level: Level::Deny,
        summary: "a library is there, but without a version node that a wheel needs",
        explanation: "Libraries such as glibc, libstdc++ and libgcc_s mark their symbols with version nodes \
                      (`GLIBC_2.38`, `GLIBCXX_3.4.32`). The loader compares the nodes that a binary needs with those \
                      that the library it found defines, and refuses with `version 'GLIBCXX_3.4.32' not found`. It \
                      happens where a wheel needs more than its tag promises, and where a library comes from \
                      another wheel. musl knows no versions, so it is never told there.\n\n\
                      It is judged library by library and not by the glibc version alone; nodes that nobody knows \
                      of a library are `undetermined` and told only with all findings.\n\n\
                      Take a base image of a newer release, or an older release of the project.",
        link: "https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html",
    },
    CodeInfo {
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
    },
    CodeInfo {
        name: "needs-system-library",
        level: Level::Warn,
        summary: "a project opens a library or starts a program by name, which no wheel shows",
        explanation: "Some projects are pure Python to every tool and look for a system library with `ctypes` or \
                      `cffi`, or start a program, when they are imported or used. Nothing in the wheel says so; a \
                      small table of well-known projects with the places in their code does \
                      (`data/dlopen.toml`).\n\n\
                      The level is deny where the import itself fails and warn where a function needs it or where it \
                      is a program, since nobody looks for programs in images of the catalogue. Silent where the image \
                      has the library, and for wheels that bring it. A project that is not in the table may need one \
                      all the same.\n\n\
                      Install the package that the help names.",
        link: "https://docs.python.org/3/library/ctypes.html#finding-shared-libraries",
    },
    CodeInfo {
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
    },
    CodeInfo {
        name: "optional-part-fails",
        level: Level::Allow,
        summary: "a file of a wheel that no module loads could not be loaded on the image",
        explanation: "Wheels carry files that no extension module needs: plugins of GUI toolkits, back ends for \
                      hardware, alternatives. Some of them need libraries that the image does not have, or are refused \
                      for another cause that the message names. The import of the project's modules does not depend on \
                      them, so nothing is told of it unless all findings are asked for.\n\n\
                      It matters if the plugin is what you use the project for: a window of Qt, say. The help then \
                      gives what installs the libraries. A file that Python code opens with `ctypes` besides extension \
                      modules counts as such a part too, because nothing in the wheel tells that it is opened.",
        link: "https://doc.qt.io/qt-6/linux-requirements.html",
    },
];
