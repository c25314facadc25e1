//! From an index's answer to the list of its files.

use std::borrow::Cow;
use std::fmt;

use url::Url;

use super::{DistributionFile, html, json};

/// How many faults are kept in words; further ones are counted.
const FAULTS_KEPT: usize = 20;

/// A page that cannot be read as a project page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPage {
    url: String,
    cause: String,
}

impl fmt::Display for InvalidPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.url, self.cause)
    }
}

impl std::error::Error for InvalidPage {}

/// What a page lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedPage {
    /// files in page order
    pub files: Vec<DistributionFile>,
    /// what was wrong with single entries, in words; at most 20 of them
    pub faults: Vec<String>,
    /// how many entries had to be left out
    pub fault_count: u32,
}

/// Gathers files and faults; shared by both formats.
#[derive(Default)]
pub(super) struct Collector {
    page: ParsedPage,
}

impl Collector {
    #[cfg(test)]
    pub(super) fn page(&self) -> &ParsedPage {
        &self.page
    }

    pub(super) fn file(&mut self, mut file: DistributionFile) {
        file.position = u32::try_from(self.page.files.len()).unwrap_or(u32::MAX);
        self.page.files.push(file);
    }

    pub(super) fn fault(&mut self, message: String) {
        self.page.fault_count = self.page.fault_count.saturating_add(1);
        if self.page.faults.len() < FAULTS_KEPT {
            self.page.faults.push(message);
        }
    }

    /// PEP 700: `yyyy-mm-ddThh:mm:ss.ffffffZ`. A time that cannot be read is a fault of the page, the file stays.
    pub(super) fn upload_time(&mut self, file: &mut DistributionFile, text: &str) {
        match text.trim().parse::<jiff::Timestamp>() {
            // Rounded towards the past, so that a file never counts as older than a cut it is newer than by less
            // than a second only because of the rounding of negative times.
            Ok(time) => file.upload_time = Some(time.as_nanosecond().div_euclid(1_000_000_000) as i64),
            Err(_) => self.fault(format!(
                "`{}`: the upload time `{}` cannot be read",
                wheelbase_spec::source::shorten(&file.filename),
                wheelbase_spec::source::shorten(text)
            )),
        }
    }
}

/// The two formats of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Html,
    Json,
}

/// Reads the answer of an index, HTML or JSON by its Content-Type (PEP 691, "Content-Types"), never by what was asked.
///
/// `url` is where the answer came from after redirects: relative links resolve against it. An entry that cannot be
/// read is left out and counted in [`ParsedPage::fault_count`].
///
/// ```
/// let url = "https://index.example/simple/six/".parse()?;
/// let page = wheelbase::index::parse_page(
///     br#"<a href="../../files/six-1.17.0.tar.gz#sha256=bad" data-yanked>six</a>"#,
///     Some("text/html; charset=utf-8"),
///     &url,
/// )?;
/// assert_eq!(page.files[0].url, "https://index.example/files/six-1.17.0.tar.gz");
/// assert_eq!(page.files[0].yanked.as_deref(), Some(""));
/// assert_eq!(page.files[0].sha256, None, "`bad` is no SHA-256");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the type is neither HTML nor JSON, when the JSON is no project page, or when the page is of a version of the
/// repository API that is not known (PEP 629: another major version must be refused).
pub fn parse_page(body: &[u8], content_type: Option<&str>, url: &Url) -> Result<ParsedPage, InvalidPage> {
    let invalid = |cause: String| InvalidPage { url: redacted(url), cause };
    let mut collector = Collector::default();
    match format_of(body, content_type).map_err(invalid)? {
        Format::Json => json::read(body, url, &mut collector).map_err(invalid)?,
        Format::Html => {
            let text = decode_html(body, content_type);
            html::read(&text, url, &mut collector).map_err(invalid)?;
        }
    }
    Ok(collector.page)
}

fn format_of(body: &[u8], content_type: Option<&str>) -> Result<Format, String> {
    let essence =
        content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "text/html" | "application/vnd.pypi.simple.v1+html" | "application/xhtml+xml" => Ok(Format::Html),
        "application/vnd.pypi.simple.v1+json" | "application/json" | "text/json" => Ok(Format::Json),
        // No type at all (a bare file server): the first character tells.
        "" => match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => Ok(Format::Json),
            _ => Ok(Format::Html),
        },
        other if other.starts_with("application/vnd.pypi.simple.") => Err(format!(
            "the index answers with `{}`, a version of the repository API that is not known here",
            wheelbase_spec::source::shorten(other)
        )),
        other => Err(format!(
            "the index answers with Content-Type `{}`, not with a page in HTML or JSON",
            wheelbase_spec::source::shorten(other)
        )),
    }
}

/// HTML in the encoding that the Content-Type names, UTF-8 otherwise.
fn decode_html<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, [u8]> {
    let label = content_type.into_iter().flat_map(|value| value.split(';').skip(1)).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    match label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes())) {
        Some(encoding) if encoding != encoding_rs::UTF_8 => match encoding.decode(body).0 {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        },
        _ => Cow::Borrowed(body),
    }
}

/// PEP 629: clients must refuse a page of another major version, and go on with a newer minor one.
pub(super) fn check_api_version(text: &str) -> Result<(), String> {
    let major = text.trim().split('.').next().unwrap_or_default();
    match major.parse::<u32>() {
        Ok(2..) => Err(format!(
            "the page is of version {} of the repository API; only 1.x is known here",
            wheelbase_spec::source::shorten(text.trim())
        )),
        // A version that is none says nothing about the page.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn redacted(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
