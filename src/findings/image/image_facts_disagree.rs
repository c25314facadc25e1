//! `image-facts-disagree`

use crate::findings::{CodeInfo, Level, Rule};
use crate::image::ImageProfile;
use crate::image::read::Contradiction;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "image-facts-disagree",
    level: Level::Warn,
    summary: "two sources in an image that was read say different things of it",
    explanation: "Several files of an image state the same fact: the text of libc and the package database, the \
                  architecture of the configuration and that of the programs, the loader's own path and the \
                  files that set another. Where they differ, the one closer to what runs is believed, and both \
                  are told. It happens in images that copied files over installed packages, that took files from \
                  two distributions, or that were built for another machine than they claim.\n\n\
                  The verdicts rest on the source that the message names first. Whatever asks the other one, a \
                  package manager or a builder that believes the configuration, will go wrong.\n\n\
                  Install the package in place of copying its files, and build for the platform that the \
                  programs are for.",
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

impl ImageFactsDisagree {
    pub(crate) fn check(image: &ImageProfile) -> Vec<Self> {
        let disagree = image.contradictions.iter();
        disagree.map(|one| Self { image: image.name.clone(), contradiction: one.clone() }).collect()
    }
}

impl Rule for ImageFactsDisagree {
    fn message(&self) -> String {
        let Contradiction { what, believed, source, other, other_source, .. } = &self.contradiction;
        format!(
            "`{}`: of the {what} it is {believed} by {source}, and {other} by {other_source}; the first was believed",
            self.image
        )
    }

    fn help(&self) -> Option<String> {
        Some("rebuild the image so that both say the same".to_owned())
    }
}
