//! The names nearest to one that is not known.

use super::{Kind, Question, UnknownImage, data, python};
use crate::image::ImageRef;

/// The error for a repository that no family has.
pub(super) fn repository(image: &ImageRef, name: &str) -> UnknownImage {
    let known = data::families().families.iter().flat_map(|family| family.repositories.iter());
    let names =
        known.filter(|name| !name.contains('*') && **name != "scratch").map(|name| (*name).to_owned());
    UnknownImage::new(image, Kind::Repository).with_near(nearest(name, names))
}

/// The error for a tag that its family does not have.
pub(super) fn tag(question: &Question<'_>, why: Option<String>) -> UnknownImage {
    let family = data::families().families.iter().find(|family| family.repositories.contains(&question.name));
    let tags = match family.map(|family| family.id) {
        Some(super::PYTHON) => python::tags(question.as_of),
        Some(id) => super::families::tags(id, question.name),
        None => Vec::new(),
    };
    // A family has few tags to offer, so that something is offered even for a tag that is like none of them.
    let mut near = nearest(question.tag, tags.iter().cloned());
    if near.is_empty() {
        near = by_distance(question.tag, tags).into_iter().take(3).map(|(_, tag)| tag).collect();
    }
    let near = near.iter().map(|tag| question.image.with_tag(tag)).collect();
    UnknownImage::new(question.image, Kind::Tag(why)).with_near(near)
}

/// The five nearest of many names, nearest first: those with a slip or two in each handful of characters.
pub(super) fn nearest(name: &str, known: impl IntoIterator<Item = String>) -> Vec<String> {
    let limit = (name.len() / 3).clamp(2, 6);
    by_distance(name, known)
        .into_iter()
        .filter(|(distance, _)| *distance <= limit)
        .take(5)
        .map(|(_, name)| name)
        .collect()
}

/// Names with their distance, nearest first.
fn by_distance(name: &str, known: impl IntoIterator<Item = String>) -> Vec<(usize, String)> {
    let mut near: Vec<(usize, String)> = known
        .into_iter()
        .map(|known| {
            // A name within another is near it, however long the rest is.
            let within = known.contains(name) || (known.len() > 3 && name.contains(&*known));
            let distance = strsim::damerau_levenshtein(&known, name);
            (if within { distance.min(2) } else { distance }, known)
        })
        .collect();
    near.sort();
    near.dedup();
    near
}
