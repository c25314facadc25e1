//! Guards of the tables in `data/images/`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, and says what it skips")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use wheelbase::image::Date;
use wheelbase::target::Arch;

fn folder() -> PathBuf {
    PathBuf::from(root!()).join("data/images")
}

fn table(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text is needed: {value}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("a list is needed: {value}"))
}

fn date(value: &Value) -> Date {
    text(value).parse().unwrap_or_else(|error| panic!("{error}"))
}

/// Source, date and whether the row is verified.
fn born(place: &str, row: &Value) {
    assert!(row["source"].as_str().is_some_and(|source| source.len() > 3), "{place} has no source");
    assert!(row["verified"].is_boolean(), "{place} says nothing of verification");
    assert!(date(&row["date"]) <= "2026-11-21".parse().unwrap(), "{place} is taken later than it can be");
}

fn sorted_and_unique<T: Ord + std::fmt::Debug>(place: &str, keys: impl IntoIterator<Item = T>) {
    let keys: Vec<T> = keys.into_iter().collect();
    for pair in keys.windows(2) {
        assert!(pair[0] < pair[1], "{place}: {:?} before {:?}", pair[0], pair[1]);
    }
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap()).collect()
}

fn arches(value: &Value) {
    let names: Vec<&str> = list(value).iter().map(text).collect();
    assert!(!names.is_empty());
    let machines: BTreeSet<String> = names
        .iter()
        .map(|name| name.parse::<Arch>().unwrap_or_else(|error| panic!("{error}")).to_string())
        .collect();
    assert_eq!(machines.len(), names.len(), "{names:?}");
}

#[test]
fn keys_of_objects_are_unique() {
    // A JSON reader silently keeps the last of two equal keys. Here each key of a table has a line of its own.
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.extend(std::fs::read_dir(folder().join("libraries")).unwrap().map(|entry| entry.unwrap().path()));
    let mut seen = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let content = std::fs::read_to_string(file).unwrap();
        let mut keys = BTreeSet::new();
        let mut group = String::new();
        for line in content.lines() {
            let indent = line.len() - line.trim_start().len();
            let Some(key) = line.trim_start().strip_prefix('"').and_then(|rest| rest.split_once("\": "))
            else {
                continue;
            };
            if indent == 2 {
                group = key.0.to_owned();
            }
            let place = if indent == 2 { String::new() } else { group.clone() };
            assert!(keys.insert((indent, place, key.0.to_owned())), "{}: {} twice", file.display(), key.0);
        }
        assert!(
            content.ends_with("}\n") && !content.contains('\t') && !content.contains('\r'),
            "{}",
            file.display()
        );
        seen += 1;
    }
    assert!(seen > 25, "{seen}");
}

#[test]
fn python_tags_are_in_order_and_complete() {
    let table = table("python.json");
    for group in ["minor", "moving", "explicit", "arches", "patch", "eol"] {
        born(group, &table[format!("{group}_birth")]);
    }
    born("recipe", &table["recipe"]);
    let last = date(&table["last_state"]);
    sorted_and_unique(
        "minor",
        list(&table["minor"]).iter().map(|row| (date(&row["start"]), numbers(text(&row["python"])))),
    );
    for (tag, changes) in table["moving"].as_object().unwrap() {
        sorted_and_unique(tag, list(changes).iter().map(|change| date(&change[0])));
        for change in list(changes) {
            assert!(date(&change[0]) <= last, "{tag}");
            assert!(change[1].is_null() || !text(&change[1]).is_empty(), "{tag}");
        }
        // Two equal changes are one.
        assert!(list(changes).windows(2).all(|pair| pair[0][1] != pair[1][1]), "{tag}");
    }
    for (minor, releases) in table["explicit"].as_object().unwrap() {
        for (release, window) in releases.as_object().unwrap() {
            assert!(window[1].is_null() || date(&window[0]) < date(&window[1]), "{minor}-{release}");
        }
    }
    let sets = list(&table["arch_sets"]);
    sets.iter().for_each(arches);
    for (tag, changes) in table["arches"].as_object().unwrap() {
        sorted_and_unique(tag, list(changes).iter().map(|change| date(&change[0])));
        assert!(
            list(changes).iter().all(|change| sets.get(change[1].as_u64().unwrap() as usize).is_some()),
            "{tag}"
        );
    }
    let patches = list(&table["patch"]);
    sorted_and_unique("patch", patches.iter().map(|row| numbers(text(&row["python"]))));
    let sources = list(&table["pip_sources"]);
    for row in patches {
        let python = text(&row["python"]);
        assert_eq!(numbers(python).len(), 3, "{python}");
        assert!(row["last"].is_null() || date(&row["first"]) <= date(&row["last"]), "{python}");
        assert!(text(&row["pip"]).parse::<wheelbase::version::Version>().is_ok(), "{python}");
        assert!(sources.get(row["pip_source"].as_u64().unwrap() as usize).is_some(), "{python}");
        assert!(row["pip_verified"].is_boolean(), "{python}");
        // A patch release that is not closed is the last of its minor.
        let minor = numbers(python)[..2].to_vec();
        let newest =
            patches.iter().map(|row| numbers(text(&row["python"]))).filter(|other| other[..2] == minor).max();
        assert!(!row["last"].is_null() || newest == Some(numbers(python)), "{python}");
    }
}

/// The last state of a patch release is the state of the tag of its minor version on that day.
#[test]
fn the_last_state_of_a_patch_release_agrees_with_the_moving_tags() {
    let table = table("python.json");
    let mut compared = 0;
    for row in list(&table["patch"]) {
        let python = text(&row["python"]);
        let minor = python.rsplit_once('.').unwrap().0;
        let state =
            row["last"].as_str().map_or_else(|| date(&table["last_state"]), |last| last.parse().unwrap());
        for (variant, key) in [("", "plain"), ("-slim", "slim"), ("-alpine", "alpine")] {
            let changes = list(&table["moving"][format!("{minor}{variant}")]);
            let moved = changes.iter().rev().find(|change| date(&change[0]) <= state).unwrap();
            // The moving tags of the first months of 3.6 are unknown.
            if moved[1].is_null() && minor == "3.6" {
                continue;
            }
            assert_eq!(moved[1], row[key], "{python}{variant}");
            compared += 1;
        }
    }
    assert!(compared > 450, "{compared}");
}

#[test]
fn releases_have_a_libc_and_a_source() {
    let table = table("releases.json");
    let mut ids = BTreeSet::new();
    for row in list(&table["releases"]) {
        let id = text(&row["id"]);
        born(id, row);
        assert!(ids.insert(id), "{id} twice");
        assert!(matches!(text(&row["libc"]), "glibc" | "musl"), "{id}");
        assert!(numbers(text(&row["libc_version"])).len() >= 2, "{id}");
        for key in ["released", "eol", "extended_eol", "docker_arches_as_of"] {
            assert!(row[key].is_null() || date(&row[key]).year() > 2000, "{id} {key}");
        }
        assert!(
            row["eol"].is_null() || row["released"].is_null() || date(&row["released"]) < date(&row["eol"]),
            "{id}"
        );
        if !row["docker_arches"].is_null() {
            arches(&row["docker_arches"]);
        }
    }
    // Every release that a tag of the python image refers to has a row, except the oldest releases of Alpine.
    let python = self::table("python.json");
    for changes in python["moving"].as_object().unwrap().values() {
        for release in list(changes).iter().filter_map(|change| change[1].as_str()) {
            let known = match release.strip_prefix("alpine") {
                Some(version) => ids.contains(&*format!("alpine:{version}")) || numbers(version)[1] < 9,
                None => list(&table["releases"]).iter().any(|row| row["codename"] == release),
            };
            assert!(known, "{release}");
        }
    }
}

#[test]
fn families_name_each_repository_once_and_known_releases_only() {
    let table = table("families.json");
    let ids: BTreeSet<String> = list(&self::table("releases.json")["releases"])
        .iter()
        .map(|row| text(&row["id"]).to_owned())
        .collect();
    sorted_and_unique("families", list(&table["families"]).iter().map(|row| text(&row["id"])));
    let mut repositories = BTreeSet::new();
    for row in list(&table["families"]) {
        let id = text(&row["id"]);
        born(id, row);
        for repository in list(&row["repositories"]) {
            assert!(repositories.insert(text(repository)), "{repository} twice");
        }
        for release in row["release_of"].as_object().into_iter().flatten() {
            let release = text(release.1);
            assert!(ids.contains(release) || numbers(release).len() == 2, "{id}: {release}");
        }
        if let Some(release) = row["default_release"].as_str() {
            assert!(ids.contains(release), "{id}: {release}");
        }
        for set in row["arches"].as_object().into_iter().flatten() {
            arches(set.1);
        }
        for end in
            row["ended"].as_object().into_iter().flatten().chain(row["eol"].as_object().into_iter().flatten())
        {
            assert!(date(end.1).year() > 2000, "{id}");
        }
    }
    assert!(repositories.len() > 100);
}

#[test]
fn sets_of_libraries_are_named_after_their_files() {
    let ids: BTreeSet<String> =
        list(&table("releases.json")["releases"]).iter().map(|row| text(&row["id"]).to_owned()).collect();
    let mut count = 0;
    for entry in std::fs::read_dir(folder().join("libraries")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let set = table(&format!("libraries/{name}"));
        assert_eq!(format!("{}.json", text(&set["id"])), name);
        born(&name, &set);
        assert!(ids.contains(text(&set["os"])), "{name}");
        assert!(text(&set["arch"]).parse::<Arch>().is_ok(), "{name}");
        let libraries = set["libraries"].as_object().unwrap();
        assert!(libraries.len() > 4, "{name}");
        for (soname, package) in libraries {
            assert!(soname.contains(".so") && !soname.contains('/'), "{name}: {soname}");
            assert!(text(package).is_empty() || text(package).contains('='), "{name}: {package}");
        }
        let loader = if text(&set["os"]).starts_with("alpine") { "ld-musl-" } else { "ld-linux-" };
        assert!(libraries.keys().any(|soname| soname.starts_with(loader)), "{name} has no loader");
        count += 1;
    }
    assert!(count >= 25, "{count}");
}

#[test]
fn nodes_packages_sizes_cores_and_machines_have_a_source() {
    let nodes = table("nodes.json");
    for (release, row) in nodes["releases"].as_object().unwrap() {
        born(release, row);
        for (arch, spaces) in row["arch"].as_object().unwrap() {
            assert!(arch.parse::<Arch>().is_ok(), "{release}: {arch}");
            for (space, version) in spaces.as_object().unwrap() {
                let known = space == "special" || nodes["libraries"][space].is_string();
                assert!(known, "{release}: {space}");
                assert!(version.is_array() || !numbers(text(version)).is_empty(), "{release}");
            }
        }
    }
    let packages = table("packages.json");
    for group in ["bullseye", "bookworm", "trixie", "alpine", "borrowed"] {
        born(group, &packages[format!("{group}_birth")]);
    }
    for (soname, row) in packages["sonames"].as_object().unwrap() {
        assert!(soname.contains(".so"), "{soname}");
        for column in ["bullseye", "bookworm", "trixie"] {
            assert!(
                row[column].is_null() || list(&row[column]).iter().all(|name| !text(name).is_empty()),
                "{soname}"
            );
        }
    }
    born("sizes", &table("sizes.json"));
    for row in list(&table("sizes.json")["sizes"]) {
        assert!(text(&row["arch"]).parse::<Arch>().is_ok(), "{row}");
        assert!(row["compressed_bytes"].is_u64() || row["unpacked"].is_string(), "{row}");
    }
    for row in list(&table("cores.json")["sets"]) {
        born(text(&row["libc"]), row);
    }
    let machines = table("arches.json");
    born("arches", &machines);
    let mut names = BTreeSet::new();
    for row in list(&machines["arches"]) {
        let arch: Arch = text(&row["machine"]).parse().unwrap();
        for key in ["docker", "platform"] {
            assert_eq!(text(&row[key]).parse::<Arch>().as_ref(), Ok(&arch), "{row}");
        }
        assert!(names.insert(text(&row["docker"]).to_owned()), "{row}");
        assert!(text(&row["glibc_loader"]).starts_with("ld"), "{row}");
        assert!(text(&row["musl_loader"]).starts_with("ld-musl-"), "{row}");
    }
}

#[test]
fn environments_have_known_families_and_a_source() {
    let families: BTreeSet<String> =
        list(&table("families.json")["families"]).iter().map(|row| text(&row["id"]).to_owned()).collect();
    let mut seen = BTreeSet::new();
    for row in list(&table("environment.json")["rows"]) {
        born(&row.to_string(), row);
        for family in list(&row["families"]) {
            assert!(families.contains(text(family)), "{family}");
            assert!(seen.insert(text(family).to_owned()), "{family} twice");
        }
        let variables = row["variables"].as_object().unwrap();
        sorted_and_unique("variables", variables.keys());
        assert!(row["workdir"].is_null() || text(&row["workdir"]).starts_with('/'), "{row}");
        for (name, value) in variables {
            assert!(
                !name.is_empty() && !text(value).contains('$'),
                "{name}: expanded, as a configuration has it"
            );
        }
    }
}

/// A distribution that marks its Python also marks it in later releases.
#[test]
fn externally_managed_releases_are_known_and_without_gaps() {
    let releases: Vec<String> =
        list(&table("releases.json")["releases"]).iter().map(|row| text(&row["id"]).to_owned()).collect();
    let rows = table("externally_managed.json");
    let marked: Vec<&str> = list(&rows["rows"]).iter().map(|row| text(&row["release"])).collect();
    for row in list(&rows["rows"]) {
        born(text(&row["release"]), row);
        assert!(releases.iter().any(|release| *release == text(&row["release"])), "{row}");
        assert!(text(&row["marker"]).ends_with("/EXTERNALLY-MANAGED"), "{row}");
    }
    let key = |release: &str| {
        let (distro, version) = release.split_once(':').unwrap();
        let numeric = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        numeric.then(|| (distro.to_owned(), numbers(version)))
    };
    sorted_and_unique("externally managed", marked.iter().map(|release| key(release)));
    for release in &marked {
        let (distro, version) = key(release).unwrap();
        let later = releases.iter().filter_map(|other| key(other).map(|key| (other, key)));
        for (other, _) in later.filter(|(_, (of, number))| *of == distro && *number > version) {
            assert!(marked.contains(&other.as_str()), "{other} comes after {release}");
        }
    }
}
