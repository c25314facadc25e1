//! A question about a tag, and the parts of the answer that are the same for all families.

use super::data::{self, FamilyRow, PYTHON};
use super::release::toolchain;
use super::repository::Repository;
use super::unknown::{Reason, UnknownImage};
use super::{configuration, python, sizes};
use crate::{
    Assumption, Date, ImageFamily, ImageProfile, ImageRef, Note, PackageManager, Published, Source,
    Unverified,
};
use wheelbase_spec::target::Arch;

/// A question to a family: what did this tag mean on this day?
pub(super) struct Question<'a> {
    pub(super) image: &'a ImageRef,
    /// The repository in its shortest usual spelling.
    pub(super) name: &'a str,
    pub(super) tag: &'a str,
    pub(super) as_of: Date,
    /// The requested architecture, or the one in the name.
    pub(super) arch: Option<Arch>,
    pub(super) requested_arch: Option<Arch>,
}

impl<'a> Question<'a> {
    /// The same question about another tag.
    pub(super) fn with_tag<'t>(&self, tag: &'t str) -> Question<'t>
    where
        'a: 't,
    {
        Question { tag, arch: self.arch.clone(), requested_arch: self.requested_arch.clone(), ..*self }
    }
}

impl Question<'_> {
    /// Checks that the family and the Python of the image existed on the day.
    pub(super) fn check_existed_by(
        &self,
        profile: &ImageProfile,
        family: &'static FamilyRow,
    ) -> Result<(), UnknownImage> {
        let not_yet = |since| self.error(Reason::NotYet { since, as_of: self.as_of });
        if let Some(since) = family.since.get("*").filter(|since| **since > self.as_of) {
            return Err(not_yet(*since));
        }
        let installed = profile.python.as_ref().filter(|python| python.installed);
        // Pre-releases are older than the first release, and the python image has its own table.
        let Some(python) = installed.filter(|python| !python.python.version.any_prerelease()) else {
            return Ok(());
        };
        let (major, minor) = python.python.language_version();
        let minor = format!("{major}.{minor}");
        // The table of the python image has the days of its tags. Rows of other families may have their own.
        if let Some(since) = python::first_release(&minor).filter(|since| *since > self.as_of) {
            return Err(not_yet(since));
        }
        match family.since.get(&*minor).filter(|since| **since > self.as_of) {
            Some(since) => Err(self.error(Reason::Undetermined(format!(
                "the first image with Python {minor} was published about {since}"
            )))),
            None => Ok(()),
        }
    }

    /// A profile with the facts that apply to all images of the family.
    pub(super) fn start(&self, family: &'static FamilyRow) -> ImageProfile {
        let arches = |names: &Vec<&str>| {
            let arches = names.iter().filter_map(|name| name.parse().ok()).collect();
            // A list that was not verified does not prove that an architecture is missing.
            if family.verified { Published::Only(arches) } else { Published::AtLeast(arches) }
        };
        let mut profile = ImageProfile::new(self.image.to_string(), self.as_of, self.arch.clone());
        profile.family = ImageFamily::Published(family.id.to_owned());
        profile.meaning = self.tag.to_owned();
        profile.package_manager = family.package_manager.map_or(PackageManager::Unknown, PackageManager::of);
        profile.toolchain = toolchain(family, "*");
        profile.shell = family.shell;
        profile.arches = family.arches.get("*").map_or(Published::Unknown, arches);
        profile.assumptions.clear();
        profile.notes = family.note.iter().map(|note| Note::Text(note.to_string())).collect();
        profile.sources = vec![Source::new(&*family.source, family.date)];
        if !family.verified {
            profile.unverified.push(Unverified::FamilyFacts { family: family.id.to_owned() });
        }
        profile
    }

    /// Adds the facts that are the same for all families.
    pub(super) fn finish(&self, profile: &mut ImageProfile, repository: &Repository) {
        let mut assumptions = Vec::new();
        if let Some(of) = &repository.mirror {
            assumptions.push(Assumption::Mirror(of.clone()));
            let name = self.image.name();
            profile.unverified.push(Unverified::Mirror { name, of: of.clone() });
        }
        if profile.meaning != self.tag || self.image.tag().is_none() {
            let written = self.image.tag().map(str::to_owned);
            assumptions.push(Assumption::Tag { written, meaning: profile.meaning.clone() });
        }
        if self.requested_arch.is_none() && self.arch.is_none() {
            assumptions.push(Assumption::Arch(profile.arch.clone()));
        }
        assumptions.append(&mut profile.assumptions);
        let last = if profile.family.as_str() == PYTHON {
            data::python().last_state
        } else {
            data::releases().as_of
        };
        if self.as_of > last && profile.dates.frozen.is_none() && profile.os.is_some() {
            assumptions.push(Assumption::LastState(last));
        }
        if profile.pip.is_none() && profile.python.is_some() {
            assumptions.push(Assumption::NewestPip(profile.newest_pip.clone()));
        }
        profile.assumptions = assumptions;
        if let Some(digest) = self.image.digest() {
            profile.notes.insert(0, Note::Digest(digest.to_owned()));
        }
        if !profile.shell {
            profile.notes.push(Note::NoShell);
        }
        profile.sizes = sizes::of_profile(profile);
        configuration::set(profile);
    }

    /// The error for a tag that the family does not have.
    pub(super) fn unknown_tag(&self, why: Option<String>) -> UnknownImage {
        self.error(Reason::Tag(why))
    }

    /// An error about the image.
    pub(super) fn error(&self, reason: Reason) -> UnknownImage {
        UnknownImage::new(self.image, reason)
    }
}
