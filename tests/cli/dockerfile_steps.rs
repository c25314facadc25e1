//! The steps of a Dockerfile: the interpreter that runs them, the files that they read, and the positions of findings.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::dockerfile::{CHECK, DAY, context, findings, has, report, rows};
use super::image::run;
use super::wording::{Texts, assert_wording, findings_of, message_of, messages_of};

fn text(folder: &Path, more: &[&str]) -> (i32, String, String) {
    run(folder, &[&CHECK[..], &DAY, more].concat())
}

/// The Python of each target.
fn pythons(report: &Value) -> Vec<String> {
    let targets = report["targets"].as_array().unwrap().iter();
    targets.map(|target| target["python"]["version"].as_str().unwrap_or_default().to_owned()).collect()
}

fn codes(report: &Value) -> Vec<String> {
    // The files of the index are empty, so their requirements are unknown.
    let usual = ["unpinned-base", "undetermined"];
    findings(report)
        .into_iter()
        .map(|(code, _)| code)
        .filter(|code| !usual.contains(&code.as_str()))
        .collect()
}

/// Credentials in ARG and ENV: neither text nor JSON shows them, wherever the value is quoted.
#[test]
fn no_secret_of_an_argument_is_shown() {
    let folder = context(
        "ARG REGISTRY_TOKEN=hunter22\nFROM python:3.12-slim\nARG PIP_INDEX_URL=https://bob:s3cr3t@host.invalid/simple\n\
         ARG PW=topsecret\nARG REGISTRY_TOKEN\nENV PIP_EXTRA_INDEX_URL=https://me:${PW}@other.invalid/simple\n\
         RUN pip install pure\nRUN pip install -r https://tok3nuser@host.invalid/r.txt\nRUN make install KEY=$REGISTRY_TOKEN\n\
         RUN if [ \"$REGISTRY_TOKEN\" = \"$PW\" ]; then pip install native; fi\n",
        &[],
    );
    for more in [&["--offline"][..], &["--offline", "--format", "json"], &["--offline", "--all", "-v"]] {
        let (_, out, err) = text(folder.path(), more);
        for secret in ["s3cr3t", "hunter22", "topsecret", "tok3nuser"] {
            assert!(!out.contains(secret) && !err.contains(secret), "{secret} in {out}{err}");
        }
        assert!(out.contains("host.invalid"), "{out}");
    }
    let (_, _, err) = text(folder.path(), &["--build-arg", "=hunter22"]);
    assert!(!err.contains("hunter22"), "{err}");
    // Faults do not show them either.
    let broken = context("ARG B=https://u:s3cr3t@h.invalid/x\nFROM ${B}\nRUN true\n", &[]);
    let (_, out, err) = text(broken.path(), &[]);
    assert!(!out.contains("s3cr3t") && !err.contains("s3cr3t"), "{out}{err}");
}

/// `pipX.Y` and `pythonX.Y -m pip` use the interpreter of their name. An environment uses the interpreter that created
/// it.
#[test]
fn the_program_that_is_named_decides_the_python() {
    for (dockerfile, want) in [
        (
            "FROM registry.access.redhat.com/ubi9/ubi-minimal\nRUN microdnf install -y python3.11 python3.11-pip\nRUN pip3.11 install pure\n",
            "3.11",
        ),
        (
            "FROM amazonlinux:2023\nRUN dnf install -y python3.11 python3.11-pip && python3.11 -m pip install pure\n",
            "3.11",
        ),
        (
            "FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3.12 python3.12-venv\nRUN python3.12 -m venv /v && /v/bin/pip install pure\n",
            "3.12",
        ),
        (
            "FROM python:3.12-slim\nRUN pip install uv && uv venv -p 3.11 /v && uv pip install -p /v/bin/python pure\n",
            "3.11",
        ),
        ("FROM python:3.12-slim\nRUN pip install uv && uv pip install --python 3.10 pure\n", "3.10"),
        ("FROM ubuntu:22.04\nRUN apt-get install -y python3-pip\nRUN pip3 install pure\n", "3.10"),
    ] {
        let folder = context(dockerfile, &[]);
        let found = report(folder.path(), &[]);
        assert_eq!(pythons(&found).last().map(String::as_str), Some(want), "{dockerfile}");
    }
    // The image's own interpreter under its full name keeps its patch release.
    let own = context("FROM python:3.12-slim\nRUN python3.12 -m pip install pure\n", &[]);
    assert!(pythons(&report(own.path(), &[]))[0].starts_with("3.12."));
    // The package `python3.11` does not provide `pip3`, so its interpreter is unknown.
    let unknown = context(
        "FROM registry.access.redhat.com/ubi9/ubi\nRUN dnf install -y python3.11\nRUN pip3 install pure\n",
        &[],
    );
    let found = report(unknown.path(), &[]);
    assert!(has(&found, "undetermined", "Dockerfile:3:5"), "{:?}", findings(&found));
    let (status, out, _) = text(unknown.path(), &[]);
    assert_eq!(status, 3, "{out}");
    assert_wording!("python_of_a_step_is_unknown", messages_of(&found, "undetermined"));
}

/// The images of Debian and Alpine do not contain Python, and the package `python3` does not provide pip.
#[test]
fn a_missing_pip_is_reported() {
    let missing = |dockerfile: &str| {
        let folder = context(dockerfile, &[]);
        codes(&report(folder.path(), &[])).contains(&"installer-missing".to_owned())
    };
    assert!(missing("FROM debian:trixie-slim\nRUN pip install pure\n"));
    assert!(missing("FROM debian:trixie-slim\nRUN apt-get install -y python3\nRUN pip install pure\n"));
    assert!(missing("FROM alpine:3.22\nRUN pip install pure\n"));
    for silent in [
        "FROM debian:trixie-slim\nRUN apt-get install -y python3-pip\nRUN pip install --break-system-packages pure\n",
        "FROM debian:trixie-slim\nRUN apt-get install -y python3 python3-venv\nRUN python3 -m venv /v && /v/bin/pip install pure\n",
        "FROM debian:trixie-slim\nCOPY --from=python:3.12 /usr/local /usr/local\nRUN pip install pure\n",
        "FROM debian:trixie-slim\nRUN apt-get install -y some-vendor-python\nRUN pip install pure\n",
        "FROM alpine:3.22\nRUN apk add py3-pip\nRUN pip install --break-system-packages pure\n",
        "FROM python:3.12-slim\nRUN pip install pure\n",
    ] {
        assert!(!missing(silent), "{silent}");
    }
    // The distribution's own pip, of the package lists of bookworm.
    let bookworm = context(
        "FROM debian:bookworm\nRUN apt-get install -y python3-pip\nRUN pip3 install --break-system-packages pure\n",
        &[],
    );
    let found = report(bookworm.path(), &[]);
    assert_eq!(found["targets"][0]["installer"]["version"], "23.0.1");
}

/// PEP 668 applies only to the interpreter of the distribution.
#[test]
fn the_interpreter_of_a_distribution_refuses_installations() {
    let refused = |install: &str| {
        let dockerfile =
            format!("FROM debian:bookworm\nRUN apt-get install -y python3-pip python3-venv\nRUN {install}\n");
        let folder = context(&dockerfile, &[]);
        has(&report(folder.path(), &[]), "externally-managed", "Dockerfile:3:5")
    };
    assert!(refused("pip3 install pure"));
    assert!(!refused("pip3 install --break-system-packages pure"));
    assert!(!refused("python3 -m venv /v && /v/bin/pip install pure"));
}

/// A venv of python:3.12 does not start where there is no such interpreter.
#[test]
fn an_environment_dangles_in_an_image_without_python() {
    let runtime = |from: &str| {
        let dockerfile = format!(
            "FROM python:3.12-slim AS b\nRUN python -m venv /venv && /venv/bin/pip install native\nFROM {from}\nCOPY --from=b /venv /venv\n"
        );
        let folder = context(&dockerfile, &[]);
        codes(&report(folder.path(), &[]))
    };
    for from in [
        "debian:trixie-slim",
        "gcr.io/distroless/base-debian12",
        "debian:trixie-slim\nRUN apt-get install -y python3",
    ] {
        assert!(runtime(from).contains(&"copied-venv-dangles".to_owned()), "{from}");
    }
    let other = runtime("debian:bookworm-slim\nRUN apt-get install -y python3");
    assert!(other.contains(&"stage-python-mismatch".to_owned()), "{other:?}");
    for from in ["python:3.12-slim", "debian:trixie-slim\nCOPY --from=b /usr/local /usr/local"] {
        assert!(!runtime(from).contains(&"copied-venv-dangles".to_owned()), "{from}");
    }
    // Modules also require an interpreter. A stage that only passes files on runs nothing.
    let scratch = context(
        "FROM python:3.12-slim AS b\nRUN pip install --target /app native\nFROM scratch\nCOPY --from=b /app /app\n",
        &[],
    );
    let found = report(scratch.path(), &[]);
    assert_eq!(findings_of(&found, "stage-python-mismatch").len(), 1, "{:?}", findings(&found));
    assert_wording!("modules_in_an_image_without_python", messages_of(&found, "stage-python-mismatch"));
    assert_eq!(text(scratch.path(), &[]).0, 0);
}

/// Paths of `-r` and `-c` in a file are relative to the path of the file in the image.
#[test]
fn files_are_included_from_their_path_in_the_image() {
    let files = [
        ("requirements/prod.txt", "-r base.txt\nnative\n"),
        ("requirements/base.txt", "pure\n"),
        ("constraints.txt", "pure==1.0\n"),
    ];
    let make = |dockerfile: &str, more: &[(&str, &str)]| {
        let folder = context(dockerfile, &[]);
        fs::create_dir(folder.path().join("requirements")).unwrap();
        for (name, text) in files.iter().chain(more) {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    };
    let alone = make(
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements/prod.txt /app/requirements.txt\nRUN pip install -r requirements.txt\n",
        &[],
    );
    let found = report(alone.path(), &[]);
    assert!(has(&found, "input-missing", "requirements/prod.txt:1:1"), "{:?}", findings(&found));
    assert_eq!(text(alone.path(), &[]).0, 1);
    let whole = make("FROM python:3.12-slim\nCOPY requirements /r\nRUN pip install -r /r/prod.txt\n", &[]);
    assert_eq!(
        rows(&report(whole.path(), &[])),
        ["python:3.12-slim native wheel 1.0", "python:3.12-slim pure wheel 2.0"]
    );
    // The file can have another folder in the image than in the context, in both directions.
    let moved = make(
        "FROM python:3.12-slim\nCOPY requirements/prod.txt /r/a.txt\nCOPY <<EOF /r/base.txt\n-c ../c.txt\npure\nEOF\nCOPY constraints.txt /c.txt\nRUN pip install -r /r/a.txt\n",
        &[],
    );
    assert_eq!(
        rows(&report(moved.path(), &[])),
        ["python:3.12-slim native wheel 1.0", "python:3.12-slim pure wheel 1.0"]
    );
    let ignored = make(
        "FROM python:3.12-slim\nCOPY . /app\nRUN pip install -r /app/requirements/prod.txt\n",
        &[(".dockerignore", "requirements/base.txt\n")],
    );
    let found = report(ignored.path(), &[]);
    assert!(has(&found, "input-missing", "requirements/prod.txt:1:1"), "{:?}", findings(&found));
    // Files that include each other do not cause an endless loop.
    let circle = make(
        "FROM python:3.12-slim\nCOPY requirements /r\nRUN pip install -r /r/prod.txt\n",
        &[("requirements/base.txt", "pure\n-r prod.txt\n")],
    );
    assert_eq!(rows(&report(circle.path(), &[])).len(), 2);
}

#[test]
fn a_misspelt_file_is_reported_once_with_the_right_name() {
    let folder = context(
        "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirments.txt\n",
        &[("requirements.txt", "pure\n")],
    );
    let (status, out, _) = text(folder.path(), &[]);
    assert_eq!(status, 1, "{out}");
    let found = report(folder.path(), &[]);
    assert_eq!(findings_of(&found, "input-missing").len(), 1, "{:?}", findings(&found));
    assert_eq!(findings_of(&found, "undetermined").len(), 0, "{:?}", findings(&found));
    assert_wording!("misspelt_file", out);
}

/// `pip install --no-index --find-links` selects only files of that folder.
#[test]
fn a_folder_that_is_installed_was_copied() {
    let build = "FROM python:3.12-slim AS b\nRUN pip wheel -w /w pure native\nFROM python:3.12-slim\nCOPY --from=b /w /w\n";
    let missing = context(&format!("{build}RUN pip install --no-index --find-links=/w pure new\n"), &[]);
    let found = report(missing.path(), &[]);
    assert!(codes(&found).contains(&"wheel-not-built".to_owned()), "{:?}", findings(&found));
    assert!(
        rows(&found).contains(&"python:3.12-slim [stage 1, line 5] new none 1.0".to_owned()),
        "{:?}",
        rows(&found)
    );
    let whole = context(&format!("{build}RUN pip install --no-index --find-links=/w pure\n"), &[]);
    let found = report(whole.path(), &[]);
    assert!(codes(&found).is_empty(), "{:?}", codes(&found));
    assert_eq!(rows(&found).len(), 2, "the second step has nothing new to say");
    // A version that was not built does not satisfy.
    let other = context(&format!("{build}RUN pip install --no-index --find-links=/w pure==1.0\n"), &[]);
    assert_eq!(text(other.path(), &[]).0, 1);
}

/// The shell expands patterns, and so does `COPY`.
#[test]
fn archives_are_found_by_a_pattern() {
    let folder = context("FROM python:3.12-slim\nCOPY dist/*.whl /tmp/\nRUN pip install /tmp/*.whl\n", &[]);
    fs::create_dir(folder.path().join("dist")).unwrap();
    for name in ["foo-1.0-py3-none-any.whl", "bar-2.0-py3-none-any.whl"] {
        fs::write(folder.path().join("dist").join(name), "").unwrap();
    }
    let projects = |folder: &Path| -> Vec<String> {
        rows(&report(folder, &[])).iter().map(|row| row.split(' ').nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(projects(folder.path()), ["bar", "foo"]);
    fs::write(folder.path().join(".dockerignore"), "dist/foo*\n").unwrap();
    assert_eq!(projects(folder.path()), ["bar"]);
}

/// A finding about a line is reported at the step of that line.
#[test]
fn findings_belong_to_the_step_of_their_line() {
    let folder = context(
        "FROM python:3.12-slim\nRUN pip install pure\nRUN pip install $(cat /r.txt)\nRUN pip install native\n",
        &[],
    );
    let found = report(folder.path(), &[]);
    let results = found["results"].as_array().unwrap();
    let is_gap = |finding: &&Value| {
        finding["code"] == "undetermined" && finding["origin"].as_str().unwrap().starts_with("Dockerfile:3:")
    };
    let gaps: Vec<&str> = results
        .iter()
        .flat_map(|result| {
            let gaps = result["findings"].as_array().unwrap().iter().filter(is_gap);
            gaps.map(|_| result["target"].as_str().unwrap())
        })
        .collect();
    assert_eq!(gaps, ["python:3.12-slim [line 3]"], "reported once: {:?}", findings(&found));
}

/// Names of steps do not look like tags, and many steps do not cause unreadable lines.
#[test]
fn many_steps_stay_readable() {
    let installs: String = (0..9).map(|_| "RUN pip install native\n").collect();
    let folder = context(&format!("FROM python:3.12-alpine\n{installs}"), &[]);
    let (_, out, _) = text(folder.path(), &[]);
    assert_wording!("many_steps", out);
    assert!(out.lines().all(|line| line.chars().count() <= 400), "{out}");
}

/// A loop does not create thousands of targets.
#[test]
fn the_number_of_checks_of_one_command_is_limited() {
    let digits = "0 1 2 3 4 5 6 7 8 9";
    let folder = context(
        &format!(
            "FROM python:3.12-slim\nRUN for a in {digits}; do for b in {digits}; do pip install pure; done; done\n"
        ),
        &[],
    );
    let found = report(folder.path(), &[]);
    assert!(found["targets"].as_array().unwrap().len() <= 24);
    let loops: Vec<&Value> = findings_of(&found, "undetermined")
        .into_iter()
        .filter(|finding| finding["project"].is_null())
        .collect();
    let [one] = loops.as_slice() else { panic!("one command runs too often: {found:#}") };
    assert_wording!("command_in_a_loop", message_of(one));
}

#[test]
fn all_faults_of_a_file_are_reported_in_one_run() {
    let folder =
        context("ARG BASE\nFROM $BASE AS 1abc\nCOPY --form=x a b\nFROM $BASE\nCOPY --from=9 /a /b\n", &[]);
    let (status, _, err) = text(folder.path(), &[]);
    assert_eq!(status, 2);
    for line in ["Dockerfile:2:", "Dockerfile:3:", "Dockerfile:4:", "Dockerfile:5:"] {
        assert!(err.contains(line), "{line} in {err}");
    }
    assert_wording!("all_faults_of_a_dockerfile", err);
}

#[test]
fn options_without_effect_are_reported() {
    let folder = context("ARG V=3.12\nFROM python:$V-slim\nRUN pip install pure\n", &[]);
    let mut texts = Texts::default();
    let arguments = ["--build-arg", "VV=3.11", "--build-arg", "HTTP_PROXY=x"];
    let (_, _, err) = text(folder.path(), &arguments);
    texts.add_run(&arguments, &err);
    for args in [
        &["check", "pure", "--on", "python:3.12", "--target", "x"][..],
        &["check", "--dockerfile", "Nowhere"],
    ] {
        let (status, _, err) = run(folder.path(), args);
        assert_eq!(status, 2, "{err}");
        texts.add_run(args, &err);
    }
    assert_wording!("options_that_do_nothing", texts);
}

/// Libraries of a full image, which were used for a build, are missing in a slim one.
#[test]
fn libraries_of_the_build_image_are_not_copied() {
    let folder = context(
        "FROM python:3.12 AS b\nRUN pip install --target=/deps psycopg2\nFROM python:3.12-slim\nCOPY --from=b /deps /deps\n",
        &[],
    );
    let found = report(folder.path(), &[]);
    assert!(has(&found, "libraries-left-behind", "Dockerfile:4:1"), "{:?}", findings(&found));
    let full = context(
        "FROM python:3.12 AS b\nRUN pip install --target=/deps psycopg2\nFROM python:3.12\nCOPY --from=b /deps /deps\n",
        &[],
    );
    assert!(!codes(&report(full.path(), &[])).contains(&"libraries-left-behind".to_owned()));
}

/// An image of conda is not checked, which is reported.
#[test]
fn a_conda_image_is_reported() {
    let folder = context("FROM continuumio/miniconda3\nRUN conda install -y numpy\n", &[]);
    let (status, _, err) = text(folder.path(), &[]);
    assert_eq!(status, 3, "{err}");
    assert_wording!("conda_image", err);
}

/// Every target of a report has a name of its own, which contains the name of the image.
#[test]
fn names_of_targets_differ_whatever_stage_is_replaced() {
    let folder = context(
        "FROM python:3.12 AS b\nRUN pip install --target /x native\nFROM python:3.12-slim\nCOPY --from=b /x /x\n",
        &[],
    );
    let others = ["python:3.12-slim", "python:3.13-slim", "python:3.12-alpine"];
    let on: Vec<&str> = others.iter().flat_map(|other| ["--on", other]).collect();
    let found = report(folder.path(), &on);
    let ids: Vec<&str> =
        found["targets"].as_array().unwrap().iter().map(|target| target["id"].as_str().unwrap()).collect();
    let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (4, 4), "{ids:?}");
    for (id, other) in ids.iter().skip(1).zip(others) {
        assert!(id.contains(other), "{ids:?}");
    }
    for (result, id) in found["results"].as_array().unwrap().iter().zip(&ids) {
        assert_eq!(result["target"], *id);
    }
    let same = context("FROM python:3.12-slim\nRUN pip install native\n", &[]);
    let found = report(same.path(), &["--on", "python:3.12-slim"]);
    assert_ne!(found["targets"][0]["id"], found["targets"][1]["id"]);
}

/// uv refuses such a date; the installation is not checked as if it had none.
#[test]
fn an_invalid_date_of_a_step_is_reported() {
    let check = |date: &str| {
        let step =
            format!("FROM python:3.12-slim\nRUN uv pip install --system --exclude-newer {date} pure\n");
        report(context(&step, &[]).path(), &[])
    };
    for (date, message) in [
        (
            "2026-13-01",
            "`--exclude-newer` could not be checked: `2026-13-01` is not a valid date for `--exclude-newer`: expected a \
             date such as 2026-11-01 or a time such as 2026-11-01T00:00:00Z",
        ),
        (
            "P7D",
            "`--exclude-newer` could not be checked: the value of `--exclude-newer` is unknown: `P7D` is relative to the \
             time of the build",
        ),
    ] {
        let found = check(date);
        let place = "Dockerfile:2:45";
        assert_eq!(found["results"][0]["outcome"], "undetermined", "{date}");
        let findings = found["results"][0]["findings"].as_array().unwrap();
        let reported = findings.iter().find(|one| one["origin"] == place);
        let reported = reported.unwrap_or_else(|| panic!("{date}: {findings:?}"));
        assert_eq!(
            (reported["code"].as_str(), reported["message"].as_str()),
            (Some("undetermined"), Some(message))
        );
    }
    assert!(!has(&check("2026-11-01"), "undetermined", "Dockerfile:2:45"));
}

#[test]
fn rows_of_missing_wheels_show_no_secrets() {
    let text = "FROM python:3.12-slim\nARG CACHE_KEY=s3cr3t\nRUN pip wheel --no-deps -w /w/$CACHE_KEY pure==1.0\n\
                RUN pip install --no-index --find-links /w/$CACHE_KEY pure==1.0 native\n";
    let found = report(context(text, &[]).path(), &[]);
    let rows = found["results"].to_string();
    assert!(rows.contains("/w/***"), "{rows}");
    assert!(!rows.contains("s3cr3t"), "{rows}");
}
