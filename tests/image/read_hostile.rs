//! Hostile layers: each is refused with its cause or is harmless, and memory is bounded.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

use std::io::{self, Read};
use std::sync::Arc;

use wheelbase::image::read::{Budget, ImageConfig, ImageFact, ImageFault, ImageLimits, Layer};

use crate::messages::{Messages, assert_messages};

use super::read_support::*;

fn refusal(layer: Vec<u8>, limits: ImageLimits) -> ImageFault {
    try_layers(vec![layer], &ImageConfig::default(), limits).unwrap_err()
}

/// A refusal that is due to a limit, and not to damage.
fn limit(layer: Vec<u8>, limits: ImageLimits) -> ImageFault {
    let fault = refusal(layer, limits);
    assert!(fault.is_limit(), "{fault}");
    fault
}

#[test]
fn names_that_climb_are_refused() {
    let mut messages = Messages::default();
    for name in ["../etc/passwd", "usr/../../etc/passwd", "usr/lib/..", "..", "./../x"] {
        let fault = refusal(Tarball::new().raw(name.as_bytes(), b"x").bytes(), ImageLimits::default());
        assert!(!fault.is_limit(), "{fault}");
        messages.add(name, fault);
    }
    let target = Tarball::new().hard_link("usr/lib/liba.so.1", "../../etc/passwd").bytes();
    messages.add("a hard link to ../../etc/passwd", refusal(target, ImageLimits::default()));
    assert_messages!(messages);
}

// Engines read a leading slash as the root of the image.
#[test]
fn absolute_names_are_below_the_root() {
    let layer = Tarball::new().raw(b"/etc/os-release", b"ID=debian\n").raw(b"//usr//./lib/x", b"").bytes();
    let image = try_layers(vec![layer], &ImageConfig::default(), ImageLimits::default()).unwrap();
    assert_eq!(image.os.unwrap().id, "debian");
}

#[test]
fn devices_are_skipped() {
    let layer =
        Tarball::new().device("dev/null").device("usr/lib/libc.so.6").device("etc/os-release").bytes();
    let image = try_layers(vec![layer], &ImageConfig::default(), ImageLimits::default()).unwrap();
    assert_eq!((image.os, image.libraries.len()), (None, 0));
}

#[test]
fn deep_and_long_paths_are_refused() {
    let limits = ImageLimits::default();
    let deep = "a/".repeat(limits.path_depth + 1);
    let mut messages = Messages::default();
    messages.add("deep", limit(Tarball::new().file(&deep, b"").bytes(), limits));
    let long = format!("x{}", "/abcdefghijklmno".repeat(255));
    assert!(
        try_layers(vec![Tarball::new().file(&long, b"").bytes()], &ImageConfig::default(), limits).is_ok()
    );
    let longer = format!("{long}/{}", "x".repeat(100));
    messages.add("long", limit(Tarball::new().file(&longer, b"").bytes(), limits));
    assert_messages!(messages);
}

/// One header without end: an infinite archive.
struct Endless {
    block: Vec<u8>,
    position: usize,
    served: u64,
}

impl Endless {
    fn new(path: &str, kind: tar::EntryType, size: u64) -> Self {
        let mut header = tar::Header::new_gnu();
        header.set_path(path).unwrap();
        header.set_entry_type(kind);
        header.set_size(size);
        if kind == tar::EntryType::Symlink {
            header.set_link_name("t".repeat(90)).unwrap();
        }
        header.set_cksum();
        Self { block: header.as_bytes().to_vec(), position: 0, served: 0 }
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.block[self.position..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.position = (self.position + length) % self.block.len();
        self.served += length as u64;
        Ok(length)
    }
}

fn collect(archive: impl Read, limits: ImageLimits) -> ImageFault {
    Layer::collect(archive, &[], &Arc::new(Budget::new(limits))).unwrap_err()
}

#[test]
fn archive_without_end_stops_at_the_number_of_entries() {
    let mut limits = ImageLimits::default();
    limits.entries = 20_000;
    let fault = collect(Endless::new("usr/lib/x", tar::EntryType::Regular, 0), limits);
    assert!(fault.is_limit(), "{fault}");
    assert_messages!(fault);
}

/// Set in the process that measures its own memory.
const ALONE: &str = "WHEELBASE_TEST_ALONE";

#[test]
fn million_entries_are_read_in_bounded_memory() {
    // Other tests of the same process would add their memory.
    if std::env::var_os(ALONE).is_none() {
        let name = "image::read_hostile::million_entries_are_read_in_bounded_memory";
        let alone = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(ALONE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&alone.stdout);
        assert!(alone.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    // Names of their own, so that none replaces another. Only digits differ from header to header, and with them the
    // checksum, which is a sum: writing each header anew would take longer than reading it.
    struct Numbered(Endless, u64, u32);
    impl Read for Numbered {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.position == 0 {
                if self.1 == 1_000_000 {
                    return Ok(0);
                }
                let digits = format!("{:07}", self.1);
                self.0.block[9..16].copy_from_slice(digits.as_bytes());
                let sum = self.2 + digits.bytes().map(|digit| u32::from(digit - b'0')).sum::<u32>();
                self.0.block[148..155].copy_from_slice(format!("{sum:07o}").as_bytes());
                self.1 += 1;
            }
            self.0.read(buffer)
        }
    }
    let base = Endless::new("srv/data/0000000/file", tar::EntryType::Regular, 0);
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes().copy_from_slice(&base.block);
    let sum = header.cksum().unwrap();
    let before = peak_memory();
    let archive = Numbered(base, 0, sum);
    Layer::collect(archive, &[], &Arc::new(Budget::new(ImageLimits::default()))).unwrap();
    // Eight bytes are kept for each entry.
    let used = peak_memory().saturating_sub(before);
    assert!(before > 0 && used < 100 << 20, "{used}");
}

/// `VmHWM` of this process.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) * 1024
}

#[test]
fn links_without_end_stop_at_the_bytes_that_are_kept() {
    let mut count = 0_u64;
    let mut layer = Tarball::new();
    for _ in 0..300 {
        count += 1;
        layer = layer.link(&format!("opt/{count}"), &"t/".repeat(1000));
    }
    let limits = {
        let mut limits = ImageLimits::default();
        limits.kept = 256 << 10;
        limits
    };
    assert_messages!(limit(layer.bytes(), limits));
}

#[test]
fn file_that_expands_without_end_is_stopped() {
    struct Zeros(Vec<u8>, usize);
    impl Read for Zeros {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(64 << 10);
            buffer[..length].fill(0);
            let head = self.0.get(self.1..).unwrap_or_default();
            let start = head.len().min(length);
            buffer[..start].copy_from_slice(&head[..start]);
            self.1 += length;
            Ok(length)
        }
    }
    let mut limits = ImageLimits::default();
    limits.unpacked = 64 << 20;
    let mut messages = Messages::default();
    // A package database of eight exbibytes that is not read; a name and an extension header of that size.
    for (path, kind) in [
        ("var/lib/dpkg/status", tar::EntryType::Regular),
        ("usr/lib/libc.so.6", tar::EntryType::Regular),
        ("usr/bin/python3.12", tar::EntryType::Regular),
        ("x", tar::EntryType::GNULongName),
        ("x", tar::EntryType::XHeader),
        ("x", tar::EntryType::Regular),
    ] {
        let header = Endless::new(path, kind, 1 << 60).block;
        let fault = collect(Zeros(header, 0), limits);
        assert!(fault.is_limit(), "{path} {kind:?}: {fault}");
        messages.add(format_args!("{path} {kind:?}"), fault);
    }
    assert_messages!(messages);
}

#[test]
fn packed_bomb_is_stopped_by_its_ratio() {
    let mut limits = ImageLimits::default();
    limits.ratio_from = 1 << 20;
    let mut bomb = Tarball::new().file("srv/zeros", &vec![0; 8 << 20]).bytes();
    bomb = {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&bomb).unwrap();
        encoder.finish().unwrap()
    };
    assert_messages!(limit(bomb, limits));
}

// Every header has a checksum. An archive that ends within an entry is truncated.
#[test]
fn damaged_headers_are_refused() {
    let mut bytes = Tarball::new().file("etc/os-release", b"ID=debian\n").bytes();
    bytes[0] ^= 1;
    let mut messages = Messages::default();
    messages.add("a header with another name", refusal(bytes.clone(), ImageLimits::default()));
    bytes[0] ^= 1;
    bytes.truncate(516);
    messages.add("cut off within the content", refusal(bytes, ImageLimits::default()));
    assert_messages!(messages);
}

#[test]
fn damaged_elf_files_are_undetermined() {
    let whole = libc();
    let config = ImageConfig::default();
    for length in (4..whole.len()).step_by(7) {
        let layer = Tarball::new()
            .file("lib64/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
            .file("lib64/libc.so.6", &whole[..length]);
        let _ = detect_layers(vec![layer], &config);
    }
    let torn = Tarball::new()
        .file("lib64/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .file("lib64/libtorn.so.1", b"\x7fELF\x02\x01\x01");
    let image = detect_layers(vec![torn], &config);
    assert!(
        image.undetermined.iter().any(|one| one.what == ImageFact::Library("libtorn.so.1".to_owned())),
        "{:?}",
        image.undetermined
    );
}

// Nothing is unpacked, because the reader never writes. No bytes may cause a panic.
#[test]
fn random_bytes_in_databases_are_undetermined() {
    let noise: Vec<u8> = (0..40_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let heads: [&[u8]; 5] = [
        b"SQLite format 3\0\x10\0",
        b"RpmP\0\0\0\0\0\0\0\0\x01\0\0\0",
        b"ld.so-1.7.0\0\x01\0\0\0",
        b"glibc-ld.so.cache1.1\xff\xff\0\0",
        b"",
    ];
    for head in heads {
        let bytes = [head, &noise].concat();
        let layer = [
            "var/lib/dpkg/status",
            "lib/apk/db/installed",
            "var/lib/rpm/rpmdb.sqlite",
            "var/lib/rpm/Packages.db",
            "var/lib/rpm/Packages",
            "etc/ld.so.cache",
            "etc/ld.so.conf",
            "etc/os-release",
            "usr/lib/python3/dist-packages/a.dist-info/METADATA",
        ]
        .iter()
        .fold(Tarball::new(), |layer, path| layer.file(path, &bytes));
        let _ = detect_layers(vec![layer], &ImageConfig::default());
    }
}

fn with(change: impl FnOnce(&mut ImageLimits)) -> ImageLimits {
    let mut limits = ImageLimits::default();
    change(&mut limits);
    limits
}

/// A root with glibc and a shell, so that the loader's libraries are listed.
fn root() -> Tarball {
    Tarball::new()
        .file("lib64/ld-linux-x86-64.so.2", &Elf::library("ld-linux-x86-64.so.2").bytes())
        .file("usr/lib/x86_64-linux-gnu/libc.so.6", &libc())
        .file("bin/sh", &Elf::program(GLIBC_LOADER).bytes())
}

// A link is a hundred bytes of the archive. The facts of each link are as large as those of the file.
#[test]
fn names_of_one_library_are_counted_one_by_one() {
    let nodes = "NODE_1.0 NODE_1.1 NODE_1.2 NODE_1.3 NODE_1.4 NODE_1.5 NODE_1.6 NODE_1.7 NODE_1.8".split(' ');
    let library = Elf { nodes: nodes.collect(), ..Elf::library("libmany.so.1") };
    let mut layer = root().file("usr/lib/x86_64-linux-gnu/libmany.so.1", &library.bytes());
    for index in 0..1000 {
        layer = layer.link(&format!("usr/lib/x86_64-linux-gnu/lib{index}.so.1"), "libmany.so.1");
    }
    let layer = layer.bytes();
    let image = try_layers(vec![layer.clone()], &ImageConfig::default(), with(|l| l.kept = 1 << 20)).unwrap();
    assert_eq!(image.library("libmany.so.1").unwrap().nodes.len(), 9);
    // The links without facts are below the limit.
    assert_messages!(limit(layer, with(|l| l.kept = 400 << 10)));
}

// Every entry of the map of ldconfig can refer to the same long text.
#[test]
fn entries_of_the_loader_cache_are_counted_one_by_one() {
    let count = 10_000_u32;
    let text_at = 48 + 24 * count;
    let mut cache = b"glibc-ld.so.cache1.1".to_vec();
    cache.extend(count.to_le_bytes());
    cache.resize(48, 0);
    for _ in 0..count {
        for number in [0, text_at, text_at, 0, 0, 0] {
            cache.extend(number.to_le_bytes());
        }
    }
    cache.extend([b'x'; 4000]);
    cache.push(0);
    let layer = Tarball::new().file("etc/ld.so.cache", &cache).bytes();
    assert_messages!(limit(layer, with(|l| l.kept = 1 << 20)));
}

// Records, package databases and package headers are counted while they are read.
#[test]
fn databases_are_counted_while_they_are_read() {
    let mut messages = Messages::default();
    for (path, text) in [
        ("usr/lib/python3/dist-packages/a.dist-info/RECORD", "a.so,,\n"),
        ("var/lib/dpkg/status", "Package:a\nVersion:1\n\n"),
        ("lib/apk/db/installed", "P:a\nV:1\n\n"),
        ("lib/apk/db/installed", "p:so:a=1\n\n"),
    ] {
        let layer = Tarball::new().file(path, text.repeat(20_000).as_bytes()).bytes();
        messages.add(format_args!("{path}: {text:?}"), limit(layer, with(|l| l.kept = 256 << 10)));
    }
    assert_messages!(messages);
}

// Names that are links to one directory, and files below each of them: the work grows with their sum.
#[test]
fn links_to_one_directory_cost_their_number_and_not_their_product() {
    let many = 1000;
    let mut lower = Tarball::new();
    let mut upper = Tarball::new();
    for index in 0..many {
        lower =
            lower.link(&format!("top{index}"), "/usr").link(&format!("usr/lib/lib{index}.so.1"), "elsewhere");
        upper = upper.file(&format!("top{index}/README"), b"");
    }
    let layers = vec![lower.bytes(), upper.bytes()];
    assert!(try_layers(layers, &ImageConfig::default(), with(|l| l.steps = 30 * many)).is_ok());
}

#[test]
fn files_below_a_link_replace_those_in_its_target() {
    let lower = Tarball::new().link("lib", "usr/lib").file("usr/lib/os-release", b"ID=debian\n");
    let covered = Tarball::new().device("lib/os-release");
    let image = detect_layers(vec![lower, covered], &ImageConfig::default());
    assert_eq!(image.os, None, "a device has replaced it");
    // If a layer contains a directory of that name, its files are in the directory.
    let lower = Tarball::new().link("lib", "usr/lib").file("usr/lib/os-release", b"ID=debian\n");
    let directory = Tarball::new().directory("lib").device("lib/os-release");
    let image = detect_layers(vec![lower, directory], &ImageConfig::default());
    assert!(image.os.is_some());
}

#[test]
fn long_ways_through_links_end_at_the_number_of_steps() {
    let mut layer = root();
    for index in 0..30 {
        let target = format!("{}/c{}", "a/..".to_owned() + &"/a/..".repeat(200), index + 1);
        layer = layer.link(&format!("c{index}"), &target);
    }
    for index in 0..100 {
        layer = layer.link(&format!("usr/lib/x86_64-linux-gnu/lib{index}.so.1"), "/c0");
    }
    let layer = layer.bytes();
    assert_messages!(limit(layer.clone(), with(|l| l.steps = 1_000_000)));
    assert!(try_layers(vec![layer], &ImageConfig::default(), ImageLimits::default()).is_ok());
}

// Dead links with names of libraries are also examined once each.
#[test]
fn undetermined_facts_are_linear_in_their_number() {
    let mut layer = root();
    for index in 0..5000 {
        layer = layer.file(&format!("usr/lib/x86_64-linux-gnu/lib{index}.so.1"), b"\x7fELF damaged");
    }
    let image = detect_layers(vec![layer], &ImageConfig::default());
    assert_eq!(image.unread_libraries.len(), 5000);
}
