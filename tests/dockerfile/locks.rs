//! Locks, against what the tools themselves take of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use wheelbase::lock::{Extras, Lock, LockError, LockFormat, LockProject, LockSource, Selected, Selection};
use wheelbase::marker::MarkerEnvironment;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dockerfile/locks")
}

fn environment(python: &str, machine: &str) -> MarkerEnvironment {
    let mut environment = MarkerEnvironment::default();
    let set = |text: &str| Some(text.to_owned());
    environment.implementation_name = set("cpython");
    environment.implementation_version = set(python);
    environment.os_name = set("posix");
    environment.platform_machine = set(machine);
    environment.platform_python_implementation = set("CPython");
    environment.platform_system = set("Linux");
    environment.python_full_version = set(python);
    environment.python_version = python.rsplit_once('.').map(|(minor, _)| minor.to_owned());
    environment.sys_platform = set("linux");
    environment
}

/// `default`, or parts such as `extra:redis` and `without:dev`.
fn selection(text: &str) -> Selection {
    let mut selection = Selection::default();
    for part in text.split(',') {
        let (kind, name) = part.split_once(':').unwrap_or((part, "x"));
        let name = name.parse().unwrap();
        selection = match kind {
            "default" => selection,
            "no-dev" => selection.without_group("dev".parse().unwrap()),
            "no-groups" | "no-defaults" => {
                selection.default_groups = false;
                selection
            }
            "all" => {
                selection.all_groups = true;
                selection.extras = Extras::All;
                selection
            }
            "extra" => selection.with_extra(name),
            "group" => selection.with_group(name),
            "without" => selection.without_group(name),
            "only" => selection.only_groups([name]),
            other => panic!("{other}"),
        };
    }
    selection
}

#[derive(Deserialize)]
struct Oracle {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    file: String,
    selection: String,
    python: String,
    machine: String,
    command: String,
    packages: BTreeSet<String>,
}

fn read(path: &str) -> Result<Lock, LockError> {
    Lock::parse(&fs::read(folder().join(path)).unwrap(), path)
}

fn project_beside(path: &str) -> Option<LockProject> {
    let file = folder().join(path).parent().unwrap().join("pyproject.toml");
    LockProject::parse(&fs::read(file).ok()?, "pyproject.toml").ok()
}

fn names(selected: &Selected<'_>) -> BTreeSet<String> {
    let packages = selected.packages.iter().map(|selected| selected.package);
    let version = |version: Option<&wheelbase::version::Version>| {
        // As the oracle says of a folder, which has none.
        version.map_or_else(|| "None".to_owned(), ToString::to_string)
    };
    packages.map(|package| format!("{}=={}", package.name, version(package.version.as_ref()))).collect()
}

#[test]
fn selections_are_those_of_the_tools() {
    let oracle: Oracle = serde_json::from_slice(&fs::read(folder().join("oracle.json")).unwrap()).unwrap();
    assert!(oracle.cases.len() > 100);
    let mut wrong = Vec::new();
    for case in &oracle.cases {
        let lock = read(&case.file).unwrap();
        let project = project_beside(&case.file);
        let environment = environment(&case.python, &case.machine);
        let selected = lock.select(&environment, &selection(&case.selection), project.as_ref());
        let got = names(&selected);
        if got != case.packages {
            let missing: Vec<_> = case.packages.difference(&got).collect();
            let extra: Vec<_> = got.difference(&case.packages).collect();
            wrong.push(format!(
                "{} {} {} ({}): missing {missing:?}, too many {extra:?}",
                case.file, case.selection, case.python, case.command
            ));
        }
        if !selected.refusals.is_empty() || !selected.undetermined.is_empty() {
            wrong.push(format!(
                "{} {}: {:?} {:?}",
                case.file, case.selection, selected.refusals, selected.undetermined
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), oracle.cases.len(), wrong.join("\n"));
}

/// Without the project file, locks that say nothing about roots still give everything that is needed, and say so.
#[test]
fn locks_without_groups_say_what_they_lack() {
    for path in ["web-poetry1.8/poetry.lock", "web-poetry1.1/poetry.lock", "web/pdm.lock"] {
        let lock = read(path).unwrap();
        let environment = environment("3.12.1", "x86_64");
        let mut chosen = Selection::default();
        chosen.default_groups = false;
        let with = lock.select(&environment, &chosen, project_beside(path).as_ref());
        let without = lock.select(&environment, &chosen, None);
        assert!(names(&without).is_superset(&names(&with)), "{path}");
        assert!(!without.undetermined.is_empty() && with.undetermined.is_empty(), "{path}");
    }
}

#[test]
fn files_hashes_and_sources() {
    let uv = read("asgi/uv.lock").unwrap();
    let package = uv.packages().iter().find(|package| package.name.as_str() == "uvloop").unwrap();
    assert_eq!(package.source, LockSource::Index(Some("https://pypi.org/simple".to_owned())));
    let sdist = package.files.first().unwrap();
    assert!(sdist.filename.ends_with(".tar.gz") && sdist.url.is_some() && sdist.upload_time.is_some());
    assert!(
        package
            .files
            .iter()
            .skip(1)
            .all(|file| file.filename.ends_with(".whl") && file.hashes[0].0 == "sha256")
    );
    let poetry = read("asgi/poetry.lock").unwrap();
    let same = poetry.packages().iter().find(|package| package.name.as_str() == "uvloop").unwrap();
    let files = |files: &[wheelbase::lock::LockedFile]| -> BTreeSet<(String, String)> {
        files.iter().map(|file| (file.filename.clone(), file.hashes[0].1.clone())).collect()
    };
    // uv leaves out wheels for versions of Python that the project does not support.
    assert!(files(&same.files).is_superset(&files(&package.files)));
    assert!(same.files.iter().all(|file| file.url.is_none()));
    let old = read("web-poetry1.1/poetry.lock").unwrap();
    let flask = old.packages().iter().find(|package| package.name.as_str() == "flask").unwrap();
    assert_eq!(flask.files.len(), 2);
    let pipenv = read("web/Pipfile.lock").unwrap();
    let flask = pipenv.packages().iter().find(|package| package.name.as_str() == "flask").unwrap();
    assert_eq!((flask.hashes.len(), flask.files.len()), (2, 0));
    assert_eq!(flask.origin.to_string(), {
        let text = fs::read_to_string(folder().join("web/Pipfile.lock")).unwrap();
        let line = text.lines().position(|line| line.trim_start().starts_with("\"flask\"")).unwrap() + 1;
        format!("web/Pipfile.lock:{line}:9")
    });
}

#[test]
fn formats_by_name_and_by_content() {
    for (path, format) in [
        ("web/uv.lock", LockFormat::Uv),
        ("web/poetry.lock", LockFormat::Poetry),
        ("web-poetry1.1/poetry.lock", LockFormat::Poetry),
        ("web/pdm.lock", LockFormat::Pdm),
        ("web/Pipfile.lock", LockFormat::Pipenv),
        ("web/pylock.toml", LockFormat::Pylock),
        ("asgi/pylock.uv.toml", LockFormat::Pylock),
    ] {
        let bytes = fs::read(folder().join(path)).unwrap();
        assert_eq!(Lock::parse(&bytes, path).unwrap().format(), format, "{path}");
        assert_eq!(Lock::parse(&bytes, "some.lock").unwrap().format(), format, "{path}");
    }
    for text in ["", "a = 1", "{}", "[]", "flask==3\n"] {
        assert!(Lock::parse(text.as_bytes(), "some.lock").is_err(), "{text}");
    }
}

fn faults(text: &str, file: &str) -> Vec<String> {
    let error = Lock::parse(text.as_bytes(), file).unwrap_err();
    error.faults().iter().map(ToString::to_string).collect()
}

/// Broken locks give all their faults in one run, each with its place.
#[test]
fn all_faults_of_a_broken_lock() {
    assert_eq!(
        faults(
            "lock-version = '2.0'\ncreated-by = 'x'\nrequires-python = '>=x'\n[[packages]]\nversion = '1'\nsdist = {url = 'a'}\n\
             [[packages]]\nname = 'b'\nmarker = 'os_name = 1'\n[[packages]]\nname = '-'\nversion = 'one'\n\
             wheels = [{name = 'w.whl', url = 'u', hashes = {sha256 = 'xyz'}, size = -1, upload-time = 'then'}]\n",
            "pylock.toml"
        ),
        [
            "pylock.toml:1:16: lock-version `2.0` is not known; 1.0 is",
            "pylock.toml:3:19: `>=x` is not a version specifier: a version must follow the operator",
            "pylock.toml:4:1: the package has no `name`",
            "pylock.toml:6:9: the file has no `hashes`",
            "pylock.toml:7:1: the package has neither files nor a `vcs`, `directory` or `archive`",
            "pylock.toml:9:10: expected one of `<=`, `<`, `!=`, `==`, `>=`, `>`, `~=`, `===`, `in`, `not in`",
            "pylock.toml:11:8: `-` is not a valid name: it must start and end with an ASCII letter or digit and hold only letters, digits, `.`, `-` and `_`",
            "pylock.toml:12:11: `one` is no version",
            "pylock.toml:13:58: the hash `sha256` must be hexadecimal digits",
            "pylock.toml:13:73: `size` must be a whole number",
            "pylock.toml:13:91: `then` is no time with an offset from UTC",
        ]
    );
    assert_eq!(
        faults(
            "version = 7\n[[package]]\nname = 'a'\nversion = '1'\n[[package]]\nname = 3\nsource = {moon = 'x'}\nsdist = {hash = 'md5'}\n",
            "uv.lock"
        ),
        [
            "uv.lock:1:11: this version of uv.lock is not known; version 1 is",
            "uv.lock:2:1: the package has no `source`",
            "uv.lock:6:8: `name` must be a text",
            "uv.lock:7:10: this kind of `source` is not known",
            "uv.lock:8:9: the file has neither `url` nor `path`",
            "uv.lock:8:17: `md5` is no hash: it must be an algorithm, `:` and hexadecimal digits",
        ]
    );
    assert_eq!(
        faults(
            "{\n \"_meta\": {\"pipfile-spec\": 5},\n \"default\": {\n  \"a\": {\"version\": \">=1\"},\n  \"b\": {},\n  \"c\": 3\n }\n}\n",
            "Pipfile.lock"
        ),
        [
            "Pipfile.lock:2:28: this `pipfile-spec` is not known; 6 is",
            "Pipfile.lock:4:20: `>=1` is no pin: it must begin with `==`",
            "Pipfile.lock:5:3: `b` has no `version`",
            "Pipfile.lock:6:8: `c` must be a table",
        ]
    );
    assert_eq!(
        faults(
            "[[package]]\nname = 'a'\nversion = '1'\n[package.dependencies]\nb = {markers = 'x'}\n[metadata]\nlock-version = '3.0'\n",
            "poetry.lock"
        ),
        [
            "poetry.lock:1:1: `a` has no `files`",
            "poetry.lock:1:1: `a` has no `groups`",
            "poetry.lock:5:16: expected a marker variable or a quoted text",
            "poetry.lock:7:16: this lock-version is not known; 1.0 to 2.1 are",
        ]
    );
    assert_eq!(
        faults(
            "[metadata]\nlock_version = '9'\n[[package]]\nname = 'a'\ndependencies = ['b >', 1]\n",
            "pdm.lock"
        ),
        [
            "pdm.lock:2:16: this lock_version is not known; 3 and 4 are",
            "pdm.lock:3:1: `a` has no `version`",
            "pdm.lock:5:17: a version must follow the operator",
            "pdm.lock:5:24: a member of `dependencies` must be a text",
        ]
    );
    // Syntax: TOML gives every fault, JSON its first.
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
    let selected = lock.select(&environment("3.12.1", "x86_64"), &Selection::default(), None);
    let told: Vec<String> =
        selected.refusals.iter().map(|refusal| format!("{} {}", refusal.origin, refusal.message)).collect();
    assert_eq!(
        told,
        [
            "pylock.toml:3:19 the lock is for Python >=3.13, and the target has 3.12.1",
            "pylock.toml:4:16 none of the environments that the lock is made for is that of the target",
            "pylock.toml:9:1 `w` is there twice for this target; the other entry is at pylock.toml:5:1",
            "pylock.toml:13:1 `v` is for Python <3, and the target has 3.12.1",
        ]
    );
}

/// PEP 751 markers over sets, default groups, and a marker that the target cannot decide.
#[test]
fn pylock_extras_groups_and_unknown_markers() {
    let file = "wheels = [{ name = 'w-1-py3-none-any.whl', url = 'https://example.invalid/w.whl', hashes = { sha256 = '00' } }]";
    let package = |name: &str, marker: &str| {
        format!("[[packages]]\nname = '{name}'\nversion = '1'\nmarker = \"{marker}\"\n{file}\n")
    };
    let text = format!(
        "lock-version = '1.0'\ncreated-by = 'x'\nextras = ['e']\ndependency-groups = ['dev', 'main']\ndefault-groups = ['main']\n{}{}{}{}",
        package("a", "'e' in extras"),
        package("b", "'dev' in dependency_groups"),
        package("c", "'main' in dependency_groups"),
        package("d", "platform_release >= '5'"),
    );
    let lock = Lock::parse(text.as_bytes(), "pylock.toml").unwrap();
    let environment = environment("3.12.1", "x86_64");
    let default = lock.select(&environment, &Selection::default(), None);
    assert_eq!(names(&default), BTreeSet::from(["c==1".to_owned(), "d==1".to_owned()]));
    assert_eq!(default.undetermined.len(), 1);
    assert!(default.undetermined[0].1.contains("platform_release"));
    let all = lock.select(&environment, &selection("all"), None);
    assert_eq!(all.packages.len(), 4);
    let odd = lock.select(&environment, &selection("extra:nope"), None);
    assert_eq!(odd.refusals[0].message, "the lock has no extra `nope`; it has e");
    assert_eq!(odd.refusals[0].origin.to_string(), "pylock.toml:3:10");
}

/// uv: conflicting extras are encoded in markers; workspaces and scripts have other roots.
#[test]
fn uv_conflicts_workspaces_and_scripts() {
    let package = |name: &str, version: &str, rest: &str| {
        format!(
            "[[package]]\nname = '{name}'\nversion = '{version}'\nsource = {{ registry = 'https://pypi.org/simple' }}\n{rest}\n"
        )
    };
    let text = format!(
        "version = 1\n[manifest]\nmembers = ['app', 'lib']\n[[package]]\nname = 'app'\nversion = '0'\nsource = {{ editable = '.' }}\n\
         dependencies = [{{ name = 'lib' }}]\n[package.optional-dependencies]\n\
         cpu = [{{ name = 'torch', version = '2+cpu', source = {{ registry = 'https://pypi.org/simple' }}, marker = \"extra == 'extra-3-app-cpu'\" }}]\n\
         gpu = [{{ name = 'torch', version = '2', source = {{ registry = 'https://pypi.org/simple' }}, marker = \"extra == 'extra-3-app-gpu' and extra != 'extra-3-app-cpu'\" }}]\n\
         [[package]]\nname = 'lib'\nversion = '0'\nsource = {{ editable = 'packages/lib' }}\ndependencies = [{{ name = 'six' }}]\n{}{}{}",
        package("torch", "2", ""),
        package("torch", "2+cpu", ""),
        package("six", "1", ""),
    );
    let lock = Lock::parse(text.as_bytes(), "uv.lock").unwrap();
    let environment = environment("3.12.1", "x86_64");
    let of = |chosen: Selection| -> Vec<String> {
        names(&lock.select(&environment, &chosen, None)).into_iter().collect()
    };
    assert_eq!(of(selection("default")), ["app==0", "lib==0", "six==1"]);
    assert_eq!(of(selection("extra:cpu")), ["app==0", "lib==0", "six==1", "torch==2+cpu"]);
    assert_eq!(of(selection("extra:gpu")), ["app==0", "lib==0", "six==1", "torch==2"]);
    let mut member = Selection::default();
    member.member = Some("lib".parse().unwrap());
    assert_eq!(of(member), ["lib==0", "six==1"]);
    let mut rootless = Selection::default();
    rootless.root = false;
    assert_eq!(of(rootless), ["lib==0", "six==1"]);
    let script = format!(
        "version = 1\n[manifest]\nrequirements = [{{ name = 'six', specifier = '>=1' }}]\n{}",
        package("six", "1", "")
    );
    let lock = Lock::parse(script.as_bytes(), "tool.py.lock").unwrap();
    assert_eq!(names(&lock.select(&environment, &Selection::default(), None)).len(), 1);
    let gap =
        format!("version = 1\n[manifest]\nrequirements = [{{ name = 'gone' }}]\n{}", package("six", "1", ""));
    let lock = Lock::parse(gap.as_bytes(), "tool.py.lock").unwrap();
    assert_eq!(lock.select(&environment, &Selection::default(), None).refusals.len(), 1);
}

/// The checked-in locks name no host of a registry's files.
#[test]
fn no_registry_file_host_is_named() {
    let forbidden = ["python", "hosted"].concat();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let files = if path.is_dir() {
            fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect()
        } else {
            vec![path]
        };
        for file in files {
            assert!(!fs::read_to_string(&file).unwrap().contains(&forbidden), "{}", file.display());
        }
    }
}
