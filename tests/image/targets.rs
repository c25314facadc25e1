//! Every form of a target's name, through the library.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use wheelbase::edge::targets::installer;
use wheelbase::edge::{CacheMode, IndexSettings};
use wheelbase::image::{Catalogue, UserImages};
use wheelbase::report::Report;
use wheelbase::{Check, Error};

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
        .find_links(folder.display().to_string())
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
