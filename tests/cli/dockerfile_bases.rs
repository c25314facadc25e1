//! The base images of the stages of a Dockerfile: another base for `FROM`, the values that they set, and refusals.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::dockerfile::{CHECK, DAY, context, findings, has, report, rows};
use super::image::{json, run};
use super::wording::assert_wording;
use crate::image::read_registry::open_registry;
use crate::image::read_sources::{Packed, index, layout, two_layers};
use crate::image::read_support::gzip;

const NATIVE: &str = "FROM python:3.12-alpine\nRUN pip install native\n";

fn unpack(folder: &Path) {
    for layer in two_layers() {
        tar::Archive::new(std::io::Cursor::new(layer)).unpack(folder.join("root")).unwrap();
    }
}

fn fails(folder: &Path, more: &[&str]) -> (i32, String, String) {
    run(folder, &[&CHECK[..], &DAY, more].concat())
}

/// The exit status, the rows of the report and the errors.
fn fails_with_rows(folder: &Path, more: &[&str]) -> (i32, Vec<String>, String) {
    let (status, out, err) = fails(folder, &[&["--format", "json"], more].concat());
    (status, rows(&serde_json::from_str(&out).unwrap()), err)
}

#[test]
fn on_accepts_every_form_of_an_image() {
    let folder = context(NATIVE, &[("target.toml", "")]);
    let path = folder.path();
    unpack(path);
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let layout = layout(&[&image], &index(&[(&image, None, None)]));
    let oci = format!("oci:{}", layout.path().display());
    let (_server, registry) = open_registry();
    let (_, profile, _) =
        run(path, &["image", "python:3.12-slim", "--as-of", "2026-08-13", "--format", "json"]);
    fs::write(path.join("image.json"), profile).unwrap();
    let target = json(path, &["tags", "--on", "glibc:2.36", "--python", "3.12", "--format", "json"]);
    fs::write(path.join("target.json"), target["target"].to_string()).unwrap();
    let settings = "[images.\"registry.corp/base:1\"]\nfrom = \"python:3.12-slim\"\n";
    fs::write(path.join("wheelbase.toml"), settings).unwrap();
    for name in
        ["dir:root", &oci, &registry, "image.json", "target.json", "registry.corp/base:1", "python:3.12"]
    {
        let found = report(path, &["--on", name]);
        let shown = if name == "image.json" { "python:3.12-slim" } else { name };
        assert_eq!(
            rows(&found),
            ["python:3.12-alpine native sdist 1.0", &format!("{shown} native wheel 1.0")],
            "{name}"
        );
    }
    let found = report(path, &["--on", "glibc:2.36", "--python", "3.12"]);
    assert_eq!(rows(&found)[1], "glibc:2.36 native wheel 1.0");
    let (_, out, _) = fails(path, &["--on", "glibc:2.36"]);
    assert_wording!("base_without_a_python", out);
    let found = report(path, &["--on", "musl:1.2", "--python", "3.12"]);
    assert_eq!(rows(&found)[1], "musl:1.2 native sdist 1.0");
    // The replacement is not a reference that could be pinned.
    let result = found["results"][1]["findings"].as_array().unwrap();
    assert!(!result.iter().any(|finding| finding["code"] == "unpinned-base"), "{result:?}");
}

/// A build stage on another image than the stage that runs keeps its base, or gets the new one.
#[test]
fn replace_selects_the_stages_that_on_replaces() {
    let two = "FROM python:3.12 AS build\nRUN pip install --target /packages native\n\
        FROM python:3.12-slim\nCOPY --from=build /packages /packages\n";
    let folder = context(two, &[]);
    let alpine = ["--on", "python:3.12-alpine"];
    let second = |more: &[&str]| {
        let found = report(folder.path(), &[&alpine[..], more].concat());
        let row = rows(&found)[1].clone();
        (
            row.rsplit_once(" native ").unwrap().1.to_owned(),
            has(&found, "stage-libc-mismatch", "Dockerfile:4:1"),
        )
    };
    assert_eq!(second(&[]), ("wheel 1.0".to_owned(), true));
    assert_eq!(second(&["--replace", "target"]), ("wheel 1.0".to_owned(), true));
    assert_eq!(second(&["--replace", "all"]), ("sdist 1.0".to_owned(), false));
}

/// Every fault is reported with its name, and the other targets are checked.
#[test]
fn a_name_that_is_not_found_does_not_hide_the_others() {
    let folder = context(NATIVE, &[]);
    let bases = ["--on", "dir:none", "--on", "python:3.12-slim", "--on", "python:3.12-slmi"];
    let (status, rows, err) = fails_with_rows(folder.path(), &bases);
    assert_eq!(status, 2, "{err}");
    assert_eq!(rows, ["python:3.12-alpine native sdist 1.0", "python:3.12-slim native wheel 1.0"]);
    assert_wording!("names_that_lead_nowhere", err);
}

#[test]
fn a_stage_on_an_unknown_image_does_not_affect_the_others() {
    let folder = context(
        "FROM registry.corp/tools:1 AS tools\nRUN pip install pure\n\
         FROM python:3.12-slim\nRUN pip install native\nCOPY --from=tools /opt /opt\n",
        &[],
    );
    let (status, rows, err) = fails_with_rows(folder.path(), &["--all"]);
    assert_eq!(status, 2, "{err}");
    assert_eq!(rows, ["python:3.12-slim [stage 1, line 4] native wheel 1.0"]);
    assert_wording!("unknown_base_of_another_stage", err);
    // Another base for the target does not depend on that stage, so it is checked.
    let (status, rows, err) = fails_with_rows(folder.path(), &["--on", "python:3.12"]);
    assert_eq!(status, 2, "{err}");
    assert!(rows.contains(&"python:3.12 [stage 1, line 4] native wheel 1.0".to_owned()), "{rows:?}");
}

#[test]
fn images_of_the_settings_file_are_bases_of_stages() {
    let folder = context(
        "ARG BASE=registry.corp/base:1\nFROM ${BASE} AS base\nFROM base\nRUN pip install native\n",
        &[("wheelbase.toml", "[images.\"registry.corp/base:1\"]\nlibc = \"musl:1.2\"\npython = \"3.12\"\n")],
    );
    assert_eq!(rows(&report(folder.path(), &[])), ["registry.corp/base:1 [stage 1] native sdist 1.0"]);
    // A name that FROM accepts is a name, also if it looks like a location of an image.
    let folder = context("FROM dir:root\nRUN pip install native\n", &[]);
    unpack(folder.path());
    let (status, _, err) = fails(folder.path(), &[]);
    assert_eq!(status, 2, "{err}");
    assert_wording!("folder_as_a_base", err);
}

/// aws/aws-lambda-base-images, `Dockerfile.python3.12`: LAMBDA_TASK_ROOT and the working folder are /var/task.
#[test]
fn settings_of_an_image_decide_what_its_stage_reads() {
    let lambda = context(
        "FROM public.ecr.aws/lambda/python:3.12\nCOPY requirements.txt ${LAMBDA_TASK_ROOT}/\n\
         RUN pip install -r requirements.txt --target \"${LAMBDA_TASK_ROOT}\"\n",
        &[("requirements.txt", "pure\n")],
    );
    let found = report(lambda.path(), &[]);
    assert!(rows(&found)[0].ends_with("pure wheel 2.0"), "{:?}", rows(&found));
    // Without the variable the file would be in the root folder, and `requirements.txt` would not be found.
    assert_eq!(
        findings(&found).iter().filter(|(_, place)| place.starts_with("Dockerfile:")).count(),
        1,
        "unpinned-base"
    );

    // docker-library/python: PYTHON_VERSION is the full version.
    let full = context(
        "FROM python:3.12.10-slim\nRUN pip install \"pure==${PYTHON_VERSION%%.*}.0\" $NOBODY_SAYS\n",
        &[],
    );
    let (_, out, _) = fails(full.path(), &["--all"]);
    // `PYTHON_VERSION` is known for this image, and `NOBODY_SAYS` may be set in it.
    assert_wording!("variables_of_a_base", out);
}

#[test]
fn only_the_settings_of_a_read_image_apply() {
    let folder = context("FROM python:3.12-slim\nRUN pip install pure==$PYTHON_VERSION $NOTHING\n", &[]);
    let image = Packed::new(&two_layers(), "amd64", gzip);
    let layout = layout(&[&image], &index(&[(&image, None, None)]));
    let (_, out, _) = fails(folder.path(), &["--on", &format!("oci:{}", layout.path().display()), "--all"]);
    let own = out.split("oci:").nth(1).unwrap_or_default();
    assert!(own.contains("3.12.7"), "{out}");
    let found = report(folder.path(), &["--on", &format!("oci:{}", layout.path().display())]);
    let of_image = found["results"].as_array().unwrap().last().unwrap().to_string();
    assert!(!of_image.contains("NOTHING"), "{of_image}");
}

fn refused(found: &Value) -> Vec<String> {
    let at = findings(found).into_iter().filter(|(code, _)| code == "externally-managed");
    at.map(|(_, place)| place).collect()
}

/// PEP 668: pip and uv fail at the command; the help lists the fixes of the specification and of their options.
#[test]
fn externally_managed_is_reported_at_the_refused_command() {
    let debian = |run: &str| {
        context(
            &format!(
                "FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip python3-venv\n{run}\n"
            ),
            &[],
        )
    };
    for run in [
        "RUN pip install pure",
        "RUN python3 -m pip install --user pure",
        "RUN pip3 install uv==0.9.0 --break-system-packages && uv pip install --system pure",
    ] {
        let folder = debian(run);
        let found = report(folder.path(), &[]);
        let at = refused(&found);
        assert!(at.len() == 1 && at[0].starts_with("Dockerfile:3:"), "{run}: {at:?}");
        assert_eq!(fails(folder.path(), &[]).0, 1, "the build ends there: {run}");
    }
    for run in [
        "RUN pip install --break-system-packages pure",
        "ENV PIP_BREAK_SYSTEM_PACKAGES=1\nRUN pip install pure",
        "RUN pip install --target /opt/app pure",
        "RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install pure",
        "ENV PATH=/opt/venv/bin:$PATH\nRUN python3 -m venv /opt/venv\nRUN pip install pure",
        "RUN pip config set global.break-system-packages true && pip install pure",
        "COPY <<EOF /etc/pip.conf\n[install]\nbreak-system-packages = true\nEOF\nRUN pip install pure",
        "RUN rm /usr/lib/python3.11/EXTERNALLY-MANAGED && pip install pure",
        "RUN rm -f /usr/lib/python3*/EXTERNALLY-MANAGED\nRUN pip install pure",
        "RUN mv /usr/lib/python3.11/EXTERNALLY-MANAGED /usr/lib/python3.11/no && pip install pure",
    ] {
        let found = report(debian(run).path(), &[]);
        assert_eq!(refused(&found), Vec::<String>::new(), "{run}");
        assert!(!rows(&found).is_empty(), "{run}");
    }
    let bullseye = context("FROM debian:11\nRUN apt-get install -y python3-pip\nRUN pip install pure\n", &[]);
    assert_eq!(refused(&report(bullseye.path(), &[])), Vec::<String>::new());
    let own =
        context("FROM python:3.12-slim\nRUN apt-get install -y python3-pip\nRUN pip install pure\n", &[]);
    assert_eq!(refused(&report(own.path(), &[])), Vec::<String>::new());
    assert!(!has(&report(own.path(), &[]), "externally-managed", "Dockerfile:1:1"));
}

/// One function reads names for all commands.
#[test]
fn every_command_accepts_an_image_of_a_registry() {
    let folder = context(NATIVE, &[]);
    let (_server, name) = open_registry();
    let (status, text, err) = run(folder.path(), &["image", &name, "--as-of", "2026-08-13"]);
    assert_eq!(status, 0, "{err}");
    assert_wording!("image_of_a_registry", text);
    let (status, tags, err) = run(folder.path(), &["tags", "--on", &name]);
    assert!(status == 0 && tags.contains("cp312-cp312-manylinux_2_36_x86_64"), "{tags}{err}");
    let check = ["check", "native", "--no-index", "--find-links", "index", "--no-deps", "--on", &name];
    let (status, out, err) = run(folder.path(), &[&check[..], &["--as-of"], &DAY].concat());
    assert_eq!(status, 0, "{err}");
    assert_wording!("check_on_an_image_of_a_registry", out);
    let (status, _, err) = run(folder.path(), &["inspect", "./none.whl", "--on", &name]);
    assert_eq!(status, 2, "{err}");
    // The wheel is missing, not the image.
    assert_wording!("inspect_on_an_image_of_a_registry", err);
}
