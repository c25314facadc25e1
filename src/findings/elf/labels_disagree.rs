//! `labels-disagree`

use std::collections::BTreeSet;

use crate::findings::counts::FEW;
use crate::findings::words::listed;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::tags::TagSet;
use crate::wheel::Container;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "labels-disagree",
    level: Level::Warn,
    summary: "the tags in the file name and in the WHEEL file differ",
    explanation: "A wheel has its tags in its file name and in `*.dist-info/WHEEL`, and both must be the same set. \
Installers use the file name; tools for installed projects use `WHEEL`. Usually the file was renamed after the \
build, so the tags of the new name were never checked.\n\n\
Use `wheel tags` to change both.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-contents",
};

/// The file name and the `WHEEL` file have different tags.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelsDisagree {
    /// The `WHEEL` file.
    pub member: String,
    /// Its `Tag` lines as written.
    pub lines: Vec<String>,
    /// Tags that only the file name has.
    pub only_in_name: Vec<String>,
    /// Tags that only the `WHEEL` file has.
    pub only_in_file: Vec<String>,
}

impl Rule for LabelsDisagree {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let Some(tags) = &cx.claims.tags else { return Vec::new() };
        if cx.facts.container != Container::Wheel {
            return Vec::new();
        }
        let Some(label) = cx.facts.labels.first() else { return Vec::new() };
        let named: BTreeSet<String> = tags.iter().map(|tag| tag.to_string()).collect();
        let mut written = BTreeSet::new();
        for line in &label.tags {
            match line.parse::<TagSet>() {
                // Some build tools write compressed tag sets, which the specification does not allow here.
                Ok(set) => written.extend(set.iter().map(|tag| tag.to_string())),
                Err(_) => {
                    written.insert(line.to_ascii_lowercase());
                }
            }
        }
        let mut out = Vec::new();
        if named != written {
            out.push(Self {
                member: label.path.clone(),
                lines: label.tags.clone(),
                only_in_name: named.difference(&written).cloned().collect(),
                only_in_file: written.difference(&named).cloned().collect(),
            });
        }
        out
    }

    fn message(&self) -> String {
        let mut parts = Vec::new();
        if !self.only_in_name.is_empty() {
            parts.push(format!("only the file name has {}", listed(&self.only_in_name, FEW)));
        }
        if !self.only_in_file.is_empty() {
            parts.push(format!("only `WHEEL` has {}", listed(&self.only_in_file, FEW)));
        }
        format!("the tags of the file name and of `WHEEL` differ: {}", parts.join("; "))
    }

    fn help(&self) -> Option<String> {
        Some("rebuild the wheel, or change both with `wheel tags`; installers use the file name".to_owned())
    }

    fn member(&self) -> Option<&str> {
        Some(&self.member)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Tags(&self.lines)]
    }
}
