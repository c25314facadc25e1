//! Why a wheel does not fit, and which of a release's wheels is the closest.

use wheelbase::tags::{SupportedTags, TagSet};
use wheelbase::target::{Arch, Libc, ManylinuxPolicy, Target};

use crate::messages::{Messages, assert_messages, lines};

fn target(arch: &str, libc: &str, python: &str, installer: &str) -> Target {
    Target::new(
        arch.parse::<Arch>().expect("an architecture"),
        Libc::from_user(libc).expect("a C library"),
        python.parse().expect("a Python"),
        installer.parse().expect("an installer"),
    )
}

fn set(tags: &str) -> TagSet {
    tags.parse().expect("a tag set")
}

fn reasons(target: &Target, tags: &str) -> Vec<String> {
    SupportedTags::of(target).mismatch(&set(tags)).iter().map(ToString::to_string).collect()
}

/// A target, and a wheel that does not fit.
const CASES: &[([&str; 4], &str)] = &[
    // PEP 600: the C library's version.
    (["x86_64", "glibc:2.36", "3.12", "pip"], "cp312-cp312-manylinux_2_39_x86_64"),
    // PEP 599: a legacy alias is its perennial name.
    (["x86_64", "glibc:2.12", "3.12", "pip"], "cp312-cp312-manylinux2014_x86_64"),
    // The closest member of a compressed set is explained.
    (
        ["x86_64", "glibc:2.12", "3.12", "pip"],
        "cp312-cp312-manylinux_2_28_x86_64.manylinux_2_17_x86_64.musllinux_1_2_x86_64",
    ),
    // PEP 656: another C library, and a newer one.
    (["x86_64", "musl:1.2", "3.12", "pip"], "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"),
    (["x86_64", "musl:1.1", "3.12", "pip"], "cp312-cp312-musllinux_1_2_x86_64"),
    (["x86_64", "static", "3.12", "pip"], "cp312-cp312-manylinux_2_17_x86_64"),
    // Several parts at once, most severe first.
    (["aarch64", "musl:1.2", "3.11", "pip"], "cp312-cp312-manylinux_2_17_x86_64"),
    (["x86_64", "glibc:2.36", "3.12", "pip"], "cp312-cp312-win_amd64"),
    (["x86_64", "glibc:2.36", "3.12", "pip"], "cp312-cp312-macosx_11_0_arm64"),
    // PEP 425: interpreters and versions.
    (["x86_64", "glibc:2.36", "3.12", "pip"], "pp311-pypy311_pp73-manylinux_2_17_x86_64"),
    (["x86_64", "glibc:2.36", "pypy3.11", "pip"], "cp39-abi3-manylinux_2_17_x86_64"),
    (["x86_64", "glibc:2.36", "pypy3.11", "pip"], "pp311-pypy311_pp72-manylinux_2_17_x86_64"),
    (["x86_64", "glibc:2.36", "3.12", "pip"], "py2-none-any"),
    (["x86_64", "glibc:2.36", "3.12", "pip"], "py313-none-any"),
    // PEP 384: abi3 of a newer version.
    (["x86_64", "glibc:2.36", "3.11", "pip"], "cp313-abi3-manylinux_2_17_x86_64"),
    // PEP 703 and 803: free-threaded builds.
    (["x86_64", "glibc:2.36", "3.13t", "pip"], "cp313-cp313-manylinux_2_17_x86_64"),
    (["x86_64", "glibc:2.36", "3.13t", "pip"], "cp39-abi3-manylinux_2_17_x86_64"),
    (["x86_64", "glibc:2.36", "3.13", "pip"], "cp313-cp313t-manylinux_2_17_x86_64"),
    (["x86_64", "glibc:2.36", "3.15", "pip"], "cp315-abi3t-manylinux_2_17_x86_64"),
    (["x86_64", "glibc:2.36", "3.15t", "pip==26.0"], "cp315-abi3t-manylinux_2_17_x86_64"),
    // Debug builds and pymalloc.
    (["x86_64", "glibc:2.36", "3.12", "pip"], "cp312-cp312d-manylinux_2_17_x86_64"),
    // The installer's age.
    (["x86_64", "glibc:2.36", "3.8", "pip==20.0.2"], "cp38-cp38-manylinux_2_28_x86_64"),
    (["x86_64", "glibc:2.17", "3.8", "pip==20.0.2"], "cp38-cp38-manylinux_2_28_x86_64"),
    (["x86_64", "musl:1.2", "3.9", "pip==21.1.3"], "cp39-cp39-musllinux_1_1_x86_64"),
    (["riscv64", "glibc:2.39", "3.12", "pip==24.0"], "cp312-cp312-manylinux_2_39_riscv64"),
    (["riscv64", "glibc:2.36", "3.12", "uv"], "cp312-cp312-manylinux_2_17_riscv64"),
    (["x86_64", "glibc:2.17", "3.6", "pip==8.1.2"], "cp34-abi3-manylinux1_x86_64"),
    // Tags that no installer accepts.
    (["x86_64", "glibc:2.36", "3.12", "pip"], "cp312-cp312-manylinux_2_4_x86_64"),
    (["aarch64", "glibc:2.36", "3.12", "pip"], "cp312-cp312-manylinux_2_16_aarch64"),
    (["x86_64", "glibc:2.36", "3.12", "pip"], "cp3-none-any"),
    (["x86_64", "glibc:2.36", "3.12", "pip"], "cp312-cp312-any"),
    (["x86_64", "glibc:2.36", "3.12", "pip"], "cp312-cp312-plan9_x86"),
    (["armv6l", "glibc:2.36", "3.12", "pip"], "cp312-cp312-manylinux_2_31_armv6l"),
    // uv stops before it checks wheels.
    (["x86_64", "static", "3.12", "uv"], "py3-none-any"),
    (["mips64", "glibc:2.36", "3.12", "uv"], "py3-none-any"),
];

#[test]
fn every_failing_part_is_reported() {
    let mut messages = Messages::default();
    for ([arch, libc, python, installer], tags) in CASES {
        let why = reasons(&target(arch, libc, python, installer), tags);
        assert!(!why.is_empty(), "{tags} on {arch} {libc} {python} {installer}");
        messages.add_all(format_args!("{tags} on {arch} {libc} {python} {installer}"), why);
    }
    assert_messages!(messages);
}

// PEP 600, "Package installers".
#[test]
fn a_policy_that_excludes_a_tag_is_reported() {
    let mut policy = ManylinuxPolicy::default();
    policy.manylinux2014_compatible = Some(false);
    let mut target = target("x86_64", "glibc:2.36", "3.12", "pip");
    target.manylinux_policy = Some(policy);
    assert_messages!(lines(reasons(&target, "cp312-cp312-manylinux2014_x86_64")));
    assert!(reasons(&target, "cp312-cp312-manylinux_2_28_x86_64").is_empty());
}

#[test]
fn soft_floats_and_wrong_machines_are_reported() {
    let mut soft = target("arm/v7", "glibc:2.36", "3.12", "pip");
    soft.float_abi = wheelbase::target::FloatAbi::Soft;
    let mut messages = Messages::default();
    messages.add_all("soft floats", reasons(&soft, "cp312-cp312-manylinux_2_17_armv7l"));
    let mut wide = target("i686", "glibc:2.36", "3.12", "pip");
    wide.bits = 64;
    messages.add_all("i686 with 64 bits", reasons(&wide, "cp312-cp312-manylinux_2_17_i686"));
    assert_messages!(messages);
}

// pip 22.0 to 24.0 on a free-threaded build, see oracle/installers.json.
#[test]
fn an_installer_that_does_not_recognise_a_free_threaded_build_is_reported() {
    let old = SupportedTags::of(&target("x86_64", "glibc:2.36", "3.13t", "pip==24.0"));
    assert!(old.supports(&set("cp313-cp313-manylinux_2_17_x86_64")));
    assert!(old.supports(&set("cp39-abi3-manylinux_2_17_x86_64")));
    assert_messages!(lines(old.mismatch(&set("cp313-cp313t-manylinux_2_17_x86_64"))));
    let new = SupportedTags::of(&target("x86_64", "glibc:2.36", "3.13t", "pip==24.1"));
    assert!(!new.supports(&set("cp313-cp313-manylinux_2_17_x86_64")));
}

/// Wheels of one release from the closest to the furthest.
#[test]
fn the_closest_wheel_has_the_smallest_mismatches() {
    let supported = SupportedTags::of(&target("x86_64", "glibc:2.28", "3.12", "pip"));
    let wheels = [
        "cp312-cp312-manylinux_2_28_x86_64",
        "cp312-cp312-manylinux_2_31_x86_64",
        "cp312-cp312-manylinux_2_39_x86_64",
        "cp312-cp312t-manylinux_2_28_x86_64",
        "cp313-cp313-manylinux_2_28_x86_64",
        "cp38-cp38-manylinux_2_28_x86_64",
        "cp312-cp312-musllinux_1_2_x86_64",
        "cp312-cp312-manylinux_2_28_aarch64",
        "cp312-cp312-win_amd64",
        "cp312-cp312-macosx_11_0_arm64",
    ];
    let distances: Vec<_> = wheels.iter().map(|tags| supported.distance(&set(tags))).collect();
    assert!(distances.is_sorted(), "{distances:?}");
    assert!(distances[0].is_zero() && !distances[1].is_zero());
}
