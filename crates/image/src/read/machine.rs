//! Names of machines in ELF files, platform tags, image indexes and packages.

use wheelbase_binary::elf::{Class, ElfFacts, FloatPassing};

/// Image indexes use the names of Go (`GOARCH`; OCI image specification, image-index.md). 32-bit ARM also has a
/// `variant`.
const NAMES: &[(&str, &str, Option<&str>)] = &[
    ("x86_64", "amd64", None),
    ("i686", "386", None),
    ("aarch64", "arm64", None),
    ("armv7l", "arm", Some("v7")),
    ("armv6l", "arm", Some("v6")),
    ("armv5l", "arm", Some("v5")),
    ("ppc64le", "ppc64le", None),
    ("s390x", "s390x", None),
    ("riscv64", "riscv64", None),
    ("loongarch64", "loong64", None),
];

/// Returns the name of the machine in platform tags, or another name if it has no tags.
pub(super) fn name(facts: &ElfFacts) -> String {
    // Soft-float ARM has no platform tag, but the machine is known.
    facts.machine().map_or_else(|| facts.machine_name(), |machine| machine.to_string())
}

pub(super) fn bits(facts: &ElfFacts) -> u8 {
    if facts.class == Class::Elf32 { 32 } else { 64 }
}

pub(super) fn soft_float(facts: &ElfFacts) -> bool {
    facts.float_passing() == Some(FloatPassing::Soft)
}

/// Returns `(architecture, variant)` of an image index for the text of a user: `x86_64`, `amd64`, `linux/arm64`, `arm/v7`.
pub fn docker_platform(text: &str) -> Option<(&'static str, Option<&'static str>)> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_prefix("linux/").unwrap_or(&text);
    let text = match text {
        "i386" | "i586" | "x86" => "i686",
        "x86-64" | "x64" => "x86_64",
        "arm" | "armhf" | "arm/v7" | "arm32v7" => "armv7l",
        "armel" | "arm/v6" | "arm32v6" => "armv6l",
        "arm/v5" | "arm32v5" => "armv5l",
        "arm64/v8" | "arm64v8" => "aarch64",
        "ppc64el" => "ppc64le",
        other => other,
    };
    let row = NAMES.iter().find(|(tag, go, variant)| *tag == text || (*go == text && variant.is_none()));
    row.map(|(_, go, variant)| (*go, *variant))
}

/// Returns the machine in platform tags for `architecture` and `variant` of an image.
pub(super) fn of_platform(architecture: &str, variant: Option<&str>) -> Option<&'static str> {
    let mut rows = NAMES.iter().filter(|(_, go, _)| *go == architecture);
    match variant.filter(|_| architecture == "arm") {
        Some(variant) => rows.find(|(_, _, named)| *named == Some(variant)).map(|(tag, ..)| *tag),
        None => rows.next().map(|(tag, ..)| *tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_have_several_names() {
        for (text, platform) in [
            ("x86_64", Some(("amd64", None))),
            ("linux/amd64", Some(("amd64", None))),
            ("aarch64", Some(("arm64", None))),
            ("arm64/v8", Some(("arm64", None))),
            ("armv7l", Some(("arm", Some("v7")))),
            ("linux/arm/v6", Some(("arm", Some("v6")))),
            ("sparc", None),
        ] {
            assert_eq!(docker_platform(text), platform, "{text}");
        }
    }

    #[test]
    fn platform_of_an_image_names_a_machine() {
        assert_eq!(of_platform("arm", Some("v6")), Some("armv6l"));
        assert_eq!(of_platform("arm", None), Some("armv7l"));
        // Some builders write the variant of arm64, which has no effect.
        assert_eq!(of_platform("arm64", Some("v8")), Some("aarch64"));
        assert_eq!(of_platform("wasm", None), None);
    }
}
