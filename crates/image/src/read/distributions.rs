//! Installed Python distributions: `*.dist-info` and `*.egg-info`.
//!
//! <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>

use super::content::Content;
use super::databases::text_weight;
use super::detected::InstalledDistribution;
use super::fault::ImageFault;
use super::notes::Notes;
use super::tree::Tree;
use super::unknown_fact::ImageFact;

/// Returns all distributions, sorted by directory and name.
pub(super) fn installed(tree: &Tree, notes: &mut Notes) -> Result<Vec<InstalledDistribution>, ImageFault> {
    let mut found = Vec::new();
    for path in tree.paths() {
        let Some((directory, name)) = path.rsplit_once('/') else { continue };
        let metadata = (name == "METADATA" && directory.ends_with(".dist-info"))
            || (name == "PKG-INFO" && directory.ends_with(".egg-info"))
            || name.ends_with(".egg-info");
        if !metadata || is_template(path) {
            continue;
        }
        let base = if name.ends_with(".egg-info") { path } else { directory };
        let Some(text) = tree.text(path) else { continue };
        let (Some(project), Some(version)) = (header(text, "Name"), header(text, "Version")) else {
            notes.undetermined(
                ImageFact::Distribution(base.to_owned()),
                "its metadata has no `Name` or no `Version`",
            );
            continue;
        };
        let next_to = |name: &str| tree.text(&format!("{base}/{name}"));
        let tags = next_to("WHEEL").map(|text| headers(text, "Tag").collect()).unwrap_or_default();
        let compiled = match tree.find(&format!("{base}/RECORD")).map(|found| &**found.content) {
            // Many directories may link to one record.
            Some(Content::Record(members)) => {
                tree.budget().keep(members.iter().map(text_weight).sum())?;
                members.clone()
            }
            _ => Vec::new(),
        };
        found.push(InstalledDistribution {
            name: project,
            version,
            tags,
            path: format!("/{base}"),
            installer: next_to("INSTALLER").map(|text| text.trim().to_owned()),
            direct_url: next_to("direct_url.json").and_then(direct_url),
            compiled,
            requires: headers(text, "Requires-Dist").collect(),
            requires_python: header(text, "Requires-Python"),
        });
    }
    Ok(found)
}

/// Returns whether a path is in a vendored wheel. Such wheels are parts of other projects, for example of `setuptools`.
fn is_template(path: &str) -> bool {
    path.split('/').any(|part| part == "_vendor" || part == "_vendored")
}

fn direct_url(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.get("url")?.as_str().map(str::to_owned)
}

fn header(text: &str, wanted: &str) -> Option<String> {
    headers(text, wanted).next()
}

/// The fields of the header block. Names are case-insensitive (core metadata, "Metadata format").
fn headers<'a>(text: &'a str, wanted: &'a str) -> impl Iterator<Item = String> + 'a {
    text.lines().take_while(|line| !line.trim_end().is_empty()).filter_map(move |line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
    })
}
