//! Codes of what a wheel's binaries need.

use crate::gate::{CodeInfo, Level};

pub(super) const CODES: &[CodeInfo] = &[
    CodeInfo {
        name: "abi3-violation",
        level: Level::Warn,
        summary: "an abi3 wheel uses Python API outside the stable ABI",
        explanation: "The wheel's ABI tag is `abi3`, which promises that its extension modules use nothing but the \
            stable ABI of the tagged Python version. This module takes other names from the interpreter. An \
            interpreter that does not have them, often a newer one, fails the import with `undefined symbol`.\n\n\
            Only names that the module leaves undefined are counted, not functions of its own that happen to begin \
            with `Py`. Names that entered the stable ABI after the tagged version are told with the version. For \
            tagged versions newer than the known list the code stays silent about unknown names, as it does about \
            names that a library of another wheel may define.\n\n\
            Build with `Py_LIMITED_API` set to the tagged version, or tag the wheel for one Python version.",
        link: "https://docs.python.org/3/c-api/stable.html",
    },
    CodeInfo {
        name: "archive-bomb",
        level: Level::Deny,
        summary: "the archive would unpack to far more than any honest wheel, or its members overlap",
        explanation: "A member claims to hold hundreds of times its packed size, all members together hold more \
            than any wheel of this size does, or two members share the same bytes of the archive. Such archives \
            exhaust whoever unpacks them. The member was not unpacked and nothing is known of what it holds.\n\n\
            Do not install the file; get it from a source that you trust.",
        link: "https://www.usenix.org/conference/woot19/presentation/fifield",
    },
    CodeInfo {
        name: "duplicate-member",
        level: Level::Warn,
        summary: "two members of the archive have the same name",
        explanation: "Zip archives can hold two members of one name. Tools that go by the directory and tools that \
            go through the file may take different ones, so what was checked may not be what is installed. Both are \
            judged here.\n\nRebuild the wheel; uv and PyPI refuse such archives.",
        link: "https://blog.pypi.org/posts/2025-08-07-wheel-archive-confusion-attacks/",
    },
    CodeInfo {
        name: "elf-in-pure-wheel",
        level: Level::Warn,
        summary: "a wheel that says it is pure has binaries",
        explanation: "The file name has the platform `any`, or the binary lies in a `purelib` directory, or `WHEEL` \
            says `Root-Is-Purelib: true`. Installers take the wheel for every system, and it works only on those its \
            binaries are for, or where the project does without them.\n\n\
            Give the wheel a platform tag and `Root-Is-Purelib: false`; where it is not yours, look whether the \
            project needs the binary at all.",
        link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/#the-data-directory",
    },
    CodeInfo {
        name: "encrypted-member",
        level: Level::Deny,
        summary: "a member of the archive is encrypted",
        explanation: "Installers cannot unpack encrypted members, and nothing can be said of what they hold.",
        link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
    },
    CodeInfo {
        name: "executable-stack",
        level: Level::Warn,
        summary: "a library asks for an executable stack, which newer glibc refuses",
        explanation: "The library's PT_GNU_STACK header asks for an executable stack, or, on x86, is missing, which \
            means the same. Until glibc 2.40 the loader made all stacks of the process executable, a gift to \
            attackers; from 2.41 on it refuses and the import fails with `cannot enable executable stack as shared \
            object requires`.\n\n\
            It is told for libraries, not for programs, and with a target only if the target's glibc refuses. It is \
            rarely meant: one assembler file without a `.note.GNU-stack` section is enough. Relink with `-z \
            noexecstack`, or clear the flag with `patchelf --clear-execstack`.",
        link: "https://github.com/pypa/auditwheel/issues/634",
    },
    CodeInfo {
        name: "forbidden-symbol",
        level: Level::Warn,
        summary: "a binary uses a symbol that platform policies forbid to take from a library",
        explanation: "Policies allow some libraries but not all their symbols: internals of zlib, and functions \
            that some builds of glibc 2.17 have and others do not. A wheel that uses one meets no policy, or only \
            newer ones, though the library is there.\n\nLink the library statically, or bundle it.",
        link: "https://github.com/pypa/auditwheel/issues/655",
    },
    CodeInfo {
        name: "foreign-machine",
        level: Level::Warn,
        summary: "a binary is for another machine than the file name or the target",
        explanation: "The ELF header names a machine (or an operating system) that is not the one the platform tag \
            names, or not the target's. An extension module for another machine cannot be imported, and the level \
            is deny then; other binaries may be meant for a choice at run time. Code for accelerators is data to \
            the wheel and is told only with all findings.",
        link: "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",
    },
    CodeInfo {
        name: "glibc-too-old",
        level: Level::Deny,
        summary: "a binary needs version nodes that the target's glibc does not have",
        explanation: "The binary was linked against a newer glibc than the target has and needs a version node that \
            came with it, so the import fails with `version 'GLIBC_...' not found`. It happens where a wheel's tag \
            claims less than its content needs.\n\n\
            Take an older release of the project, a base image with a newer glibc, or build from source on the \
            target.",
        link: "https://peps.python.org/pep-0600/",
    },
    CodeInfo {
        name: "isa-level",
        level: Level::Warn,
        summary: "a binary is marked as needing a newer x86-64 level",
        explanation: "The GNU property note of the file says that it needs x86-64-v2, -v3 or -v4. On an older CPU, or \
            in a virtual machine that hides the extensions, it ends with an illegal instruction. Platform tags cannot \
            say this, and files that choose their code at run time do not carry the mark.",
        link: "https://gitlab.com/x86-psABIs/x86-64-ABI",
    },
    CodeInfo {
        name: "labels-disagree",
        level: Level::Warn,
        summary: "the tags in the file name and in the WHEEL file differ",
        explanation: "A wheel says its tags twice, in its file name and in `*.dist-info/WHEEL`, and both should be \
            the same set. Installers choose by the file name; tools that look at installed projects go by `WHEEL`. \
            Mostly the file was renamed after it was built, so its claim was never checked.\n\n\
            `wheel tags` changes both.",
        link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-contents",
    },
    CodeInfo {
        name: "libc-family-mismatch",
        level: Level::Deny,
        summary: "a binary is for glibc where musl is, or the reverse",
        explanation: "A binary that was linked against one C library cannot be loaded by the other's loader. It is \
            told if the file name claims the other family, if the members disagree among themselves, or if the \
            target has the other.\n\nTake the wheel of the right family (`manylinux` for glibc, `musllinux` for \
            musl), or another base image.",
        link: "https://peps.python.org/pep-0656/",
    },
    CodeInfo {
        name: "library-outside-policy",
        level: Level::Warn,
        summary: "a library is needed that is not in the wheel and that no platform tag promises",
        explanation: "The library is neither among the wheel's own files, as far as search paths lead, nor on the \
            list of libraries that every system of the platform has. Where it is missing, the import fails with \
            `cannot open shared object file`. Another wheel may bring and load it first, as the CUDA wheels do.\n\n\
            Install the system package that has it, or look for a wheel that brings it along.",
        link: "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",
    },
    CodeInfo {
        name: "linux-tag",
        level: Level::Warn,
        summary: "the platform tag promises nothing of the C library",
        explanation: "`linux_x86_64` and the like say only the machine. Installers take such a wheel on every Linux \
            of that machine, and it works where it was built. PyPI does not accept it, so it comes from elsewhere.",
        link: "https://peps.python.org/pep-0513/",
    },
    CodeInfo {
        name: "load-alignment",
        level: Level::Warn,
        summary: "a binary cannot be loaded on kernels with pages of 64 KiB",
        explanation: "On aarch64 and POWER kernels may use pages of 64 KiB, and segments that are aligned to less \
            cannot be mapped there: `ELF load command alignment not page-aligned`. Ordinary linkers align to 64 KiB on \
            these machines; some tools that rewrite binaries do not.\n\nRelink with `-z max-page-size=65536`.",
        link: "https://github.com/pypa/manylinux/issues/735",
    },
    CodeInfo {
        name: "musl-relr-unsupported",
        level: Level::Warn,
        summary: "a binary has packed relocations that musl before 1.2.4 skips in silence",
        explanation: "The file has DT_RELR relocations. musl applies them since 1.2.4; older releases map the file \
            and leave its pointers as they are, and the first that is used crashes the process. Nothing in the file \
            marks it, so installers take such wheels on older systems too.\n\n\
            With a target the level is deny if its musl is older and the code is silent if it is not; without one it \
            is told if the tag admits older releases. Use a base image with musl 1.2.4 or newer, or have the wheel \
            built without `-z pack-relative-relocs`.",
        link: "https://github.com/gramineproject/gramine/issues/1393",
    },
    CodeInfo {
        name: "musl-symbol-missing",
        level: Level::Deny,
        summary: "a binary needs a symbol that musl does not have",
        explanation: "A strong undefined symbol is exported by no musl release for the machine and by no member of \
            the wheel, or only by releases newer than the target's or than those the tag admits. The loader stops \
            with `symbol not found`. Weak symbols, names of the interpreter's API, the large-file aliases that the \
            loader still resolves, and files that also need a library of the system are left out.\n\n\
            If only some releases lack it, a newer base image helps; if all do, the wheel is broken.",
        link: "https://github.com/microsoft/rego-cpp/issues/226",
    },
    CodeInfo {
        name: "not-loadable-libpython",
        level: Level::Warn,
        summary: "an extension module is linked to libpython",
        explanation: "Many interpreters hold libpython within themselves: those of Debian and Ubuntu, static builds, \
            and those of the images that wheels are built in. There the library does not exist as a file and the \
            import fails; where it exists, two copies of the interpreter may get loaded.\n\n\
            Extension modules need no such link: the interpreter gives its symbols to whatever it loads.",
        link: "https://peps.python.org/pep-0513/#libpythonx-y-so-1",
    },
    CodeInfo {
        name: "private-symbol-version",
        level: Level::Warn,
        summary: "a binary needs a private version node of a system library",
        explanation: "Nodes such as `GLIBC_PRIVATE` hold the internals of one build of a library. They change without \
            notice, so the binary loads with the build it was linked against and perhaps with no other. Mostly a part \
            of glibc itself was bundled.",
        link: "https://github.com/pypa/auditwheel/issues/229",
    },
    CodeInfo {
        name: "record-disagrees",
        level: Level::Warn,
        summary: "RECORD does not list a binary, or gives it another size",
        explanation: "`RECORD` lists every file of a wheel with hash and size. A binary that is missing there, or has \
            another size, came in or was changed after the wheel was built. It is not removed on uninstall, and \
            installers that check hashes refuse the wheel.",
        link: "https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file",
    },
    CodeInfo {
        name: "rpath-escapes",
        level: Level::Warn,
        summary: "a binary's search path leads out of the wheel",
        explanation: "An entry of DT_RPATH or DT_RUNPATH is absolute, relative to the working directory, empty (which \
            means the working directory), or climbs out of what the wheel installs. Mostly it is left from the machine \
            the wheel was built on. Whoever can put a library into such a directory has it loaded in place of the \
            wheel's or the system's.\n\nRemove it with `patchelf --remove-rpath`, or use paths that begin with \
            `$ORIGIN` and stay inside.",
        link: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
    },
    CodeInfo {
        name: "runpath-not-inherited",
        level: Level::Warn,
        summary: "a bundled library is found only through a search path that is not passed on",
        explanation: "DT_RUNPATH serves the file that has it, and not the libraries that this file loads (DT_RPATH \
            does both). A library in the wheel needs another one there, has no search path of its own that leads to \
            it, and relies on that of its parent. glibc does not find it unless something loaded it before; musl \
            does.\n\nGive the library a `$ORIGIN` path of its own, as `auditwheel repair` does.",
        link: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
    },
    CodeInfo {
        name: "tag-overstated",
        level: Level::Deny,
        summary: "the file name claims older systems than the content can be loaded on",
        explanation: "The oldest platform tag of the file name promises that every system with that C library can \
            load the wheel. Its members need newer version nodes, libraries that no policy allows, forbidden symbols \
            or newer CPUs. Installers go by the name, choose the wheel on such a system, and the import fails \
            there.\n\n\
            The level is deny if a version node is newer, for that cannot work, and warn if it is about libraries or \
            CPUs, which a system may have. Rename the wheel with the computed tag, or build it in an older image.",
        link: "https://peps.python.org/pep-0600/",
    },
    CodeInfo {
        name: "tag-understated",
        level: Level::Allow,
        summary: "the file name claims newer systems than the content needs",
        explanation: "The members meet an older policy than the oldest tag of the file name, so installers on older \
            systems pass the wheel by and build from source for nothing. Projects may do so on purpose, because they \
            test only there. For musl, whose tags name a whole series, it is never told.",
        link: "https://peps.python.org/pep-0600/",
    },
    CodeInfo {
        name: "text-relocations",
        level: Level::Warn,
        summary: "the loader must write into a binary's code",
        explanation: "The file has DT_TEXTREL: its code was not compiled to be position-independent, so the loader \
            must change it in memory. Hardened systems (SELinux without `execmod`) refuse, and the pages cannot be \
            shared.\n\nCompile everything with `-fPIC`; hand-written assembler is the usual cause.",
        link: "https://docs.oracle.com/cd/E26502_01/html/E26507/chapter2-88783.html",
    },
    CodeInfo {
        name: "unreadable-member",
        level: Level::Warn,
        summary: "a member of the archive could not be read, so nothing is known of it",
        explanation: "The packed data or the ELF tables are damaged, a size in the archive is not the real one, or \
            the member is packed by a method that installers do not know. What could be read was judged; the rest is \
            unknown, which is not the same as sound.",
        link: "https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html",
    },
    CodeInfo {
        name: "unsafe-member-name",
        level: Level::Deny,
        summary: "a member's name leads out of the directory the wheel is unpacked into",
        explanation: "The name is absolute, has a `..` part, a backslash or a NUL byte. Unpacked without care it \
            writes elsewhere on the disk. Installers refuse such members or change their names, each in its way.\n\n\
            Do not install the file.",
        link: "https://docs.python.org/3/library/zipfile.html#zipfile.ZipFile.extract",
    },
];
