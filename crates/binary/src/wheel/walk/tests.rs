//! The rules on small synthetic facts.

use super::*;

/// A file with a path of one directory and a name.
struct File {
    path: &'static str,
    elf: ElfFacts,
}

/// A 64-bit little-endian shared object for x86-64 without any tables.
pub(in crate::wheel) fn elf() -> ElfFacts {
    let mut bytes = vec![0; 64];
    bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    // e_type, e_machine, e_version, e_ehsize, e_phentsize.
    for (at, value) in [(16, 3), (18, 62), (20, 1), (52, 64), (54, 56)] {
        bytes[at] = value;
    }
    ElfFacts::read(&bytes).expect("a valid header")
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

/// A file with required libraries. Entries of search paths are the names of directories, without `$ORIGIN`.
fn file(path: &'static str, needed: &[&str]) -> File {
    File { path, elf: ElfFacts { needed: texts(needed), ..elf() } }
}

impl File {
    fn rpath(mut self, paths: &[&str]) -> Self {
        self.elf.rpath = texts(paths);
        self
    }

    fn runpath(mut self, paths: &[&str]) -> Self {
        self.elf.runpath = texts(paths);
        self
    }

    fn soname(mut self, soname: &str) -> Self {
        self.elf.soname = Some(soname.to_owned());
        self
    }

    fn machine(mut self, machine: u16) -> Self {
        self.elf.raw_machine = machine;
        self
    }

    fn os_abi(mut self, abi: u8) -> Self {
        self.elf.os_abi = abi;
        self
    }
}

/// Why a library was not found, in the words of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Libc,
    Path,
    NotFound,
}

impl<'f> LoadableFiles<'f> for &'f [File] {
    type Outside = End;

    fn elf(&self, file: usize) -> Option<&'f ElfFacts> {
        self.get(file).map(|file| &file.elf)
    }

    fn find(&self, entry: SearchEntry<'f>, library: &str) -> Option<usize> {
        self.iter().position(|file| file.path.split_once('/') == Some((entry.path, library)))
    }

    fn outside(&self, _: usize, _: &'f str, end: SearchEnd<'_, 'f>) -> End {
        match end {
            SearchEnd::Libc => End::Libc,
            SearchEnd::Path => End::Path,
            SearchEnd::NotFound(_) => End::NotFound,
        }
    }
}

/// The walk from the first file: for each requirement the requiring path, the library and the path of the file.
fn walk(files: &[File], rules: SearchRules) -> Vec<(&str, &str, Result<&str, End>)> {
    let path = |at: usize| files[at].path;
    let sequence = LoadSequence::new(&files, 0, rules);
    let all = sequence.libraries.into_iter();
    all.map(|one| {
        let source = match one.source {
            LibrarySource::File(at) => Ok(path(at)),
            LibrarySource::Outside(end) => Err(end),
        };
        (path(one.by), one.library, source)
    })
    .collect()
}

/// The result for the last requirement of the walk.
fn last(files: &[File], rules: SearchRules) -> Result<&str, End> {
    walk(files, rules).last().expect("a requirement").2
}

#[test]
fn files_are_loaded_breadth_first_and_once() {
    let files = [
        file("x/root", &["a", "b"]).rpath(&["x"]),
        file("x/a", &["c"]),
        file("x/b", &["a", "root"]),
        file("x/c", &["b"]),
    ];
    let files = files.as_slice();
    for rules in [SearchRules::Glibc, SearchRules::Musl, SearchRules::Auditwheel] {
        assert_eq!(LoadSequence::new(&files, 0, rules).files, [0, 1, 2, 3]);
        let expected = [
            ("x/root", "a", Ok("x/a")),
            ("x/root", "b", Ok("x/b")),
            ("x/a", "c", Ok("x/c")),
            ("x/b", "a", Ok("x/a")),
            ("x/b", "root", Ok("x/root")),
            ("x/c", "b", Ok("x/b")),
        ];
        assert_eq!(walk(files, rules), expected);
    }
}

#[test]
fn runpath_of_the_opener_applies_under_musl_and_not_under_glibc() {
    let files = [file("x/root", &["a"]).runpath(&["y"]), file("y/a", &["b"]), file("y/b", &[])];
    assert_eq!(last(&files, SearchRules::Glibc), Err(End::NotFound));
    assert_eq!(last(&files, SearchRules::Musl), Ok("y/b"));
    // It is the search path of the file with which the walk starts.
    assert_eq!(last(&files, SearchRules::Auditwheel), Ok("y/b"));
}

#[test]
fn rpath_applies_to_all_files_loaded_for_its_file() {
    let files = [
        file("x/root", &["a"]).rpath(&["x"]),
        file("x/a", &["b"]).rpath(&["y"]),
        file("y/b", &["c"]),
        file("y/c", &[]),
    ];
    assert_eq!(last(&files, SearchRules::Glibc), Ok("y/c"));
    assert_eq!(last(&files, SearchRules::Musl), Ok("y/c"));
    // `c` is only in the search path of `a`, which is neither the requiring file nor the first one.
    assert_eq!(last(&files, SearchRules::Auditwheel), Err(End::NotFound));
}

#[test]
fn runpath_disables_every_rpath_only_under_glibc() {
    let files =
        [file("x/root", &["a"]).rpath(&["x"]), file("x/a", &["b"]).runpath(&["empty"]), file("x/b", &[])];
    assert_eq!(last(&files, SearchRules::Glibc), Err(End::NotFound));
    assert_eq!(last(&files, SearchRules::Musl), Ok("x/b"));
    assert_eq!(last(&files, SearchRules::Auditwheel), Ok("x/b"));
    // The RPATH of a file that also has a RUNPATH is not passed on.
    let files = [file("x/root", &["a"]).rpath(&["y"]).runpath(&["x"]), file("x/a", &["b"]), file("y/b", &[])];
    for rules in [SearchRules::Glibc, SearchRules::Musl, SearchRules::Auditwheel] {
        assert_eq!(last(&files, rules), Err(End::NotFound), "{rules:?}");
    }
}

#[test]
fn auditwheel_prefers_the_rpath_of_the_first_file_and_uses_its_runpath_last() {
    let with =
        |root: File| [root, file("x/a", &["b"]).runpath(&["own"]), file("own/b", &[]), file("x/b", &[])];
    let rpath = with(file("x/root", &["a"]).rpath(&["x"]));
    assert_eq!(last(&rpath, SearchRules::Auditwheel), Ok("x/b"));
    let runpath = with(file("x/root", &["a"]).runpath(&["x"]));
    assert_eq!(last(&runpath, SearchRules::Auditwheel), Ok("own/b"));
    // Both loaders use the nearest first.
    assert_eq!(last(&rpath, SearchRules::Glibc), Ok("own/b"));
    assert_eq!(last(&rpath, SearchRules::Musl), Ok("own/b"));
}

#[test]
fn the_soname_of_a_loaded_file_provides_a_library_only_under_glibc() {
    let files = [
        file("x/root", &["a", "b"]).rpath(&["x"]),
        file("x/a", &[]).soname("libreal.so.1"),
        file("x/b", &["libreal.so.1"]),
    ];
    assert_eq!(last(&files, SearchRules::Glibc), Ok("x/a"));
    assert_eq!(last(&files, SearchRules::Musl), Err(End::NotFound));
    assert_eq!(last(&files, SearchRules::Auditwheel), Err(End::NotFound));
}

#[test]
fn the_soname_of_the_first_file_provides_a_library_only_under_glibc() {
    let files = [file("y/root", &["a"]).rpath(&["x"]).soname("libroot.so.1"), file("x/a", &["libroot.so.1"])];
    assert_eq!(last(&files, SearchRules::Glibc), Ok("y/root"));
    assert_eq!(last(&files, SearchRules::Musl), Err(End::NotFound));
    assert_eq!(last(&files, SearchRules::Auditwheel), Err(End::NotFound));
}

#[test]
fn a_name_that_was_found_once_is_not_searched_again() {
    // `b` has no search path that leads to `a`.
    let files = [
        file("x/root", &["a", "b"]).runpath(&["x", "y"]),
        file("x/a", &[]),
        file("y/b", &["a"]).runpath(&["empty"]),
    ];
    for rules in [SearchRules::Glibc, SearchRules::Musl, SearchRules::Auditwheel] {
        assert_eq!(last(&files, rules), Ok("x/a"), "{rules:?}");
    }
}

#[test]
fn musl_never_searches_its_own_names() {
    let files = [file("x/root", &["libpthread.so.0"]).rpath(&["x"]), file("x/libpthread.so.0", &[])];
    assert_eq!(last(&files, SearchRules::Musl), Err(End::Libc));
    assert_eq!(last(&files, SearchRules::Glibc), Ok("x/libpthread.so.0"));
    assert_eq!(last(&files, SearchRules::Auditwheel), Ok("x/libpthread.so.0"));
}

#[test]
fn a_name_with_a_slash_is_a_path() {
    let files = [file("x/root", &["y/a"]).rpath(&["x"]), file("x/y/a", &[])];
    for rules in [SearchRules::Glibc, SearchRules::Musl, SearchRules::Auditwheel] {
        assert_eq!(last(&files, rules), Err(End::Path), "{rules:?}");
    }
}

#[test]
fn files_for_another_machine_are_skipped() {
    let files =
        [file("x/root", &["a"]).rpath(&["arm", "x"]), file("arm/a", &[]).machine(183), file("x/a", &[])];
    for rules in [SearchRules::Glibc, SearchRules::Musl, SearchRules::Auditwheel] {
        assert_eq!(last(&files, rules), Ok("x/a"), "{rules:?}");
    }
}

#[test]
fn only_auditwheel_skips_files_for_another_os_abi() {
    // 9 is FreeBSD.
    let with = |abi: u8| {
        [file("x/root", &["a"]).rpath(&["first", "x"]), file("first/a", &[]).os_abi(abi), file("x/a", &[])]
    };
    let (gnu, freebsd) = (with(3), with(9));
    for rules in [SearchRules::Glibc, SearchRules::Musl] {
        assert_eq!(last(&freebsd, rules), Ok("first/a"), "{rules:?}");
    }
    assert_eq!(last(&freebsd, SearchRules::Auditwheel), Ok("x/a"));
    assert_eq!(last(&gnu, SearchRules::Auditwheel), Ok("first/a"));
}

#[test]
fn musl_ignores_a_whole_search_path_with_an_unknown_variable() {
    for (entry, found) in [("$LIB", false), ("$ORIGIN/y", true), ("${ORIGIN}", true), ("a$", false)] {
        let files = [file("top/a.so", &["libx.so"]).runpath(&["x", entry]), file("x/libx.so", &[])];
        assert_eq!(last(&files, SearchRules::Musl).is_ok(), found, "{entry}");
        assert!(last(&files, SearchRules::Glibc).is_ok(), "{entry}");
    }
}
