//! The index options of command line, documents and locks.

use std::path::Path;

use super::IndexSettings;
use crate::error::Error;
use crate::lock::Lock;
use crate::requirements::{IndexOption, Options, Setting, SettingKind};
use crate::source::Origin;

/// Adds the indexes of a lock, for files without URL, unless an index is set elsewhere.
pub(super) fn with_lock(settings: &mut IndexSettings, lock: &Lock, options: &Options) {
    let untouched = settings.index_url == IndexSettings::default().index_url;
    if !untouched || !settings.extra_index_urls.is_empty() || !options.indexes.is_empty() || settings.no_index
    {
        return;
    }
    // pipenv expands environment variables in URLs, which usually contain credentials.
    let mut named = lock.indexes().iter().map(|(_, url)| url.clone()).filter(|url| !url.contains('$'));
    if let Some(first) = named.next() {
        settings.index_url = first;
        settings.extra_index_urls = named.collect();
    }
}

/// Returns the options of the caller.
///
/// # Errors
///
/// If an option is not valid.
pub(super) fn given_options(kinds: Vec<SettingKind>) -> Result<Options, Error> {
    let mut options = Options::default();
    for kind in kinds {
        options.apply(Setting::new(kind, Origin::new("argument", 0, 0)))?;
    }
    Ok(options)
}

/// Returns the settings with the index options of command line and documents.
///
/// Their indexes replace those of environment variables, as in pip. Find-links locations are added.
pub(super) fn with_options(mut settings: IndexSettings, options: &Options, uv: bool) -> IndexSettings {
    let mut base = Vec::new();
    base.append(&mut settings.extra_index_urls);
    if !options.indexes.is_empty() {
        let named: Vec<String> = if uv {
            options.uv_indexes(&settings.index_url)
        } else {
            options.pip_indexes(&settings.index_url)
        };
        settings.no_index |= named.is_empty();
        let mut named = named.into_iter();
        if let Some(first) = named.next() {
            settings.no_index = false;
            settings.index_url = first;
        }
        let extra: Vec<String> = named.collect();
        let says_extra = options.indexes.iter().any(|option| matches!(option, IndexOption::Extra(..)));
        settings.extra_index_urls = if says_extra { extra } else { base };
    } else if uv && !base.is_empty() {
        // uv queries additional indexes before the main one.
        let main = std::mem::replace(&mut settings.index_url, base.remove(0));
        base.push(main);
        settings.extra_index_urls = base;
    } else {
        settings.extra_index_urls = base;
    }
    for (links, _) in &options.find_links {
        let beside = links.beside.as_ref().filter(|path| Path::new(path).exists());
        settings.find_links.push(beside.unwrap_or(&links.written).clone());
    }
    settings
}
