//! The catalogue against the facts it was taken from.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

use std::path::Path;

use std::collections::BTreeSet;

use proptest::prelude::*;
use wheelbase::findings::Finding;
use wheelbase::image::{
    Assumption, Catalogue, CompilerPresence, Date, Defined, ImageProfile, ImageRef, Note, PackageManager,
    Presence, Published, SonamePackage, TargetOptions, UnknownImage, install_line, package_of, sonames_of,
};
use wheelbase::rules::image::findings;
use wheelbase::target::{Implementation, Libc};

use crate::messages::{Messages, assert_messages, lines};

/// `name, day, meaning, libc, Python, pip`, written by `make_names.py` from the fact files.
const NAMES: &str = include_str!("names.tsv");

/// A day on which the tables hold the last state of everything.
const LAST: &str = "2026-08-13";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn look(name: &str, as_of: &str) -> Result<ImageProfile, UnknownImage> {
    let image: ImageRef = name.parse().unwrap();
    Catalogue::default().profile(&image, day(as_of), None)
}

fn profile(name: &str, as_of: &str) -> ImageProfile {
    look(name, as_of).unwrap_or_else(|error| panic!("{error}"))
}

fn on(name: &str, as_of: &str, arch: &str) -> ImageProfile {
    let image: ImageRef = name.parse().unwrap();
    Catalogue::default().profile(&image, day(as_of), Some(arch.parse().unwrap())).unwrap()
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code().name()).collect()
}

fn facts(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// What the table's columns say of a profile, in their words.
fn told(name: &str, as_of: &str, wanted: &[&str]) -> Vec<String> {
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
            None if error.to_string().contains("Windows") => vec!["!windows".to_owned()],
            None => vec!["!unknown".to_owned()],
        },
    }
}

/// data/images/python.json and families.json, against base_images.json read by another program.
#[test]
fn all_names_of_the_table_have_the_recorded_meaning() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in NAMES.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, as_of, wanted @ ..] = &*columns else { panic!("a line without name and day: {line}") };
        count += 1;
        let got = told(name, as_of, wanted);
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
    // A distribution that packages a Python offers that one, and says so.
    let debian = profile("debian:trixie-slim", LAST);
    assert_eq!(debian.target(&TargetOptions::default()).unwrap().python.version.to_string(), "3.13");
    assert!(
        debian.assumptions.iter().any(|assumption| matches!(assumption, Assumption::DistributionPython(_)))
    );
}

/// No size of the full image of 3.12 is on record. The nearest that tells the size to download is another image than the
/// nearest that tells the size on disk; of 3.14 the nearest are images of another patch release.
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
    // Nearer is better, for either measure: the size on disk is that of 3.12 itself.
    let alpine = profile("python:3.12-alpine", LAST);
    assert_eq!(alpine.unpacked_size().unwrap().read_from.image, "python:3.12.14-alpine3.24");
    assert!(alpine.unpacked_size().unwrap().own && !alpine.packed_size().unwrap().own);
    // Another release, another variant and another architecture tell nothing.
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
fn releases_after_the_last_state_go_by_rule_and_are_not_verified() {
    let next = profile("python:3.14.8-slim", "2026-11-21");
    assert_eq!(next.meaning, "3.14.8-slim-trixie");
    assert_messages!(lines(&next.unverified));
    // On the last day of the tables nothing newer can have been published.
    assert!(look("python:3.14.8-slim", LAST).is_err());
    assert!(look("python:3.14.20-slim", "2026-11-21").is_err());
    assert!(look("python:3.15-slim", LAST).is_err());
    assert_eq!(profile("python:3.15-slim", "2026-11-21").meaning, "3.15-slim-trixie");
    assert!(look("python:3.16-slim", "2026-11-21").is_err());
    assert_eq!(profile("python:3.13.0rc1-slim", "2024-09-01").meaning, "3.13.0rc1-slim-bookworm");
    assert_eq!(profile("python:3.15.0b4-alpine3.23", LAST).meaning, "3.15.0b4-alpine3.23");
}

/// docker-library/python: the distribution's expat until 2024-10-18, a bundled one since.
#[test]
fn expat_is_present_until_its_last_day() {
    let has = |name: &str, as_of: &str| {
        matches!(profile(name, as_of).libraries.find("libexpat.so.1"), Presence::Present(_))
    };
    assert!(has("python:3.12-slim-bookworm", "2024-10-17"));
    assert!(!has("python:3.12-slim-bookworm", "2024-10-18"));
    assert!(has("python:3.12-slim-bullseye", "2024-01-01"));
    assert!(!has("python:3.12-slim-bullseye", LAST));
    assert!(has("python:3.8-slim", LAST), "frozen before the day");
    assert!(has("python:3.12", LAST), "the full image has the development package");
    assert!(has("python:3.11.1-alpine3.17", LAST));
}

#[test]
fn libc_only_bases_differ_from_slim_ones() {
    let slim = profile("python:3.12-slim", LAST).libraries;
    let base = profile("gcr.io/distroless/base-debian12", LAST).libraries;
    for soname in ["libstdc++.so.6", "libgcc_s.so.1"] {
        assert!(matches!(slim.find(soname), Presence::Present(_)), "{soname}");
        assert_eq!(base.find(soname), Presence::Absent, "{soname}");
    }
    let alpine = profile("python:3.12-alpine", LAST).libraries;
    assert_eq!(alpine.find("libstdc++.so.6"), Presence::Absent);
    assert_eq!(slim.find("libGL.so.1"), Presence::Absent);
    let full = profile("python:3.12", LAST).libraries;
    assert!(matches!(full.find("libX11.so.6"), Presence::Present(_)));
    assert_eq!(full.find("libGL.so.1"), Presence::Absent);
    let nothing = profile("gcr.io/distroless/static-debian12", LAST);
    assert_eq!((nothing.libc, nothing.libraries.find("libc.so.6")), (None, Presence::Absent));
}

#[test]
fn an_unread_set_is_unknown_and_not_empty() {
    let ubi = profile("registry.access.redhat.com/ubi9/python-312", LAST).libraries;
    assert!(ubi.gap().is_some());
    assert!(matches!(ubi.find("libc.so.6"), Presence::Present(_)));
    assert!(matches!(ubi.find("libGL.so.1"), Presence::Unknown(_)));
    // Every Alpine image lacks the C++ library, also those that nobody has read.
    let alpine = profile("python:3.12-alpine3.20", LAST).libraries;
    assert_eq!(alpine.find("libstdc++.so.6"), Presence::Absent);
    assert!(matches!(alpine.find("libffi.so.8"), Presence::Unknown(_)));
    // 3.13 lies between 3.12 and 3.14: what only one of them has is in doubt.
    let between = profile("python:3.13-alpine3.24", LAST).libraries;
    assert!(matches!(between.find("libzstd.so.1"), Presence::Unknown(_)));
    assert!(matches!(between.find("libffi.so.8"), Presence::Present(_)));
    assert_eq!(between.find("libGL.so.1"), Presence::Absent);
}

#[test]
fn version_nodes_are_those_of_the_release() {
    let defines = |name: &str, soname: &str, node: &str| match profile(name, LAST).libraries.find(soname) {
        Presence::Present(library) => library.nodes.defines(node),
        other => panic!("{name} {soname}: {other:?}"),
    };
    assert_eq!(defines("python:3.12-slim-bookworm", "libc.so.6", "GLIBC_2.36"), Defined::Yes);
    assert_eq!(
        defines("python:3.12-slim-bookworm", "libc.so.6", "GLIBC_2.38"),
        Defined::No(Some("GLIBC_2.36".to_owned()))
    );
    assert_eq!(defines("python:3.12-slim-bookworm", "libm.so.6", "GLIBC_2.35"), Defined::Yes);
    assert_eq!(defines("python:3.12-slim-bookworm", "libstdc++.so.6", "GLIBCXX_3.4.30"), Defined::Yes);
    assert!(matches!(
        defines("python:3.12-slim-bookworm", "libstdc++.so.6", "GLIBCXX_3.4.31"),
        Defined::No(_)
    ));
    assert_eq!(defines("python:3.12-slim-bookworm", "libstdc++.so.6", "CXXABI_1.3.13"), Defined::Yes);
    assert_eq!(defines("python:3.12-slim-bookworm", "libc.so.6", "GLIBC_ABI_DT_RELR"), Defined::Yes);
    assert!(matches!(defines("python:3.12-slim-bullseye", "libc.so.6", "GLIBC_2.32"), Defined::No(_)));
    assert!(matches!(defines("ubuntu:22.04", "libc.so.6", "GLIBC_2.36"), Defined::No(_)));
}

#[test]
fn another_architecture_has_its_own_loader() {
    let arm = on("python:3.12-slim", LAST, "arm64").libraries;
    assert!(matches!(arm.find("ld-linux-aarch64.so.1"), Presence::Present(_)));
    assert_eq!(arm.find("ld-linux-x86-64.so.2"), Presence::Absent);
    assert!(matches!(arm.find("libmvec.so.1"), Presence::Unknown(_)));
    assert!(!arm.verified());
    let musl = on("python:3.12-alpine", LAST, "aarch64").libraries;
    assert!(matches!(musl.find("libc.musl-aarch64.so.1"), Presence::Present(_)));
    assert_eq!(musl.find("libc.musl-x86_64.so.1"), Presence::Absent);
}

/// image_sonames.json: the same SONAMEs for the image each variant is listed with.
#[test]
fn sets_of_libraries_are_those_of_the_facts() {
    let facts = facts(include_str!("../oracle/image_sonames.json"));
    let mut compared = 0;
    for variant in facts["variants"].as_array().unwrap() {
        let id = variant["id"].as_str().unwrap();
        let (image, as_of) = match id {
            "python-slim-bookworm-le312-before-2024-10" => ("python:3.12-slim-bookworm", "2024-06-01"),
            // 3.8, which the facts list first, was built last before the expat of the distribution went.
            "python-slim-bookworm-le312" => ("python:3.12-slim-bookworm", LAST),
            "python-slim-bookworm-ge313" => ("python:3.14-slim-bookworm", LAST),
            "python-slim-bullseye" => ("python:3.12-slim-bullseye", "2024-06-01"),
            "python-full-bullseye" => ("python:3.12-bullseye", "2025-01-01"),
            "python-full-bookworm" => ("python:3.12-bookworm", LAST),
            "python-full-trixie" => ("python:3.12", LAST),
            "python-slim-trixie" => ("python:3.14-slim", LAST),
            "python-alpine3.24-ge314" => ("python:3.14-alpine", LAST),
            "python-alpine3.17" => ("python:3.11.1-alpine3.17", LAST),
            _ => (variant["images"][0].as_str().unwrap(), LAST),
        };
        let profile = profile(image, as_of);
        let ours: BTreeSet<&str> = profile.libraries.iter().map(|library| &*library.soname).collect();
        let mut theirs: BTreeSet<String> = variant["sonames"]
            .as_array()
            .unwrap()
            .iter()
            .map(|soname| soname.as_str().unwrap().to_owned())
            .collect();
        // The facts leave out the interpreter's own library, and say so.
        if let (true, Some(python)) = (image.starts_with("python:"), &profile.python) {
            let (major, minor) = python.python.language_version();
            theirs.insert(format!("libpython{major}.{minor}.so.1.0"));
            theirs.insert("libpython3.so".to_owned());
        }
        let theirs: BTreeSet<&str> = theirs.iter().map(String::as_str).collect();
        assert_eq!(ours, theirs, "{id} as {image} on {as_of}");
        assert_eq!(profile.libraries.gap(), None, "{id}");
        compared += 1;
    }
    assert!(compared >= 26, "{compared}");
}

/// soname_packages.json: Debian's Contents indexes.
#[test]
fn packages_are_those_of_the_index() {
    let facts = facts(include_str!("../oracle/soname_packages.json"));
    let mut compared = 0;
    for (soname, row) in facts["sonames"].as_object().unwrap() {
        for (release, column) in [("debian:12", "bookworm"), ("debian:13", "trixie")] {
            let known: Vec<&str> =
                row[column].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            match package_of(release, soname) {
                SonamePackage::Package { name, verified, .. } => {
                    assert!(verified);
                    assert!(known.contains(&&*name) || known.is_empty(), "{soname} on {release}: {name}");
                    assert!(sonames_of(release, &name).contains(&&**soname));
                }
                SonamePackage::None => assert!(known.is_empty(), "{soname} on {release}"),
                SonamePackage::Unknown => panic!("{soname} on {release} is in the facts"),
            }
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn an_install_line_has_the_names_of_its_release() {
    let sonames = ["libGL.so.1", "libglib-2.0.so.0", "libgomp.so.1"];
    let line = |name: &str| profile(name, LAST).install_line(sonames).command.unwrap();
    let apt = "apt-get update && apt-get install -y --no-install-recommends";
    assert_eq!(line("python:3.12-slim-trixie"), format!("{apt} libgl1 libglib2.0-0t64 libgomp1"));
    assert_eq!(line("python:3.12-slim-bookworm"), format!("{apt} libgl1 libglib2.0-0 libgomp1"));
    assert_eq!(line("python:3.12-alpine"), "apk add --no-cache mesa-gl glib libgomp");
    assert_eq!(
        line("registry.access.redhat.com/ubi9/python-312-minimal"),
        "microdnf install -y 'libGL.so.1()(64bit)' 'libglib-2.0.so.0()(64bit)' 'libgomp.so.1()(64bit)'"
    );
    // No package of trixie brings this SONAME (it is libaio.so.1t64 there), and distroless installs nothing.
    let none = profile("python:3.12-slim-trixie", LAST).install_line(["libaio.so.1"]);
    assert_eq!((none.command, none.not_packaged), (None, vec!["libaio.so.1".to_owned()]));
    let distroless = profile("gcr.io/distroless/python3-debian13", LAST).install_line(sonames);
    assert_eq!((distroless.command, distroless.unknown.len()), (None, 3));
    // Ubuntu's names are inferred from Debian's.
    let ubuntu = profile("ubuntu:24.04", LAST).install_line(["libglib-2.0.so.0"]);
    assert_eq!((ubuntu.packages, ubuntu.verified), (vec!["libglib2.0-0t64".to_owned()], false));
    let unlisted = install_line("alpine:3.22", PackageManager::Apk, 64, ["libnowhere.so.9"]);
    // A name that no package may have is none to install.
    assert_eq!((unlisted.command, unlisted.unknown), (None, vec!["libnowhere.so.9".to_owned()]));
}

#[test]
fn only_full_images_have_a_compiler() {
    assert_eq!(profile("python:3.12", LAST).toolchain, CompilerPresence::Present);
    assert_eq!(profile("python:3.12-slim", LAST).toolchain, CompilerPresence::Absent);
    assert_eq!(profile("python:3.12-alpine", LAST).toolchain, CompilerPresence::Absent);
    assert_eq!(
        profile("registry.access.redhat.com/ubi9/python-312", LAST).toolchain,
        CompilerPresence::Present
    );
    assert_eq!(
        profile("registry.access.redhat.com/ubi9/python-312-minimal", LAST).toolchain,
        CompilerPresence::Absent
    );
    assert_eq!(profile("quay.io/pypa/manylinux_2_28_x86_64", LAST).toolchain, CompilerPresence::Present);
}

#[test]
fn apk_does_not_mean_musl() {
    let wolfi = profile("cgr.dev/chainguard/python:latest-dev", LAST);
    assert_eq!(wolfi.package_manager, PackageManager::Apk);
    let libc = wolfi.libc.as_ref().unwrap();
    assert!(libc.lower_bound && matches!(libc.libc, Libc::Glibc(..)), "{libc}");
    assert!(!wolfi.unverified.is_empty());
}

/// Images lose architectures when their release passes to long-term support: bookworm on 2026-08-04.
#[test]
fn arch_not_published_fires_for_an_architecture_that_was_dropped() {
    let dropped = on("python:3.12-slim-bookworm", "2026-08-04", "s390x");
    assert!(codes(&findings(&dropped)).contains(&"arch-not-published"));
    let message = &findings(&dropped)[0];
    assert_messages!(format!("{}\nhelp: {}", message.message(), message.help().unwrap()));
    for (name, arch) in [
        ("python:3.12-alpine", "arm/v5"),
        ("python:3.12-slim", "arm32v6"),
        ("public.ecr.aws/lambda/python:3.12", "s390x"),
        ("gcr.io/distroless/python3-debian13", "ppc64le"),
        ("quay.io/pypa/manylinux_2_28_x86_64", "arm64"),
        ("arm64v8/python:3.12-slim", "loong64"),
        ("python:3.11-alpine3.20", "loongarch64"),
    ] {
        assert!(codes(&findings(&on(name, LAST, arch))).contains(&"arch-not-published"), "{name} {arch}");
    }
}

#[test]
fn arch_not_published_is_silent_for_what_is_published_or_not_known() {
    for (name, as_of, arch) in [
        ("python:3.12-slim-bookworm", "2026-08-03", "s390x"),
        ("python:3.12-slim-trixie", LAST, "riscv64"),
        ("python:3.12-alpine", LAST, "arm/v6"),
        ("python:3.12-alpine3.20", "2024-06-01", "riscv64"),
        // No list of this tag's architectures is in the data.
        ("python:3.8-slim", LAST, "s390x"),
        // A recalled list is no ground for a refusal.
        ("cgr.dev/chainguard/python", LAST, "s390x"),
    ] {
        assert!(
            !codes(&findings(&on(name, as_of, arch))).contains(&"arch-not-published"),
            "{name} {as_of} {arch}"
        );
    }
    // riscv64 came, went and came back.
    assert!(
        codes(&findings(&on("python:3.12-alpine3.20", "2024-08-01", "riscv64")))
            .contains(&"arch-not-published")
    );
}

#[test]
fn image_end_of_life_fires_for_python_for_the_release_and_for_the_tag() {
    let mut messages = Messages::default();
    for (name, as_of) in [
        ("python:3.10-slim", "2026-11-01"),
        ("python:3.12-slim-bookworm", "2026-07-12"),
        ("python:3.8-slim", "2024-10-08"),
        ("alpine:3.17", LAST),
        ("gcr.io/distroless/python3-debian12", "2026-05-13"),
        ("python:3.12-alpine3.20", "2025-06-01"),
        ("amazonlinux:2", LAST),
    ] {
        let found = findings(&profile(name, as_of));
        assert_eq!(codes(&found), ["image-end-of-life"], "{name} {as_of}");
        messages.add(format_args!("{name} on {as_of}"), found[0].message());
    }
    assert_messages!(messages);
}

#[test]
fn image_end_of_life_is_silent_until_the_day_has_passed() {
    for (name, as_of) in [
        ("python:3.10-slim", "2026-10-31"),
        ("python:3.12-slim-bookworm", "2026-07-11"),
        ("python:3.12-slim", LAST),
        ("python:3.12-alpine", LAST),
        ("gcr.io/distroless/python3-debian12", "2026-05-11"),
        ("scratch", LAST),
        // A superseded patch release is frozen and not at its end; a note says so.
        ("python:3.12.11-slim", LAST),
    ] {
        assert_eq!(codes(&findings(&profile(name, as_of))), [""; 0], "{name} {as_of}");
    }
}

#[test]
fn unknown_names_list_similar_ones() {
    let mut messages = Messages::default();
    for (name, near) in [
        ("pythn:3.12", "python"),
        ("python:3.12-slim-trxie", "python:3.12-slim-trixie"),
        ("python:3.12-alpin", "python:3.12-alpine"),
        ("debian:bookwrm", "debian:bookworm"),
        ("ghcr.io/astral-sh/uv:python3.12-trixy", "ghcr.io/astral-sh/uv:python3.12-trixie"),
        ("gcr.io/distroless/python3-debian14", "gcr.io/distroless/python3-debian13"),
        ("alpne", "alpine"),
        ("ubuntu:24.4", "ubuntu:24.04"),
        ("public.ecr.aws/lambda/python:3.1", "public.ecr.aws/lambda/python:3.10"),
    ] {
        let error = look(name, LAST).unwrap_err();
        assert!(error.near().iter().any(|known| known == near), "{name}: {error}");
        messages.add(name, error);
    }
    let error = look("python:3.13-slim", "2024-10-06").unwrap_err();
    assert_eq!(error.published_since(), Some(day("2024-10-07")));
    messages.add("python:3.13-slim on 2024-10-06", error);
    assert_messages!(messages);
}

// Words in another order, and large letters: families differ in their order.
#[test]
fn words_in_another_order_suggest_the_right_tag() {
    for (name, near) in [
        ("python:3.12-trixie-slim", "python:3.12-slim-trixie"),
        ("ghcr.io/astral-sh/uv:python3.12-slim-trixie", "ghcr.io/astral-sh/uv:python3.12-trixie-slim"),
        ("python:3.12-SLIM", "python:3.12-slim"),
        ("python:slim-3.12", "python:3.12-slim"),
        ("debian:slim-bookworm", "debian:bookworm-slim"),
        ("pypy:3.11-bookworm-slim", "pypy:3.11-slim-bookworm"),
    ] {
        let error = look(name, LAST).unwrap_err();
        assert_eq!(error.near().first().map(String::as_str), Some(near), "{name}: {error}");
    }
}

#[test]
fn similar_names_exist_on_that_day() {
    for (name, as_of) in [
        ("public.ecr.aws/lambda/python:3.7", LAST),
        ("public.ecr.aws/lambda/python:3.15", "2024-01-01"),
        ("fedora:latests", "2022-01-01"),
        ("fedora:7", LAST),
        ("python:3.13-slm", "2020-06-01"),
        ("ubuntu:23.15", "2023-01-01"),
        ("debian:forkie", LAST),
        ("pypy:3.12", LAST),
        ("ghcr.io/astral-sh/uv:python3.14-slim", "2025-01-01"),
    ] {
        let error = look(name, as_of).unwrap_err();
        for near in error.near() {
            assert_ne!(near, name);
            assert!(look(near, as_of).is_ok(), "{name} on {as_of} offers {near}: {:?}", look(near, as_of));
        }
    }
    assert!(!look("public.ecr.aws/lambda/python:3.7", LAST).unwrap_err().near().is_empty());
}

// A state that the tables do not hold is not known, and nothing is there before its birth.
#[test]
fn days_before_what_is_known_are_undetermined_or_not_yet() {
    for (name, as_of, not_yet) in [
        ("debian:testing", "2022-01-01", false),
        ("debian:sid", "2016-01-01", false),
        ("debian:unstable-20240110", LAST, false),
        ("alpine:edge", "2024-01-01", false),
        ("alpine:20240923", LAST, false),
        ("fedora:latest", "2022-01-01", false),
        ("cgr.dev/chainguard/python", "2023-01-01", false),
        ("cgr.dev/chainguard/wolfi-base", "2023-01-01", false),
        ("public.ecr.aws/lambda/python:3.14", "2020-12-20", true),
        ("public.ecr.aws/lambda/python:3.12", "2019-01-01", true),
        ("public.ecr.aws/lambda/python:3.12", "2023-11-01", false),
        ("pypy:3.11", "2020-01-01", true),
        ("pypy:3.11", "2023-06-01", false),
        ("pypy:3.10-slim", LAST, false),
        ("registry.access.redhat.com/ubi9/python-312", "2022-06-01", true),
        ("ghcr.io/astral-sh/uv:latest", "2020-01-01", true),
    ] {
        let error = look(name, as_of).unwrap_err();
        assert_eq!(error.published_since().is_some(), not_yet, "{name} on {as_of}: {error}");
        assert_eq!(error.is_undetermined(), !not_yet, "{name} on {as_of}: {error}");
    }
    for (name, as_of, python) in [
        ("public.ecr.aws/lambda/python:latest", "2022-01-01", "3.9"),
        ("public.ecr.aws/lambda/python:latest", "2024-06-01", "3.12"),
        ("pypy:3", "2024-06-01", "3.10"),
        ("pypy:3.11-slim", LAST, "3.11"),
    ] {
        let found = profile(name, as_of).python.unwrap().python;
        assert_eq!(found.version.to_string(), python, "{name} on {as_of}");
    }
    assert!(profile("alpine:20260805", LAST).libc.is_some() && profile("alpine:edge", LAST).libc.is_some());
}

#[test]
fn hint_to_read_a_digest_names_the_repository() {
    let digest = format!("sha256:{}", "0".repeat(64));
    let error = look(&format!("python@{digest}"), LAST).unwrap_err().to_string();
    assert!(error.contains(&format!("docker://python@{digest}")), "{error}");
    assert_messages!(error);
}

#[test]
fn public_registries_are_not_mirrors() {
    for name in [
        "harbor.corp/python:3.12",
        "localhost:5000/cache/library/python:3.12",
        "ghcr.io/x/library/python:3.12",
    ] {
        assert_eq!(profile(name, LAST).meaning, "3.12-trixie", "{name}");
    }
    let uv = profile("harbor.corp/ghcr/astral-sh/uv:python3.12-trixie", LAST);
    assert!(uv.assumptions.contains(&Assumption::Mirror("ghcr.io/astral-sh/uv".to_owned())));
    for name in [
        "ghcr.io/someone/python:3.12",
        "someone/python:3.12",
        "quay.io/team/debian:12",
        "harbor.corp/scratch",
    ] {
        assert!(look(name, LAST).is_err(), "{name}");
    }
}

#[test]
fn profiles_are_read_from_their_json() {
    for line in NAMES.lines() {
        let mut columns = line.split('\t');
        let (Some(name), Some(as_of)) = (columns.next(), columns.next()) else { continue };
        let Ok(profile) = look(name, as_of) else { continue };
        let json = profile.to_json();
        let text = serde_json::to_string_pretty(&json).unwrap();
        assert!(ImageProfile::is_json(&text));
        let back =
            ImageProfile::from_json(&text, "image.json").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(back.to_json(), json, "{name} on {as_of}");
        let options = TargetOptions::default();
        assert_eq!(back.target(&options).ok(), profile.target(&options).ok(), "{name}");
        assert_eq!(back.libraries, profile.libraries, "{name}");
        assert_eq!(findings(&back), findings(&profile), "{name}");
    }
}

#[test]
fn edited_profiles_are_used() {
    let mut json = profile("python:3.12-slim", LAST).to_json();
    json["target"]["libc"]["version"] = "2.42".into();
    let error = ImageProfile::from_json(&json.to_string(), "image.json").unwrap_err().to_string();
    assert_messages!(error);
    json["libc"]["version"] = "2.42".into();
    let edited = ImageProfile::from_json(&json.to_string(), "image.json").unwrap();
    assert_eq!(edited.target(&TargetOptions::default()).unwrap().libc, Libc::Glibc(2, 42));
    // Without `target` the rest tells.
    json.as_object_mut().unwrap().remove("target");
    let plain = ImageProfile::from_json(&json.to_string(), "image.json").unwrap();
    assert_eq!(plain.target(&TargetOptions::default()).unwrap().libc, Libc::Glibc(2, 42));
    // And a short file with a target alone is enough.
    let short = r#"{"schema": "wheelbase.image/1", "name": "mine:1", "as_of": "2026-08-13", "target": {
        "machine": "aarch64", "libc": {"family": "musl", "version": "1.2.5"}, "python": {"version": "3.13"},
        "installer": {"name": "pip", "version": "25.3"}}, "libraries": {"present": ["libz.so.1"]}}"#;
    let short = ImageProfile::from_json(short, "image.json").unwrap();
    assert_eq!(short.arch.machine(), "aarch64");
    assert!(matches!(short.libraries.find("libz.so.1"), Presence::Present(_)));
    assert!(matches!(short.libraries.find("libm.so.1"), Presence::Unknown(_)));
}

#[test]
fn all_faults_of_a_profile_are_reported() {
    let text = "{\n \"schema\": \"wheelbase.image/1\",\n \"name\": 7,\n \"as_of\": \"yesterday\",\n \
                \"shell\": 3,\n \"libc\": {\"family\": \"bionic\", \"version\": \"1\"},\n \
                \"libraries\": {\"present\": [\"not a soname\", 5]}\n}";
    let error = ImageProfile::from_json(text, "image.json").unwrap_err();
    assert!(error.faults().len() >= 6, "{error}");
    assert_messages!(error);
    for broken in ["", "[]", "{", "null", "{\"schema\": \"wheelbase.tags/1\"}"] {
        assert!(ImageProfile::from_json(broken, "image.json").is_err(), "{broken}");
    }
}

#[test]
fn text_has_its_width_and_the_important_facts() {
    let mut texts = Messages::default();
    for name in ["python:3.12-slim", "python:3.12", "gcr.io/distroless/base-debian12", "scratch", "pypy:3.11"]
    {
        for all in [false, true] {
            let text = profile(name, LAST).text(100, all);
            let longest = text.lines().skip(1).map(|line| line.chars().count()).max().unwrap();
            assert!(longest <= 100, "{longest}:\n{text}");
            if !all {
                texts.add(name, text);
            }
        }
    }
    texts.add("python:3.12-slim, all libraries", profile("python:3.12-slim", LAST).text(100, true));
    assert_messages!(texts);
}

/// Every day of every tag: the state was there by the day, and a later day never shows an older patch release.
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

/// Words of a document that name an image: what stands after `FROM`, `--on` and `wheelbase image`.
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
fn first_release_of_the_next_minor_goes_by_rule_as_its_minor_does() {
    for name in ["python:3.15-slim", "python:3.15.0", "python:3.15.0-slim-trixie"] {
        assert!(look(name, "2026-11-21").is_ok(), "{name}: {:?}", look(name, "2026-11-21"));
    }
    assert!(look("python:3.15.7", "2026-11-21").is_err());
}
