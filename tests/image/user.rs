//! Images of a settings file.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, and says what it skips")]

use wheelbase::image::{
    Catalogue, CompilerPresence, ImageFamily, ImageProfile, ImageRef, Presence, TargetOptions, UserImages,
};
use wheelbase::source::Fault;
use wheelbase::target::Libc;

use crate::messages::{Messages, assert_messages, lines};

const DAY: &str = "2026-08-13";

fn catalogue(text: &str) -> Catalogue {
    match UserImages::parse(text, "wheelbase.toml") {
        Ok(images) => Catalogue::default().with_images(images),
        Err(faults) => panic!("{faults:?}"),
    }
}

fn profile(catalogue: &Catalogue, name: &str) -> ImageProfile {
    let image: ImageRef = name.parse().unwrap();
    catalogue.profile(&image, DAY.parse().unwrap(), None).unwrap_or_else(|error| panic!("{error}"))
}

fn faults(text: &str) -> Vec<Fault> {
    UserImages::parse(text, "wheelbase.toml").unwrap_err().faults().to_vec()
}

#[test]
fn entries_have_the_facts_of_their_base_and_their_own() {
    let catalogue = catalogue(
        r#"
[gate]
deny = ["builds-from-source"]

[images."registry.corp/base:1"]
from = "python:3.12-slim"
libraries = ["libpq.so.5", "libGL.so.1"]
without = ["libsqlite3.so.0"]
pip = "26.3"
toolchain = true
"#,
    );
    let profile = profile(&catalogue, "registry.corp/base:1");
    assert_eq!(profile.family, ImageFamily::User);
    let mut messages = Messages::default();
    messages.add("summary", profile.summary());
    messages.add_all("assumptions", &profile.assumptions);
    assert_messages!(messages);
    assert!(matches!(profile.libraries.find("libGL.so.1"), Presence::Present(_)));
    assert!(matches!(profile.libraries.find("libz.so.1"), Presence::Present(_)));
    assert_eq!(profile.libraries.find("libsqlite3.so.0"), Presence::Absent);
    assert_eq!(profile.libraries.find("libgomp.so.1"), Presence::Absent);
    assert_eq!(profile.toolchain, CompilerPresence::Present);
    assert_eq!(profile.target(&TargetOptions::default()).unwrap().installer.to_string(), "pip 26.3");
}

#[test]
fn names_without_tag_match_all_tags_and_entries_may_use_entries() {
    let catalogue = catalogue(
        r#"
[images."registry.corp/base"]
from = "python:3.13-slim-bookworm"
libraries = ["libpq.so.5"]

[images."registry.corp/base:old"]
from = "python:3.9-slim-bullseye"

[images."app"]
from = "registry.corp/base:7"
libraries = ["libxml2.so.2"]
libc = "glibc:2.40"
python = "3.14t"
"#,
    );
    assert_eq!(profile(&catalogue, "registry.corp/base:2024").libc.unwrap().libc, Libc::Glibc(2, 36));
    assert_eq!(profile(&catalogue, "registry.corp/base:old").libc.unwrap().libc, Libc::Glibc(2, 31));
    let app = profile(&catalogue, "app");
    assert!(matches!(app.libraries.find("libpq.so.5"), Presence::Present(_)));
    assert!(matches!(app.libraries.find("libxml2.so.2"), Presence::Present(_)));
    let target = app.target(&TargetOptions::default()).unwrap();
    assert_eq!(target.libc, Libc::Glibc(2, 40));
    assert!(target.python.is_free_threaded());
    let Presence::Present(libc) = app.libraries.find("libc.so.6") else { panic!("no libc") };
    assert_eq!(libc.nodes.to_string(), "GLIBC_2.40");
}

#[test]
fn another_libc_family_removes_the_libraries_of_the_base() {
    let catalogue = catalogue(
        "[images.odd]\nfrom = \"python:3.12-slim\"\nlibc = \"musl:1.2.5\"\n\
         [images.bare]\nlibc = \"glibc:2.42\"\npython = \"3.12.1\"\n",
    );
    let odd = profile(&catalogue, "odd");
    assert!(matches!(odd.libraries.find("libstdc++.so.6"), Presence::Unknown(_)));
    let bare = profile(&catalogue, "bare");
    assert_eq!(bare.target(&TargetOptions::default()).unwrap().libc, Libc::Glibc(2, 42));
    assert!(matches!(bare.libraries.find("libz.so.1"), Presence::Unknown(_)));
    assert!(matches!(bare.libraries.find("libc.so.6"), Presence::Present(_)));
}

#[test]
fn all_faults_are_reported_at_once_with_their_positions() {
    let faults = faults(
        "[images.\"UPPER\"]\nfrom = \"python:3.12\"\n\
         [images.a]\nfrom = 5\nlibraries = \"libz.so.1\"\nlibrary = []\n\
         [images.b]\nfrom = \"python:\"\nlibc = \"bionic:1\"\npython = \"three\"\npip = \"x y\"\nshell = \"yes\"\n\
         libraries = [\"/usr/lib/libz.so.1\", 7]\npackage-manager = \"brew\"\n\
         [images.c]\npip = \"25.0\"\n",
    );
    assert_messages!(lines(&faults));
    assert_eq!(faults.len(), 13);
    assert!(faults.is_sorted_by_key(|fault| (fault.origin.line, fault.origin.column)));
}

#[test]
fn images_built_on_themselves_are_refused() {
    let faults = faults(
        "[images.a]\nfrom = \"b:1\"\n[images.b]\nfrom = \"c\"\n[images.c]\nfrom = \"a\"\n\
         [images.self]\nfrom = \"self:2\"\n[images.outside]\nfrom = \"a\"\n",
    );
    assert_eq!(faults.len(), 2);
    assert_messages!(lines(&faults));
}

#[test]
fn invalid_toml_is_reported_with_its_position() {
    let faults = faults("[images.a]\nfrom = \n");
    assert!(faults[0].to_string().starts_with("wheelbase.toml:2:"), "{}", faults[0]);
    assert!(UserImages::parse("", "wheelbase.toml").unwrap().is_empty());
    assert!(UserImages::parse("images = 3\n", "wheelbase.toml").is_err());
}

#[test]
fn unknown_bases_are_reported_with_their_entry() {
    let catalogue = catalogue("[images.mine]\nfrom = \"pythn:3.12\"\n");
    let image: ImageRef = "mine".parse().unwrap();
    let error = catalogue.profile(&image, DAY.parse().unwrap(), None).unwrap_err();
    assert_messages!(error);
    let image: ImageRef = "mein".parse().unwrap();
    let error = catalogue.profile(&image, DAY.parse().unwrap(), None).unwrap_err();
    assert!(error.near().contains(&"mine".to_owned()), "{error}");
}

// A replaced fact of the base also removes its doubts and its end of support.
#[test]
fn replaced_facts_of_the_base_are_removed() {
    let catalogue = catalogue(
        "[images.musl]\nfrom = \"python:3.12-slim-bookworm\"\nlibc = \"musl:1.2.3\"\npip = \"24.0\"\n\
         [images.older]\nfrom = \"python:3.12-slim-bookworm\"\npython = \"3.11\"\n\
         [images.same]\nfrom = \"python:3.12-slim-bookworm\"\nlibraries = [\"libpq.so.5\"]\n",
    );
    let ends = |profile: &ImageProfile| -> Vec<String> {
        profile.end_of_life.iter().map(|end| end.what.to_string()).collect()
    };
    let same = profile(&catalogue, "same");
    assert_eq!(ends(&same), ["debian 12", "Python 3.12"]);
    let musl = profile(&catalogue, "musl");
    assert_eq!((musl.os.as_ref(), ends(&musl)), (None, vec!["Python 3.12".to_owned()]));
    let older = profile(&catalogue, "older");
    assert_eq!(ends(&older), ["debian 12", "Python 3.11"]);
    assert_eq!(older.pip, None, "the pip of the base belongs to the Python that is gone");
    let mut messages = Messages::default();
    for (name, profile) in [("same", &same), ("musl", &musl), ("older", &older)] {
        messages.add_all(format_args!("{name}, not verified"), &profile.unverified);
    }
    // No `Python 3.12` among the ends of life.
    messages.add("older", older.text(100, false));
    assert_messages!(messages);
}
