//! Locks, compared with the packages that the tools install from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use wheelbase::index::{ProjectPage, parse_page};
use wheelbase::lock::{
    Extras, Lock, LockFormat, LockProject, LockSelection, LockSource, LockedPackage, Selected,
};
use wheelbase::locked::resolve_locked;
use wheelbase::marker::MarkerEnvironment;
use wheelbase::resolve::{Fact, MemoryFacts, Problem, Reason, ResolveOptions, Selection as Taken};
use wheelbase::source::InvalidInput;
use wheelbase::target::{Installer, InstallerKind, Libc, Target};

use crate::messages::{Messages, assert_messages, lines};

fn folder() -> PathBuf {
    Path::new(root!()).join("tests/dockerfile/locks")
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
fn selection(text: &str) -> LockSelection {
    let mut selection = LockSelection::default();
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
            "member" => {
                selection.member = Some(name.as_str().parse().unwrap());
                selection
            }
            "all-members" => {
                selection.all_members = true;
                selection
            }
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
    /// The chosen files by project, where the tool chooses some.
    files: Option<BTreeMap<String, String>>,
}

fn read(path: &str) -> Result<Lock, InvalidInput> {
    Lock::parse(&fs::read(folder().join(path)).unwrap(), path)
}

fn project_beside(path: &str) -> Option<LockProject> {
    let file = folder().join(path).parent().unwrap().join("pyproject.toml");
    LockProject::parse(&fs::read(file).ok()?, "pyproject.toml").ok()
}

fn names(selected: &Selected<'_>) -> BTreeSet<String> {
    let packages = selected.packages.iter().map(|selected| selected.package);
    packages
        .map(|package| match (&package.source, &package.version) {
            (LockSource::Index(_), Some(version)) => format!("{}=={version}", package.name),
            // pipenv does not solve requirements that do not apply to its own machine.
            (LockSource::Index(_), None) => package.name.to_string(),
            _ => format!("{} @", package.name),
        })
        .collect()
}

/// The file of each project that a lock with files gives on glibc 2.36.
fn chosen_files(case: &Case, selected: &Selected<'_>) -> BTreeMap<String, String> {
    let (arch, python) = (case.machine.parse().unwrap(), case.python.parse().unwrap());
    let target = Target::new(arch, Libc::Glibc(2, 36), python, Installer::newest(InstallerKind::Pip));
    let problem = Problem::new(target, Vec::new(), Vec::new(), ResolveOptions::default());
    let resolution = resolve_locked(&problem, selected, &MemoryFacts::new()).unwrap();
    let files = resolution.projects.iter().filter_map(|one| match &one.selection {
        Taken::File(chosen) => Some((one.project.to_string(), chosen.file.filename.clone())),
        _ => None,
    });
    // A direct archive is not a chosen file.
    let listed = |name: &str| {
        let of_index = |package: &LockedPackage| matches!(package.source, LockSource::Index(_));
        selected.packages.iter().any(|one| one.package.name.as_str() == name && of_index(one.package))
    };
    files.filter(|(name, _)| listed(name)).collect()
}

#[test]
fn selections_are_those_of_the_tools() {
    let oracle: Oracle = serde_json::from_slice(&fs::read(folder().join("oracle.json")).unwrap()).unwrap();
    assert!(oracle.cases.len() > 500);
    let (mut wrong, mut with_files) = (Vec::new(), 0);
    let mut locks: BTreeMap<&str, (Lock, Option<LockProject>)> = BTreeMap::new();
    for case in &oracle.cases {
        let (lock, project) = locks
            .entry(&case.file)
            .or_insert_with(|| (read(&case.file).unwrap(), project_beside(&case.file)));
        let environment = environment(&case.python, &case.machine);
        let mut chosen = selection(&case.selection);
        // `--no-emit-project`.
        chosen.root = !case.command.starts_with("uv export");
        let selected = lock.select(&environment, &chosen, project.as_ref());
        let got = names(&selected);
        if got != case.packages {
            let missing: Vec<_> = case.packages.difference(&got).collect();
            let extra: Vec<_> = got.difference(&case.packages).collect();
            wrong.push(format!(
                "{} {} {} ({}): missing {missing:?}, too many {extra:?}",
                case.file, case.selection, case.python, case.command
            ));
        }
        if let Some(files) = &case.files {
            let chosen = chosen_files(case, &selected);
            if chosen != *files {
                wrong.push(format!(
                    "{} {} {}: {chosen:?}, not {files:?}",
                    case.file, case.selection, case.python
                ));
            }
            with_files += files.len();
        }
        if !selected.refusals.is_empty() || !selected.undetermined.is_empty() {
            wrong.push(format!(
                "{} {}: {:?} {:?}",
                case.file, case.selection, selected.refusals, selected.undetermined
            ));
        }
    }
    assert!(with_files > 500, "{with_files}");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), oracle.cases.len(), wrong.join("\n"));
}

/// Without the project file, a lock without roots yields all of its packages and a remark.
#[test]
fn locks_without_groups_report_missing_groups() {
    for path in ["web-poetry1.8/poetry.lock", "web-poetry1.1/poetry.lock", "web/pdm.lock"] {
        let lock = read(path).unwrap();
        let environment = environment("3.12.1", "x86_64");
        let mut chosen = LockSelection::default();
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
    // uv omits wheels for versions of Python that the project does not support.
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
    let told: Vec<String> =
        selected.refusals.iter().map(|refusal| format!("{} {}", refusal.origin, refusal.message)).collect();
    assert_eq!(told.len(), 4);
    assert_messages!(lines(told));
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
    let default = lock.select(&environment, &LockSelection::default(), None);
    assert_eq!(names(&default), BTreeSet::from(["c==1".to_owned(), "d==1".to_owned()]));
    assert_eq!(default.undetermined.len(), 1);
    let mut messages = Messages::default();
    messages.add("undetermined", &default.undetermined[0].1);
    let all = lock.select(&environment, &selection("all"), None);
    assert_eq!(all.packages.len(), 4);
    let odd = lock.select(&environment, &selection("extra:nope"), None);
    messages.add("extra nope", &odd.refusals[0].message);
    assert_messages!(messages);
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
    let of = |chosen: LockSelection| -> Vec<String> {
        names(&lock.select(&environment, &chosen, None)).into_iter().collect()
    };
    assert_eq!(of(selection("default")), ["app @", "lib @", "six==1"]);
    assert_eq!(of(selection("extra:cpu")), ["app @", "lib @", "six==1", "torch==2+cpu"]);
    assert_eq!(of(selection("extra:gpu")), ["app @", "lib @", "six==1", "torch==2"]);
    let mut member = LockSelection::default();
    member.member = Some("lib".parse().unwrap());
    assert_eq!(of(member), ["lib @", "six==1"]);
    let mut rootless = LockSelection::default();
    rootless.root = false;
    assert_eq!(of(rootless), ["lib @", "six==1"]);
    let script = format!(
        "version = 1\n[manifest]\nrequirements = [{{ name = 'six', specifier = '>=1' }}]\n{}",
        package("six", "1", "")
    );
    let lock = Lock::parse(script.as_bytes(), "tool.py.lock").unwrap();
    assert_eq!(names(&lock.select(&environment, &LockSelection::default(), None)).len(), 1);
    let gap =
        format!("version = 1\n[manifest]\nrequirements = [{{ name = 'gone' }}]\n{}", package("six", "1", ""));
    let lock = Lock::parse(gap.as_bytes(), "tool.py.lock").unwrap();
    assert_eq!(lock.select(&environment, &LockSelection::default(), None).refusals.len(), 1);
}

/// The locks of the repository do not contain the host of a registry's files.
#[test]
fn no_registry_file_host_is_named() {
    let forbidden = ["python", "hosted"].concat();
    let mut open = vec![folder()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            assert!(!fs::read_to_string(&path).unwrap().contains(&forbidden), "{}", path.display());
        }
    }
}

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
    let Taken::File(chosen) = taken(&lock, "w", &index) else { panic!("the file tells its version") };
    assert_eq!(chosen.version.to_string(), "1");
}

/// poetry 2.5.1, `Locker.locked_packages`: `locked_marker.get(group, "*")`.
#[test]
fn poetry_group_without_a_marker_is_unconditional() {
    let text = "[[package]]\nname = 'w'\nversion = '1'\noptional = true\ngroups = ['main', 'dev', 'docs']\n\
                markers = {main = \"extra == 'e'\", docs = \"sys_platform == 'win32'\"}\nfiles = []\n[extras]\ne = ['w']\n\
                [metadata]\nlock-version = '2.1'\n";
    let lock = Lock::parse(text.as_bytes(), "poetry.lock").unwrap();
    let of =
        |chosen: &str| lock.select(&environment("3.12.1", "x86_64"), &selection(chosen), None).packages.len();
    assert_eq!(of("default"), 1);
    assert_eq!(of("without:dev"), 0);
    assert_eq!(of("without:dev,extra:e"), 1);
    assert_eq!(of("only:dev"), 1);
    assert_eq!(of("only:docs"), 0);
    assert_eq!(of("only:docs,without:main,extra:e"), 0);
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
        let told: Vec<String> = selected
            .refusals
            .iter()
            .map(|refusal| format!("{} {}", refusal.origin, refusal.message))
            .collect();
        assert!(selected.undetermined.is_empty(), "{file} {asked}: {:?}", selected.undetermined);
        assert_eq!(told.len(), usize::from(refused), "{file} {asked}: {told:?}");
        assert!(told.iter().all(|one| one.starts_with(&format!("{file}:"))), "{told:?}");
        messages.add_all(format_args!("{file} {asked}"), told);
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

/// Each format has three projects, with groups, extras and markers.
#[test]
fn each_format_has_three_projects_with_groups_extras_and_markers() {
    for (format, files) in [
        (LockFormat::Uv, ["web/uv.lock", "data/uv.lock", "asgi/uv.lock", "service-uv/uv.lock"]),
        (
            LockFormat::Poetry,
            ["web/poetry.lock", "data/poetry.lock", "asgi/poetry.lock", "service-poetry/poetry.lock"],
        ),
        (
            LockFormat::Pdm,
            [
                "web-pdm2.15/pdm.lock",
                "data-pdm2.15/pdm.lock",
                "asgi-pdm2.15/pdm.lock",
                "service-pdm/pdm.lock",
            ],
        ),
        (
            LockFormat::Pipenv,
            ["web/Pipfile.lock", "data/Pipfile.lock", "asgi/Pipfile.lock", "service-pipenv/Pipfile.lock"],
        ),
        (
            LockFormat::Pylock,
            ["web/pylock.toml", "data/pylock.pdm.toml", "asgi/pylock.pdm.toml", "service-pylock/pylock.toml"],
        ),
    ] {
        let locks: Vec<Lock> = files.iter().map(|file| read(file).unwrap()).collect();
        assert!(locks.iter().all(|lock| lock.format() == format));
        assert!(locks.iter().any(|lock| lock.groups().len() > 1), "{format}");
        // pipenv does not support extras of the project.
        assert!(
            format == LockFormat::Pipenv
                || locks.iter().any(|lock| !lock.extras().is_empty() || format == LockFormat::Pdm)
        );
        let text: Vec<String> =
            files.iter().map(|file| fs::read_to_string(folder().join(file)).unwrap()).collect();
        assert!(text.iter().filter(|text| text.contains("marker")).count() >= 2, "{format}");
    }
}

/// pdm 2.26.2: "None of the lock targets matches the current env".
#[test]
fn pdm_targets() {
    let refused = |targets: &str, python: &str| {
        let text = format!("[metadata]\nlock_version = '4.5.0'\ngroups = ['default']\n{targets}");
        let lock = Lock::parse(text.as_bytes(), "pdm.lock").unwrap();
        let selected = lock.select(&environment(python, "x86_64"), &LockSelection::default(), None);
        selected.refusals.first().map(|refusal| refusal.origin.to_string())
    };
    let newer = "[[metadata.targets]]\nrequires_python = '>=3.12,<3.14'\n";
    assert_eq!(refused(newer, "3.12.1"), None);
    assert_eq!(refused(newer, "3.11.2"), Some("pdm.lock:4:1".to_owned()));
    for (platform, taken) in [
        ("linux", true),
        ("manylinux_2_17_x86_64", true),
        ("musllinux_1_2_x86_64", true),
        ("manylinux_2_17_aarch64", false),
        ("windows_amd64", false),
        ("macos_14_0_arm64", false),
    ] {
        let target = format!("{newer}platform = '{platform}'\n");
        assert_eq!(refused(&target, "3.12.1").is_none(), taken, "{platform}");
        assert_eq!(refused(&format!("{target}[[metadata.targets]]\nplatform = 'linux'\n"), "3.12.1"), None);
    }
    assert!(refused(&format!("{newer}implementation = 'pypy'\n"), "3.12.1").is_some());
}
