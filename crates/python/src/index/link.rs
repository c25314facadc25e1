//! Links: from an `href` to a URL without credentials, a file name and hashes.

use url::Url;

use wheelbase_spec::source::shorten;

use super::DistributionFile;

/// The reason why a link is not a file.
#[derive(Debug)]
pub(super) enum NoFile {
    /// It is a directory or the page itself, as in a directory listing; this is not a fault.
    Folder,
    /// It is invalid.
    Broken(String),
}

/// Resolves `href` against `base` and splits it into a file's name, URL and hashes.
pub(super) fn read_link(href: &str, base: &Url) -> Result<DistributionFile, NoFile> {
    let href = href.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\0');
    let (address, fragment) = match href.split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (href, None),
    };
    if address.is_empty() {
        return Err(NoFile::Folder);
    }
    let url = if is_plain_absolute(address) { address.to_owned() } else { resolve(address, base)? };
    let filename = filename_of(&url)?;
    let mut file = DistributionFile::new(filename, url);
    if let Some(fragment) = fragment {
        read_fragment(fragment, &mut file);
    }
    Ok(file)
}

/// Resolves a reference that needs the URL standard's full rules.
fn resolve(address: &str, base: &Url) -> Result<String, NoFile> {
    let mut url =
        base.join(address).map_err(|error| NoFile::Broken(format!("`{}`: {error}", shorten(address))))?;
    if !matches!(url.scheme(), "http" | "https" | "file") {
        return Err(NoFile::Broken(format!(
            "`{}`: unknown URL scheme; expected http, https or file",
            shorten(address)
        )));
    }
    // A remote page must not refer to files of this machine.
    if url.scheme() == "file" && base.scheme() != "file" {
        return Err(NoFile::Broken(format!("`{}`: a remote page links to a local file", shorten(address))));
    }
    // Credentials in the links of a page must not be in a report or the cache.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    Ok(url.into())
}

/// Whether `address` is already what the URL standard would make of it, so that parsing it can be saved: this is the
/// form of nearly all of the links of a large index.
fn is_plain_absolute(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else {
        return false;
    };
    let Some((host, path)) = rest.split_once('/') else {
        return false;
    };
    let plain_host = !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        // A host whose last label is a number is an IPv4 address in one of many spellings.
        && host.rsplit('.').next().is_some_and(|label| label.bytes().any(|b| b.is_ascii_lowercase()))
        && !host.contains("xn--");
    plain_host
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'~' | b'/' | b'+' | b'!'))
        && !path.starts_with('.')
        && !path.contains("/.")
}

/// The last segment of the URL's path, percent-decoded (pip's `Link.filename`).
fn filename_of(url: &str) -> Result<String, NoFile> {
    let path = url.split('?').next().unwrap_or(url);
    let segment = path.rsplit('/').next().unwrap_or_default();
    if segment.is_empty() {
        return Err(NoFile::Folder);
    }
    if !segment.contains('%') {
        return Ok(segment.to_owned());
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digits =
            (byte == b'%').then(|| Some((hex_value(ahead.next()?)?, hex_value(ahead.next()?)?))).flatten();
        match digits {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = ahead;
            }
            None => bytes.push(byte),
        }
    }
    let name = String::from_utf8(bytes)
        .map_err(|_| NoFile::Broken(format!("`{}`: the file name is not UTF-8", shorten(url))))?;
    // A name that decodes to a path would be taken for one further down.
    if name.contains(['/', '\\', '\0']) {
        return Err(NoFile::Broken(format!("`{}`: the file name contains a path separator", shorten(url))));
    }
    Ok(name)
}

fn hex_value(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Hashes in a fragment, `#sha256=...`, alone or among other `&`-separated parts (PEP 503).
fn read_fragment(fragment: &str, file: &mut DistributionFile) {
    for part in fragment.split('&') {
        if let Some((algorithm, digest)) = part.split_once('=') {
            add_hash(file, algorithm, digest);
        }
    }
}

/// Takes a hash over if it is one; indexes put other things in fragments, too.
pub(super) fn add_hash(file: &mut DistributionFile, algorithm: &str, digest: &str) {
    let digest_bytes = match algorithm {
        "md5" => 16,
        "sha1" => 20,
        "sha224" => 28,
        "sha256" => 32,
        "sha384" => 48,
        "sha512" => 64,
        "blake2b" => 0,
        _ => return,
    };
    let hex = !digest.is_empty() && digest.bytes().all(|b| b.is_ascii_hexdigit());
    if !hex || (digest_bytes != 0 && digest.len() != digest_bytes * 2) {
        return;
    }
    let digest = digest.to_ascii_lowercase();
    if algorithm == "sha256" {
        file.sha256.get_or_insert(digest);
    } else if !file.other_hashes.iter().any(|(known, _)| known == algorithm) {
        file.other_hashes.push((algorithm.to_owned(), digest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(href: &str) -> DistributionFile {
        let base = Url::parse("https://index.example/simple/numpy/").unwrap();
        read_link(href, &base).unwrap()
    }

    #[test]
    fn a_plain_absolute_link_is_what_the_url_standard_makes_of_it() {
        for href in [
            "https://files.example/packages/a/b/numpy-2.0.tar.gz",
            "https://files.example/a/b/numpy-2.0+cpu-cp312-cp312-linux_x86_64.whl",
            "https://FILES.example/a/x-1.zip",
            "https://files.example/a/../x-1.zip",
            "https://files.example/a/.%2e/x-1.zip",
            "https://10.1/x-1.zip",
            "https://files.example/a b/x-1.zip",
            "https://files.example:8080/x-1.zip",
        ] {
            assert_eq!(link(href).url, Url::parse(href).unwrap().as_str(), "{href}");
        }
    }

    #[test]
    fn relative_links_resolve_against_the_base() {
        assert_eq!(link("../../files/x-1.zip").url, "https://index.example/files/x-1.zip");
        assert_eq!(link("//cdn.example/x-1.zip").url, "https://cdn.example/x-1.zip");
        assert_eq!(link("\n x-1.zip ").url, "https://index.example/simple/numpy/x-1.zip");
    }

    #[test]
    fn credentials_and_fragment_leave_the_url() {
        let file = link("https://me:secret@files.example/x-1.zip?v=2#sha256=zz&egg=x");
        assert_eq!(file.url, "https://files.example/x-1.zip?v=2");
        assert_eq!(file.filename, "x-1.zip");
        assert_eq!(file.sha256, None);
        let base = Url::parse("https://u:p@index.example/simple/x/").unwrap();
        assert_eq!(read_link("x-1.zip", &base).unwrap().url, "https://index.example/simple/x/x-1.zip");
    }

    #[test]
    fn names_are_percent_decoded_and_hold_no_path() {
        assert_eq!(link("x-1%2Bcpu.zip").filename, "x-1+cpu.zip");
        assert_eq!(link("x-1%2.zip").filename, "x-1%2.zip");
        let base = Url::parse("https://index.example/").unwrap();
        assert!(matches!(read_link("..%2F..%2Fetc.zip", &base), Err(NoFile::Broken(_))));
        assert!(matches!(read_link("?C=N;O=D", &base), Err(NoFile::Folder)));
        assert!(matches!(read_link("mailto:a@b.example", &base), Err(NoFile::Broken(_))));
    }

    #[test]
    fn messages_hold_no_credentials() {
        assert_eq!(shorten("https://me:s@cret@host/x"), "https://host/x");
    }
}
