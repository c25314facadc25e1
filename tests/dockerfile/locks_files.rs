//! The files and source trees that are selected from locks.

use std::sync::Arc;

use wheelbase::index::{ProjectPage, parse_page};
use wheelbase::lock::{Lock, LockFormat, LockProject, LockSelection};
use wheelbase::locked::resolve_locked;
use wheelbase::resolve::{Fact, MemoryFacts, Problem, Reason, ResolveOptions, Selection as Taken};
use wheelbase::target::{Installer, InstallerKind, Libc, Target};

use crate::messages::{Messages, assert_messages};

use super::locks::{environment, read};
use super::locks_faults::faults;

/// What the installer does with a project of a lock on glibc 2.36, given a page of the index.
fn taken(lock: &Lock, name: &str, files: &serde_json::Value) -> Taken {
    let target = Target::new(
        "x86_64".parse().unwrap(),
        Libc::Glibc(2, 36),
        "3.12.1".parse().unwrap(),
        Installer::newest(InstallerKind::Pip),
    );
    let problem = Problem::new(target, Vec::new(), Vec::new(), ResolveOptions::default());
    let mut chosen = LockSelection::default();
    // pdm's `pylock.toml` lists the dependencies of the project itself as a group.
    chosen.default_groups = lock.format() == LockFormat::Pylock;
    let project = LockProject::parse(b"[project]\ndependencies = ['w']\n", "pyproject.toml").unwrap();
    let selected = lock.select(&environment("3.12.1", "x86_64"), &chosen, Some(&project));
    let mut facts = MemoryFacts::new();
    for package in lock.packages() {
        let page = serde_json::json!({"meta": {"api-version": "1.0"}, "name": package.name.as_str(), "files": files});
        let url = "https://index.invalid/simple/w/";
        let kind = Some("application/vnd.pypi.simple.v1+json");
        let files = parse_page(page.to_string().as_bytes(), kind, url).unwrap().files;
        let page = Arc::new(ProjectPage::from_files(package.name.clone(), files));
        facts.add_page(package.name.clone(), Fact::Known(page));
    }
    let resolution = resolve_locked(&problem, &selected, &facts).unwrap();
    let one = resolution.projects.iter().find(|one| one.project.as_str() == name);
    one.unwrap_or_else(|| panic!("{name} has vanished from {}: {selected:?}", lock.file())).selection.clone()
}

/// Folders, checkouts and archives of every format are kept, with the location that they are built from.
#[test]
fn every_package_of_a_lock_is_kept() {
    let none = serde_json::json!([]);
    let mut messages = Messages::default();
    for (file, checkout) in [
        ("service-uv/uv.lock", "git+file:///srv/git/remote-lib@"),
        // poetry writes a `file:` URL without host.
        ("service-poetry/poetry.lock", "git+file://None/srv/git/remote-lib@"),
        ("service-pdm/pdm.lock", "git+http://127.0.0.1:8973/remote-lib.git@"),
        ("service-pylock/pylock.toml", "git+http://127.0.0.1:8973/remote-lib.git@"),
        ("service-pipenv/Pipfile.lock", "git+file:///srv/git/remote-lib@"),
    ] {
        let lock = read(file).unwrap();
        let Taken::Tree { tree, .. } = taken(&lock, "local-lib", &none) else { panic!("{file}") };
        assert!(tree.location().trim_start_matches("./") == "libs/local", "{file}: {tree}");
        let Taken::Tree { tree, .. } = taken(&lock, "remote-lib", &none) else { panic!("{file}") };
        assert!(tree.location().starts_with(checkout), "{file}: {tree}");
        messages.add(file, tree);
        let Taken::File(click) = taken(&lock, "click", &none) else { panic!("{file}") };
        assert_eq!(click.file.filename, "click-8.1.8-py3-none-any.whl", "{file}");
    }
    // A member of a workspace is built. The locked project itself is not a requirement.
    let mono = read("mono-uv/uv.lock").unwrap();
    let Taken::Tree { tree, .. } = taken(&mono, "core", &none) else { panic!("a member is built") };
    messages.add("mono-uv/uv.lock", tree);
    assert_messages!(messages);
}

/// poetry, pdm and pipenv compare the index's files with the lock's hashes, and a wrong hash is reported as such.
/// Without hashes in the lock, they accept the index's files (poetry 2.5.1, `Chooser._choose_hash_verified_link`).
#[test]
fn a_wrong_hash_is_reported() {
    let right = "1".repeat(64);
    let wrong = "2".repeat(64);
    let wheel = "w-1-py3-none-any.whl";
    let index = serde_json::json!([{"filename": wheel, "url": "https://index.invalid/w", "hashes": {"sha256": right}},
        {"filename": "w-1.tar.gz", "url": "https://index.invalid/s", "hashes": {"sha256": "3".repeat(64)}}]);
    let locks = |files: &dyn Fn(&str) -> String| {
        let poetry = format!(
            "[[package]]\nname = 'w'\nversion = '1'\noptional = false\ngroups = ['main']\nfiles = [{}]\n[metadata]\n\
             lock-version = '2.1'\n",
            files("file")
        );
        let pdm = format!(
            "[metadata]\nlock_version = '4.5.0'\ngroups = ['default']\n[[package]]\nname = 'w'\nversion = '1'\n\
             groups = ['default']\nfiles = [{}]\n",
            files("file")
        );
        let pipenv = format!(
            "{{\"_meta\": {{}}, \"default\": {{\"w\": {{\"version\": \"==1\", \"hashes\": [{}]}}}}}}",
            files("")
        );
        [("poetry.lock", poetry), ("pdm.lock", pdm), ("Pipfile.lock", pipenv)]
    };
    let listed = |hash: &str, key: &str| match key {
        "" => format!("\"sha256:{hash}\""),
        _ => format!("{{{key} = '{wheel}', hash = 'sha256:{hash}'}}"),
    };
    let mut messages = Messages::default();
    for (file, text) in locks(&|key| listed(&wrong, key)) {
        let lock = Lock::parse(text.as_bytes(), file).unwrap();
        let Taken::Nothing { reasons, .. } = taken(&lock, "w", &index) else { panic!("{file}") };
        assert!(!reasons.contains(&Reason::NoVersionSatisfies), "{file}: {reasons:?}");
        messages.add_all(file, reasons);
    }
    assert_messages!(messages);
    for hashes in [vec![right.clone()], Vec::new()] {
        for (file, text) in locks(&|key| hashes.iter().map(|hash| listed(hash, key)).collect()) {
            let lock = Lock::parse(text.as_bytes(), file).unwrap();
            let Taken::File(chosen) = taken(&lock, "w", &index) else { panic!("{file}") };
            assert_eq!(chosen.file.filename, wheel, "{file}");
        }
    }
    // A version that the index does not have is another case.
    for (file, text) in locks(&|key| listed(&right, key)) {
        let text = text.replace("'1'", "'2'").replace("==1", "==2");
        let lock = Lock::parse(text.as_bytes(), file).unwrap();
        let Taken::Nothing { reasons, .. } = taken(&lock, "w", &index) else { panic!("{file}") };
        assert_eq!(reasons, [Reason::NoVersionSatisfies], "{file}");
    }
}

/// uv 0.13.9: "can't be installed because it doesn't have a source distribution or wheel"; packaging 26.3 calls such a
/// `pylock.toml` invalid.
#[test]
fn a_complete_lock_does_not_query_an_index() {
    let index = serde_json::json!([{"filename": "w-1-py3-none-any.whl", "url": "https://index.invalid/w"}]);
    let text = "version = 1\n[[package]]\nname = 'app'\nversion = '0'\nsource = { virtual = '.' }\ndependencies = [{ name = 'w' }]\n\
                [[package]]\nname = 'w'\nversion = '1'\nsource = { registry = 'https://index.invalid/simple' }\n";
    let lock = Lock::parse(text.as_bytes(), "uv.lock").unwrap();
    let Taken::Nothing { reasons, .. } = taken(&lock, "w", &index) else { panic!("uv refuses") };
    let mut messages = Messages::default();
    messages.add_all("uv.lock", reasons);
    let text =
        "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'w'\nversion = '1'\nwheels = []\n";
    messages.add_all("pylock.toml", faults(text, "pylock.toml"));
    assert_messages!(messages);
    // The version of a package can follow from its files.
    let text = "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'w'\nwheels = [{ url = \
                'https://index.invalid/w-1-py3-none-any.whl', hashes = { sha256 = '00' } }]\n";
    let lock = Lock::parse(text.as_bytes(), "pylock.toml").unwrap();
    let Taken::File(chosen) = taken(&lock, "w", &index) else {
        panic!("the version is in the name of the file")
    };
    assert_eq!(chosen.version.to_string(), "1");
}
