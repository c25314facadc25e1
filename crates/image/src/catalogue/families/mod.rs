//! What the tags of each family say.

mod distributions;
mod others;
mod python;

use super::data::{self, FamilyRow, ReleaseRow};
use super::{Kind, Question, UnknownImage, libraries, set_release, version};
use crate::{Assumption, Date, ImageProfile, ImagePython, Note, Published};
use wheelbase_spec::target::{Arch, Implementation, Python};

type Answer = Result<ImageProfile, UnknownImage>;

/// The profile of a question that a family answers.
pub(super) fn resolve(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    if let Some(why) = &family.undetermined {
        return Err(question
            .error(Kind::Undetermined(format!("{why}; read the image with `docker://{}`", question.image))));
    }
    match family.id {
        super::PYTHON => python::official_python(question, family),
        "pypy-official" => python::pypy(question, family),
        "debian-official" => distributions::debian(question, family),
        "ubuntu-official" => distributions::ubuntu(question, family),
        "alpine-official" => distributions::alpine(question, family),
        "buildpack-deps" => distributions::buildpack_deps(question, family),
        "distroless-python3" | "distroless-base" => others::distroless(question, family),
        "chainguard-python" | "wolfi-base" => others::wolfi(question, family),
        "ubi-python" | "ubi-python-minimal" => distributions::ubi_python(question, family),
        "ubi" => distributions::ubi(question, family),
        "amazonlinux" => distributions::amazonlinux(question, family),
        "lambda-python" => others::lambda(question, family),
        "uv" => python::uv(question, family),
        "fedora" => distributions::fedora(question, family),
        "el-clones" => distributions::enterprise_linux(question, family),
        "suse" => distributions::suse(question, family),
        "azurelinux" => distributions::azurelinux(question, family),
        "manylinux-build" | "musllinux-build" => others::build_image(question, family),
        "scratch" => others::scratch(question, family),
        "busybox" => others::busybox(question, family),
        "cuda" => others::cuda(question, family),
        "dhi" => others::dhi(question, family),
        "devcontainers" => python::devcontainers(question, family),
        "bitnami-python" => others::bitnami(question, family),
        "ci-images" => others::ci_images(question, family),
        _ => Err(question.error(Kind::Undetermined("its family has no rule".to_owned()))),
    }
}

/// Tags worth offering for a family other than python's.
pub(super) fn tags(id: &str, name: &str) -> Vec<String> {
    let releases = |distro: &str| {
        let rows = data::releases().releases.iter().filter(|row| row.distro() == distro);
        rows.flat_map(|row| [Some(row.version()), row.codename]).flatten().collect::<Vec<_>>().into_iter()
    };
    let pythons = || data::python().minor.iter().map(|row| row.python);
    let some = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    match id {
        "debian-official" | "buildpack-deps" => {
            let slim = releases("debian").map(|tag| format!("{tag}-slim"));
            let mut all: Vec<String> = releases("debian").map(str::to_owned).chain(slim).collect();
            all.extend(some(&["latest", "stable", "stable-slim", "oldstable", "testing", "unstable"]));
            all
        }
        "ubuntu-official" => {
            releases("ubuntu").map(str::to_owned).chain(some(&["latest", "rolling"])).collect()
        }
        "alpine-official" => releases("alpine").map(str::to_owned).chain(some(&["latest", "3"])).collect(),
        "fedora" => releases("fedora").map(str::to_owned).chain(some(&["latest"])).collect(),
        "amazonlinux" => some(&["2023", "2", "latest", "2023-minimal"]),
        "lambda-python" => pythons().map(str::to_owned).collect(),
        "pypy-official" => {
            let mut all = some(&["latest", "slim", "3", "3-slim"]);
            for minor in ["3.10", "3.11"] {
                all.extend(
                    ["", "-slim", "-trixie", "-slim-trixie", "-bookworm", "-slim-bookworm"]
                        .map(|rest| format!("{minor}{rest}")),
                );
            }
            all
        }
        "uv" => pythons()
            .flat_map(|minor| {
                ["trixie", "trixie-slim", "bookworm", "bookworm-slim", "alpine"]
                    .map(|rest| format!("python{minor}-{rest}"))
            })
            .chain(some(&["latest", "trixie", "trixie-slim", "debian", "debian-slim", "alpine"]))
            .collect(),
        "distroless-python3" | "distroless-base" => some(&["latest", "nonroot", "debug", "debug-nonroot"]),
        "chainguard-python" => some(&["latest", "latest-dev"]),
        "el-clones" if name.ends_with("centos") => some(&["stream9", "stream10"]),
        "el-clones" => some(&["8", "9", "10", "9-minimal", "10-minimal"]),
        "suse" => releases("opensuse").map(str::to_owned).collect(),
        "devcontainers" => {
            pythons().flat_map(|minor| [minor.to_owned(), format!("{minor}-bookworm")]).collect()
        }
        _ => some(&["latest"]),
    }
}

/// How close the image of a size is to the profile's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SizeFit {
    /// The same image.
    Same,
    /// Another patch release of its Python.
    Minor,
    /// Another Python on the same release.
    Release,
}

/// Whether a size that was read from one image tells of the profile's.
pub(super) fn size_fit(image: &str, profile: &ImageProfile) -> Option<SizeFit> {
    let (name, tag) = image.split(' ').next()?.split_once(':')?;
    let os = profile.os.as_ref()?;
    let fits = |same: bool| same.then_some(SizeFit::Same);
    match (name, &*profile.family) {
        ("python", super::PYTHON) => {
            let (python, rest) = tag.split_once('-')?;
            let (_, ours) = profile.meaning.split_once('-')?;
            let own = profile.python.as_ref()?.python.version.to_string();
            match rest == ours {
                false => None,
                true if python == own => Some(SizeFit::Same),
                true if minor_of(python) == minor_of(&own) => Some(SizeFit::Minor),
                true => Some(SizeFit::Release),
            }
        }
        ("debian", "debian-official") => {
            let slim = if profile.meaning.ends_with("-slim") { "-slim" } else { "" };
            fits(os.codename.as_ref().is_some_and(|codename| tag == format!("{codename}{slim}")))
        }
        ("alpine", "alpine-official") => fits(minor_of(tag) == os.version),
        _ => None,
    }
}

/// `3.12` of `3.12.13`.
fn minor_of(version: &str) -> &str {
    version.match_indices('.').nth(1).map_or(version, |(at, _)| version.get(..at).unwrap_or(version))
}

/// The release a question meant is known, and nothing else.
fn plain(question: &Question<'_>, family: &'static FamilyRow, row: &'static ReleaseRow) -> ImageProfile {
    let mut profile = question.start(family);
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, &profile.arch);
    profile
}

/// An interpreter of the distribution, which is a package away.
fn distribution_python(profile: &mut ImageProfile, row: &ReleaseRow) {
    let Some(minor) = row.system_python else { return };
    let version = version(minor);
    profile.python = Some(ImagePython {
        python: Python::new(Implementation::CPython, version.clone()),
        interpreter: Some(format!("/usr/bin/python{minor}")),
        installed: false,
    });
    profile.assumptions.push(Assumption::DistributionPython(version));
    if !row.system_python_verified {
        profile.unverified.push(format!("that {} packages Python {minor}", row.id));
    }
    profile.notes.push(Note::NoPip);
}

/// An interpreter that the image holds.
fn installed_python(profile: &mut ImageProfile, minor: &str, interpreter: Option<&str>) {
    let version = version(minor);
    let short = minor_of(minor);
    let python = Python::new(Implementation::CPython, version);
    let flags = &python.abi_flags;
    let tag = format!("cp{}", short.replace('.', ""));
    profile.python = Some(ImagePython {
        interpreter: interpreter.map(|path| {
            path.replace("{minor}", short).replace("{cp}", &tag).replace("{abi}", &format!("{tag}{flags}"))
        }),
        python,
        installed: true,
    });
}

/// The architectures of an official image of a distribution: those of its row, which hold for its date.
fn distribution_arches(profile: &mut ImageProfile, row: &ReleaseRow) {
    let Some(docker) = &row.docker_arches else {
        return;
    };
    let arches: Vec<Arch> = docker.iter().filter_map(|name| name.parse().ok()).collect();
    // Images lose architectures when their release ages, so before the day of the list there were these and maybe more.
    profile.arches = match row.docker_arches_as_of {
        Some(day) if profile.as_of < day => Published::AtLeast(arches),
        _ => Published::Only(arches),
    };
}

/// The numbered releases of a distribution that were out on a day, newest first.
fn released(distro: &str, date: Date) -> Vec<&'static ReleaseRow> {
    let rows = data::releases().releases.iter();
    let mut rows: Vec<&ReleaseRow> = rows
        .filter(|row| row.distro() == distro && row.released.is_some_and(|released| released <= date))
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.released));
    rows
}

/// The row of a distribution's version.
fn numbered(
    question: &Question<'_>,
    distro: &str,
    number: &str,
) -> Result<&'static ReleaseRow, UnknownImage> {
    data::release(&format!("{distro}:{number}")).ok_or_else(|| question.unknown_tag(None))
}

/// An error if a release came out after the day, or if it moves and only a later state of it is known.
fn must_be_out(question: &Question<'_>, row: &ReleaseRow) -> Result<(), UnknownImage> {
    must_be_known(question, row, question.as_of)?;
    match row.released {
        Some(since) if since > question.as_of => {
            Err(question.error(Kind::NotYet { since, as_of: question.as_of }))
        }
        _ => Ok(()),
    }
}

/// An error if a release moves, and what is known of it is of a later day.
fn must_be_known(question: &Question<'_>, row: &ReleaseRow, date: Date) -> Result<(), UnknownImage> {
    let state = row.state.unwrap_or(row.date);
    if !row.moving || state <= date {
        return Ok(());
    }
    Err(question.error(Kind::Undetermined(format!(
        "{} moves, and the catalogue holds its state of {state}, not that of {date}",
        row.id.replace(':', " ")
    ))))
}

/// The release that a moving name stood for; which one it was before the first of the table is not known.
fn newest_of(
    question: &Question<'_>,
    row: Option<&'static ReleaseRow>,
) -> Result<&'static ReleaseRow, UnknownImage> {
    row.ok_or_else(|| {
        question.error(Kind::Undetermined(format!(
            "which release it was on {} is not in the catalogue",
            question.as_of
        )))
    })
}

/// The day a dated tag says: `20240110` or `20240110.1`.
fn dated(text: &str) -> Option<Date> {
    let (day, serial) = text.split_once('.').map_or((text, None), |(day, serial)| (day, Some(serial)));
    if day.len() != 8 || serial.is_some_and(|serial| data::number(serial).is_none()) {
        return None;
    }
    format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?).parse().ok()
}

/// A release written as one word: `ubuntu22.04`, `ubi8`, `rockylinux9`.
fn one_word(word: &str) -> Option<&'static ReleaseRow> {
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let (name, number) = word.split_at_checked(at)?;
    let distro = match name {
        "ubi" => "rhel",
        "rockylinux" => "rocky",
        name => name,
    };
    data::release(&format!("{distro}:{number}"))
}
