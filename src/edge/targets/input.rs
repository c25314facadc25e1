//! The target of a check, as text or as a value.

use std::borrow::Cow;
use std::fmt;

use crate::error::Error;
use crate::image::read::ImageLocation;
use crate::image::{ImageProfile, ImageRef};
use crate::report::ReportTarget;
use crate::target::{Libc, Target, TargetSpec};

/// A target of [`Check::on`](crate::Check::on): a text in one of the forms of `--on`, or a value.
///
/// ```
/// use wheelbase::edge::TargetInput;
/// use wheelbase::target::Libc;
/// use wheelbase::{ImageRef, Target};
///
/// let image: ImageRef = "python:3.12-slim".parse()?;
/// assert_eq!(TargetInput::from(image).name(), "python:3.12-slim");
/// assert_eq!(TargetInput::from(Libc::Glibc(2, 36)).name(), "glibc:2.36");
/// // Errors about this target start with `--on python:3.12-slmi`.
/// let target = TargetInput::from("python:3.12-slmi").option("--on");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TargetInput {
    given: GivenTarget,
    option: Option<&'static str>,
}

#[derive(Clone, Debug)]
enum GivenTarget {
    Text(String),
    Value(TargetForm),
}

/// The forms of a target.
#[derive(Clone, Debug)]
pub(super) enum TargetForm {
    Libc(Libc),
    /// The path of a JSON or TOML file.
    File(String),
    Image(ImageRef),
    Location(ImageLocation),
    Profile(Box<ImageProfile>),
    Target(Box<Target>),
    /// A target that is not changed.
    Ready(Box<ReportTarget>),
}

impl TargetInput {
    /// Sets the option of the command line that contains the target. Errors about the target start with it.
    #[must_use]
    pub fn option(mut self, option: &'static str) -> Self {
        self.option = Some(option);
        self
    }

    /// The name of the target in reports: the text, the name of the image, or the parts of a target.
    pub fn name(&self) -> Cow<'_, str> {
        let form = match &self.given {
            GivenTarget::Text(text) => return text.into(),
            GivenTarget::Value(form) => form,
        };
        match form {
            TargetForm::File(path) => path.into(),
            TargetForm::Libc(libc) => TargetSpec::Libc(libc.clone()).to_string().into(),
            TargetForm::Image(image) => image.as_str().into(),
            TargetForm::Location(location) => location.to_string().into(),
            TargetForm::Profile(profile) => profile.name.as_str().into(),
            TargetForm::Target(target) => {
                let Target { machine, libc, python, installer, .. } = &**target;
                format!("{machine}, {libc}, {python}, {installer}").into()
            }
            TargetForm::Ready(target) => target.id.as_str().into(),
        }
    }

    /// The form. Text is parsed; a location such as `dir:ROOT` is an image even if it ends with `.toml`.
    pub(super) fn form(&self) -> Result<TargetForm, Error> {
        let text = match &self.given {
            GivenTarget::Text(text) => text,
            GivenTarget::Value(form) => return Ok(form.clone()),
        };
        if ImageLocation::is_meant(text) {
            return text.parse().map(TargetForm::Location).map_err(Error::invalid);
        }
        Ok(match text.parse().map_err(Error::invalid)? {
            TargetSpec::Libc(libc) => TargetForm::Libc(libc),
            TargetSpec::File(path) => TargetForm::File(path),
            TargetSpec::Image(image) => TargetForm::Image(image.parse().map_err(Error::invalid)?),
            other => return Err(Error::internal(format!("the form of `{other}` is not supported"))),
        })
    }

    /// The location of an image that is read; `None` for all other targets.
    ///
    /// # Errors
    ///
    /// If the text is a location that is not valid.
    pub(in crate::edge) fn location(&self) -> Result<Option<ImageLocation>, Error> {
        match &self.given {
            GivenTarget::Value(TargetForm::Location(location)) => Ok(Some(location.clone())),
            GivenTarget::Text(text) if ImageLocation::is_meant(text) => {
                text.parse().map(Some).map_err(Error::invalid)
            }
            _ => Ok(None),
        }
    }

    /// Returns the error with the option and the name in front of it.
    pub(in crate::edge) fn error(&self, error: Error) -> Error {
        error.after(&format!("{self}: "))
    }
}

impl fmt::Display for TargetInput {
    /// Writes the name, after the option if there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(option) = self.option {
            write!(f, "{option} ")?;
        }
        f.write_str(&self.name())
    }
}

impl From<TargetForm> for TargetInput {
    fn from(form: TargetForm) -> Self {
        Self { given: GivenTarget::Value(form), option: None }
    }
}

impl From<String> for TargetInput {
    fn from(text: String) -> Self {
        Self { given: GivenTarget::Text(text), option: None }
    }
}

impl From<&String> for TargetInput {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<&str> for TargetInput {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<ImageRef> for TargetInput {
    fn from(image: ImageRef) -> Self {
        TargetForm::Image(image).into()
    }
}

impl From<ImageLocation> for TargetInput {
    fn from(location: ImageLocation) -> Self {
        TargetForm::Location(location).into()
    }
}

impl From<Libc> for TargetInput {
    fn from(libc: Libc) -> Self {
        TargetForm::Libc(libc).into()
    }
}

impl From<ImageProfile> for TargetInput {
    fn from(profile: ImageProfile) -> Self {
        TargetForm::Profile(Box::new(profile)).into()
    }
}

impl From<Target> for TargetInput {
    fn from(target: Target) -> Self {
        TargetForm::Target(Box::new(target)).into()
    }
}

impl From<ReportTarget> for TargetInput {
    /// A target that is used as it is: no option changes it.
    fn from(target: ReportTarget) -> Self {
        TargetForm::Ready(Box::new(target)).into()
    }
}
