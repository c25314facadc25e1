//! Wheels, sdists, compiled files and installed distributions that a table declares.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::cli::image_installed::install;
use crate::cli::site::Site;
use crate::elf::support::{self, Entry, fixture};
use crate::image::read_support;
use crate::index::server;

/// Where `install` puts distributions.
const SITE_PACKAGES: &str = "root/usr/local/lib/python3.12/site-packages";

/// The bytes of a file: from one source, with changes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Content {
    /// A file of `tests/elf/fixtures`.
    fixture: Option<String>,
    /// An ELF file with these entries.
    elf: Option<Elf>,
    text: Option<String>,
    /// The length to which the file is cut, or filled with zeros.
    length: Option<usize>,
    #[serde(default)]
    patch: Vec<Patch>,
}

/// An ELF file with a dynamic section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Elf {
    /// The number of the machine (`e_machine`).
    #[serde(default = "x86_64")]
    machine: u16,
    soname: Option<String>,
    #[serde(default)]
    needed: Vec<String>,
    interpreter: Option<String>,
    /// The version nodes that it defines.
    #[serde(default)]
    nodes: Vec<String>,
}

fn x86_64() -> u16 {
    read_support::X86_64
}

/// Bytes that replace others of the same number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    /// The offset.
    at: Option<usize>,
    /// The bytes, in place of an offset; the first occurrence is replaced.
    find: Option<Vec<u8>>,
    bytes: Vec<u8>,
}

impl Content {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = match (&self.fixture, &self.elf, &self.text) {
            (Some(name), None, None) => fixture(name),
            (None, Some(elf), None) => elf.bytes(),
            (None, None, Some(text)) => text.clone().into_bytes(),
            _ => panic!("a file requires one of `fixture`, `elf` and `text`: {self:?}"),
        };
        for patch in &self.patch {
            let at = match (patch.at, &patch.find) {
                (Some(at), None) => Some(at),
                (None, Some(find)) => bytes.windows(find.len()).position(|window| window == find),
                _ => panic!("a patch requires one of `at` and `find`: {patch:?}"),
            };
            let at = at.unwrap_or_else(|| panic!("the bytes are not in the file: {patch:?}"));
            bytes[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
        }
        if let Some(length) = self.length {
            bytes.resize(length, 0);
        }
        bytes
    }
}

impl Elf {
    fn bytes(&self) -> Vec<u8> {
        // Tests are short, and so are these names.
        let kept = |text: &String| -> &'static str { Box::leak(text.clone().into_boxed_str()) };
        let elf = read_support::Elf {
            machine: self.machine,
            interpreter: self.interpreter.as_ref().map(kept),
            soname: self.soname.as_ref().map(kept),
            needed: self.needed.iter().map(kept).collect(),
            nodes: self.nodes.iter().map(kept).collect(),
            text: b"",
        };
        elf.bytes()
    }
}

/// A file in the folder of the run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Binary {
    path: String,
    #[serde(flatten)]
    content: Content,
}

impl Binary {
    pub(crate) fn write(&self, site: &Site) {
        site.write_bytes(&self.path, &self.content.bytes());
    }
}

/// A member of a wheel, with numbers of its zip entry that are not those of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    path: String,
    #[serde(flatten)]
    content: Content,
    /// The compression method.
    method: Option<u16>,
    flags: Option<u16>,
    /// The size that the archive states.
    size: Option<u64>,
}

impl Member {
    fn entry(&self) -> Entry {
        let mut entry = Entry::sound(&self.path, &self.content.bytes());
        entry.method = self.method.unwrap_or(entry.method);
        entry.flags = self.flags.unwrap_or(entry.flags);
        entry.size = self.size;
        entry
    }
}

/// A wheel in the folder `wheels`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wheel {
    #[serde(default = "demo")]
    project: String,
    #[serde(default = "version")]
    version: String,
    tags: String,
    #[serde(default = "wheels")]
    folder: String,
    /// Requirements in its METADATA.
    #[serde(default)]
    requires: Vec<String>,
    /// The tags in its WHEEL, if not those of the file name.
    labels: Option<Vec<String>>,
    /// `Root-Is-Purelib`, if not that of the tags.
    purelib: Option<bool>,
    /// The text of RECORD, if not the list of the members; the wheel has no RECORD if it is empty.
    record: Option<String>,
    #[serde(default)]
    members: Vec<Member>,
}

fn demo() -> String {
    "demo".to_owned()
}

fn version() -> String {
    "1.0".to_owned()
}

fn wheels() -> String {
    "wheels".to_owned()
}

impl Wheel {
    pub(crate) fn build(&self) -> support::Wheel {
        let stem = format!("{}-{}", self.project, self.version);
        let mut wheel = support::Wheel::named(&stem, &self.tags);
        for member in &self.members {
            wheel = wheel.entry(member.entry());
        }
        let mut metadata =
            format!("Metadata-Version: 2.4\nName: {}\nVersion: {}\n", self.project, self.version);
        for one in &self.requires {
            metadata.push_str(&format!("Requires-Dist: {one}\n"));
        }
        wheel = wheel.entry(Entry::sound(&format!("{stem}.dist-info/METADATA"), metadata.as_bytes()));
        if let Some(labels) = &self.labels {
            wheel = wheel.labelled(&labels.iter().map(String::as_str).collect::<Vec<_>>());
        }
        if let Some(purelib) = self.purelib {
            wheel = wheel.purelib(purelib);
        }
        match self.record.as_deref() {
            Some("") => wheel.without_record(),
            Some(text) => wheel.with_record(text),
            None => wheel,
        }
    }

    pub(crate) fn write(&self, site: &Site) {
        let wheel = self.build();
        site.write_bytes(&format!("{}/{}", self.folder, wheel.file), &wheel.build());
    }
}

/// The archive of an sdist, in place of the one that the line of the index creates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sdist {
    /// The file name, such as `demo-1.0.tar.gz`.
    file: String,
    #[serde(default = "files")]
    folder: String,
    /// Texts by their paths in the folder of the sdist.
    members: BTreeMap<String, String>,
}

fn files() -> String {
    "files".to_owned()
}

impl Sdist {
    pub(crate) fn write(&self, site: &Site) {
        let stem = self.file.trim_end_matches(".tar.gz");
        let members: Vec<(String, &[u8])> =
            self.members.iter().map(|(path, text)| (format!("{stem}/{path}"), text.as_bytes())).collect();
        let members: Vec<(&str, &[u8])> =
            members.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
        site.write_bytes(&format!("{}/{}", self.folder, self.file), &server::sdist(&members));
    }
}

/// A distribution in the site-packages of `root`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Installed {
    #[serde(default = "demo")]
    project: String,
    #[serde(default = "version")]
    version: String,
    #[serde(default)]
    requires: Vec<String>,
    tag: String,
    /// Files in site-packages, listed in RECORD.
    #[serde(default)]
    members: Vec<Binary>,
}

impl Installed {
    pub(crate) fn write(&self, site: &Site) {
        let requires: Vec<&str> = self.requires.iter().map(String::as_str).collect();
        install(site.path(), &self.project, &self.version, &requires, &self.tag);
        let mut record = String::new();
        for member in &self.members {
            record.push_str(&format!("{},,\n", member.path));
            site.write_bytes(&format!("{SITE_PACKAGES}/{}", member.path), &member.content.bytes());
        }
        site.write(&format!("{SITE_PACKAGES}/{}-{}.dist-info/RECORD", self.project, self.version), &record);
    }
}
