//! Loading by the library: images of any contents, levels, and what a loading reports next to its findings.
//!
//! `tests/rules/cases` has the cases of each code through the command.

use serde_json::json;
use wheelbase::findings::{Finding, Level};
use wheelbase::image::{CompilerPresence, Library, LibrarySet, Nodes, PackageManager};
use wheelbase::imports::{ImportWalk, Imports};
use wheelbase::load::{InstalledWheel, LoaderEnvironment, Loading, check_loading};
use wheelbase::target::Target;
use wheelbase::wheel::{Container, WheelFacts};

use crate::elf::support::{Wheel, glibc, musl, target};
use crate::messages::{Messages, assert_messages};

const GNU: &str = "cp312-cp312-manylinux_2_17_x86_64";
const MUSL: &str = "cp312-cp312-musllinux_1_2_x86_64";

/// An image of trixie with glibc's own libraries and those named.
fn place(libraries: &[&str]) -> LoaderEnvironment {
    let mut set = LibrarySet::complete("test", true);
    for soname in ["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"] {
        let nodes = Nodes::Newest { newest: vec![("GLIBC".into(), "2.28".into())], named: vec![] };
        set.insert(Library::new(soname).with_nodes(nodes));
    }
    for soname in libraries {
        set.insert(Library::new(*soname));
    }
    let mut place = LoaderEnvironment::of_target(&glibc(2, 28));
    place.libraries = set;
    place.release = Some("debian:13".to_owned());
    place.package_manager = PackageManager::Apt;
    place
}

fn checked(wheels: &[(&str, &WheelFacts)], target: &Target, place: &LoaderEnvironment) -> Loading {
    let wheels: Vec<InstalledWheel<'_>> = wheels
        .iter()
        .map(|(project, facts)| InstalledWheel::new(project.parse().expect("a name"), facts))
        .collect();
    check_loading(&wheels, target, place)
}

fn one(wheel: &Wheel, target: &Target, place: &LoaderEnvironment) -> Loading {
    checked(&[("demo", &wheel.facts())], target, place)
}

/// The imports of wheels of these files, with the text of those that are Python.
fn imports(wheel: &Wheel, texts: &[(&str, &str)]) -> Imports {
    let facts = wheel.facts();
    let members = facts.members.iter().map(|member| member.path.as_str());
    let mut walk = ImportWalk::new("demo", members.chain(texts.iter().map(|(path, _)| *path)));
    loop {
        let wants = walk.wants();
        if wants.is_empty() {
            return walk.finish();
        }
        for path in wants {
            let text = texts.iter().find(|(known, _)| *known == path).map(|(_, text)| text.as_bytes());
            walk.give(&path, text);
        }
    }
}

/// A wheel with known Python files.
fn with_text(wheel: &Wheel, texts: &[(&str, &str)], place: &LoaderEnvironment) -> Loading {
    let (facts, imports) = (wheel.facts(), imports(wheel, texts));
    let installed = InstalledWheel::new("demo".parse().expect("a name"), &facts).with_imports(Some(&imports));
    check_loading(&[installed], &glibc(2, 28), place)
}

/// Wheels with what they depend on.
fn depending(wheels: &[(&str, &WheelFacts, &[&str])], target: &Target, place: &LoaderEnvironment) -> Loading {
    let name = |text: &&str| text.parse().expect("a name");
    let wheels: Vec<InstalledWheel<'_>> = wheels
        .iter()
        .map(|(project, facts, depends)| {
            let depends = depends.iter().map(name).collect();
            InstalledWheel::new(name(project), facts).with_depends(Some(depends))
        })
        .collect();
    check_loading(&wheels, target, place)
}

fn fires<'l>(loading: &'l Loading, code: &str) -> &'l Finding {
    let found: Vec<&Finding> = loading.findings.iter().filter(|one| one.code().name() == code).collect();
    match found.as_slice() {
        [one] => one,
        other => panic!("{code}: {other:#?}, all: {:#?}", loading.findings),
    }
}

fn silent(loading: &Loading, code: &str) {
    assert!(code.parse::<wheelbase::findings::Code>().is_ok(), "{code}");
    assert!(loading.findings.iter().all(|one| one.code().name() != code), "{:#?}", loading.findings);
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
        assert_messages!(found.message());
        assert_eq!(found.member(), Some("demo/demo.so"));
        assert_eq!(found.evidence()["libraries"], json!(["libforeign.so.9"]));
        assert_eq!(loading.missing_libraries.iter().collect::<Vec<_>>(), ["libforeign.so.9"]);
        assert_eq!(loading.failing.len(), 1);
    }

    #[test]
    fn silent() {
        let wheel = Wheel::new(GNU).with("demo/demo.so", "foreign.so");
        quiet(&one(&wheel, &glibc(2, 28), &place(&["libforeign.so.9"])));
        quiet(&one(&Wheel::new(GNU).with("demo/demo.so", "ext.x86_64.gnu.so"), &glibc(2, 28), &place(&[])));
    }

    // ld.so(8), DT_RPATH: it also applies to the libraries of the file.
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
        // It is unknown what the Python files do before.
        let found = super::fires(&loading, "runpath-not-inherited");
        assert_eq!(found.level(), Level::Warn);
        assert_eq!(loading.unread.len(), 1);
        super::silent(&loading, "missing-library");
        // musl passes both on (ldso/dynlink.c).
        let wheel = Wheel::new(MUSL)
            .with("demo/demo.so", "chain-musl.so")
            .with("demo.libs/liba.so", "liba.so")
            .with("demo.libs/libb.so", "libb.so");
        let target = musl(1, 2, Some(5));
        quiet(&one(&wheel, &target, &LoaderEnvironment::of_target(&target)));
    }

    #[test]
    fn a_library_at_the_top_of_a_directory_is_found() {
        let wheel = Wheel::new(GNU)
            .with("demo/demo.so", "chain-rpath.so")
            .with("liba.so", "liba.so")
            .with("libb.so", "libb.so");
        let mut facts = wheel.facts();
        facts.container = Container::Directory;
        for member in &mut facts.members {
            member.elf.rpath = vec!["$ORIGIN/..".to_owned()];
        }
        quiet(&checked(&[("demo", &facts)], &glibc(2, 28), &place(&[])));
    }

    #[test]
    fn a_library_of_another_wheel_counts_where_a_search_path_leads_to_it() {
        let module = Wheel::new(GNU).with("demo/demo.so", "chain-rpath.so");
        let other = Wheel::new(GNU).with("demo.libs/liba.so", "liba.so").with("demo.libs/libb.so", "libb.so");
        let (module, other) = (module.facts(), other.facts());
        quiet(&checked(&[("demo", &module), ("demo-libs", &other)], &glibc(2, 28), &place(&[])));
        let alone = checked(&[("demo", &module)], &glibc(2, 28), &place(&[]));
        assert_eq!(super::fires(&alone, "missing-library").evidence()["libraries"], json!(["liba.so"]));
        // Where the wheels it depends on are not looked at, one of them may bring it.
        let wheels = [InstalledWheel::alone("demo".parse().expect("a name"), &module)];
        let alone = check_loading(&wheels, &glibc(2, 28), &place(&[]));
        assert_eq!(super::fires(&alone, "missing-library").level(), Level::Warn);
    }

    // `--no-deps`: a library without a distribution package may be loaded by an omitted wheel.
    #[test]
    fn a_library_of_a_wheel_that_was_left_out_by_request_may_be_loaded_before() {
        let facts = Wheel::new(GNU).with("demo/demo.so", "foreign.so").facts();
        let mut installed = InstalledWheel::alone("demo".parse().expect("a name"), &facts);
        installed.left_out = true;
        let loading = check_loading(&[installed], &glibc(2, 28), &place(&[]));
        let found = super::fires(&loading, "missing-library");
        assert_eq!(found.level(), Level::Warn);
        assert_messages!(found.message());
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
    fn the_only_library_of_a_wheel_without_modules_counts_if_the_import_opens_it() {
        let wheel = Wheel::new(GNU).with("demo/lib/libdemo.so", "foreign.so");
        let loading = one(&wheel, &glibc(2, 28), &place(&[]));
        let found = super::fires(&loading, "missing-library");
        assert_eq!(found.level(), Level::Warn);
        // The file that fails is the one that needs it, which is not said twice.
        assert_messages!(found.message());
        let level = |text: &str| {
            let loading = with_text(&wheel, &[("demo/__init__.py", text)], &place(&[]));
            super::fires(&loading, "missing-library").level()
        };
        assert_eq!(level("import ctypes\n_lib = ctypes.CDLL(path)\n"), Level::Deny);
        assert_eq!(level("def attach():\n    ctypes.CDLL(path)\n"), Level::Warn);
        assert_eq!(
            level("try:\n    _lib = ctypes.CDLL(path)\nexcept OSError:\n    _lib = None\n"),
            Level::Warn
        );
        assert_eq!(level("import ctypes\n"), Level::Warn);
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
        assert!(loading.missing_libraries.is_empty() && loading.failing.is_empty());
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
        assert_eq!(found.evidence()["symbol"].as_str(), Some("GLIBC_2.34"));
        assert_messages!(found.message());
        // If its symbol versions were not read, the version of the C library decides.
        let target = glibc(2, 33);
        super::fires(&one(&wheel, &target, &LoaderEnvironment::of_target(&target)), "library-too-old");
    }
}

mod libc_family_mismatch {
    use super::*;

    #[test]
    fn fires() {
        let wheel = Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.gnu.so");
        let target = musl(1, 2, Some(5));
        let loading = one(&wheel, &target, &LoaderEnvironment::of_target(&target));
        let found = super::fires(&loading, "libc-family-mismatch");
        assert_eq!(found.level(), Level::Deny);
        // The other libraries of such a file do not matter.
        assert_eq!(loading.findings.len(), 1, "{:#?}", loading.findings);
    }

    #[test]
    fn silent() {
        let wheel = Wheel::new(MUSL).with("demo/ext.so", "ext.x86_64.musl.so");
        let target = musl(1, 2, Some(5));
        quiet(&one(&wheel, &target, &LoaderEnvironment::of_target(&target)));
    }
}

mod undetermined {
    use super::*;

    #[test]
    fn fires_once_with_the_reason() {
        let wheel = Wheel::new(GNU).with("demo/demo.so", "foreign.so");
        let target = glibc(2, 36);
        let loading = one(&wheel, &target, &LoaderEnvironment::of_target(&target));
        let found = fires(&loading, "undetermined");
        assert_messages!(found.message());
        assert!(loading.undetermined.is_some());
        silent(&loading, "missing-library");
    }

    #[test]
    fn silent_for_libraries_of_the_c_library() {
        let wheel = Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.gnu.so");
        let target = target("x86_64", wheelbase::target::Libc::Glibc(2, 36));
        quiet(&one(&wheel, &target, &LoaderEnvironment::of_target(&target)));
    }
}

mod needs_system_library {
    use super::*;

    fn pure(project: &str, place: &LoaderEnvironment) -> Loading {
        let facts = Wheel::new("py3-none-any").facts();
        checked(&[(project, &facts)], &glibc(2, 41), place)
    }

    #[test]
    fn fires_with_the_line_that_installs_it() {
        let loading = pure("python-magic", &place(&[]));
        let found = fires(&loading, "needs-system-library");
        assert_eq!(found.level(), Level::Deny);
        assert_eq!(found.evidence()["libraries"], json!(["libmagic.so.1"]));
        assert!(found.evidence()["install"].as_str().is_some_and(|line| line.ends_with(" libmagic1t64")));
        // A function needs it, and not the import.
        assert_eq!(fires(&pure("pyusb", &place(&[])), "needs-system-library").level(), Level::Warn);
    }

    #[test]
    fn silent_where_the_image_or_the_wheel_or_another_project_has_it() {
        quiet(&pure("python-magic", &place(&["libmagic.so.1"])));
        quiet(&pure("flask", &place(&[])));
        let bundled = Wheel::new(GNU).with("_soundfile_data/libsndfile.so", "ext.x86_64.gnu.so").facts();
        quiet(&checked(&[("soundfile", &bundled)], &glibc(2, 41), &place(&[])));
        let empty = Wheel::new("py3-none-any").facts();
        let both = [("psycopg", &empty), ("psycopg-binary", &empty)];
        quiet(&checked(&both, &glibc(2, 41), &place(&[])));
        fires(&checked(&both[..1], &glibc(2, 41), &place(&[])), "needs-system-library");
    }

    #[test]
    fn programs_are_reported_unless_the_image_has_them() {
        let mut full = place(&[]);
        let loading = pure("gitpython", &full);
        let found = fires(&loading, "needs-system-library");
        assert_messages!(found.message());
        assert_eq!(found.level(), Level::Warn);
        full.toolchain = CompilerPresence::Present;
        quiet(&pure("gitpython", &full));
        // The contents of an image that was read are known, and packages installed on top count.
        let mut read = place(&[]);
        read.programs = Some(vec!["git".to_owned()]);
        quiet(&pure("gitpython", &read));
        read.programs = Some(Vec::new());
        assert_eq!(fires(&pure("gitpython", &read), "needs-system-library").level(), Level::Deny);
        assert_eq!(fires(&pure("pytesseract", &read), "needs-system-library").level(), Level::Warn);
        read.added = vec!["git".to_owned()];
        quiet(&pure("gitpython", &read));
        // An image that runs Python and has no compiler has no git either.
        let mut slim = place(&[]);
        slim.toolchain = CompilerPresence::Absent;
        slim.runs_python = true;
        assert_eq!(fires(&pure("gitpython", &slim), "needs-system-library").level(), Level::Deny);
    }

    #[test]
    fn an_unknown_set_is_undetermined() {
        let target = glibc(2, 41);
        let loading = pure("weasyprint", &LoaderEnvironment::of_target(&target));
        silent(&loading, "needs-system-library");
        fires(&loading, "undetermined");
    }
}

/// The level of a failing module depends on whether the import of the package opens it.
mod weight {
    use super::*;

    fn two() -> Wheel {
        Wheel::new(GNU).with("demo/demo.so", "foreign.so").with("demo/sub/ext.so", "ext.x86_64.gnu.so")
    }

    fn found(text: &str) -> (Level, String) {
        // The fixture's module is `demo.demo`.
        let loading =
            with_text(&two(), &[("demo/__init__.py", text), ("demo/sub/__init__.py", "")], &place(&[]));
        let found = fires(&loading, "missing-library");
        (found.level(), found.message())
    }

    #[test]
    fn libraries_that_the_import_certainly_opens_are_denied() {
        let (level, message) = found("from . import sub\nfrom .demo import thing\n");
        assert_eq!(level, Level::Deny);
        assert_messages!(message);
    }

    #[test]
    fn libraries_that_the_import_may_not_open_are_warnings() {
        let mut messages = Messages::default();
        for text in [
            "try:\n    from . import demo\nexcept ImportError:\n    demo = None\n",
            "def late():\n    from . import demo\n",
            "if unknown():\n    from . import demo\n",
        ] {
            let (level, message) = found(text);
            assert_eq!(level, Level::Warn, "{text}");
            messages.add(text.trim_end(), message);
        }
        assert_messages!(messages);
    }

    #[test]
    fn of_modules_that_the_import_does_not_reach_most_must_fail() {
        assert_eq!(found("").0, Level::Warn);
        let wheel = Wheel::new(GNU).with("demo/demo.so", "foreign.so");
        let loading = with_text(&wheel, &[("demo/__init__.py", "")], &place(&[]));
        assert_eq!(fires(&loading, "missing-library").level(), Level::Deny);
    }

    #[test]
    fn a_module_under_another_name_is_reported_with_its_import() {
        let wheel = Wheel::new(GNU).with("top/demo.so", "foreign.so").with("top/more/demo.so", "foreign.so");
        let texts = [("top/__init__.py", "from .demo import x\n"), ("top/more/__init__.py", "")];
        let loading = with_text(&wheel, &texts, &place(&[]));
        let found = fires(&loading, "missing-library");
        assert_messages!(found.message());
        assert_eq!(found.evidence()["modules"], json!(["top", "top.demo"]));
    }

    #[test]
    fn without_the_source_any_module_may_be_imported() {
        let loading = one(&two(), &glibc(2, 28), &place(&[]));
        assert_eq!(fires(&loading, "missing-library").level(), Level::Deny);
        assert_eq!(loading.unread.len(), 1);
    }
}

mod strangers {
    use super::*;

    // glibc uses a file that is already loaded for a SONAME (elf/dl-load.c). The file of an unrelated project is not
    // loaded.
    #[test]
    fn a_file_of_a_project_that_is_no_dependency_does_not_count() {
        let module = Wheel::new(GNU).with("demo/demo.so", "chain-runpath.so").facts();
        let other = Wheel::new(GNU).with("other/liba.so", "liba.so").with("other/libb.so", "libb.so").facts();
        let target = glibc(2, 28);
        let stranger = depending(&[("demo", &module, &[]), ("other", &other, &[])], &target, &place(&[]));
        assert_eq!(fires(&stranger, "missing-library").level(), Level::Deny);
        let of_demo = |loading: &Loading| -> Vec<(String, Level)> {
            let mine = loading
                .findings
                .iter()
                .filter(|one| one.project.as_ref().is_some_and(|p| p.as_str() == "demo"));
            mine.map(|one| (one.code().name().to_owned(), one.level())).collect()
        };
        assert_eq!(of_demo(&stranger), [("missing-library".to_owned(), Level::Deny)]);
        // The Python code of a dependency without modules is there to load it.
        let wheels: [(&str, &WheelFacts, &[&str]); 2] =
            [("demo", &module, &["other"]), ("other", &other, &[])];
        let dependency = depending(&wheels, &target, &place(&[]));
        assert_eq!(of_demo(&dependency), [("runpath-not-inherited".to_owned(), Level::Allow)]);
        // If the dependencies are unknown, as with a lock, it may be one.
        let unknown = checked(&[("demo", &module), ("other", &other)], &target, &place(&[]));
        assert_eq!(of_demo(&unknown), [("runpath-not-inherited".to_owned(), Level::Warn)]);
    }
}

mod runpath_not_inherited {
    use super::*;

    fn wheel() -> Wheel {
        Wheel::new(GNU)
            .with("demo/demo.so", "chain-runpath.so")
            .with("demo.libs/liba.so", "liba.so")
            .with("demo.libs/libb.so", "libb.so")
    }

    #[test]
    fn fires_at_deny_where_nothing_loads_it_before() {
        let loading = with_text(&wheel(), &[("demo/__init__.py", "from .demo import x\n")], &place(&[]));
        assert_eq!(fires(&loading, "runpath-not-inherited").level(), Level::Deny);
        assert_eq!(loading.failing.len(), 1);
    }

    #[test]
    fn silent_by_default_where_python_code_opens_libraries() {
        let text = "import ctypes\nctypes.CDLL(first)\nfrom .demo import x\n";
        let loading = with_text(&wheel(), &[("demo/__init__.py", text)], &place(&[]));
        assert_eq!(fires(&loading, "runpath-not-inherited").level(), Level::Allow);
        assert!(loading.failing.is_empty());
    }
}

mod files_collide {
    use super::*;

    fn checked(installer: &str, names: [&str; 2], second: &str) -> Loading {
        let bad = Wheel::new(GNU).with("demo/demo.so", "foreign.so").facts();
        let good = Wheel::new(GNU).with("demo/demo.so", second).facts();
        let mut target = glibc(2, 28);
        target.installer = installer.parse().expect("an installer");
        depending(&[(names[0], &bad, &[]), (names[1], &good, &[])], &target, &place(&[]))
    }

    // pip 25.3, resolver.py, `get_installation_order`: backwards by name among equals.
    #[test]
    fn fires_and_checks_the_file_that_pip_installs_last() {
        let loading = checked("pip==25.3", ["b", "a"], "ext.x86_64.gnu.so");
        assert_messages!(fires(&loading, "files-collide").message());
        silent(&loading, "missing-library");
        let loading = checked("pip==25.3", ["a", "b"], "ext.x86_64.gnu.so");
        assert_eq!(fires(&loading, "missing-library").level(), Level::Deny);
    }

    #[test]
    fn fires_and_checks_both_files_if_the_order_is_unknown() {
        let loading = checked("uv==0.9.0", ["b", "a"], "ext.x86_64.gnu.so");
        assert_messages!(fires(&loading, "files-collide").message());
        let found = fires(&loading, "missing-library");
        assert_eq!(found.level(), Level::Warn);
        assert_messages!(found.message());
    }

    #[test]
    fn silent_for_the_same_content() {
        silent(&checked("uv==0.9.0", ["a", "b"], "foreign.so"), "files-collide");
    }
}

mod summary {
    use super::*;

    #[test]
    fn a_pure_wheel_is_no_native_one_that_fails() {
        let native = Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.gnu.so").facts();
        let pure = Wheel::new("py3-none-any").facts();
        let loading = checked(&[("demo", &native), ("python-magic", &pure)], &glibc(2, 41), &place(&[]));
        assert!(loading.failing.is_empty());
        assert_eq!(loading.needing.len(), 1);
        assert_eq!(loading.install.packages, ["libmagic1t64"]);
    }

    #[test]
    fn the_line_reports_unknown_facts() {
        let wheel = Wheel::new(GNU).with("demo/demo.so", "foreign.so");
        let loading = one(&wheel, &glibc(2, 28), &place(&[]));
        assert_eq!(loading.install.unknown, ["libforeign.so.9"]);
        assert_eq!(loading.install.command, None);
    }

    #[test]
    fn a_guess_is_not_for_everybody_to_install() {
        let pure = Wheel::new("py3-none-any").facts();
        let mut alpine = place(&[]);
        alpine.release = Some("alpine:3.22".to_owned());
        alpine.package_manager = PackageManager::Apk;
        let loading = checked(&[("pyodbc", &pure)], &glibc(2, 41), &alpine);
        let found = fires(&loading, "needs-system-library");
        // The row's own package, and no name made up from the SONAME.
        assert_eq!(found.evidence()["packages"], json!(["freetds"]));
        assert!(found.evidence()["source"].is_string() && found.evidence()["symbol"].is_null());
        assert!(loading.install.packages.is_empty());
        assert_eq!(found.evidence()["libraries"].as_array().map(Vec::len), Some(4));
    }
}
