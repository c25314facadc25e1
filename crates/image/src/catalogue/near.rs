//! The names nearest to one that is not known.

use super::{Kind, Question, UnknownImage, data, python};
use crate::ImageRef;

/// The error for a repository that no family has.
pub(super) fn repository(image: &ImageRef, name: &str) -> UnknownImage {
    let known = data::families().families.iter().flat_map(|family| family.repositories.iter());
    let names =
        known.filter(|name| !name.contains('*') && **name != "scratch").map(|name| (*name).to_owned());
    UnknownImage::new(image, Kind::Repository).with_near(nearest(name, names))
}

/// The error for a tag that its family does not have.
pub(super) fn tag(question: &Question<'_>, why: Option<String>) -> UnknownImage {
    let error = UnknownImage::new(question.image, Kind::Tag(why));
    let Some(family) = super::family_of(question.name).filter(|_| question.offers) else { return error };
    let tags = match family.id {
        super::PYTHON => python::tags(question.as_of),
        id => super::families::tags(id, question.name),
    };
    // What is offered must be an answer on that day.
    let resolves = |tag: &String| {
        let question = Question {
            tag,
            offers: false,
            arch: question.arch.clone(),
            asked: question.asked.clone(),
            ..*question
        };
        let found = super::families::resolve(&question, family);
        found.is_ok_and(|profile| question.must_be_born(&profile, family).is_ok())
    };
    let mut near: Vec<String> =
        reordered(question.tag).into_iter().filter(|tag| tag != question.tag).filter(&resolves).collect();
    let limit = slips(question.tag);
    let mut others = by_distance(question.tag, tags).into_iter().filter(|(_, tag)| resolves(tag)).peekable();
    // A family has few tags to offer, so that something is offered even for a tag that is like none of them.
    let (most, limit) = match others.peek() {
        Some((distance, _)) if *distance > limit && near.is_empty() => (3, usize::MAX),
        _ => (5, limit),
    };
    near.extend(others.take_while(|(distance, _)| *distance <= limit).map(|(_, tag)| tag));
    let mut seen = std::collections::BTreeSet::new();
    near.retain(|tag| seen.insert(tag.clone()));
    near.truncate(most);
    let near = near.iter().map(|tag| question.image.with_tag(tag)).collect();
    error.with_near(near)
}

/// The tag in small letters, and with its words in every other order: families differ in theirs
/// (`python:3.12-slim-trixie`, but `uv:python3.12-trixie-slim`).
fn reordered(tag: &str) -> Vec<String> {
    let tag = tag.to_ascii_lowercase();
    let words: Vec<&str> = tag.split('-').collect();
    let mut orders: Vec<Vec<&str>> = vec![Vec::new()];
    // Six orders of three words, 24 of four; longer tags are of no family with words to swap.
    for word in words.iter().take(4) {
        orders = orders
            .iter()
            .flat_map(|order| {
                (0..=order.len()).rev().map(|at| {
                    let mut order = order.clone();
                    order.insert(at, word);
                    order
                })
            })
            .collect();
    }
    if words.len() > 4 {
        return vec![tag];
    }
    orders.into_iter().map(|order| order.join("-")).collect()
}

/// The slips that a name of this length may have to be near another.
fn slips(name: &str) -> usize {
    (name.len() / 3).clamp(2, 6)
}

/// The five nearest of many names, nearest first: those with a slip or two in each handful of characters.
pub(super) fn nearest(name: &str, known: impl IntoIterator<Item = String>) -> Vec<String> {
    let limit = slips(name);
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
