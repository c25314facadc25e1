//! The indexes and find-links locations of the settings.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use crate::edge::auth::split_credentials;
use crate::edge::http::Login;
use crate::edge::settings::IndexSettings;
use crate::error::Error;
use crate::source::url_without_credentials;

/// The role of a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LocationRole {
    /// The main index. pip queries it first, uv last.
    MainIndex,
    /// An additional index.
    ExtraIndex,
    /// A page or directory with files of any project.
    FindLinks,
}

/// An index or a find-links location.
#[derive(Clone)]
pub struct IndexLocation {
    role: LocationRole,
    place: Address,
    shown: String,
    /// A hash of the credentials, because an index may return other pages to other users.
    pub(super) user: String,
}

#[derive(Clone)]
pub(super) enum Address {
    Web(Url),
    Disk(PathBuf),
}

impl IndexLocation {
    /// The role of the location.
    pub fn role(&self) -> LocationRole {
        self.role
    }

    /// The URL or path, without credentials.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) fn place(&self) -> &Address {
        &self.place
    }
}

impl fmt::Display for IndexLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for IndexLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({})", self.role, self.shown)
    }
}

type Locations = (Vec<IndexLocation>, Vec<(Url, Login)>);

/// Returns the main index, the additional indexes and the find-links locations, in this order.
pub(super) fn read(settings: &IndexSettings) -> Result<Locations, Error> {
    let mut named = Vec::new();
    if !settings.no_index {
        named.push((LocationRole::MainIndex, &settings.index_url));
        named.extend(settings.extra_index_urls.iter().map(|url| (LocationRole::ExtraIndex, url)));
    }
    named.extend(settings.find_links.iter().map(|link| (LocationRole::FindLinks, link)));
    let mut locations = Vec::with_capacity(named.len());
    let mut credentials = Vec::new();
    for (role, text) in named {
        let (location, own) = read_one(role, text, settings)?;
        if let (Address::Web(url), Some(own)) = (&location.place, own) {
            credentials.push((url.clone(), own));
        }
        locations.push(location);
    }
    if locations.len() > usize::from(u16::MAX) {
        return Err(Error::input("too many indexes"));
    }
    Ok((locations, credentials))
}

fn read_one(
    role: LocationRole,
    text: &str,
    settings: &IndexSettings,
) -> Result<(IndexLocation, Option<Login>), Error> {
    let text = text.trim();
    let bad = |why: String| {
        Error::input(format!("`{}` is not an index or a directory: {why}", url_without_credentials(text)))
    };
    let disk = |path: PathBuf| {
        let shown = path.display().to_string();
        (IndexLocation { role, place: Address::Disk(path), shown, user: String::new() }, None)
    };
    match Url::parse(text) {
        Ok(mut url) if matches!(url.scheme(), "http" | "https") => {
            let own = split_credentials(&mut url);
            url.set_fragment(None);
            let shown = if own.is_some() { url.to_string() } else { text.to_owned() };
            let user =
                own.as_ref().map_or_else(String::new, |own| crate::edge::cache::key(&["user", &own.user]));
            // The URL of an index is a directory with or without the final slash (PEP 503).
            if role != LocationRole::FindLinks && !url.path().ends_with('/') {
                let path = format!("{}/", url.path());
                url.set_path(&path);
            }
            Ok((IndexLocation { role, place: Address::Web(url), shown, user }, own))
        }
        Ok(url) if url.scheme() == "file" => match url.to_file_path() {
            Ok(path) => Ok(disk(path)),
            Err(()) => Err(bad("not a path on this machine".to_owned())),
        },
        // One letter before the colon is a drive.
        Ok(url) if url.scheme().len() > 1 => {
            Err(bad(format!("the URL scheme `{}:` is not supported", url.scheme())))
        }
        _ if text.contains("://") => Err(bad("the URL is not valid".to_owned())),
        _ if text.is_empty() => Err(Error::input("the URL of the index is empty")),
        _ => Ok(disk(settings.working_dir.join(text))),
    }
}
