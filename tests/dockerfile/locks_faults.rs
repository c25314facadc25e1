//! Faults of locks, and selections that locks refuse.

use wheelbase::lock::{Lock, LockProject, LockSelection};

use crate::messages::{Messages, assert_messages, lines};

use super::locks::{environment, project_beside, read, selection};

pub(super) fn faults(text: &str, file: &str) -> Vec<String> {
    let error = Lock::parse(text.as_bytes(), file).unwrap_err();
    error.faults().iter().map(ToString::to_string).collect()
}

/// Invalid locks report all faults in one run, each with its position.
#[test]
fn all_faults_of_a_broken_lock() {
    let mut messages = Messages::default();
    let mut add = |text: &str, file: &str| messages.add_all(file, faults(text, file));
    add(
        "lock-version = '2.0'\ncreated-by = 'x'\nrequires-python = '>=x'\n[[packages]]\nversion = '1'\nsdist = {url = 'a'}\n\
         [[packages]]\nname = 'b'\nmarker = 'os_name = 1'\n[[packages]]\nname = '-'\nversion = 'one'\n\
         wheels = [{name = 'w.whl', url = 'u', hashes = {sha256 = 'xyz'}, size = -1, upload-time = 'then'}]\n",
        "pylock.toml",
    );
    add(
        "version = 7\n[[package]]\nname = 'a'\nversion = '1'\n[[package]]\nname = 3\nsource = {moon = 'x'}\nsdist = {hash = 'md5'}\n",
        "uv.lock",
    );
    add(
        "{\n \"_meta\": {\"pipfile-spec\": 5},\n \"default\": {\n  \"a\": {\"version\": \">=1\"},\n  \"b\": {},\n  \"c\": 3\n }\n}\n",
        "Pipfile.lock",
    );
    add(
        "[[package]]\nname = 'a'\nversion = '1'\n[package.dependencies]\nb = {markers = 'x'}\n[metadata]\nlock-version = '3.0'\n",
        "poetry.lock",
    );
    add("[metadata]\nlock_version = '9'\n[[package]]\nname = 'a'\ndependencies = ['b >', 1]\n", "pdm.lock");
    assert_messages!(messages);
    // Syntax: TOML reports every fault, JSON only the first.
    assert_eq!(faults("version = 1\nname = \n[a\nb = 1 2\n", "uv.lock").len(), 2);
    assert_eq!(faults("{\"_meta\": {},\n \"default\": [}\n", "Pipfile.lock").len(), 1);
}

/// PEP 751, "Installation", steps 3 to 5, and the checks of the other tools.
#[test]
fn refusals() {
    let file = "wheels = [{ name = 'w-1-py3-none-any.whl', url = 'https://example.invalid/w.whl', hashes = { sha256 = '00' } }]";
    let text = format!(
        "lock-version = '1.0'\ncreated-by = 'x'\nrequires-python = '>=3.13'\nenvironments = [\"sys_platform == 'win32'\"]\n\
         [[packages]]\nname = 'w'\nversion = '1'\n{file}\n[[packages]]\nname = 'w'\nversion = '2'\n{file}\n\
         [[packages]]\nname = 'v'\nrequires-python = '<3'\n{file}\n"
    );
    let lock = Lock::parse(text.as_bytes(), "pylock.toml").unwrap();
    let selected = lock.select(&environment("3.12.1", "x86_64"), &LockSelection::default(), None);
    let refusals: Vec<String> =
        selected.refusals.iter().map(|refusal| format!("{} {}", refusal.origin, refusal.message)).collect();
    assert_eq!(refusals.len(), 4);
    assert_messages!(lines(refusals));
}

/// What the tools do with names that are not in the lock: see `Lock::unknown_names`.
#[test]
fn unknown_names_are_rejected_or_ignored_as_by_the_tools() {
    let environment = environment("3.12.1", "x86_64");
    let mut messages = Messages::default();
    for (file, asked, refused) in [
        ("asgi/uv.lock", "extra:fst", true),
        ("asgi/uv.lock", "group:nope", true),
        ("asgi/uv.lock", "without:nope", true),
        ("web/uv.lock", "no-dev", false),
        ("web/uv.lock", "without:lint", true),
        // An extra or group without packages is only in the metadata.
        ("service-uv/uv.lock", "group:empty", false),
        ("service-poetry/poetry.lock", "extra:imgs", true),
        ("service-poetry/poetry.lock", "without:doc", true),
        ("service-poetry/poetry.lock", "group:empty", false),
        ("service-pdm/pdm.lock", "group:nope", false),
        ("service-pipenv/Pipfile.lock", "group:nope", false),
        ("service-pylock/pylock.toml", "group:typs", true),
    ] {
        let lock = read(file).unwrap();
        let selected = lock.select(&environment, &selection(asked), project_beside(file).as_ref());
        let refusals: Vec<String> = selected
            .refusals
            .iter()
            .map(|refusal| format!("{} {}", refusal.origin, refusal.message))
            .collect();
        assert!(selected.undetermined.is_empty(), "{file} {asked}: {:?}", selected.undetermined);
        assert_eq!(refusals.len(), usize::from(refused), "{file} {asked}: {refusals:?}");
        assert!(refusals.iter().all(|one| one.starts_with(&format!("{file}:"))), "{refusals:?}");
        messages.add_all(format_args!("{file} {asked}"), refusals);
    }
    assert_messages!(messages);
    // pdm: a group that the project has and the lock was made without ("Requested groups not in lockfile").
    let lock = read("asgi-pdm2.15/pdm.lock").unwrap();
    let project =
        LockProject::parse(b"[project]\nname = 'a'\n[dependency-groups]\nnew = ['six']\n", "p").unwrap();
    assert_eq!(lock.select(&environment, &selection("group:new"), Some(&project)).refusals.len(), 1);
    // Without the project file it is unknown whether a group of poetry is empty.
    let lock = read("service-poetry/poetry.lock").unwrap();
    assert_eq!(lock.select(&environment, &selection("group:empty"), None).undetermined.len(), 1);
}

/// A syntax fault in TOML does not cause further faults, and faults of other tables are still reported.
#[test]
fn faults_of_syntax_have_no_followers() {
    let mut messages = Messages::default();
    let mut add = |text: &str, file: &str| messages.add_all(file, faults(text, file));
    add(
        "lock-version=\"1.0\"\ncreated-by=\"x\"\n[[packages]]\nname = = \"x\"\n[[packages\nversion=\"1\"\n",
        "pylock.toml",
    );
    add(
        "version = 1\nrequires-python = 'x'\n[[package]]\nname = \n[[package]]\nname = 'b'\nversion = 'one'\n\
             source = { registry = 'u' }\n",
        "uv.lock",
    );
    assert_messages!(messages);
}

/// pipenv 2026.10.3: "Index 'nope' was not found in Pipfile sources and is not a valid URL."
#[test]
fn pipenv_index_without_a_source() {
    let text = "{\"_meta\": {\"sources\": [{\"name\": \"pypi\", \"url\": \"https://pypi.org/simple\"}]},\n\"default\": {\n\
                \"a\": {\"index\": \"nope\", \"version\": \"==1\"},\n\"b\": {\"index\": \"pypi\", \"version\": \"==1\"},\n\
                \"c\": {\"index\": \"https://index.invalid/simple\", \"version\": \"==1\"}}}";
    assert_messages!(lines(faults(text, "Pipfile.lock")));
}
