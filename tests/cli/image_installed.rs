//! The distributions that are installed in an image, listed and checked.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::image::{json, run};
use super::wording::{Texts, assert_wording, findings_of, message_of};
use crate::image::read_sources::two_layers;
use crate::image::read_support::Elf;

const SITE: &str = "root/usr/local/lib/python3.12/site-packages";

/// A folder with an interpreter of glibc 2.36.
fn root() -> TempDir {
    let folder = TempDir::new().unwrap();
    tar::Archive::new(std::io::Cursor::new(&two_layers()[0])).unpack(folder.path().join("root")).unwrap();
    fs::create_dir_all(folder.path().join(SITE)).unwrap();
    folder
}

/// Adds an installed distribution to the image in `root`.
pub(crate) fn install(folder: &Path, name: &str, version: &str, requires: &[&str], tag: &str) {
    let info = folder.join(SITE).join(format!("{name}-{version}.dist-info"));
    fs::create_dir_all(&info).unwrap();
    let mut metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    for one in requires {
        metadata.push_str(&format!("Requires-Dist: {one}\n"));
    }
    fs::write(info.join("METADATA"), metadata + "\nRequires-Dist: not-a-header\n").unwrap();
    fs::write(info.join("WHEEL"), format!("Wheel-Version: 1.0\nTag: {tag}\n")).unwrap();
    fs::write(info.join("RECORD"), "").unwrap();
}

/// Code and message of each finding, in the order of the codes.
fn messages(report: &Value) -> Vec<(String, String)> {
    let findings = report["results"][0]["findings"].as_array().unwrap();
    let mut messages: Vec<(String, String)> =
        findings.iter().map(|one| (one["code"].as_str().unwrap().to_owned(), message_of(one))).collect();
    messages.sort();
    messages
}

fn codes(report: &Value) -> Vec<String> {
    messages(report).into_iter().map(|(code, _)| code).collect()
}

/// All messages in one text, each under its code.
fn texts(report: &Value) -> Texts {
    let mut texts = Texts::default();
    for (code, message) in messages(report) {
        texts.add(code, &message);
    }
    texts
}

const CHECK: [&str; 8] =
    ["check", "--installed", "--as-of", "2026-08-13", "--on", "dir:root", "--format", "json"];
/// The same as text.
const TEXT: usize = 6;

// pip 26.0, `operations/check.py`: the output of `pip check` for the same site-packages
//   alpha 1.0 requires missing, which is not installed.
//   alpha 1.0 has requirement beta>=2, but you have beta 1.5.
#[test]
fn installed_distributions_are_held_to_their_requirements_as_pip_check_does() {
    let folder = root();
    let requires = [
        "missing",
        "beta>=2",
        "Gamma_Two>=1.0rc1",
        "windows-only; sys_platform == 'win32'",
        "wanted-by-extra; extra == 'more'",
        "newer; python_version >= '3.13'",
    ];
    install(folder.path(), "alpha", "1.0", &requires, "py3-none-any");
    install(folder.path(), "beta", "1.5", &[], "py3-none-any");
    install(folder.path(), "gamma.two", "1.0rc2", &["alpha"], "cp312-cp312-manylinux_2_17_x86_64");
    let report = json(folder.path(), &CHECK);
    assert_eq!(codes(&report), ["installed-dependency-conflict", "installed-dependency-missing"]);
    assert_wording!("installed_findings", texts(&report));
    let (status, text, _) = run(folder.path(), &CHECK[..TEXT]);
    assert_eq!(status, 1);
    assert_wording!("installed_set_that_does_not_fit", text);
}

#[test]
fn a_set_that_fits_passes_without_an_index() {
    let folder = root();
    install(folder.path(), "alpha", "1.0", &["beta<2"], "py3-none-any");
    install(folder.path(), "beta", "1.5", &[], "py3-none-any");
    let (status, text, err) = run(folder.path(), &CHECK[..TEXT]);
    assert_eq!(status, 0, "{err}");
    assert_wording!("installed_set_that_fits", text);
    let report = json(folder.path(), &CHECK);
    let set = &report["results"][0]["installed"];
    assert_eq!(set["site_packages"], serde_json::json!(["/usr/local/lib/python3.12/site-packages"]));
    assert_eq!(set["distributions"][1]["name"], "beta");
}

#[test]
fn a_wheel_of_another_platform_is_recognised_by_its_recorded_tags() {
    let folder = root();
    install(folder.path(), "alpha", "1.0", &[], "cp312-cp312-musllinux_1_2_x86_64");
    install(folder.path(), "beta", "1.0", &[], "cp311-cp311-manylinux_2_17_x86_64");
    install(folder.path(), "gamma", "1.0", &[], "cp312-abi3-manylinux_2_28_x86_64");
    let report = json(folder.path(), &CHECK);
    assert_eq!(codes(&report), ["installed-wheel-unsupported"; 2], "{report:#}");
    assert_wording!("installed_wheels_of_other_platforms", texts(&report));
}

#[test]
fn compiled_files_of_a_folder_are_loaded_on_its_own_libraries() {
    let folder = root();
    install(folder.path(), "native", "1.0", &[], "cp312-cp312-manylinux_2_17_x86_64");
    let site = folder.path().join(SITE);
    fs::create_dir_all(site.join("native")).unwrap();
    let member = "native/_core.cpython-312-x86_64-linux-gnu.so";
    let module =
        |needed: &'static str| Elf { machine: 62, needed: vec![needed, "libc.so.6"], ..Elf::default() };
    fs::write(site.join("native-1.0.dist-info/RECORD"), format!("{member},,\n")).unwrap();
    fs::write(site.join(member), module("libGL.so.1").bytes()).unwrap();
    let report = json(folder.path(), &CHECK);
    let missing = findings_of(&report, "missing-library");
    let [missing] = missing.as_slice() else { panic!("one library is missing: {report:#}") };
    assert_wording!("installed_wheel_that_does_not_load", message_of(missing));
    assert_eq!(report["results"][0]["loading"]["failing"], serde_json::json!(["native"]));
    fs::write(site.join(member), module("libgone.so.1").bytes()).unwrap();
    let report = json(folder.path(), &CHECK);
    assert_eq!(codes(&report), [""; 0], "the image has that library");
    assert_eq!(report["results"][0]["loading"]["native"], 1);
}

#[test]
fn installed_checks_require_an_image_that_is_read() {
    let folder = root();
    let mut texts = Texts::default();
    for args in [
        &["check", "--installed", "--on", "python:3.12-slim"][..],
        &["check", "flask", "--installed", "--on", "dir:root"],
    ] {
        let (status, _, err) = run(folder.path(), args);
        assert_eq!(status, 2, "{err}");
        texts.add_run(args, &err);
    }
    assert_wording!("installed_that_cannot_be_read", texts);
}

#[test]
fn installed_distributions_are_listed_with_the_image() {
    let folder = root();
    install(folder.path(), "alpha", "1.0", &["beta>=1"], "py3-none-any");
    let mut texts = Texts::default();
    for more in [&[][..], &["--all"]] {
        let (_, text, _) =
            run(folder.path(), &[&["image", "dir:root", "--as-of", "2026-08-13"], more].concat());
        assert_eq!(text.contains("alpha"), !more.is_empty(), "only --all lists them: {text}");
        texts.add_run(more, &text);
    }
    assert_wording!("installed_in_an_image", texts);
    let profile = json(folder.path(), &["image", "dir:root", "--format", "json"]);
    assert_eq!(profile["distributions"][0]["name"], "alpha");
    assert_eq!(profile["distributions"][0]["requires"], serde_json::json!(["beta>=1"]));
    fs::write(folder.path().join("read.json"), profile.to_string()).unwrap();
    let (status, _, err) = run(folder.path(), &["tags", "--on", "read.json"]);
    assert_eq!(status, 0, "it feeds back: {err}");
}
