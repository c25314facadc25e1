//! The rules of the specifications, one by one.

use wheelbase::tags::SupportedTags;
use wheelbase::target::{Arch, Libc, Target};

fn supported(arch: &str, libc: &str, python: &str, installer: &str) -> SupportedTags {
    SupportedTags::of(&Target::new(
        arch.parse::<Arch>().expect("an architecture"),
        Libc::from_user(libc).expect("a C library"),
        python.parse().expect("a Python"),
        installer.parse().expect("an installer"),
    ))
}

fn position(supported: &SupportedTags, tag: &str) -> Option<usize> {
    supported.rank(&tag.parse().expect("a tag")).map(|rank| rank.position())
}

/// Asserts that all tags are supported and in this order.
fn in_order(supported: &SupportedTags, tags: &[&str]) {
    let positions: Vec<_> = tags.iter().map(|tag| position(supported, tag)).collect();
    assert!(positions.iter().all(Option::is_some) && positions.is_sorted(), "{tags:?} at {positions:?}");
}

// PEP 600, "Legacy manylinux tags".
#[test]
fn legacy_aliases_follow_their_perennial_names() {
    let supported = supported("x86_64", "glibc:2.36", "3.12", "pip");
    for (perennial, alias) in [
        ("manylinux_2_17", "manylinux2014"),
        ("manylinux_2_12", "manylinux2010"),
        ("manylinux_2_5", "manylinux1"),
    ] {
        let at = |name: &str| position(&supported, &format!("cp312-cp312-{name}_x86_64")).expect("supported");
        assert_eq!(at(perennial) + 1, at(alias), "{alias}");
    }
}

// PEP 425, "Use", and packaging 26.3, `cpython_tags`.
#[test]
fn the_more_specific_tag_comes_first() {
    in_order(
        &supported("x86_64", "glibc:2.36", "3.12", "pip"),
        &[
            "cp312-cp312-manylinux_2_36_x86_64",
            "cp312-cp312-manylinux1_x86_64",
            "cp312-abi3-manylinux_2_36_x86_64",
            "cp312-none-manylinux_2_36_x86_64",
            "cp311-abi3-manylinux_2_36_x86_64",
            "cp32-abi3-manylinux_2_36_x86_64",
            "py312-none-manylinux_2_36_x86_64",
            "py3-none-manylinux_2_36_x86_64",
            "py311-none-manylinux_2_36_x86_64",
            "cp312-none-any",
            "py312-none-any",
            "py3-none-any",
            "py311-none-any",
            "py30-none-any",
        ],
    );
}

// PEP 656, "Compatible wheels": never another major version, never glibc.
#[test]
fn musllinux_covers_the_minor_versions_below() {
    let supported = supported("aarch64", "musl:1.2", "3.12", "pip");
    in_order(
        &supported,
        &[
            "cp312-cp312-musllinux_1_2_aarch64",
            "cp312-cp312-musllinux_1_1_aarch64",
            "cp312-cp312-musllinux_1_0_aarch64",
        ],
    );
    for tag in
        ["musllinux_1_3_aarch64", "musllinux_0_9_aarch64", "musllinux_2_0_aarch64", "manylinux_2_17_aarch64"]
    {
        assert_eq!(position(&supported, &format!("cp312-cp312-{tag}")), None, "{tag}");
    }
}

// PEP 599 lists only these machines; packaging's floor for all but x86 is 2.17.
#[test]
fn floors_depend_on_the_machine() {
    for (arch, lowest) in [("x86_64", 5), ("386", 5), ("arm64", 17), ("s390x", 17), ("riscv64", 17)] {
        let supported = supported(arch, "glibc:2.36", "3.12", "pip");
        let machine = supported.target().machine.clone();
        let has = |minor: u32| {
            position(&supported, &format!("cp312-cp312-manylinux_2_{minor}_{machine}")).is_some()
        };
        assert!(has(lowest) && !has(lowest - 1), "{arch}");
    }
}

// PEP 803 and PEP 703: the stable ABI with the GIL cannot be loaded without it.
#[test]
fn free_threaded_builds_accept_abi3t_and_never_abi3() {
    let free = supported("x86_64", "glibc:2.36", "3.15t", "pip");
    let gil = supported("x86_64", "glibc:2.36", "3.15", "pip");
    let tag = |abi: &str| format!("cp315-{abi}-manylinux_2_17_x86_64");
    assert!(position(&free, &tag("abi3t")).is_some() && position(&free, &tag("abi3")).is_none());
    assert!(position(&gil, &tag("abi3")).is_some() && position(&gil, &tag("abi3t")).is_none());
    // A wheel for both builds.
    assert!(position(&free, "py3-none-any").is_some());
    let both = "cp315-abi3.abi3t-manylinux_2_17_x86_64".parse().expect("a set");
    assert!(free.supports(&both) && gil.supports(&both));
}

// packaging 26.3 moved `linux_*` to the front (pypa/packaging#160); uv keeps it last.
#[test]
fn linux_tags_come_first_or_last_by_the_installer() {
    for (installer, first) in [("pip==26.3", true), ("pip==26.2.1", false), ("uv==0.13.8", false)] {
        let supported = supported("x86_64", "glibc:2.36", "3.12", installer);
        let (linux, manylinux) = ("cp312-cp312-linux_x86_64", "cp312-cp312-manylinux_2_28_x86_64");
        assert_eq!(position(&supported, linux) < position(&supported, manylinux), first, "{installer}");
    }
}

// pypa/pip#7637: `cp3-none-any` was accepted up to 19.3.1.
#[test]
fn a_major_version_alone_is_not_accepted_since_pip_20() {
    for (installer, taken) in [("pip==19.3.1", true), ("pip==20.0.2", false), ("pip", false)] {
        let supported = supported("x86_64", "glibc:2.28", "3.8", installer);
        assert_eq!(position(&supported, "cp3-none-any").is_some(), taken, "{installer}");
    }
}

// astral-sh/uv#14407: any C library version can be given.
#[test]
fn any_glibc_version_is_accepted() {
    for minor in [41, 42, 60, 120] {
        let supported = supported("x86_64", &format!("glibc:2.{minor}"), "3.14", "uv");
        assert!(position(&supported, &format!("cp314-cp314-manylinux_2_{minor}_x86_64")).is_some());
        assert!(position(&supported, &format!("cp314-cp314-manylinux_2_{}_x86_64", minor + 1)).is_none());
    }
}
