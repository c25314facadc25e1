//! Properties of every input.

use proptest::prelude::*;
use wheelbase::filename::{FileKind, NameRules, NameVerdicts, WheelFilename, WheelName};
use wheelbase::image::{TargetFormat, parse_target};
use wheelbase::tags::{SupportedTags, TagSet};
use wheelbase::target::{Arch, Installer, Libc, LibcFamily, Python, Target, TargetSpec};

const RULES: [NameRules; 5] = [
    NameRules::Packaging,
    NameRules::Uv,
    NameRules::PackagingBefore26_3,
    NameRules::EarlyPip,
    NameRules::EarlyUv,
];

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "foo",
            "1.0",
            "py3",
            "cp312",
            "cp313t",
            "abi3",
            "none",
            "any",
            "-",
            "-",
            "-",
            ".",
            "_",
            ".whl",
            ".tar.gz",
            "manylinux_2_17_x86_64",
            "manylinux2014_aarch64",
            "musllinux_1_2_x86_64",
            "win32",
            "CP312",
            "é",
            "\u{212a}",
        ])
        .prop_map(str::to_owned),
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn well_formed() -> impl Strategy<Value = String> {
    (
        "[a-z][a-z0-9]{0,8}(_[a-z0-9]{1,5})?",
        "[0-9]{1,3}(\\.[0-9]{1,3}){0,3}((a|b|rc)[0-9]{1,2})?(\\.post[0-9])?(\\.dev[0-9])?(\\+[a-z0-9]{1,5})?",
        prop::option::of("[1-9][0-9]{0,3}[a-z]{0,2}"),
        "(py3|cp312|py2\\.py3|cp311\\.cp312)-(none|abi3|cp312|abi3\\.none)-\
         (any|linux_x86_64|manylinux_2_(5|17|28|60)_x86_64(\\.manylinux2014_x86_64)?|musllinux_1_[0-3]_aarch64)",
    )
        .prop_map(|(name, version, build, tags)| match build {
            Some(build) => format!("{name}-{version}-{build}-{tags}.whl"),
            None => format!("{name}-{version}-{tags}.whl"),
        })
}

fn target(libc: Libc, installer: &str) -> Target {
    let installer: Installer = installer.parse().expect("an installer");
    Target::new(Arch::x86_64(), libc, "3.12".parse().expect("a Python"), installer)
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in pieces()) {
        let project = "foo".parse().expect("a name");
        for rules in RULES {
            let _ = FileKind::of(&text, &project, rules);
            if let Ok(name) = WheelName::parse(&text, rules) {
                let supported = SupportedTags::of(&target(Libc::Glibc(2, 36), "pip"));
                // Both functions return the same rank.
                prop_assert_eq!(supported.rank_name(&name), supported.rank(&name.tags()));
                prop_assert_eq!(supported.mismatch(&name.tags()).is_empty(), supported.supports(&name.tags()));
            }
        }
        let _ = NameVerdicts::of(&text, &project);
        let _ = (text.parse::<TagSet>(), text.parse::<TargetSpec>(), text.parse::<Arch>());
        let _ = (text.parse::<Python>(), text.parse::<Installer>());
        let _ = parse_target(&text, TargetFormat::Json, "target.json");
        let _ = parse_target(&text, TargetFormat::Toml, "target.toml");
        let _ = Libc::reported(LibcFamily::Glibc, &text);
    }

    #[test]
    fn a_written_name_reads_back_the_same(text in well_formed()) {
        let wheel: WheelFilename = text.parse().expect("well formed");
        prop_assert_eq!(wheel.to_string().parse(), Ok(wheel));
        let uv = WheelFilename::parse(&text, NameRules::Uv);
        prop_assert_eq!(uv, text.parse::<WheelFilename>());
    }

    #[test]
    fn a_rank_is_the_best_of_all_triples(text in well_formed()) {
        let supported = SupportedTags::of(&target(Libc::Glibc(2, 36), "pip"));
        let wheel: WheelFilename = text.parse().expect("well formed");
        let list: Vec<_> = supported.iter().collect();
        let best = wheel.tags().iter().filter_map(|tag| list.iter().position(|known| *known == tag)).min();
        prop_assert_eq!(supported.rank(wheel.tags()).map(|rank| rank.position()), best);
        prop_assert_eq!(supported.rank_filename(&text).map(|rank| rank.position()), best);
    }

    // PEP 600 and PEP 656: a newer minor version is compatible.
    #[test]
    fn a_newer_c_library_loses_no_wheel(text in well_formed(), minor in 0_u32..70, more in 0_u32..10) {
        let wheel: WheelFilename = text.parse().expect("well formed");
        for installer in ["pip", "uv", "pip==20.0.2", "pip==22.0", "packaging==21.0"] {
            let fits = |libc| SupportedTags::of(&target(libc, installer)).supports(wheel.tags());
            prop_assert!(!fits(Libc::Glibc(2, minor)) || fits(Libc::Glibc(2, minor + more)));
            let minor = minor % 5;
            prop_assert!(!fits(Libc::Musl(1, minor, None)) || fits(Libc::Musl(1, minor + more, None)));
        }
    }
}

/// A name may contain thousands of members. The cost is their sum, not their product.
#[test]
fn a_huge_tag_set_is_compared_quickly() {
    let many = |piece: &str| vec![piece; 3000].join(".");
    let name = format!("foo-1.0-{}-{}-{}.whl", many("cp27"), many("cp27mu"), many("win32"));
    let supported = SupportedTags::of(&target(Libc::Glibc(2, 36), "pip"));
    assert_eq!(supported.rank_filename(&name), None);
    let wheel: WheelFilename = name.parse().expect("well formed");
    assert!(!supported.mismatch(wheel.tags()).is_empty());
}

/// Version numbers that no C library has do not create endless lists.
#[test]
fn invented_versions_have_bounded_lists() {
    for libc in [Libc::Glibc(u32::MAX, u32::MAX), Libc::Musl(1, u32::MAX, None), Libc::Glibc(2, u32::MAX)] {
        for installer in ["pip", "uv", "pip==20.0.2"] {
            assert!(SupportedTags::of(&target(libc.clone(), installer)).len() < 300_000);
        }
    }
}
