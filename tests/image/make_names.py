"""Writes names.tsv: what an image name meant on a day, read straight from the fact files.

    python3 make_names.py FOLDER_OF_FACTS > names.tsv

It knows nothing of the crate: the rules of the python image's tags are applied to `base_images.json` here once more,
and the rows of other families are written by hand from the same file, with their C library looked up in
`distro_releases.json`. Columns: name, day, meaning in full, C library, Python, pip; an error is `!` and its kind.
"""

import json
import sys
from datetime import date, timedelta

folder = sys.argv[1]
images = json.load(open(f"{folder}/base_images.json"))
distros = json.load(open(f"{folder}/distro_releases.json"))
tags = images["python_tags"]
patches = tags["patch"]
numbers = lambda text: tuple(int(part) for part in text.split("."))


def libc_of(suffix):
    suffix = suffix.removeprefix("slim-")
    for row in distros["releases"]:
        name = f"{row['distro']}:{row['version']}"
        if row["codename"] == suffix or suffix in (name, name.replace(":", "")):
            return f"{row['libc']} {row['libc_version']}"
    return None


def at(rows, day):
    state = None
    for since, value in rows:
        if since <= day:
            state = value
    return state


def day_before(day):
    return str(date.fromisoformat(day) - timedelta(days=1))


def minor_of(version):
    return ".".join(version.split(".")[:2])


def newest_patch(minor, day, suffix=None):
    fits = [
        row
        for row in patches
        if minor_of(row["python"]) == minor
        and row["first"] <= day
        and (suffix is None or row["explicit"] is None or suffix in row["explicit"])
    ]
    return max(fits, key=lambda row: numbers(row["python"]))


def line(name, day, meaning, release, row):
    print("\t".join([name, day, meaning, libc_of(release), row["python"], row["pip"]]))


def moving(day):
    """Tags without a release: those of every minor, and of the newest one."""
    keys = [(key, key) for key in tags["moving"]]
    for key, source in keys:
        changes = tags["moving"][source]
        first = next((since for since, release in changes if release), None)
        if day < first:
            continue
        release = at(changes, day)
        variant = next((v for v in ("slim", "alpine") if v in key), "")
        state = day
        if release is None:
            gone = max(since for since, value in changes if value is None and since <= day)
            state = day_before(gone)
            release = at(changes, state)
        head = key.split("-")[0]
        minor = head if head.count(".") == 1 else at([(m["start"], m["python"]) for m in tags["minor"]], day)
        if libc_of(release) is None:
            continue
        slim = "slim-" if variant == "slim" else ""
        line(f"python:{key}", day, f"{minor}-{slim}{release}", release, newest_patch(minor, state))


def explicit(day, every):
    count = 0
    for minor, releases in tags["explicit"].items():
        for suffix, (first, stop) in releases.items():
            count += 1
            if count % every or libc_of(suffix) is None:
                continue
            name = f"python:{minor}-{suffix}"
            if day < first:
                print("\t".join([name, day, f"!not-yet {first}"]))
                continue
            state = min(day, stop) if stop else day
            line(name, day, f"{minor}-{suffix}", suffix, newest_patch(minor, state, suffix))


def frozen_patches(day, every):
    for index, row in enumerate(patches):
        if index % every:
            continue
        for variant, key in (("", "plain"), ("-slim", "slim"), ("-alpine", "alpine")):
            name = f"python:{row['python']}{variant}"
            if day < row["first"]:
                print("\t".join([name, day, f"!not-yet {row['first']}"]))
                continue
            # While it was listed it moved with its minor; afterwards it is what the fact file calls its last state.
            release = row[key]
            if row["last"] is None or day <= row["last"]:
                release = at(tags["moving"][minor_of(row["python"]) + variant], day) or release
            if libc_of(release) is None:
                continue
            slim = "slim-" if variant == "-slim" else ""
            line(name, day, f"{row['python']}-{slim}{release}", release, row)


def crossings():
    """The days on which a full version changed its release, named by the study."""
    for version, before, after in [
        ("3.12.11", "bookworm", "trixie"), ("3.10.18", "bookworm", "trixie"), ("3.11.13", "bookworm", "trixie"),
        ("3.9.23", "bookworm", "trixie"), ("3.13.6", "bookworm", "trixie"),
    ]:
        row = next(row for row in patches if row["python"] == version)
        for day, release in (("2025-08-11", before), ("2025-08-12", after), ("2026-08-13", after)):
            line(f"python:{version}-slim", day, f"{version}-slim-{release}", release, row)
            line(f"python:{version}", day, f"{version}-{release}", release, row)
    for version in ("3.8.11", "3.9.6"):
        row = next(row for row in patches if row["python"] == version)
        line(f"python:{version}-slim", "2021-08-15", f"{version}-slim-buster", "buster", row)
        line(f"python:{version}-slim", "2021-08-16", f"{version}-slim-bullseye", "bullseye", row)
    for version in ("3.11.4", "3.10.12", "3.8.17"):
        row = next(row for row in patches if row["python"] == version)
        line(f"python:{version}-slim", "2023-06-13", f"{version}-slim-bullseye", "bullseye", row)
        line(f"python:{version}-slim", "2023-06-14", f"{version}-slim-bookworm", "bookworm", row)


def bare_releases():
    """A release alone names the newest minor that had it."""
    for tag, day, minor, state in [
        ("slim-bookworm", "2026-08-13", "3.14", "2026-08-13"), ("slim-bookworm", "2024-01-01", "3.12", "2024-01-01"),
        ("bookworm", "2026-08-13", "3.14", "2026-08-13"), ("alpine3.20", "2025-01-01", "3.13", "2025-01-01"),
        ("slim-bullseye", "2026-08-13", "3.13", "2025-08-11"), ("alpine3.20", "2026-08-13", "3.13", "2025-05-29"),
        ("buster", "2026-08-13", "3.11", "2023-06-13"), ("3-slim-trixie", "2026-08-13", "3.14", "2026-08-13"),
        ("3-alpine3.23", "2026-08-13", "3.14", "2026-08-13"), ("slim-trixie", "2025-09-01", "3.13", "2025-09-01"),
    ]:
        suffix = tag.removeprefix("3-")
        line(f"python:{tag}", day, f"{minor}-{suffix}", suffix, newest_patch(minor, state, suffix))


def others():
    """Rows of the other families, written from their entries."""
    pip = lambda day: max(
        (row["pip"] for row in patches if row["first"] <= day), key=numbers
    )
    for name, day, meaning, release, python in [
        ("debian:trixie-slim", "2026-08-13", "trixie-slim", "trixie", "3.13"),
        ("debian:12", "2026-08-13", "bookworm", "bookworm", "3.11"),
        ("debian:12.11-slim", "2026-08-13", "bookworm-slim", "bookworm", "3.11"),
        ("debian:latest", "2026-08-13", "trixie", "trixie", "3.13"),
        ("debian:latest", "2024-01-01", "bookworm", "bookworm", "3.11"),
        ("debian:stable-slim", "2022-01-01", "bullseye-slim", "bullseye", "3.9"),
        ("debian:oldstable", "2026-08-13", "bookworm", "bookworm", "3.11"),
        ("debian:oldoldstable-slim", "2026-08-13", "bullseye-slim", "bullseye", "3.9"),
        ("debian:bullseye", "2026-08-13", "bullseye", "bullseye", "3.9"),
        ("debian:10", "2026-08-13", "buster", "buster", "3.7"),
        ("debian:testing", "2026-08-13", "forky", "forky", "-"),
        ("debian:sid", "2026-08-13", "sid", "sid", "-"),
        ("debian:bookworm-20240110-slim", "2026-08-13", "bookworm-20240110-slim", "bookworm", "3.11"),
        ("debian", "2026-08-13", "trixie", "trixie", "3.13"),
        ("ubuntu:24.04", "2026-08-13", "24.04", "noble", "3.12"),
        ("ubuntu:jammy", "2026-08-13", "22.04", "jammy", "3.10"),
        ("ubuntu:noble-20240429", "2026-08-13", "noble-20240429", "noble", "3.12"),
        ("ubuntu:latest", "2026-08-13", "26.04", "resolute", "3.14"),
        ("ubuntu:latest", "2025-12-31", "24.04", "noble", "3.12"),
        ("ubuntu:rolling", "2025-12-31", "25.10", "questing", "3.13"),
        ("ubuntu:20.04", "2026-08-13", "20.04", "focal", "3.8"),
        ("public.ecr.aws/ubuntu/ubuntu:22.04", "2026-08-13", "22.04", "jammy", "3.10"),
        ("alpine:3.22", "2026-08-13", "3.22", "alpine3.22", "3.12"),
        ("alpine:3.17.3", "2026-08-13", "3.17.3", "alpine3.17", "3.10"),
        ("alpine:latest", "2026-08-13", "3.24", "alpine3.24", "-"),
        ("alpine:3", "2026-01-01", "3.23", "alpine3.23", "3.12"),
        ("alpine:edge", "2026-08-13", "edge", "alpine:edge", "-"),
        ("alpine:20260805", "2026-08-13", "20260805", "alpine:edge", "-"),
        ("buildpack-deps:bookworm", "2026-08-13", "bookworm", "bookworm", "3.11"),
        ("buildpack-deps:trixie-scm", "2026-08-13", "trixie-scm", "trixie", "3.13"),
        ("gcr.io/distroless/python3-debian12", "2026-08-13", "python3-debian12", "bookworm", "3.11"),
        ("gcr.io/distroless/python3-debian13:nonroot", "2026-08-13", "python3-debian13", "trixie", "3.13.5"),
        ("gcr.io/distroless/python3-debian13:debug-nonroot-arm64", "2026-08-13", "python3-debian13", "trixie", "3.13.5"),
        ("gcr.io/distroless/base-debian12", "2026-08-13", "base-debian12", "bookworm", "-"),
        ("gcr.io/distroless/cc-debian13:debug", "2026-08-13", "cc-debian13", "trixie", "-"),
        ("public.ecr.aws/lambda/python:3.12", "2026-08-13", "3.12", "amazonlinux:2023", "3.12"),
        ("public.ecr.aws/lambda/python:3.11", "2026-08-13", "3.11", "amazonlinux:2", "3.11"),
        ("public.ecr.aws/lambda/python:3.13-arm64", "2026-08-13", "3.13", "amazonlinux:2023", "3.13"),
        ("public.ecr.aws/lambda/python:3.12.2024.05.01.12", "2026-08-13", "3.12", "amazonlinux:2023", "3.12"),
        ("amazon/aws-lambda-python:3.10", "2026-08-13", "3.10", "amazonlinux:2", "3.10"),
        ("registry.access.redhat.com/ubi8/python-39", "2026-08-13", "rhel 8 python-39", "rhel:8", "3.9"),
        ("registry.access.redhat.com/ubi9/python-312:latest", "2026-08-13", "rhel 9 python-312", "rhel:9", "3.12"),
        ("registry.redhat.io/ubi9/python-311", "2026-08-13", "rhel 9 python-311", "rhel:9", "3.11"),
        ("registry.access.redhat.com/ubi10/python-313-minimal", "2026-08-13", "rhel 10 python-313-minimal", "rhel:10", "3.13"),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9.4", "2026-08-13", "rhel 9 minimal", "rhel:9", "3.9"),
        ("redhat/ubi8", "2026-08-13", "rhel 8", "rhel:8", "3.6"),
        ("quay.io/sclorg/python-312-c9s", "2026-08-13", "centos 9 python-312-c9s", "centos:9", "3.12"),
        ("amazonlinux:2023", "2026-08-13", "2023", "amazonlinux:2023", "3.9"),
        ("amazonlinux:2", "2026-08-13", "2", "amazonlinux:2", "-"),
        ("amazonlinux", "2026-08-13", "2023", "amazonlinux:2023", "3.9"),
        ("cgr.dev/chainguard/python:latest", "2026-08-13", "latest", "chainguard:rolling", "3.14"),
        ("cgr.dev/chainguard/python:latest-dev", "2026-08-13", "latest-dev", "chainguard:rolling", "3.14"),
        ("cgr.dev/chainguard/wolfi-base", "2026-08-13", "latest", "wolfi:rolling", "-"),
        ("fedora:44", "2026-08-13", "44", "fedora:44", "3.14"),
        ("fedora:latest", "2026-08-13", "44", "fedora:44", "3.14"),
        ("almalinux:9-minimal", "2026-08-13", "9-minimal", "almalinux:9", "-"),
        ("rockylinux:8", "2026-08-13", "8", "rocky:8", "-"),
        ("oraclelinux:9-slim", "2026-08-13", "9-slim", "oraclelinux:9", "-"),
        ("quay.io/centos/centos:stream9", "2026-08-13", "stream9", "centos:9", "-"),
        ("opensuse/leap:15.6", "2026-08-13", "15.6", "opensuse:15.6", "-"),
        ("nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04", "2026-08-13", "12.4.1-cudnn-runtime-ubuntu22.04", "jammy", "3.10"),
        ("nvidia/cuda:12.4.1-devel-ubi8", "2026-08-13", "12.4.1-devel-ubi8", "rhel:8", "3.6"),
        ("bitnami/python:3.12-debian-12", "2026-08-13", "3.12-debian-12", "bookworm", "3.12"),
        ("mcr.microsoft.com/azurelinux/base/python:3.12", "2026-08-13", "3.12", "azurelinux:3.0", "3.12"),
        ("dhi.io/python:3.13-alpine3.22", "2026-08-13", "3.13-alpine3.22", "alpine3.22", "3.13"),
        ("pypy:3.11-slim", "2026-08-13", "3.11-slim-trixie", "trixie", "3.11"),
        ("pypy:3.11-slim", "2025-06-01", "3.11-slim-bookworm", "bookworm", "3.11"),
        ("pypy:latest", "2026-08-13", "3.11-trixie", "trixie", "3.11"),
        ("pypy:3.10-7.3.19-slim-bookworm", "2026-08-13", "3.10-7.3.19-slim-bookworm", "bookworm", "3.10"),
        ("ghcr.io/astral-sh/uv:trixie-slim", "2026-08-13", "trixie-slim", "trixie", "3.13"),
        ("ghcr.io/astral-sh/uv:0.12-alpine", "2026-08-13", "alpine3.23", "alpine3.23", "3.12"),
    ]:
        print("\t".join([name, day, meaning, libc_of(release), python, "-"]))
    for name, libc in [
        ("quay.io/pypa/manylinux2014_x86_64", "glibc 2.17"), ("quay.io/pypa/manylinux_2_28_aarch64", "glibc 2.28"),
        ("quay.io/pypa/manylinux_2_34_x86_64:latest", "glibc 2.34"), ("quay.io/pypa/manylinux2010_i686", "glibc 2.12"),
        ("quay.io/pypa/musllinux_1_2_aarch64", "musl 1.2"), ("quay.io/pypa/manylinux_2_39_riscv64", "glibc 2.39"),
    ]:
        policy = name.split("/")[-1].split(":")[0]
        for machine in ("x86_64", "i686", "aarch64", "riscv64"):
            policy = policy.removesuffix("_" + machine)
        print("\t".join([name, "2026-08-13", policy, libc, "-", "-"]))
    for name, minor, short in [
        ("ghcr.io/astral-sh/uv:python3.12-trixie-slim", "3.12", "slim-trixie"),
        ("ghcr.io/astral-sh/uv:0.12-python3.13-trixie", "3.13", "trixie"),
        ("ghcr.io/astral-sh/uv:0.12.1-python3.12-alpine", "3.12", "alpine3.23"),
        ("astral/uv:python3.12-bookworm-slim", "3.12", "slim-bookworm"),
        ("mcr.microsoft.com/devcontainers/python:1-3.12-bookworm", "3.12", "bookworm"),
    ]:
        row = newest_patch(minor, "2026-08-13", short)
        print("\t".join([name, "2026-08-13", f"~python:{minor}-{short}", libc_of(short), row["python"], row["pip"]]))
    for name, day, error in [
        ("python:3.12-slm", "2026-08-13", "unknown"), ("python:3.99", "2026-08-13", "unknown"),
        ("python:3.12.99-slim", "2026-08-13", "unknown"), ("python:2.7-slim", "2026-08-13", "unknown"),
        ("python:3.12-slim-alpine3.20", "2026-08-13", "unknown"), ("python:3.12-slim-", "2026-08-13", "unknown"),
        ("python:3.12-buster", "2026-08-13", "unknown"), ("python:3.14-slim-bullseye", "2026-08-13", "unknown"),
        ("python:3.12.0-trixie", "2026-08-13", "unknown"), ("python:3.13-rc", "2026-08-13", "unknown"),
        ("python:3.13-slim", "2024-10-06", "not-yet 2024-10-07"), ("python:3.12", "2023-10-01", "not-yet 2023-10-02"),
        ("python:3.12-windowsservercore-ltsc2022", "2026-08-13", "windows"), ("pythn:3.12", "2026-08-13", "unknown"),
        ("someone/python:3.12", "2026-08-13", "unknown"), ("alpine:3.99", "2026-08-13", "unknown"),
        ("debian:wheezy", "2026-08-13", "unknown"), ("ubuntu:24.04", "2024-01-01", "not-yet 2024-04-25"),
        ("pytorch/pytorch:2.4.0", "2026-08-13", "undetermined"), ("gcr.io/distroless/python3", "2026-08-13", "undetermined"),
        ("continuumio/miniconda3", "2026-08-13", "undetermined"), ("scratch:1", "2026-08-13", "unknown"),
        ("python@sha256:" + "0" * 64, "2026-08-13", "undetermined"), ("debian:trixie", "2024-01-01", "undetermined"),
    ]:
        print("\t".join([name, day, "!" + error]))


for day in ("2019-07-11", "2021-08-16", "2023-06-13", "2024-10-07", "2025-08-11", "2025-08-12", "2026-08-13"):
    moving(day)
explicit("2026-08-13", 2)
explicit("2024-11-15", 3)
frozen_patches("2026-08-13", 5)
frozen_patches("2024-06-10", 7)
crossings()
bare_releases()
others()
