//! What a report contains about building from source, and images without an installer.

use serde_json::{Value, json};

use crate::cli::site::Site;
use crate::cli::wording::{Texts, assert_wording};
use crate::index::server::sdist;

const DAY: [&str; 4] = ["--as-of", "2026-08-13", "--exclude-newer", "never"];

/// A source distribution with a wheel for another platform, and these files in its archive.
fn site(project: &str, version: &str, files: &[&str]) -> Site {
    let stem = format!("{project}-{version}");
    let site = Site::of(&format!("{stem}-cp312-cp312-win_amd64.whl\n{stem}.tar.gz"));
    let metadata = format!("Metadata-Version: 2.4\nName: {project}\nVersion: {version}\n");
    let paths: Vec<String> = files.iter().map(|file| format!("{stem}/{file}")).collect();
    let info = format!("{stem}/PKG-INFO");
    let mut members: Vec<(&str, &[u8])> = vec![(&info, metadata.as_bytes())];
    members.extend(paths.iter().map(|path| (path.as_str(), &b""[..])));
    site.write_bytes(&format!("files/{stem}.tar.gz"), &sdist(&members));
    site
}

fn check(site: &Site, args: &[&str]) -> Value {
    site.report(&[args, &DAY].concat())
}

fn row(report: &Value) -> &Value {
    &report["results"][0]["distributions"][0]
}

fn building(report: &Value) -> &Value {
    &report["results"][0]["building"]
}

#[test]
fn languages_and_packages_of_a_build_are_reported() {
    let site = site("x", "1.0", &["src/x.c", "src/lib.rs", "tests/data.f90"]);
    let report = check(&site, &["x", "--inspect", "--on", "python:3.12-slim"]);
    assert_eq!(row(&report)["language"], "native");
    assert_eq!(row(&report)["languages"], json!(["C", "Rust"]));
    assert_eq!(building(&report)["lacking"], json!(["x"]));
    assert_eq!(building(&report)["failing"], json!([]));
    assert_eq!(building(&report)["packages"], json!(["gcc", "libc6-dev", "cargo"]));
    let distroless = check(&site, &["x", "--inspect", "--on", "gcr.io/distroless/python3-debian12"]);
    assert_eq!(distroless["targets"][0]["has_installer"], false);
}

#[test]
fn the_language_is_known_only_if_the_sdist_is_read() {
    let native = site("x", "1.0", &["src/lib.rs"]);
    assert_eq!(row(&check(&native, &["x", "--on", "python:3.12-slim"]))["language"], Value::Null);
    let pure = site("x", "1.0", &["x/__init__.py", "tests/data/a.c"]);
    let report = check(&pure, &["x", "--inspect", "--on", "python:3.12-slim"]);
    assert_eq!(row(&report)["language"], "pure");
}

#[test]
fn builds_that_fail_or_are_undetermined_are_listed() {
    let site = site("psycopg2", "2.9.10", &["psycopg/psycopgmodule.c"]);
    let report = check(&site, &["psycopg2", "--on", "python:3.12-slim"]);
    assert_eq!(building(&report)["failing"], json!(["psycopg2"]));
    // The headers of an image with a compiler are unknown.
    let unknown = check(&site, &["psycopg2", "--on", "registry.access.redhat.com/ubi9/python-312"]);
    assert!(building(&unknown)["undetermined"].is_string());
    // A C library is not an image: its other contents are unknown.
    assert_eq!(*building(&check(&site, &["psycopg2"])), Value::Null);
}

/// An image without an installer is reported, in text and as an assumption.
#[test]
fn an_image_without_installer_installs_nothing() {
    let site = Site::of("pure 1.0");
    let run = site.check(&[&["pure", "--on", "gcr.io/distroless/python3-debian12"][..], &DAY].concat());
    let mut texts = Texts::default();
    texts.add("distroless with pip as the installer", &run.out);
    let args = ["check", "--index-url", "simple", "pure", "--on", "gcr.io/distroless/python3-debian12"];
    let assumed = site.run(&[&args[..], &DAY].concat());
    texts.add("distroless", &assumed.out);
    let slim = site.check(&[&["pure", "--on", "python:3.12-slim"][..], &DAY].concat());
    texts.add("slim", &slim.out);
    assert_wording!("image_without_an_installer", texts);
}
