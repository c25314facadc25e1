//! What detection says of images of all families, from small layers. Facts and oddities: images.md, sections 2 and 3.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

use wheelbase::image::ImageProfile;
use wheelbase::image::read::{DetectedImage, DetectedLibc, ImageConfig, PackageFormat};

use crate::messages::{assert_messages, lines};

use super::read_support::*;

const OS_DEBIAN: &[u8] =
    b"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";

fn debian() -> Tarball {
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

fn none() -> ImageConfig {
    ImageConfig::default()
}

fn evidence<'a>(image: &'a DetectedImage, what: &str) -> Vec<(&'a str, &'a str)> {
    let of = image.evidence.iter().filter(|one| one.what == what);
    of.map(|one| (one.value.as_str(), one.source.as_str())).collect()
}

fn why<'a>(image: &'a DetectedImage, what: &str) -> Vec<&'a str> {
    image.undetermined.iter().filter(|one| one.what.contains(what)).map(|one| one.why.as_str()).collect()
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
    // Each of the three sources of the version is named, the text first.
    let sources = evidence(&image, "glibc version");
    assert_eq!(sources.first(), Some(&("2.36", "/usr/lib/x86_64-linux-gnu/libc.so.6")));
    assert!(sources.contains(&("2.36-9+deb12u10", "package libc6")), "{sources:?}");
}

// Debian bullseye links its loader by an absolute path, and the version stands in the names of the files.
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

fn alpine() -> Tarball {
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
    // musl answers to both of its names; wheels built with Rust ask for `libc.so`.
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

// edge carries a version that no release has: `3.25.0_alpha20260805`.
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

// The interpreter of Lambda lies in /var/lang and its libraries are found through LD_LIBRARY_PATH alone.
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

// distroless: one paragraph a package in status.d, no shell, no package manager, no pip.
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
    // A base without libstdc++ must be told from slim.
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

// OCI image specification, layer.md: whiteouts hide what lies below, wherever they stand in their own layer.
#[test]
fn whiteouts_hide_only_lower_layers() {
    let lower = Tarball::new()
        .file("usr/local/lib/libgone.so.1", &Elf::library("libgone.so.1").bytes())
        .file("usr/lib/private/libdeep.so.1", &Elf::library("libdeep.so.1").bytes())
        .file("usr/lib/libstays.so.1", &Elf::library("libstays.so.1").bytes())
        .file("usr/lib/libchanged.so.1", &Elf::library("libchanged.so.1").bytes());
    let upper = Tarball::new()
        .file("usr/local/lib/libnew.so.1", &Elf::library("libnew.so.1").bytes())
        .file("usr/local/lib/.wh..wh..opq", b"")
        .file("usr/lib/.wh.private", b"")
        .file("usr/lib/.wh.libchanged.so.1", b"")
        .file(
            "usr/lib/libchanged.so.1",
            &Elf { nodes: vec!["NEW_1"], ..Elf::library("libchanged.so.1") }.bytes(),
        );
    let env = ["LD_LIBRARY_PATH=/usr/local/lib:/usr/lib/private"];
    let image = detect_layers(vec![debian(), lower, upper], &config("amd64", &env));
    assert!(image.library("libgone.so.1").is_none() && image.library("libdeep.so.1").is_none());
    assert!(image.library("libnew.so.1").is_some() && image.library("libstays.so.1").is_some());
    assert_eq!(image.library("libchanged.so.1").unwrap().nodes, ["NEW_1"]);
}

#[test]
fn entries_below_a_link_of_a_lower_layer_are_in_its_target() {
    // Merged usr below, an archive with the old path above: containerd and umoci follow the link.
    let upper = Tarball::new().file("lib/x86_64-linux-gnu/libnew.so.1", &Elf::library("libnew.so.1").bytes());
    let image = detect_layers(vec![debian(), upper], &none());
    assert_eq!(image.library("libnew.so.1").unwrap().path, "/usr/lib/x86_64-linux-gnu/libnew.so.1");
    // A whiteout takes the same way.
    let gone = Tarball::new().file("lib/x86_64-linux-gnu/.wh.libnew.so.1", b"");
    let upper = Tarball::new().file("lib/x86_64-linux-gnu/libnew.so.1", &Elf::library("libnew.so.1").bytes());
    assert_eq!(detect_layers(vec![debian(), upper, gone], &none()).library("libnew.so.1"), None);
}

#[test]
fn files_replace_directories_and_links() {
    let lower = Tarball::new()
        .file("opt/lib/libold.so.1", &Elf::library("libold.so.1").bytes())
        .link("opt/alias", "lib");
    let env = config("amd64", &["LD_LIBRARY_PATH=/opt/lib:/opt/alias"]);
    let found = |upper: Tarball| {
        let lower = Tarball::new()
            .file("opt/lib/libold.so.1", &Elf::library("libold.so.1").bytes())
            .link("opt/alias", "lib");
        detect_layers(vec![debian(), lower, upper], &env).library("libold.so.1").is_some()
    };
    assert!(detect_layers(vec![debian(), lower], &env).library("libold.so.1").is_some());
    assert!(!found(Tarball::new().file("opt/lib", b"now a file")));
    assert!(!found(Tarball::new().device("opt/lib")));
    assert!(found(Tarball::new().file("opt/other", b"")));
    // A directory entry keeps what is in the directory.
    assert!(found(Tarball::new().directory("opt/lib")));
}

#[test]
fn hard_links_to_files_of_lower_layers_are_followed() {
    let upper = Tarball::new().hard_link("usr/lib/libalias.so.1", "usr/lib/x86_64-linux-gnu/libc.so.6");
    let image = detect_layers(vec![debian(), upper], &none());
    assert_eq!(image.library("libalias.so.1").unwrap().declared.as_deref(), Some("libc.so.6"));
    let odd = Tarball::new()
        .file("opt/blob", &Elf::library("libodd.so.1").bytes())
        .hard_link("usr/lib/libodd.so.1", "opt/blob");
    let image = detect_layers(vec![debian(), odd], &none());
    assert_messages!(lines(why(&image, "libodd.so.1")));
}

#[test]
fn link_loops_and_links_out_of_the_root_find_nothing() {
    let layer = debian()
        .link("usr/lib/libloop.so.1", "libpool.so.1")
        .link("usr/lib/libpool.so.1", "libloop.so.1")
        .link("usr/lib/libhost.so.1", "../../../../../../../../etc/passwd")
        .link("usr/lib/libself.so.1", "/usr/lib/libself.so.1")
        .link("usr/lib/libup.so.1", "../../../../usr/lib/x86_64-linux-gnu/libc.so.6");
    let image = detect_layers(vec![layer], &none());
    for name in ["libloop.so.1", "libpool.so.1", "libhost.so.1", "libself.so.1"] {
        assert_eq!(image.library(name), None, "{name}");
    }
    // Above the root is the root, as after chroot(2).
    assert_eq!(image.library("libup.so.1").unwrap().path, "/usr/lib/x86_64-linux-gnu/libc.so.6");
}

#[test]
fn libraries_of_other_machines_are_ignored() {
    let foreign = Elf { machine: AARCH64, ..Elf::library("libforeign.so.1") };
    let image = detect_layers(vec![debian().file("usr/lib/libforeign.so.1", &foreign.bytes())], &none());
    assert_eq!(image.library("libforeign.so.1"), None);
}

// ldconfig(8): the loader reads the cache, never ld.so.conf; a file put there without ldconfig is not found.
#[test]
fn directories_of_ld_so_conf_are_searched_only_through_the_cache() {
    let layer = debian()
        .file("etc/ld.so.conf", b"include /etc/ld.so.conf.d/*.conf\n")
        .file("etc/ld.so.conf.d/app.conf", b"# ours\n/opt/app/lib\n")
        .file("opt/app/lib/libours.so.2", &Elf::library("libours.so.2").bytes());
    let image = detect_layers(vec![layer], &none());
    assert_eq!(image.library("libours.so.2"), None);
    let one = image.contradictions.iter().find(|one| one.what == "loader path").unwrap();
    assert!(
        one.other.contains("libours.so.2") && one.other_source == "/etc/ld.so.conf.d/app.conf",
        "{one:?}"
    );
    let cached = Tarball::new()
        .file("etc/ld.so.cache", &loader_cache(&[("libours.so.2", "/opt/app/lib/libours.so.2")]));
    let layer = debian()
        .file("etc/ld.so.conf", b"/opt/app/lib\n")
        .file("opt/app/lib/libours.so.2", &Elf::library("libours.so.2").bytes());
    let image = detect_layers(vec![layer, cached], &none());
    assert_eq!(image.library("libours.so.2").unwrap().path, "/opt/app/lib/libours.so.2");
    assert_eq!(image.contradictions, []);
}

/// `struct cache_file_new` of glibc, `sysdeps/generic/dl-cache.h`.
fn loader_cache(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut strings = Vec::new();
    let base = 48 + 24 * entries.len();
    let mut rows = Vec::new();
    for (key, value) in entries {
        let mut place = |text: &str| {
            let at = (base + strings.len()) as u32;
            strings.extend_from_slice(text.as_bytes());
            strings.push(0);
            at
        };
        for number in [0x0303, place(key), place(value), 0, 0, 0] {
            rows.extend_from_slice(&u32::to_le_bytes(number));
        }
    }
    let mut bytes = b"glibc-ld.so.cache1.1".to_vec();
    bytes.extend_from_slice(&(entries.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&(strings.len() as u32).to_le_bytes());
    bytes.resize(48, 0);
    bytes[28] = 2;
    [bytes, rows, strings].concat()
}

#[test]
fn path_file_of_musl_replaces_the_built_in_path() {
    let layer = alpine()
        .file("etc/ld-musl-x86_64.path", b"/opt/lib\n/lib:/nowhere\n")
        .file("opt/lib/libours.so.1", &Elf::library("libours.so.1").bytes());
    let image = detect_layers(vec![layer], &none());
    assert!(image.library("libours.so.1").is_some());
    assert_eq!(image.library("libz.so.1"), None, "/usr/lib is not on the path any more");
}

#[test]
fn installed_distributions_have_their_tags() {
    let site = "usr/local/lib/python3.12/site-packages";
    let layer = python(debian(), "usr/local", "3.12", GLIBC_LOADER)
        .file(&format!("{site}/numpy-2.3.4.dist-info/METADATA"), b"Metadata-Version: 2.4\nName: numpy\nVersion: 2.3.4\n\nName: no\n")
        .file(
            &format!("{site}/numpy-2.3.4.dist-info/WHEEL"),
            b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp312-cp312-manylinux_2_27_x86_64\nTag: cp312-cp312-manylinux_2_28_x86_64\n",
        )
        .file(&format!("{site}/numpy-2.3.4.dist-info/RECORD"), b"numpy/a.py,,\nnumpy/b.cpython-312-x86_64-linux-gnu.so,sha256=x,9\n")
        .file(&format!("{site}/numpy-2.3.4.dist-info/INSTALLER"), b"uv\n")
        .file(&format!("{site}/local-1.dist-info/METADATA"), b"Name: local\nVersion: 1\n")
        .file(&format!("{site}/local-1.dist-info/direct_url.json"), br#"{"url": "file:///src", "dir_info": {}}"#)
        .file(&format!("{site}/old-0.1.egg-info/PKG-INFO"), b"Name: old\nVersion: 0.1\n")
        .file(&format!("{site}/older-0.1.egg-info"), b"Name: older\nVersion: 0.1\n")
        .file(&format!("{site}/setuptools/_vendor/wheel-0.45.1.dist-info/METADATA"), b"Name: wheel\nVersion: 0.45.1\n")
        .file(&format!("{site}/torn-1.dist-info/METADATA"), b"\x00\xff");
    let image = detect_layers(vec![layer], &none());
    let names: Vec<&str> = image.distributions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["local", "numpy", "old", "older"]);
    let numpy = &image.distributions[1];
    assert_eq!(numpy.tags, ["cp312-cp312-manylinux_2_27_x86_64", "cp312-cp312-manylinux_2_28_x86_64"]);
    assert_eq!(numpy.compiled, ["numpy/b.cpython-312-x86_64-linux-gnu.so"]);
    assert_eq!(numpy.installer.as_deref(), Some("uv"));
    assert_eq!(image.distributions[0].direct_url.as_deref(), Some("file:///src"));
    assert!(!why(&image, "torn-1.dist-info").is_empty());
}

// PEP 405 and PEP 668: the path leads through a virtual environment, whose pip does not look at the marker.
#[test]
fn environment_on_the_path_is_the_first_interpreter() {
    let layer = python(debian(), "usr", "3.11", GLIBC_LOADER)
        .file("usr/lib/python3.11/EXTERNALLY-MANAGED", b"[externally-managed]\n")
        .file("opt/venv/pyvenv.cfg", b"home = /usr/bin\ninclude-system-site-packages = false\n")
        .link("opt/venv/bin/python", "/usr/bin/python3")
        .link("opt/venv/bin/python3", "python")
        .file(
            "opt/venv/lib/python3.11/site-packages/pip-24.0.dist-info/METADATA",
            b"Name: pip\nVersion: 24.0\n",
        );
    let image = detect_layers(vec![layer], &config("amd64", &["PATH=/opt/venv/bin:/usr/bin"]));
    let first = image.python().unwrap();
    assert_eq!(
        (first.path.as_str(), first.environment.as_deref()),
        ("/usr/bin/python3.11", Some("/opt/venv"))
    );
    assert_eq!((first.pip.as_deref(), image.externally_managed()), (Some("24.0"), false));
    assert_eq!(first.site_packages, ["/opt/venv/lib/python3.11/site-packages"]);
    let second = &image.pythons[1];
    assert_eq!(second.externally_managed.as_deref(), Some("/usr/lib/python3.11/EXTERNALLY-MANAGED"));
}

#[test]
fn version_of_python_comes_from_the_strongest_evidence() {
    let base = || python(debian(), "usr/local", "3.12", GLIBC_LOADER);
    let version = |layer: Tarball, env: &[&str]| {
        detect_layers(vec![layer], &config("amd64", env)).python().unwrap().version.clone()
    };
    // Inherited from a base whose interpreter was replaced: another minor is no hint at all.
    assert_eq!(version(base(), &["PYTHON_VERSION=3.11.4"]), "3.12");
    assert_eq!(version(base(), &["PYTHON_VERSION=3.12.11"]), "3.12.11");
    let header = base()
        .file("usr/local/include/python3.12/patchlevel.h", b"#define PY_VERSION              \"3.12.9+\"\n");
    assert_eq!(version(header, &["PYTHON_VERSION=3.12.11"]), "3.12.9");
}

#[test]
fn free_threaded_interpreter_keeps_its_flag() {
    let layer = debian()
        .file("usr/local/bin/python3.14t", &Elf::program(GLIBC_LOADER).bytes())
        .link("usr/local/bin/python3", "python3.14t")
        .file("usr/local/lib/python3.14t/os.py", b"")
        .file(
            "usr/local/lib/python3.14t/site-packages/pip-25.3.dist-info/METADATA",
            b"Name: pip\nVersion: 25.3\n",
        );
    let image = detect_layers(vec![layer], &none());
    let python = image.python().unwrap();
    assert_eq!(
        (python.version.as_str(), python.abi_flags.as_str(), python.pip.as_deref()),
        ("3.14", "t", Some("25.3"))
    );
}

#[test]
fn pypy_is_not_cpython() {
    let layer = debian()
        .file("opt/pypy/bin/pypy3.11", &Elf::program(GLIBC_LOADER).bytes())
        .link("opt/pypy/bin/pypy3", "pypy3.11")
        .link("opt/pypy/bin/python3", "pypy3")
        .file("opt/pypy/lib/pypy3.11/os.py", b"");
    let image = detect_layers(vec![layer], &config("amd64", &["PATH=/opt/pypy/bin:/usr/bin"]));
    let python = image.python().unwrap();
    assert_eq!((python.implementation.as_str(), python.version.as_str()), ("pypy", "3.11"));
}

// PEP 600: the module is code, and code is not run; constants need no running.
#[test]
fn manylinux_module_is_reported_and_not_run() {
    let with = |text: &[u8]| {
        let layer = python(debian(), "usr/local", "3.12", GLIBC_LOADER)
            .file("usr/local/lib/python3.12/site-packages/_manylinux.py", text);
        detect_layers(vec![layer], &none())
    };
    let simple = with(b"manylinux2014_compatible = False\n");
    let policy = target(&simple, None).manylinux_policy.unwrap();
    assert_eq!(policy.manylinux2014_compatible, Some(false));
    assert_eq!(why(&simple, "manylinux"), Vec::<&str>::new());
    let program = with(b"import platform\n");
    assert!(program.python().unwrap().manylinux_module.is_some());
    assert!(!why(&program, "manylinux").is_empty());
}

#[test]
fn compilers_and_headers_are_found_through_links() {
    let layer = python(debian(), "usr/local", "3.12", GLIBC_LOADER)
        .file("usr/bin/x86_64-linux-gnu-gcc-12", b"")
        .link("usr/bin/gcc-12", "x86_64-linux-gnu-gcc-12")
        .link("usr/bin/gcc", "gcc-12")
        .file("usr/bin/make", b"")
        .file("opt/cross/bin/cargo", b"")
        .file("usr/local/include/python3.12/Python.h", b"");
    let image = detect_layers(vec![layer], &none());
    assert_eq!(image.tools, ["gcc", "make"]);
    assert!(image.python().unwrap().headers);
}

#[test]
fn target_has_the_pip_of_the_image_or_the_option() {
    let layer = python(debian(), "usr/local", "3.12", GLIBC_LOADER).file(
        "usr/local/lib/python3.12/site-packages/pip-25.0.1.dist-info/METADATA",
        b"Name: pip\nVersion: 25.0.1\n",
    );
    let image = detect_layers(vec![layer], &none());
    let own = target(&image, None);
    assert_eq!((own.machine.as_str(), own.bits), ("x86_64", 64));
    assert_eq!(own.libc, wheelbase::target::Libc::Glibc(2, 36));
    assert_eq!(own.installer.version.to_string(), "25.0.1");
    let without = detect_layers(vec![python(debian(), "usr/local", "3.12", GLIBC_LOADER)], &none());
    assert_eq!(target(&without, Some(installer())).installer, installer());
}

/// The target of the profile of an image.
fn target(
    image: &DetectedImage,
    installer: Option<wheelbase::target::Installer>,
) -> wheelbase::target::Target {
    let profile = image.to_profile("image", "2026-08-13".parse().unwrap(), None);
    let mut options = wheelbase::image::TargetOptions::default();
    options.installer = installer;
    profile.target(&options).unwrap()
}

fn installer() -> wheelbase::target::Installer {
    wheelbase::target::Installer::new(wheelbase::target::InstallerKind::Pip, "26.0".parse().unwrap())
}

#[test]
fn facts_survive_being_written_and_read_back() {
    let image = detect_layers(vec![python(alpine(), "usr/local", "3.13", MUSL_LOADER)], &none());
    let text = serde_json::to_string(&image).unwrap();
    assert_eq!(serde_json::from_str::<DetectedImage>(&text).unwrap(), image);
}

/// `fixtures/make_rpm.py` made them with rpm and Berkeley DB themselves.
fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/image/fixtures/{name}.gz", root!());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut bytes).unwrap();
    bytes
}

/// rpm's `lib/backend/ndb/rpmpkg.c`; the builds of rpm at hand leave this storage out.
fn ndb(blobs: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"RpmP".to_vec();
    for number in [0_u32, 1, 1, blobs.len() as u32 + 1, 0, 0, 0] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    let mut blob_area = Vec::new();
    for (index, blob) in blobs.iter().enumerate() {
        let start = blob_area.len();
        let package = index as u32 + 1;
        bytes.extend_from_slice(b"Slot");
        for number in [package, (4096 + start as u32) / 16, 0] {
            bytes.extend_from_slice(&u32::to_le_bytes(number));
        }
        blob_area.extend_from_slice(b"BlbS");
        for number in [package, 1, blob.len() as u32] {
            blob_area.extend_from_slice(&number.to_le_bytes());
        }
        blob_area.extend_from_slice(blob);
        blob_area.resize(blob_area.len().next_multiple_of(16), 0);
    }
    while bytes.len() < 4096 {
        bytes.extend_from_slice(b"Slot\0\0\0\0\0\0\0\0\0\0\0\0");
    }
    [bytes, blob_area].concat()
}

#[test]
fn rpm_databases_of_all_three_storages_are_read() {
    let check = |path: &str, bytes: &[u8], count: usize| {
        let image =
            detect_layers(vec![Tarball::new().file(path, bytes).file(&format!("{path}-wal"), b"")], &none());
        assert_eq!(image.package_manager, Some(PackageFormat::Rpm), "{path}: {:?}", image.undetermined);
        assert_eq!(image.packages.len(), count, "{path}");
        assert_eq!(image.package("glibc").unwrap().version, "2.34-100.el9");
        assert_eq!(image.package("openssl-libs").unwrap().version, "1:3.0.7-28.el9");
        assert_eq!(image.package("glibc").unwrap().architecture.as_deref(), Some("x86_64"));
        assert_eq!(why(&image, "packages"), Vec::<&str>::new());
    };
    check("var/lib/rpm/rpmdb.sqlite", &fixture("rpmdb.sqlite"), 42);
    check("usr/lib/sysimage/rpm/rpmdb.sqlite", &fixture("rpmdb.sqlite"), 42);
    check("var/lib/rpm/Packages", &fixture("Packages"), 42);
    let header = |name: &str, version: &str, release: &str, epoch: Option<u32>| {
        let texts = [(1000_u32, name), (1001, version), (1002, release), (1022, "x86_64")];
        let (mut store, mut index, mut count) = (Vec::new(), Vec::new(), 0_u32);
        if let Some(epoch) = epoch {
            index.extend([1003_u32, 4, 0, 1].iter().flat_map(|number| number.to_be_bytes()));
            store.extend_from_slice(&epoch.to_be_bytes());
            count += 1;
        }
        for (tag, text) in texts {
            index.extend([tag, 6, store.len() as u32, 1].iter().flat_map(|number| number.to_be_bytes()));
            store.extend_from_slice(text.as_bytes());
            store.push(0);
            count += 1;
        }
        [&count.to_be_bytes()[..], &(store.len() as u32).to_be_bytes(), &index, &store].concat()
    };
    let blobs =
        [header("glibc", "2.34", "100.el9", None), header("openssl-libs", "3.0.7", "28.el9", Some(1))];
    check("usr/lib/sysimage/rpm/Packages.db", &ndb(&blobs), 2);
}

#[test]
fn write_ahead_log_of_the_rpm_database_is_reported() {
    let path = "var/lib/rpm/rpmdb.sqlite";
    let layer = Tarball::new().file(path, &fixture("rpmdb.sqlite")).file(&format!("{path}-wal"), b"pages");
    let image = detect_layers(vec![layer], &none());
    assert_messages!(lines(why(&image, "packages")));
}

#[test]
fn damaged_rpm_databases_are_undetermined() {
    for (path, name) in [("var/lib/rpm/rpmdb.sqlite", "rpmdb.sqlite"), ("var/lib/rpm/Packages", "Packages")] {
        let whole = fixture(name);
        for step in 1..40 {
            let mut torn = whole.clone();
            if step % 2 == 0 {
                torn.truncate(whole.len() / 40 * step);
            } else {
                let place = whole.len() / 40 * step;
                torn[place..place + 64].fill(0xff);
            }
            // No crash and no endless loop; most of these are told, a few hit bytes that nobody reads.
            let image = detect_layers(vec![Tarball::new().file(path, &torn)], &none());
            assert!(image.packages.len() <= 42 + 1, "{}", image.packages.len());
        }
        let image = detect_layers(vec![Tarball::new().file(path, &whole[..whole.len() / 2])], &none());
        assert!(!why(&image, "packages").is_empty(), "{path}");
    }
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
    // Without nodes of its own a library serves any: the loader only warns.
    let Presence::Present(plain) = set.find("libplain.so.1") else { panic!("libplain.so.1") };
    assert_eq!(plain.nodes.defines("PLAIN_1.0"), Defined::Unknown);
    let scratch = detect_layers(vec![Tarball::new()], &none()).library_set("a test");
    assert!(matches!(scratch.find("libc.so.6"), Presence::Unknown(_)));
}

/// OCI image specification, `config.md`: `Env` and `WorkingDir`. A bare folder has no configuration, and says nothing.
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
