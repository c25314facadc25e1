//! Detection of the C library, the machine and the interpreter in small layers of images of all families.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use wheelbase::image::ImageProfile;
use wheelbase::image::read::{DetectedImage, DetectedLibc, ImageConfig, PackageFormat};

use crate::messages::{assert_messages, lines};

use super::read_support::*;

const OS_DEBIAN: &[u8] =
    b"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";

pub(super) fn debian() -> Tarball {
    Tarball::new()
        .file("usr/lib/os-release", OS_DEBIAN)
        .link("etc/os-release", "../usr/lib/os-release")
        .link("lib", "usr/lib")
        .link("lib64", "usr/lib64")
        .link("bin", "usr/bin")
        .link("usr/lib64/ld-linux-x86-64.so.2", "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
        .file("usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .file("usr/lib/x86_64-linux-gnu/libc.so.6", &libc())
        .file("usr/bin/dash", &Elf::program(GLIBC_LOADER).bytes())
        .link("usr/bin/sh", "dash")
        .file(
            "var/lib/dpkg/status",
            b"Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u10\n",
        )
}

pub(super) fn none() -> ImageConfig {
    ImageConfig::default()
}

fn evidence<'a>(image: &'a DetectedImage, what: &str) -> Vec<(&'a str, &'a str)> {
    let of = image.evidence.iter().filter(|one| one.what == what);
    of.map(|one| (one.value.as_str(), one.source.as_str())).collect()
}

pub(super) fn why<'a>(image: &'a DetectedImage, what: &str) -> Vec<&'a str> {
    image
        .undetermined
        .iter()
        .filter(|one| one.what.to_string().contains(what))
        .map(|one| one.why.as_str())
        .collect()
}

#[test]
fn merged_usr_image_is_read_through_its_links() {
    let image = detect_layers(vec![python(debian(), "usr/local", "3.12", GLIBC_LOADER)], &none());
    assert_eq!(image.libc, Some(DetectedLibc::Glibc(2, 36)));
    assert_eq!(image.machine.as_deref(), Some("x86_64"));
    assert_eq!(image.package_manager, Some(PackageFormat::Dpkg));
    assert_eq!(image.shell.as_deref(), Some("/usr/bin/dash"));
    let python = image.python().unwrap();
    assert_eq!((python.path.as_str(), python.version.as_str()), ("/usr/local/bin/python3.12", "3.12"));
    let libc = image.library("libc.so.6").unwrap();
    assert_eq!(libc.path, "/usr/lib/x86_64-linux-gnu/libc.so.6");
    assert_eq!(libc.nodes, ["GLIBC_2.2.5", "GLIBC_2.36"]);
    assert_eq!(image.contradictions, []);
    // Each of the three sources of the version is listed, the text first.
    let sources = evidence(&image, "glibc version");
    assert_eq!(sources.first(), Some(&("2.36", "/usr/lib/x86_64-linux-gnu/libc.so.6")));
    assert!(sources.contains(&("2.36-9+deb12u10", "package libc6")), "{sources:?}");
}

// Debian bullseye links its loader by an absolute path, and the version is in the names of the files.
#[test]
fn absolute_links_of_the_loader_stay_inside_the_root() {
    let old = Elf {
        text: b"GNU C Library (Debian GLIBC 2.31-13) stable release version 2.31.\n",
        ..Elf::library("libc.so.6")
    };
    let layer = Tarball::new()
        .link("lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/ld-2.31.so")
        .file("lib/x86_64-linux-gnu/ld-2.31.so", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .link("lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "ld-2.31.so")
        .link("lib/x86_64-linux-gnu/libc.so.6", "libc-2.31.so")
        .file("lib/x86_64-linux-gnu/libc-2.31.so", &old.bytes());
    let image = detect_layers(vec![python(layer, "usr/local", "3.9", GLIBC_LOADER)], &none());
    assert_eq!(image.libc, Some(DetectedLibc::Glibc(2, 31)));
    let how: Vec<&str> =
        image.evidence.iter().filter(|one| one.what == "glibc version").map(|one| one.how.as_str()).collect();
    assert_eq!(how, ["text of the library", "name of the file"]);
    assert_eq!(image.library("ld-linux-x86-64.so.2").unwrap().path, "/lib/x86_64-linux-gnu/ld-2.31.so");
}

pub(super) fn alpine() -> Tarball {
    Tarball::new()
        .file("etc/os-release", b"ID=alpine\nVERSION_ID=3.23.4\nPRETTY_NAME='Alpine Linux v3.23'\n")
        .file("lib/ld-musl-x86_64.so.1", &musl())
        .link("lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1")
        .file("usr/lib/libz.so.1.3.1", &Elf::library("libz.so.1").bytes())
        .link("usr/lib/libz.so.1", "libz.so.1.3.1")
        .file("bin/busybox", &Elf::program(MUSL_LOADER).bytes())
        .link("bin/sh", "/bin/busybox")
        .file(
            "lib/apk/db/installed",
            b"P:musl\nV:1.2.5-r21\nA:x86_64\np:so:libc.musl-x86_64.so.1=1\n\nP:zlib\nV:1.3.1-r2\np:so:libz.so.1=1.3.1\n\n",
        )
}

#[test]
fn alpine_is_musl_with_the_version_of_its_package() {
    let image = detect_layers(vec![python(alpine(), "usr/local", "3.13", MUSL_LOADER)], &none());
    assert_eq!(image.libc, Some(DetectedLibc::Musl(1, 2, Some(5))));
    assert_eq!(image.package_manager, Some(PackageFormat::Apk));
    assert_eq!(image.package("musl").unwrap().version, "1.2.5-r21");
    assert_eq!(image.library("libz.so.1").unwrap().path, "/usr/lib/libz.so.1.3.1");
    // musl has both names; wheels that are built with Rust require `libc.so`.
    assert!(image.library("libc.so").is_some() && image.library("libc.musl-x86_64.so.1").is_some());
    assert_eq!(image.library("libstdc++.so.6"), None);
    assert_eq!(image.contradictions, []);
    let versions = evidence(&image, "musl version");
    assert_eq!(versions, [("1.2.5-r21", "package musl"), ("1.2.5", "/lib/ld-musl-x86_64.so.1")]);
}

#[test]
fn musl_version_is_in_the_loader_if_there_is_no_package_database() {
    let layer = alpine().file("x", b"").bytes();
    let delete = Tarball::new().file("lib/apk/db/.wh.installed", b"").bytes();
    let image = try_layers(vec![layer, delete], &none(), Default::default()).unwrap();
    assert_eq!(image.libc, Some(DetectedLibc::Musl(1, 2, Some(5))));
    assert_eq!(image.package_manager, None);
}

#[test]
fn package_that_is_newer_than_the_loader_is_a_contradiction() {
    let other = Tarball::new().file("lib/apk/db/installed", b"P:musl\nV:1.2.6-r0\n\n");
    let image = detect_layers(vec![alpine(), other], &none());
    assert_eq!(image.libc, Some(DetectedLibc::Musl(1, 2, Some(6))));
    let one = image.contradictions.iter().find(|one| one.what == "musl version").unwrap();
    assert_eq!((one.other.as_str(), one.other_source.as_str()), ("1.2.5", "/lib/ld-musl-x86_64.so.1"));
}

// edge has a version that no release has: `3.25.0_alpha20260805`.
#[test]
fn alpine_edge_keeps_its_version_as_written() {
    let edge = Tarball::new().file("etc/os-release", b"ID=alpine\nVERSION_ID=3.25.0_alpha20260805\n");
    let image = detect_layers(vec![alpine(), edge], &none());
    assert_eq!(image.os.unwrap().version_id.as_deref(), Some("3.25.0_alpha20260805"));
}

// "apk means musl" is wrong: Wolfi and Chainguard have an apk database, in usr/lib, and glibc.
#[test]
fn chainguard_has_apk_and_glibc() {
    let layer = Tarball::new()
        .file("etc/os-release", b"ID=chainguard\nVERSION_ID=20230214\n")
        .link("lib64", "usr/lib64")
        .link("lib", "usr/lib")
        .link("usr/lib64", "lib")
        .file("usr/lib/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .file(
            "usr/lib/libc.so.6",
            &Elf {
                nodes: vec!["GLIBC_2.2.5", "GLIBC_2.42"],
                text: b"GNU C Library (GNU libc) stable release version 2.42.\n",
                ..Elf::library("libc.so.6")
            }
            .bytes(),
        )
        .file(
            "usr/lib/apk/db/installed",
            b"P:glibc\nV:2.42-r7\nA:x86_64\np:so:libc.so.6=6\n\nP:python-3.13\nV:3.13.9-r0\n\n",
        );
    let image = detect_layers(vec![python(layer, "usr", "3.13", GLIBC_LOADER)], &none());
    assert_eq!(image.package_manager, Some(PackageFormat::Apk));
    assert_eq!(image.libc, Some(DetectedLibc::Glibc(2, 42)));
    assert_eq!(image.shell, None);
    assert_eq!(image.library("libc.so.6").unwrap().path, "/usr/lib/libc.so.6");
    assert_eq!(image.contradictions, []);
}

// The interpreter of Lambda is in /var/lang, and its libraries are found only through LD_LIBRARY_PATH.
#[test]
fn lambda_keeps_its_interpreter_in_var_lang() {
    let layer = debian().file(
        "var/lang/lib/libpython3.12.so.1.0",
        &Elf { text: b"\x003.12.12\0", ..Elf::library("libpython3.12.so.1.0") }.bytes(),
    );
    let layer = python(layer, "var/lang", "3.12", GLIBC_LOADER).file(
        "var/lang/lib/python3.12/site-packages/pip-25.0.1.dist-info/METADATA",
        b"Name: pip\nVersion: 25.0.1\n\nlong",
    );
    let env = [
        "LD_LIBRARY_PATH=/var/lang/lib:/lib64:/opt/lib",
        "PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    ];
    let image = detect_layers(vec![layer], &config("amd64", &env));
    let python = image.python().unwrap();
    assert_eq!(python.path, "/var/lang/bin/python3.12");
    assert_eq!((python.version.as_str(), python.pip.as_deref()), ("3.12.12", Some("25.0.1")));
    assert_eq!(image.library("libpython3.12.so.1.0").unwrap().path, "/var/lang/lib/libpython3.12.so.1.0");
    let without = detect_layers(
        vec![
            debian().file("var/lang/lib/libpython3.12.so.1.0", &Elf::library("libpython3.12.so.1.0").bytes()),
        ],
        &none(),
    );
    assert_eq!(without.library("libpython3.12.so.1.0"), None);
}

// distroless: one paragraph for each package in status.d, no shell, no package manager, no pip.
#[test]
fn distroless_is_read_without_shell_and_status_file() {
    let layer = Tarball::new()
        .file("etc/os-release", OS_DEBIAN)
        .file("lib64/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .file("lib/x86_64-linux-gnu/libc.so.6", &libc())
        .file(
            "var/lib/dpkg/status.d/libc6",
            b"Package: libc6\nVersion: 2.36-9+deb12u10\nArchitecture: amd64\n",
        )
        .file(
            "var/lib/dpkg/status.d/libc6.md5sums",
            b"d41d8cd98f00b204e9800998ecf8427e  lib/x86_64-linux-gnu/libc.so.6\n",
        )
        .file(
            "var/lib/dpkg/status.d/libpython3.11-minimal",
            b"Package: libpython3.11-minimal\nVersion: 3.11.2-6\n",
        );
    let image = detect_layers(vec![python(layer, "usr", "3.11", GLIBC_LOADER)], &none());
    assert_eq!(image.shell, None);
    assert_eq!(image.libc, Some(DetectedLibc::Glibc(2, 36)));
    let names: Vec<&str> = image.packages.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["libc6", "libpython3.11-minimal"]);
    assert_eq!(image.python().unwrap().pip, None);
    assert!(image.tools.is_empty(), "{:?}", image.tools);
    // A base without libstdc++ differs from slim.
    assert!(image.libraries_complete && image.library("libstdc++.so.6").is_none());
}

#[test]
fn interpreter_decides_between_two_libcs() {
    let both = |loader| {
        let layer = debian().file("lib/ld-musl-x86_64.so.1", &musl());
        detect_layers(vec![python(layer, "usr/local", "3.12", loader)], &none())
    };
    assert_eq!(both(GLIBC_LOADER).libc, Some(DetectedLibc::Glibc(2, 36)));
    let musl = both(MUSL_LOADER);
    assert_eq!(musl.libc, Some(DetectedLibc::Musl(1, 2, Some(5))));
    assert_eq!(evidence(&musl, "loader"), [("/lib/ld-musl-x86_64.so.1", "/usr/local/bin/python3.12")]);
    assert_eq!(evidence(&musl, "another loader").len(), 1);
    // Debian's directory is not on musl's path.
    assert_eq!(musl.library("libc.so.6"), None);
}

#[test]
fn two_loaders_and_no_program_leave_the_libc_undetermined() {
    let layer = Tarball::new()
        .file("lib/ld-musl-x86_64.so.1", &musl())
        .file("lib64/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes());
    let image = detect_layers(vec![layer], &none());
    assert_eq!(image.libc, None);
    assert_messages!(lines(why(&image, "libc")));
    assert!(!image.libraries_complete);
}

#[test]
fn interpreter_whose_loader_is_missing_is_reported() {
    let image = detect_layers(vec![python(alpine(), "opt/uv", "3.12", GLIBC_LOADER)], &none());
    assert_messages!(lines(why(&image, "loader of")));
}

#[test]
fn static_interpreter_has_no_libc() {
    let program = Elf { machine: X86_64, ..Elf::default() };
    let layer =
        Tarball::new().file("usr/bin/python3.12", &program.bytes()).file("usr/lib/python3.12/os.py", b"");
    let image = detect_layers(vec![layer], &none());
    assert_eq!(image.libc, Some(DetectedLibc::Static));
}

#[test]
fn scratch_has_undetermined_facts() {
    let image = detect_layers(vec![Tarball::new().file("app", b"x")], &config("arm64", &[]));
    assert_eq!((image.libc, image.machine.as_deref()), (None, Some("aarch64")));
    assert!(!why(&image, "libc").is_empty() && !why(&image, "python").is_empty());
    let gap = image.target_gap(None).unwrap();
    assert_eq!(gap.missing().len(), 2, "{gap}");
}

#[test]
fn different_machines_in_configuration_and_files_are_reported() {
    let image =
        detect_layers(vec![python(debian(), "usr/local", "3.12", GLIBC_LOADER)], &config("arm64", &[]));
    assert_eq!(image.machine.as_deref(), Some("x86_64"));
    assert!(image.contradictions.iter().any(|one| one.what == "machine" && one.other == "arm64"));
}

#[test]
fn facts_survive_being_written_and_read_back() {
    let image = detect_layers(vec![python(alpine(), "usr/local", "3.13", MUSL_LOADER)], &none());
    let text = serde_json::to_string(&image).unwrap();
    assert_eq!(serde_json::from_str::<DetectedImage>(&text).unwrap(), image);
}

#[test]
fn library_sets_have_absent_and_unknown_libraries() {
    use wheelbase::image::{Defined, Presence};

    let layer = debian()
        .file("usr/lib/libtorn.so.1", b"\x7fELF\x02\x01\x01")
        .file("usr/lib/libplain.so.1", &Elf::library("libplain.so.1").bytes());
    let set = detect_layers(vec![layer], &none()).library_set("a test");
    let Presence::Present(libc) = set.find("libc.so.6") else { panic!("libc.so.6") };
    assert_eq!(libc.nodes.defines("GLIBC_2.36"), Defined::Yes);
    assert_eq!(libc.nodes.defines("GLIBC_2.38"), Defined::No(Some("GLIBC_2.36".to_owned())));
    assert_eq!(set.find("libGL.so.1"), Presence::Absent);
    assert!(matches!(set.find("libtorn.so.1"), Presence::Unknown(_)));
    // A library without version nodes satisfies any node: the loader only warns.
    let Presence::Present(plain) = set.find("libplain.so.1") else { panic!("libplain.so.1") };
    assert_eq!(plain.nodes.defines("PLAIN_1.0"), Defined::Unknown);
    let scratch = detect_layers(vec![Tarball::new()], &none()).library_set("a test");
    assert!(matches!(scratch.find("libc.so.6"), Presence::Unknown(_)));
}

/// OCI image specification, `config.md`: `Env` and `WorkingDir`. A folder without a configuration has unknown values.
#[test]
fn what_a_configuration_sets_is_part_of_the_profile() {
    let text = r#"{"architecture": "amd64", "os": "linux", "config": {"Env": ["A=1", "A=2", "B"], "WorkingDir": "/srv"}}"#;
    let config = ImageConfig::parse(text.as_bytes()).unwrap();
    let mut image = detect_layers(vec![Tarball::new()], &config);
    let day = "2026-08-13".parse().unwrap();
    let bare = image.to_profile("x", day, None).environment;
    assert_eq!((bare.workdir, bare.complete), (None, false));
    image.digest = Some("sha256:00".to_owned());
    let profile = image.to_profile("x", day, None);
    let set = &profile.environment;
    assert_eq!((set.workdir.as_deref(), set.complete), (Some("/srv"), true));
    let variables: Vec<(&str, &str)> =
        set.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(variables, [("A", "2"), ("B", "")]);
    let text = profile.to_json().to_string();
    assert_eq!(ImageProfile::from_json(&text, "x.json").unwrap().environment, profile.environment);
    image.workdir = None;
    assert_eq!(image.to_profile("x", day, None).environment.workdir.as_deref(), Some("/"));
}
