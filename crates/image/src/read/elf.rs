//! The facts of an ELF file of an image: those of its headers, and versions in the text of three kinds of files.

use std::io::Read;
use std::ops::Range;

use wheelbase_binary::elf::{ElfFacts, ElfReading, Pieces, step};
use wheelbase_formats::limits;

use super::databases::text_weight;
use super::fault::ImageFault;
use super::machine;

/// The facts of one ELF file that detection uses.
#[derive(Clone, Debug)]
pub(crate) struct ElfDigest {
    /// The name in platform tags, or the number if there is none.
    pub(crate) machine: String,
    pub(crate) bits: u8,
    pub(crate) soft_float: bool,
    pub(crate) interpreter: Option<String>,
    pub(crate) soname: Option<String>,
    pub(crate) needed: Vec<String>,
    pub(crate) nodes: Vec<String>,
    /// The versions in the text of the file: the banner of glibc, or the number of musl or CPython.
    pub(crate) stated: Stated,
}

/// The versions in the text of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) glibc: Option<String>,
    pub(crate) musl: Option<String>,
    pub(crate) python: Option<String>,
}

impl ElfDigest {
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.nodes.iter().chain(&self.needed).map(text_weight).sum::<usize>()
    }
}

/// Reads a file. Its first bytes, `head`, were read from the stream before. The inner error is the cause why the file
/// cannot be read.
pub(crate) fn digest(
    name: &str,
    head: &[u8],
    size: u64,
    content: &mut impl Read,
) -> Result<Result<ElfDigest, String>, ImageFault> {
    let mut bytes = head.to_vec();
    let rest = limits::IMAGE_LIBRARY_BYTES.saturating_sub(bytes.len() as u64);
    bytes.reserve(usize::try_from(size.min(limits::IMAGE_LIBRARY_BYTES)).unwrap_or(0));
    content.take(rest).read_to_end(&mut bytes)?;
    let stated = stated(name, &bytes);
    let mut position = bytes.len() as u64;
    let mut pieces = Pieces::prefix(&bytes, size);
    let mut added = 0;
    let facts = loop {
        match step(&pieces, wheelbase_binary::elf::ExportNames::Hashes) {
            Ok(ElfReading::Done(facts, _)) => break facts,
            Ok(ElfReading::Need(mut ranges)) => {
                ranges.sort_by_key(|range| range.start);
                for Range { start, end } in ranges {
                    added += end.saturating_sub(start);
                    if start < position || end > size || added > limits::IMAGE_LIBRARY_BYTES {
                        return Ok(Err(format!("its tables are too far apart in a stream of {size} bytes")));
                    }
                    skip(content, start - position)?;
                    let mut piece = Vec::new();
                    content.take(end - start).read_to_end(&mut piece)?;
                    position = start + piece.len() as u64;
                    if position < end {
                        return Err(ImageFault::damaged("tar: the archive ends within an entry"));
                    }
                    pieces.add(start, piece);
                }
            }
            Err(fault) => return Ok(Err(format!("the ELF file is damaged: {fault}"))),
        }
    };
    Ok(Ok(of(*facts, stated)))
}

fn of(facts: ElfFacts, stated: Stated) -> ElfDigest {
    ElfDigest {
        machine: machine::name(&facts),
        bits: machine::bits(&facts),
        soft_float: machine::soft_float(&facts),
        interpreter: facts.interpreter,
        soname: facts.soname,
        needed: facts.needed,
        nodes: facts.version_definitions,
        stated,
    }
}

fn skip(content: &mut impl Read, bytes: u64) -> Result<(), ImageFault> {
    let passed = std::io::copy(&mut content.take(bytes), &mut std::io::sink())?;
    if passed < bytes {
        return Err(ImageFault::damaged("tar: the archive ends within an entry"));
    }
    Ok(())
}

fn stated(name: &str, bytes: &[u8]) -> Stated {
    let mut stated = Stated::default();
    if name == "libc.so.6" || name.starts_with("libc-2.") {
        stated.glibc = glibc_banner(bytes);
    } else if name.starts_with("ld-musl-") || name == "libc.so" || name.starts_with("libc.musl-") {
        stated.musl = musl_literal(bytes);
    } else if name.starts_with("libpython") || super::wanted::is_interpreter_name(name) {
        stated.python = python_literal(name, bytes);
    }
    stated
}

/// `GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.`; development snapshots say `development
/// release`. images.md, section 3.
fn glibc_banner(bytes: &[u8]) -> Option<String> {
    let start = find(bytes, b"GNU C Library")?;
    let text = String::from_utf8_lossy(bytes.get(start..start.saturating_add(256).min(bytes.len()))?);
    let (_, version) = text.split_once("release version ")?;
    let version: String = version.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let version = version.trim_end_matches('.');
    version.contains('.').then(|| version.to_owned())
}

/// musl prints its version with a format string, so the number is between two NUL bytes. If there are two different
/// numbers, the version is unknown.
fn musl_literal(bytes: &[u8]) -> Option<String> {
    only(bytes.split(|byte| *byte == 0).filter(|text| {
        let parts: Vec<&[u8]> = text.split(|byte| *byte == b'.').collect();
        parts.len() == 3 && parts.first() == Some(&&b"1"[..]) && parts.iter().all(|part| is_number(part))
    }))
}

/// `PY_VERSION` in the format of `Py_GetVersion()`: `3.12.13`, `3.15.0a2`, `3.13.0rc1+`. It is between two NUL bytes.
fn python_literal(name: &str, bytes: &[u8]) -> Option<String> {
    let minor = name.trim_start_matches("libpython").trim_start_matches("python");
    let minor: String = minor.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let minor = minor.trim_end_matches('.');
    if !minor.contains('.') {
        return None;
    }
    let prefix = format!("{minor}.");
    only(bytes.split(|byte| *byte == 0).filter(|text| {
        let Some(rest) = text.strip_prefix(prefix.as_bytes()) else { return false };
        let rest = rest.strip_suffix(b"+").unwrap_or(rest);
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (micro, level) = rest.split_at(digits);
        let level = [&b"rc"[..], b"a", b"b"]
            .iter()
            .find_map(|name| level.strip_prefix(*name))
            .map_or(level.is_empty(), is_number);
        is_number(micro) && level
    }))
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.len() <= 3 && text.iter().all(u8::is_ascii_digit)
}

fn only<'a>(mut found: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    let first = found.next()?;
    found.all(|other| other == first).then(|| String::from_utf8_lossy(first).into_owned())
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(offset) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + offset;
        if bytes.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    // The sentence of Debian bookworm's libc.so.6, as `strings` shows it.
    #[test]
    fn glibc_version_is_read_from_the_banner() {
        let banner =
            b"\0\0GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36.\nCopyright";
        assert_eq!(glibc_banner(banner).as_deref(), Some("2.36"));
        assert_eq!(
            glibc_banner(b"GNU C Library (GNU libc) development release version 2.41.9000.\n").as_deref(),
            Some("2.41.9000")
        );
        assert_eq!(glibc_banner(b"nothing"), None);
    }

    #[test]
    fn musl_version_is_the_one_literal_between_nuls() {
        assert_eq!(musl_literal(b"musl libc (x86_64)\0Version %s\0\x001.2.5\0x").as_deref(), Some("1.2.5"));
        assert_eq!(musl_literal(b"\x001.2.5\x001.2.4\0"), None);
        assert_eq!(musl_literal(b"\0version 1.2.5\0"), None);
    }

    #[test]
    fn python_version_is_the_one_literal_of_its_minor() {
        let bytes = b"\x003.12.13\0other\x001.2.3\x003.12\0";
        assert_eq!(python_literal("libpython3.12.so.1.0", bytes).as_deref(), Some("3.12.13"));
        assert_eq!(python_literal("python3.15", b"\x003.15.0a2+\0").as_deref(), Some("3.15.0a2+"));
        assert_eq!(python_literal("python3.1", bytes), None);
        assert_eq!(python_literal("python3", bytes), None);
    }
}
