//! The settings of indexes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::cache::CacheMode;
use super::http::HttpSettings;
use crate::source::url_without_credentials;

/// The default index.
pub const DEFAULT_INDEX: &str = "https://pypi.org/simple/";

/// Indexes, find-links locations and the options of their requests.
///
/// URLs may contain credentials. They are removed from `Debug` and from messages.
#[derive(Clone)]
#[non_exhaustive]
pub struct IndexSettings {
    /// The main index (`--index-url`): a URL, or a directory with a subdirectory per project.
    pub index_url: String,
    /// The additional indexes (`--extra-index-url`), in order.
    pub extra_index_urls: Vec<String>,
    /// The pages or directories with files (`--find-links`), in order.
    pub find_links: Vec<String>,
    /// Whether indexes are ignored, so that only find-links locations are used.
    pub no_index: bool,
    /// The limit of upload times, in seconds since 1970-01-01T00:00Z. The solver applies it; the client does not.
    pub exclude_newer: Option<i64>,
    /// The cache.
    pub cache: CacheMode,
    /// Whether the network is disabled.
    pub offline: bool,
    /// Whether all cached pages are revalidated.
    pub refresh: bool,
    /// The age up to which cached pages are used without revalidation. `None`: as the server specifies, or else
    /// [`DEFAULT_MAX_AGE`](Self::DEFAULT_MAX_AGE).
    pub max_age: Option<Duration>,
    /// The settings of HTTP requests.
    pub http: HttpSettings,
    /// The netrc file with credentials.
    pub netrc: Option<PathBuf>,
    /// The base of relative paths.
    pub working_dir: PathBuf,
    /// The largest file that is downloaded for its metadata, in bytes.
    pub max_file_bytes: u64,
}

/// The installers whose environment variables are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum EnvironmentVariables {
    /// None.
    None,
    /// Only `PIP_*`.
    Pip,
    /// Only `UV_*`.
    Uv,
    /// Both; those of pip override those of uv.
    #[default]
    Both,
}

impl EnvironmentVariables {
    fn uv(self) -> bool {
        matches!(self, Self::Uv | Self::Both)
    }

    /// Returns the override files of `UV_OVERRIDE`, which only uv reads
    /// (<https://docs.astral.sh/uv/reference/environment/#uv_override>).
    pub fn overrides(self, lookup: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let named = if self.uv() { lookup("UV_OVERRIDE") } else { None };
        named.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    }
}

impl Default for IndexSettings {
    fn default() -> Self {
        Self {
            index_url: DEFAULT_INDEX.to_owned(),
            extra_index_urls: Vec::new(),
            find_links: Vec::new(),
            no_index: false,
            exclude_newer: None,
            cache: CacheMode::Default,
            offline: false,
            refresh: false,
            max_age: None,
            http: HttpSettings::default(),
            netrc: None,
            working_dir: PathBuf::new(),
            max_file_bytes: wheelbase_formats::limits::DISTRIBUTION_BYTES,
        }
    }
}

impl IndexSettings {
    /// The age up to which cached pages are used if neither the user nor the server specifies it. The default index
    /// specifies ten minutes.
    pub const DEFAULT_MAX_AGE: Duration = Duration::from_secs(600);

    /// Returns the defaults with the values of environment variables: `PIP_INDEX_URL`, `PIP_EXTRA_INDEX_URL`,
    /// `PIP_FIND_LINKS`, `PIP_NO_INDEX`, `PIP_DEFAULT_TIMEOUT` and `PIP_RETRIES`; `UV_DEFAULT_INDEX`, `UV_INDEX_URL`,
    /// `UV_INDEX`, `UV_EXTRA_INDEX_URL`, `UV_FIND_LINKS`, `UV_NO_INDEX` and `UV_HTTP_TIMEOUT`; `NETRC` and `HOME` for
    /// the netrc file.
    ///
    /// ```
    /// use wheelbase::edge::{EnvironmentVariables, IndexSettings};
    ///
    /// let environment = |name: &str| match name {
    ///     "PIP_INDEX_URL" => Some("https://index.example/simple".to_owned()),
    ///     "PIP_EXTRA_INDEX_URL" => Some("https://one.example https://two.example".to_owned()),
    ///     _ => None,
    /// };
    /// let settings = IndexSettings::from_environment(EnvironmentVariables::Both, environment);
    /// assert_eq!(settings.index_url, "https://index.example/simple");
    /// assert_eq!(settings.extra_index_urls.len(), 2);
    /// ```
    pub fn from_environment(which: EnvironmentVariables, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let mut settings = Self::default();
        let lookup = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        settings.netrc = lookup("NETRC")
            .map(|path| expand_home(&path, lookup("HOME").as_deref()))
            .or_else(|| lookup("HOME").map(|home| Path::new(&home).join(".netrc")));
        let pip = matches!(which, EnvironmentVariables::Pip | EnvironmentVariables::Both);
        let uv = which.uv();
        let pip_value = |name: &str| pip.then(|| lookup(name)).flatten();
        let uv_value = |name: &str| uv.then(|| lookup(name)).flatten();
        let words = |value: Option<String>| -> Vec<String> {
            value.iter().flat_map(|value| value.split_whitespace()).map(str::to_owned).collect()
        };

        if let Some(url) = pip_value("PIP_INDEX_URL")
            .or_else(|| uv_value("UV_DEFAULT_INDEX").map(|url| unnamed(&url).to_owned()))
            .or_else(|| uv_value("UV_INDEX_URL"))
        {
            settings.index_url = url.trim().to_owned();
        }
        let mut extra = words(pip_value("PIP_EXTRA_INDEX_URL"));
        extra.extend(words(uv_value("UV_INDEX")).iter().map(|url| unnamed(url).to_owned()));
        extra.extend(words(uv_value("UV_EXTRA_INDEX_URL")));
        settings.extra_index_urls = without_repeats(extra);
        let mut links = words(pip_value("PIP_FIND_LINKS"));
        // uv separates this one list by commas.
        links.extend(
            uv_value("UV_FIND_LINKS")
                .iter()
                .flat_map(|value| value.split(','))
                .map(|link| link.trim().to_owned())
                .filter(|link| !link.is_empty()),
        );
        settings.find_links = without_repeats(links);
        settings.no_index =
            [pip_value("PIP_NO_INDEX"), uv_value("UV_NO_INDEX")].iter().flatten().any(|v| truthy(v));
        let seconds = pip_value("PIP_DEFAULT_TIMEOUT").or_else(|| uv_value("UV_HTTP_TIMEOUT"));
        if let Some(seconds) = seconds.and_then(|value| value.trim().parse::<f64>().ok())
            && seconds > 0.0
            && seconds < 86_400.0
        {
            settings.http.read_timeout = Duration::from_secs_f64(seconds);
        }
        let retries = pip_value("PIP_RETRIES").or_else(|| uv_value("UV_HTTP_RETRIES"));
        if let Some(retries) = retries.and_then(|value| value.trim().parse::<u32>().ok()) {
            settings.http.retries = retries.min(20);
        }
        settings
    }
}

impl fmt::Debug for IndexSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let redacted = |urls: &[String]| {
            urls.iter().map(|url| url_without_credentials(url).into_owned()).collect::<Vec<_>>()
        };
        f.debug_struct("IndexSettings")
            .field("index_url", &url_without_credentials(&self.index_url))
            .field("extra_index_urls", &redacted(&self.extra_index_urls))
            .field("find_links", &redacted(&self.find_links))
            .field("no_index", &self.no_index)
            .field("exclude_newer", &self.exclude_newer)
            .field("cache", &self.cache)
            .field("offline", &self.offline)
            .field("refresh", &self.refresh)
            .field("max_age", &self.max_age)
            .finish_non_exhaustive()
    }
}

/// Removes the name of an index that is written as `name=URL` (uv).
fn unnamed(index: &str) -> &str {
    match index.trim().split_once('=') {
        Some((name, url))
            if !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) =>
        {
            url
        }
        _ => index.trim(),
    }
}

/// pip's `strtobool`, which uv's boolean variables agree with.
fn truthy(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on" | "y" | "t")
}

fn expand_home(path: &str, home: Option<&str>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Path::new(home).join(rest),
        _ => PathBuf::from(path),
    }
}

fn without_repeats(list: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(list.len());
    for item in list {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(which: EnvironmentVariables, variables: &[(&str, &str)]) -> IndexSettings {
        IndexSettings::from_environment(which, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn pip_variables_come_before_those_of_uv() {
        let variables = [
            ("PIP_INDEX_URL", "https://pip.example/simple"),
            ("UV_DEFAULT_INDEX", "main=https://uv.example/simple"),
            ("PIP_EXTRA_INDEX_URL", " https://a.example\thttps://b.example "),
            ("UV_INDEX", "one=https://c.example https://b.example"),
            ("UV_FIND_LINKS", "./wheels,https://links.example/"),
            ("PIP_NO_INDEX", "0"),
            ("UV_NO_INDEX", ""),
        ];
        let settings = from(EnvironmentVariables::Both, &variables);
        assert_eq!(settings.index_url, "https://pip.example/simple");
        assert_eq!(
            settings.extra_index_urls,
            ["https://a.example", "https://b.example", "https://c.example"]
        );
        assert_eq!(settings.find_links, ["./wheels", "https://links.example/"]);
        assert!(!settings.no_index);

        let settings = from(EnvironmentVariables::Uv, &variables);
        assert_eq!(settings.index_url, "https://uv.example/simple");
        assert_eq!(settings.extra_index_urls, ["https://c.example", "https://b.example"]);

        let settings = from(EnvironmentVariables::None, &variables);
        assert_eq!(settings.index_url, DEFAULT_INDEX);
        assert!(settings.extra_index_urls.is_empty() && settings.find_links.is_empty());
    }

    #[test]
    fn a_query_is_not_taken_for_a_name() {
        let settings =
            from(EnvironmentVariables::Uv, &[("UV_DEFAULT_INDEX", "https://uv.example/simple?a=b")]);
        assert_eq!(settings.index_url, "https://uv.example/simple?a=b");
    }

    #[test]
    fn debug_output_holds_no_credentials() {
        let settings = from(
            EnvironmentVariables::Pip,
            &[
                ("PIP_INDEX_URL", "https://me:hunter2@h.example/"),
                ("PIP_EXTRA_INDEX_URL", "https://tok3n@x.example/"),
            ],
        );
        let shown = format!("{settings:?}");
        assert!(
            !shown.contains("hunter2") && !shown.contains("tok3n") && shown.contains("h.example"),
            "{shown}"
        );
    }
}
