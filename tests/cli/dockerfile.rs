//! `wheelbase check --dockerfile`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::image::{json, run};
use super::wording::{Texts, assert_wording};

const WHEELS: [&str; 6] = [
    "native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl",
    "native-1.0.tar.gz",
    "pure-2.0-py3-none-any.whl",
    "pure-1.0-py3-none-any.whl",
    "new-1.0-cp312-cp312-manylinux_2_40_x86_64.whl",
    "psycopg2-2.9-cp312-cp312-win_amd64.whl",
];

/// A build context with files next to the Dockerfile, and an index that is a folder.
pub(super) fn context(dockerfile: &str, files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("index")).unwrap();
    for name in WHEELS.iter().chain(&["psycopg2-2.9.tar.gz"]) {
        fs::write(folder.path().join("index").join(name), "").unwrap();
    }
    fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

pub(super) const CHECK: [&str; 8] =
    ["check", "--dockerfile", "Dockerfile", "--no-index", "--find-links", "index", "--no-deps", "--as-of"];
pub(super) const DAY: [&str; 3] = ["2026-08-13", "--exclude-newer", "never"];

pub(super) fn report(folder: &Path, more: &[&str]) -> Value {
    json(folder, &[&CHECK[..], &DAY, &["--format", "json"], more].concat())
}

/// (target id, project, kind, version) of all rows.
pub(super) fn rows(report: &Value) -> Vec<String> {
    let results = report["results"].as_array().unwrap();
    let row = |result: &Value, one: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {}",
            text(&result["target"]),
            text(&one["project"]),
            text(&one["kind"]),
            text(&one["version"])
        )
    };
    results
        .iter()
        .flat_map(|result| {
            result["distributions"].as_array().unwrap().iter().map(move |one| row(result, one))
        })
        .collect()
}

/// (code, origin) of all findings.
pub(super) fn findings(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let results = report["results"].as_array().unwrap().iter();
    results
        .flat_map(|result| result["findings"].as_array().unwrap())
        .map(|finding| (text(&finding["code"]), text(&finding["origin"])))
        .collect()
}

pub(super) fn has(report: &Value, code: &str, place: &str) -> bool {
    findings(report).iter().any(|(found, origin)| found == code && origin == place)
}

#[test]
fn packages_of_a_stage_are_checked_on_its_image() {
    let folder = context(
        "FROM python:3.12-slim\nCOPY requirements.txt /app/\nRUN pip install -r /app/requirements.txt\n",
        &[("requirements.txt", "native\n# a comment\npure==1.0\n")],
    );
    let found = report(folder.path(), &[]);
    assert_eq!(rows(&found), ["python:3.12-slim native wheel 1.0", "python:3.12-slim pure wheel 1.0"]);
    let alpine = report(folder.path(), &["--on", "python:3.12-alpine"]);
    assert!(rows(&alpine).contains(&"python:3.12-alpine native sdist 1.0".to_owned()), "{:?}", rows(&alpine));
    assert!(has(&alpine, "builds-from-source", "requirements.txt:1:1"), "{:?}", findings(&alpine));
    let (status, _, _) = run(folder.path(), &[&CHECK[..], &DAY].concat());
    assert_eq!(status, 0);
}

#[test]
fn arguments_and_here_documents_point_at_the_dockerfile() {
    let folder = context(
        "FROM python:3.12-alpine\nRUN pip install native\nCOPY <<EOF /r.txt\npure\nabsent-project\nEOF\n\
         RUN pip install -r /r.txt\n",
        &[],
    );
    let found = report(folder.path(), &[]);
    let rows = rows(&found);
    assert!(rows.iter().any(|row| row == "python:3.12-alpine [line 2] native sdist 1.0"), "{rows:?}");
    let places = findings(&found);
    let at = |code: &str, line: &str| {
        places.iter().any(|(found, place)| found == code && place.starts_with(&format!("Dockerfile:{line}:")))
    };
    assert!(at("builds-from-source", "2") && at("project-not-found", "5"), "{places:?}");
}

#[test]
fn the_installer_of_a_step_is_the_one_that_runs_then() {
    let folder = context(
        "FROM python:3.12-slim\nRUN pip install --upgrade 'pip==26.0'\nRUN pip install pure\n\
         RUN pip install uv==0.9.0 && uv pip install --system pure\n",
        &[],
    );
    let found = report(folder.path(), &[]);
    let installers: Vec<String> = found["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| {
            let installer = &target["installer"];
            format!("{} {}", installer["name"].as_str().unwrap(), installer["version"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        installers,
        ["pip 26.0", "pip 26.0", "uv 0.9.0"],
        "the upgrade of pip has no column of its own"
    );
}

#[test]
fn files_that_the_context_does_not_have_leave_the_step_undecided() {
    let dockerfile = "FROM python:3.12-slim\nCOPY . /app\nRUN pip install -r /app/requirements.txt\n";
    let mut texts = Texts::default();
    let missing = context(dockerfile, &[]);
    let (status, out, _) = run(missing.path(), &[&CHECK[..], &DAY].concat());
    assert_eq!(status, 3, "{out}");
    texts.add("no such file", &out);
    let ignored = context(dockerfile, &[("requirements.txt", "pure\n"), (".dockerignore", "*.md\n*.txt\n")]);
    let (status, out, _) = run(ignored.path(), &[&CHECK[..], &DAY].concat());
    assert_eq!(status, 1, "nothing that could still make it reaches the builder");
    assert!(out.contains(".dockerignore:2"), "{out}");
    texts.add("ignored file", &out);
    assert_wording!("files_outside_the_context", texts);
    // Docker prefers the ignore file that is named after the Dockerfile.
    fs::write(ignored.path().join("Dockerfile.dockerignore"), "").unwrap();
    let (status, out, _) = run(ignored.path(), &[&CHECK[..], &DAY].concat());
    assert_eq!(status, 0, "{out}");
}

#[test]
fn the_configuration_of_pip_that_the_image_gets_is_applied() {
    let folder = context(
        "FROM python:3.12-slim\nCOPY pip.conf /etc/pip.conf\nRUN pip install psycopg2\n",
        &[("pip.conf", "[global]\nonly-binary = :all:\nindex-url = https://elsewhere.invalid/\n")],
    );
    let found = report(folder.path(), &[]);
    assert_eq!(rows(&found), ["python:3.12-slim psycopg2 none 2.9"]);
}

#[test]
fn steps_of_one_line_are_distinguished() {
    let folder = context("FROM python:3.12-slim\nRUN pip install pure && pip install native\n", &[]);
    let found = report(folder.path(), &[]);
    let ids: Vec<&Value> = found["targets"].as_array().unwrap().iter().map(|target| &target["id"]).collect();
    assert!(ids.len() == 2 && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn conda_is_not_checked_and_is_reported() {
    let folder = context("FROM python:3.12-slim\nRUN conda install -y numpy && pip install pure\n", &[]);
    let found = report(folder.path(), &[]);
    assert!(rows(&found).iter().any(|row| row.ends_with("pure wheel 2.0")), "{:?}", rows(&found));
    let reported = findings(&found);
    assert!(
        reported.iter().any(|(code, place)| code == "undetermined" && place.starts_with("Dockerfile:2")),
        "{reported:?}"
    );
}

const TWO_STAGES: &str = "FROM python:3.12 AS build\n\
    RUN apt-get update && apt-get install -y libpq-dev\n\
    RUN pip install --target /packages NAME\n\
    FROM python:3.12-slim-bookworm\n\
    COPY --from=build /packages /packages\n";

#[test]
fn a_build_for_a_newer_c_library_is_reported_at_the_copy() {
    let mut texts = Texts::default();
    for (name, code) in
        [("psycopg2", "stage-libc-mismatch"), ("new", "stage-libc-mismatch"), ("native", ""), ("pure", "")]
    {
        let folder = context(&TWO_STAGES.replace("NAME", name), &[]);
        let found = report(folder.path(), &[]);
        let reported = findings(&found);
        let here =
            reported.iter().any(|(code, place)| code == "stage-libc-mismatch" && place == "Dockerfile:5:1");
        assert_eq!(here, !code.is_empty(), "{name}: {reported:?}");
        let left = reported.iter().any(|(code, _)| code == "libraries-left-behind");
        assert_eq!(left, name == "psycopg2", "{name}: {reported:?}");
        // The summary line does not contain less than the finding.
        let (_, text, _) = run(folder.path(), &[&CHECK[..], &DAY].concat());
        texts.add(name, &text);
    }
    assert_wording!("copies_to_an_older_libc", texts);
}

#[test]
fn a_lock_is_read_through_the_dockerfile_and_its_lines_are_named() {
    let locks = Path::new(root!()).join("tests/dockerfile/locks/asgi");
    let folder = context(
        "FROM ghcr.io/astral-sh/uv:python3.12-trixie-slim\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\n\
         RUN uv sync --frozen --no-dev\n",
        &[],
    );
    for name in ["uv.lock", "pyproject.toml"] {
        fs::copy(locks.join(name), folder.path().join(name)).unwrap();
    }
    let found = report(folder.path(), &["--offline"]);
    let uvloop = rows(&found).into_iter().find(|row| row.contains(" uvloop ")).unwrap();
    assert!(uvloop.contains(" wheel "), "{uvloop}");
    let asked = found["results"][0]["distributions"][0]["requested_by"][0].to_string();
    assert!(asked.contains("uv.lock:"), "{asked}");
    assert_eq!(found["targets"][0]["installer"]["name"], "uv");
}

#[test]
fn build_arguments_and_stages_are_chosen() {
    let folder = context(
        "ARG VARIANT=slim\nFROM python:3.12-${VARIANT} AS base\nRUN pip install native\n\
         FROM base AS tests\nRUN pip install pure\n",
        &[],
    );
    let both = report(folder.path(), &[]);
    assert_eq!(rows(&both).len(), 2, "{:?}", rows(&both));
    assert!(findings(&both).iter().any(|(code, _)| code == "build-arg-assumed"));
    let one = report(folder.path(), &["--target", "base", "--build-arg", "VARIANT=alpine"]);
    assert_eq!(rows(&one), ["python:3.12-alpine native sdist 1.0"]);
    assert!(findings(&one).iter().all(|(code, _)| code != "build-arg-assumed"));
    let mut texts = Texts::default();
    for more in [["--target", "none"], ["--build-arg", "VARIANT"]] {
        let (status, _, err) = run(folder.path(), &[&CHECK[..], &DAY, &more].concat());
        assert_eq!(status, 2, "{err}");
        texts.add_run(&more, &err);
    }
    assert_wording!("stages_and_arguments_that_do_not_exist", texts);
}

#[test]
fn an_unknown_base_is_an_error_at_its_line_unless_it_is_replaced() {
    let folder = context("FROM registry.corp/secret:1\nRUN pip install native\n", &[]);
    let (status, _, err) = run(folder.path(), &[&CHECK[..], &DAY].concat());
    assert!(status == 2 && err.contains("Dockerfile:1:1: "), "{err}");
    let mut texts = Texts::default();
    texts.add("without --on", &err);
    let (status, out, err) = run(folder.path(), &[&CHECK[..], &DAY, &["--on", "python:3.12-slim"]].concat());
    assert!(status == 0 && out.contains("python:3.12-slim"), "{out}{err}");
    texts.add("with --on", &err);
    assert_wording!("unknown_base_of_a_stage", texts);
    let settings = "[images.\"registry.corp/secret:1\"]\nfrom = \"python:3.12-alpine\"\n";
    fs::write(folder.path().join("wheelbase.toml"), settings).unwrap();
    assert_eq!(rows(&report(folder.path(), &[])), ["registry.corp/secret:1 native sdist 1.0"]);
}

#[test]
fn faults_of_a_dockerfile_are_reported_with_their_lines() {
    let folder = context("FRM python\nFROM python:3.12-slim\nRUN pip install '\n", &[]);
    let (status, out, err) = run(folder.path(), &[&CHECK[..], &DAY].concat());
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("Dockerfile:1:1"), "{err}");
    let mut texts = Texts::default();
    texts.add("broken Dockerfile", &err);
    for args in [&["check", "--dockerfile", "None"][..], &["check", "flask", "--dockerfile", "Dockerfile"]] {
        let (status, _, err) = run(folder.path(), args);
        assert_eq!(status, 2, "{err}");
        texts.add_run(args, &err);
    }
    assert_wording!("faults_of_a_dockerfile", texts);
}

/// The files of the tests of the reader have a result here too.
#[test]
fn every_kind_of_file_ends_in_a_verdict_or_an_error() {
    let files = Path::new(root!()).join("tests/dockerfile/files");
    let folder = TempDir::new().unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(&files).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "Dockerfile") {
            continue;
        }
        seen += 1;
        let name = path.display().to_string();
        let context = path.with_extension("context");
        let context = if context.is_dir() { context } else { folder.path().to_owned() };
        let context = context.display().to_string();
        let (status, out, err) = run(
            folder.path(),
            &[
                "check",
                "--dockerfile",
                &name,
                "--context",
                &context,
                "--offline",
                "--no-index",
                "--no-deps",
                "--no-cache",
            ],
        );
        assert!((0..=3).contains(&status) && !err.contains("panicked"), "{name}: {status} {err}");
        assert!(!out.is_empty() || !err.is_empty(), "{name}");
        assert!(status != 2 || err.contains("error: "), "{name}: {err}");
    }
    assert!(seen > 25);
}
