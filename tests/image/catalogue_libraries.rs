//! The catalogue, compared with the facts that it was taken from: libraries, packages and compilers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeSet;

use wheelbase::image::{
    CompilerPresence, Defined, PackageManager, Presence, SonamePackage, install_line, package_of, sonames_of,
};
use wheelbase::target::Libc;

use super::catalogue::{LAST, on, profile};

fn facts(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
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
    // No Alpine image has the C++ library, also if its set is not recorded.
    let alpine = profile("python:3.12-alpine3.20", LAST).libraries;
    assert_eq!(alpine.find("libstdc++.so.6"), Presence::Absent);
    assert!(matches!(alpine.find("libffi.so.8"), Presence::Unknown(_)));
    // 3.13 is between 3.12 and 3.14: libraries that only one of them has are unknown.
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

/// image_sonames.json: the same SONAMEs for the image of each variant.
#[test]
fn sets_of_libraries_are_those_of_the_facts() {
    let facts = facts(include_str!("../oracle/image_sonames.json"));
    let mut compared = 0;
    for variant in facts["variants"].as_array().unwrap() {
        let id = variant["id"].as_str().unwrap();
        let (image, as_of) = match id {
            "python-slim-bookworm-le312-before-2024-10" => ("python:3.12-slim-bookworm", "2024-06-01"),
            // 3.8, which the facts list first, was last built before the expat of the distribution was removed.
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
        // The facts exclude the interpreter's own library, and document that.
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
    // No package of trixie provides this SONAME (it is libaio.so.1t64 there), and distroless installs nothing.
    let none = profile("python:3.12-slim-trixie", LAST).install_line(["libaio.so.1"]);
    assert_eq!((none.command, none.not_packaged), (None, vec!["libaio.so.1".to_owned()]));
    let distroless = profile("gcr.io/distroless/python3-debian13", LAST).install_line(sonames);
    assert_eq!((distroless.command, distroless.unknown.len()), (None, 3));
    // Ubuntu's names are inferred from Debian's.
    let ubuntu = profile("ubuntu:24.04", LAST).install_line(["libglib-2.0.so.0"]);
    assert_eq!((ubuntu.packages, ubuntu.verified), (vec!["libglib2.0-0t64".to_owned()], false));
    let unlisted = install_line("alpine:3.22", PackageManager::Apk, 64, ["libnowhere.so.9"]);
    // A name that is not a valid package name is not installed.
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
