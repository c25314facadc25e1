//! Sizes of an image and of similar ones.

use super::data::{self, PYTHON, minor_of};
use crate::{ImageProfile, Size};
use wheelbase_spec::target::Arch;

/// Returns the sizes of this image, or those of images that differ only in the Python.
pub(super) fn of_profile(profile: &ImageProfile) -> Vec<Size> {
    let table = data::sizes().sizes.iter();
    let mut fits: Vec<(SizeFit, Size)> = table
        .filter(|size| size.arch.parse::<Arch>().is_ok_and(|arch| arch == profile.arch))
        .filter_map(|size| {
            let row = Size {
                image: size.image.to_owned(),
                arch: size.arch.to_owned(),
                compressed_bytes: size.compressed_bytes,
                unpacked: size.unpacked.map(str::to_owned),
                seen: size.seen.to_owned(),
            };
            Some((size_fit(size.image, profile)?, row))
        })
        .collect();
    fits.sort_by_key(|(fit, _)| *fit);
    // A size that the most similar image does not have is taken from the next one.
    let best = |has: fn(&Size) -> bool| fits.iter().find(|(_, size)| has(size)).map(|(fit, _)| *fit);
    let packed = best(|size| size.compressed_bytes.is_some());
    let unpacked = best(|size| size.unpacked.is_some());
    let kept = fits.into_iter().filter(|(fit, size)| {
        size.compressed_bytes.is_some() && Some(*fit) == packed
            || size.unpacked.is_some() && Some(*fit) == unpacked
    });
    kept.map(|(_, size)| size).collect()
}

/// Returns whether a size was read from the same tag as the profile.
pub(crate) fn is_own_size(size: &Size, profile: &ImageProfile) -> bool {
    size.arch.parse::<Arch>().is_ok_and(|arch| arch == profile.arch)
        && size_fit(&size.image, profile) == Some(SizeFit::Same)
}

/// How similar the image of a size is to the image of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SizeFit {
    /// The same image.
    Same,
    /// Another patch release of its Python.
    Minor,
    /// Another Python on the same release.
    Release,
}

/// Returns how similar the image of a size is; `None` if its size does not apply to the profile.
fn size_fit(image: &str, profile: &ImageProfile) -> Option<SizeFit> {
    let (name, tag) = image.split(' ').next()?.split_once(':')?;
    let os = profile.os.as_ref()?;
    let fits = |same: bool| same.then_some(SizeFit::Same);
    match (name, profile.family.as_str()) {
        ("python", PYTHON) => {
            let (python, rest) = tag.split_once('-')?;
            let (_, ours) = profile.meaning.split_once('-')?;
            let own = profile.python.as_ref()?.python.version.to_string();
            match rest == ours {
                false => None,
                true if python == own => Some(SizeFit::Same),
                true if minor_of(python) == minor_of(&own) => Some(SizeFit::Minor),
                true => Some(SizeFit::Release),
            }
        }
        ("debian", "debian-official") => {
            let slim = if profile.meaning.ends_with("-slim") { "-slim" } else { "" };
            fits(os.codename.as_ref().is_some_and(|codename| tag == format!("{codename}{slim}")))
        }
        ("alpine", "alpine-official") => fits(minor_of(tag) == os.version),
        _ => None,
    }
}
