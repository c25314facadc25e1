//! Writes a profile as `wheelbase.image/1` and reads it.

mod read;

use serde_json::{Map, Value, json};

use crate::arch;
use crate::{Development, ImageProfile, Library, LibrarySet, Nodes, Published, TargetOptions};
use read::SCHEMA;
use wheelbase_formats::document::{Document, Format, Node};
use wheelbase_spec::source::InvalidInput;

impl ImageProfile {
    /// Returns the profile as JSON, which [`from_json`](Self::from_json) reads. `target` has the same form as in
    /// `wheelbase tags --format json`. It is null if no interpreter is known.
    pub fn to_json(&self) -> Value {
        let target = self.target(&TargetOptions::default()).ok();
        let arches: Vec<&str> = self.arches.known().iter().map(arch::published_name).collect();
        json!({
            "schema": SCHEMA,
            "name": self.name,
            "summary": self.summary(),
            "as_of": self.as_of,
            "family": self.family,
            "meaning": self.meaning,
            "arch": arch::published_name(&self.arch),
            "platform": arch::platform(&self.arch),
            "target": target,
            "os": self.os,
            "libc": self.libc.as_ref().map(|libc| json!({
                "family": libc.libc.family().map_or("static", |family| family.as_str()),
                "version": libc.libc.version_text(),
                "lower_bound": libc.lower_bound,
                "verified": libc.verified,
            })),
            "python": self.python.as_ref().map(|python| json!({
                "implementation": python.python.implementation.as_str(),
                "version": python.python.version.to_string(),
                "abi_flags": python.python.abi_flags,
                "interpreter": python.interpreter,
                "installed": python.installed,
            })),
            "pip": self.pip.as_ref().map(|pip| json!({
                "version": pip.version.to_string(),
                "verified": pip.verified,
            })),
            "newest_pip": self.newest_pip.to_string(),
            "uv": self.uv,
            "package_manager": self.package_manager,
            "toolchain": self.toolchain,
            "programs": self.programs,
            "added": self.added,
            "development": development_to_json(&self.development()),
            "shell": self.shell,
            "arches": { "known": arches, "complete": matches!(self.arches, Published::Only(_)) },
            "sizes": self.sizes,
            "dates": self.dates,
            "end_of_life": self.end_of_life,
            "libraries": set_to_json(&self.libraries),
            "assumptions": self.assumptions.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "unverified": self.unverified,
            "notes": self.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "sources": self.sources,
            "environment": self.environment,
            "externally_managed": self.externally_managed,
            "contradictions": self.contradictions,
            "undetermined": self.undetermined,
        })
    }

    /// Returns whether the `schema` of a JSON text is that of a profile.
    pub fn is_json(text: &str) -> bool {
        let document = Document::new("", text);
        let root = document.read(Format::Json);
        root.get("schema").and_then(Node::text) == Some(SCHEMA)
    }

    /// Parses the JSON of [`to_json`](Self::to_json), also after a user edited it. Tags and markers depend on `target`; if
    /// it is missing, it is built from `libc`, `python` and `pip`.
    ///
    /// ```
    /// use wheelbase::image::{Catalogue, ImageProfile};
    ///
    /// let image = "python:3.12-slim".parse()?;
    /// let profile = Catalogue::default().profile(&image, "2026-08-13".parse()?, None)?;
    /// let text = profile.to_json().to_string();
    /// assert_eq!(ImageProfile::from_json(&text, "image.json")?.to_json(), profile.to_json());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is not a valid profile. The error contains all faults of the file.
    pub fn from_json(text: &str, file: &str) -> Result<Self, InvalidInput> {
        let document = Document::new(file, text);
        let root = document.read(Format::Json);
        let profile = read::profile(&document, &root);
        document.finish(profile)
    }
}

fn development_to_json(known: &Development) -> Value {
    json!({
        "tools": known.tools,
        "without": known.without,
        "packages": known.packages,
        "tools_gap": known.tools_gap,
        "packages_gap": known.packages_gap,
    })
}

fn set_to_json(set: &LibrarySet) -> Value {
    json!({
        "complete": set.is_bounded(),
        "gap": set.gap(),
        "verified": set.verified(),
        "source": set.source(),
        "present": set.iter().map(library_to_json).collect::<Vec<_>>(),
        "doubtful": set.doubtful().map(library_to_json).collect::<Vec<_>>(),
        "absent": set.known_absent().collect::<Vec<_>>(),
    })
}

fn library_to_json(library: &Library) -> Value {
    let mut out = Map::new();
    out.insert("soname".to_owned(), json!(library.soname));
    if let Some(package) = &library.package {
        out.insert("package".to_owned(), json!(package));
    }
    if let Some(path) = &library.path {
        out.insert("path".to_owned(), json!(path));
    }
    if library.alias {
        out.insert("alias".to_owned(), json!(true));
    }
    match &library.nodes {
        Nodes::Unknown => {}
        Nodes::All(nodes) => {
            out.insert("nodes".to_owned(), json!(nodes));
        }
        Nodes::Newest { newest, named } => {
            let newest: Vec<String> =
                newest.iter().map(|(space, version)| format!("{space}_{version}")).collect();
            out.insert("newest_nodes".to_owned(), json!(newest));
            out.insert("named_nodes".to_owned(), json!(named));
        }
    }
    Value::Object(out)
}
