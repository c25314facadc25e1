//! HTML pages (PEP 503, with what PEP 592, 629, 658 and 714 added, and `data-upload-time`).

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use url::Url;

use super::collector::{Collector, check_api_version};
use super::link::{NoFile, add_hash, read_link};
use super::scan::{Event, scan};
use super::{DistributionFile, MetadataAdvert};

/// The tag whose attributes are being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Anchor,
    Base,
    Meta,
    Other,
}

/// The attributes that are read.
#[derive(Clone, Copy)]
enum Attribute {
    Href,
    RequiresPython,
    Yanked,
    CoreMetadata,
    DistInfoMetadata,
    UploadTime,
    Name,
    Content,
}

const ATTRIBUTES: usize = 8;

impl Attribute {
    fn of(tag: Tag, name: &[u8]) -> Option<Self> {
        match (tag, name) {
            (Tag::Anchor | Tag::Base, b"href") => Some(Self::Href),
            (Tag::Anchor, b"data-requires-python") => Some(Self::RequiresPython),
            (Tag::Anchor, b"data-yanked") => Some(Self::Yanked),
            (Tag::Anchor, b"data-core-metadata") => Some(Self::CoreMetadata),
            (Tag::Anchor, b"data-dist-info-metadata") => Some(Self::DistInfoMetadata),
            (Tag::Anchor, b"data-upload-time") => Some(Self::UploadTime),
            (Tag::Meta, b"name") => Some(Self::Name),
            (Tag::Meta, b"content") => Some(Self::Content),
            _ => None,
        }
    }
}

/// Reads the links of `html`, which was fetched from `url`.
pub(super) fn read(html: &[u8], url: &Url, collector: &mut Collector) -> Result<(), String> {
    let mut quick = Collector::default();
    if let Some(outcome) = read_plain(html, url, &mut quick) {
        *collector = quick;
        return outcome;
    }
    read_any(html, url, collector)
}

/// Reads a page with the simple scanner; returns `None` if the page requires the rules of the HTML standard.
fn read_plain(html: &[u8], url: &Url, collector: &mut Collector) -> Option<Result<(), String>> {
    let mut reader = Reader::new(url, collector);
    scan(html, |event| match event {
        Event::Open(name) => reader.open(name),
        Event::Attribute(name, value) => {
            reader.attribute(name);
            reader.attribute_value(&value);
        }
        Event::Close => reader.close(),
    })?;
    Some(reader.refusal.map_or(Ok(()), Err))
}

/// Reads any page by the rules of the HTML standard.
fn read_any(html: &[u8], url: &Url, collector: &mut Collector) -> Result<(), String> {
    let mut reader = Reader::new(url, collector);
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name } => reader.open(name),
            CallbackEvent::AttributeName { name } => reader.attribute(name),
            CallbackEvent::AttributeValue { value } => reader.attribute_value(value),
            CallbackEvent::CloseStartTag { .. } => reader.close(),
            _ => {}
        }
        None
    });
    // The text of a script or a style sheet contains no links.
    emitter.naively_switch_states(true);
    match Tokenizer::new_with_emitter(html, emitter).finish() {
        Ok(()) => {}
    }
    reader.refusal.map_or(Ok(()), Err)
}

struct Reader<'a> {
    base: Url,
    base_seen: bool,
    tag: Tag,
    current: Option<Attribute>,
    values: [Option<String>; ATTRIBUTES],
    collector: &'a mut Collector,
    refusal: Option<String>,
}

impl<'a> Reader<'a> {
    fn new(url: &Url, collector: &'a mut Collector) -> Self {
        Self {
            base: url.clone(),
            base_seen: false,
            tag: Tag::Other,
            current: None,
            values: Default::default(),
            collector,
            refusal: None,
        }
    }

    fn open(&mut self, name: &[u8]) {
        self.tag = match name {
            b"a" => Tag::Anchor,
            b"base" => Tag::Base,
            b"meta" => Tag::Meta,
            _ => Tag::Other,
        };
        self.current = None;
        if self.tag != Tag::Other {
            self.values = Default::default();
        }
    }

    fn attribute(&mut self, name: &[u8]) {
        // The first of repeated attributes is used (HTML standard, "duplicate-attribute"). An attribute without a
        // value has the empty value, which `data-yanked` accepts.
        self.current = Attribute::of(self.tag, name).filter(|a| self.value(*a).is_none());
        if let Some(attribute) = self.current {
            self.set(attribute, String::new());
        }
    }

    fn attribute_value(&mut self, value: &[u8]) {
        if let Some(attribute) = self.current.take() {
            self.set(attribute, String::from_utf8_lossy(value).into_owned());
        }
    }

    fn value(&self, attribute: Attribute) -> Option<&str> {
        self.values.get(attribute as usize).and_then(Option::as_deref)
    }

    fn set(&mut self, attribute: Attribute, value: String) {
        if let Some(slot) = self.values.get_mut(attribute as usize) {
            *slot = Some(value);
        }
    }

    fn take(&mut self, attribute: Attribute) -> Option<String> {
        self.values.get_mut(attribute as usize).and_then(Option::take)
    }

    fn close(&mut self) {
        match self.tag {
            Tag::Anchor => self.anchor(),
            // Only the first `<base>` with an address is used (HTML standard, "document base URL").
            Tag::Base if !self.base_seen => {
                if let Some(href) = self.take(Attribute::Href) {
                    match self.base.join(href.trim()) {
                        Ok(base) => self.base = base,
                        Err(error) => self.collector.fault(format!("<base>: {error}")),
                    }
                    self.base_seen = true;
                }
            }
            Tag::Meta => {
                // PEP 629.
                let named = self
                    .value(Attribute::Name)
                    .is_some_and(|name| name.trim().eq_ignore_ascii_case("pypi:repository-version"));
                if let (true, Some(version)) = (named, self.value(Attribute::Content))
                    && let Err(refusal) = check_api_version(version)
                {
                    self.refusal.get_or_insert(refusal);
                }
            }
            _ => {}
        }
        self.tag = Tag::Other;
        self.current = None;
    }

    fn anchor(&mut self) {
        let Some(href) = self.take(Attribute::Href) else { return };
        let mut file = match read_link(&href, &self.base) {
            Ok(file) => file,
            Err(NoFile::Folder) => return,
            Err(NoFile::Broken(why)) => return self.collector.fault(why),
        };
        file.requires_python =
            self.take(Attribute::RequiresPython).filter(|specifiers| !specifiers.trim().is_empty());
        file.yanked = self.take(Attribute::Yanked);
        // PEP 714: the new name is preferred to that of PEP 658.
        let advert = self.take(Attribute::CoreMetadata).or_else(|| self.take(Attribute::DistInfoMetadata));
        file.core_metadata = read_advert(advert.as_deref());
        if let Some(time) = self.take(Attribute::UploadTime) {
            self.collector.upload_time(&mut file, &time);
        }
        self.collector.file(file);
    }
}

/// `true`, or `algorithm=digest` (PEP 658, "Specification"). Other values do not advertise metadata.
fn read_advert(text: Option<&str>) -> MetadataAdvert {
    let Some(text) = text.map(str::trim) else { return MetadataAdvert::Absent };
    if text.eq_ignore_ascii_case("true") {
        return MetadataAdvert::Present;
    }
    let Some((algorithm, digest)) = text.split_once('=') else { return MetadataAdvert::Absent };
    let mut scratch = DistributionFile::new("", "");
    add_hash(&mut scratch, algorithm, digest);
    match scratch.sha256 {
        Some(sha256) => MetadataAdvert::Sha256(sha256),
        None => MetadataAdvert::Present,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn both(html: &[u8]) -> (Option<Result<(), String>>, Result<(), String>, bool) {
        let url = "https://h.example/simple/x/".parse().unwrap();
        let (mut plain, mut any) = (Collector::default(), Collector::default());
        let (quick, slow) = (read_plain(html, &url, &mut plain), read_any(html, &url, &mut any));
        (quick, slow, plain.page() == any.page())
    }

    #[test]
    fn the_pages_of_large_indexes_are_plain() {
        let (quick, slow, same) = both(
            b"<!DOCTYPE html>\n<html>\n<head><meta name=\"pypi:repository-version\" content=\"1.4\"/>\
              <title>Links for x</title></head>\n<body>\n<h1>Links for x</h1>\n<!--SERIAL 12345-->\
              <a href=\"https://f.example/x-1.zip#sha256=0\" data-requires-python=\"&gt;=3.8\" data-yanked>x</a><br/>\n\
              </body></html>\n<!-- generated -->",
        );
        assert!(quick.is_some() && quick == Some(slow) && same);
    }

    #[test]
    fn scripts_hold_no_links() {
        let (quick, slow, _) = both(b"<script>'<a href=\"x-1.zip\">'</script>");
        assert_eq!((quick, slow), (None, Ok(())));
        let mut collector = Collector::default();
        let url = "https://h.example/".parse().unwrap();
        read(b"<style><a href='x-1.zip'></style><title><a href='x-2.zip'></title>", &url, &mut collector)
            .unwrap();
        assert!(collector.page().files.is_empty());
    }

    fn pieces() -> impl Strategy<Value = String> {
        let pieces = vec![
            "<a ",
            "href=\"x-1.zip\"",
            "href='x-2.zip'",
            "href=x-3.zip",
            " ",
            "\n",
            ">",
            "/>",
            "</a>",
            "<br/>",
            "<title>",
            "</title>",
            "<!-- c -->",
            "<!--",
            "-->",
            "<!DOCTYPE html>",
            "<base href=\"/b/\">",
            "data-yanked",
            "=",
            "\"",
            "'",
            "&gt;",
            "&amp;x",
            "&#39;",
            "&copy;",
            "<",
            "text",
            "<meta name=\"pypi:repository-version\" content=\"2\">",
            "<A HREF=\"x-4.zip\">",
            "<script>",
            "</script>",
            "\r\n",
            "\0",
            "<p class=\"q\">",
            "/",
            "<h1>",
            "</h1 >",
            "-",
        ];
        prop::collection::vec(prop::sample::select(pieces), 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn plain_pages_read_as_the_standard_reads_them(html in pieces()) {
            let (quick, slow, same) = both(html.as_bytes());
            if let Some(quick) = quick {
                prop_assert_eq!(quick, slow);
                prop_assert!(same);
            }
        }
    }
}
