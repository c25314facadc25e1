//! The catalogue against the facts it was taken from.

use wheelbase::image::{Catalogue, Date, ImageProfile, ImageRef, TargetOptions, UnknownImage};

/// `name, day, meaning, libc, Python, pip`, written by `make_names.py` from the fact files.
const NAMES: &str = include_str!("names.tsv");

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn profile(name: &str, as_of: &str) -> Result<ImageProfile, UnknownImage> {
    let image: ImageRef = name.parse().unwrap();
    Catalogue::default().profile(&image, day(as_of), None)
}

/// What the table's columns say of a profile, in their words.
fn told(name: &str, as_of: &str, wanted: &[&str]) -> Vec<String> {
    match profile(name, as_of) {
        Ok(profile) => {
            let meaning = match wanted.first().and_then(|meaning| meaning.strip_prefix('~')) {
                Some(end) if profile.meaning.ends_with(end) => format!("~{end}"),
                _ => profile.meaning.clone(),
            };
            let libc = profile
                .libc
                .as_ref()
                .map_or("-".to_owned(), |libc| libc.to_string().replace(" or later", ""));
            let python =
                profile.python.as_ref().map_or("-".to_owned(), |python| python.python.version.to_string());
            let pip = profile.pip.as_ref().map_or("-".to_owned(), |pip| pip.version.to_string());
            vec![meaning, libc, python, pip]
        }
        Err(error) if error.is_undetermined() => vec!["!undetermined".to_owned()],
        Err(error) => match error.published_since() {
            Some(since) => vec![format!("!not-yet {since}")],
            None if error.to_string().contains("Windows") => vec!["!windows".to_owned()],
            None => vec!["!unknown".to_owned()],
        },
    }
}

/// data/images/python.json and families.json, against base_images.json read by another program.
#[test]
fn every_name_of_the_table_means_what_the_facts_say() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in NAMES.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, as_of, wanted @ ..] = &*columns else { panic!("a line without name and day: {line}") };
        count += 1;
        let got = told(name, as_of, wanted);
        if got != wanted {
            wrong.push(format!("{name} on {as_of}\n  facts {wanted:?}\n  we    {got:?}"));
        }
    }
    assert!(count >= 150, "{count} rows");
    assert!(wrong.is_empty(), "{} of {count} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_image_makes_a_target() {
    let profile = profile("python:3.12-slim", "2026-08-13").unwrap();
    let target = profile.target(&TargetOptions::default()).unwrap();
    assert_eq!((&*target.machine, target.bits), ("x86_64", 64));
    assert_eq!(target.libc, wheelbase::target::Libc::Glibc(2, 41));
    assert_eq!(target.python.version.to_string(), "3.12.14");
    assert_eq!(target.installer.version.to_string(), "25.0.1");
}
