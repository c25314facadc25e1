//! Every finding of loading, seen to fire and seen to stay silent.

use wheelbase::gate::{Finding, Level};
use wheelbase::image::{Library, LibrarySet, Nodes, PackageManager, Toolchain};
use wheelbase::load::{Installed, Loading, Place, judge};
use wheelbase::target::Target;
use wheelbase::wheel::WheelFacts;

use crate::elf::support::{Wheel, glibc, musl, target};

const GNU: &str = "cp312-cp312-manylinux_2_17_x86_64";
const MUSL: &str = "cp312-cp312-musllinux_1_2_x86_64";

/// An image of trixie with glibc's own libraries and those named.
fn place(libraries: &[&str]) -> Place {
    let mut set = LibrarySet::complete("test", true);
    for soname in ["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"] {
        let nodes = Nodes::Newest { newest: vec![("GLIBC".into(), "2.28".into())], named: vec![] };
        set.insert(Library::new(soname).with_nodes(nodes));
    }
    for soname in libraries {
        set.insert(Library::new(*soname));
    }
    let mut place = Place::of_target(&glibc(2, 28));
    place.libraries = set;
    place.release = Some("debian:13".to_owned());
    place.package_manager = PackageManager::Apt;
    place
}

fn judged(wheels: &[(&str, &WheelFacts)], target: &Target, place: &Place) -> Loading {
    let wheels: Vec<Installed<'_>> = wheels
        .iter()
        .map(|(project, facts)| Installed::new(project.parse().expect("a name"), facts))
        .collect();
    judge(&wheels, target, place)
}

fn one(wheel: &Wheel, target: &Target, place: &Place) -> Loading {
    judged(&[("demo", &wheel.facts())], target, place)
}

fn fires<'l>(loading: &'l Loading, code: &str) -> &'l Finding {
    let found: Vec<&Finding> = loading.findings.iter().filter(|one| one.code.name() == code).collect();
    match found.as_slice() {
        [one] => one,
        other => panic!("{code}: {other:#?}, all: {:#?}", loading.findings),
    }
}

fn silent(loading: &Loading, code: &str) {
    assert!(code.parse::<wheelbase::gate::Code>().is_ok(), "{code}");
    assert!(loading.findings.iter().all(|one| one.code.name() != code), "{:#?}", loading.findings);
}

fn quiet(loading: &Loading) {
    assert!(loading.findings.is_empty(), "{:#?}", loading.findings);
}

mod missing_library {
    use super::*;

    #[test]
    fn fires() {
        let loading = one(&Wheel::new(GNU).with("demo/demo.so", "foreign.so"), &glibc(2, 28), &place(&[]));
        let found = super::fires(&loading, "missing-library");
        assert_eq!(found.level(), Level::Deny);
        assert!(
            found.message
                == "`import demo` fails: the image lacks `libforeign.so.9` (needed by `demo/demo.so`)",
            "{}",
            found.message
        );
        assert_eq!(found.member.as_deref(), Some("demo/demo.so"));
        assert_eq!(found.evidence.libraries, ["libforeign.so.9"]);
        assert_eq!(loading.lacking.iter().collect::<Vec<_>>(), ["libforeign.so.9"]);
        assert_eq!(loading.failing.len(), 1);
    }

    #[test]
    fn silent() {
        let wheel = Wheel::new(GNU).with("demo/demo.so", "foreign.so");
        quiet(&one(&wheel, &glibc(2, 28), &place(&["libforeign.so.9"])));
        quiet(&one(&Wheel::new(GNU).with("demo/demo.so", "ext.x86_64.gnu.so"), &glibc(2, 28), &place(&[])));
    }

    // ld.so(8), DT_RPATH: it also serves what the file's libraries need.
    #[test]
    fn a_rpath_of_the_parent_serves_grafted_libraries() {
        let wheel = Wheel::new(GNU)
            .with("demo/demo.so", "chain-rpath.so")
            .with("demo.libs/liba.so", "liba.so")
            .with("demo.libs/libb.so", "libb.so");
        quiet(&one(&wheel, &glibc(2, 28), &place(&[])));
    }

    // ld.so(8), DT_RUNPATH: it does not.
    #[test]
    fn a_runpath_of_the_parent_does_not() {
        let wheel = Wheel::new(GNU)
            .with("demo/demo.so", "chain-runpath.so")
            .with("demo.libs/liba.so", "liba.so")
            .with("demo.libs/libb.so", "libb.so");
        let loading = one(&wheel, &glibc(2, 28), &place(&[]));
        // Something may have loaded it before, so that this is told only with all findings.
        let found = super::fires(&loading, "runpath-not-inherited");
        assert_eq!(found.level(), Level::Allow);
        super::silent(&loading, "missing-library");
        // musl passes both on (ldso/dynlink.c).
        let wheel = Wheel::new(MUSL)
            .with("demo/demo.so", "chain-musl.so")
            .with("demo.libs/liba.so", "liba.so")
            .with("demo.libs/libb.so", "libb.so");
        let target = musl(1, 2, Some(5));
        quiet(&one(&wheel, &target, &Place::of_target(&target)));
    }

    #[test]
    fn a_library_of_another_wheel_counts_where_a_search_path_leads_to_it() {
        let module = Wheel::new(GNU).with("demo/demo.so", "chain-rpath.so");
        let other = Wheel::new(GNU).with("demo.libs/liba.so", "liba.so").with("demo.libs/libb.so", "libb.so");
        let (module, other) = (module.facts(), other.facts());
        quiet(&judged(&[("demo", &module), ("demo-libs", &other)], &glibc(2, 28), &place(&[])));
        let alone = judged(&[("demo", &module)], &glibc(2, 28), &place(&[]));
        assert_eq!(super::fires(&alone, "missing-library").evidence.libraries, ["liba.so"]);
        // Where the wheels it depends on are not looked at, one of them may bring it.
        let wheels = [Installed::alone("demo".parse().expect("a name"), &module)];
        let alone = judge(&wheels, &glibc(2, 28), &place(&[]));
        assert_eq!(super::fires(&alone, "missing-library").level(), Level::Warn);
    }

    // PEP 3149: a module of another interpreter is never opened.
    #[test]
    fn modules_of_other_interpreters_do_not_count() {
        let path = "demo/demo.cpython-311-x86_64-linux-gnu.so";
        let wheel = Wheel::new(GNU).with(path, "foreign.so");
        quiet(&one(&wheel, &glibc(2, 28), &place(&[])));
        let path = "demo/demo.cpython-312-x86_64-linux-gnu.so";
        let wheel = Wheel::new(GNU).with(path, "foreign.so");
        super::fires(&one(&wheel, &glibc(2, 28), &place(&[])), "missing-library");
    }

    #[test]
    fn the_only_library_of_a_wheel_without_modules_counts() {
        let wheel = Wheel::new(GNU).with("demo/lib/libdemo.so", "foreign.so");
        let loading = one(&wheel, &glibc(2, 28), &place(&[]));
        let found = super::fires(&loading, "missing-library");
        assert_eq!(found.level(), Level::Deny);
        assert!(found.message.contains("most likely `import demo`"), "{}", found.message);
        // The file that fails is the one that needs it, which is not said twice.
        assert!(found.message.ends_with("the image lacks `libforeign.so.9`"), "{}", found.message);
    }
}

mod optional_part_fails {
    use super::*;

    #[test]
    fn fires_and_leaves_the_import_alone() {
        let wheel = Wheel::new(GNU)
            .with("demo/ext.so", "ext.x86_64.gnu.so")
            .with("demo/plugins/libq.so", "foreign.so");
        let loading = one(&wheel, &glibc(2, 28), &place(&[]));
        assert_eq!(fires(&loading, "optional-part-fails").level(), Level::Allow);
        super::silent(&loading, "missing-library");
        assert!(loading.lacking.is_empty() && loading.failing.is_empty());
    }

    #[test]
    fn silent() {
        let wheel = Wheel::new(GNU)
            .with("demo/ext.so", "ext.x86_64.gnu.so")
            .with("demo/plugins/libq.so", "foreign.so");
        quiet(&one(&wheel, &glibc(2, 28), &place(&["libforeign.so.9"])));
    }
}

mod library_too_old {
    use super::*;

    #[test]
    fn fires() {
        let wheel = Wheel::new(GNU).with("demo/demo.so", "new-node.so");
        let loading = one(&wheel, &glibc(2, 28), &place(&[]));
        let found = super::fires(&loading, "library-too-old");
        assert_eq!(found.level(), Level::Deny);
        assert_eq!(found.evidence.symbol.as_deref(), Some("GLIBC_2.34"));
        assert!(found.message.contains("which ends with GLIBC_2.28"), "{}", found.message);
        // The version of the C library stands in where nobody read its nodes.
        let target = glibc(2, 33);
        super::fires(&one(&wheel, &target, &Place::of_target(&target)), "library-too-old");
    }

    #[test]
    fn silent() {
        let wheel = Wheel::new(GNU).with("demo/demo.so", "new-node.so");
        let target = glibc(2, 34);
        super::silent(&one(&wheel, &target, &Place::of_target(&target)), "library-too-old");
    }
}

mod musl_findings {
    use super::*;

    fn on(wheel: &Wheel, patch: Option<u32>) -> Loading {
        let target = musl(1, 2, patch);
        one(wheel, &target, &Place::of_target(&target))
    }

    #[test]
    fn a_symbol_of_no_release_fires() {
        let loading = on(&Wheel::new(MUSL).with("demo/demo.so", "no-musl.so"), Some(5));
        let found = fires(&loading, "musl-symbol-missing");
        assert_eq!(found.level(), Level::Deny);
        assert!(found.message.contains("no musl release"), "{}", found.message);
    }

    #[test]
    fn a_symbol_of_a_later_release_fires_on_earlier_ones() {
        let wheel = Wheel::new(MUSL).with("demo/demo.so", "late-musl.so");
        assert_eq!(fires(&on(&wheel, Some(2)), "musl-symbol-missing").level(), Level::Deny);
        assert_eq!(fires(&on(&wheel, None), "musl-symbol-missing").level(), Level::Warn);
        silent(&on(&wheel, Some(3)), "musl-symbol-missing");
        silent(
            &on(&Wheel::new(MUSL).with("demo/ext.so", "ext.x86_64.musl.so"), Some(2)),
            "musl-symbol-missing",
        );
    }

    #[test]
    fn packed_relocations_fire_before_1_2_4() {
        let wheel = Wheel::new(MUSL).with("demo/demo.so", "relr.so");
        let early = on(&wheel, Some(3));
        let found = fires(&early, "musl-relr-unsupported");
        assert_eq!(found.level(), Level::Deny);
        assert!(found.message.starts_with("`import demo` crashes"), "{}", found.message);
        assert_eq!(fires(&on(&wheel, None), "musl-relr-unsupported").level(), Level::Warn);
        silent(&on(&wheel, Some(4)), "musl-relr-unsupported");
    }
}

mod executable_stack {
    use super::*;

    #[test]
    fn fires_from_glibc_2_41() {
        let wheel = Wheel::new(GNU).with("demo/demo.so", "exec-stack.so");
        let on = |minor| one(&wheel, &glibc(2, minor), &Place::of_target(&glibc(2, minor)));
        assert_eq!(fires(&on(41), "executable-stack").level(), Level::Deny);
        silent(&on(40), "executable-stack");
    }
}

mod libc_family_mismatch {
    use super::*;

    #[test]
    fn fires() {
        let wheel = Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.gnu.so");
        let target = musl(1, 2, Some(5));
        let loading = one(&wheel, &target, &Place::of_target(&target));
        let found = super::fires(&loading, "libc-family-mismatch");
        assert_eq!(found.level(), Level::Deny);
        // What else such a file needs is beside the point.
        assert_eq!(loading.findings.len(), 1, "{:#?}", loading.findings);
    }

    #[test]
    fn silent() {
        let wheel = Wheel::new(MUSL).with("demo/ext.so", "ext.x86_64.musl.so");
        let target = musl(1, 2, Some(5));
        quiet(&one(&wheel, &target, &Place::of_target(&target)));
    }
}

mod undetermined {
    use super::*;

    #[test]
    fn fires_once_with_the_reason() {
        let wheel = Wheel::new(GNU).with("demo/demo.so", "foreign.so");
        let target = glibc(2, 36);
        let loading = one(&wheel, &target, &Place::of_target(&target));
        let found = fires(&loading, "undetermined");
        assert!(found.message.contains("names no image") && found.message.contains("libforeign.so.9"));
        assert!(loading.undetermined.is_some());
        silent(&loading, "missing-library");
    }

    #[test]
    fn silent_for_what_libc_brings() {
        let wheel = Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.gnu.so");
        let target = target("x86_64", wheelbase::target::Libc::Glibc(2, 36));
        quiet(&one(&wheel, &target, &Place::of_target(&target)));
    }
}

mod needs_system_library {
    use super::*;

    fn pure(project: &str, place: &Place) -> Loading {
        let facts = Wheel::new("py3-none-any").facts();
        judged(&[(project, &facts)], &glibc(2, 41), place)
    }

    #[test]
    fn fires_with_the_line_that_installs_it() {
        let loading = pure("python-magic", &place(&[]));
        let found = fires(&loading, "needs-system-library");
        assert_eq!(found.level(), Level::Deny);
        assert_eq!(found.evidence.libraries, ["libmagic.so.1"]);
        assert!(found.evidence.install.as_deref().is_some_and(|line| line.ends_with(" libmagic1t64")));
        // A function needs it, and not the import.
        assert_eq!(fires(&pure("pyusb", &place(&[])), "needs-system-library").level(), Level::Warn);
    }

    #[test]
    fn silent_where_the_image_or_the_wheel_or_another_project_has_it() {
        quiet(&pure("python-magic", &place(&["libmagic.so.1"])));
        quiet(&pure("flask", &place(&[])));
        let bundled = Wheel::new(GNU).with("_soundfile_data/libsndfile.so", "ext.x86_64.gnu.so").facts();
        quiet(&judged(&[("soundfile", &bundled)], &glibc(2, 41), &place(&[])));
        let empty = Wheel::new("py3-none-any").facts();
        let both = [("psycopg", &empty), ("psycopg-binary", &empty)];
        quiet(&judged(&both, &glibc(2, 41), &place(&[])));
        fires(&judged(&both[..1], &glibc(2, 41), &place(&[])), "needs-system-library");
    }

    #[test]
    fn programs_are_told_unless_the_image_is_known_to_have_them() {
        let mut full = place(&[]);
        let loading = pure("gitpython", &full);
        let found = fires(&loading, "needs-system-library");
        assert!(found.message.contains("program `git`"), "{}", found.message);
        assert_eq!(found.level(), Level::Warn);
        full.toolchain = Toolchain::Present;
        quiet(&pure("gitpython", &full));
    }

    #[test]
    fn an_unknown_set_is_undetermined() {
        let target = glibc(2, 41);
        let loading = pure("weasyprint", &Place::of_target(&target));
        silent(&loading, "needs-system-library");
        fires(&loading, "undetermined");
    }
}
