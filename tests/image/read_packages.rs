//! Detection of the packages of rpm databases.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use wheelbase::image::read::PackageFormat;

use crate::messages::{assert_messages, lines};

use super::read::{none, why};
use super::read_support::*;

/// `fixtures/make_rpm.py` created them with rpm and Berkeley DB.
fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/image/fixtures/{name}.gz", root!());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut bytes).unwrap();
    bytes
}

/// rpm's `lib/backend/ndb/rpmpkg.c`; the available builds of rpm do not support this storage.
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
            // No panic and no endless loop. Most cases are reported; a few change bytes that are not read.
            let image = detect_layers(vec![Tarball::new().file(path, &torn)], &none());
            assert!(image.packages.len() <= 42 + 1, "{}", image.packages.len());
        }
        let image = detect_layers(vec![Tarball::new().file(path, &whole[..whole.len() / 2])], &none());
        assert!(!why(&image, "packages").is_empty(), "{path}");
    }
}
