//! Requirements inside a script ([PEP 723](https://peps.python.org/pep-0723/)).

use wheelbase_formats::document::{Document, Format};

use super::pyproject::{Dependencies, Pyproject, overrides, requirement_list, requires_python};
use super::{Fault, decode};
use wheelbase_spec::source::Origin;

/// Reads the `script` block of a script.
pub(super) fn parse(file: &str, bytes: &[u8]) -> Pyproject {
    let text = match decode::decode(file, bytes) {
        Ok(text) => text,
        Err(fault) => return Pyproject::of_faults(file, vec![fault]),
    };
    let (mut blocks, mut faults) = blocks(file, &text);
    if blocks.len() > 1 {
        for block in blocks.iter().skip(1) {
            faults.push(Fault::new(
                Origin::new(file, block.line, 1),
                "a second `script` block is not allowed; a script has one",
            ));
        }
    }
    if !faults.is_empty() {
        return Pyproject::of_faults(file, faults);
    }
    let Some(block) = blocks.pop() else {
        let message =
            "the script has no `# /// script` block, so its dependencies are unknown; add one (PEP 723)";
        return Pyproject::of_faults(file, vec![Fault::new(Origin::new(file, 0, 0), message)]);
    };
    let document = Document::embedded(file, &block.content, block.shifts);
    let root = document.read(Format::Toml);
    let mut project = Pyproject::empty(file);
    let dependencies = root.get("dependencies");
    project.dependencies = Dependencies::Static(
        dependencies.map(|node| requirement_list(&document, node, "`dependencies`")).unwrap_or_default(),
    );
    project.requires_python = requires_python(&document, &root);
    project.overrides = overrides(&document, &root);
    project.faults = document.into_faults();
    project
}

struct Block {
    /// The line of its start, counted from 1.
    line: u32,
    content: String,
    /// For each line of the content: its line in the script, and the number of characters before it.
    shifts: Vec<(u32, u32)>,
}

/// The blocks of type `script`. In the regular expression of PEP 723, the last `# ///` of the comment lines ends the
/// block. A start without an end is not a block there; here it is a fault, because it is a mistake of the author.
fn blocks(file: &str, text: &str) -> (Vec<Block>, Vec<Fault>) {
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let mut blocks = Vec::new();
    let mut faults = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let start = at;
        at += 1;
        let Some(kind) = line.strip_prefix("# /// ") else { continue };
        if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            continue;
        }
        let comments = lines
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|line| **line == "#" || line.starts_with("# "))
            .count();
        let end = lines.get(at..at + comments).unwrap_or_default().iter().rposition(|line| *line == "# ///");
        let number = u32::try_from(start).unwrap_or(u32::MAX).saturating_add(1);
        let Some(end) = end else {
            if kind == "script" {
                faults.push(Fault::new(
                    Origin::new(file, number, 1),
                    "this `# /// script` block is never closed; add a line `# ///` after it",
                ));
            }
            continue;
        };
        if kind == "script" && end == 0 {
            // The regular expression of PEP 723 requires a line between start and end.
            faults.push(Fault::new(Origin::new(file, number, 1), "this block is empty"));
        } else if kind == "script" {
            let mut block = Block { line: number, content: String::new(), shifts: Vec::new() };
            for (offset, line) in (1..).zip(lines.get(at..at + end).unwrap_or_default()) {
                let content =
                    line.strip_prefix("# ").unwrap_or_else(|| line.strip_prefix('#').unwrap_or(line));
                let shift = u32::try_from(line.len() - content.len()).unwrap_or(0);
                block.content.push_str(content);
                block.content.push('\n');
                block.shifts.push((number.saturating_add(offset), shift));
            }
            blocks.push(block);
        }
        at += end + 1;
    }
    (blocks, faults)
}
