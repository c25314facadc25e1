//! The JSON documents of an image: index, manifest, configuration.

use serde::Deserialize;

use super::digest::Digest;
use super::fault::ImageFault;

/// The fields of the configuration of an image that detection uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageConfig {
    /// `architecture`, with the names of Go.
    pub architecture: Option<String>,
    /// `variant`, for example `v7`.
    pub variant: Option<String>,
    /// `config.Env`, in order. The last value of a name is used.
    pub env: Vec<(String, String)>,
    /// `config.WorkingDir`, if it is set.
    pub workdir: Option<String>,
    /// The digests of the decompressed layers.
    pub diff_ids: Vec<String>,
}

impl ImageConfig {
    /// Parses the JSON text. Unknown fields are ignored.
    ///
    /// # Errors
    ///
    /// If it is not the configuration of a Linux image.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImageFault> {
        #[derive(Deserialize)]
        struct Raw {
            architecture: Option<String>,
            variant: Option<String>,
            os: Option<String>,
            config: Option<RawConfig>,
            rootfs: Option<RawRoot>,
        }
        #[derive(Deserialize)]
        struct RawConfig {
            #[serde(rename = "Env")]
            env: Option<Vec<String>>,
            #[serde(rename = "WorkingDir")]
            workdir: Option<String>,
        }
        #[derive(Deserialize)]
        struct RawRoot {
            #[serde(default)]
            diff_ids: Vec<String>,
        }
        let raw: Raw = json(bytes, "the configuration")?;
        if let Some(os) = raw.os.as_deref().filter(|os| !os.is_empty() && *os != "linux") {
            return Err(ImageFault::damaged(format!(
                "the image is for `{}`, not for Linux",
                os.escape_debug()
            )));
        }
        let (env, workdir) = raw.config.map_or((None, None), |config| (config.env, config.workdir));
        let env = env.unwrap_or_default();
        let split = |one: String| match one.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (one, String::new()),
        };
        let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Self {
            architecture: non_empty(raw.architecture),
            variant: non_empty(raw.variant),
            env: env.into_iter().map(split).collect(),
            workdir: non_empty(workdir),
            diff_ids: raw.rootfs.map(|rootfs| rootfs.diff_ids).unwrap_or_default(),
        })
    }
}

/// A reference to a blob.
#[derive(Clone, Debug, Deserialize)]
pub struct Descriptor {
    /// The media type; empty if the document has none.
    #[serde(rename = "mediaType", default)]
    pub media_type: String,
    /// The digest of the blob as written: `sha256:...`. It is not checked yet.
    pub digest: String,
    /// The size of the blob in bytes; 0 if the document has none.
    #[serde(default)]
    pub size: u64,
    #[serde(default)]
    platform: Option<Platform>,
    #[serde(default)]
    annotations: Option<std::collections::BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Platform {
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
    #[serde(default)]
    variant: Option<String>,
}

impl Descriptor {
    /// A descriptor with only a digest and a size.
    pub fn new(digest: &str, size: u64) -> Self {
        Self { media_type: String::new(), digest: digest.to_owned(), size, platform: None, annotations: None }
    }

    /// Returns the parsed digest.
    ///
    /// # Errors
    ///
    /// If the text is not a sha256 or sha512 digest.
    pub fn digest(&self) -> Result<Digest, ImageFault> {
        self.digest.parse()
    }

    fn reference_name(&self) -> Option<&str> {
        self.annotations.as_ref()?.get("org.opencontainers.image.ref.name").map(String::as_str)
    }

    /// Attestations are listed as manifests of the platform `unknown/unknown`. They are not images.
    fn is_attestation(&self) -> bool {
        let annotated = self.annotations.as_ref().is_some_and(|all| {
            all.get("vnd.docker.reference.type").is_some_and(|kind| kind == "attestation-manifest")
        });
        annotated
            || self
                .platform
                .as_ref()
                .is_some_and(|platform| platform.os == "unknown" || platform.architecture == "unknown")
    }

    fn platform_name(&self) -> String {
        match &self.platform {
            Some(Platform { architecture, os, variant: Some(variant) }) => {
                format!("{os}/{architecture}/{variant}")
            }
            Some(Platform { architecture, os, variant: None }) => format!("{os}/{architecture}"),
            None => "no platform".to_owned(),
        }
    }
}

/// An image index, or the `index.json` of a layout.
#[derive(Clone, Debug, Deserialize)]
pub struct ImageIndex {
    pub(crate) manifests: Vec<Descriptor>,
}

/// The entries of a tag in a layout.
#[derive(Clone, Debug)]
pub enum LayoutChoice<'a> {
    /// One entry.
    One(&'a Descriptor),
    /// Several entries that differ by platform.
    Platforms(Vec<&'a Descriptor>),
}

impl ImageIndex {
    /// Parses an image index.
    ///
    /// # Errors
    ///
    /// If the bytes are not the JSON of an image index.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImageFault> {
        json(bytes, "the image index")
    }

    /// Returns the entry of a tag, or the only image if there is no tag.
    ///
    /// # Errors
    ///
    /// If no entry matches, or if there are several images and no tag.
    pub fn tagged(&self, tag: Option<&str>) -> Result<LayoutChoice<'_>, ImageFault> {
        let images: Vec<&Descriptor> = self.manifests.iter().filter(|one| !one.is_attestation()).collect();
        let Some(tag) = tag else {
            let mut names: Vec<&str> = images.iter().filter_map(|one| one.reference_name()).collect();
            names.sort_unstable();
            names.dedup();
            return match (images.as_slice(), names.as_slice()) {
                ([], _) => Err(ImageFault::damaged("the layout contains no image")),
                ([only], _) => Ok(LayoutChoice::One(only)),
                (_, [] | [_]) => Ok(LayoutChoice::Platforms(images)),
                (_, names) => Err(ImageFault::damaged(format!(
                    "the layout contains several images; add one of the tags {}",
                    names.join(", ")
                ))),
            };
        };
        // Engines write the tag or the whole reference.
        let matches: Vec<&Descriptor> = images
            .iter()
            .filter(|one| {
                one.reference_name()
                    .is_some_and(|name| name == tag || name.rsplit(['/', ':']).next() == Some(tag))
            })
            .copied()
            .collect();
        match matches.as_slice() {
            [] => {
                let names: Vec<&str> = images.iter().filter_map(|one| one.reference_name()).collect();
                let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                Err(ImageFault::damaged(format!(
                    "the tag `{}` was not found in the layout; its tags are: {known}",
                    tag.escape_debug()
                )))
            }
            [only] => Ok(LayoutChoice::One(only)),
            _ => Ok(LayoutChoice::Platforms(matches)),
        }
    }

    /// Returns the entry for a platform, with the names of Go.
    ///
    /// # Errors
    ///
    /// If there is no entry for the platform.
    pub fn choose(&self, platform: Option<(&str, Option<&str>)>) -> Result<&Descriptor, ImageFault> {
        choose(&self.manifests.iter().collect::<Vec<_>>(), platform)
    }
}

/// Returns the entry for a platform. Without a platform it is the only entry or the one for `amd64`. The machine that runs
/// wheelbase has no effect.
///
/// # Errors
///
/// If there is no entry for the platform.
pub fn choose<'a>(
    entries: &[&'a Descriptor],
    platform: Option<(&str, Option<&str>)>,
) -> Result<&'a Descriptor, ImageFault> {
    let images: Vec<&Descriptor> = entries
        .iter()
        .filter(|one| !one.is_attestation())
        .filter(|one| {
            one.platform.as_ref().is_none_or(|platform| platform.os == "linux" || platform.os.is_empty())
        })
        .copied()
        .collect();
    let fits = |one: &&&Descriptor, architecture: &str, variant: Option<&str>| {
        one.platform.as_ref().is_some_and(|platform| {
            // A missing variant of ARM means v7, of arm64 v8 (containerd, `platforms.Normalize`).
            let own = platform.variant.as_deref().filter(|own| !own.is_empty());
            platform.architecture == architecture
                && (architecture != "arm" || own.unwrap_or("v7") == variant.unwrap_or("v7"))
        })
    };
    let found = match (platform, images.as_slice()) {
        (_, []) => return Err(ImageFault::damaged("the index contains no image for Linux")),
        (None, [only]) => Some(*only),
        (None, _) => images.iter().find(|one| fits(one, "amd64", None)).copied(),
        (Some((architecture, variant)), [only]) if only.platform.is_none() => {
            let _ = (architecture, variant);
            Some(*only)
        }
        (Some((architecture, variant)), _) => {
            images.iter().find(|one| fits(one, architecture, variant)).copied()
        }
    };
    found.ok_or_else(|| {
        let wanted = match platform {
            Some((architecture, Some(variant))) => format!("linux/{architecture}/{variant}"),
            Some((architecture, None)) => format!("linux/{architecture}"),
            None => "linux/amd64".to_owned(),
        };
        let mut names: Vec<String> = images.iter().map(|one| one.platform_name()).collect();
        names.dedup();
        ImageFault::damaged(format!(
            "the index contains no image for {wanted}; it contains {}",
            names.join(", ")
        ))
    })
}

/// An image manifest.
#[derive(Clone, Debug, Deserialize)]
pub struct ImageManifest {
    /// The blob of the configuration.
    pub config: Descriptor,
    /// The blobs of the layers, the lowest first.
    pub layers: Vec<Descriptor>,
}

/// A manifest or an index. The media type may be missing, so the fields decide (images.md, section 3).
#[derive(Debug)]
pub enum ImageDocument {
    /// An image index.
    Index(ImageIndex),
    /// An image manifest.
    Manifest(ImageManifest),
}

impl ImageDocument {
    /// Parses a manifest or an index.
    ///
    /// # Errors
    ///
    /// If the bytes are neither, or if the manifest has schema version 1.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImageFault> {
        #[derive(Deserialize)]
        struct Probe {
            #[serde(rename = "schemaVersion")]
            schema_version: Option<u64>,
            manifests: Option<serde::de::IgnoredAny>,
            config: Option<serde::de::IgnoredAny>,
        }
        let probe: Probe = json(bytes, "the manifest")?;
        match probe {
            Probe { schema_version: Some(1), .. } => Err(ImageFault::damaged(
                "the manifest has schema version 1, which registries stopped serving in 2019",
            )),
            Probe { manifests: Some(_), config: None, .. } => ImageIndex::parse(bytes).map(Self::Index),
            Probe { config: Some(_), manifests: None, .. } => json(bytes, "the manifest").map(Self::Manifest),
            _ => Err(ImageFault::damaged("the document is neither an image manifest nor an image index")),
        }
    }
}

/// One image in the `manifest.json` of `docker save`.
#[derive(Clone, Debug, Deserialize)]
pub struct DockerArchiveEntry {
    /// The path of the configuration in the archive.
    #[serde(rename = "Config")]
    pub config: String,
    /// The names of the image; `None` if it has none.
    #[serde(rename = "RepoTags", default)]
    pub repo_tags: Option<Vec<String>>,
    /// The paths of the layers in the archive, the lowest first.
    #[serde(rename = "Layers", default)]
    pub layers: Vec<String>,
}

impl DockerArchiveEntry {
    /// Parses `manifest.json`, which has one entry for each image.
    ///
    /// # Errors
    ///
    /// If the bytes are not the JSON of such a list.
    pub fn parse(bytes: &[u8]) -> Result<Vec<Self>, ImageFault> {
        json(bytes, "`manifest.json`")
    }
}

fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> Result<T, ImageFault> {
    serde_json::from_slice(bytes)
        .map_err(|error| ImageFault::damaged(format!("{what} is not valid: {error}")))
}
