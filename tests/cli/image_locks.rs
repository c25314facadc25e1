//! Locks instead of requirements: the same verdicts as for their pins.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use wheelbase::ProjectName;
use wheelbase::image::{Catalogue, TargetOptions};
use wheelbase::index::{DistributionFile, ProjectPage, parse_page};
use wheelbase::lock::{Lock, LockProject, LockSelection, LockSource};
use wheelbase::locked::resolve_locked;
use wheelbase::resolve::{
    Advance, Fact, MemoryFacts, Problem, Resolution, ResolveOptions, RootRequirement, Selection as Taken,
    Solver,
};
use wheelbase::source::Origin;
use wheelbase::target::Target;
use wheelbase::verdict::{TargetFacts, VerdictBuilder};

use super::image::{json as report, run};
use super::wording::{Texts, assert_wording};

/// The facts about images depend on the day.
const DAY: [&str; 4] = ["--as-of", "2026-08-13", "--exclude-newer", "never"];

fn folder() -> PathBuf {
    Path::new(root!()).join("tests/dockerfile/locks")
}

fn lock(path: &str) -> Lock {
    Lock::parse(&fs::read(folder().join(path)).unwrap(), path).unwrap()
}

fn target(name: &str) -> Target {
    let image = name.parse().unwrap();
    let profile = Catalogue::default().profile(&image, "2026-08-13".parse().unwrap(), None).unwrap();
    profile.target(&TargetOptions::default()).unwrap()
}

/// An index with the files of the lock that lists them with their URLs.
fn index(lock: &Lock) -> MemoryFacts {
    let mut files: BTreeMap<ProjectName, Vec<DistributionFile>> = BTreeMap::new();
    for package in lock.packages() {
        let listed: Vec<_> = package
            .files
            .iter()
            .map(|file| {
                let hashes: BTreeMap<_, _> = file.hashes.iter().cloned().collect();
                json!({ "filename": file.filename, "url": file.url, "hashes": hashes })
            })
            .collect();
        let page =
            json!({ "meta": { "api-version": "1.0" }, "name": package.name.as_str(), "files": listed });
        let url = "https://index.invalid/simple/x/";
        let page = parse_page(page.to_string().as_bytes(), Some("application/vnd.pypi.simple.v1+json"), url);
        files.entry(package.name.clone()).or_default().extend(page.unwrap().files);
    }
    let mut facts = MemoryFacts::new();
    for (name, files) in files {
        facts.add_page(name.clone(), Fact::Known(Arc::new(ProjectPage::from_files(name, files))));
    }
    facts
}

/// project, version, kind, file
fn rows(problem: &Problem, resolution: &Resolution) -> Vec<String> {
    let verdict = VerdictBuilder::of(problem, resolution, TargetFacts::default());
    let version = |version: &Option<wheelbase::version::Version>| version.as_ref().map(ToString::to_string);
    verdict
        .distributions
        .iter()
        .map(|row| {
            format!("{} {:?} {} {:?}", row.project, version(&row.version), row.kind.as_str(), row.file)
        })
        .collect()
}

#[test]
fn verdicts_of_a_lock_are_those_of_its_pins() {
    let mut compared = 0;
    for project in ["asgi", "data", "web"] {
        let complete = lock(&format!("{project}/uv.lock"));
        let file = fs::read(folder().join(project).join("pyproject.toml")).unwrap();
        let file = LockProject::parse(&file, "pyproject.toml").unwrap();
        for format in ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock"] {
            let lock = lock(&format!("{project}/{format}"));
            // pip locks the files of one environment only, so that its pins are compared on an index of just these.
            let located =
                lock.packages().iter().flat_map(|package| &package.files).all(|file| file.url.is_some());
            let named = lock.packages().iter().any(|package| !package.files.is_empty());
            let facts = index(if located && named { &lock } else { &complete });
            for image in ["python:3.12-slim", "python:3.12-alpine", "python:3.13-slim-bookworm"] {
                let mut options = ResolveOptions::default();
                options.no_deps = true;
                let target = target(image);
                let environment = target.marker_environment();
                let selected = lock.select(&environment, &LockSelection::default(), Some(&file));
                assert!(selected.refusals.is_empty(), "{project}/{format}: {:?}", selected.refusals);
                let pins: Vec<RootRequirement> = selected
                    .packages
                    .iter()
                    .filter(|one| matches!(one.package.source, LockSource::Index(_)))
                    .map(|one| {
                        let version = one.package.version.as_ref().unwrap();
                        let text = format!("{}=={version}", one.package.name);
                        RootRequirement::new(text.parse().unwrap(), Origin::new("pins", 0, 0))
                    })
                    .collect();
                let problem = Problem::new(target, pins, Vec::new(), options);
                let locked = resolve_locked(&problem, &selected, &facts).unwrap_or_else(|needs| {
                    panic!("{project}/{format} does not have {needs:?}");
                });
                let mut solver = Solver::new(Arc::new(problem.clone()));
                let Advance::Done(direct) = solver.advance(&facts) else { panic!("{project}/{format}") };
                let mut locked = locked;
                // The project itself, which pip lists as a folder, has no pin.
                locked.projects.retain(|one| !matches!(one.selection, Taken::Tree { .. }));
                let (locked, direct) = (rows(&problem, &locked), rows(&problem, &direct));
                assert!(!locked.is_empty());
                assert_eq!(locked, direct, "{project}/{format} on {image}");
                compared += locked.len();
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn a_lock_with_urls_needs_no_index_and_its_lines_are_positions() {
    let work = TempDir::new().unwrap();
    let path = folder().join("asgi/uv.lock").display().to_string();
    let found = report(
        work.path(),
        &[
            "check",
            "-r",
            &path,
            "--offline",
            "--on",
            "python:3.12-slim",
            "--on",
            "python:3.12-alpine",
            "--format",
            "json",
        ],
    );
    for result in found["results"].as_array().unwrap() {
        assert_eq!(result["outcome"], "resolved", "{result}");
        for row in result["distributions"].as_array().unwrap() {
            assert_eq!(row["kind"], "wheel", "{row}");
            assert!(row["requested_by"].to_string().contains("asgi/uv.lock:"), "{row}");
        }
    }
}

#[test]
fn a_lock_is_recognised_by_its_content_too() {
    let work = TempDir::new().unwrap();
    fs::copy(folder().join("asgi/pylock.uv.toml"), work.path().join("production.toml")).unwrap();
    let check = ["check", "-r", "production.toml", "--offline", "--on", "python:3.12-slim"];
    let (status, out, err) = run(work.path(), &[&check[..], &DAY].concat());
    assert_eq!(status, 0, "{out}{err}");
    assert_wording!("lock_of_another_name", out);
}

#[test]
fn groups_are_omitted_and_unknown_extras_are_reported() {
    let work = TempDir::new().unwrap();
    let path = folder().join("asgi/uv.lock").display().to_string();
    let count = |more: &[&str]| {
        let check = ["check", "-r", &path, "--offline", "--on", "python:3.12-slim", "--format", "json"];
        let found = report(work.path(), &[&check[..], more].concat());
        found["results"][0]["distributions"].as_array().unwrap().len()
    };
    assert!(count(&["--no-default-groups"]) <= count(&[]));
    let check = ["check", "-r", &path, "--offline", "--on", "python:3.12-slim", "--extra", "no-such"];
    let (status, out, err) = run(work.path(), &check);
    assert_eq!((status, out.as_str()), (2, ""), "{err}");
    assert_wording!("lock_without_the_extra", err);
}

#[test]
fn a_lock_is_not_mixed_with_requirements_to_solve() {
    let work = TempDir::new().unwrap();
    let path = folder().join("asgi/uv.lock").display().to_string();
    let mut texts = Texts::default();
    for more in [["flask", "--no-deps"], ["-c", "constraints.txt"]] {
        let arguments = [&["check", "-r", &path, "--on", "python:3.12-slim"][..], &more].concat();
        let (status, _, err) = run(work.path(), &arguments);
        assert_eq!(status, 2, "{err}");
        texts.add_run(&more, &err);
    }
    assert_wording!("lock_with_other_requirements", texts);
}

#[test]
fn a_broken_lock_gives_all_faults_with_their_lines() {
    let work = TempDir::new().unwrap();
    let text = "lock-version = \"1.0\"\ncreated-by = \"me\"\n[[packages]]\nname = 3\n[[packages]]\nname = \"a\"\nversion = \"x y\"\n";
    fs::write(work.path().join("pylock.toml"), text).unwrap();
    let (status, out, err) = run(work.path(), &["check", "-r", "pylock.toml", "--on", "python:3.12-slim"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("pylock.toml:4") && err.contains("pylock.toml:7"), "{err}");
    assert_wording!("faults_of_a_lock", err);
}

/// PEP 751, "Installation", step 3: a lock for another Python is refused, and one for this Python is not.
#[test]
fn a_lock_for_another_python_is_lock_refused_and_for_this_one_silent() {
    let folder = TempDir::new().unwrap();
    let text = "lock-version = \"1.0\"\ncreated-by = \"x\"\nrequires-python = \">=3.13\"\npackages = []\n";
    fs::write(folder.path().join("pylock.toml"), text).unwrap();
    let codes = |image: &str| {
        let arguments = ["check", "-r", "pylock.toml", "--on", image, "--offline", "--format", "json"];
        let (status, _, _) = run(folder.path(), &arguments);
        let report = report(folder.path(), &arguments);
        let findings = report["results"][0]["findings"].as_array().unwrap().clone();
        (status, findings.iter().any(|finding| finding["code"] == "lock-refused"))
    };
    assert_eq!(codes("python:3.12-slim-bookworm"), (1, true));
    assert_eq!(codes("python:3.13-slim-bookworm"), (0, false));
}
