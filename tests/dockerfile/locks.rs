//! Locks, compared with the packages that the tools install from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use wheelbase::lock::{
    Extras, Lock, LockFormat, LockProject, LockSelection, LockSource, LockedPackage, Selected,
};
use wheelbase::locked::resolve_locked;
use wheelbase::marker::MarkerEnvironment;
use wheelbase::resolve::{MemoryFacts, Problem, ResolveOptions, Selection as Taken};
use wheelbase::source::InvalidInput;
use wheelbase::target::{Installer, InstallerKind, Libc, Target};

use crate::messages::{Messages, assert_messages};

fn folder() -> PathBuf {
    Path::new(root!()).join("tests/dockerfile/locks")
}

pub(super) fn environment(python: &str, machine: &str) -> MarkerEnvironment {
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
pub(super) fn selection(text: &str) -> LockSelection {
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

pub(super) fn read(path: &str) -> Result<Lock, InvalidInput> {
    Lock::parse(&fs::read(folder().join(path)).unwrap(), path)
}

pub(super) fn project_beside(path: &str) -> Option<LockProject> {
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
