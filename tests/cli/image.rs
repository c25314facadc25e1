//! `wheelbase image`, and images as targets.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

use super::site::Site;
use super::wording::{Texts, assert_wording};
use crate::image::read_sources::two_layers;
use crate::image::read_support::{Elf, GLIBC_LOADER, Tarball, python};
use crate::index::server::{Reply, Server};

/// The command in a folder of its own, without the installers and the cache of the environment.
pub(super) fn wheelbase(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("wheelbase").unwrap();
    command
        .current_dir(folder)
        .env_clear()
        .env("WHEELBASE_CACHE_DIR", folder.join("cache"))
        .env("HOME", folder);
    command
}

/// Exit status, standard output and standard error.
pub(super) fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = wheelbase(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

pub(super) fn json(folder: &Path, arguments: &[&str]) -> Value {
    let (_, out, err) = run(folder, arguments);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"))
}

#[test]
fn a_profile_is_printed_as_text_and_its_json_is_accepted() {
    let folder = TempDir::new().unwrap();
    let name = ["image", "python:3.12-slim", "--as-of", "2026-08-13"];
    let (status, text, _) = run(folder.path(), &name);
    assert_eq!(status, 0);
    assert_wording!("image_by_name", text);
    let (_, profile, _) = run(folder.path(), &[&name[..], &["--format", "json"]].concat());
    fs::write(folder.path().join("image.json"), &profile).unwrap();
    let (_, by_name, _) = run(folder.path(), &["tags", "--on", "python:3.12-slim", "--as-of", "2026-08-13"]);
    let (status, by_file, _) = run(folder.path(), &["tags", "--on", "./image.json"]);
    assert_eq!((status, by_file), (0, by_name));
    let (status, again, _) = run(folder.path(), &["image", "image.json", "--format", "json"]);
    assert_eq!((status, again), (0, profile));
}

/// docker-library/official-images: the release under `3.12-slim` moved on 2025-08-12.
#[test]
fn a_name_means_the_image_of_that_day() {
    let folder = TempDir::new().unwrap();
    let meaning = |day: &str| {
        json(folder.path(), &["image", "python:3.12-slim", "--as-of", day, "--format", "json"])["meaning"]
            .clone()
    };
    assert_eq!(meaning("2025-08-11"), "3.12-slim-bookworm");
    assert_eq!(meaning("2025-08-12"), "3.12-slim-trixie");
}

#[test]
fn the_day_of_images_limits_the_index_by_default() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("demo-1.0-py3-none-any.whl"), "").unwrap();
    let check = ["check", "demo", "--on", "python:3.12-slim", "--no-index", "--find-links", ".", "--no-deps"];
    let (status, out, err) = run(folder.path(), &[&check[..], &["--as-of", "2026-01-05"]].concat());
    assert_wording!("day_of_images_cuts_the_index", err);
    assert_eq!(status, 1, "a file without upload time counts as newer: {out}");
    let never = [&check[..], &["--as-of", "2026-01-05", "--exclude-newer", "never"]].concat();
    let (status, out, err) = run(folder.path(), &never);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
}

#[test]
fn images_of_a_settings_file_are_known_by_name() {
    let folder = TempDir::new().unwrap();
    let settings =
        "[images.\"registry.corp/base:1\"]\nfrom = \"python:3.12-alpine\"\nlibraries = [\"libpq.so.5\"]\n";
    fs::write(folder.path().join("wheelbase.toml"), settings).unwrap();
    let image = json(folder.path(), &["image", "registry.corp/base:1", "--format", "json"]);
    let present: Vec<&Value> = image["libraries"]["present"].as_array().unwrap().iter().collect();
    assert!(present.iter().any(|library| library["soname"] == "libpq.so.5"));
    let (status, tags, _) = run(folder.path(), &["tags", "--on", "registry.corp/base:1"]);
    assert!(status == 0 && tags.contains("musllinux_1_2"), "{tags}");

    fs::rename(folder.path().join("wheelbase.toml"), folder.path().join("other.toml")).unwrap();
    let mut texts = Texts::default();
    let (status, _, err) = run(folder.path(), &["tags", "--on", "registry.corp/base:1"]);
    assert_eq!(status, 2);
    texts.add("image of no catalogue", &err);
    let (status, _, _) =
        run(folder.path(), &["tags", "--on", "registry.corp/base:1", "--config", "other.toml"]);
    assert_eq!(status, 0);
    let (status, _, err) = run(folder.path(), &["tags", "--on", "debian", "--config", "none.toml"]);
    assert_eq!(status, 2);
    texts.add("settings file that does not exist", &err);
    assert_wording!("images_of_settings", texts);
}

#[test]
fn all_faults_of_a_settings_file_are_reported_with_positions() {
    let folder = TempDir::new().unwrap();
    let settings = "[images.\"a:1\"]\nfrom = 3\n\n[images.\"b:1\"]\nlibc = \"dos:6\"\nlibrarys = []\n";
    fs::write(folder.path().join("wheelbase.toml"), settings).unwrap();
    let (status, out, err) = run(folder.path(), &["image", "python:3.12"]);
    assert_eq!((status, out.as_str()), (2, ""));
    for place in ["wheelbase.toml:2:", "wheelbase.toml:5:", "wheelbase.toml:6:"] {
        assert!(err.contains(place), "{place} in {err}");
    }
    assert_wording!("faults_of_settings", err);
}

#[test]
fn unknown_names_are_errors_and_names_without_facts_are_undetermined() {
    let folder = TempDir::new().unwrap();
    let digest = format!("python@sha256:{}", "0a".repeat(32));
    let mut texts = Texts::default();
    for (arguments, expected) in [
        (&["image", "python:3.12-slmi"][..], 2),
        (&["image", &digest, "--all"], 3),
        (&["tags", "--on", &digest], 3),
        // A fault that the user can correct comes before an unknown image.
        (&["tags", "--on", &digest, "--on", "pythn"], 2),
    ] {
        let (status, _, err) = run(folder.path(), arguments);
        assert_eq!(status, expected, "{err}");
        texts.add_run(arguments, &err);
    }
    assert_wording!("unknown_images", texts);
}

/// Unpacks layers into `root`.
pub(crate) fn unpacked(folder: &Path, layers: &[Vec<u8>]) {
    for layer in layers {
        tar::Archive::new(std::io::Cursor::new(layer)).unpack(folder.join("root")).unwrap();
    }
}

#[test]
fn a_folder_is_read_and_is_a_target() {
    let folder = TempDir::new().unwrap();
    unpacked(folder.path(), &two_layers()[..1]);
    let (status, text, _) = run(folder.path(), &["image", "dir:root", "--all", "--as-of", "2026-08-13"]);
    assert_eq!(status, 0);
    assert_wording!("image_of_a_folder", text);
    let (status, tags, err) = run(folder.path(), &["-v", "tags", "--on", "dir:root"]);
    assert_eq!(status, 0, "{err}");
    assert!(tags.lines().any(|tag| tag == "cp312-cp312-manylinux_2_36_x86_64"), "{tags}");
    assert_wording!("evidence_of_a_folder", err);
    let (_, profile, _) = run(folder.path(), &["image", "dir:root", "--format", "json"]);
    fs::write(folder.path().join("read.json"), profile).unwrap();
    assert_eq!(run(folder.path(), &["tags", "--on", "read.json"]).1, tags);

    let mut texts = Texts::default();
    for args in [
        &["tags", "--on", "dir:root", "--arch", "arm64"][..],
        &["tags", "--on", "read.json", "--arch", "arm64"],
        &["image", "read.json", "--arch", "arm64"],
        &["tags", "--on", "dir:nowhere"],
    ] {
        let (status, _, err) = run(folder.path(), args);
        assert_eq!(status, 2, "{args:?}: {err}");
        texts.add_run(args, &err);
    }
    assert_wording!("images_that_cannot_be_targets", texts);
}

// Folders and files of a tree that root created can be private to root, and other users cannot read them.
#[test]
fn folders_readable_only_by_root_are_unknown() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;

    let folder = TempDir::new().unwrap();
    unpacked(folder.path(), &two_layers()[..1]);
    let root = folder.path().join("root");
    let closed = |path: &str, mode: u32| {
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    fs::create_dir_all(root.join("root/secret")).unwrap();
    fs::create_dir_all(root.join("usr/lib64")).unwrap();
    fs::write(root.join("usr/lib/os-release"), "ID=debian\n").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let read = || {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("wheelbase"));
        command.current_dir(folder.path()).env_clear().args([
            "image",
            "--no-cache",
            "dir:root",
            "--as-of",
            "2026-08-13",
        ]);
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(65_534);
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    closed("root", 0o700);
    closed("root", 0o000);
    closed("usr/lib/os-release", 0o000);
    let (status, text, err) = read();
    assert_eq!(status, Some(0), "{err}");
    // No library can be in `/root`, and any may be in `/usr/lib64`.
    let mut texts = Texts::default();
    texts.add("/root and /usr/lib/os-release cannot be read", &text);
    closed("usr/lib64", 0o000);
    let (_, text, _) = read();
    texts.add("/usr/lib64 cannot be read either", &text);
    assert_wording!("folder_kept_to_root", texts);
    for path in ["root", "usr/lib64"] {
        closed(path, 0o755);
    }
}

#[test]
fn missing_facts_of_a_folder_are_unknown_and_not_empty() {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("root/etc")).unwrap();
    fs::write(folder.path().join("root/etc/os-release"), "ID=debian\n").unwrap();
    let mut texts = Texts::default();
    let mut image = |title: &str, name: &str| {
        let (_, text, _) = run(folder.path(), &["image", name, "--as-of", "2026-08-13"]);
        texts.add(title, &text);
    };
    image("a folder with os-release only", "dir:root");
    image("scratch", "scratch");
    // The machine is known, and the names of links are not among the SONAMEs.
    let folder = TempDir::new().unwrap();
    unpacked(folder.path(), &two_layers()[..1]);
    let mut image = |title: &str| {
        let (_, text, _) = run(folder.path(), &["image", "dir:root", "--as-of", "2026-08-13"]);
        texts.add(title, &text);
    };
    image("a folder with libraries");
    std::os::unix::fs::symlink("libgone.so.1", folder.path().join("root/usr/lib/libgone.so")).unwrap();
    image("a folder with libraries and a link");
    assert_wording!("images_that_are_partly_known", texts);
}

#[test]
fn one_of_several_interpreters_is_chosen_and_reported() {
    let folder = TempDir::new().unwrap();
    let second = python(Tarball::new(), "opt/other", "3.11", GLIBC_LOADER)
        .file("usr/bin/x", &Elf::program(GLIBC_LOADER).bytes());
    let second = second.link("usr/local/bin/python3.11", "../../../opt/other/bin/python3.11").bytes();
    unpacked(folder.path(), &[two_layers()[0].clone(), second]);
    let (_, tags, err) = run(folder.path(), &["tags", "--on", "dir:root"]);
    assert!(tags.starts_with("cp312-"), "{tags}");
    assert_wording!("several_interpreters", err);
    let (_, tags, _) = run(folder.path(), &["tags", "--on", "dir:root", "--python", "3.11"]);
    assert!(tags.starts_with("cp311-"), "{tags}");
}

// The option applies to targets without a Python; a conflict with another Python is reported.
#[test]
fn an_image_keeps_its_own_python() {
    let folder = TempDir::new().unwrap();
    let mut texts = Texts::default();
    for (args, begins) in [
        (&["--on", "python:3.13-slim", "--python", "3.12"][..], "cp313-"),
        (&["--on", "python:3.13-slim", "--python", "3.13"], "cp313-"),
        (&["--on", "debian:12", "--python", "3.12"], "cp312-"),
        (&["--on", "scratch", "--python", "3.12"], "cp312-"),
    ] {
        let args = [&["tags", "--as-of", "2026-08-22"], args].concat();
        let (status, tags, err) = run(folder.path(), &args);
        assert!(status == 0 && tags.starts_with(begins), "{args:?}: {tags} {err}");
        texts.add_run(&args, &err);
    }
    assert_wording!("python_of_an_image", texts);
}

#[test]
fn an_image_without_the_required_facts_is_not_a_target() {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("root/etc")).unwrap();
    let mut texts = Texts::default();
    let (status, _, err) = run(folder.path(), &["tags", "--on", "dir:root"]);
    assert_eq!(status, 3, "{err}");
    texts.add("no C library", &err);
    // If only the C library is known, the interpreter can be given as an option.
    let libc = Tarball::new()
        .file("lib64/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .file("lib/x86_64-linux-gnu/libc.so.6", &crate::image::read_support::libc())
        .file("bin/sh", &Elf::program(GLIBC_LOADER).bytes());
    unpacked(folder.path(), &[libc.bytes()]);
    let (status, _, err) = run(folder.path(), &["tags", "--on", "dir:root"]);
    assert_eq!(status, 2, "{err}");
    texts.add("no interpreter", &err);
    assert_wording!("images_without_an_interpreter", texts);
    let (status, tags, _) = run(folder.path(), &["tags", "--on", "dir:root", "--python", "3.12"]);
    assert!(status == 0 && tags.contains("cp312-cp312-manylinux_2_36_x86_64"), "{tags}");
}

#[test]
fn no_registry_is_queried_offline() {
    let folder = TempDir::new().unwrap();
    let check = ["check", "demo", "--offline", "--on", "docker://python:3.12-slim"];
    let (status, _, err) = run(folder.path(), &check);
    assert_eq!(status, 3, "{err}");
    assert_wording!("registry_offline", err);
}

#[test]
fn all_commands_use_the_settings_of_requests() {
    let site = Site::of("");
    for retries in [0, 1] {
        for command in ["image", "tags", "check", "inspect"] {
            let server = Server::start();
            server.reply("/v2/", Reply::status(503));
            server.reply("/v2/app/manifests/1", Reply::status(503));
            let image = format!("docker://127.0.0.1:{}/app:1", server.port());
            let args = match command {
                "image" => vec!["image", &image],
                "tags" => vec!["tags", "--on", &image],
                command => vec![command, "demo", "--on", &image],
            };
            let run = site.run_with(&args, |run| {
                run.env("PIP_RETRIES", retries.to_string());
            });
            assert_ne!(run.status, 0, "{command}");
            let first = server.paths().first().cloned().unwrap();
            assert_eq!(server.count(&first), retries + 1, "{command}: {:?}", server.paths());
        }
    }
}
