//! The meaning of the parts of a tag, for explanations. Matching compares text and does not use this module.

use super::mismatch::WheelOs;
use crate::target::LibcFamily;
use crate::target::facts;

/// A python tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PythonPart<'a> {
    /// `py3`, `py312`.
    Language { major: u32, minor: Option<u32> },
    /// `cp312`, `pp311`, `graalpy311`.
    Implementation { prefix: &'a str, major: u32, minor: Option<u32> },
    /// Anything else.
    Unknown,
}

pub(super) fn python_part(tag: &str) -> PythonPart<'_> {
    let digits = tag.find(|c: char| c.is_ascii_digit()).unwrap_or(tag.len());
    let (prefix, number) = tag.split_at_checked(digits).unwrap_or((tag, ""));
    let Some((major, minor)) = nodot(number) else { return PythonPart::Unknown };
    match prefix {
        "py" => PythonPart::Language { major, minor },
        "" => PythonPart::Unknown,
        _ => PythonPart::Implementation { prefix, major, minor },
    }
}

/// Parses a version in a tag: `312` is 3.12, `3` is 3. The major version has one digit.
fn nodot(number: &str) -> Option<(u32, Option<u32>)> {
    if !number.is_ascii() {
        return None;
    }
    let (major, minor) = number.split_at_checked(1)?;
    let major = major.parse().ok()?;
    if minor.is_empty() {
        return Some((major, None));
    }
    if !minor.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((major, Some(minor.parse().ok()?)))
}

/// An ABI tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AbiPart<'a> {
    None,
    Abi3,
    Abi3t,
    /// `cp312`, `cp313t`, `cp37m`.
    CPython {
        version: (u32, u32),
        flags: &'a str,
    },
    /// `pypy311_pp73`, `graalpy250_311_native`: the prefix of the implementation in python tags.
    Other {
        prefix: &'a str,
    },
    Unknown,
}

pub(super) fn abi_part(tag: &str) -> AbiPart<'_> {
    match tag {
        "none" => return AbiPart::None,
        "abi3" => return AbiPart::Abi3,
        "abi3t" => return AbiPart::Abi3t,
        _ => {}
    }
    if let Some(rest) = tag.strip_prefix("cp") {
        let flags = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = rest.get(..rest.len() - flags.len()).unwrap_or_default();
        return match nodot(number) {
            Some((major, Some(minor))) if flags.chars().all(|flag| "tdmu".contains(flag)) => {
                AbiPart::CPython { version: (major, minor), flags }
            }
            _ => AbiPart::Unknown,
        };
    }
    if tag.starts_with("pypy") {
        AbiPart::Other { prefix: "pp" }
    } else if tag.starts_with("graalpy") {
        AbiPart::Other { prefix: "graalpy" }
    } else {
        AbiPart::Unknown
    }
}

/// A platform tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlatformPart<'a> {
    Any,
    /// `linux_x86_64`.
    Linux {
        machine: &'a str,
    },
    /// A tag with a C library version. `legacy` is the name from before PEP 600.
    Libc {
        family: LibcFamily,
        version: (u32, u32),
        legacy: Option<&'static str>,
        machine: &'a str,
    },
    /// Another operating system, with its machine if Linux has a name for it.
    Other {
        os: WheelOs,
        machine: Option<&'a str>,
    },
    Unknown,
}

pub(super) fn platform_part(tag: &str) -> PlatformPart<'_> {
    if tag == "any" {
        return PlatformPart::Any;
    }
    if let Some(machine) = tag.strip_prefix("linux_") {
        return PlatformPart::Linux { machine };
    }
    for legacy in facts::legacy() {
        if let Some(machine) = tag.strip_prefix(legacy.name.as_str()).and_then(|rest| rest.strip_prefix('_'))
        {
            let family = LibcFamily::Glibc;
            return PlatformPart::Libc { family, version: legacy.glibc, legacy: Some(&legacy.name), machine };
        }
    }
    for (prefix, family) in [("manylinux_", LibcFamily::Glibc), ("musllinux_", LibcFamily::Musl)] {
        if let Some(rest) = tag.strip_prefix(prefix) {
            return libc_part(family, rest).unwrap_or(PlatformPart::Unknown);
        }
    }
    let machine = |prefix: &str| {
        let rest = tag.get(prefix.len()..).unwrap_or_default();
        facts_machine(rest)
    };
    for (prefix, os) in [
        ("win", WheelOs::Windows),
        ("macosx_", WheelOs::MacOs),
        ("ios_", WheelOs::Ios),
        ("android_", WheelOs::Android),
        ("pyodide_", WheelOs::Emscripten),
        ("emscripten_", WheelOs::Emscripten),
        ("pyemscripten_", WheelOs::Emscripten),
        ("wasi_", WheelOs::Wasi),
        ("freebsd_", WheelOs::Bsd),
        ("openbsd_", WheelOs::Bsd),
        ("netbsd_", WheelOs::Bsd),
        ("dragonfly_", WheelOs::Bsd),
        ("solaris_", WheelOs::Solaris),
        ("sunos", WheelOs::Solaris),
        ("aix_", WheelOs::Aix),
        ("cygwin_", WheelOs::Windows),
        ("mingw", WheelOs::Windows),
    ] {
        if tag.starts_with(prefix) {
            return PlatformPart::Other { os, machine: machine(prefix) };
        }
    }
    PlatformPart::Unknown
}

/// Returns the Linux name of the machine at the end of another system's tag.
fn facts_machine(rest: &str) -> Option<&str> {
    for (end, machine) in [("amd64", "x86_64"), ("arm64", "aarch64"), ("win32", "i686"), ("universal2", "")] {
        if rest.ends_with(end) {
            return (!machine.is_empty()).then_some(machine);
        }
    }
    if rest == "32" {
        return Some("i686");
    }
    ["x86_64", "aarch64", "i686"].into_iter().find(|machine| rest.ends_with(machine))
}

/// Parses `2_17_x86_64` after the prefix of the family.
fn libc_part(family: LibcFamily, rest: &str) -> Option<PlatformPart<'_>> {
    let (major, rest) = rest.split_once('_')?;
    let (minor, machine) = rest.split_once('_')?;
    let number = |text: &str| -> Option<u32> {
        // Installers compare tags as text, so a number with leading zeros does not match.
        let plain = text == "0" || !text.starts_with('0');
        if plain && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
    };
    Some(PlatformPart::Libc { family, version: (number(major)?, number(minor)?), legacy: None, machine })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_understood() {
        assert_eq!(python_part("py3"), PythonPart::Language { major: 3, minor: None });
        assert_eq!(
            python_part("cp312"),
            PythonPart::Implementation { prefix: "cp", major: 3, minor: Some(12) }
        );
        assert_eq!(python_part("cp3_10"), PythonPart::Unknown);
        assert_eq!(abi_part("cp313td"), AbiPart::CPython { version: (3, 13), flags: "td" });
        assert_eq!(abi_part("pypy311_pp73"), AbiPart::Other { prefix: "pp" });
        assert!(matches!(
            platform_part("manylinux2014_aarch64"),
            PlatformPart::Libc { version: (2, 17), legacy: Some("manylinux2014"), machine: "aarch64", .. }
        ));
        assert_eq!(platform_part("manylinux_2_017_x86_64"), PlatformPart::Unknown);
        assert!(matches!(
            platform_part("win_amd64"),
            PlatformPart::Other { os: WheelOs::Windows, machine: Some("x86_64") }
        ));
        for tag in ["", "cp", "é", "manylinux_2_17", "musllinux_", "x"] {
            let _ = (python_part(tag), abi_part(tag));
            assert_eq!(platform_part(tag), PlatformPart::Unknown, "{tag}");
        }
    }
}
