//! HTML pages (PEP 503, with what PEP 592, 629, 658 and 714 added, and `data-upload-time`).

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, State, Tokenizer};
use url::Url;

use super::link::{NoFile, add_hash, read_link};
use super::parse::{Collector, check_api_version};
use super::{DistributionFile, MetadataAdvert};

/// The tag whose attributes are being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Anchor,
    Base,
    Meta,
    Other,
}

/// The attributes that mean something here.
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

/// Reads the links of `html`, which came from `url`.
pub(super) fn read(html: &[u8], url: &Url, collector: &mut Collector) -> Result<(), String> {
    let mut reader = Reader::new(url, collector);
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        reader.event(&event);
        None
    });
    let mut tokenizer = Tokenizer::new_with_emitter(html, emitter);
    tokenizer.set_state(State::Data);
    let outcome = tokenizer.finish();
    match outcome {
        Ok(()) => {}
    }
    match reader.refusal {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
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

    fn event(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = match *name {
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
            CallbackEvent::AttributeName { name } => {
                // Of repeated attributes the first counts (HTML standard, "duplicate-attribute"). An attribute
                // without a value has the empty one, and for `data-yanked` that means something.
                self.current = Attribute::of(self.tag, name).filter(|a| self.value(*a).is_none());
                if let Some(attribute) = self.current {
                    self.set(attribute, String::new());
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some(attribute) = self.current.take() {
                    self.set(attribute, String::from_utf8_lossy(value).into_owned());
                }
            }
            CallbackEvent::CloseStartTag { .. } => self.close(),
            _ => {}
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
            // The HTML standard lets only the first `<base>` with an address count.
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
        // PEP 714: the new name wins over PEP 658's.
        let advert = self.take(Attribute::CoreMetadata).or_else(|| self.take(Attribute::DistInfoMetadata));
        file.core_metadata = read_advert(advert.as_deref());
        if let Some(time) = self.take(Attribute::UploadTime) {
            self.collector.upload_time(&mut file, &time);
        }
        self.collector.file(file);
    }
}

/// `true`, or `algorithm=digest` (PEP 658, "Specification"). Anything else is no advert.
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
