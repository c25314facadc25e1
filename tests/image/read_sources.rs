//! Images in layouts and archives, and invalid ones that are refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use wheelbase::edge::images::{ImageReadOptions, read};
use wheelbase::image::read::{DetectedImage, DetectedLibc};

use crate::messages::{Messages, assert_messages};

use super::read_support::*;

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn run(location: &str, options: &ImageReadOptions) -> Result<DetectedImage, wheelbase::Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(read(&location.parse().unwrap(), options))
}

fn failure(location: &str) -> String {
    run(location, &ImageReadOptions::default()).unwrap_err().to_string()
}

/// The two layers of a small image with glibc: the second deletes a library of the first.
pub(crate) fn two_layers() -> [Vec<u8>; 2] {
    let lower = Tarball::new()
        .file("lib64/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .file("lib/x86_64-linux-gnu/libc.so.6", &libc())
        .file("usr/lib/libgone.so.1", &Elf::library("libgone.so.1").bytes());
    let lower = python(lower, "usr/local", "3.12", GLIBC_LOADER).bytes();
    let upper = Tarball::new()
        .file("usr/lib/.wh.libgone.so.1", b"")
        .file("usr/lib/libnew.so.1", &Elf::library("libnew.so.1").bytes());
    [lower, upper.bytes()]
}

pub(crate) fn expect_two_layers(image: &DetectedImage) {
    assert_eq!(image.libc, Some(DetectedLibc::Glibc(2, 36)));
    assert!(image.library("libgone.so.1").is_none() && image.library("libnew.so.1").is_some());
    assert_eq!(image.python().unwrap().version, "3.12.7");
}

/// Blobs, and the manifest over them.
pub(crate) struct Packed {
    pub(crate) blobs: HashMap<String, Vec<u8>>,
    pub(crate) manifest: Vec<u8>,
    pub(crate) config: Vec<u8>,
    pub(crate) layers: Vec<Vec<u8>>,
}

impl Packed {
    pub(crate) fn new(layers: &[Vec<u8>], architecture: &str, pack: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        let diff_ids: Vec<String> = layers.iter().map(|layer| format!("sha256:{}", sha256(layer))).collect();
        let config = serde_json::json!({
            "architecture": architecture, "os": "linux",
            "config": {"Env": ["PATH=/usr/local/bin:/usr/bin", "PYTHON_VERSION=3.12.7"]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        let config = config.to_string().into_bytes();
        let layers: Vec<Vec<u8>> = layers.iter().map(|layer| pack(layer)).collect();
        let descriptor = |kind: &str, bytes: &[u8]| serde_json::json!({"mediaType": kind, "digest": format!("sha256:{}", sha256(bytes)), "size": bytes.len()});
        let manifest = serde_json::json!({
            "schemaVersion": 2,
            "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
            "layers": layers.iter().map(|layer| descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer)).collect::<Vec<_>>(),
        });
        let manifest = manifest.to_string().into_bytes();
        let mut blobs: HashMap<String, Vec<u8>> =
            layers.iter().map(|layer| (sha256(layer), layer.clone())).collect();
        blobs.insert(sha256(&config), config.clone());
        blobs.insert(sha256(&manifest), manifest.clone());
        Self { blobs, manifest, config, layers }
    }

    pub(crate) fn digest(&self) -> String {
        format!("sha256:{}", sha256(&self.manifest))
    }

    fn entry(&self, platform: Option<(&str, &str)>, tag: Option<&str>) -> serde_json::Value {
        let mut entry = serde_json::json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": self.digest(), "size": self.manifest.len(),
        });
        if let Some((os, architecture)) = platform {
            entry["platform"] = serde_json::json!({"os": os, "architecture": architecture});
        }
        if let Some(tag) = tag {
            entry["annotations"] = serde_json::json!({"org.opencontainers.image.ref.name": tag});
        }
        entry
    }
}

/// An image, its platform, its tag.
type IndexEntry<'a> = (&'a Packed, Option<(&'a str, &'a str)>, Option<&'a str>);

pub(crate) fn index(entries: &[IndexEntry<'_>]) -> Vec<u8> {
    let manifests: Vec<_> =
        entries.iter().map(|(image, platform, tag)| image.entry(*platform, *tag)).collect();
    serde_json::json!({"schemaVersion": 2, "manifests": manifests}).to_string().into_bytes()
}

pub(crate) fn layout(images: &[&Packed], index: &[u8]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let blobs = folder.path().join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    for (digest, bytes) in images.iter().flat_map(|image| &image.blobs) {
        fs::write(blobs.join(digest), bytes).unwrap();
    }
    fs::write(folder.path().join("index.json"), index).unwrap();
    fs::write(folder.path().join("oci-layout"), br#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    folder
}

pub(super) fn at(scheme: &str, path: &Path) -> String {
    format!("{scheme}:{}", path.display())
}

#[test]
fn layouts_with_all_compressions_are_read() {
    for pack in [gzip as fn(&[u8]) -> Vec<u8>, zstd, <[u8]>::to_vec] {
        let image = Packed::new(&two_layers(), "amd64", pack);
        let folder = layout(&[&image], &index(&[(&image, None, None)]));
        let found = run(&at("oci", folder.path()), &ImageReadOptions::default()).unwrap();
        expect_two_layers(&found);
        assert_eq!(found.digest.as_deref(), Some(image.digest().as_str()));
    }
}

/// The size to download is that of the manifest's layers, the size on disk that of their files: both layers' `libgone`
/// counts, as engines count it, though the second deletes it.
#[test]
fn sizes_are_those_of_the_layers_and_of_their_files() {
    let layers = two_layers();
    let unpacked: u64 = layers.iter().flat_map(|layer| tar_sizes(layer)).sum();
    let image = Packed::new(&layers, "amd64", gzip);
    let packed: u64 = image.layers.iter().map(|layer| layer.len() as u64).sum();
    let folder = layout(&[&image], &index(&[(&image, None, None)]));
    let location = at("oci", folder.path());
    let found = run(&location, &ImageReadOptions::default()).unwrap();
    assert_eq!((found.packed_bytes, found.unpacked_bytes), (Some(packed), Some(unpacked)));
    let profile = found.to_profile(&location, "2026-11-21".parse().unwrap(), None);
    let size = profile.packed_size().unwrap();
    assert_eq!((size.value, size.own), (packed, true));
    assert!(profile.unpacked_size().unwrap().own);
    // A folder is not packed.
    let root = TempDir::new().unwrap();
    fs::create_dir_all(root.path().join("usr")).unwrap();
    fs::write(root.path().join("usr/a"), [0; 1000]).unwrap();
    let found = run(&at("dir", root.path()), &ImageReadOptions::default()).unwrap();
    assert_eq!((found.packed_bytes, found.unpacked_bytes), (None, Some(1000)));
}

/// The sizes in the headers of a plain archive (POSIX ustar: octal digits at 124, file data in blocks of 512).
fn tar_sizes(archive: &[u8]) -> Vec<u64> {
    let mut sizes = Vec::new();
    let mut at = 0;
    while let Some(header) = archive.get(at..at + 512).filter(|header| header[0] != 0) {
        let digits = String::from_utf8_lossy(&header[124..136]);
        let size = u64::from_str_radix(digits.trim_matches(['\0', ' ']), 8).unwrap();
        if header[156] == b'0' {
            sizes.push(size);
        }
        at += 512 + usize::try_from(size.next_multiple_of(512)).unwrap();
    }
    sizes
}

#[test]
fn tag_chooses_between_the_images_of_a_layout() {
    let [lower, upper] = two_layers();
    let (one, two) = (
        Packed::new(std::slice::from_ref(&lower), "amd64", gzip),
        Packed::new(&[lower, upper], "amd64", gzip),
    );
    let folder =
        layout(&[&one, &two], &index(&[(&one, None, Some("1")), (&two, None, Some("example.org/app:2"))]));
    let location = at("oci", folder.path());
    expect_two_layers(&run(&format!("{location}:2"), &ImageReadOptions::default()).unwrap());
    assert!(
        run(&format!("{location}:1"), &ImageReadOptions::default())
            .unwrap()
            .library("libgone.so.1")
            .is_some()
    );
    let mut messages = Messages::default();
    messages.add("no tag", failure(&location));
    messages.add("another tag", failure(&format!("{location}:3")));
    assert_messages!(messages);
}

#[test]
fn index_is_searched_for_the_machine_without_attestations() {
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let attestation = Packed::new(&[], "unknown", gzip);
    let arm = Packed::new(&[Tarball::new().file("app", b"").bytes()], "arm64", gzip);
    let list = index(&[
        (&attestation, Some(("unknown", "unknown")), None),
        (&arm, Some(("linux", "arm64")), None),
        (&image, Some(("linux", "amd64")), None),
    ]);
    let outer = serde_json::json!({"schemaVersion": 2, "manifests": [{
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "digest": format!("sha256:{}", sha256(&list)), "size": list.len(),
    }]});
    let folder = layout(&[&image, &attestation, &arm], outer.to_string().as_bytes());
    fs::write(folder.path().join("blobs/sha256").join(sha256(&list)), &list).unwrap();
    let location = at("oci", folder.path());
    let on = |machine: &str| {
        let mut options = ImageReadOptions::default();
        options.machine = Some(machine.to_owned());
        run(&location, &options)
    };
    expect_two_layers(&run(&location, &ImageReadOptions::default()).unwrap());
    expect_two_layers(&on("x86_64").unwrap());
    assert_eq!(on("aarch64").unwrap().machine.as_deref(), Some("aarch64"));
    // The attestations' `unknown/unknown` is not among the platforms.
    let mut messages = Messages::default();
    messages.add("s390x", on("s390x").unwrap_err());
    let error = on("sparc").unwrap_err();
    assert!(error.is_input());
    messages.add("sparc", error);
    assert_messages!(messages);
}

#[test]
fn only_image_of_another_machine_is_refused_if_one_was_requested() {
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let folder = layout(&[&image], &index(&[(&image, None, None)]));
    let mut options = ImageReadOptions::default();
    options.machine = Some("arm64".to_owned());
    let error = run(&at("oci", folder.path()), &options).unwrap_err();
    assert!(error.is_input(), "{error}");
    assert_messages!(error);
}

pub(super) fn archive(members: &[(String, Vec<u8>)]) -> Tarball {
    members.iter().fold(Tarball::new(), |tarball, (name, bytes)| tarball.file(name, bytes))
}

pub(super) fn write(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn oci_members(image: &Packed) -> Vec<(String, Vec<u8>)> {
    let mut members: Vec<_> =
        image.blobs.iter().map(|(digest, bytes)| (format!("blobs/sha256/{digest}"), bytes.clone())).collect();
    members.push(("index.json".to_owned(), index(&[(image, None, Some("1"))])));
    members
}

#[test]
fn oci_archive_is_read_plain_and_packed() {
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let bytes = archive(&oci_members(&image)).bytes();
    for packed in [bytes.clone(), gzip(&bytes), zstd(&bytes)] {
        let (_folder, path) = write("app.tar", &packed);
        expect_two_layers(&run(&at("oci-archive", &path), &ImageReadOptions::default()).unwrap());
    }
}

pub(super) fn docker_manifest(config: &str, layers: &[String], tags: &[&str]) -> serde_json::Value {
    serde_json::json!({"Config": config, "RepoTags": tags, "Layers": layers})
}

// Docker before version 25: `<id>/layer.tar`, and a link where another image of the archive has the same layer.
#[test]
fn old_docker_archive_is_read_with_its_links() {
    let image = Packed::new(&two_layers(), "amd64", <[u8]>::to_vec);
    let config = format!("{}.json", sha256(&image.config));
    let manifest = serde_json::json!([docker_manifest(
        &config,
        &["aa/layer.tar".into(), "bb/layer.tar".into()],
        &["app:1"]
    )]);
    let bytes = Tarball::new()
        .link("aa/layer.tar", "../cc/layer.tar")
        .file("cc/layer.tar", &image.layers[0])
        .file("dd.tar", &image.layers[1])
        .hard_link("bb/layer.tar", "dd.tar")
        .file(&config, &image.config)
        .file("manifest.json", manifest.to_string().as_bytes())
        .file("repositories", b"{}")
        .bytes();
    for packed in [bytes.clone(), gzip(&bytes)] {
        let (_folder, path) = write("app.tar", &packed);
        let found = run(&at("docker-archive", &path), &ImageReadOptions::default()).unwrap();
        expect_two_layers(&found);
        assert_eq!(found.digest.unwrap(), format!("sha256:{}", sha256(&image.config)));
    }
}

// Docker 25 and later: blobs of a layout, named by `manifest.json`, packed since version 29.
#[test]
fn new_docker_archive_is_read_by_its_manifest() {
    let mut messages = Messages::default();
    for (how, pack) in [("plain", <[u8]>::to_vec as fn(&[u8]) -> Vec<u8>), ("packed", gzip)] {
        let image = Packed::new(&two_layers(), "amd64", pack);
        let config = format!("blobs/sha256/{}", sha256(&image.config));
        let layers: Vec<String> =
            image.layers.iter().map(|layer| format!("blobs/sha256/{}", sha256(layer))).collect();
        let mut members = oci_members(&image);
        let other = docker_manifest("blobs/sha256/none", &[], &["other:1"]);
        let manifest =
            serde_json::json!([other, docker_manifest(&config, &layers, &["docker.io/library/app:latest"])]);
        members.push(("manifest.json".to_owned(), manifest.to_string().into_bytes()));
        let (_folder, path) = write("app.tar", &archive(&members).bytes());
        let location = at("docker-archive", &path);
        expect_two_layers(&run(&format!("{location}:app"), &ImageReadOptions::default()).unwrap());
        messages.add(format_args!("{how}, no tag"), failure(&location));
        messages.add(format_args!("{how}, app:2"), failure(&format!("{location}:app:2")));
    }
    assert_messages!(messages);
}

#[test]
fn folders_are_read_without_layers() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("root");
    let mut unpack = tar::Archive::new(std::io::Cursor::new(two_layers()[0].clone()));
    unpack.unpack(&root).unwrap();
    // Links of the folder must not lead to files of this machine, neither upwards nor to its root.
    std::os::unix::fs::symlink("/etc/os-release", root.join("usr/lib/os-release")).unwrap();
    fs::write(folder.path().join("secret"), "ID=secret\n").unwrap();
    fs::create_dir(root.join("etc")).unwrap();
    std::os::unix::fs::symlink("../../secret", root.join("etc/os-release")).unwrap();
    let found = run(&at("dir", &root), &ImageReadOptions::default()).unwrap();
    assert_eq!((found.os, found.digest), (None, None));
    assert_eq!(found.libc, Some(DetectedLibc::Glibc(2, 36)));
    assert!(
        run(&at("dir", &folder.path().join("absent")), &ImageReadOptions::default())
            .unwrap_err()
            .is_not_found()
    );
}

#[test]
fn missing_blobs_are_reported_with_their_image_and_kind() {
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let folder = layout(&[&image], &index(&[(&image, None, None)]));
    let digest = sha256(&image.layers[1]);
    fs::remove_file(folder.path().join("blobs/sha256").join(&digest)).unwrap();
    let location = at("oci", folder.path());
    let error = failure(&location);
    assert!(error.contains(&location) && error.contains(&digest), "{error}");
    assert_messages!(error);
}

// Opening a pipe blocks until a process writes into it.
#[test]
fn pipes_are_not_waited_for() {
    let folder = TempDir::new().unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("index.json")).status();
    assert!(made.is_ok_and(|status| status.success()), "this test needs `mkfifo` of coreutils");
    let mut messages = Messages::default();
    messages.add("index.json of a layout", failure(&at("oci", folder.path())));
    messages.add("an archive", failure(&at("oci-archive", &folder.path().join("index.json"))));
    assert_messages!(messages);
}

#[test]
fn other_transports_are_named_as_such() {
    let mut messages = Messages::default();
    for text in ["docker-daemon:python:3.12", "containers-storage:alpine"] {
        assert!(wheelbase::image::read::ImageLocation::is_meant(text));
        messages.add(text, text.parse::<wheelbase::image::read::ImageLocation>().unwrap_err());
    }
    assert_messages!(messages);
}

#[test]
fn blobs_with_another_digest_are_refused() {
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let folder = layout(&[&image], &index(&[(&image, None, None)]));
    let blob = folder.path().join("blobs/sha256").join(sha256(&image.layers[1]));
    let location = at("oci", folder.path());
    // Another archive of the same length is complete and can be read; only its digest differs.
    let mut changed = image.layers[1].clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let mut messages = Messages::default();
    for (case, bytes) in [
        ("a changed byte", changed),
        ("a byte less", image.layers[1][..last].to_vec()),
        ("bytes behind it", [&image.layers[1][..], b"more"].concat()),
        ("another layer", image.layers[0].clone()),
    ] {
        fs::write(&blob, &bytes).unwrap();
        let error = run(&location, &ImageReadOptions::default()).unwrap_err();
        assert!(error.is_data() && error.to_string().contains(&sha256(&image.layers[1])), "{error}");
        messages.add(case, error);
    }
    fs::remove_file(&blob).unwrap();
    assert!(run(&location, &ImageReadOptions::default()).unwrap_err().is_not_found());
    // A configuration that replaces the right one.
    fs::write(&blob, &image.layers[1]).unwrap();
    fs::write(folder.path().join("blobs/sha256").join(sha256(&image.config)), vec![b' '; image.config.len()])
        .unwrap();
    messages.add("another configuration", failure(&location));
    assert_messages!(messages);
}

#[test]
fn layers_of_docker_archives_have_the_digest_of_the_configuration() {
    let image = Packed::new(&two_layers(), "amd64", <[u8]>::to_vec);
    let config = format!("{}.json", sha256(&image.config));
    let manifest =
        serde_json::json!([docker_manifest(&config, &["a.tar".into(), "b.tar".into()], &["app:1"])]);
    let bytes = Tarball::new()
        .file("a.tar", &image.layers[0])
        .file("b.tar", &Tarball::new().file("usr/lib/evil", b"").bytes())
        .file(&config, &image.config)
        .file("manifest.json", manifest.to_string().as_bytes())
        .bytes();
    let (_folder, path) = write("app.tar", &bytes);
    assert_messages!(failure(&at("docker-archive", &path)));
}

#[test]
fn links_of_an_archive_do_not_leave_it() {
    let image = Packed::new(&two_layers(), "amd64", <[u8]>::to_vec);
    let config = format!("{}.json", sha256(&image.config));
    let manifest =
        serde_json::json!([docker_manifest(&config, &["a.tar".into(), "b.tar".into()], &[])]).to_string();
    let with = |target: &str, loops: bool| {
        let tarball = Tarball::new().file(&config, &image.config).file("manifest.json", manifest.as_bytes());
        let tarball = tarball.file("a.tar", &image.layers[0]).link("b.tar", target);
        let tarball = if loops { tarball.link("c.tar", "b.tar") } else { tarball };
        let (_folder, path) = write("app.tar", &tarball.bytes());
        failure(&at("docker-archive", &path))
    };
    let mut messages = Messages::default();
    for (target, loops) in
        [("/etc/passwd", false), ("../../etc/passwd", false), ("c.tar", true), ("gone.tar", false)]
    {
        messages.add(format_args!("b.tar -> {target}"), with(target, loops));
    }
    assert_messages!(messages);
}

#[test]
fn truncated_archives_are_errors() {
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let bytes = archive(&oci_members(&image)).bytes();
    for length in [0, 1, 100, 511, 513, bytes.len() / 2, bytes.len() / 3] {
        let (_folder, path) = write("app.tar", &bytes[..length]);
        let error = run(&at("oci-archive", &path), &ImageReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains("app.tar"), "{error}");
    }
    let (_folder, path) =
        write("app.tar", b"not an archive at all, but long enough to be looked at. ".repeat(20).as_slice());
    let mut messages = Messages::default();
    messages.add("text", failure(&at("oci-archive", &path)));
    let (_folder, path) = write("app.tar", &bytes);
    messages.add("an OCI archive as docker-archive:", failure(&at("docker-archive", &path)));
    assert_messages!(messages);
}

#[test]
fn documents_that_are_not_images_are_refused() {
    let folder = TempDir::new().unwrap();
    let location = at("oci", folder.path());
    let index = folder.path().join("index.json");
    let mut messages = Messages::default();
    messages.add("no index.json", failure(&location));
    for text in [
        "{",
        r#"{"manifests": []}"#,
        r#"{"manifests": [{"digest": "sha256:../../x", "size": 1}]}"#,
        r#"{"manifests": [{"digest": "md5:abc", "size": 1}]}"#,
    ] {
        fs::write(&index, text).unwrap();
        messages.add(text, failure(&location));
    }
    let descriptor = |bytes: &[u8]| serde_json::json!({"manifests": [{"digest": format!("sha256:{}", sha256(bytes)), "size": bytes.len()}]});
    fs::create_dir_all(folder.path().join("blobs/sha256")).unwrap();
    for text in [
        r#"{"schemaVersion": 1, "fsLayers": []}"#,
        r#"{"schemaVersion": 2}"#,
        r#"{"config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": "sha256:x"}, "layers": []}"#,
    ] {
        fs::write(&index, descriptor(text.as_bytes()).to_string()).unwrap();
        fs::write(folder.path().join("blobs/sha256").join(sha256(text.as_bytes())), text).unwrap();
        messages.add(text, failure(&location));
    }
    // An index cannot refer to itself, because it cannot contain its own digest. Deeply nested ones are possible.
    let mut inner = serde_json::json!({"schemaVersion": 2, "manifests": []}).to_string();
    for _ in 0..6 {
        fs::write(folder.path().join("blobs/sha256").join(sha256(inner.as_bytes())), &inner).unwrap();
        inner = descriptor(inner.as_bytes()).to_string();
    }
    fs::write(&index, &inner).unwrap();
    messages.add("indexes in indexes", failure(&location));
    assert_messages!(messages);
}
