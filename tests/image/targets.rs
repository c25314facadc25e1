//! Every form of a target's name, through the library.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use wheelbase::edge::targets::installer;
use wheelbase::edge::{CacheMode, IndexSettings};
use wheelbase::image::read::ImageLocation;
use wheelbase::image::{Catalogue, TargetOptions, UserImages};
use wheelbase::report::Report;
use wheelbase::{Arch, Check, Error, ImageRef, InstallerKind, Kind, Libc, ReportTarget, Requirement};

use crate::messages::{Messages, assert_messages};

use super::read_registry::open_registry;
use super::read_sources::{Packed, index, layout, two_layers};
use super::read_support::{Elf, GLIBC_LOADER, Tarball, gzip, libc, python};

const OWN: &str = "[images.\"registry.corp/base:1\"]\nfrom = \"python:3.12-slim\"\n";

/// A check of one project that has a wheel for glibc 2.28 and none else, with a cache of its own.
fn check(folder: &Path) -> Check {
    fs::write(folder.join("native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl"), "").unwrap();
    let mut settings = IndexSettings::default();
    settings.cache = CacheMode::Folder(folder.join("cache"));
    Check::new()
        .settings(settings)
        .requirement("native")
        .no_index(true)
        .find_links(folder)
        .no_deps(true)
        .as_of("2026-08-13".parse().unwrap())
}

fn unpack(folder: &Path, layers: &[Vec<u8>]) {
    for layer in layers {
        tar::Archive::new(std::io::Cursor::new(layer)).unpack(folder).unwrap();
    }
}

/// Runs it inside of an async runtime, of both kinds.
fn run(make: impl Fn() -> Check) -> Result<Report, Error> {
    let one = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = one.block_on(make().run());
    let many = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let second = many.block_on(async { tokio::spawn(make().run()).await.unwrap() });
    assert_eq!(
        first.as_ref().map(|report| report.to_json()).map_err(ToString::to_string),
        second.as_ref().map(|report| report.to_json()).map_err(ToString::to_string)
    );
    second
}

fn ids(report: &Report) -> Vec<&str> {
    report.targets.iter().map(|target| target.id.as_str()).collect()
}

fn codes(report: &Report) -> Vec<&str> {
    report.results.iter().flat_map(|result| &result.findings).map(|finding| finding.code().name()).collect()
}

#[test]
fn the_library_accepts_every_form_of_the_command_inside_of_a_runtime() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    unpack(&folder.path().join("root"), &two_layers());
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let layout = layout(&[&image], &index(&[(&image, None, None)]));
    let (_server, registry) = open_registry();
    let slim = "python:3.12-slim".parse().unwrap();
    let profile = Catalogue::default().profile(&slim, "2026-08-13".parse().unwrap(), None).unwrap();
    fs::write(at("image.json"), profile.to_json().to_string()).unwrap();
    let given = profile.target(&Default::default()).unwrap();
    fs::write(at("target.json"), serde_json::to_string(&given).unwrap()).unwrap();
    let names = [
        format!("dir:{}", at("root")),
        format!("oci:{}", layout.path().display()),
        registry,
        at("image.json"),
        at("target.json"),
        "registry.corp/base:1".to_owned(),
        "glibc:2.36".to_owned(),
    ];
    let report = run(|| {
        let own = UserImages::parse(OWN, "wheelbase.toml").unwrap();
        let check = check(folder.path()).images(own).python("3.12".parse().unwrap());
        names.iter().fold(check, Check::on)
    });
    let report = report.unwrap();
    assert_eq!(ids(&report), names);
    for result in &report.results {
        assert_eq!(
            result.distributions[0].file.as_deref(),
            Some("native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl")
        );
    }
    // An interpreter of the image is chosen by its minor version, and its patch version is that of the image.
    assert_eq!(report.targets[1].target.python.version.to_string(), "3.12.7");
}

#[test]
fn targets_are_values_too() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("root");
    unpack(&root, &two_layers());
    let day = "2026-08-13".parse().unwrap();
    let slim: ImageRef = "python:3.12-slim".parse().unwrap();
    let profile = |arch: Option<Arch>| Catalogue::default().profile(&slim, day, arch).unwrap();
    let target = profile(None).target(&TargetOptions::default()).unwrap();
    let mut ready = ReportTarget::new("ready", "ready", "amd64", target.clone()).with_image(profile(None));
    ready.target.installer = "pip==22.3".parse().unwrap();
    let mut older = target.clone();
    older.libc = Libc::Glibc(2, 17);
    let typed = run(|| {
        check(folder.path())
            .python("3.12".parse().unwrap())
            .installer(installer("uv==0.13.8").unwrap())
            .on(slim.clone())
            .on(ImageLocation::Directory(root.clone()))
            .on(Libc::Glibc(2, 36))
            .on(profile(Some("arm64".parse().unwrap())))
            .on(target.clone())
            .on(older.clone())
            .on(ready.clone())
    })
    .unwrap();
    let location = format!("dir:{}", root.display());
    let shown = "x86_64, glibc 2.41, CPython 3.12.";
    assert_eq!(ids(&typed)[..4], ["python:3.12-slim", &location, "glibc:2.36", "python:3.12-slim arm64"]);
    assert!(ids(&typed)[4].starts_with(shown) && ids(&typed)[5].starts_with("x86_64, glibc 2.17, "));
    assert_eq!(ids(&typed)[6], "ready");
    // Only a target that is ready keeps its installer.
    let uv = |target: &ReportTarget| target.target.installer.kind == InstallerKind::Uv;
    assert_eq!(typed.targets.iter().map(uv).collect::<Vec<_>>(), [true, true, true, true, true, true, false]);
    let kinds: Vec<Kind> = typed.results.iter().map(|result| result.distributions[0].kind).collect();
    let (wheel, none) = (Kind::Wheel, Kind::None);
    assert_eq!(kinds, [wheel, wheel, wheel, none, wheel, none, wheel]);
    // A value and its name have the same result.
    let named = run(|| {
        check(folder.path())
            .python("3.12".parse().unwrap())
            .installer(installer("uv==0.13.8").unwrap())
            .on("python:3.12-slim")
            .on(&location)
            .on("glibc:2.36")
    });
    let (named, typed) = (named.unwrap().to_json(), typed.to_json());
    for at in 0..3 {
        assert_eq!(named["targets"][at]["target"], typed["targets"][at]["target"]);
        assert_eq!(named["results"][at]["distributions"], typed["results"][at]["distributions"]);
        assert_eq!(named["results"][at]["findings"], typed["results"][at]["findings"]);
    }
    let error = run(|| check(folder.path()).on(older.clone()).arch("arm64".parse().unwrap())).unwrap_err();
    assert!(error.is_input() && error.to_string().starts_with("x86_64, glibc 2.17, "), "{error}");
    // Equal targets are one; different targets with the same name are an error.
    let report =
        run(|| check(folder.path()).on(target.clone()).on(ready.clone()).on(target.clone())).unwrap();
    assert_eq!(report.targets.len(), 2);
    ready.target = older;
    let error = run(|| {
        check(folder.path()).on(slim.clone()).on(ready.clone()).on({
            let mut other = ready.clone();
            other.target = target.clone();
            other
        })
    });
    let error = error.unwrap_err();
    assert!(error.is_input() && error.to_string().starts_with("ready: "), "{error}");
}

#[test]
fn the_base_image_of_a_dockerfile_may_be_a_value() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("Dockerfile");
    fs::write(&file, "FROM python:3.12-alpine\nRUN pip install --no-deps native\n").unwrap();
    let day = "2026-08-13".parse().unwrap();
    let mut profile = Catalogue::default().profile(&"python:3.12-slim".parse().unwrap(), day, None).unwrap();
    profile.name = "registry.corp/base:1".to_owned();
    let report = run(|| check(folder.path()).dockerfile(&*file).on(profile.clone())).unwrap();
    assert_eq!(ids(&report), ["python:3.12-alpine", "registry.corp/base:1"]);
    let kinds: Vec<Kind> = report.results.iter().map(|result| result.distributions[0].kind).collect();
    assert_eq!(kinds, [Kind::None, Kind::Wheel]);
}

#[test]
fn requirements_and_files_are_values_too() {
    let folder = TempDir::new().unwrap();
    for name in ["app", "lib"] {
        fs::write(folder.path().join(format!("{name}-1.0-py3-none-any.whl")), "").unwrap();
    }
    let project = folder.path().join("service[x]");
    fs::create_dir(&project).unwrap();
    fs::write(
        project.join("pyproject.toml"),
        "[project]\nname = 'own'\nversion = '1'\ndependencies = ['lib']\n",
    )
    .unwrap();
    let requirements = folder.path().join("-");
    fs::write(&requirements, "lib<2\n").unwrap();
    let rows = |with: &dyn Fn(Check) -> Check| {
        let report = run(|| with(check(folder.path()).on("python:3.12-slim"))).unwrap();
        let rows = report.results[0].distributions.iter();
        rows.map(|row| row.project.as_str().to_owned()).collect::<Vec<_>>()
    };
    let parsed: Requirement = "app>=1; python_version >= '3'".parse().unwrap();
    let url: Requirement =
        format!("app @ file://{}", folder.path().join("app-1.0-py3-none-any.whl").display()).parse().unwrap();
    assert_eq!(rows(&|check| check.requirement(parsed.clone())), ["app", "native"]);
    assert_eq!(rows(&|check| check.requirement(url.clone())), ["app", "native"]);
    // The name of the folder does not end with an extra.
    assert_eq!(rows(&|check| check.requirement(project.as_path())), ["lib", "native"]);
    assert_eq!(rows(&|check| check.editable(&project)), ["lib", "native"]);
    assert_eq!(rows(&|check| check.requirements_file(&requirements)), ["lib", "native"]);
    assert_eq!(rows(&|check| check.constraints_file(requirements.as_path())), ["native"]);
    let error = run(|| check(folder.path()).on("glibc:2.36").editable(parsed.clone())).unwrap_err();
    assert_eq!(error.faults().len(), 1, "{error}");
}

#[test]
fn overrides_of_the_environment_of_uv_apply_only_to_uv() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("native-0.9-py3-none-any.whl"), "").unwrap();
    let file = folder.path().join("o.txt");
    fs::write(&file, "native<1\n").unwrap();
    let none = folder.path().join("none.txt");
    let version = |with: &dyn Fn(Check) -> Check, kind: &str| {
        let check = || check(folder.path()).on("python:3.12-slim").installer(installer(kind).unwrap());
        run(|| with(check()))
            .map(|report| report.results[0].distributions[0].version.clone().unwrap().to_string())
    };
    assert_eq!(version(&|check| check.uv_overrides([&file]), "uv").unwrap(), "0.9");
    assert_eq!(version(&|check| check.uv_overrides([&file]), "pip").unwrap(), "1.0");
    assert_eq!(version(&|check| check.uv_overrides([&none]), "pip").unwrap(), "1.0");
    assert!(version(&|check| check.uv_overrides([&none]), "uv").is_err());
    assert_eq!(version(&|check| check.uv_overrides([&none]).overrides_file(&file), "uv").unwrap(), "0.9");
}

#[test]
fn files_are_inspected_on_targets_by_name() {
    let folder = TempDir::new().unwrap();
    let wheels = folder.path().join("wheels");
    fs::create_dir(&wheels).unwrap();
    let name = "native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl";
    let settings = |folder: &Path| {
        let mut settings = IndexSettings::default();
        settings.cache = CacheMode::Folder(folder.join("cache"));
        settings
    };
    let base = || Check::new().settings(settings(folder.path())).on("python:3.12-slim").on("alpine:3.22");
    let base = || base().python("3.12".parse().unwrap());
    let library = Elf::library("native.so").bytes();
    fs::write(wheels.join("native.so"), library).unwrap();
    let report = base().inspect_files([&*wheels, &*folder.path().join(name)]).run_blocking().unwrap();
    let on: Vec<&str> =
        report.sections.iter().filter_map(|section| Some(section.target.as_ref()?.id.as_str())).collect();
    assert_eq!(on, ["python:3.12-slim", "alpine:3.22"]);
    assert_eq!((report.files, report.faults.len()), (1, 1), "{:?}", report.faults);
    let error = base().on("python:3.12-slmi").fault(Error::input("a")).inspect_files(["x"]).run_blocking();
    assert_eq!(error.unwrap_err().errors().len(), 2);
    let error = base().requirement("x").inspect_files(["x"]).run_blocking().unwrap_err();
    assert!(error.is_input(), "{error}");
}

#[test]
fn images_of_a_settings_file_require_its_name() {
    let folder = TempDir::new().unwrap();
    let settings = folder.path().join("settings.toml");
    fs::write(&settings, OWN).unwrap();
    let report = run(|| check(folder.path()).images_file(&settings).on("registry.corp/base:1")).unwrap();
    assert_eq!(ids(&report), ["registry.corp/base:1"]);
    let error = run(|| check(folder.path()).on("registry.corp/base:1")).unwrap_err();
    assert!(error.is_input(), "{error}");
    let mut messages = Messages::default();
    messages.add("without the file", error);
    fs::write(&settings, "[images.\"a:1\"]\nfrom = 3\n\n[images.\"b:1\"]\nlibc = \"dos:6\"\n").unwrap();
    let error = run(|| check(folder.path()).images_file(&settings).on("a:1")).unwrap_err();
    messages.add("a file with faults", error);
    assert_messages!(messages);
}

#[test]
fn unknown_facts_are_not_input_errors() {
    let folder = TempDir::new().unwrap();
    let digest = format!("python@sha256:{}", "0a".repeat(32));
    let mut messages = Messages::default();
    let error = run(|| check(folder.path()).on(&digest)).unwrap_err();
    assert!(error.is_undetermined() && error.to_string().starts_with(&digest), "{error}");
    messages.add("a digest", error);
    let error = run(|| check(folder.path()).on(&digest).on("dir:/nowhere/at/all")).unwrap_err();
    assert!(error.is_input() && error.to_string().lines().count() == 2, "{error}");
    messages.add("a digest, and a folder that does not exist", error);
    assert_messages!(messages);
}

/// A root folder whose Python has the marker of PEP 668, or does not have it.
fn root(marked: bool) -> TempDir {
    let folder = TempDir::new().unwrap();
    let layer = Tarball::new()
        .file("lib64/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .file("lib/x86_64-linux-gnu/libc.so.6", &libc())
        .file("bin/sh", &Elf::program(GLIBC_LOADER).bytes());
    let mut layer = python(layer, "usr", "3.12", GLIBC_LOADER);
    if marked {
        layer = layer.file("usr/lib/python3.12/EXTERNALLY-MANAGED", b"[externally-managed]\n");
    }
    unpack(folder.path(), &[layer.bytes()]);
    folder
}

/// PEP 668, "Specification"; pip checks since 23.0, uv always.
#[test]
fn externally_managed_fires_and_is_silent() {
    let (marked, plain) = (root(true), root(false));
    let name = |root: &TempDir| format!("dir:{}", root.path().display());
    let folder = TempDir::new().unwrap();
    let reported = |target: &str, with: fn(Check) -> Check| {
        let report = run(|| with(check(folder.path()).on(target))).unwrap();
        codes(&report).contains(&"externally-managed")
    };
    let (marked, plain) = (name(&marked), name(&plain));
    assert!(reported(&marked, |check| check));
    assert!(reported(&marked, |check| check.installer(installer("uv").unwrap())));
    assert!(!reported(&plain, |check| check));
    assert!(!reported(&marked, |check| check.installer("pip==22.3".parse().unwrap())));
    // `pip` belongs to the interpreter of the image. An interpreter that is installed in addition is not marked.
    assert!(reported(&marked, |check| check.python("3.13".parse().unwrap())));
    assert!(!reported("debian:12", |check| check.python("3.13".parse().unwrap())));
    // Catalogue: the distribution's own Python since Debian 12, Ubuntu 23.04 and Alpine 3.19; the images of the python
    // family have their own.
    for (image, fires) in [
        ("debian:12", true),
        ("debian:13-slim", true),
        ("ubuntu:24.04", true),
        ("alpine:3.22", true),
        ("debian:11", false),
        ("ubuntu:22.04", false),
        ("alpine:3.18", false),
        ("python:3.12-slim", false),
        ("python:3.12-alpine", false),
    ] {
        assert_eq!(reported(image, |check| check), fires, "{image}");
    }
}

#[test]
fn image_facts_disagree_fires_and_is_silent() {
    let folder = TempDir::new().unwrap();
    let messages = |architecture: &str| {
        let image = Packed::new(&two_layers(), architecture, gzip);
        let layout = layout(&[&image], &index(&[(&image, None, None)]));
        let name = format!("oci:{}", layout.path().display());
        let report = run(|| check(folder.path()).on(&name)).unwrap();
        let findings = report.results[0].findings.iter();
        let reported = findings.filter(|finding| finding.code().name() == "image-facts-disagree");
        reported.map(|finding| finding.message()).collect::<Vec<_>>()
    };
    assert_eq!(messages("amd64"), Vec::<String>::new());
    let messages = messages("arm64");
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_messages!(messages[0]);
}

/// Facts of an image that could not be read are reported.
#[test]
fn gaps_of_an_image_are_undetermined() {
    let folder = TempDir::new().unwrap();
    let whole = root(false);
    let name = format!("dir:{}", whole.path().display());
    let report = run(|| check(folder.path()).on(&name)).unwrap();
    let before = codes(&report).iter().filter(|code| **code == "undetermined").count();
    fs::write(whole.path().join("lib/x86_64-linux-gnu/libbroken.so.1"), b"\x7fELF\x02\x01\x01").unwrap();
    let report = run(|| check(folder.path()).on(&name)).unwrap();
    let after: Vec<&str> = codes(&report).into_iter().filter(|code| *code == "undetermined").collect();
    assert_eq!(after.len(), before + 1);
}
