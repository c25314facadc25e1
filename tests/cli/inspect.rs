//! `wheelbase inspect` and `wheelbase check --inspect`, from the outside.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

use super::wording::{Texts, assert_wording, findings_of};
use crate::elf::support::{Wheel, fixture};
use crate::image::read_support::Elf;
use crate::index::server::{Reply, Server, sha256};

const GNU: &str = "cp312-cp312-manylinux_2_17_x86_64";

struct Run {
    status: i32,
    out: String,
    err: String,
}

/// Runs the command with a cache of its own and without the environment's indexes.
fn run(cache: &Path, args: &[&str]) -> Run {
    let mut command = Command::cargo_bin("wheelbase").expect("the command");
    for name in ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "UV_INDEX_URL"] {
        command.env_remove(name);
    }
    let output = command.env("WHEELBASE_CACHE_DIR", cache).args(args).output().expect("it runs");
    Run {
        status: output.status.code().expect("a status"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn write(folder: &Path, wheel: &Wheel) -> String {
    let path = folder.join(&wheel.file);
    std::fs::write(&path, wheel.build()).expect("written");
    path.display().to_string()
}

fn foreign() -> Wheel {
    Wheel::new(GNU).with("demo/demo.so", "foreign.so")
}

fn fine() -> Wheel {
    Wheel::new(GNU).with("demo/ext.so", "ext.x86_64.gnu.so")
}

#[test]
fn the_verdict_of_a_wheel_comes_first() {
    let here = folder();
    let path = write(here.path(), &fine());
    let found = run(here.path(), &["inspect", &path]);
    assert_eq!(found.status, 0, "{}", found.err);
    let mut texts = Texts::default();
    texts.add("inspect", &found.out);
    texts.add("inspect -v", &run(here.path(), &["inspect", "-v", &path]).out);
    assert_wording!("inspected_wheel", texts);
}

#[test]
fn a_target_decides_whether_it_loads() {
    let here = folder();
    let path = write(here.path(), &foreign());
    let args = ["inspect", &path, "--on", "python:3.12-slim", "--as-of", "2026-08-13"];
    let found = run(here.path(), &args);
    assert_eq!(found.status, 1, "{}", found.err);
    assert_wording!("inspected_wheel_that_does_not_load", found.out);
    // Levels can be changed.
    let mut args = args.to_vec();
    args.extend(["--warn", "missing-library", "--warn", "tag-overstated"]);
    assert_eq!(run(here.path(), &args).status, 0);
}

#[test]
fn json_keeps_its_schema_and_names_the_target() {
    let here = folder();
    let path = write(here.path(), &foreign());
    let found = run(
        here.path(),
        &["inspect", &path, "--on", "python:3.12-slim", "--on", "glibc:2.36", "--format", "json"],
    );
    let value: Value = serde_json::from_str(&found.out).expect("JSON");
    let schema: Value = serde_json::from_str(wheelbase::inspect::SCHEMA).expect("the schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let faults: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let targets: Vec<&str> =
        value["files"].as_array().expect("files").iter().filter_map(|one| one["target"].as_str()).collect();
    assert_eq!(targets, ["python:3.12-slim", "glibc:2.36"]);
    let finding = value["files"][0]["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|one| one["code"] == "missing-library");
    assert_eq!(finding.expect("one")["libraries"], serde_json::json!(["libforeign.so.9"]));
    // Without an image its libraries are unknown, which is reported.
    let codes: Vec<&str> = value["files"][1]["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert!(codes.contains(&"undetermined") && !codes.contains(&"missing-library"), "{codes:?}");
}

#[test]
fn a_folder_of_wheels_gives_a_line_each_and_a_summary() {
    let here = folder();
    let wheels = folder();
    write(wheels.path(), &fine());
    let other = format!("other-1.0-{GNU}.whl");
    std::fs::write(wheels.path().join(other), foreign().build()).expect("written");
    let found = run(here.path(), &["inspect", &wheels.path().display().to_string()]);
    assert_eq!(found.out.lines().count(), 3, "{}", found.out);
    let mut texts = Texts::default();
    texts.add("two wheels", &found.out);
    // A file that is not a wheel is an error, and the others are still reported.
    std::fs::write(wheels.path().join("broken-1.0-py3-none-any.whl"), b"no zip").expect("written");
    let found = run(here.path(), &["inspect", &wheels.path().display().to_string()]);
    assert_eq!((found.status, found.out.lines().count()), (2, 3), "{}", found.out);
    texts.add("with a broken wheel", &found.err);
    assert_wording!("inspected_folder", texts);
}

#[test]
fn site_packages_and_single_files_are_read() {
    let here = folder();
    let site = folder();
    let package = site.path().join("demo");
    std::fs::create_dir_all(site.path().join("demo-1.0.dist-info")).expect("made");
    std::fs::create_dir(&package).expect("made");
    std::fs::write(site.path().join("demo-1.0.dist-info/WHEEL"), "Wheel-Version: 1.0\n").expect("written");
    std::fs::write(package.join("demo.so"), fixture("foreign.so")).expect("written");
    let slim = ["--on", "python:3.12-slim", "--as-of", "2026-08-13"];
    let mut texts = Texts::default();
    for (title, what) in [("site-packages", site.path().to_owned()), ("a file", package.join("demo.so"))] {
        let what = what.display().to_string();
        let found = run(here.path(), &[&["inspect", &what], &slim[..]].concat());
        assert_eq!(found.status, 1, "{what}: {}{}", found.out, found.err);
        texts.add(title, &found.out);
    }
    assert_wording!("inspected_site_packages_and_file", texts);
}

/// An index of one project with two wheels.
fn index() -> (Server, Vec<u8>) {
    let server = Server::start();
    let glibc = fine().build();
    let musl = Wheel::new("cp312-cp312-musllinux_1_2_x86_64").with("demo/ext.so", "ext.x86_64.musl.so");
    let mut page = String::new();
    for (name, bytes) in [(fine().file, glibc.clone()), (musl.file.clone(), musl.build())] {
        page.push_str(&format!("<a href=\"/files/{name}#sha256={}\">{name}</a>", sha256(&bytes)));
        let body = bytes.clone();
        server.on(&format!("/files/{name}"), move |request| Reply::file(&body, request));
    }
    server.page("demo", format!("<!DOCTYPE html><html><body>{page}</body></html>"));
    (server, glibc)
}

#[test]
fn a_name_means_the_wheel_that_the_installer_chooses() {
    let here = folder();
    let (server, _) = index();
    let index = server.index();
    let on = |image: &str| run(here.path(), &["inspect", "demo", "--on", image, "-i", &index]);
    let slim = on("python:3.12-slim");
    assert_eq!(slim.status, 0, "{}{}", slim.out, slim.err);
    assert!(
        slim.out.contains("manylinux_2_17_x86_64.whl") && !slim.out.contains("musllinux"),
        "{}",
        slim.out
    );
    let mut texts = Texts::default();
    texts.add("slim", &slim.err);
    assert!(on("python:3.12-alpine").out.contains("musllinux_1_2_x86_64.whl"));
    // No wheel fits: the result is undetermined.
    let none = on("python:3.11-slim");
    assert_eq!(none.status, 3, "{}{}", none.out, none.err);
    texts.add("no wheel fits", &none.err);
    // Without a target: the selected files, and the reason.
    let all = run(here.path(), &["inspect", "demo==1.0", "-i", &index]);
    texts.add("no target", &all.err);
    let unknown = run(here.path(), &["inspect", "nothing-like-it", "-i", &index]);
    assert_eq!(unknown.status, 2);
    texts.add("no such project", &unknown.err);
    assert_wording!("inspected_projects", texts);
}

#[test]
fn a_second_inspection_does_not_fetch_anything() {
    let here = folder();
    let (server, bytes) = index();
    let url = format!("{}#sha256={}", server.url(&format!("/files/{}", fine().file)), sha256(&bytes));
    let first = run(here.path(), &["inspect", "-v", &url]);
    assert_eq!(first.status, 0, "{}", first.err);
    let mut texts = Texts::default();
    let fetched = |err: &str| err.replace(&bytes.len().to_string(), "[SIZE]");
    texts.add("first", &fetched(&first.err));
    let asked = server.requests().len();
    let second = run(here.path(), &["inspect", "-v", &url]);
    texts.add("second", &fetched(&second.err));
    assert_wording!("inspected_twice", texts);
    assert_eq!((first.out, asked), (second.out, server.requests().len()));
}

#[test]
fn what_cannot_be_read_is_status_2() {
    let here = folder();
    let mut texts = Texts::default();
    for what in ["./nowhere.whl", "https://example.org/page.html", "not a name!"] {
        let found = run(here.path(), &["inspect", what]);
        assert_eq!((found.status, found.out.as_str()), (2, ""), "{what}: {}", found.err);
        texts.add(what, &found.err);
    }
    assert_wording!("inspected_files_that_cannot_be_read", texts);
}

#[test]
fn a_check_includes_findings_of_the_loader() {
    let here = folder();
    let wheels = folder();
    let wheel =
        foreign().bytes("demo-1.0.dist-info/METADATA", b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n");
    write(wheels.path(), &wheel);
    let links = wheels.path().display().to_string();
    let check = |more: &[&str]| {
        let mut args = vec![
            "check",
            "--no-index",
            "-f",
            &links,
            "--on",
            "python:3.12-slim",
            "--on",
            "python:3.12",
            "--as-of",
            "2026-08-13",
            "--exclude-newer",
            "never",
            "demo",
        ];
        args.extend(more);
        run(here.path(), &args)
    };
    let plain = check(&[]);
    assert_eq!(plain.status, 0, "{}{}", plain.out, plain.err);
    let found = check(&["--inspect"]);
    assert_eq!(found.status, 1, "{}{}", found.out, found.err);
    // The same finding on two targets is one paragraph.
    assert_eq!(found.out.matches("[missing-library]").count(), 1, "{}", found.out);
    assert_wording!("check_with_a_wheel_that_does_not_load", found.out);
    let value: Value = serde_json::from_str(&check(&["--inspect", "--format", "json"]).out).expect("JSON");
    let result = &value["results"][0];
    assert_eq!(result["loading"]["lacking"], serde_json::json!(["libforeign.so.9"]));
    assert_eq!(result["loading"]["failing"], serde_json::json!(["demo"]));
    let findings = findings_of(&value, "missing-library");
    assert_eq!(findings.len(), 2, "{value:#}");
    let finding = findings[0];
    assert_eq!((&finding["member"], &finding["level"]), (&"demo/demo.so".into(), &"deny".into()));
    assert_eq!(finding["evidence"]["modules"], serde_json::json!(["demo"]));
}

/// Adds a wheel that requires a library; returns its size.
fn add_wheel(folder: &Path, project: &str, library: &'static str) -> usize {
    let mut elf = Elf::library("x.so");
    elf.needed = vec!["libc.so.6", library];
    let metadata = format!("Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n");
    let wheel = Wheel::new(GNU)
        .bytes(&format!("{project}/{project}.so"), &elf.bytes())
        .bytes(&format!("{project}-1.0.dist-info/METADATA"), metadata.as_bytes());
    let bytes = wheel.build();
    std::fs::write(folder.join(format!("{project}-1.0-{GNU}.whl")), &bytes).expect("written");
    bytes.len()
}

/// The command for all libraries is in the summary, except if it is the help of the only finding.
#[test]
fn one_line_installs_the_missing_libraries_of_several_wheels() {
    let here = folder();
    let wheels = folder();
    add_wheel(wheels.path(), "one", "libgomp.so.1");
    add_wheel(wheels.path(), "two", "libGL.so.1");
    let links = wheels.path().display().to_string();
    let check = |projects: &[&str]| {
        let on = ["check", "--inspect", "--no-index", "-f", &links, "--on", "python:3.12-slim"];
        let day = ["--as-of", "2026-08-13", "--exclude-newer", "never"];
        run(here.path(), &[&on[..], &day, projects].concat()).out
    };
    let mut texts = Texts::default();
    texts.add("two wheels", &check(&["one", "two"]));
    texts.add("one wheel", &check(&["one"]));
    assert_wording!("missing_libraries_of_several_wheels", texts);
}

/// Sizes of files that the index does not list are known after the files are read.
#[test]
fn sizes_of_wheels_that_were_read_are_known() {
    let here = folder();
    let wheels = folder();
    let size = add_wheel(wheels.path(), "one", "libgomp.so.1");
    let name = format!("one-1.0-{GNU}.whl");
    let bytes = std::fs::read(wheels.path().join(&name)).expect("the wheel");
    let server = Server::start();
    let link = format!("<a href=\"/files/{name}#sha256={}\">{name}</a>", sha256(&bytes));
    server.page("one", format!("<!DOCTYPE html><html><body>{link}</body></html>"));
    server.on(&format!("/files/{name}"), move |request| Reply::file(&bytes, request));
    let index = server.index();
    let download = |inspect: &[&str]| {
        let on = ["check", "--format", "json", "-i", &index, "--on", "python:3.12-slim", "one"];
        let found = run(here.path(), &[&on[..], inspect].concat());
        let report: Value = serde_json::from_str(&found.out).expect("JSON");
        report["results"][0]["download"].clone()
    };
    assert_eq!(download(&[]), serde_json::json!({"files": 1, "bytes": 0, "unsized_files": 1}));
    assert_eq!(download(&["--inspect"]), serde_json::json!({"files": 1, "bytes": size, "unsized_files": 0}));
}
