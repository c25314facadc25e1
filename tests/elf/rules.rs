//! Every finding, seen to fire and seen to stay silent.

use wheelbase::findings::Level;
use wheelbase::inspect::inspect;
use wheelbase::target::Libc;
use wheelbase::wheel::{WheelFacts, WheelReadOptions};

use crate::messages::assert_messages;

use super::support::{Entry, Wheel, fires, fixture, glibc, musl, silent, target};

const GNU: &str = "cp312-cp312-manylinux_2_17_x86_64";
const OLD: &str = "cp312-cp312-manylinux_2_5_x86_64";
const MUSL: &str = "cp312-cp312-musllinux_1_2_x86_64";

/// A wheel with one fixture as its module `demo`.
fn wheel(tags: &str, fixture_name: &str) -> Wheel {
    Wheel::new(tags).with("demo/demo.so", fixture_name)
}

fn member(inspection: &wheelbase::inspect::Inspection, code: &str) -> String {
    fires(inspection, code).member().expect("a member").to_owned()
}

// Notes, elf.md, section 1, rules 4 and 7.
mod tag_overstated {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(GNU, "new-node.so").inspect();
        let finding = super::fires(&found, "tag-overstated");
        assert_eq!(finding.level(), Level::Deny);
        assert_eq!(finding.evidence()["library"].as_str(), Some("libc.so.6"));
        assert_eq!(finding.evidence()["symbol"].as_str(), Some("GLIBC_2.34"));
        assert_messages!(finding.message());
        assert_eq!(found.verdict().expect("one").computed, "manylinux_2_34_x86_64");
    }

    /// A library may be there all the same, so this is less grave.
    #[test]
    fn fires_at_warn_for_a_library() {
        let found = wheel(GNU, "foreign.so").inspect();
        assert_eq!(super::fires(&found, "tag-overstated").level(), Level::Warn);
        assert_eq!(found.verdict().expect("one").computed, "linux_x86_64");
    }

    /// The oldest tag of a compressed set is the promise.
    #[test]
    fn fires_by_the_oldest_of_several_tags() {
        let found = wheel("cp312-cp312-manylinux_2_17_x86_64.manylinux_2_34_x86_64", "new-node.so").inspect();
        super::fires(&found, "tag-overstated");
    }

    #[test]
    fn fires_for_musl_by_series() {
        let found = wheel("cp312-cp312-musllinux_1_1_x86_64", "late-musl.so").inspect();
        let finding = super::fires(&found, "tag-overstated");
        assert_eq!((finding.level(), finding.evidence()["symbol"].as_str()), (Level::Deny, Some("qsort_r")));
    }

    #[test]
    fn silent() {
        super::silent(&wheel("cp312-cp312-manylinux_2_34_x86_64", "new-node.so").inspect(), "tag-overstated");
        super::silent(&wheel("cp312-cp312-manylinux_2_39_x86_64", "new-node.so").inspect(), "tag-overstated");
        super::silent(&wheel(MUSL, "late-musl.so").inspect(), "tag-overstated");
        // PEP 600 admits versions that no policy has; 2.36 lies between two.
        super::silent(&wheel("cp312-cp312-manylinux_2_35_x86_64", "new-node.so").inspect(), "tag-overstated");
    }
}

mod tag_understated {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel("cp312-cp312-manylinux_2_28_x86_64", "old-node.so").inspect();
        assert_eq!(super::fires(&found, "tag-understated").level(), Level::Allow);
        assert_eq!(found.verdict().expect("one").computed, "manylinux_2_5_x86_64");
    }

    #[test]
    fn silent() {
        super::silent(&wheel(OLD, "old-node.so").inspect(), "tag-understated");
        super::silent(&wheel("cp312-cp312-manylinux1_x86_64", "old-node.so").inspect(), "tag-understated");
        // An older machine floor is no slack: nothing older than 2.17 exists for aarch64.
        let arm = Wheel::new("cp312-cp312-manylinux2014_aarch64").with("demo/ext.so", "ext.aarch64.gnu.so");
        super::silent(&arm.inspect(), "tag-understated");
        // Series of musl are not told apart by symbols alone.
        super::silent(&wheel(MUSL, "lfs64.so").inspect(), "tag-understated");
    }
}

// E16.
mod libc_family_mismatch {
    use super::*;

    #[test]
    fn fires() {
        let musl_in_gnu = Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.musl.so").inspect();
        assert_eq!(
            super::fires(&musl_in_gnu, "libc-family-mismatch").evidence()["symbol"].as_str(),
            Some("musl")
        );
        let gnu_in_musl = Wheel::new(MUSL).with("demo/ext.so", "ext.x86_64.gnu.so").inspect();
        assert_eq!(super::fires(&gnu_in_musl, "libc-family-mismatch").level(), Level::Deny);
        let on = Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.gnu.so").on(&musl(1, 2, Some(5)));
        assert_messages!(super::fires(&on, "libc-family-mismatch").message());
    }

    #[test]
    fn silent() {
        let gnu = Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.gnu.so");
        super::silent(&gnu.inspect(), "libc-family-mismatch");
        super::silent(&gnu.on(&glibc(2, 36)), "libc-family-mismatch");
        let static_program = Wheel::new(MUSL).with("demo/tool", "static.exe");
        super::silent(&static_program.inspect(), "libc-family-mismatch");
    }
}

// E3; loader runs of elf.md, "Missing symbols on musl".
mod musl_symbol_missing {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(MUSL, "no-musl.so").inspect();
        let finding = super::fires(&found, "musl-symbol-missing");
        assert_eq!(finding.evidence()["symbol"].as_str(), Some("__cxa_thread_atexit_impl"));
        assert_eq!((finding.level(), found.verdict().expect("one").lowest_musl), (Level::Deny, None));
        let hidden = wheel(MUSL, "hidden-musl.so").inspect();
        assert_messages!(super::fires(&hidden, "musl-symbol-missing").message());
    }

    /// `qsort_r` came with 1.2.3: Alpine 3.15 has 1.2.2 and pip offers it the wheel all the same.
    #[test]
    fn fires_for_releases_that_the_tag_admits() {
        let late = wheel(MUSL, "late-musl.so");
        let found = late.inspect();
        assert_eq!(super::fires(&found, "musl-symbol-missing").level(), Level::Warn);
        assert_eq!(
            found.verdict().expect("one").lowest_musl.map(|one| one.to_string()).as_deref(),
            Some("1.2.3")
        );
        let on = |patch| super::fires(&late.on(&musl(1, 2, patch)), "musl-symbol-missing").level();
        assert_eq!((on(Some(2)), on(None)), (Level::Deny, Level::Warn));
        let older = late.on(&musl(1, 1, None));
        assert_eq!(super::fires(&older, "musl-symbol-missing").level(), Level::Deny);
    }

    #[test]
    fn silent() {
        super::silent(&wheel(MUSL, "late-musl.so").on(&musl(1, 2, Some(3))), "musl-symbol-missing");
        super::silent(&wheel(MUSL, "lfs64.so").on(&musl(1, 2, Some(6))), "musl-symbol-missing");
        // Another member gives the name.
        let given = wheel(MUSL, "chain-rpath.so")
            .with("demo.libs/liba.so", "liba.so")
            .with("demo.libs/libb.so", "libb.so");
        super::silent(&given.inspect(), "musl-symbol-missing");
        // Weak symbols may stay undefined, and glibc wheels are not asked.
        super::silent(&wheel(MUSL, "relr.so").inspect(), "musl-symbol-missing");
        super::silent(&wheel(GNU, "no-musl.so").inspect(), "musl-symbol-missing");
    }

    /// Each machine has its own table: no false alarm on the compiled modules of any.
    #[test]
    fn silent_on_every_machine() {
        for machine in ["x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64", "loongarch64"] {
            let wheel = Wheel::new(&format!("cp312-cp312-musllinux_1_2_{machine}"))
                .with("demo/ext.so", &format!("ext.{machine}.musl.so"));
            let found = wheel.inspect();
            assert!(
                found.findings.iter().all(|one| one.level() < Level::Deny),
                "{machine} {:#?}",
                found.findings
            );
            assert!(found.verdict().expect("one").lowest_musl.is_some(), "{machine}");
        }
    }
}

// E4.
mod musl_relr_unsupported {
    use super::*;

    #[test]
    fn fires() {
        let relr = wheel(MUSL, "relr.so");
        let found = relr.inspect();
        assert_eq!(super::fires(&found, "musl-relr-unsupported").level(), Level::Warn);
        assert_eq!(
            found.verdict().expect("one").lowest_musl.map(|one| one.to_string()).as_deref(),
            Some("1.2.4")
        );
        let on = |patch| super::fires(&relr.on(&musl(1, 2, patch)), "musl-relr-unsupported").level();
        assert_eq!((on(Some(3)), on(None)), (Level::Deny, Level::Warn));
    }

    #[test]
    fn silent() {
        super::silent(&wheel(MUSL, "relr.so").on(&musl(1, 2, Some(4))), "musl-relr-unsupported");
        super::silent(&wheel(MUSL, "lfs64.so").inspect(), "musl-relr-unsupported");
        super::silent(&wheel(GNU, "relr-node.so").inspect(), "musl-relr-unsupported");
    }
}

// E5.
mod executable_stack {
    use super::*;

    #[test]
    fn fires() {
        let stack = wheel(GNU, "exec-stack.so");
        assert_eq!(super::fires(&stack.inspect(), "executable-stack").level(), Level::Warn);
        assert_eq!(super::fires(&stack.on(&glibc(2, 41)), "executable-stack").level(), Level::Deny);
        // Without the header x86 means the same. PT_GNU_STACK becomes PT_NULL.
        let found = Wheel::new(GNU).bytes("demo/demo.so", &without_stack_header("old-node.so")).inspect();
        assert_messages!(super::fires(&found, "executable-stack").message());
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "exec-stack.so").on(&glibc(2, 40)), "executable-stack");
        super::silent(&wheel(GNU, "old-node.so").inspect(), "executable-stack");
        let arm = Wheel::new("cp312-cp312-manylinux_2_17_aarch64");
        let arm = arm.bytes("demo/demo.so", &without_stack_header("page-64k.so"));
        super::silent(&arm.inspect(), "executable-stack");
    }

    fn without_stack_header(name: &str) -> Vec<u8> {
        let mut bytes = fixture(name);
        let at =
            bytes.windows(4).position(|word| word == 0x6474_e551_u32.to_le_bytes()).expect("PT_GNU_STACK");
        bytes[at..at + 4].fill(0);
        bytes
    }
}

// E6.
mod load_alignment {
    use super::*;

    const ARM: &str = "cp312-cp312-manylinux_2_17_aarch64";

    #[test]
    fn fires() {
        let found = Wheel::new(ARM).with("demo/demo.so", "page-4k.so").inspect();
        assert_eq!(super::fires(&found, "load-alignment").evidence()["symbol"].as_str(), Some("4096"));
    }

    #[test]
    fn silent() {
        super::silent(&Wheel::new(ARM).with("demo/demo.so", "page-64k.so").inspect(), "load-alignment");
        super::silent(&wheel(GNU, "old-node.so").inspect(), "load-alignment");
    }
}

// E7.
mod isa_level {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(GNU, "isa-v3.so").inspect();
        assert_eq!(super::fires(&found, "isa-level").evidence()["symbol"].as_str(), Some("x86-64-v3"));
        // auditwheel 6.8.2 refuses every policy then.
        assert_eq!(found.verdict().expect("one").limits.isa.tag, "linux_x86_64");
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "isa-level");
    }
}

// E8.
mod rpath_escapes {
    use super::*;

    #[test]
    fn fires() {
        for (name, path) in [
            ("rpath-absolute.so", "/opt/vendor/lib"),
            ("rpath-relative.so", "vendor/lib"),
            ("rpath-climbs.so", "$ORIGIN/../../../elsewhere"),
        ] {
            let found = wheel(GNU, name).inspect();
            assert_eq!(super::fires(&found, "rpath-escapes").evidence()["symbol"].as_str(), Some(path));
        }
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "rpath-inside.so").inspect(), "rpath-escapes");
        super::silent(&wheel(GNU, "old-node.so").inspect(), "rpath-escapes");
        // Deeper in the tree the same path stays inside.
        let deep = Wheel::new(GNU).with("demo/a/b/demo.so", "rpath-climbs.so");
        super::silent(&deep.inspect(), "rpath-escapes");
    }
}

// E9.
mod runpath_not_inherited {
    use super::*;

    fn chain(name: &str) -> Wheel {
        wheel(GNU, name).with("demo.libs/liba.so", "liba.so").with("demo.libs/libb.so", "libb.so")
    }

    #[test]
    fn fires() {
        let found = chain("chain-runpath.so").inspect();
        let finding = super::fires(&found, "runpath-not-inherited");
        assert_eq!(finding.member(), Some("demo.libs/liba.so"));
        assert_eq!(finding.evidence()["library"].as_str(), Some("libb.so"));
        // auditwheel takes the path as passed on, and so nothing is outside.
        assert_eq!(found.verdict().expect("one").external_libraries, [""; 0]);
    }

    #[test]
    fn silent() {
        super::silent(&chain("chain-rpath.so").inspect(), "runpath-not-inherited");
        // musl passes both kinds on.
        let musl = Wheel::new(MUSL)
            .with("demo/demo.cpython-312-x86_64-linux-musl.so", "chain-musl.so")
            .with("demo.libs/liba.so", "liba.so")
            .with("demo.libs/libb.so", "libb.so");
        super::silent(&musl.inspect(), "runpath-not-inherited");
    }
}

// E10.
mod elf_in_pure_wheel {
    use super::*;

    #[test]
    fn fires() {
        let any = wheel("py3-none-any", "old-node.so").inspect();
        assert_messages!(super::fires(&any, "elf-in-pure-wheel").message());
        let purelib = Wheel::new(GNU).with("demo-1.0.data/purelib/demo/demo.so", "old-node.so").inspect();
        assert_eq!(member(&purelib, "elf-in-pure-wheel"), "demo-1.0.data/purelib/demo/demo.so");
        super::fires(&wheel(GNU, "old-node.so").purelib(true).inspect(), "elf-in-pure-wheel");
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "elf-in-pure-wheel");
        let platlib = Wheel::new(GNU).purelib(true).with("demo-1.0.data/platlib/demo/demo.so", "old-node.so");
        super::silent(&platlib.inspect(), "elf-in-pure-wheel");
        let text = Wheel::new("py3-none-any").bytes("demo/data.bin", b"no binary at all, just data");
        super::silent(&text.inspect(), "elf-in-pure-wheel");
    }
}

// E11.
mod labels_disagree {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(GNU, "old-node.so").labelled(&["cp312-cp312-linux_x86_64"]).inspect();
        assert_messages!(super::fires(&found, "labels-disagree").message());
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "labels-disagree");
        // Order and compression mean nothing.
        let compressed = wheel("py2.py3-none-manylinux1_x86_64", "old-node.so");
        let compressed = compressed.labelled(&["py3-none-manylinux1_x86_64", "py2-none-manylinux1_x86_64"]);
        super::silent(&compressed.inspect(), "labels-disagree");
        let written = wheel("py2.py3-none-manylinux1_x86_64", "old-node.so")
            .labelled(&["py2.py3-none-manylinux1_x86_64"]);
        super::silent(&written.inspect(), "labels-disagree");
    }
}

// E12.
mod foreign_machine {
    use super::*;

    #[test]
    fn fires() {
        let module = Wheel::new(GNU).with("demo/ext.so", "ext.aarch64.gnu.so").inspect();
        assert_eq!(super::fires(&module, "foreign-machine").level(), Level::Deny);
        let beside = wheel(GNU, "old-node.so").with("demo/tool", "page-64k.so").inspect();
        assert_eq!(super::fires(&beside, "foreign-machine").level(), Level::Warn);
        let on = wheel(GNU, "old-node.so").on(&target("aarch64", Libc::Glibc(2, 36)));
        assert_eq!(super::fires(&on, "foreign-machine").level(), Level::Deny);
        let x32 = Wheel::new(GNU).with("demo/ext.so", "ext.x32.gnu.so").inspect();
        assert_eq!(super::fires(&x32, "foreign-machine").evidence()["symbol"].as_str(), Some("x32"));
    }

    /// Code for a GPU is data to its wheel.
    #[test]
    fn fires_at_allow_for_accelerators() {
        let mut gpu = fixture("libb.so");
        gpu[18..20].copy_from_slice(&224_u16.to_le_bytes());
        let found = wheel(GNU, "old-node.so").bytes("demo/kernel.hsaco", &gpu).inspect();
        assert_eq!(super::fires(&found, "foreign-machine").level(), Level::Allow);
    }

    #[test]
    fn fires_for_another_system() {
        let mut bsd = fixture("old-node.so");
        bsd[7] = 9;
        let found = Wheel::new(GNU).bytes("demo/demo.so", &bsd).inspect();
        assert_messages!(super::fires(&found, "foreign-machine").message());
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "foreign-machine");
        super::silent(&wheel(GNU, "old-node.so").on(&glibc(2, 36)), "foreign-machine");
        let narrow = Wheel::new("cp312-cp312-manylinux2014_i686").with("demo/ext.so", "ext.i686.gnu.so");
        let mut target = glibc(2, 36);
        target.bits = 32;
        super::silent(&narrow.on(&target), "foreign-machine");
    }
}

// E13.
mod linux_tag {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel("cp312-cp312-linux_x86_64", "old-node.so").inspect();
        let finding = super::fires(&found, "linux-tag");
        assert_eq!(finding.evidence()["symbol"].as_str(), Some("linux_x86_64"));
        assert_messages!(format!("{}\nhelp: {}", finding.message(), finding.help().expect("a help")));
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "linux-tag");
        super::silent(&wheel("py3-none-any", "old-node.so").inspect(), "linux-tag");
    }
}

// E14; names from CPython's Misc/stable_abi.toml.
mod abi3_violation {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel("cp38-abi3-manylinux_2_17_x86_64", "abi3-bad.so").inspect();
        assert_eq!(
            super::fires(&found, "abi3-violation").evidence()["symbol"].as_str(),
            Some("_PyLong_AsByteArray")
        );
        // PyObject_GetBuffer is stable since 3.11.
        let late = wheel("cp38-abi3-manylinux_2_17_x86_64", "abi3-late.so").inspect();
        assert_messages!(super::fires(&late, "abi3-violation").message());
    }

    #[test]
    fn silent() {
        super::silent(&wheel("cp311-abi3-manylinux_2_17_x86_64", "abi3-late.so").inspect(), "abi3-violation");
        super::silent(&wheel("cp38-abi3-manylinux_2_17_x86_64", "abi3-good.so").inspect(), "abi3-violation");
        // What libforeign.so.9, which another wheel may bring, could define.
        let elsewhere = wheel("cp38-abi3-manylinux_2_17_x86_64", "abi3-elsewhere.so");
        super::silent(&elsewhere.inspect(), "abi3-violation");
        // No promise, no violation.
        super::silent(&wheel(GNU, "abi3-bad.so").inspect(), "abi3-violation");
    }
}

// E15.
mod private_symbol_version {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(GNU, "private-node.so").inspect();
        let finding = super::fires(&found, "private-symbol-version");
        assert_eq!(finding.evidence()["symbol"].as_str(), Some("GLIBC_PRIVATE"));
        assert_messages!(finding.message());
        assert_eq!(found.verdict().expect("one").computed, "linux_x86_64");
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "new-node.so").inspect(), "private-symbol-version");
    }
}

// E2 against a target.
mod glibc_too_old {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(GNU, "new-node.so").on(&glibc(2, 31));
        let finding = super::fires(&found, "glibc-too-old");
        assert_eq!(
            (finding.level(), finding.evidence()["symbol"].as_str()),
            (Level::Deny, Some("GLIBC_2.34"))
        );
        let relr = wheel(GNU, "relr-node.so").on(&glibc(2, 35));
        assert_eq!(
            super::fires(&relr, "glibc-too-old").evidence()["symbol"].as_str(),
            Some("GLIBC_ABI_DT_RELR")
        );
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "new-node.so").on(&glibc(2, 34)), "glibc-too-old");
        super::silent(&wheel(GNU, "relr-node.so").on(&glibc(2, 36)), "glibc-too-old");
        super::silent(&wheel(GNU, "new-node.so").inspect(), "glibc-too-old");
        // Weak symbols alone make a weak node, which the loader only warns of.
        super::silent(&wheel(GNU, "old-node.so").on(&glibc(2, 5)), "glibc-too-old");
    }
}

mod library_outside_policy {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(GNU, "foreign.so").inspect();
        assert_eq!(
            super::fires(&found, "library-outside-policy").evidence()["library"].as_str(),
            Some("libforeign.so.9")
        );
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "library-outside-policy");
        // Inside the wheel where the search path leads.
        let inside = wheel(GNU, "chain-rpath.so")
            .with("demo.libs/liba.so", "liba.so")
            .with("demo.libs/libb.so", "libb.so");
        super::silent(&inside.inspect(), "library-outside-policy");
        // Allowed from 2.24 on, so it is a matter of the tag.
        super::silent(
            &wheel("cp312-cp312-manylinux_2_28_x86_64", "mvec.so").inspect(),
            "library-outside-policy",
        );
    }
}

mod forbidden_symbol {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(GNU, "forbidden.so").inspect();
        assert_eq!(
            super::fires(&found, "forbidden-symbol").evidence()["symbol"].as_str(),
            Some("inflate_fast")
        );
        assert_eq!(found.verdict().expect("one").limits.forbidden.tag, "linux_x86_64");
        // The same list holds for musl.
        let musl = wheel(MUSL, "forbidden.so").inspect();
        assert_eq!(super::fires(&musl, "forbidden-symbol").evidence()["library"].as_str(), Some("libz.so.1"));
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "allowed.so").inspect(), "forbidden-symbol");
    }
}

mod not_loadable_libpython {
    use super::*;

    #[test]
    fn fires() {
        let found = wheel(GNU, "libpython-linked.so").inspect();
        assert_eq!(
            super::fires(&found, "not-loadable-libpython").evidence()["library"].as_str(),
            Some("libpython3.12.so.1.0")
        );
        super::silent(&found, "library-outside-policy");
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "not-loadable-libpython");
        super::silent(&Wheel::new(GNU).with("demo/tool", "dynamic.exe").inspect(), "not-loadable-libpython");
    }
}

mod text_relocations {
    use super::*;

    #[test]
    fn fires() {
        super::fires(&wheel(GNU, "textrel.so").inspect(), "text-relocations");
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "text-relocations");
    }
}

mod record_disagrees {
    use super::*;

    #[test]
    fn fires() {
        let bytes = wheel(GNU, "old-node.so");
        let mut entry = Entry::new("demo/late.so", &fixture("libb.so"));
        // RECORD is made from the data at hand, and the archive then gets other data.
        entry.size = Some(entry.data.len() as u64);
        let mut raw = bytes.build();
        let record = b"demo/demo.so,sha256=0,";
        let packed = super::super::support::deflate(record);
        assert!(
            !raw.windows(packed.len()).any(|window| window == packed),
            "RECORD is packed with more behind it"
        );
        // A wheel whose RECORD lists nothing.
        raw = super::super::support::zip(&[
            entry,
            Entry::new("demo-1.0.dist-info/WHEEL", b"Tag: cp312-cp312-manylinux_2_17_x86_64\n"),
            Entry::new("demo-1.0.dist-info/RECORD", b"demo/other.so,sha256=0,1\n"),
        ]);
        let facts =
            WheelFacts::read_bytes(&bytes.file, &raw, &WheelReadOptions::default()).expect("readable");
        assert_eq!(member(&inspect(&facts, None), "record-disagrees"), "demo/late.so");
        let sized = super::super::support::zip(&[
            Entry::new("demo/late.so", &fixture("libb.so")),
            Entry::new("demo-1.0.dist-info/RECORD", b"demo/late.so,sha256=0,1\n"),
        ]);
        let facts =
            WheelFacts::read_bytes(&bytes.file, &sized, &WheelReadOptions::default()).expect("readable");
        assert_messages!(super::fires(&inspect(&facts, None), "record-disagrees").message());
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").inspect(), "record-disagrees");
        super::silent(&wheel(GNU, "old-node.so").without_record().inspect(), "record-disagrees");
    }
}

mod unreadable_member {
    use super::*;

    #[test]
    fn fires() {
        let cut = &fixture("old-node.so")[..100];
        let found = wheel(GNU, "old-node.so").bytes("demo/cut.so", cut).inspect();
        assert_eq!(member(&found, "unreadable-member"), "demo/cut.so");
        let mut entry = Entry::new("demo/odd.so", &fixture("libb.so"));
        entry.method = 99;
        super::fires(&Wheel::new(GNU).entry(entry).inspect(), "unreadable-member");
    }

    #[test]
    fn silent() {
        super::silent(
            &wheel(GNU, "old-node.so").with("demo/demo.debug", "ext.debug").inspect(),
            "unreadable-member",
        );
    }
}

mod encrypted_member {
    use super::*;

    #[test]
    fn fires() {
        let mut entry = Entry::new("demo/secret.so", &fixture("libb.so"));
        entry.flags = 1;
        let found = Wheel::new(GNU).entry(entry).inspect();
        assert_eq!(super::fires(&found, "encrypted-member").level(), Level::Deny);
    }

    #[test]
    fn silent() {
        let mut entry = Entry::new("demo/plain.so", &fixture("libb.so"));
        // Bit 11 only says that the name is UTF-8.
        entry.flags = 0x800;
        super::silent(&Wheel::new(GNU).entry(entry).inspect(), "encrypted-member");
    }
}

mod duplicate_member {
    use super::*;

    #[test]
    fn fires() {
        let twice = wheel(GNU, "old-node.so").with("demo/x.so", "libb.so").with("demo/x.so", "new-node.so");
        let found = twice.inspect();
        assert_eq!(member(&found, "duplicate-member"), "demo/x.so");
        // Both are checked: hiding one behind the other must not help.
        assert_eq!(found.verdict().expect("one").computed, "manylinux_2_34_x86_64");
    }

    #[test]
    fn silent() {
        super::silent(&wheel(GNU, "old-node.so").with("demo/X.so", "libb.so").inspect(), "duplicate-member");
    }
}

mod unsafe_member_name {
    use super::*;

    #[test]
    fn fires() {
        for name in
            ["../outside.so", "/etc/outside.so", "demo/../../outside.so", "demo\\outside.so", "..\\x.so"]
        {
            let found = wheel(GNU, "old-node.so").with(name, "libb.so").inspect();
            assert_eq!(super::fires(&found, "unsafe-member-name").level(), Level::Deny, "{name}");
        }
    }

    #[test]
    fn silent() {
        super::silent(
            &wheel(GNU, "old-node.so").with("demo/..dots../a..b.so", "libb.so").inspect(),
            "unsafe-member-name",
        );
    }
}

mod archive_bomb {
    use super::*;

    #[test]
    fn fires() {
        // A gigabyte from two kilobytes; `damage.rs` unpacks real ones.
        let mut entry = Entry::new("demo/big.so", &fixture("libb.so"));
        entry.size = Some(1 << 30);
        let found = Wheel::new(GNU).entry(entry).inspect();
        assert_eq!(super::fires(&found, "archive-bomb").level(), Level::Deny);
    }

    #[test]
    fn silent() {
        let mut data = fixture("libb.so");
        data.resize(1 << 20, 0);
        super::silent(&Wheel::new(GNU).bytes("demo/big.so", &data).inspect(), "archive-bomb");
    }
}

/// Each code of the table has a module above with `fires` and `silent`.
#[test]
fn every_code_of_the_area_is_seen_both_ways() {
    let own = include_str!("rules.rs");
    let codes: Vec<String> = crate::rules::meta::files("src/findings/elf", &["rs"])
        .iter()
        .filter_map(|path| path.file_stem()?.to_str())
        .filter(|stem| *stem != "mod")
        .map(|stem| stem.replace('_', "-"))
        .collect();
    assert!(codes.len() > 20);
    for code in codes {
        let module = format!("mod {} {{", code.replace('-', "_"));
        let at = own.find(&module).unwrap_or_else(|| panic!("no tests of {code}"));
        let body = own[at..].split("\nmod ").next().expect("a body");
        assert!(body.contains("fn fires()") && body.contains("fn silent()"), "{code}");
        let code: wheelbase::findings::Code = code.parse().expect("in the table");
        assert!(code.explanation().len() > 80 && code.link().starts_with("https://"), "{code}");
        assert!(!code.summary().ends_with('.'), "{code}");
    }
}
