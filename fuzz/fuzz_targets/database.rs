//! Databases in images: rpm (Berkeley DB, ndb, SQLite), dpkg, apk and the loader's cache.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::image::read::{Budget, Collector, ImageConfig, TarKind, Tree, WantedPaths, detect};

const PATHS: &[&str] = &[
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/dpkg/status",
    "lib/apk/db/installed",
    "etc/ld.so.cache",
    "etc/os-release",
];

fuzz_target!(|bytes: &[u8]| {
    // The first byte selects the file.
    let (kind, mut rest) = bytes.split_first().map_or((0, bytes), |(kind, rest)| (*kind, rest));
    let path = PATHS[usize::from(kind) % PATHS.len()];
    let (wanted, budget) = (WantedPaths::default(), Budget::default());
    let mut collector = Collector::new(&wanted, &budget);
    let size = rest.len() as u64;
    if collector.add(path.as_bytes(), TarKind::File, size, &mut rest).is_err() {
        return;
    }
    let mut tree = Tree::new();
    tree.apply(collector.finish());
    let _ = detect(&tree, &ImageConfig::default());
});
