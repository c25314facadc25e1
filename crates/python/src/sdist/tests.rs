use std::io::{Read, Write};

use super::*;
use crate::metadata::Confidence;
use wheelbase_spec::name::ProjectName;

const DYNAMIC: &[u8] =
    b"Metadata-Version: 2.1\nName: x\nVersion: 1.0\nRequires-Dist: stale\nRequires-Python: >=3.8\n";
const STATIC: &[u8] = b"Metadata-Version: 2.2\nName: x\nVersion: 1.0\nRequires-Dist: y>=2\n";

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn read(files: &[(&str, &[u8])]) -> SdistFacts {
    read_with(files, Search::Any)
}

fn read_with(files: &[(&str, &[u8])], search: Search) -> SdistFacts {
    let project: ProjectName = "x".parse().unwrap();
    read_tarball(&tar(files)[..], Some(&project), search, SdistLimits::default()).unwrap()
}

fn lines(facts: &SdistFacts) -> Vec<String> {
    assert_eq!(facts.metadata.unreadable, []);
    facts.metadata.requires_dist.iter().map(ToString::to_string).collect()
}

/// PEP 643, "Specification".
#[test]
fn a_static_pkg_info_is_all_that_is_needed() {
    let facts = read(&[("x-1.0/PKG-INFO", STATIC), ("x-1.0/pyproject.toml", b"not toml [[[")]);
    assert_eq!(facts.metadata.confidence, Confidence::StaticSdist);
    assert_eq!(facts.metadata.requires_dist[0].name.as_str(), "y");
    assert_eq!(facts.language, SourceLanguage::Unknown);
}

#[test]
fn dynamic_requires_dist_is_no_answer() {
    let dynamic =
        b"Metadata-Version: 2.4\nName: x\nVersion: 1.0\nDynamic: requires-dist\nRequires-Dist: stale\n";
    for pkg_info in [&dynamic[..], DYNAMIC] {
        let facts = read(&[("x-1.0/PKG-INFO", pkg_info), ("x-1.0/setup.py", b"")]);
        assert_eq!(facts.metadata.confidence, Confidence::Unknown);
        assert!(facts.metadata.requires_dist.is_empty(), "{facts:?}");
        assert_eq!(facts.metadata.name.as_ref().unwrap().as_str(), "x");
        assert_eq!(facts.language, SourceLanguage::Pure);
    }
}

/// PEP 621, "dependencies/optional-dependencies" and "dynamic".
#[test]
fn static_dependencies_of_pyproject_count_with_extras_as_markers() {
    let pyproject = br#"
        [project]
        name = "X"
        version = "1.0"
        requires-python = ">=3.9"
        dependencies = ["a>=1", "b ; python_version < '3.8'"]
        [project.optional-dependencies]
        Fast_Mode = ["c", "d ; os_name == 'nt' or os_name == 'posix'", "e @ https://h/e;v=1.zip"]
    "#;
    for files in [
        [("x-1.0/PKG-INFO", DYNAMIC), ("x-1.0/pyproject.toml", &pyproject[..])],
        [("x-1.0/pyproject.toml", &pyproject[..]), ("./x-1.0/PKG-INFO", DYNAMIC)],
    ] {
        let facts = read(&files);
        assert_eq!(facts.metadata.confidence, Confidence::StaticPyproject);
        assert_eq!(facts.metadata.requires_python.as_deref(), Some(">=3.9"));
        assert_eq!(facts.metadata.version.as_ref().unwrap().to_string(), "1.0");
        assert_eq!(facts.metadata.provides_extra[0].as_str(), "fast-mode");
        let expected: Vec<String> = [
            "a>=1",
            "b ; python_version < '3.8'",
            "c ; extra == 'fast-mode'",
            "d ; (os_name == 'nt' or os_name == 'posix') and extra == 'fast-mode'",
            "e @ https://h/e;v=1.zip ; extra == 'fast-mode'",
        ]
        .iter()
        .map(|line| line.parse::<wheelbase_spec::requirement::Requirement>().unwrap().to_string())
        .collect();
        assert_eq!(lines(&facts), expected);
    }
}

#[test]
fn a_project_table_without_dependencies_states_that_there_are_none() {
    let facts = read(&[
        ("x-1/PKG-INFO", DYNAMIC),
        ("x-1/pyproject.toml", b"[project]\nname = 'x'\ndynamic = ['version']\n"),
    ]);
    assert_eq!(facts.metadata.confidence, Confidence::StaticPyproject);
    assert!(facts.metadata.requires_dist.is_empty());
    assert_eq!(facts.metadata.version.unwrap().to_string(), "1.0", "from PKG-INFO");
}

#[test]
fn a_pyproject_that_leaves_dependencies_to_its_backend_is_no_answer() {
    for pyproject in [
        &b"[build-system]\nrequires = ['setuptools']\n"[..],
        b"[project]\nname = 'x'\ndynamic = ['dependencies']\n",
        b"[project]\nname = 'x'\ndependencies = []\ndynamic = ['optional-dependencies']\n",
        b"[project]\nname = 'x'\n[tool.poetry.dependencies]\npython = '*'\n",
        b"[project]\ndependencies = []\n",
        b"[project]\nname = 'x'\ndependencies = 'y'\n",
        b"[project]\nname = 'x'\ndependencies = [1]\n",
        b"[project\n",
        b"\xff\xfe",
    ] {
        let facts = read(&[("x-1/PKG-INFO", DYNAMIC), ("x-1/pyproject.toml", pyproject)]);
        assert_eq!(facts.metadata.confidence, Confidence::Unknown, "{}", String::from_utf8_lossy(pyproject));
    }
}

/// setuptools documentation, "The Internal Structure of Python Eggs".
#[test]
fn sections_of_requires_txt_are_markers() {
    let requires = b"a>=1\nb\n\n[:python_version < \"3\"]\nc\n\n[socks]\nd!=1.5\n\n[Sec_ure:sys_platform == 'win32' or os_name == 'nt']\ne\nf ; python_version > '3'\n";
    let facts = read(&[("x-1/PKG-INFO", DYNAMIC), ("x-1/src/X.egg-info/requires.txt", requires)]);
    assert_eq!(facts.metadata.confidence, Confidence::EggInfo);
    assert_eq!(facts.metadata.requires_python.as_deref(), Some(">=3.8"));
    let expected: Vec<String> = [
        "a>=1",
        "b",
        "c ; python_version < '3'",
        "d!=1.5 ; extra == 'socks'",
        "e ; (sys_platform == 'win32' or os_name == 'nt') and extra == 'sec-ure'",
        "f ; (python_version > '3') and (sys_platform == 'win32' or os_name == 'nt') and extra == 'sec-ure'",
    ]
    .iter()
    .map(|line| line.parse::<wheelbase_spec::requirement::Requirement>().unwrap().to_string())
    .collect();
    assert_eq!(lines(&facts), expected);
    let extras: Vec<_> = facts.metadata.provides_extra.iter().map(|extra| extra.as_str()).collect();
    assert_eq!(extras, ["socks", "sec-ure"]);
}

#[test]
fn requires_txt_of_another_project_does_not_count_beside_the_own() {
    let facts = read(&[
        ("x-1/PKG-INFO", DYNAMIC),
        ("x-1/vendor.egg-info/requires.txt", b"wrong\n"),
        ("x-1/tests/data/deep/y.egg-info/requires.txt", b"wrong\n"),
        ("x-1/lib/x.egg-info/requires.txt", b"right\n"),
    ]);
    assert_eq!(lines(&facts), ["right"]);
    // An own directory without the file: setuptools found nothing to write.
    let facts =
        read(&[("x-1/vendor.egg-info/requires.txt", b"wrong\n"), ("x-1/x.egg-info/top_level.txt", b"x\n")]);
    assert_eq!(facts.metadata.confidence, Confidence::EggInfo);
    assert!(facts.metadata.requires_dist.is_empty());
    // A directory deep down alone says nothing.
    let facts = read(&[("x-1/tests/data/deep/y.egg-info/requires.txt", b"wrong\n")]);
    assert_eq!(facts.metadata.confidence, Confidence::Unknown);
}

#[test]
fn a_search_for_static_statements_does_not_guess() {
    let files: &[(&str, &[u8])] = &[("x-1/PKG-INFO", DYNAMIC), ("x-1/x.egg-info/requires.txt", b"y\n")];
    assert_eq!(read_with(files, Search::Static).metadata.confidence, Confidence::Unknown);
    assert_eq!(read_with(files, Search::Any).metadata.confidence, Confidence::EggInfo);
}

#[test]
fn metadata_files_count_only_at_the_top() {
    let facts = read(&[
        ("x-1/vendor/PKG-INFO", STATIC),
        ("PKG-INFO", STATIC),
        ("x-1/vendor/pyproject.toml", b"[project]\nname='x'\ndependencies=['y']\n"),
    ]);
    assert_eq!(facts.metadata.confidence, Confidence::Unknown);
}

#[test]
fn native_code_is_told_by_names() {
    assert_eq!(read(&[("x-1/src/a.PYX", b"")]).language, SourceLanguage::Native);
    assert_eq!(read(&[("x-1/src/lib.rs", b"")]).language, SourceLanguage::Native);
    assert_eq!(read(&[("x-1/src/a.py", b""), ("x-1/c", b"")]).language, SourceLanguage::Pure);
}

#[test]
fn all_languages_are_told_by_the_whole_archive() {
    let files: &[(&str, &[u8])] =
        &[("x-1/a.c", b""), ("x-1/PKG-INFO", STATIC), ("x-1/b.rs", b""), ("x-1/tests/c.f90", b"")];
    let any = read_with(files, Search::Any);
    assert_eq!(any.languages, [Language::C].into_iter().collect());
    let whole = read_with(files, Search::Whole);
    assert_eq!(whole.languages, [Language::C, Language::Rust].into_iter().collect());
    assert_eq!(whole.metadata, any.metadata);
    let late: &[(&str, &[u8])] = &[("x-1/PKG-INFO", STATIC), ("x-1/a.py", b"")];
    assert_eq!(read_with(late, Search::Any).language, SourceLanguage::Unknown);
    assert_eq!(read_with(late, Search::Whole).language, SourceLanguage::Pure);
}

/// PEP 517, "build-backend": some have no notion of extension modules.
#[test]
fn a_backend_that_never_compiles_makes_an_archive_pure() {
    let pyproject = |backend: &str| format!("[build-system]\nbuild-backend = \"{backend}\"\n");
    let of = |backend: &str| {
        let text = pyproject(backend);
        read(&[("x-1/data/launcher.c", b""), ("x-1/pyproject.toml", text.as_bytes())]).language
    };
    assert_eq!(of("flit_core.buildapi"), SourceLanguage::Pure);
    assert_eq!(of("setuptools.build_meta"), SourceLanguage::Native);
}

#[test]
fn long_paths_of_gnu_and_pax_are_read() {
    let folder = "d".repeat(120);
    let path = format!("x-1/{folder}/x.egg-info/requires.txt");
    let facts = read(&[(&path, b"y\n")]);
    assert_eq!(lines(&facts), ["y"]);

    let record = format!("path={path}\n");
    let length = (record.len() + 4).to_string().len() + 1 + record.len();
    let pax = format!("{length} {record}");
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, name, content) in
        [(tar::EntryType::XHeader, "pax", pax.as_bytes()), (tar::EntryType::Regular, "short", b"y\n")]
    {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_path(name).unwrap();
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }
    let archive = builder.into_inner().unwrap();
    let project = "x".parse().unwrap();
    let facts = read_tarball(&archive[..], Some(&project), Search::Any, SdistLimits::default()).unwrap();
    assert_eq!(lines(&facts), ["y"]);
}

#[test]
fn every_compression_is_told_by_its_first_bytes() {
    let plain = tar(&[("x-1/PKG-INFO", STATIC)]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&plain).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(&plain).unwrap();
    for archive in [plain, gzip.finish().unwrap(), bzip2.finish().unwrap(), xz.finish().unwrap()] {
        let facts = read_tarball(&archive[..], None, Search::Any, SdistLimits::default()).unwrap();
        assert_eq!(facts.metadata.confidence, Confidence::StaticSdist);
        // Cut off in the middle of a header: damaged, and said so.
        let cut = &archive[..archive.len().min(60)];
        assert!(read_tarball(cut, None, Search::Any, SdistLimits::default()).is_err());
    }
    for bytes in [&b""[..], b"PK\x03\x04", b"\x1f\x9d\x90", b"<html>"] {
        assert!(read_tarball(bytes, None, Search::Any, SdistLimits::default()).is_err(), "{bytes:?}");
    }
}

#[test]
fn large_archives_exceed_limits() {
    let fail = |archive: &[u8], limits: SdistLimits| {
        read_tarball(archive, None, Search::Any, limits).unwrap_err().to_string()
    };
    let limits = SdistLimits::default();
    let many: Vec<_> = (0..20).map(|_| ("x-1/a", &b""[..])).collect();
    insta::assert_snapshot!(
        fail(&tar(&many), SdistLimits { entries: 10, ..limits }),
        @"the archive has more than 10 entries"
    );
    let large = tar(&[("x-1/PKG-INFO", &[b'a'; 5_000])]);
    insta::assert_snapshot!(
        fail(&large, SdistLimits { file_bytes: 1_000, ..limits }),
        @"`x-1/PKG-INFO` in the archive is larger than the limit of 1000 bytes"
    );
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&tar(&[("x-1/a", &vec![0; 3 << 20]), ("x-1/b", b"")])).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 10_000);
    insta::assert_snapshot!(
        fail(&bomb, SdistLimits { inflated_bytes: 1 << 20, ..limits }),
        @"the archive cannot be read: its decompressed size is more than 1048576 bytes"
    );
    let long = tar(&[(&"d/".repeat(40_000), b"")]);
    insta::assert_snapshot!(fail(&long, limits), @"a path in the archive is larger than the limit of 65536 bytes");
}

#[test]
fn reading_stops_when_no_better_file_follows_soon() {
    let pyproject = b"[project]\nname='x'\ndependencies=['y']\n";
    let archive = tar(&[("x-1/pyproject.toml", pyproject), ("x-1/data", &vec![1; 3 << 20])]);
    struct Counting<'a>(&'a [u8], std::rc::Rc<std::cell::Cell<usize>>);
    impl Read for Counting<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.read(buffer)?;
            self.1.set(self.1.get() + count);
            Ok(count)
        }
    }
    let count = std::rc::Rc::new(std::cell::Cell::new(0));
    let limits = SdistLimits { patience_bytes: 1 << 20, ..SdistLimits::default() };
    let reader = Counting(&archive, std::rc::Rc::clone(&count));
    let facts = read_tarball(reader, None, Search::Any, limits).unwrap();
    assert_eq!(facts.metadata.confidence, Confidence::StaticPyproject);
    assert!(count.get() < 200_000, "{}", count.get());
}
