//! Real packages in real images, compared with other tools. `make_images.sh` in this folder creates the images.
//!
//! They change the machine, so `cargo test` skips them. `tests/real_images.sh` creates the images and runs them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use wheelbase::edge::images::ImageReadOptions;
use wheelbase::image::read::{DetectedImage, DetectedLibc, PackageFormat};

use super::read_sources::run;

/// The folder of images, which `tests/real_images.sh` creates.
fn images() -> PathBuf {
    let folder = Path::new(root!()).join("target/images");
    assert!(folder.join("complete-1").exists(), "there are no real images: run tests/real_images.sh");
    folder
}

fn read(location: &str) -> DetectedImage {
    run(location, &ImageReadOptions::default()).unwrap()
}

fn output(command: &mut Command) -> String {
    let output = command.stderr(Stdio::null()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// `dpkg-query` on a tree's own database.
fn dpkg(root: &Path) -> BTreeMap<String, String> {
    let admin = format!("--admindir={}", root.join("var/lib/dpkg").display());
    let text = output(Command::new("dpkg-query").args([&admin, "-W", "-f", "${Package}\t${Version}\n"]));
    text.lines().filter_map(|line| line.split_once('\t')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

fn packages(image: &DetectedImage) -> BTreeMap<String, String> {
    image.packages.iter().map(|one| (one.name.clone(), one.version.clone())).collect()
}

fn upstream(version: &str) -> (u32, u32) {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    let mut parts = version.split(['.', '-', '+', '~']).map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}

#[test]
#[ignore = "needs real images: tests/real_images.sh makes them and runs this"]
fn packages_of_a_root_are_those_of_dpkg_query() {
    let folder = images();
    let root = folder.join("debian");
    let image = read(&format!("dir:{}", root.display()));
    let expected = dpkg(&root);
    assert!(expected.len() > 50, "{}", expected.len());
    assert_eq!(packages(&image), expected);
    assert_eq!(image.package_manager, Some(PackageFormat::Dpkg));
    let (major, minor) = upstream(&expected["libc6"]);
    assert_eq!(image.libc, Some(DetectedLibc::Glibc(major, minor)));
    let python = image.python().unwrap();
    let package = &expected["python3-minimal"];
    assert_eq!(python.version.as_str(), package.split('-').next().unwrap());
    assert_eq!(python.pip.as_deref(), expected["python3-pip"].split(['+', '-']).next());
    assert!(image.externally_managed());
    assert_eq!((image.undetermined, image.contradictions), (vec![], vec![]));
}

// ldconfig(8) prints the map that it wrote into the root when the packages were set up.
#[test]
#[ignore = "needs real images: tests/real_images.sh makes them and runs this"]
fn libraries_of_a_root_equal_what_ldconfig_lists() {
    let folder = images();
    let root = folder.join("debian");
    let image = read(&format!("dir:{}", root.display()));
    let text = output(Command::new("ldconfig").arg("-C").arg(root.join("etc/ld.so.cache")).arg("-p"));
    let expected: BTreeSet<&str> =
        text.lines().skip(1).filter_map(|line| line.trim().split_once(" (")).map(|(name, _)| name).collect();
    assert!(expected.len() > 50, "{text}");
    let found: BTreeSet<&str> = image.libraries.iter().map(|library| library.soname.as_str()).collect();
    let missing: Vec<_> =
        expected.difference(&found).filter(|name| !name.starts_with("Cache generated")).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // Files that are not in the map are in a directory that the loader always searches, under another name.
    let sonames: BTreeSet<&str> = image.sonames().collect();
    let beyond: Vec<_> = sonames.difference(&expected).collect();
    assert!(beyond.is_empty(), "{beyond:?}");
}

#[test]
#[ignore = "needs real images: tests/real_images.sh makes them and runs this"]
fn version_nodes_equal_what_readelf_prints() {
    let folder = images();
    let root = folder.join("debian");
    let image = read(&format!("dir:{}", root.display()));
    for name in
        ["libc.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1", "libcrypt.so.1", "libselinux.so.1"]
    {
        let library = image.library(name).unwrap();
        let file = root.join(library.path.trim_start_matches('/'));
        let text = output(Command::new("readelf").args(["-W", "-V"]).arg(&file));
        let Some((_, definitions)) = text.split_once("Version definition section") else {
            panic!("this test needs `readelf` of binutils");
        };
        let definitions = definitions.split("\nVersion ").next().unwrap();
        let expected: BTreeSet<&str> = definitions
            .lines()
            .filter(|line| line.contains("Index:") && !line.contains("Flags: BASE"))
            .filter_map(|line| line.split_once("Name: ").map(|(_, name)| name.trim()))
            .collect();
        let found: BTreeSet<&str> = library.nodes.iter().map(String::as_str).collect();
        assert!(!expected.is_empty(), "{text}");
        assert_eq!(found, expected, "{name}");
    }
}

/// The facts without values that depend on the way of reading.
fn facts(mut image: DetectedImage) -> DetectedImage {
    image.digest = None;
    image.packed_bytes = None;
    image
}

#[test]
#[ignore = "needs real images: tests/real_images.sh makes them and runs this"]
fn every_kind_of_archive_contains_the_same_image() {
    let folder = images();
    let at = |scheme: &str, path: &str| format!("{scheme}:{}", folder.join(path).display());
    let app = facts(read(&format!("{}:app", at("oci", "lay"))));
    for location in
        [at("oci", "layz"), at("oci-archive", "app-oci.tar"), at("docker-archive", "app-docker.tar")]
    {
        assert_eq!(facts(read(&location)), app, "{location}");
    }
    // The second layer deleted pip, and added a library to a folder that the loader does not search.
    let base = read(&format!("{}:base", at("oci", "lay")));
    let root = read(&at("dir", "debian"));
    assert_eq!(packages(&base), packages(&root));
    assert_eq!(base.libraries, root.libraries);
    assert_eq!(base.distributions, root.distributions);
    assert!(base.python().unwrap().pip.is_some());
    assert_eq!(app.python().unwrap().pip, None);
    assert!(!app.distributions.iter().any(|one| one.name == "pip"));
    assert_eq!(app.library("libours.so.1"), None);
    // A full version in the environment that is not that of the interpreter is ignored.
    assert_eq!(app.python().unwrap().version, root.python().unwrap().version);
}

#[test]
#[ignore = "needs real images: tests/real_images.sh makes them and runs this"]
fn distroless_tree_is_read_from_its_paragraphs() {
    let folder = images();
    let image = read(&format!("oci:{}:2", folder.join("small").display()));
    let root = folder.join("debian");
    let whole = dpkg(&root);
    assert_eq!(image.shell, None);
    assert!(image.packages.len() >= 6, "{:?}", image.packages);
    for package in &image.packages {
        assert_eq!(whole.get(&package.name), Some(&package.version), "{}", package.name);
    }
    let (major, minor) = upstream(&whole["libc6"]);
    assert_eq!(image.libc, Some(DetectedLibc::Glibc(major, minor)));
    assert_eq!(image.python().unwrap().version, whole["python3-minimal"].split('-').next().unwrap());
    assert_eq!(image.library("libstdc++.so.6"), None);
    assert!(image.library("libz.so.1").is_some());
}

#[test]
#[ignore = "needs real images: tests/real_images.sh makes them and runs this"]
fn musl_tree_is_read_with_the_version_of_its_loader() {
    let folder = images();
    let image = read(&format!("oci:{}:1", folder.join("small").display()));
    let Some(DetectedLibc::Musl(major, minor, Some(patch))) = image.libc else { panic!("{:?}", image.libc) };
    assert_eq!(image.package("musl").unwrap().version, format!("{major}.{minor}.{patch}-r0"));
    // The database and the literal in the real loader agree.
    let said: Vec<&str> =
        image.evidence.iter().filter(|one| one.what == "musl version").map(|one| one.how.as_str()).collect();
    assert_eq!(said, ["package database", "the one version literal in the loader"]);
    assert_eq!(image.contradictions, []);
}

struct Registry(Child);

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "needs real images: tests/real_images.sh makes them and runs this"]
fn image_pushed_to_a_registry_is_read_back() {
    let folder = images();
    let scratch = tempfile::TempDir::new().unwrap();
    // A free port: used for a moment and released.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = scratch.path().join("config.yml");
    let text = format!(
        "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\nhttp:\n  addr: 127.0.0.1:{port}\n",
        scratch.path().join("data").display()
    );
    std::fs::write(&config, text).unwrap();
    let child = Command::new("docker-registry")
        .arg("serve")
        .arg(&config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let child = child.expect("this test needs `docker-registry`");
    let _registry = Registry(child);
    let up = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    assert!((0..200).any(|_| up() || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        false
    }));
    let push = |from: &str, name: &str, format: &str| {
        let status = Command::new("skopeo")
            .args(["copy", "--quiet", "--insecure-policy", "--dest-tls-verify=false", "--format", format])
            .args([from, &format!("docker://127.0.0.1:{port}/{name}")])
            .status()
            .unwrap();
        assert!(status.success(), "{from}");
    };
    let layout = folder.join("lay");
    push(&format!("oci:{}:app", layout.display()), "test/app:1", "oci");
    push(&format!("oci:{}:app", layout.display()), "test/app:v2s2", "v2s2");
    let app = facts(read(&format!("oci:{}:app", layout.display())));
    for tag in ["1", "v2s2"] {
        assert_eq!(facts(read(&format!("docker://127.0.0.1:{port}/test/app:{tag}"))), app, "{tag}");
    }
    let absent =
        run(&format!("docker://127.0.0.1:{port}/test/app:none"), &ImageReadOptions::default()).unwrap_err();
    assert!(absent.is_not_found(), "{absent}");
}
