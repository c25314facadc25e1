//! `wheelbase image`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use wheelbase::edge::EnvironmentVariables;
use wheelbase::edge::targets::{ImageSettings, Images};
use wheelbase::error::Error;
use wheelbase::image::Date;
use wheelbase::image::read::{DetectedImage, InstalledDistribution};
use wheelbase::target::{Arch, Python};
use wheelbase::target_choice::FoundImage;

use super::args::{Format, ImageArgs};
use super::output::Output;
use super::settings;
use super::targets::{option, user_images};

/// The width of the text if standard output is not a terminal.
const WIDTH: u16 = 100;

pub(super) async fn run(args: &ImageArgs, output: &Output) -> Result<u8, Error> {
    let mut faults = Vec::new();
    let arch: Option<Arch> = option("--arch", args.arch.as_deref(), &mut faults);
    let python: Option<Python> = option("--python", args.python.as_deref(), &mut faults);
    let as_of: Option<Date> = option("--as-of", args.as_of.as_deref(), &mut faults);
    Error::all(faults)?;
    let as_of = as_of.unwrap_or_else(wheelbase::edge::targets::today);
    let mut settings = settings::of_variables(EnvironmentVariables::Both);
    settings.cache = settings::cache_mode(args.cache_dir.as_deref(), args.no_cache);
    let settings = ImageSettings::of(&settings, args.images.plain_http);
    let images = Images::new(user_images(&args.images)?, as_of, settings);
    let found = find(&images, &args.name, arch.as_ref(), python.as_ref()).await?;
    for line in found.evidence().iter().filter(|_| !args.all || args.format == Format::Json) {
        output.detail(line);
    }
    let text = match args.format {
        Format::Json => {
            let mut profile = wheelbase::report::image_json(&found.profile);
            if let (Some(read), Some(object)) = (&found.read, profile.as_object_mut()) {
                object.insert("distributions".to_owned(), distributions_json(read));
            }
            format!("{profile:#}\n")
        }
        Format::Text => {
            let width = output.width().unwrap_or(WIDTH);
            let mut text = found.profile.text(usize::from(width), args.all);
            for finding in wheelbase::rules::image::findings(&found.profile) {
                let _ = writeln!(text, "\n{}: {}", finding.code(), finding.message());
                if let Some(help) = finding.help() {
                    let _ = writeln!(text, "  help: {help}");
                }
            }
            if let Some(read) = &found.read {
                text.push_str(&distributions(read, args.all));
            }
            let evidence = found.evidence();
            if args.all && !evidence.is_empty() {
                text.push_str("\nevidence\n");
                for line in evidence {
                    let _ = writeln!(text, "  {line}");
                }
            }
            text
        }
    };
    output.print(&text)
}

/// Lists the distributions installed in an image: a line per directory, or with `all` per distribution.
fn distributions(image: &DetectedImage, all: bool) -> String {
    let mut text = String::new();
    let mut sites: BTreeMap<&str, Vec<&InstalledDistribution>> = BTreeMap::new();
    for one in &image.distributions {
        sites.entry(one.site()).or_default().push(one);
    }
    if !sites.is_empty() {
        text.push_str("\ninstalled Python distributions\n");
    }
    for (site, mut found) in sites {
        found.sort_by_key(|one| one.name.to_lowercase());
        let native = found.iter().filter(|one| !one.compiled.is_empty()).count();
        let native = if native > 0 { format!(", {native} with compiled files") } else { String::new() };
        let _ = writeln!(text, "  {} in {site}{native}", found.len());
        for one in found.into_iter().filter(|_| all) {
            let _ = writeln!(text, "    {} {}", one.name, one.version);
        }
    }
    text
}

fn distributions_json(image: &DetectedImage) -> Value {
    let one = |one: &InstalledDistribution| {
        json!({
            "name": one.name,
            "version": one.version,
            "path": one.path,
            "tags": one.tags,
            "installer": one.installer,
            "direct_url": one.direct_url,
            "requires": one.requires,
            "requires_python": one.requires_python,
            "compiled": one.compiled,
        })
    };
    image.distributions.iter().map(one).collect()
}

async fn find(
    images: &Images,
    name: &str,
    arch: Option<&Arch>,
    python: Option<&Python>,
) -> Result<FoundImage, Error> {
    if name.to_ascii_lowercase().ends_with(".json") {
        let text =
            std::fs::read_to_string(name).map_err(|error| Error::io(std::path::Path::new(name), error))?;
        let found = Images::of_json(&text, name).unwrap_or_else(|| {
            Err(Error::input(format!("`{name}` is not an image profile: its `schema` is another one")))
        })?;
        let described = &found.profile.arch;
        return match arch.filter(|asked| *asked != described) {
            Some(asked) => Err(Error::input(format!(
                "`{name}`: the file describes {}, but --arch is {}",
                described.docker_name(),
                asked.docker_name()
            ))),
            None => Ok(found),
        };
    }
    images.find(name, arch, python).await
}
