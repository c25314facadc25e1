//! Profiles of the catalogue as JSON and as text.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use wheelbase::image::{ImageProfile, Presence, TargetOptions};
use wheelbase::rules::image::findings;
use wheelbase::target::Libc;

use crate::messages::{Messages, assert_messages};

use super::catalogue::{LAST, NAMES, look, profile};

#[test]
fn profiles_are_read_from_their_json() {
    for line in NAMES.lines() {
        let mut columns = line.split('\t');
        let (Some(name), Some(as_of)) = (columns.next(), columns.next()) else { continue };
        let Ok(profile) = look(name, as_of) else { continue };
        let json = profile.to_json();
        let text = serde_json::to_string_pretty(&json).unwrap();
        assert!(ImageProfile::is_json(&text));
        let back =
            ImageProfile::from_json(&text, "image.json").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(back.to_json(), json, "{name} on {as_of}");
        let options = TargetOptions::default();
        assert_eq!(back.target(&options).ok(), profile.target(&options).ok(), "{name}");
        assert_eq!(back.libraries, profile.libraries, "{name}");
        assert_eq!(findings(&back), findings(&profile), "{name}");
        // The texts are parsed to the same values.
        assert_eq!((&back.family, &back.end_of_life), (&profile.family, &profile.end_of_life), "{name}");
        assert_eq!((&back.unverified, &back.notes), (&profile.unverified, &profile.notes), "{name}");
    }
}

#[test]
fn edited_profiles_are_used() {
    let mut json = profile("python:3.12-slim", LAST).to_json();
    json["target"]["libc"]["version"] = "2.42".into();
    let error = ImageProfile::from_json(&json.to_string(), "image.json").unwrap_err().to_string();
    assert_messages!(error);
    json["libc"]["version"] = "2.42".into();
    let edited = ImageProfile::from_json(&json.to_string(), "image.json").unwrap();
    assert_eq!(edited.target(&TargetOptions::default()).unwrap().libc, Libc::Glibc(2, 42));
    // Without `target` the other fields are used.
    json.as_object_mut().unwrap().remove("target");
    let plain = ImageProfile::from_json(&json.to_string(), "image.json").unwrap();
    assert_eq!(plain.target(&TargetOptions::default()).unwrap().libc, Libc::Glibc(2, 42));
    // A short file with only a target is sufficient.
    let short = r#"{"schema": "wheelbase.image/1", "name": "mine:1", "as_of": "2026-08-13", "target": {
        "machine": "aarch64", "libc": {"family": "musl", "version": "1.2.5"}, "python": {"version": "3.13"},
        "installer": {"name": "pip", "version": "25.3"}}, "libraries": {"present": ["libz.so.1"]}}"#;
    let short = ImageProfile::from_json(short, "image.json").unwrap();
    assert_eq!(short.arch.machine(), "aarch64");
    assert!(matches!(short.libraries.find("libz.so.1"), Presence::Present(_)));
    assert!(matches!(short.libraries.find("libm.so.1"), Presence::Unknown(_)));
}

#[test]
fn all_faults_of_a_profile_are_reported() {
    let text = "{\n \"schema\": \"wheelbase.image/1\",\n \"name\": 7,\n \"as_of\": \"yesterday\",\n \
                \"shell\": 3,\n \"libc\": {\"family\": \"bionic\", \"version\": \"1\"},\n \
                \"libraries\": {\"present\": [\"not a soname\", 5]}\n}";
    let error = ImageProfile::from_json(text, "image.json").unwrap_err();
    assert!(error.faults().len() >= 6, "{error}");
    assert_messages!(error);
    for broken in ["", "[]", "{", "null", "{\"schema\": \"wheelbase.tags/1\"}"] {
        assert!(ImageProfile::from_json(broken, "image.json").is_err(), "{broken}");
    }
}

#[test]
fn text_has_its_width_and_the_important_facts() {
    let mut texts = Messages::default();
    for name in ["python:3.12-slim", "python:3.12", "gcr.io/distroless/base-debian12", "scratch", "pypy:3.11"]
    {
        for all in [false, true] {
            let text = profile(name, LAST).text(100, all);
            let longest = text.lines().skip(1).map(|line| line.chars().count()).max().unwrap();
            assert!(longest <= 100, "{longest}:\n{text}");
            if !all {
                texts.add(name, text);
            }
        }
    }
    texts.add("python:3.12-slim, all libraries", profile("python:3.12-slim", LAST).text(100, true));
    assert_messages!(texts);
}
