//! The computed tags of wheels, and findings on the modules of every machine.
//!
//! The findings themselves are in `tests/rules/cases`.

use wheelbase::findings::Level;

use super::support::Wheel;

const GNU: &str = "cp312-cp312-manylinux_2_17_x86_64";
const MUSL: &str = "cp312-cp312-musllinux_1_2_x86_64";

/// A wheel with one fixture as its module `demo`.
fn wheel(tags: &str, fixture_name: &str) -> Wheel {
    Wheel::new(tags).with("demo/demo.so", fixture_name)
}

#[test]
fn the_computed_tag_is_the_oldest_that_the_members_satisfy() {
    for (tags, fixture, computed) in [
        (GNU, "new-node.so", "manylinux_2_34_x86_64"),
        ("cp312-cp312-manylinux_2_28_x86_64", "old-node.so", "manylinux_2_5_x86_64"),
        // A library from outside of the wheel, and private symbols.
        (GNU, "foreign.so", "linux_x86_64"),
        (GNU, "private-node.so", "linux_x86_64"),
    ] {
        assert_eq!(
            wheel(tags, fixture).inspect().verdict().expect("one machine").computed,
            computed,
            "{fixture}"
        );
    }
}

#[test]
fn limits_name_what_excludes_every_policy() {
    // auditwheel 6.8.2 then refuses every policy.
    assert_eq!(
        wheel(GNU, "isa-v3.so").inspect().verdict().expect("one machine").limits.isa.tag,
        "linux_x86_64"
    );
    assert_eq!(
        wheel(GNU, "forbidden.so").inspect().verdict().expect("one machine").limits.forbidden.tag,
        "linux_x86_64"
    );
}

#[test]
fn the_lowest_musl_is_that_of_the_symbols_and_relocations() {
    for (fixture, lowest) in
        [("no-musl.so", None), ("late-musl.so", Some("1.2.3")), ("relr.so", Some("1.2.4"))]
    {
        let found = wheel(MUSL, fixture).inspect();
        let musl = found.verdict().expect("one machine").lowest_musl.map(|one| one.to_string());
        assert_eq!(musl.as_deref(), lowest, "{fixture}");
    }
}

/// auditwheel uses the path of the parent for the libraries of its libraries, so no library is outside.
#[test]
fn libraries_behind_the_path_of_another_member_are_not_external() {
    let chain = wheel(GNU, "chain-runpath.so")
        .with("demo.libs/liba.so", "liba.so")
        .with("demo.libs/libb.so", "libb.so");
    assert_eq!(chain.inspect().verdict().expect("one machine").external_libraries, [""; 0]);
}

/// A member does not hide another one of the same name.
#[test]
fn both_members_of_a_name_count() {
    let twice = wheel(GNU, "old-node.so").with("demo/x.so", "libb.so").with("demo/x.so", "new-node.so");
    assert_eq!(twice.inspect().verdict().expect("one machine").computed, "manylinux_2_34_x86_64");
}

/// Each machine has its own table of symbols.
#[test]
fn no_finding_on_the_musl_modules_of_any_machine_is_denied() {
    for machine in ["x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64", "loongarch64"] {
        let wheel = Wheel::new(&format!("cp312-cp312-musllinux_1_2_{machine}"))
            .with("demo/ext.so", &format!("ext.{machine}.musl.so"));
        let found = wheel.inspect();
        assert!(
            found.findings.iter().all(|one| one.level() < Level::Deny),
            "{machine} {:#?}",
            found.findings
        );
        assert!(found.verdict().expect("one machine").lowest_musl.is_some(), "{machine}");
    }
}
