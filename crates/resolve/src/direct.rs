//! Distributions named by a direct URL.

use std::sync::Arc;

use super::candidates::{FileRules, Rejection};
use super::table::Direct;
use super::unknown::UnknownReason;
use crate::index::{DistributionFile, MetadataAdvert};
use wheelbase_spec::filename::{FileKind, NameRules};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::target::InstallerKind;

/// The scheme prefixes by which pip 26.3 and uv 0.13.8 recognise a version control system.
const VERSION_CONTROL: [&str; 4] = ["git+", "hg+", "svn+", "bzr+"];

/// Returns the file of a direct URL, with the hashes of its fragment
/// ([direct URL references](https://packaging.python.org/en/latest/specifications/direct-url/)).
pub fn file_of_url(url: &str) -> DistributionFile {
    let (address, fragment) = url.split_once('#').unwrap_or((url, ""));
    let path = address.split(['?']).next().unwrap_or(address);
    let last = path.rsplit('/').next().unwrap_or(path);
    let mut sha256 = None;
    let mut other_hashes = Vec::new();
    for (key, value) in fragment.split('&').filter_map(|pair| pair.split_once('=')) {
        match key {
            "sha256" => sha256 = Some(value.to_ascii_lowercase()),
            "md5" | "sha1" | "sha224" | "sha384" | "sha512" => {
                other_hashes.push((key.to_owned(), value.to_ascii_lowercase()));
            }
            _ => {}
        }
    }
    DistributionFile {
        filename: percent_decoded(last),
        url: address.to_owned(),
        sha256,
        other_hashes,
        requires_python: None,
        yanked: None,
        core_metadata: MetadataAdvert::Absent,
        upload_time: None,
        size: None,
        position: 0,
        index: 0,
    }
}

/// Decodes `%2B` and similar in a file name. Invalid escapes are kept.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = (byte == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escape {
            Some(decoded) => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Direct {
    /// Checks a direct URL for a target.
    pub fn of(project: &ProjectName, url: &str, rules: &FileRules<'_>, hashes: &[(String, String)]) -> Self {
        let mut file = file_of_url(url);
        let uv = rules.target.installer.kind == InstallerKind::Uv;
        let name_rules = NameRules::of(&rules.target.installer);
        if VERSION_CONTROL.iter().any(|scheme| url.starts_with(scheme)) {
            url.clone_into(&mut file.url);
            return Self {
                url: url.to_owned(),
                usable: Ok(super::candidates::Candidate {
                    file: 0,
                    rank: None,
                    build_tag: None,
                    yanked: false,
                }),
                file: Arc::new(file),
                version: None,
                opaque: Some(UnknownReason::Checkout),
            };
        }
        let version = match FileKind::of(&file.filename, project, name_rules) {
            FileKind::Wheel(wheel) => Some(wheel.version().clone()),
            FileKind::Sdist(sdist) => Some(sdist.version().clone()),
            _ => None,
        };
        let mut formats = rules.clone();
        let unrestricted = wheelbase_spec::options::FormatControl::default();
        if !uv {
            // pip 26.3 does not apply --only-binary and --no-binary to a direct URL.
            formats.formats = &unrestricted;
        }
        // A direct URL has no upload time, and installers do not apply --exclude-newer to it.
        formats.exclude_newer = None;
        let checked = match formats.check(project, 0, &file, hashes) {
            // Installers accept an archive of any name as a source tree.
            Err(Rejection::FormatUnsupported(_) | Rejection::InvalidName(_) | Rejection::OtherProject)
                if !file.filename.ends_with(".whl") =>
            {
                Ok(super::candidates::Candidate { file: 0, rank: None, build_tag: None, yanked: false })
            }
            checked => checked,
        };
        Self {
            url: url.to_owned(),
            file: Arc::new(file),
            version,
            usable: checked.map_err(|rejection| rejection.to_string()),
            opaque: None,
        }
    }
}
