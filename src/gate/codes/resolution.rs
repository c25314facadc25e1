//! Codes of what an installer would take.

use crate::gate::{CodeInfo, Level};

const TAGS: &str = "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/";
const SDIST: &str = "https://packaging.python.org/en/latest/specifications/source-distribution-format/";

pub(super) const CODES: &[CodeInfo] = &[
    CodeInfo {
        name: "builds-from-source",
        level: Level::Warn,
        summary: "the installer takes a source distribution and builds it",
        explanation: "The newest version that satisfies every requirement has no wheel that fits the target, so the \
installer downloads the source distribution and runs its build. That takes time, and where compiled code is involved it \
needs a compiler and headers, which slim and alpine images do not have.\n\n\
The message names the wheel that comes nearest and every part in which it fails. What helps: a base image for which \
wheels exist, another version that has one, newer or older (named as help where there is one), building the wheel once in a stage of \
its own, or asking the project for wheels.\n\n\
A checkout that a lock names is built too, and needs its version control tool on the target.\n\n\
Silent for wheels, and for projects that `--only-binary` keeps from being built: those are \
`no-compatible-distribution` or `older-than-newest`.",
        link: SDIST,
    },
    CodeInfo {
        name: "builds-local-folder",
        level: Level::Allow,
        summary: "a lock names a folder, which is built where it stands",
        explanation: "A dependency of the lock is a folder beside it: a member of the workspace, or a path that the \
project names. Its build runs on the target, so that its build requirements are needed there, and a compiler if it \
holds compiled code. In an image build the folder has to be copied before the installation.\n\n\
Allowed by default, because the code is your own. To be told, pass `--warn builds-local-folder`; to keep builds out of \
an image, make its wheel in a stage of its own and install that.",
        link: "https://packaging.python.org/en/latest/specifications/direct-url/#local-directories",
    },
    CodeInfo {
        name: "file-name-disputed",
        level: Level::Allow,
        summary: "pip and uv disagree on whether the file name is valid",
        explanation: "The file that was chosen has a name that one of pip and uv accepts and the other refuses, such \
as upper-case tags or a doubled underscore. The target's own installer decides; another installer would not see the \
file.",
        link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
    },
    CodeInfo {
        name: "hash-missing",
        level: Level::Deny,
        summary: "hashes are required, and a project that is needed has none",
        explanation: "With `--require-hashes`, or as soon as one line has `--hash`, pip wants a hash for every \
project, also for those that others depend on. The installation would stop here.",
        link: "https://pip.pypa.io/en/stable/topics/secure-installs/",
    },
    CodeInfo {
        name: "installer-too-old",
        level: Level::Warn,
        summary: "a wheel fits the target, but its installer does not know the tag family yet",
        explanation: "Each family of platform tags is known to an installer only from some version on: musllinux to \
pip from 21.2, manylinux_2_N from 20.3. The image's own installer decides, not the newest. Upgrading it in the image \
before the installation makes the wheel usable.",
        link: TAGS,
    },
    CodeInfo {
        name: "no-compatible-distribution",
        level: Level::Deny,
        summary: "a project has neither a wheel that fits nor a usable source distribution",
        explanation: "No version that satisfies the requirements can be installed on the target: no wheel has a tag \
that the target supports, and there is no source distribution, or it is forbidden or excluded. The installation fails. \
The message says what speaks against the newest version; the help names the newest version that would fit, if there \
is one.",
        link: TAGS,
    },
    CodeInfo {
        name: "older-than-newest",
        level: Level::Warn,
        summary: "a newer version satisfies the requirements, but nothing of it fits the target",
        explanation: "The installer takes an older version without a word, because the newer ones have no file for \
this target. What runs there is then not what runs elsewhere. Versions that merely want another Python are not counted: \
that is how a project retires a Python.",
        link: TAGS,
    },
    CodeInfo {
        name: "project-not-found",
        level: Level::Deny,
        summary: "no index lists a project of this name",
        explanation: "Every index and find-links location that is in force answered, and none has the project. Either \
the name is misspelt, or the project lives on an index that was not named.",
        link: "https://packaging.python.org/en/latest/specifications/simple-repository-api/",
    },
    CodeInfo {
        name: "pure-fallback",
        level: Level::Warn,
        summary: "only a pure wheel fits, while other Linux targets get a native one",
        explanation: "The release has wheels with compiled code for other Linux targets, and a wheel for any platform. \
Here the latter is taken: it installs, but may be much slower, or lack a library that the native wheels bring along.",
        link: TAGS,
    },
    CodeInfo {
        name: "python-not-supported",
        level: Level::Deny,
        summary: "the project's own requires-python leaves the target's Python out",
        explanation: "The `requires-python` of a pyproject.toml or of a script's inline metadata does not take the \
Python of the target. pip and uv refuse to install such a project; its requirements are judged all the same.",
        link: "https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python",
    },
    CodeInfo {
        name: "undated-files",
        level: Level::Warn,
        summary: "files without upload time were left out because a date is in force",
        explanation: "With `--exclude-newer`, a file of which the index does not say when it was uploaded counts as \
newer, as in uv. An index that gives no times at all then offers nothing.",
        link: "https://packaging.python.org/en/latest/specifications/simple-repository-api/",
    },
    CodeInfo {
        name: "undefined-marker",
        level: Level::Warn,
        summary: "a marker compares what cannot be compared, so that pip stops",
        explanation: "The marker reads, but one of its comparisons has no meaning: `~=` or `===` between texts \
(`os_name ~= \"posix\"`), a version against something that is none (`python_version ~= \"x\"`), two literals. The \
`packaging` library raises `UndefinedComparison`, and pip ends with it, wherever the marker stands: in a requirement, a \
constraint, or the metadata of a distribution that it looks at. uv leaves the comparison out of the marker with a \
warning, so that the rest decides, and a marker without any rest always holds.\n\nIt is told of the requirements that are given and of what the chosen \
distributions depend on. It is silent where a version is compared with a version, and a text with `==` or `in`.\n\n\
Write the marker anew. If it stands in the metadata of a distribution, take another release of it.",
        link: "https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers",
    },
    CodeInfo {
        name: "undetermined",
        level: Level::Warn,
        summary: "something could not be found out, so that it is neither passed nor failed",
        explanation: "A fact was not to be had: a checkout whose metadata only its own code can tell, a source \
distribution that states no dependencies without being built, a page that the index did not deliver, or a marker about \
the kernel, which an image does not decide. The message says which. Nothing undetermined is counted as passed.",
        link: "https://peps.python.org/pep-0643/",
    },
    CodeInfo {
        name: "unknown-extra",
        level: Level::Warn,
        summary: "an extra is asked for that the distribution does not provide",
        explanation: "Installers warn and go on without the extra, so that what it would have brought is missing.",
        link: "https://peps.python.org/pep-0508/#extras",
    },
    CodeInfo {
        name: "version-conflict",
        level: Level::Deny,
        summary: "requirements cannot be met together",
        explanation: "No choice of versions satisfies all requirements. The message names the lines that clash and \
what leads from one to the other. The projects outside the conflict are judged all the same.",
        link: "https://pip.pypa.io/en/stable/topics/dependency-resolution/",
    },
    CodeInfo {
        name: "yanked-file",
        level: Level::Warn,
        summary: "the file that is taken has been yanked",
        explanation: "The project withdrew the file, and it is taken only because a pin asks for exactly this \
version.",
        link: "https://peps.python.org/pep-0592/",
    },
];
