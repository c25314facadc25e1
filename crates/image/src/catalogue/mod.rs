//! Profiles of images by name and date, from the tables.

mod configuration;
pub(super) mod data;
mod families;
mod libraries;
pub(super) mod pip;
mod python;
mod question;
mod release;
mod repository;
mod rows;
pub(super) mod sizes;
mod suggest;
mod unknown;
mod user;

pub(crate) use libraries::libraries_of_libc;
pub use libraries::libraries_of_target;
pub use unknown::UnknownImage;

use crate::{Date, ImageProfile, ImageRef, UserImages};
use wheelbase_spec::target::Arch;

use question::Question;
use repository::Repository;
use unknown::Reason;

/// The images that are known by name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    user: UserImages,
}

impl Catalogue {
    /// Returns the catalogue with the images of a settings file. They take precedence over those of the tables.
    #[must_use]
    pub fn with_images(mut self, images: UserImages) -> Self {
        self.user = images;
        self
    }

    /// Returns the profile of the image that the name `image` meant on the day `as_of`. Without `arch` it is the
    /// profile for x86_64.
    ///
    /// # Errors
    ///
    /// If the name or the tag is unknown, if it did not exist on that day, or if its content cannot be determined from
    /// its name. The error lists similar names.
    pub fn profile(
        &self,
        image: &ImageRef,
        as_of: Date,
        arch: Option<Arch>,
    ) -> Result<ImageProfile, UnknownImage> {
        if let Some(entry) = self.user.find(image) {
            // Entries that are built on each other in a ring were refused when the file was read.
            let base = entry.from.as_ref().map(|from| {
                let base = self.profile(from, as_of, arch.clone());
                base.map_err(|error| {
                    UnknownImage::new(image, Reason::Base(Box::new(error), entry.origin.to_string()))
                })
            });
            let base = base.transpose()?;
            return Ok(user::profile(image, entry, base, as_of, arch));
        }
        let repository = Repository::find(image).map_err(|error| {
            error.with_nearer(suggest::nearest(&image.to_string(), self.user.names().map(str::to_owned)))
        })?;
        let tag = match (image.tag(), image.digest(), repository.family.default_tag) {
            (Some(tag), _, _) => tag,
            (None, Some(_), _) => return Err(UnknownImage::new(image, Reason::DigestOnly)),
            (None, None, Some(default)) => default,
            (None, None, None) => "",
        };
        let question = Question {
            image,
            name: &repository.name,
            tag,
            as_of,
            arch: arch.clone().or(repository.arch.clone()),
            requested_arch: arch,
        };
        let mut profile =
            tag_profile(&question, &repository).map_err(|error| match error.is_about_tag() {
                true => error.with_near(near_tags(&question, &repository)),
                false => error,
            })?;
        question.finish(&mut profile, &repository);
        Ok(profile)
    }

    /// Returns the last day of the tags of the python image in the tables.
    pub fn last_state(&self) -> Date {
        data::python().last_state
    }
}

/// The profile of a tag, without the parts that are the same for all families.
fn tag_profile(question: &Question<'_>, repository: &Repository) -> Result<ImageProfile, UnknownImage> {
    let profile = families::resolve(question, repository.family)?;
    question.check_existed_by(&profile, repository.family)?;
    Ok(profile)
}

/// The names of tags that are similar to an unknown one and existed on the day.
fn near_tags(question: &Question<'_>, repository: &Repository) -> Vec<String> {
    let tags = match repository.family.id {
        data::PYTHON => python::tags(question.as_of),
        id => families::tags(id, question.name),
    };
    let exists = |tag: &str| tag_profile(&question.with_tag(tag), repository).is_ok();
    let near = suggest::tags(question.tag, tags, exists);
    near.iter().map(|tag| question.image.with_tag(tag)).collect()
}
