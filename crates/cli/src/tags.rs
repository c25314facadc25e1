//! `wheelbase tags`.

use std::fmt::Write as _;

use serde_json::json;

use super::args::{Format, TagsArgs};
use super::output::Output;
use super::{settings, targets};
use wheelbase::Check;
use wheelbase::edge::EnvironmentVariables;
use wheelbase::error::Error;
use wheelbase::tags::SupportedTags;

pub(super) async fn run(args: &TagsArgs, output: &Output) -> Result<u8, Error> {
    if args.target.on.is_empty() {
        return Err(Error::input(targets::NO_TARGET));
    }
    let check = Check::new().settings(settings::of_variables(EnvironmentVariables::Both));
    let read = targets::apply(&args.target, check).resolve_targets().await?;
    for detail in &read.details {
        output.detail(detail);
    }
    let mut text = String::new();
    let mut documents = Vec::new();
    let several = read.targets.len() > 1;
    for (index, target) in read.targets.iter().enumerate() {
        let supported = SupportedTags::of(&target.target);
        if let Some(why) = supported.unsupported() {
            output.note(&format!("{}: {} {why}", target.id, target.target.installer));
        }
        match args.format {
            Format::Text => {
                if several {
                    let gap = if index > 0 { "\n" } else { "" };
                    // Writing to a string cannot fail.
                    let _ = writeln!(text, "{gap}# {}", target.id);
                }
                for tag in supported.iter() {
                    let _ = writeln!(text, "{tag}");
                }
            }
            Format::Json => documents.push(json!({
                "schema": "wheelbase.tags/1",
                "name": target.name,
                "arch": target.arch,
                "notes": target.notes,
                "unverified": target.unverified,
                "target": target.target,
                "tags": supported.iter().map(|tag| tag.to_string()).collect::<Vec<_>>(),
            })),
        }
    }
    if args.format == Format::Json {
        // One target is one document, which `--on` can read; several are a list of documents.
        let value = if several { documents.into() } else { documents.into_iter().next().unwrap_or_default() };
        text = format!("{value:#}\n");
    } else {
        for note in read.targets.iter().flat_map(|target| &target.notes) {
            output.note(&format!("note: {note}"));
        }
    }
    output.print(&text)
}
