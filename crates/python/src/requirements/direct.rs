//! Direct requirements: URLs, paths and repositories.

use super::RequirementKind;
use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::version::Version;

/// The extensions of archives in pip 26.3 (`utils/filetypes.py`).
const ARCHIVES: [&str; 12] = [
    ".zip",
    ".whl",
    ".tar.bz2",
    ".tbz",
    ".tar.gz",
    ".tgz",
    ".tar",
    ".tar.xz",
    ".txz",
    ".tlz",
    ".tar.lz",
    ".tar.lzma",
];

/// Schemes of URLs that are downloaded (pip 26.3, `vcs/versioncontrol.py`, `is_url`).
const DOWNLOADS: [&str; 3] = ["http", "https", "ftp"];

/// Schemes of repositories (pip 26.3, `vcs/*.py`), each `SYSTEM+TRANSPORT`.
const REPOSITORIES: [&str; 22] = [
    "git+http",
    "git+https",
    "git+ssh",
    "git+git",
    "git+file",
    "hg+file",
    "hg+http",
    "hg+https",
    "hg+ssh",
    "hg+static-http",
    "svn+ssh",
    "svn+http",
    "svn+https",
    "svn+svn",
    "svn+file",
    "bzr+http",
    "bzr+https",
    "bzr+ssh",
    "bzr+sftp",
    "bzr+ftp",
    "bzr+lp",
    "bzr+file",
];

/// A requirement with a URL or path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DirectRequirement {
    /// The project: as written, from `#egg=`, or from the name of the archive.
    pub name: Option<ProjectName>,
    /// The extras, sorted and without duplicates.
    pub extras: Vec<ExtraName>,
    /// The marker.
    pub marker: Option<Marker>,
    /// A URL without fragment, or a path as written (that of a `file:` URL decoded).
    pub location: String,
    /// The name of the archive, percent-decoded; `None` for directories and repositories.
    pub file_name: Option<String>,
    /// `#subdirectory=`
    pub subdirectory: Option<String>,
    /// Hashes in the fragment, as `#sha256=...`: algorithm and digits in lower case.
    pub fragment_hashes: Vec<(String, String)>,
}

impl DirectRequirement {
    /// Sets the file name of the archive, and the project if it is unknown. An invalid wheel name is a fault only if the
    /// requirement does not contain the name: pip reads the file name of `NAME @ URL` later, when it chooses the file.
    fn take_name_of(&mut self, file_name: &str, named: bool) -> Result<(), String> {
        match archive_name(file_name) {
            Ok(name) => self.name = self.name.take().or(name),
            Err(_) if named => {}
            Err(fault) => return Err(fault),
        }
        self.file_name = Some(file_name.to_owned());
        Ok(())
    }
}

/// Returns the scheme of a URL in lower case. One letter is a Windows drive, not a scheme.
pub(super) fn scheme(text: &str) -> Option<String> {
    let (scheme, _) = text.split_once(':')?;
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(part);
    (valid && scheme.len() > 1).then(|| scheme.to_ascii_lowercase())
}

/// Returns whether pip reads the text as a URL (`vcs/versioncontrol.py`, `is_url`).
pub(super) fn is_url(text: &str) -> bool {
    scheme(text).is_some_and(|scheme| {
        let scheme = scheme.as_str();
        scheme == "file" || DOWNLOADS.contains(&scheme) || REPOSITORIES.contains(&scheme)
    })
}

/// Returns whether the text ends with the extension of an archive.
pub(super) fn is_archive(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ARCHIVES.iter().any(|extension| text.len() > extension.len() && text.ends_with(extension))
}

/// Returns whether the text looks like a path: it contains a separator or starts with a dot (pip 26.3,
/// `_looks_like_path`).
pub(super) fn looks_like_path(text: &str) -> bool {
    text.contains('/') || text.starts_with('.')
}

/// Splits extras from the end of a path: `./project[dev]` (pip 26.3, `utils/urls.py`, `strip_extras`).
pub(super) fn split_extras(text: &str) -> Result<(&str, Vec<ExtraName>), String> {
    let whole = (text, Vec::new());
    let Some(inner) = text.strip_suffix(']') else { return Ok(whole) };
    let Some((path, list)) = inner.rsplit_once('[') else { return Ok(whole) };
    if path.is_empty() || list.is_empty() || list.contains(']') {
        return Ok(whole);
    }
    let mut extras = Vec::new();
    for extra in list.split(',') {
        let extra = extra.trim_matches([' ', '\t']);
        extras.push(extra.parse::<ExtraName>().map_err(|fault| fault.to_string())?);
    }
    extras.sort_unstable();
    extras.dedup();
    Ok((path.trim_end(), extras))
}

/// The parts of a direct requirement next to its URL or path.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) name: Option<ProjectName>,
    pub(super) extras: Vec<ExtraName>,
    pub(super) marker: Option<Marker>,
}

/// Parses a URL or path.
pub(super) fn read(place: &str, known: Known) -> Result<RequirementKind, String> {
    match scheme(place).as_deref() {
        Some("file") => {
            let (url, fragment) = split_fragment(place);
            path(&file_path(url)?, fragment, known)
        }
        Some(scheme) if DOWNLOADS.contains(&scheme) => {
            // The message does not contain the URL because it may contain a password.
            url::Url::parse(place).map_err(|fault| format!("the URL is not valid: {fault}"))?;
            let (url, fragment) = split_fragment(place);
            let path = url.split_once('?').map_or(url, |(path, _)| path);
            let file_name = decode_percent(path.rsplit('/').next().unwrap_or_default());
            let named = known.name.is_some();
            let mut direct = with_fragment(known, fragment)?;
            direct.take_name_of(&file_name, named)?;
            direct.location = url.to_owned();
            Ok(RequirementKind::Archive(direct))
        }
        Some(scheme) if REPOSITORIES.contains(&scheme) => {
            let (url, fragment) = split_fragment(place);
            let mut direct = with_fragment(known, fragment)?;
            direct.location = url.to_owned();
            Ok(RequirementKind::Vcs(direct))
        }
        Some(scheme) => Err(format!(
            "unknown URL scheme `{}:`; expected http, https, file or a repository such as git+https",
            scheme.escape_debug()
        )),
        None => path(place, "", known),
    }
}

/// Returns the requirement of a path that is not a text of the user, so that extras and schemes are part of its name.
pub(super) fn read_path(place: &str) -> Result<RequirementKind, String> {
    path(place, "", Known::default())
}

/// Returns the requirement of a path to an archive or a directory.
fn path(path: &str, fragment: &str, known: Known) -> Result<RequirementKind, String> {
    let named = known.name.is_some();
    let mut direct = with_fragment(known, fragment)?;
    path.clone_into(&mut direct.location);
    if !is_archive(path) {
        return Ok(RequirementKind::Directory(direct));
    }
    let file_name = path.rsplit('/').next().unwrap_or_default();
    direct.take_name_of(file_name, named)?;
    Ok(RequirementKind::LocalArchive(direct))
}

fn with_fragment(known: Known, fragment: &str) -> Result<DirectRequirement, String> {
    let mut direct = DirectRequirement {
        name: known.name,
        extras: known.extras,
        marker: known.marker,
        location: String::new(),
        file_name: None,
        subdirectory: None,
        fragment_hashes: Vec::new(),
    };
    for part in fragment.split(['&', '#']) {
        match part.split_once('=') {
            Some(("egg", egg)) => {
                let (egg, extras) = split_extras(egg)?;
                let name: ProjectName = egg.parse().map_err(|fault| format!("in `#egg=`: {fault}"))?;
                direct.extras.extend(extras);
                direct.extras.sort_unstable();
                direct.extras.dedup();
                direct.name.get_or_insert(name);
            }
            Some(("subdirectory", folder)) => direct.subdirectory = Some(decode_percent(folder)),
            Some((algorithm @ ("sha512" | "sha384" | "sha256" | "sha224" | "sha1" | "md5"), digits)) => {
                direct.fragment_hashes.push((algorithm.to_owned(), digits.to_ascii_lowercase()));
            }
            _ => {}
        }
    }
    Ok(direct)
}

fn split_fragment(url: &str) -> (&str, &str) {
    url.split_once('#').unwrap_or((url, ""))
}

/// Returns the path of a `file:` URL. Other hosts than `localhost` are not supported (RFC 8089; pip, `url_to_path`).
fn file_path(url: &str) -> Result<String, String> {
    let rest = url.get("file:".len()..).unwrap_or_default();
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) => {
            let slash = rest.find('/').unwrap_or(rest.len());
            let (host, path) = rest.split_at(slash);
            if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
                return Err(format!(
                    "the `file:` URL contains the host `{}`; write file:/// and an absolute path",
                    host.escape_debug()
                ));
            }
            path
        }
    };
    let path = decode_percent(path);
    if path.is_empty() {
        Err("the `file:` URL has no path; write file:/// and an absolute path".to_owned())
    } else {
        Ok(path)
    }
}

/// Returns the project in the file name of an archive. An invalid wheel name is an error.
fn archive_name(file_name: &str) -> Result<Option<ProjectName>, String> {
    if let Some(stem) = strip_suffix_ignore_case(file_name, ".whl") {
        // Binary distribution format, file name convention: five parts, six with a build tag.
        let parts: Vec<&str> = stem.split('-').collect();
        let tags = |tag: &str| tag.split('.').all(|part| !part.is_empty());
        let name = match parts.as_slice() {
            [name, version, rest @ ..]
                if matches!(rest.len(), 3 | 4)
                    && rest.iter().rev().take(3).all(|tag| tags(tag))
                    && version.parse::<Version>().is_ok() =>
            {
                name.parse().ok()
            }
            _ => None,
        };
        return match name {
            Some(name) => Ok(Some(name)),
            None => Err(format!(
                "`{}` is not a valid wheel name; expected NAME-VERSION-PYTHON-ABI-PLATFORM.whl",
                file_name.escape_debug()
            )),
        };
    }
    // Source distributions are `NAME-VERSION.EXTENSION`, but archives of hosting sites are not, so a missing name is not a fault.
    let stem = ARCHIVES.iter().find_map(|extension| strip_suffix_ignore_case(file_name, extension));
    let split = stem.and_then(|stem| stem.rsplit_once('-'));
    Ok(split
        .filter(|(_, version)| version.parse::<Version>().is_ok())
        .and_then(|(name, _)| name.parse().ok()))
}

fn strip_suffix_ignore_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let start = text.len().checked_sub(suffix.len())?;
    let end = text.get(start..)?;
    if end.eq_ignore_ascii_case(suffix) { text.get(..start) } else { None }
}

/// Percent-decodes a text; invalid UTF-8 becomes replacement characters.
fn decode_percent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (*first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = behind.get(2..).unwrap_or_default();
            }
            (byte, ..) => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
