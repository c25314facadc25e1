//! Parses the response of an index.

use std::borrow::Cow;
use std::fmt;

use url::Url;
use wheelbase_spec::source::without_credentials;

use super::collector::{Collector, ParsedPage};
use super::{html, json};

/// The error for a response that is not a project page.
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

/// The two formats of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Html,
    Json,
}

/// Parses the response of an index. Its Content-Type selects HTML or JSON (PEP 691, "Content-Types"), not the request.
///
/// `url` is the absolute URL after redirects; relative links are resolved against it. An invalid entry is skipped and
/// counted in [`ParsedPage::fault_count`].
///
/// ```
/// let page = wheelbase::index::parse_page(
///     br#"<a href="../../files/six-1.17.0.tar.gz#sha256=bad" data-yanked>six</a>"#,
///     Some("text/html; charset=utf-8"),
///     "https://index.example/simple/six/",
/// )?;
/// assert_eq!(page.files[0].url, "https://index.example/files/six-1.17.0.tar.gz");
/// assert_eq!(page.files[0].yanked.as_deref(), Some(""));
/// assert_eq!(page.files[0].sha256, None, "`bad` is not a SHA-256");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If `url` is not an absolute URL, if the type is neither HTML nor JSON, if the JSON is not a project page, or if the page
/// has an unknown major version of the repository API (PEP 629).
pub fn parse_page(body: &[u8], content_type: Option<&str>, url: &str) -> Result<ParsedPage, InvalidPage> {
    let invalid = |cause: String| InvalidPage { url: without_credentials(url).into_owned(), cause };
    let url =
        &Url::parse(url).map_err(|fault| invalid(format!("the URL of the page is not valid: {fault}")))?;
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
        // Without a type (simple file servers), the first character decides.
        "" => match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => Ok(Format::Json),
            _ => Ok(Format::Html),
        },
        other if other.starts_with("application/vnd.pypi.simple.") => Err(format!(
            "the response has the Content-Type `{}`, an unknown version of the repository API; supported: v1",
            wheelbase_spec::source::shorten(other)
        )),
        other => Err(format!(
            "the response has the Content-Type `{}`; expected HTML or JSON",
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

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
