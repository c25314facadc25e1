//! The catalogue, compared with the facts that it was taken from: names, targets and dates.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::path::Path;

use proptest::prelude::*;
use wheelbase::image::{
    Assumption, Catalogue, Date, ImageProfile, ImageRef, Note, Published, TargetOptions, UnknownImage,
};
use wheelbase::rules::image::findings;
use wheelbase::target::{Implementation, Libc};

use crate::messages::{Messages, assert_messages, lines};

/// `name, day, meaning, libc, Python, pip`, written by `make_names.py` from the fact files.
pub(super) const NAMES: &str = include_str!("names.tsv");

/// A day on which the tables contain the last state of everything.
pub(super) const LAST: &str = "2026-08-13";

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(super) fn look(name: &str, as_of: &str) -> Result<ImageProfile, UnknownImage> {
    let image: ImageRef = name.parse().unwrap();
    Catalogue::default().profile(&image, day(as_of), None)
}

pub(super) fn profile(name: &str, as_of: &str) -> ImageProfile {
    look(name, as_of).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn on(name: &str, as_of: &str, arch: &str) -> ImageProfile {
    let image: ImageRef = name.parse().unwrap();
    Catalogue::default().profile(&image, day(as_of), Some(arch.parse().unwrap())).unwrap()
}

/// The columns of the table for a profile.
fn columns_of(name: &str, as_of: &str, wanted: &[&str]) -> Vec<String> {
    match look(name, as_of) {
        Ok(profile) => {
            let meaning = match wanted.first().and_then(|meaning| meaning.strip_prefix('~')) {
                Some(end) if profile.meaning.ends_with(end) => format!("~{end}"),
                _ => profile.meaning.clone(),
            };
            let libc = profile
                .libc
                .as_ref()
                .map_or("-".to_owned(), |libc| libc.to_string().replace(" or later", ""));
            let python =
                profile.python.as_ref().map_or("-".to_owned(), |python| python.python.version.to_string());
            let pip = profile.pip.as_ref().map_or("-".to_owned(), |pip| pip.version.to_string());
            vec![meaning, libc, python, pip]
        }
        Err(error) if error.is_undetermined() => vec!["!undetermined".to_owned()],
        Err(error) => match error.published_since() {
            Some(since) => vec![format!("!not-yet {since}")],
            None if error.is_for_windows() => vec!["!windows".to_owned()],
            None => vec!["!unknown".to_owned()],
        },
    }
}

/// data/images/python.json and families.json, compared with base_images.json as read by another program.
#[test]
fn all_names_of_the_table_have_the_recorded_meaning() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in NAMES.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, as_of, wanted @ ..] = &*columns else { panic!("a line without name and day: {line}") };
        count += 1;
        let got = columns_of(name, as_of, wanted);
        if got != wanted {
            wrong.push(format!("{name} on {as_of}\n  facts {wanted:?}\n  we    {got:?}"));
        }
    }
    assert!(count >= 150, "{count} rows");
    assert!(wrong.is_empty(), "{} of {count} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn names_of_the_study_and_of_everyday_files_are_known() {
    for name in [
        "python:3.12",
        "python:3.12-slim",
        "python:3.12-alpine",
        "python:3.12.11-slim",
        "python:3.10-slim",
        "python:3.12-slim-bookworm",
        "python:3.12-alpine3.20",
        "python:3.12.13",
        "python",
        "python:latest",
        "python:slim",
        "python:alpine",
        "python:3",
        "python:3-slim",
        "python:3.14",
        "pypy:3.11",
        "pypy:3.10-slim-bookworm",
        "pypy",
        "debian:trixie",
        "debian:trixie-slim",
        "debian:bookworm-slim",
        "ubuntu:22.04",
        "ubuntu:24.04",
        "ubuntu",
        "alpine:3.20",
        "alpine",
        "alpine:edge",
        "docker.io/python:3.12",
        "docker.io/library/python:3.12",
        "index.docker.io/library/python:3.12",
        "public.ecr.aws/docker/library/python:3.12",
        "mirror.gcr.io/library/python:3.12",
        "gcr.io/distroless/python3-debian12",
        "gcr.io/distroless/python3-debian13",
        "gcr.io/distroless/static-debian12",
        "gcr.io/distroless/cc-debian12:nonroot",
        "ghcr.io/astral-sh/uv:python3.12-trixie-slim",
        "ghcr.io/astral-sh/uv:0.12",
        "ghcr.io/astral-sh/uv:latest",
        "public.ecr.aws/lambda/python:3.12",
        "registry.access.redhat.com/ubi9/python-312",
        "registry.access.redhat.com/ubi9/ubi",
        "registry.access.redhat.com/ubi9",
        "amazonlinux:2023",
        "cgr.dev/chainguard/python:latest",
        "cgr.dev/chainguard/python:latest-dev",
        "quay.io/pypa/manylinux_2_28_x86_64",
        "quay.io/pypa/manylinux2014_x86_64",
        "quay.io/pypa/musllinux_1_2_x86_64",
        "scratch",
        "fedora",
        "almalinux:9",
        "buildpack-deps:bookworm",
        "busybox",
        "busybox:musl",
        "opensuse/leap:15.6",
        "cimg/python:3.12",
        "mcr.microsoft.com/devcontainers/python:3.12",
        "dhi.io/python:3.13",
    ] {
        for as_of in [LAST, "2026-11-21"] {
            if let Err(error) = look(name, as_of) {
                panic!("{name} on {as_of}: {error}");
            }
        }
    }
}

#[test]
fn images_have_a_target() {
    let profile = profile("python:3.12-slim", LAST);
    let target = profile.target(&TargetOptions::default()).unwrap();
    assert_eq!((&*target.machine, target.bits), ("x86_64", 64));
    assert_eq!(target.libc, Libc::Glibc(2, 41));
    assert_eq!(target.python.version.to_string(), "3.12.14");
    assert_eq!(target.installer.to_string(), "pip 25.0.1");
    let old = self::profile("python:3.7-slim", LAST).target(&TargetOptions::default()).unwrap();
    assert_eq!(old.python.abi_flags, "m");
    let pypy = self::profile("pypy:3.11-slim", LAST).target(&TargetOptions::default()).unwrap();
    assert_eq!(pypy.python.implementation, Implementation::PyPy);
    let arm = on("python:3.12-alpine", LAST, "linux/arm/v7").target(&TargetOptions::default()).unwrap();
    assert_eq!((&*arm.machine, arm.bits, arm.libc), ("armv7l", 32, Libc::Musl(1, 2, Some(6))));
}

#[test]
fn options_come_before_the_image() {
    let mut options = TargetOptions::default();
    options.python = Some("3.14t".parse().unwrap());
    options.installer = Some("uv==0.13.8".parse().unwrap());
    let target = profile("python:3.12-slim", LAST).target(&options).unwrap();
    assert!(target.python.is_free_threaded());
    assert_eq!(target.installer.to_string(), "uv 0.13.8");
}

#[test]
fn images_without_interpreter_require_an_option() {
    let mut options = TargetOptions::default();
    let mut messages = Messages::default();
    for name in
        ["scratch", "gcr.io/distroless/base-debian12", "quay.io/pypa/manylinux_2_28_x86_64", "alpine:3.24"]
    {
        messages.add(name, profile(name, LAST).target(&options).unwrap_err());
    }
    assert_messages!(messages);
    options.python = Some("3.12".parse().unwrap());
    let empty = profile("scratch", LAST).target(&options).unwrap();
    assert_eq!(empty.libc, Libc::Static);
    // The Python of a distribution is used, and the assumption is reported.
    let debian = profile("debian:trixie-slim", LAST);
    assert_eq!(debian.target(&TargetOptions::default()).unwrap().python.version.to_string(), "3.13");
    assert!(
        debian.assumptions.iter().any(|assumption| matches!(assumption, Assumption::DistributionPython(_)))
    );
}

/// No size of the full image of 3.12 is recorded. The most similar image with a size to download is not the most similar
/// one with a size on disk. For 3.14 both are images of another patch release.
#[test]
fn sizes_are_those_of_the_most_similar_images() {
    let full = profile("python:3.12", LAST);
    let (packed, unpacked) = (full.packed_size().unwrap(), full.unpacked_size().unwrap());
    assert_eq!((packed.value, packed.read_from.image.as_str()), (414_723_623, "python:3.14.6-trixie (full)"));
    assert_eq!(
        (unpacked.value, unpacked.read_from.image.as_str()),
        ("1.11 GB", "python:3.13.14-trixie (full)")
    );
    assert!(!packed.own && !unpacked.own);
    // The most similar image is used for each size: the size on disk is that of 3.12 itself.
    let alpine = profile("python:3.12-alpine", LAST);
    assert_eq!(alpine.unpacked_size().unwrap().read_from.image, "python:3.12.14-alpine3.24");
    assert!(alpine.unpacked_size().unwrap().own && !alpine.packed_size().unwrap().own);
    // Sizes of another release, another variant or another architecture are not used.
    for (image, arch) in
        [("python:3.12-bookworm", "amd64"), ("python:3.12-alpine", "arm64"), ("ubuntu:24.04", "amd64")]
    {
        assert!(on(image, LAST, arch).packed_size().is_none(), "{image} {arch}");
    }
}

#[test]
fn assumptions_are_reported_in_one_line() {
    let mut messages = Messages::default();
    for (name, as_of) in [
        ("python:3.12-slim", LAST),
        ("python:3.12-slim", "2025-08-11"),
        ("python:3.12-alpine", LAST),
        ("python", LAST),
        ("debian:12", LAST),
    ] {
        let summary = profile(name, as_of).summary();
        assert_eq!(summary.lines().count(), 1, "{summary}");
        messages.add(format_args!("{name} on {as_of}"), summary);
    }
    assert_messages!(messages);
}

#[test]
fn assumptions_are_listed() {
    let plain = profile("python:3.12-slim", "2026-11-21");
    assert!(plain.assumptions.contains(&Assumption::LastState(day("2026-08-13"))));
    assert!(plain.assumptions.iter().any(|assumption| matches!(assumption, Assumption::Arch(_))));
    let exact = on("python:3.12-slim-trixie", LAST, "amd64");
    assert_eq!(exact.assumptions, []);
    let mirror = profile("harbor.corp/proxy/library/python:3.12-slim", LAST);
    assert!(mirror.assumptions.contains(&Assumption::Mirror("python".to_owned())));
    assert_messages!(lines(&mirror.unverified));
    let no_pip = profile("gcr.io/distroless/python3-debian13", LAST);
    assert!(no_pip.assumptions.iter().any(|assumption| matches!(assumption, Assumption::NewestPip(_))));
    assert_eq!(no_pip.pip, None);
    assert_eq!(no_pip.installer().to_string(), "pip 26.2.1");
}

#[test]
fn patch_tags_do_not_pin_the_release_but_tags_with_a_release_do() {
    let no_pin = |name: &str| {
        profile(name, LAST).notes.iter().any(|note| matches!(note, Note::PatchTagIsNoPin { .. }))
    };
    assert!(no_pin("python:3.12.14-slim"));
    assert!(no_pin("python:3.12.11"));
    assert!(!no_pin("python:3.12.14-slim-trixie"));
    assert!(!no_pin("python:3.12-slim"));
}

#[test]
fn tags_are_used_and_digests_are_noted() {
    let digest = format!("sha256:{}", "0a".repeat(32));
    let profile = profile(&format!("python:3.12-slim@{digest}"), LAST);
    assert_eq!(profile.meaning, "3.12-slim-trixie");
    assert_eq!(profile.notes.first(), Some(&Note::Digest(digest)));
}

#[test]
fn an_ended_tag_keeps_its_last_state() {
    let ended = profile("python:3.8-slim", LAST);
    assert_eq!(ended.dates.frozen, Some(day("2024-10-07")));
    assert!(ended.notes.iter().any(|note| matches!(note, Note::Frozen { superseded: false, .. })));
    let alive = profile("python:3.8-slim", "2024-10-06");
    assert_eq!((alive.meaning, alive.dates.frozen), (ended.meaning, None));
}

#[test]
fn releases_after_the_last_state_follow_a_rule_and_are_not_verified() {
    let next = profile("python:3.14.8-slim", "2026-11-21");
    assert_eq!(next.meaning, "3.14.8-slim-trixie");
    assert_messages!(lines(&next.unverified));
    // On the last day of the tables no newer release is published.
    assert!(look("python:3.14.8-slim", LAST).is_err());
    assert!(look("python:3.14.20-slim", "2026-11-21").is_err());
    assert!(look("python:3.15-slim", LAST).is_err());
    assert_eq!(profile("python:3.15-slim", "2026-11-21").meaning, "3.15-slim-trixie");
    assert!(look("python:3.16-slim", "2026-11-21").is_err());
    assert_eq!(profile("python:3.13.0rc1-slim", "2024-09-01").meaning, "3.13.0rc1-slim-bookworm");
    assert_eq!(profile("python:3.15.0b4-alpine3.23", LAST).meaning, "3.15.0b4-alpine3.23");
}

/// Every day of every tag: the state is not newer than the day, and a later day never has an older patch release.
#[test]
fn dates_are_in_order() {
    let days: Vec<String> =
        (2019..=2026).flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}-11"))).collect();
    for tag in [
        "latest",
        "slim",
        "alpine",
        "3.9-slim",
        "3.12",
        "3.12-slim-bookworm",
        "3.11.4-slim",
        "3.10-alpine3.18",
    ] {
        let mut newest = None;
        for as_of in &days {
            let Ok(profile) = look(&format!("python:{tag}"), as_of) else { continue };
            let dates = profile.dates;
            assert!(dates.since.is_none_or(|since| since <= day(as_of)), "{tag} {as_of} {dates:?}");
            assert!(dates.frozen.is_none_or(|frozen| frozen <= day(as_of)), "{tag} {as_of} {dates:?}");
            assert!(dates.state.is_some_and(|state| state <= day(as_of)), "{tag} {as_of} {dates:?}");
            let version = profile.python.unwrap().python.version;
            assert!(newest.as_ref().is_none_or(|newest| *newest <= version), "{tag} {as_of}");
            newest = Some(version);
        }
        assert!(newest.is_some(), "{tag}");
    }
}

proptest! {
    #[test]
    fn names_and_days_never_panic(
        name in "(python|pypy|debian|ubuntu|alpine|ghcr.io/astral-sh/uv|public.ecr.aws/lambda/python|busybox|\
                  gcr.io/distroless/(python3|base)-debian1[1-4]|quay.io/pypa/(manylinux|musllinux)[a-z0-9_]{0,12}|\
                  amazonlinux|registry.access.redhat.com/ubi[0-9]{1,2}/python-3[0-9]{0,2}|nvidia/cuda|dhi.io/python)",
        words in prop::collection::vec(
            "(3|3\\.[0-9]{1,2}|3\\.[0-9]{1,2}\\.[0-9]{1,3}|3\\.1[0-9]\\.0(a|b|rc)[0-9]|slim|alpine|alpine3\\.[0-9]{1,2}|\
              bookworm|trixie|latest|python3\\.[0-9]{1,2}|rc|20[0-9]{6}|[0-9]{0,12}|[a-z.]{0,6}|arm64|debug|é)",
            0..5,
        ),
        year in 2014i16..2040, month in 1i8..=12, date in 1i8..=28,
    ) {
        let tag = words.join("-");
        let text = if tag.is_empty() { name } else { format!("{name}:{tag}") };
        if let Ok(image) = text.parse::<ImageRef>() {
            prop_assert_eq!(image.to_string(), text);
            let as_of = Date::new(year, month, date).unwrap();
            match Catalogue::default().profile(&image, as_of, None) {
                Ok(profile) => {
                    let _ = profile.text(80, true);
                    let _ = findings(&profile);
                    let json = profile.to_json().to_string();
                    prop_assert!(ImageProfile::from_json(&json, "image.json").is_ok());
                    prop_assert!(!matches!(&profile.arches, Published::Only(arches) if arches.is_empty()));
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn references_never_panic(text in "\\PC{0,40}") {
        let _ = text.parse::<ImageRef>();
        let _ = text.parse::<Date>();
        let _ = ImageProfile::from_json(&text, "image.json");
    }
}

/// The names of images in a document: the words after `FROM`, `--on` and `wheelbase image`.
fn named_images(text: &str) -> Vec<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".:/_-".contains(c);
    let mut found = Vec::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.windows(2) {
        let [before, word] = pair else { continue };
        let before = before.trim_start_matches(['`', '$', '(']);
        let word = word.trim_end_matches(['`', ',', '.', ')', ';', '"', '|']);
        let image = !word.ends_with(':') && (word.contains(':') || word.contains('/'));
        if matches!(before, "FROM" | "--on" | "image") && image && word.chars().all(plain) {
            found.push(word.to_owned());
        }
    }
    found
}

// The catalogue contains every image that README, docs and the examples name. Exceptions are other forms of targets,
// images that are read, and a user's own images.
#[test]
fn names_in_documents_and_examples_are_known() {
    let root = Path::new(root!());
    let mut texts = vec![("README.md".to_owned(), std::fs::read_to_string(root.join("README.md")).unwrap())];
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    }
    let mut open = vec![root.join("examples")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("Dockerfile")) {
                texts.push((path.display().to_string(), std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    let not_by_name = [
        "glibc:",
        "musl:",
        "dir:",
        "oci:",
        "oci-archive:",
        "docker-archive:",
        "docker:",
        "./",
        "registry.corp/",
    ];
    let mut count = 0;
    for (file, text) in &texts {
        for name in named_images(text) {
            if not_by_name.iter().any(|prefix| name.starts_with(prefix)) || name.contains("//") {
                continue;
            }
            count += 1;
            assert!(look(&name, "2026-11-21").is_ok(), "{file}: {name}: {:?}", look(&name, "2026-11-21"));
        }
    }
    assert!(count >= 8, "{count} names in {} files", texts.len());
}

#[test]
fn point_releases_that_the_tables_do_not_list_are_doubted() {
    let mut doubts = Messages::default();
    for name in ["debian:13.9", "alpine:3.24.9", "alpine:3.24"] {
        doubts.add_all(name, profile(name, LAST).unverified);
    }
    assert_messages!(doubts);
}

#[test]
fn first_release_of_the_next_minor_follows_the_rule_of_its_minor() {
    for name in ["python:3.15-slim", "python:3.15.0", "python:3.15.0-slim-trixie"] {
        assert!(look(name, "2026-11-21").is_ok(), "{name}: {:?}", look(name, "2026-11-21"));
    }
    assert!(look("python:3.15.7", "2026-11-21").is_err());
}
