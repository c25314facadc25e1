//! Names that the catalogue does not contain, and names before their first day.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use wheelbase::image::Assumption;

use crate::messages::{Messages, assert_messages};

use super::catalogue::{LAST, day, look, profile};

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

// Words in another order, and upper-case letters: families differ in their order.
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

// A state that is not in the tables is unknown, and an image does not exist before its first day.
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
