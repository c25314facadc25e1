//! `image-facts-disagree`

use crate::findings::{CodeInfo, Level, Rule};
use crate::image::read::Contradiction;

use super::ImageContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "image-facts-disagree",
    level: Level::Warn,
    summary: "two sources in an image contradict each other",
    explanation: "Several files of an image state the same fact: the text of libc and the package database, the \
architecture of the configuration and that of the programs, the default path of the loader and the files that \
change it. If they differ, the source that is closer to the running program is used. It happens in images that \
overwrite files of installed packages, that copy files from two distributions, or that were built for another \
machine than the configuration states.\n\n\
Programs that use the other source, such as package managers or builders, may fail.\n\n\
Install the package instead of copying its files, and build for the platform of the programs.",
    link: "https://github.com/opencontainers/image-spec/blob/main/config.md",
};

/// Two sources in an image disagree about a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageFactsDisagree {
    /// The image as written.
    pub image: String,
    /// The fact and the two sources.
    pub contradiction: Contradiction,
}

impl Rule for ImageFactsDisagree {
    fn on_image(cx: &ImageContext<'_>) -> Vec<Self> {
        let disagree = cx.image.contradictions.iter();
        disagree.map(|one| Self { image: cx.image.name.clone(), contradiction: one.clone() }).collect()
    }

    fn message(&self) -> String {
        let Contradiction { what, believed, source, other, other_source, .. } = &self.contradiction;
        // A path is a name of its own.
        let named = |source: &str| match source.starts_with('/') {
            true => source.to_owned(),
            false => format!("the {source}"),
        };
        let (source, other_source) = (named(source), named(other_source));
        let disagreement = match what.as_str() {
            "machine" => format!(
                "the programs are built for {believed}, but the image configuration says {other}; {believed} is used"
            ),
            // A library that another source lists and the loader does not find.
            "libraries" | "loader path" => {
                format!("{other_source} lists {other}, which is {believed} according to {source}")
            }
            _ => format!(
                "the {what} is {believed} according to {source}, but {other} according to {other_source}; {believed} \
                 is used"
            ),
        };
        format!("`{}`: {disagreement}", self.image)
    }

    fn help(&self) -> Option<String> {
        Some("rebuild the image so that both are the same".to_owned())
    }
}
