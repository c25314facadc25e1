//! Findings about images of the catalogue.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use wheelbase::findings::Finding;
use wheelbase::rules::image::findings;

use crate::messages::{Messages, assert_messages};

use super::catalogue::{LAST, on, profile};

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code().name()).collect()
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
        // The data has no list of the architectures of this tag.
        ("python:3.8-slim", LAST, "s390x"),
        // A list that is not verified does not cause a refusal.
        ("cgr.dev/chainguard/python", LAST, "s390x"),
    ] {
        assert!(
            !codes(&findings(&on(name, as_of, arch))).contains(&"arch-not-published"),
            "{name} {as_of} {arch}"
        );
    }
    // riscv64 was added, removed and added again.
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
        // A superseded patch release is frozen but has not reached end of life; a note reports that.
        ("python:3.12.11-slim", LAST),
    ] {
        assert_eq!(codes(&findings(&profile(name, as_of))), [""; 0], "{name} {as_of}");
    }
}
