//! Facts about an image that were not verified.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::Date;
use crate::captured::captured;
use crate::read::UnknownImageFact;
use wheelbase_spec::target::Installer;
use wheelbase_spec::version::Version;

/// A fact about an image or a target that was not verified. In JSON it is its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unverified {
    /// All facts of a family of images.
    FamilyFacts {
        /// The ID of the family.
        family: String,
    },
    /// The repository is a mirror.
    Mirror {
        /// The repository.
        name: String,
        /// The repository with the same images.
        of: String,
    },
    /// The image exists: it is newer than the catalogue.
    ImageExists {
        /// The rule from which the facts are derived.
        rule: String,
    },
    /// A point release of a distribution exists.
    Released {
        /// The release: `Debian 12.4`.
        release: String,
    },
    /// A tag moved on the day of the release.
    TagMoved {
        /// The tag.
        tag: String,
    },
    /// The first day on which `latest` meant this release.
    LatestSince,
    /// The day on which `latest` moved.
    LatestMoved,
    /// A tag with a version is public.
    PublicTag,
    /// The state in which tags were frozen.
    FrozenState {
        /// The end of the tags: `bookworm-slim`.
        tags: String,
    },
    /// The image is built on the python image of that day.
    BuiltOn {
        /// The tag of the python image.
        tag: String,
    },
    /// The C library of a distribution release.
    LibcOfRelease {
        /// Family and version: `glibc 2.41`.
        libc: String,
        /// The release: `debian:13`.
        release: String,
        /// The source of the version.
        source: String,
    },
    /// The C library of a moving release.
    MovingRelease {
        /// Family and version: `glibc 2.41`.
        libc: String,
        /// The release: `wolfi:rolling`.
        release: String,
        /// The day of the recorded state.
        state: Date,
    },
    /// The Python package of a distribution release.
    PackagedPython {
        /// The release: `debian:13`.
        release: String,
        /// The minor release of Python.
        minor: String,
    },
    /// The patch release of the Python of the image, and its pip.
    PatchReleaseAndPip {
        /// The minor release of Python.
        minor: String,
    },
    /// The version of PyPy, and its pip.
    PyPyAndPip,
    /// The pip of the image.
    PipOfPython {
        /// The version of pip.
        pip: Version,
        /// The version of Python.
        python: String,
        /// The source of the version of pip.
        source: String,
    },
    /// The result of a `_manylinux` module of the image.
    ManylinuxModule {
        /// The path of the module.
        module: String,
    },
    /// An unknown fact of a read image.
    Unknown(UnknownImageFact),
    /// The installer, because the image has none.
    AssumedInstaller(Installer),
    /// The pip that runs a step.
    PipOfStep {
        /// The assumed version.
        assumed: Version,
    },
    /// The version of the tool that runs a step.
    ToolOfStep {
        /// The position of the step.
        at: String,
        /// The tool.
        tool: String,
        /// The accepted versions.
        specifier: String,
    },
    /// The origin of the Python that a step uses.
    PythonOrigin {
        /// The minor release.
        minor: String,
    },
    /// The patch version of the Python that a step uses.
    PythonPatch {
        /// The minor release.
        minor: String,
    },
    /// The wheels for other platforms that a step requests.
    OtherPlatforms {
        /// The position of the step.
        at: String,
        /// The requested platforms.
        platforms: String,
    },
    /// Another fact.
    Text(String),
}

impl Unverified {
    /// Returns whether the fact is about the pip of the image.
    pub fn is_about_pip(&self) -> bool {
        match self {
            Self::PipOfPython { .. }
            | Self::PatchReleaseAndPip { .. }
            | Self::PyPyAndPip
            | Self::PipOfStep { .. } => true,
            Self::Unknown(fact) => fact.what.is_about_pip(),
            _ => false,
        }
    }

    /// Returns whether the fact is about the C library of a release: `debian:13`.
    pub(crate) fn is_about_libc_of(&self, id: &str) -> bool {
        match self {
            Self::LibcOfRelease { release, .. } | Self::MovingRelease { release, .. } => release == id,
            _ => false,
        }
    }

    /// Returns whether the C library of a read image is unknown.
    pub(crate) fn is_unknown_libc(&self) -> bool {
        matches!(self, Self::Unknown(fact) if fact.what.is_about_libc())
    }

    /// Returns whether another patch release of Python removes the fact.
    pub(crate) fn is_about_python_patch(&self) -> bool {
        matches!(self, Self::ImageExists { .. } | Self::PatchReleaseAndPip { .. } | Self::PyPyAndPip)
    }

    /// Returns whether another minor release of Python removes the fact: it is about the Python, or about the published
    /// image that contained it.
    pub(crate) fn is_about_python_minor(&self) -> bool {
        matches!(
            self,
            Self::PipOfPython { .. }
                | Self::PackagedPython { .. }
                | Self::BuiltOn { .. }
                | Self::ImageExists { .. }
                | Self::Released { .. }
                | Self::TagMoved { .. }
                | Self::PublicTag
                | Self::Mirror { .. }
        )
    }
}

const PUBLIC_TAG: &str =
    "that the tag is public: the publisher provides tags with a version only to customers";
const LATEST_SINCE: &str = "since when `latest` has meant this release";
const LATEST_MOVED: &str = "the day `latest` moved";
const PYPY: &str = "the exact version of PyPy, and its pip";
const PLATFORMS: &str =
    ": the installer selects wheels for other platforms, but wheels for the image were checked (";

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FamilyFacts { family } => write!(f, "the facts about {family} images"),
            Self::Mirror { name, of } => write!(f, "that `{name}` is a mirror of {of}"),
            Self::ImageExists { rule } => write!(f, "that the image exists: {rule}"),
            Self::Released { release } => write!(f, "that {release} was released"),
            Self::TagMoved { tag } => write!(f, "that `{tag}` moved on the day of the release"),
            Self::LatestSince => f.write_str(LATEST_SINCE),
            Self::LatestMoved => f.write_str(LATEST_MOVED),
            Self::PublicTag => f.write_str(PUBLIC_TAG),
            Self::FrozenState { tags } => write!(f, "the state in which the `{tags}` tags were frozen"),
            Self::BuiltOn { tag } => write!(f, "that the image was built on python:{tag} of that day"),
            Self::LibcOfRelease { libc, release, source } => write!(f, "{libc} of {release} ({source})"),
            Self::MovingRelease { libc, release, state } => {
                write!(f, "{libc} of {release}, a moving release: the state of {state}")
            }
            Self::PackagedPython { release, minor } => write!(f, "that {release} packages Python {minor}"),
            Self::PatchReleaseAndPip { minor } => {
                write!(f, "the patch release of Python {minor}, and its pip")
            }
            Self::PyPyAndPip => f.write_str(PYPY),
            Self::PipOfPython { pip, python, source } => write!(f, "pip {pip} of Python {python} ({source})"),
            Self::ManylinuxModule { module } => write!(f, "manylinux wheels: the result of {module}"),
            Self::Unknown(fact) => fact.fmt(f),
            Self::AssumedInstaller(installer) => {
                write!(f, "{installer}, because the image has no installer")
            }
            Self::PipOfStep { assumed } => {
                write!(f, "the version of pip; pip {assumed}, the newest known, is assumed")
            }
            Self::ToolOfStep { at, tool, specifier } => {
                write!(f, "{at}: the version of {tool} `{specifier}`")
            }
            Self::PythonOrigin { minor } => {
                write!(f, "where Python {minor} comes from: the Dockerfile does not install it")
            }
            Self::PythonPatch { minor } => write!(f, "the patch version of Python {minor}"),
            Self::OtherPlatforms { at, platforms } => write!(f, "{at}{PLATFORMS}{platforms})"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<&str> for Unverified {
    /// Parses the text of a fact, as in the JSON of a profile.
    fn from(text: &str) -> Self {
        let other = || Self::Text(text.to_owned());
        // A variant is used only if it has exactly this text.
        parsed(text).filter(|fact| fact.to_string() == text).unwrap_or_else(other)
    }
}

fn parsed(text: &str) -> Option<Unverified> {
    let own = str::to_owned;
    let fixed =
        [Unverified::LatestSince, Unverified::LatestMoved, Unverified::PublicTag, Unverified::PyPyAndPip];
    if let Some(fact) = fixed.into_iter().find(|fact| fact.to_string() == text) {
        return Some(fact);
    }
    // Texts with a free start are last.
    if let Some([family]) = captured(text, "the facts about ", [" images"]) {
        Some(Unverified::FamilyFacts { family: own(family) })
    } else if let Some([rule]) = captured(text, "that the image exists: ", [""]) {
        Some(Unverified::ImageExists { rule: own(rule) })
    } else if let Some([tag]) = captured(text, "that the image was built on python:", [" of that day"]) {
        Some(Unverified::BuiltOn { tag: own(tag) })
    } else if let Some([name, of]) = captured(text, "that `", ["` is a mirror of ", ""]) {
        Some(Unverified::Mirror { name: own(name), of: own(of) })
    } else if let Some([tag]) = captured(text, "that `", ["` moved on the day of the release"]) {
        Some(Unverified::TagMoved { tag: own(tag) })
    } else if let Some([release, minor]) = captured(text, "that ", [" packages Python ", ""]) {
        Some(Unverified::PackagedPython { release: own(release), minor: own(minor) })
    } else if let Some([release]) = captured(text, "that ", [" was released"]) {
        Some(Unverified::Released { release: own(release) })
    } else if let Some([tags]) = captured(text, "the state in which the `", ["` tags were frozen"]) {
        Some(Unverified::FrozenState { tags: own(tags) })
    } else if let Some([minor]) = captured(text, "the patch release of Python ", [", and its pip"]) {
        Some(Unverified::PatchReleaseAndPip { minor: own(minor) })
    } else if let Some([minor]) = captured(text, "the patch version of Python ", [""]) {
        Some(Unverified::PythonPatch { minor: own(minor) })
    } else if let Some([minor]) =
        captured(text, "where Python ", [" comes from: the Dockerfile does not install it"])
    {
        Some(Unverified::PythonOrigin { minor: own(minor) })
    } else if let Some([assumed]) =
        captured(text, "the version of pip; pip ", [", the newest known, is assumed"])
    {
        Some(Unverified::PipOfStep { assumed: assumed.parse().ok()? })
    } else if let Some([module]) = captured(text, "manylinux wheels: the result of ", [""]) {
        Some(Unverified::ManylinuxModule { module: own(module) })
    } else if let Some([pip, python, source]) = captured(text, "pip ", [" of Python ", " (", ")"]) {
        Some(Unverified::PipOfPython { pip: pip.parse().ok()?, python: own(python), source: own(source) })
    } else if let Some([kind, version]) = captured(text, "", [" ", ", because the image has no installer"]) {
        let installer = Installer::new(kind.parse().ok()?, version.parse().ok()?);
        Some(Unverified::AssumedInstaller(installer))
    } else if let Some(fact) = UnknownImageFact::parsed(text) {
        Some(Unverified::Unknown(fact))
    } else if let Some([at, platforms]) = captured(text, "", [PLATFORMS, ")"]) {
        Some(Unverified::OtherPlatforms { at: own(at), platforms: own(platforms) })
    } else if let Some([at, tool, specifier]) = captured(text, "", [": the version of ", " `", "`"]) {
        Some(Unverified::ToolOfStep { at: own(at), tool: own(tool), specifier: own(specifier) })
    } else if let Some([libc, release, state]) =
        captured(text, "", [" of ", ", a moving release: the state of ", ""])
    {
        let state = state.parse().ok()?;
        Some(Unverified::MovingRelease { libc: own(libc), release: own(release), state })
    } else {
        let [libc, release, source] = captured(text, "", [" of ", " (", ")"])?;
        let is_release = release.contains(':') && !release.contains(' ');
        is_release.then(|| Unverified::LibcOfRelease {
            libc: own(libc),
            release: own(release),
            source: own(source),
        })
    }
}

impl Serialize for Unverified {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::read::ImageFact;
    use wheelbase_spec::target::InstallerKind;

    /// One fact of each variant; a new variant does not compile without an example.
    fn examples() -> Vec<Unverified> {
        let own = str::to_owned;
        let version = Version::new([25, 0, 1]);
        let mut all = vec![Unverified::LatestSince];
        loop {
            all.push(match all.last().unwrap() {
                Unverified::LatestSince => Unverified::LatestMoved,
                Unverified::LatestMoved => Unverified::PublicTag,
                Unverified::PublicTag => Unverified::PyPyAndPip,
                Unverified::PyPyAndPip => Unverified::FamilyFacts { family: own("dhi") },
                Unverified::FamilyFacts { .. } => {
                    Unverified::Mirror { name: own("mirror.test/python"), of: own("python") }
                }
                Unverified::Mirror { .. } => Unverified::ImageExists {
                    rule: own("3.15 is newer than the catalogue (state of 2026-08-13); the other facts are those of 3.14"),
                },
                Unverified::ImageExists { .. } => Unverified::Released { release: own("Debian 13.9") },
                Unverified::Released { .. } => Unverified::TagMoved { tag: own("stable") },
                Unverified::TagMoved { .. } => Unverified::FrozenState { tags: own("bookworm-slim") },
                Unverified::FrozenState { .. } => Unverified::BuiltOn { tag: own("3.12-slim-trixie") },
                Unverified::BuiltOn { .. } => Unverified::LibcOfRelease {
                    libc: own("glibc 2.41"),
                    release: own("debian:13"),
                    source: own("recalled (twice); not verified"),
                },
                Unverified::LibcOfRelease { .. } => Unverified::MovingRelease {
                    libc: own("glibc 2.42"),
                    release: own("wolfi:rolling"),
                    state: "2026-08-13".parse().unwrap(),
                },
                Unverified::MovingRelease { .. } => {
                    Unverified::PackagedPython { release: own("debian:13"), minor: own("3.13") }
                }
                Unverified::PackagedPython { .. } => Unverified::PatchReleaseAndPip { minor: own("3.12") },
                Unverified::PatchReleaseAndPip { .. } => Unverified::PipOfPython {
                    pip: version.clone(),
                    python: own("3.12.1"),
                    source: own("the change log (of python)"),
                },
                Unverified::PipOfPython { .. } => {
                    Unverified::ManylinuxModule { module: own("/usr/lib/_manylinux.py") }
                }
                Unverified::ManylinuxModule { .. } => Unverified::Unknown(UnknownImageFact {
                    what: ImageFact::Libc,
                    why: own("no program has a loader"),
                }),
                Unverified::Unknown(_) => {
                    Unverified::AssumedInstaller(Installer::new(InstallerKind::Uv, version.clone()))
                }
                Unverified::AssumedInstaller(_) => Unverified::PipOfStep { assumed: version.clone() },
                Unverified::PipOfStep { .. } => Unverified::ToolOfStep {
                    at: own("Dockerfile:3:5"),
                    tool: own("uv pip"),
                    specifier: own(">=0.4,<0.5"),
                },
                Unverified::ToolOfStep { .. } => Unverified::PythonOrigin { minor: own("3.12") },
                Unverified::PythonOrigin { .. } => Unverified::PythonPatch { minor: own("3.12") },
                Unverified::PythonPatch { .. } => {
                    Unverified::OtherPlatforms { at: own("Dockerfile:3:5"), platforms: own("win32, any") }
                }
                Unverified::OtherPlatforms { .. } => Unverified::Text(own("whether the image (ours) works")),
                Unverified::Text(_) => return all,
            });
        }
    }

    #[test]
    fn facts_are_read_from_their_texts() {
        for fact in examples() {
            assert_eq!(Unverified::from(fact.to_string().as_str()), fact);
        }
    }

    #[test]
    fn other_texts_are_kept() {
        for text in
            ["", "pip 1 of ours (x)", "conda 1.0, because the image has no installer", "that it works"]
        {
            assert_eq!(Unverified::from(text), Unverified::Text(text.to_owned()), "{text}");
        }
    }
}
