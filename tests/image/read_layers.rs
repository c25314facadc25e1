//! Detection in layers: whiteouts, links, and the directories that a loader searches.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::messages::{assert_messages, lines};

use super::read::{alpine, debian, none, why};
use super::read_support::*;

// OCI image specification, layer.md: whiteouts hide files of lower layers, at any position in their own layer.
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
    // A whiteout follows the same link.
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
