//! Results of images that are stored, and read without the layers.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex};

use wheelbase::edge::images::{ImageReadOptions, ResultCache};

use crate::messages::assert_messages;

use super::read_sources::{
    Packed, at, docker_manifest, expect_two_layers, index, layout, run, sha256, two_layers, write,
};
use super::read_support::*;

#[derive(Default)]
struct Memory(Mutex<HashMap<String, Vec<u8>>>);

impl ResultCache for Memory {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().get(key).cloned()
    }

    fn put(&self, key: &str, value: &[u8]) {
        self.0.lock().unwrap().insert(key.to_owned(), value.to_owned());
    }
}

#[test]
fn results_of_digests_are_stored() {
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let folder = layout(&[&image], &index(&[(&image, None, None)]));
    let mut options = ImageReadOptions::default();
    let cache = Arc::new(Memory::default());
    options.cache = Some(Arc::clone(&cache) as Arc<dyn ResultCache>);
    let location = at("oci", folder.path());
    let first = run(&location, &options).unwrap();
    // The image can no longer be read without its layers, and is read from the cache.
    for layer in &image.layers {
        fs::remove_file(folder.path().join("blobs/sha256").join(sha256(layer))).unwrap();
    }
    assert_eq!(run(&location, &options).unwrap(), first);
    assert!(run(&location, &ImageReadOptions::default()).is_err());
    // A damaged entry is replaced.
    for value in cache.0.lock().unwrap().values_mut() {
        value.truncate(5);
    }
    assert!(run(&location, &options).unwrap_err().is_not_found());
}

fn caching() -> ImageReadOptions {
    let mut options = ImageReadOptions::default();
    options.cache = Some(Arc::new(Memory::default()));
    options
}

// A configuration does not have to list its layers: two archives with the same configuration are two images.
#[test]
fn results_of_docker_archives_are_stored_by_layers() {
    let config = br#"{"architecture":"amd64","os":"linux"}"#;
    let release = |id: &str| {
        let layer = Tarball::new().file("etc/os-release", format!("ID={id}\n").as_bytes()).bytes();
        let manifest = serde_json::json!([docker_manifest("c.json", &["l/layer.tar".into()], &["app:1"])]);
        let bytes = Tarball::new()
            .file("l/layer.tar", &layer)
            .file("c.json", config)
            .file("manifest.json", manifest.to_string().as_bytes());
        write("app.tar", &bytes.bytes())
    };
    let options = caching();
    for id in ["debian", "alpine", "debian"] {
        let (_folder, path) = release(id);
        assert_eq!(run(&at("docker-archive", &path), &options).unwrap().os.unwrap().id, id);
    }
}

#[test]
fn layers_that_are_not_in_the_configuration_are_refused() {
    let image = Packed::new(&two_layers(), "amd64", <[u8]>::to_vec);
    let config = format!("{}.json", sha256(&image.config));
    let names = ["a/layer.tar".to_owned(), "b/layer.tar".to_owned()];
    let packed = |second: &[u8]| {
        let manifest = serde_json::json!([docker_manifest(&config, &names, &["app:1"])]);
        let bytes = Tarball::new()
            .file("a/layer.tar", &image.layers[0])
            .file("b/layer.tar", second)
            .file(&config, &image.config)
            .file("manifest.json", manifest.to_string().as_bytes());
        write("app.tar", &bytes.bytes())
    };
    let options = caching();
    let (_folder, whole) = packed(&image.layers[1]);
    expect_two_layers(&run(&at("docker-archive", &whole), &options).unwrap());
    let (_folder, other) = packed(&Tarball::new().file("etc/x", b"").bytes());
    let error = run(&at("docker-archive", &other), &options).unwrap_err();
    assert!(error.is_data(), "{error}");
    assert_messages!(error);
}

#[test]
fn requested_machine_applies_to_stored_results() {
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let folder = layout(&[&image], &index(&[(&image, None, None)]));
    let mut options = caching();
    expect_two_layers(&run(&at("oci", folder.path()), &options).unwrap());
    options.machine = Some("arm64".to_owned());
    assert!(run(&at("oci", folder.path()), &options).unwrap_err().is_input());
}
