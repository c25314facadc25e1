//! Fixtures, and wheels made of them.

use std::io::Write as _;

use wheelbase::elf::ElfFacts;
use wheelbase::inspect::{Inspection, inspect};
use wheelbase::target::{Arch, Libc, Target};
use wheelbase::wheel::{WheelFacts, WheelReadOptions};

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/elf/fixtures/{name}", root!());
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn fixtures() -> Vec<String> {
    let directory = concat!(root!(), "/tests/elf/fixtures");
    let entries = std::fs::read_dir(directory).expect("the fixtures are there");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let mut names: Vec<String> =
        names.filter(|name| [".so", ".exe", ".debug", ".o"].iter().any(|end| name.ends_with(end))).collect();
    names.sort();
    names
}

pub(crate) fn facts(name: &str) -> ElfFacts {
    ElfFacts::read(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// One entry of an archive under construction; every number can be made to lie.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Option<Vec<u8>>,
    pub(crate) data: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) size: Option<u64>,
    pub(crate) packed_size: Option<u64>,
    /// Offset of the local header, if not the true one.
    pub(crate) header: Option<u32>,
    /// Leaves the local part out of the file.
    pub(crate) directory_only: bool,
    /// The CRC-32, if not that of [`Entry::checksum`].
    pub(crate) crc: Option<u32>,
}

impl Entry {
    pub(crate) fn new(name: &str, data: &[u8]) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            local_name: None,
            data: data.to_vec(),
            method: 8,
            flags: 0,
            size: None,
            packed_size: None,
            header: None,
            directory_only: false,
            crc: None,
        }
    }

    /// An entry whose CRC-32 is right, also if it is `METADATA`.
    pub(crate) fn sound(name: &str, data: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        Self { crc: Some(crc.sum()), ..Self::new(name, data) }
    }

    pub(crate) fn stored(name: &str, data: &[u8]) -> Self {
        Self { method: 0, ..Self::new(name, data) }
    }

    /// The true CRC-32, except for `METADATA`: the recorded reports of these wheels hold what is said when it is damaged.
    fn checksum(&self) -> u32 {
        if let Some(crc) = self.crc {
            return crc;
        }
        if self.name.ends_with(b".dist-info/METADATA") {
            return 0;
        }
        let mut crc = flate2::Crc::new();
        crc.update(&self.data);
        crc.sum()
    }
}

pub(crate) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
    writer.write_all(data).expect("memory");
    writer.finish().expect("memory")
}

/// A zip archive (APPNOTE 4.3), with zip64 fields only where an entry asks for a size of more than 32 bits.
pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let packed = if entry.method == 8 { deflate(&entry.data) } else { entry.data.clone() };
        let size = entry.size.unwrap_or(entry.data.len() as u64);
        let packed_size = entry.packed_size.unwrap_or(packed.len() as u64);
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let start = u32::try_from(out.len()).expect("small");
        let local = entry.local_name.as_ref().unwrap_or(&entry.name);
        let mut common = Vec::new();
        for number in [20, entry.flags, entry.method, 0, 0x21] {
            common.extend_from_slice(&u16::to_le_bytes(number));
        }
        for number in [entry.checksum(), small(packed_size), small(size)] {
            common.extend_from_slice(&u32::to_le_bytes(number));
        }
        let length = |name: &Vec<u8>| u16::to_le_bytes(u16::try_from(name.len()).expect("short"));
        if !entry.directory_only {
            out.extend_from_slice(b"PK\x03\x04");
            out.extend_from_slice(&common);
            out.extend_from_slice(&length(local));
            out.extend_from_slice(&[0, 0]);
            out.extend_from_slice(local);
            out.extend_from_slice(&packed);
        }
        let mut extra = Vec::new();
        for number in [size, packed_size].into_iter().filter(|&number| number > u64::from(u32::MAX)) {
            extra.extend_from_slice(&number.to_le_bytes());
        }
        if !extra.is_empty() {
            let size = u16::try_from(extra.len()).expect("short").to_le_bytes();
            extra.splice(0..0, [1, 0, size[0], size[1]]);
        }
        directory.extend_from_slice(b"PK\x01\x02\x14\x03");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&length(&entry.name));
        directory.extend_from_slice(&u16::to_le_bytes(u16::try_from(extra.len()).expect("short")));
        directory.extend_from_slice(&[0; 2 + 2 + 2]);
        directory.extend_from_slice(&(0o100_644_u32 << 16).to_le_bytes());
        directory.extend_from_slice(&entry.header.unwrap_or(start).to_le_bytes());
        directory.extend_from_slice(&entry.name);
        directory.extend_from_slice(&extra);
    }
    let count = u16::try_from(entries.len()).expect("few").to_le_bytes();
    let start = u32::try_from(out.len()).expect("small").to_le_bytes();
    let size = u32::try_from(directory.len()).expect("small").to_le_bytes();
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&size);
    out.extend_from_slice(&start);
    out.extend_from_slice(&[0, 0]);
    out
}

/// A wheel under construction: file name, members, and labels that agree unless told otherwise.
pub(crate) struct Wheel {
    pub(crate) file: String,
    /// Project and version, as in the names of the file and of its `.dist-info` folder.
    stem: String,
    entries: Vec<Entry>,
    tags: Option<Vec<String>>,
    purelib: bool,
    record: Record,
}

/// The `RECORD` of a wheel.
enum Record {
    /// It lists the members.
    Members,
    /// The wheel has none.
    Absent,
    /// It has this text.
    Text(String),
}

impl Wheel {
    /// A wheel of the given tags, such as `cp312-cp312-manylinux_2_17_x86_64`.
    pub(crate) fn new(tags: &str) -> Self {
        Self::named("demo-1.0", tags)
    }

    /// A wheel of a project and version, such as `demo-1.0`.
    pub(crate) fn named(stem: &str, tags: &str) -> Self {
        Self {
            file: format!("{stem}-{tags}.whl"),
            stem: stem.to_owned(),
            entries: Vec::new(),
            tags: None,
            purelib: tags.ends_with("-any"),
            record: Record::Members,
        }
    }

    /// Adds a fixture.
    pub(crate) fn with(self, path: &str, fixture_name: &str) -> Self {
        self.bytes(path, &fixture(fixture_name))
    }

    pub(crate) fn bytes(mut self, path: &str, bytes: &[u8]) -> Self {
        self.entries.push(Entry::new(path, bytes));
        self
    }

    pub(crate) fn entry(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    pub(crate) fn labelled(mut self, tags: &[&str]) -> Self {
        self.tags = Some(tags.iter().map(|&tag| tag.to_owned()).collect());
        self
    }

    pub(crate) fn purelib(mut self, purelib: bool) -> Self {
        self.purelib = purelib;
        self
    }

    pub(crate) fn without_record(mut self) -> Self {
        self.record = Record::Absent;
        self
    }

    pub(crate) fn with_record(mut self, text: &str) -> Self {
        self.record = Record::Text(text.to_owned());
        self
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let mut entries = self.entries.clone();
        let named = self.file.trim_start_matches(&format!("{}-", self.stem)).trim_end_matches(".whl");
        let all = || -> Vec<String> {
            let set: wheelbase::tags::TagSet = named.parse().expect("tags");
            set.iter().map(|tag| tag.to_string()).collect()
        };
        let mut label = format!("Wheel-Version: 1.0\nRoot-Is-Purelib: {}\n", self.purelib);
        for tag in self.tags.clone().unwrap_or_else(all) {
            label.push_str(&format!("Tag: {tag}\n"));
        }
        let mut record = String::new();
        for entry in &self.entries {
            record.push_str(&format!(
                "{},sha256=0,{}\n",
                String::from_utf8_lossy(&entry.name),
                entry.data.len()
            ));
        }
        entries.push(Entry::new(&format!("{}.dist-info/WHEEL", self.stem), label.as_bytes()));
        let record = match &self.record {
            Record::Members => Some(&record),
            Record::Absent => None,
            Record::Text(text) => Some(text),
        };
        entries.extend(
            record.map(|text| Entry::new(&format!("{}.dist-info/RECORD", self.stem), text.as_bytes())),
        );
        zip(&entries)
    }

    pub(crate) fn facts(&self) -> WheelFacts {
        WheelFacts::read_bytes(&self.file, &self.build(), &WheelReadOptions::default())
            .expect("a readable wheel")
    }

    pub(crate) fn inspect(&self) -> Inspection {
        inspect(&self.facts(), None)
    }

    pub(crate) fn on(&self, target: &Target) -> Inspection {
        inspect(&self.facts(), Some(target))
    }
}

pub(crate) fn target(arch: &str, libc: Libc) -> Target {
    let python = "3.12.4".parse().expect("a version");
    Target::new(
        arch.parse::<Arch>().expect("a machine"),
        libc,
        python,
        "pip==25.0".parse().expect("an installer"),
    )
}

pub(crate) fn glibc(major: u32, minor: u32) -> Target {
    target("x86_64", Libc::Glibc(major, minor))
}

pub(crate) fn musl(major: u32, minor: u32, patch: Option<u32>) -> Target {
    target("x86_64", Libc::Musl(major, minor, patch))
}
