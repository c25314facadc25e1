//! What the tags of each family say.

use super::data::{self, FamilyRow, ReleaseRow};
use super::python::{self, NoTag, Variant};
use super::{Kind, Question, UnknownImage, libraries, set_release, toolchain, version};
use crate::image::profile::{ext_suffix, usual_flags};
use crate::image::{
    Arch, Assumption, Date, EndOfLife, ImageLibc, ImagePip, ImageProfile, ImagePython, LibrarySet, Note,
    PackageManager, Published, Source, Toolchain,
};
use crate::target::Implementation;

type Answer = Result<ImageProfile, UnknownImage>;

/// The profile of a question that a family answers.
pub(super) fn resolve(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    if let Some(why) = &family.undetermined {
        return Err(question
            .error(Kind::Undetermined(format!("{why}; read the image with `docker://{}`", question.image))));
    }
    match family.id {
        super::PYTHON => official_python(question, family),
        "pypy-official" => pypy(question, family),
        "debian-official" => debian(question, family),
        "ubuntu-official" => ubuntu(question, family),
        "alpine-official" => alpine(question, family),
        "buildpack-deps" => buildpack_deps(question, family),
        "distroless-python3" | "distroless-base" => distroless(question, family),
        "chainguard-python" | "wolfi-base" => wolfi(question, family),
        "ubi-python" | "ubi-python-minimal" => ubi_python(question, family),
        "ubi" => ubi(question, family),
        "amazonlinux" => amazonlinux(question, family),
        "lambda-python" => lambda(question, family),
        "uv" => uv(question, family),
        "fedora" => fedora(question, family),
        "el-clones" => enterprise_linux(question, family),
        "suse" => suse(question, family),
        "azurelinux" => azurelinux(question, family),
        "manylinux-build" | "musllinux-build" => build_image(question, family),
        "scratch" => scratch(question, family),
        "busybox" => busybox(question, family),
        "cuda" => cuda(question, family),
        "dhi" => dhi(question, family),
        "devcontainers" => devcontainers(question, family),
        "bitnami-python" => bitnami(question, family),
        "ci-images" => ci_images(question, family),
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

/// Whether a size that was read from one image tells of the profile's.
pub(super) fn size_fits(image: &str, profile: &ImageProfile, codename: Option<&str>) -> bool {
    let image = image.split(' ').next().unwrap_or(image);
    let Some((name, tag)) = image.split_once(':') else { return false };
    let Some(os) = &profile.os else { return false };
    match (name, &*profile.family) {
        ("python", super::PYTHON) => {
            let Some((_, rest)) = tag.split_once('-') else { return false };
            let Some((_, ours)) = profile.meaning.split_once('-') else { return false };
            let python = profile.python.as_ref().map(|python| python.version.to_string());
            let exact = tag.split_once('-').is_some_and(|(written, _)| Some(written) == python.as_deref());
            let minor = profile.meaning.split('-').next().unwrap_or_default();
            let same = |prefix: &str| tag.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
            rest == ours && (exact || same(minor) || tag.starts_with("3-") || same(minor_of(minor)))
        }
        ("debian", "debian-official") => {
            let slim = profile.meaning.ends_with("-slim");
            codename.is_some_and(|codename| {
                tag == if slim { format!("{codename}-slim") } else { codename.to_owned() }
            })
        }
        ("alpine", "alpine-official") => {
            tag == os.version || tag.strip_prefix(&*os.version).is_some_and(|rest| rest.starts_with('.'))
        }
        _ => false,
    }
}

/// `3.12` of `3.12.13`.
fn minor_of(version: &str) -> &str {
    version.match_indices('.').nth(1).map_or(version, |(at, _)| version.get(..at).unwrap_or(version))
}

fn official_python(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let named = python_tag(question, question.tag, question.as_of)?;
    let mut profile = question.start(family);
    profile.meaning = named.canonical.clone();
    take_python(question, &mut profile, &named)?;
    profile.toolchain = toolchain(family, named.variant.key());
    Ok(profile)
}

/// What a tag of the python image named, or the error for the question.
fn python_tag(question: &Question<'_>, tag: &str, as_of: Date) -> Result<python::Named, UnknownImage> {
    python::named(tag, as_of).map_err(|error| match error {
        NoTag::Unknown(why) => question.unknown_tag(why),
        NoTag::NotYet(since) => question.error(Kind::NotYet { since, as_of }),
        NoTag::Windows => question.error(Kind::Windows),
    })
}

/// The facts of a state of the python image, also for images that are built from it.
fn take_python(
    question: &Question<'_>,
    profile: &mut ImageProfile,
    named: &python::Named,
) -> Result<(), UnknownImage> {
    let table = data::python();
    let release = data::release_of_suffix(named.release).ok_or_else(|| {
        question.error(Kind::Undetermined(format!(
            "it is built on {}, whose C library is not in the catalogue",
            named.release
        )))
    })?;
    set_release(profile, release);
    let minor = format!("{}.{}", named.minor.0, named.minor.1);
    let version = version(&named.version);
    profile.python = Some(ImagePython {
        implementation: Implementation::CPython,
        abi_flags: usual_flags(Implementation::CPython, &version),
        version,
        ext_suffix: None,
        interpreter: Some(table.recipe.interpreter.replace("{minor}", &minor)),
        installed: true,
    });
    if let Some(row) = named.row.filter(|_| named.by_rule.is_none()) {
        profile.pip = Some(ImagePip { version: super::version(row.pip), verified: row.pip_verified });
        let source = table.pip_sources.get(row.pip_source).copied().unwrap_or_default();
        if !row.pip_verified {
            profile.unverified.push(format!("pip {} of Python {} ({source})", row.pip, row.python));
        }
        if let Some(setuptools) = row.setuptools {
            profile.notes.push(Note::Text(format!("setuptools {setuptools} is installed")));
        }
    }
    if let Some(rule) = &named.by_rule {
        profile.assumptions.push(Assumption::ByRule(rule.clone()));
        profile.unverified.push(format!("that the image exists: {rule}"));
    }
    if let Some(end) = table.eol.get(&*minor) {
        profile.end_of_life.push(EndOfLife::new(format!("Python {minor}"), *end, None));
        profile.sources.push(Source::new(&*table.eol_birth.source, table.eol_birth.date));
    }
    profile.dates.since = named.since;
    profile.dates.state = Some(named.built);
    profile.dates.frozen = named.frozen;
    if let Some(since) = named.frozen {
        profile.notes.push(Note::Frozen { since, superseded: named.superseded });
        if !named.superseded {
            profile.end_of_life.push(EndOfLife::new("the tag", since, None));
        }
    }
    if named.is_patch && !question.tag.contains(named.release) && profile.family == super::PYTHON {
        profile.notes.push(Note::PatchTagIsNoPin { pin: named.canonical.clone() });
    }
    profile.arches = match python::arches(named) {
        Some((_, names)) => Published::Only(names.iter().filter_map(|name| name.parse().ok()).collect()),
        None => Published::Unknown,
    };
    profile.sources.push(Source::new(&*table.patch_birth.source, table.patch_birth.date));
    profile.libraries = libraries::of_python(named, release, profile.arch);
    Ok(())
}

/// An interpreter of the distribution, which is a package away.
fn distribution_python(profile: &mut ImageProfile, row: &ReleaseRow) {
    let Some(minor) = row.system_python else { return };
    let version = version(minor);
    profile.python = Some(ImagePython {
        implementation: Implementation::CPython,
        abi_flags: usual_flags(Implementation::CPython, &version),
        version: version.clone(),
        ext_suffix: None,
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
    let flags = usual_flags(Implementation::CPython, &version);
    let tag = format!("cp{}", short.replace('.', ""));
    profile.python = Some(ImagePython {
        implementation: Implementation::CPython,
        ext_suffix: None,
        interpreter: interpreter.map(|path| {
            path.replace("{minor}", short).replace("{cp}", &tag).replace("{abi}", &format!("{tag}{flags}"))
        }),
        abi_flags: flags,
        version,
        installed: true,
    });
}

/// The release a question meant is known, and nothing else.
fn plain(question: &Question<'_>, family: &'static FamilyRow, row: &'static ReleaseRow) -> ImageProfile {
    let mut profile = question.start(family);
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, profile.arch);
    profile
}

/// The architectures of an official image of a distribution: those of its row, which hold for its date.
fn distribution_arches(profile: &mut ImageProfile, row: &ReleaseRow) {
    let Some(docker) = &row.docker_arches else {
        // Without a list of the image, what its distribution was built for is an upper bound only.
        if matches!(profile.arches, Published::Unknown) {
            let known = Arch::all().filter(|arch| row.wheel_arches.contains(&arch.machine()));
            profile.arches = Published::AtLeast(known.take(0).collect());
        }
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

/// An error if a release came out after the day.
fn must_be_out(question: &Question<'_>, row: &ReleaseRow) -> Result<(), UnknownImage> {
    match row.released {
        Some(since) if since > question.as_of => {
            Err(question.error(Kind::NotYet { since, as_of: question.as_of }))
        }
        _ => Ok(()),
    }
}

/// The day a dated tag says: `20240110` or `20240110.1`.
fn dated(text: &str) -> Option<Date> {
    let (day, serial) = text.split_once('.').map_or((text, None), |(day, serial)| (day, Some(serial)));
    if day.len() != 8 || serial.is_some_and(|serial| data::number(serial).is_none()) {
        return None;
    }
    format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?).parse().ok()
}

/// Splits `bookworm-20240110-slim` into its release, its day and its variant.
fn debian_parts(tag: &str) -> Option<(&str, Option<Date>, Option<&str>)> {
    let mut words = tag.split('-').collect::<Vec<_>>();
    // The name of the suite of Debian's release candidates has a dash of its own.
    let name = if words.starts_with(&["rc", "buggy"]) {
        words.drain(..2);
        "rc-buggy"
    } else if words.is_empty() {
        return None;
    } else {
        words.remove(0)
    };
    let day = words.first().and_then(|word| dated(word));
    if day.is_some() {
        words.remove(0);
    }
    let variant = words.first().copied();
    (words.len() <= 1).then_some((name, day, variant))
}

/// The Debian release a name meant on a day.
fn debian_release(
    question: &Question<'_>,
    name: &str,
    date: Date,
) -> Result<&'static ReleaseRow, UnknownImage> {
    let out = released("debian", date);
    let nth = |index: usize| out.get(index).copied().ok_or_else(|| question.unknown_tag(None));
    let row = match name {
        "latest" | "stable" => nth(0)?,
        "oldstable" => nth(1)?,
        "oldoldstable" => nth(2)?,
        "testing" => numbered(question, "debian", "testing")?,
        "unstable" | "experimental" | "rc-buggy" => numbered(question, "debian", "unstable")?,
        name if name.starts_with(|first: char| first.is_ascii_digit()) => {
            let mut numbers = name.split('.');
            let major = numbers.next().unwrap_or_default();
            let point = numbers.next();
            if point.is_some_and(|point| data::number(point).is_none()) || numbers.next().is_some() {
                return Err(question.unknown_tag(None));
            }
            numbered(question, "debian", major)?
        }
        name => data::releases()
            .releases
            .iter()
            .find(|row| row.distro() == "debian" && row.codename == Some(name))
            .ok_or_else(|| question.unknown_tag(None))?,
    };
    match row.released {
        Some(released) if released > date => Err(question.error(Kind::Undetermined(format!(
            "on {date} it was Debian testing, whose C library of that day is not in the catalogue; it was released \
             on {released}"
        )))),
        _ => Ok(row),
    }
}

fn debian(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (name, day, variant) = debian_parts(question.tag).ok_or_else(|| question.unknown_tag(None))?;
    if !matches!(variant, None | Some("slim" | "backports")) {
        return Err(question.unknown_tag(None));
    }
    let date = day.unwrap_or(question.as_of);
    if date > question.as_of {
        return Err(question.error(Kind::NotYet { since: date, as_of: question.as_of }));
    }
    let row = debian_release(question, name, date)?;
    let mut profile = plain(question, family, row);
    let release = row.codename.unwrap_or(row.version());
    profile.meaning = match variant {
        Some(variant) => format!("{release}-{variant}"),
        None => release.to_owned(),
    };
    if day.is_some() {
        profile.dates.state = day;
        profile.meaning = question.tag.to_owned();
    }
    if matches!(name, "latest" | "stable" | "oldstable" | "oldoldstable") {
        profile.unverified.push(format!("that `{name}` moved on the day of the release"));
    }
    distribution_arches(&mut profile, row);
    distribution_python(&mut profile, row);
    Ok(profile)
}

fn buildpack_deps(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (name, variant) = match question.tag.split_once('-') {
        Some((name, variant @ ("scm" | "curl"))) => (name, Some(variant)),
        None => match question.tag {
            variant @ ("scm" | "curl") => ("latest", Some(variant)),
            name => (name, None),
        },
        Some(_) => return Err(question.unknown_tag(None)),
    };
    let ubuntu = data::releases()
        .releases
        .iter()
        .find(|row| row.distro() == "ubuntu" && (row.codename == Some(name) || row.version() == name));
    let row = match ubuntu {
        Some(row) => {
            must_be_out(question, row)?;
            row
        }
        None => debian_release(question, name, question.as_of)?,
    };
    let mut profile = plain(question, family, row);
    let release = row.codename.unwrap_or(row.version());
    profile.meaning = variant.map_or_else(|| release.to_owned(), |variant| format!("{release}-{variant}"));
    profile.toolchain = toolchain(family, variant.unwrap_or("full"));
    if variant.is_none() {
        profile.libraries = libraries::of_buildpack(row, profile.arch);
    }
    distribution_arches(&mut profile, row);
    distribution_python(&mut profile, row);
    Ok(profile)
}

fn ubuntu(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let tag = question.tag;
    // Canonical's own registry adds a channel to the number.
    let tag =
        ["_stable", "_edge", "_beta"].iter().find_map(|channel| tag.strip_suffix(channel)).unwrap_or(tag);
    let out = released("ubuntu", question.as_of);
    let (name, day) = match tag.split_once('-') {
        Some((name, day)) => (name, Some(dated(day).ok_or_else(|| question.unknown_tag(None))?)),
        None => (tag, None),
    };
    // Every second year's April release has long-term support, and `latest` is the newest of those.
    let long_term = |row: &&&ReleaseRow| {
        data::minor(&row.version().replace(".0", "."))
            .is_some_and(|(year, month)| year % 2 == 0 && month == 4)
    };
    let row = match name {
        "latest" => out.iter().find(long_term).copied(),
        "rolling" => out.first().copied(),
        "devel" => {
            return Err(question.error(Kind::Undetermined(
                "it is the release in development, whose C library is not in the catalogue".to_owned(),
            )));
        }
        name => data::releases()
            .releases
            .iter()
            .find(|row| row.distro() == "ubuntu" && (row.version() == name || row.codename == Some(name))),
    };
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    must_be_out(question, row)?;
    if let Some(since) = day.filter(|day| *day > question.as_of) {
        return Err(question.error(Kind::NotYet { since, as_of: question.as_of }));
    }
    let mut profile = plain(question, family, row);
    profile.meaning = if day.is_some() { question.tag.to_owned() } else { row.version().to_owned() };
    profile.dates.state = day.or(profile.dates.state);
    if matches!(name, "latest" | "rolling") {
        profile.unverified.push(format!("that `{name}` moved on the day of the release"));
    }
    distribution_arches(&mut profile, row);
    distribution_python(&mut profile, row);
    Ok(profile)
}

fn alpine(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let tag = question.tag;
    let out = released("alpine", question.as_of);
    let row = match tag {
        "latest" | "3" => out.first().copied(),
        "edge" => data::release("alpine:edge"),
        tag if dated(tag).is_some() => data::release("alpine:edge"),
        tag => {
            let numbers: Vec<&str> = tag.split('.').collect();
            let plain = numbers.iter().all(|number| data::number(number).is_some());
            match (&*numbers, plain) {
                ([_, _] | [_, _, _], true) => data::release(&format!("alpine:{}", minor_of(tag))),
                _ => None,
            }
        }
    };
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    must_be_out(question, row)?;
    if let Some(since) = dated(tag).filter(|day| *day > question.as_of) {
        return Err(question.error(Kind::NotYet { since, as_of: question.as_of }));
    }
    let mut profile = plain(question, family, row);
    profile.meaning = match tag {
        "latest" | "3" => row.version().to_owned(),
        tag => tag.to_owned(),
    };
    distribution_arches(&mut profile, row);
    // riscv64 came to Alpine with 3.20; older releases have what they were built for.
    if row.docker_arches.is_none() {
        if let Published::Only(arches) = &mut profile.arches {
            arches.retain(|arch| row.wheel_arches.contains(&arch.machine()));
        }
    }
    distribution_python(&mut profile, row);
    Ok(profile)
}

fn pypy(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let unknown = || question.unknown_tag(None);
    if question.tag.contains("windowsservercore") || question.tag.contains("nanoserver") {
        return Err(question.error(Kind::Windows));
    }
    let mut words = question.tag.split('-').peekable();
    let newest = family.python_of.get("latest").copied().unwrap_or_default();
    let minor = match words.next_if(|word| word.starts_with(['2', '3'])) {
        None => {
            words.next_if_eq(&"latest");
            newest
        }
        Some("3") => newest,
        Some("2") => "2.7",
        Some(word) if data::minor(word).is_some() => word,
        Some(_) => return Err(unknown()),
    };
    let known = newest == minor
        || data::minor(minor).is_some_and(|minor| minor <= data::minor(newest).unwrap_or((0, 0)));
    if !known {
        return Err(unknown());
    }
    let own = words.next_if(|word| word.starts_with('7'));
    if own.is_some_and(|own| !own.split('.').all(|part| data::number(part).is_some())) {
        return Err(unknown());
    }
    let slim = words.next_if_eq(&"slim").is_some();
    let release = words.next();
    if words.next().is_some() {
        return Err(unknown());
    }
    // The image's plain tags moved to a new Debian on the days python's did; `latest` of python tells them.
    let release = match release {
        Some(release) => release.to_owned(),
        None => python_tag(question, "latest", question.as_of)?.release.to_owned(),
    };
    let row = data::release_of_suffix(&release).filter(|row| row.distro() == "debian").ok_or_else(unknown)?;
    must_be_out(question, row)?;
    let mut profile = question.start(family);
    set_release(&mut profile, row);
    let version = version(minor);
    profile.python = Some(ImagePython {
        implementation: Implementation::PyPy,
        ext_suffix: ext_suffix(Implementation::PyPy, &version, profile.arch, profile.libc.as_ref()),
        version,
        abi_flags: String::new(),
        interpreter: family.interpreter.map(str::to_owned),
        installed: true,
    });
    profile.meaning = {
        let own = own.map(|own| format!("-{own}")).unwrap_or_default();
        format!("{minor}{own}{}-{release}", if slim { "-slim" } else { "" })
    };
    profile.toolchain = toolchain(family, if slim { "slim" } else { "full" });
    profile.libraries = match slim {
        true => libraries::of_debian_slim(row, profile.arch),
        false => libraries::of_buildpack(row, profile.arch),
    };
    profile.unverified.push("the exact version of PyPy, and its pip".to_owned());
    profile.unverified.push("the day `latest` moved".to_owned());
    Ok(profile)
}

fn distroless(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let Some((kind, release)) = question.name.rsplit('/').next().and_then(|last| last.rsplit_once("-debian"))
    else {
        return Err(question.error(Kind::Undetermined(
            "a distroless name without a release is deprecated, and what it stands for is not documented: write the \
             release, as in `-debian13`"
                .to_owned(),
        )));
    };
    let release = format!("debian{release}");
    let mut words = question.tag.split('-').peekable();
    let debug = match words.next() {
        Some("latest" | "nonroot") => false,
        Some("debug") => {
            words.next_if_eq(&"nonroot");
            true
        }
        _ => return Err(question.unknown_tag(None)),
    };
    let arch = match words.next() {
        Some(arch) => Some(arch.parse::<Arch>().map_err(|_| question.unknown_tag(None))?),
        None => None,
    };
    if words.next().is_some() {
        return Err(question.unknown_tag(None));
    }
    let row = family.release_of.get(&*release).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    must_be_out(question, row)?;
    let mut profile = question.start(family);
    if let (None, Some(arch)) = (question.asked, arch) {
        profile.arch = arch;
    }
    set_release(&mut profile, row);
    profile.meaning = format!("{kind}-{release}");
    profile.shell = debug;
    let arches = family.arches.get(&*release);
    profile.arches = match (arch, arches) {
        (Some(arch), _) => Published::Only(vec![arch]),
        (None, Some(names)) => Published::Only(names.iter().filter_map(|name| name.parse().ok()).collect()),
        (None, None) => Published::Unknown,
    };
    if let Some(since) = family.ended.get(&*release).filter(|ended| **ended <= question.as_of) {
        profile.dates.frozen = Some(*since);
        profile.dates.state = Some(*since);
        profile.notes.push(Note::Frozen { since: *since, superseded: false });
        profile.end_of_life.push(EndOfLife::new("the tag", *since, None));
    }
    if let Some(end) = family.eol.get(&*release).and_then(|end| end.parse().ok()) {
        profile.end_of_life.push(EndOfLife::new(format!("the {kind}-{release} image"), end, None));
    }
    if kind == "static" {
        profile.libc = None;
        profile.libraries = LibrarySet::complete(&*family.source, true);
        return Ok(profile);
    }
    profile.libraries = libraries::of_distroless(kind, &release, row, profile.arch);
    if let Some(python) = family.python_of.get(&*release) {
        installed_python(&mut profile, python, family.interpreter);
        profile.notes.push(Note::NoPip);
    }
    Ok(profile)
}

fn wolfi(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let dev = match question.tag {
        "latest" => false,
        tag => tag == "dev" || tag.ends_with("-dev"),
    };
    let base = question.tag.strip_suffix("-dev").unwrap_or(question.tag);
    let row = family.release_of.get("*").and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    let mut profile = question.start(family);
    if dev {
        profile.package_manager = family
            .package_manager_of
            .get("dev")
            .map_or(PackageManager::Unknown, |name| PackageManager::of(name));
        profile.shell = true;
        profile.toolchain = Toolchain::Unknown;
    }
    set_release(&mut profile, row);
    if let Some(libc) = &mut profile.libc {
        libc.lower_bound = true;
        profile.assumptions.push(Assumption::LibcAtLeast(libc.to_string().replace(" or later", "")));
    }
    profile.libraries = libraries::of_release(row, profile.arch);
    if family.id != "chainguard-python" {
        if base != "latest" {
            return Err(question.unknown_tag(None));
        }
        return Ok(profile);
    }
    match base {
        "latest" => {
            let newest = python_tag(question, "latest", question.as_of)?;
            let minor = format!("{}.{}", newest.minor.0, newest.minor.1);
            installed_python(&mut profile, &minor, family.interpreter);
            profile.assumptions.push(Assumption::NewestPython(version(&minor)));
        }
        pinned if data::minor(minor_of(pinned)).is_some_and(|(major, _)| major == 3) => {
            installed_python(&mut profile, pinned, family.interpreter);
            profile.unverified.push("tags with a version are for customers of the publisher".to_owned());
        }
        _ => return Err(question.unknown_tag(None)),
    }
    Ok(profile)
}

/// `ubi9` of `registry.access.redhat.com/ubi9/python-312`, and the rest.
fn ubi_parts(name: &str) -> Option<(&str, &str)> {
    let at = name.find("ubi")?;
    let rest = name.get(at..)?;
    let end = rest.find(['/', '-']).unwrap_or(rest.len());
    let (release, rest) = rest.split_at_checked(end)?;
    Some((release, rest.trim_start_matches(['/', '-'])))
}

fn ubi_python(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let last = question.name.rsplit('/').next().unwrap_or_default();
    let mut words = last.split('-').skip(1);
    let number = words.next().unwrap_or_default();
    let minor = match number.split_at_checked(1) {
        Some(("3", minor)) if data::number(minor).is_some() => format!("3.{minor}"),
        _ => return Err(question.unknown_tag(None)),
    };
    let suffix = words.next();
    let key = match suffix {
        Some(stream @ ("c9s" | "c10s")) => Some(stream),
        _ => ubi_parts(question.name).map(|(release, _)| release),
    };
    let row = key.and_then(|key| family.release_of.get(key)).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    must_be_out(question, row)?;
    let mut profile = plain(question, family, row);
    profile.meaning = format!("{} {last}", row.id.replace(':', " "));
    installed_python(&mut profile, &minor, family.interpreter);
    profile.unverified.push(format!("the patch release of Python {minor}, and its pip"));
    Ok(profile)
}

fn ubi(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (release, rest) = ubi_parts(question.name).ok_or_else(|| question.unknown_tag(None))?;
    let row = family.release_of.get(release).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    must_be_out(question, row)?;
    let kind = rest.rsplit(['/', '-']).next().unwrap_or_default();
    let mut profile = question.start(family);
    if let Some(manager) = family.package_manager_of.get(kind) {
        profile.package_manager = PackageManager::of(manager);
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, profile.arch);
    profile.meaning = row.id.replace(':', " ");
    if matches!(kind, "minimal" | "micro") {
        profile.meaning = format!("{} {kind}", profile.meaning);
    }
    distribution_python(&mut profile, row);
    Ok(profile)
}

fn amazonlinux(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (name, minimal) = match question.tag.strip_suffix("-minimal") {
        Some(name) => (name, true),
        None => (question.tag, false),
    };
    let name = family.alias.get(name).copied().unwrap_or(name);
    let key = name.split('.').next().unwrap_or(name);
    let row = family.release_of.get(key).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    must_be_out(question, row)?;
    let mut profile = question.start(family);
    if let Some(manager) = family.package_manager_of.get("minimal").filter(|_| minimal) {
        profile.package_manager = PackageManager::of(manager);
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, profile.arch);
    profile.meaning = if minimal { format!("{name}-minimal") } else { name.to_owned() };
    if question.tag.starts_with("latest") {
        profile.unverified.push("since when `latest` has meant this release".to_owned());
    }
    // Python 2 is the system's tool on the older release, and no interpreter to install for.
    if row.system_python.is_some_and(|python| python.starts_with('3')) {
        distribution_python(&mut profile, row);
    }
    Ok(profile)
}

fn lambda(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (base, arch) = match question.tag.rsplit_once('-') {
        Some((base, arch @ ("x86_64" | "arm64"))) => (base, arch.parse::<Arch>().ok()),
        Some(_) => return Err(question.unknown_tag(None)),
        None => (question.tag, None),
    };
    let minor = match base {
        "latest" => family.python_of.get("latest").copied().unwrap_or_default(),
        base => {
            let short = minor_of(base);
            let build = base.strip_prefix(short).unwrap_or_default();
            let numbers = || build.split('.').skip(1);
            let dated =
                numbers().count() == 4 && numbers().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
            if !(build.is_empty() || dated) {
                return Err(question.unknown_tag(None));
            }
            short
        }
    };
    let newest = data::python().minor.last().and_then(|row| data::minor(row.python)).unwrap_or((3, 0));
    let numbers = data::minor(minor).filter(|numbers| *numbers <= newest);
    let numbers = numbers.ok_or_else(|| question.unknown_tag(None))?;
    // The base moved from Amazon Linux 2 to 2023 with one Python; the newest row at or below the version tells.
    let row = family
        .release_of
        .iter()
        .filter_map(|(from, id)| {
            Some((data::minor(from).filter(|from| *from <= numbers)?, data::release(id)?))
        })
        .max_by_key(|(from, _)| *from)
        .map(|(_, row)| row)
        .ok_or_else(|| question.unknown_tag(None))?;
    let mut profile = question.start(family);
    if let (None, Some(arch)) = (question.asked, arch) {
        profile.arch = arch;
    }
    if let Some(arch) = arch {
        profile.arches = Published::Only(vec![arch]);
    }
    if let Some(manager) = family.package_manager_of.get(row.id) {
        profile.package_manager = PackageManager::of(manager);
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, profile.arch);
    profile.meaning = minor.to_owned();
    installed_python(&mut profile, minor, family.interpreter);
    profile.unverified.push(format!("the patch release of Python {minor}, and its pip"));
    if let Some(end) = family.eol.get(minor).and_then(|end| end.parse().ok()) {
        profile.end_of_life.push(EndOfLife::new(format!("the Lambda runtime of Python {minor}"), end, None));
    }
    Ok(profile)
}

fn uv(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let unknown = || question.unknown_tag(None);
    let mut words = question.tag.split('-').peekable();
    let own = words.next_if(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    if own.is_some_and(|own| {
        let numbers: Vec<&str> = own.split('.').collect();
        !matches!(numbers.len(), 2 | 3) || !numbers.iter().all(|part| data::number(part).is_some())
    }) {
        return Err(unknown());
    }
    words.next_if_eq(&"latest");
    let minor = words.next_if(|word| word.starts_with("python")).map(|word| &word["python".len()..]);
    let release = words.next();
    let variant = words.next();
    if words.next().is_some() || minor.is_some_and(|minor| data::minor(minor).is_none()) {
        return Err(unknown());
    }
    let mut profile = question.start(family);
    profile.uv = own.map(str::to_owned);
    let Some(release) = release else {
        if minor.is_some() {
            return Err(unknown());
        }
        // Only the two programs, for COPY --from.
        profile.package_manager = PackageManager::None;
        profile.toolchain = Toolchain::Absent;
        profile.shell = false;
        profile.libraries = LibrarySet::complete(&*family.source, family.verified);
        profile.meaning = format!("{} (only the uv and uvx programs)", own.unwrap_or("latest"));
        return Ok(profile);
    };
    let slim = match variant {
        None => false,
        Some("slim") if !release.starts_with("alpine") => true,
        Some("dhi") => {
            return Err(question.error(Kind::Undetermined(
                "it is built on a hardened image whose contents are not in the catalogue".to_owned(),
            )));
        }
        Some(_) => return Err(unknown()),
    };
    let suffix = match release {
        "debian" => python_tag(question, "latest", question.as_of)?.release.to_owned(),
        "alpine" => match &family.alpine_pin {
            Some(pin) if pin.since <= question.as_of => pin.release.replace(':', ""),
            _ => python_tag(question, "alpine", question.as_of)?.release.to_owned(),
        },
        release => release.to_owned(),
    };
    let row = data::release_of_suffix(&suffix).filter(|row| matches!(row.distro(), "debian" | "alpine"));
    let row = row.ok_or_else(unknown)?;
    let short = if slim { format!("slim-{suffix}") } else { suffix.clone() };
    profile.meaning = format!("{suffix}{}", if slim { "-slim" } else { "" });
    match minor {
        Some(minor) => {
            let named = python_tag(question, &format!("{minor}-{short}"), question.as_of)?;
            profile.meaning =
                format!("python{minor}-{}, built on python:{}", profile.meaning, named.canonical);
            take_python(question, &mut profile, &named)?;
            profile.arches = family.arches.get("*").map_or(Published::Unknown, |names| {
                Published::Only(names.iter().filter_map(|name| name.parse().ok()).collect())
            });
            profile
                .unverified
                .push(format!("that the image was built on python:{} of that day", named.canonical));
        }
        None => {
            must_be_out(question, row)?;
            set_release(&mut profile, row);
            profile.libraries = match (row.distro(), slim) {
                ("debian", false) => libraries::of_buildpack(row, profile.arch),
                _ => libraries::of_release(row, profile.arch),
            };
            distribution_python(&mut profile, row);
        }
    }
    let variant = match (row.distro(), slim) {
        ("alpine", _) => Variant::Alpine,
        (_, true) => Variant::Slim,
        (_, false) => Variant::Plain,
    };
    profile.toolchain = toolchain(family, variant.key());
    let written = if slim { format!("{release}-slim") } else { release.to_owned() };
    if family.no_longer_built.contains(&&*written) && question.as_of >= family.date {
        profile
            .notes
            .push(Note::Text(format!("`{written}` tags are built no more; their last builds still resolve")));
        profile.unverified.push(format!("the state in which the `{written}` tags were frozen"));
    }
    Ok(profile)
}

fn fedora(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let out = released("fedora", question.as_of);
    let row = match question.tag {
        "latest" => out.first().copied(),
        "rawhide" => data::release("fedora:rawhide"),
        number => data::release(&format!("fedora:{number}")),
    };
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    must_be_out(question, row)?;
    let mut profile = plain(question, family, row);
    profile.meaning = row.version().to_owned();
    distribution_arches(&mut profile, row);
    distribution_python(&mut profile, row);
    Ok(profile)
}

fn enterprise_linux(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let distro = family.distro_of.get(question.name).copied().unwrap_or_default();
    let tag = question.tag.strip_prefix("stream").unwrap_or(question.tag);
    let (number, variant) =
        tag.split_once('-').map_or((tag, None), |(number, variant)| (number, Some(variant)));
    if !matches!(variant, None | Some("minimal" | "slim" | "micro" | "ubi")) || number.is_empty() {
        return Err(question.unknown_tag(None));
    }
    let row = numbered(question, distro, number.split('.').next().unwrap_or(number))?;
    must_be_out(question, row)?;
    let mut profile = question.start(family);
    if let Some(manager) = variant.and_then(|variant| family.package_manager_of.get(variant)) {
        profile.package_manager = PackageManager::of(manager);
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, profile.arch);
    distribution_python(&mut profile, row);
    Ok(profile)
}

fn suse(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let tag = question.tag;
    let last = question.name.rsplit('/').next().unwrap_or_default();
    let row = match last {
        "tumbleweed" => data::release("opensuse:tumbleweed"),
        "leap" if tag == "latest" => released("opensuse", question.as_of).first().copied(),
        "leap" => data::release(&format!("opensuse:{tag}")),
        "bci-base" => data::release(&format!("sles:{tag}")),
        _ => None,
    };
    let python = (last == "python").then_some(minor_of(tag)).filter(|minor| data::minor(minor).is_some());
    let Some(row) = row else {
        return Err(match (last, python) {
            ("python", Some(_)) => question.error(Kind::Undetermined(format!(
                "the SUSE release under it is not told by the tag; read the image with `docker://{}`",
                question.image
            ))),
            _ => question.unknown_tag(None),
        });
    };
    must_be_out(question, row)?;
    let mut profile = plain(question, family, row);
    profile.meaning = row.version().to_owned();
    Ok(profile)
}

fn azurelinux(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let mariner = question.name.contains("cbl-mariner");
    let python = question.name.ends_with("/python");
    let key = match (mariner, python) {
        (true, _) => "cbl-mariner",
        (false, true) => "3.0",
        (false, false) => question.tag,
    };
    let row = family.release_of.get(key).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    let mut profile = question.start(family);
    if question.name.contains("distroless") {
        profile.package_manager = PackageManager::None;
        profile.shell = false;
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, profile.arch);
    match (python, data::minor(minor_of(question.tag))) {
        (true, Some((3, minor))) if minor > 0 => installed_python(&mut profile, minor_of(question.tag), None),
        _ => distribution_python(&mut profile, row),
    }
    Ok(profile)
}

fn build_image(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let last = question.name.rsplit('/').next().unwrap_or_default();
    // The policy is the longest known beginning of the name, and the rest is the machine.
    let policy =
        family.release_of.keys().filter(|policy| last.starts_with(**policy)).max_by_key(|key| key.len());
    let policy = *policy.ok_or_else(|| question.unknown_tag(None))?;
    let machine = last.strip_prefix(policy).map(|rest| rest.trim_start_matches('_')).unwrap_or_default();
    let arch = match machine {
        "" => None,
        machine => Some(machine.parse::<Arch>().map_err(|_| question.unknown_tag(None))?),
    };
    let mut profile = question.start(family);
    if let (None, Some(arch)) = (question.asked, arch) {
        profile.arch = arch;
    }
    if let Some(arch) = arch {
        profile.arches = Published::Only(vec![arch]);
    }
    if let Some(manager) = family.package_manager_of.get(policy) {
        profile.package_manager = PackageManager::of(manager);
    }
    let musl = family.id == "musllinux-build";
    let number = family.release_of.get(policy).copied().unwrap_or_default();
    let libc = super::libc_of(if musl { "musl" } else { "glibc" }, number);
    profile.libc = libc.map(|libc| ImageLibc { libc, lower_bound: false, verified: family.verified });
    profile.libraries = libraries::of_libc(profile.libc.as_ref(), profile.arch);
    profile.meaning = policy.to_owned();
    Ok(profile)
}

fn scratch(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    if !question.tag.is_empty() {
        return Err(question.unknown_tag(Some("`scratch` is a reserved name and takes no tag".to_owned())));
    }
    let mut profile = question.start(family);
    profile.meaning = "scratch (empty)".to_owned();
    profile.libraries = LibrarySet::complete(&*family.source, family.verified);
    Ok(profile)
}

fn busybox(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let libc = question.tag.rsplit('-').next().unwrap_or_default();
    let version = question.tag.split('-').next().unwrap_or_default();
    let plain = version.split('.').all(|part| data::number(part).is_some());
    if !(plain || matches!(version, "latest" | "stable" | "unstable" | "glibc" | "musl" | "uclibc")) {
        return Err(question.unknown_tag(None));
    }
    if libc == "uclibc" {
        return Err(question.error(Kind::Undetermined("no wheel is built for uClibc".to_owned())));
    }
    // One static program and no loader, so that no extension module can be loaded whichever libc it was built with.
    let mut profile = question.start(family);
    profile.libraries = LibrarySet::complete(&*family.source, family.verified);
    Ok(profile)
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

fn cuda(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let words: Vec<&str> = question.tag.split('-').collect();
    let flavor = words.iter().find(|word| matches!(**word, "base" | "runtime" | "devel"));
    let (Some(flavor), Some(row)) = (flavor, words.last().and_then(|word| one_word(word))) else {
        return Err(question.unknown_tag(None));
    };
    must_be_out(question, row)?;
    let mut profile = plain(question, family, row);
    profile.toolchain = toolchain(family, flavor);
    // NVIDIA adds its own libraries to those of the distribution.
    profile.libraries =
        libraries::at_least(row, profile.arch, "NVIDIA adds libraries that are not in the catalogue");
    distribution_python(&mut profile, row);
    Ok(profile)
}

fn dhi(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (base, dev) = match question.tag.strip_suffix("-dev") {
        Some(base) => (base, true),
        None => (question.tag, false),
    };
    let python = question.name.ends_with("/python");
    let (minor, release) = match (python, base.split_once('-')) {
        (true, Some((minor, release))) => (Some(minor), one_word(release)),
        (true, None) => (Some(base), family.default_release.and_then(data::release)),
        (false, _) => (None, one_word(base).or_else(|| data::release_of_suffix(base))),
    };
    let row = release.ok_or_else(|| question.unknown_tag(None))?;
    if minor.is_some_and(|minor| !matches!(data::minor(minor_of(minor)), Some((3, _)))) {
        return Err(question.unknown_tag(None));
    }
    let mut profile = question.start(family);
    profile.shell = dev;
    profile.toolchain = toolchain(family, if dev { "dev" } else { "*" });
    if dev {
        profile.package_manager = PackageManager::Unknown;
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_libc(profile.libc.as_ref(), profile.arch);
    match minor {
        Some(minor) => installed_python(&mut profile, minor, None),
        None => distribution_python(&mut profile, row),
    }
    Ok(profile)
}

fn devcontainers(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    // `1-3.12-bookworm`: the version of the template, the Python and the release.
    let mut words: Vec<&str> = question.tag.split('-').collect();
    if matches!(words.get(1), Some(second) if second.starts_with('3')) {
        words.remove(0);
    }
    let tag = words.join("-");
    let named = python_tag(question, &tag, question.as_of)?;
    let mut profile = question.start(family);
    profile.meaning = format!("{}, built on python:{}", question.tag, named.canonical);
    let arches = profile.arches.clone();
    take_python(question, &mut profile, &named)?;
    profile.arches = arches;
    profile.libraries =
        libraries::at_least_set(profile.libraries, "the image adds packages to the one it is built on");
    Ok(profile)
}

fn bitnami(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let mut words = question.tag.split('-');
    let python = words.next().unwrap_or_default();
    let release = match (words.next(), words.next()) {
        (Some("debian"), Some(number)) => data::release(&format!("debian:{number}")),
        _ => None,
    };
    if !matches!(data::minor(minor_of(python)), Some((3, _))) {
        return Err(question.unknown_tag(None));
    }
    let Some(row) = release else {
        return Err(question.error(Kind::Undetermined(
            "the Debian release under it is not told by the tag: write it, as in `3.12-debian-12`".to_owned(),
        )));
    };
    let mut profile = plain(question, family, row);
    profile.libraries =
        libraries::at_least(row, profile.arch, "the image adds packages that are not in the catalogue");
    installed_python(&mut profile, python, None);
    Ok(profile)
}

fn ci_images(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let python = question.tag.split('-').next().unwrap_or_default();
    if !matches!(data::minor(minor_of(python)), Some((3, _))) {
        return Err(question.unknown_tag(None));
    }
    let row = family.default_release.and_then(data::release).ok_or_else(|| question.unknown_tag(None))?;
    let mut profile = plain(question, family, row);
    if let Some(libc) = &mut profile.libc {
        libc.lower_bound = true;
        libc.verified = false;
        profile.assumptions.push(Assumption::LibcAtLeast(libc.to_string().replace(" or later", "")));
    }
    profile.libraries =
        libraries::at_least(row, profile.arch, "the image adds packages that are not in the catalogue");
    installed_python(&mut profile, python, None);
    Ok(profile)
}
