//! Small images for the tests of reading: archives, ELF files and configurations written byte by byte.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

use std::io::Write as _;
use std::sync::Arc;

use wheelbase::image::read::{
    Budget, DetectedImage, ImageConfig, ImageFault, ImageLimits, Layer, Tree, detect,
};

pub(crate) const X86_64: u16 = 62;
pub(crate) const AARCH64: u16 = 183;
pub(crate) const GLIBC_LOADER: &str = "/lib64/ld-linux-x86-64.so.2";
pub(crate) const MUSL_LOADER: &str = "/lib/ld-musl-x86_64.so.1";

/// A small ELF file: a header, a dynamic section and the given text after it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Elf {
    pub(crate) machine: u16,
    pub(crate) interpreter: Option<&'static str>,
    pub(crate) soname: Option<&'static str>,
    pub(crate) needed: Vec<&'static str>,
    pub(crate) nodes: Vec<&'static str>,
    pub(crate) text: &'static [u8],
}

impl Elf {
    pub(crate) fn library(soname: &'static str) -> Self {
        Self { machine: X86_64, soname: Some(soname), ..Self::default() }
    }

    pub(crate) fn program(interpreter: &'static str) -> Self {
        Self { machine: X86_64, interpreter: Some(interpreter), needed: vec!["libc.so.6"], ..Self::default() }
    }

    /// gABI, chapters "Object Files" and "Program Loading"; LSB, "Symbol Versioning".
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut strings = vec![0];
        let mut string = |text: &str| {
            let at = strings.len() as u32;
            strings.extend_from_slice(text.as_bytes());
            strings.push(0);
            at
        };
        let soname = self.soname.map(&mut string);
        let needed: Vec<u32> = self.needed.iter().map(|name| string(name)).collect();
        let mut definitions = Vec::new();
        let names: Vec<&str> = self.soname.into_iter().chain(self.nodes.iter().copied()).collect();
        if !self.nodes.is_empty() {
            for (index, name) in names.iter().enumerate() {
                let last = index + 1 == names.len();
                for number in [1_u16, u16::from(index == 0), index as u16 + 1, 1] {
                    definitions.extend_from_slice(&number.to_le_bytes());
                }
                for number in [0_u32, 20, if last { 0 } else { 28 }, string(name), 0] {
                    definitions.extend_from_slice(&number.to_le_bytes());
                }
            }
        }
        let headers = 64 + 3 * 56;
        let interpreter_at = headers as u64;
        let interpreter = self.interpreter.map(|name| [name.as_bytes(), b"\0"].concat()).unwrap_or_default();
        let strings_at = interpreter_at + interpreter.len() as u64;
        let definitions_at = (strings_at + strings.len() as u64).next_multiple_of(8);
        let dynamic_at = (definitions_at + definitions.len() as u64).next_multiple_of(8);
        let mut dynamic: Vec<[u64; 2]> = vec![[5, strings_at], [10, strings.len() as u64]];
        dynamic.extend(soname.map(|at| [14, u64::from(at)]));
        dynamic.extend(needed.iter().map(|at| [1, u64::from(*at)]));
        if !definitions.is_empty() {
            dynamic.extend([[0x6fff_fffc, definitions_at], [0x6fff_fffd, names.len() as u64]]);
        }
        dynamic.push([0, 0]);
        let dynamic_size = dynamic.len() as u64 * 16;
        let total = dynamic_at + dynamic_size;
        let has_dynamic = self.soname.is_some() || !self.needed.is_empty();

        let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
        bytes.resize(16, 0);
        for number in [3, self.machine] {
            bytes.extend_from_slice(&u16::to_le_bytes(number));
        }
        bytes.extend_from_slice(&1_u32.to_le_bytes());
        for number in [0_u64, 64, 0] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&0_u32.to_le_bytes());
        for number in [64_u16, 56, 3, 64, 0, 0] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let mut segment = |kind: u32, at: u64, size: u64| {
            bytes.extend_from_slice(&kind.to_le_bytes());
            bytes.extend_from_slice(&4_u32.to_le_bytes());
            for number in [at, at, at, size, size, 8] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        };
        segment(1, 0, total);
        segment(if interpreter.is_empty() { 0 } else { 3 }, interpreter_at, interpreter.len() as u64);
        segment(if has_dynamic { 2 } else { 0 }, dynamic_at, dynamic_size);
        bytes.extend_from_slice(&interpreter);
        bytes.extend_from_slice(&strings);
        bytes.resize(definitions_at as usize, 0);
        bytes.extend_from_slice(&definitions);
        bytes.resize(dynamic_at as usize, 0);
        bytes.extend(dynamic.iter().flatten().flat_map(|number| number.to_le_bytes()));
        bytes.extend_from_slice(self.text);
        bytes
    }
}

/// glibc as a distribution ships it: the banner of `libc.so.6`, and two version nodes.
pub(crate) fn libc() -> Vec<u8> {
    Elf {
        nodes: vec!["GLIBC_2.2.5", "GLIBC_2.36"],
        text: b"\0GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n\0",
        ..Elf::library("libc.so.6")
    }
    .bytes()
}

pub(crate) fn musl() -> Vec<u8> {
    Elf { text: b"\0musl libc (x86_64)\nVersion %s\n\x001.2.5\0", ..Elf::library("libc.musl-x86_64.so.1") }
        .bytes()
}

/// The executable of the interpreter, and the directory by which it is recognised.
pub(crate) fn python(layer: Tarball, prefix: &str, minor: &str, loader: &'static str) -> Tarball {
    layer
        .file(&format!("{prefix}/bin/python{minor}"), &Elf::program(loader).bytes())
        .link(&format!("{prefix}/bin/python3"), &format!("python{minor}"))
        .file(&format!("{prefix}/lib/python{minor}/os.py"), b"")
}

/// A tar archive under construction.
pub(crate) struct Tarball {
    builder: tar::Builder<Vec<u8>>,
}

impl Tarball {
    pub(crate) fn new() -> Self {
        Self { builder: tar::Builder::new(Vec::new()) }
    }

    fn add(mut self, path: &str, kind: tar::EntryType, link: Option<&str>, content: &[u8]) -> Self {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o755);
        header.set_size(content.len() as u64);
        match link {
            Some(target) => self.builder.append_link(&mut header, path, target).unwrap(),
            None => self.builder.append_data(&mut header, path, content).unwrap(),
        }
        self
    }

    pub(crate) fn file(self, path: &str, content: &[u8]) -> Self {
        self.add(path, tar::EntryType::Regular, None, content)
    }

    pub(crate) fn directory(self, path: &str) -> Self {
        self.add(path, tar::EntryType::Directory, None, b"")
    }

    pub(crate) fn link(self, path: &str, target: &str) -> Self {
        self.add(path, tar::EntryType::Symlink, Some(target), b"")
    }

    pub(crate) fn hard_link(self, path: &str, target: &str) -> Self {
        self.add(path, tar::EntryType::Link, Some(target), b"")
    }

    pub(crate) fn device(self, path: &str) -> Self {
        self.add(path, tar::EntryType::Char, None, b"")
    }

    /// A name that the library refuses to write, put straight into the header.
    pub(crate) fn raw(mut self, path: &[u8], content: &[u8]) -> Self {
        let mut header = tar::Header::new_old();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        header.set_cksum();
        self.builder.append(&header, content).unwrap();
        self
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.builder.into_inner().unwrap()
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

pub(crate) fn config(architecture: &str, env: &[&str]) -> ImageConfig {
    let text = serde_json::json!({"architecture": architecture, "os": "linux", "config": {"Env": env}});
    ImageConfig::parse(text.to_string().as_bytes()).unwrap()
}

/// The facts of layers without any source around them.
pub(crate) fn detect_layers(layers: Vec<Tarball>, config: &ImageConfig) -> DetectedImage {
    try_layers(layers.into_iter().map(Tarball::bytes).collect(), config, ImageLimits::default()).unwrap()
}

pub(crate) fn try_layers(
    layers: Vec<Vec<u8>>,
    config: &ImageConfig,
    limits: ImageLimits,
) -> Result<DetectedImage, ImageFault> {
    let budget = Arc::new(Budget::new(limits));
    let mut tree = Tree::within(Arc::clone(&budget));
    for layer in layers {
        tree.apply(Layer::collect(layer.as_slice(), &config.env, &budget)?);
    }
    detect(&tree, config)
}
