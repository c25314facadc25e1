//! Findings between stages: for each code a case in which it fires and a case in which it does not.

use std::collections::{BTreeMap, BTreeSet};

use wheelbase::dockerfile::{Context, Dockerfile, Plan, PlanOptions, ReplaceScope};
use wheelbase::findings::Code;
use wheelbase::rules::dockerfile::{Native, StageFindings, StageImage, StagePython, check};
use wheelbase::target::Libc;

use crate::messages::{Messages, assert_messages, lines};

fn plan(text: &str, options: &PlanOptions) -> Plan {
    Dockerfile::parse(text.as_bytes(), "Dockerfile").unwrap().plan(options, &Context::new()).unwrap()
}

fn glibc(minor: u32) -> StageImage {
    StageImage { libc: Some(Libc::Glibc(2, minor)), ..StageImage::default() }
}

fn musl(patch: u32) -> StageImage {
    StageImage { libc: Some(Libc::Musl(1, 2, Some(patch))), ..StageImage::default() }
}

fn python(version: &str, path: &str) -> StageImage {
    let python = StagePython::Present { version: version.parse().unwrap(), path: path.to_owned() };
    StageImage { python, ..StageImage::default() }
}

fn checked(text: &str, images: &[StageImage], native: Native) -> StageFindings {
    let images: BTreeMap<usize, StageImage> = images.iter().cloned().enumerate().collect();
    check(&plan(text, &PlanOptions::default()), &images, |_, _| native)
}

/// The findings of one code, with their positions.
fn findings_of(checked: &StageFindings, code: &str) -> Vec<String> {
    let code: Code = code.parse().unwrap();
    let of_code = checked.findings.iter().filter(|finding| finding.code() == code);
    of_code.map(|finding| format!("{} {}", finding.origin.as_ref().unwrap(), finding.message())).collect()
}

const VENV: &str = "FROM python:3.12 AS build\nRUN python -m venv /venv && /venv/bin/pip install psycopg2\n\
                    FROM gcr.io/distroless/python3-debian12\nCOPY --from=build /venv /venv\n";

#[test]
fn stage_libc_mismatch_fires_on_another_family() {
    let mut messages = Messages::default();
    for native in [Native::Built, Native::Wheels(None), Native::Unknown] {
        let checked = checked(VENV, &[glibc(41), musl(5)], native);
        messages.add_all(format_args!("{native:?}"), findings_of(&checked, "stage-libc-mismatch"));
    }
    assert_messages!(messages);
}

#[test]
fn stage_libc_mismatch_fires_on_an_older_version() {
    assert_eq!(
        findings_of(&checked(VENV, &[glibc(41), glibc(36)], Native::Built), "stage-libc-mismatch").len(),
        1
    );
    let wheels = Native::Wheels(Some((2, 39)));
    assert_eq!(findings_of(&checked(VENV, &[glibc(41), glibc(36)], wheels), "stage-libc-mismatch").len(), 1);
}

#[test]
fn stage_libc_mismatch_is_silent() {
    // Wheels of the index are safe where their own tag is (notes on distroless#1859).
    let silent = [
        checked(VENV, &[glibc(41), glibc(36)], Native::Wheels(Some((2, 17)))),
        checked(VENV, &[glibc(41), glibc(36)], Native::Nothing),
        checked(VENV, &[glibc(36), glibc(41)], Native::Built),
        checked(VENV, &[glibc(41), musl(5)], Native::Nothing),
        checked(VENV, &[glibc(41), StageImage::default()], Native::Built),
    ];
    for checked in silent {
        assert!(findings_of(&checked, "stage-libc-mismatch").is_empty());
        assert!(checked.undetermined.is_empty());
    }
    // A check that was not made is reported.
    let unknown = checked(VENV, &[glibc(41), glibc(36)], Native::Unknown);
    assert!(findings_of(&unknown, "stage-libc-mismatch").is_empty());
    assert_eq!(unknown.undetermined.len(), 1);
}

#[test]
fn stage_python_mismatch_fires() {
    let text = "FROM python:3.12 AS build\nRUN pip install flask\nFROM python:3.13\n\
                COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.13/site-packages\n";
    assert_messages!(lines(findings_of(&checked(text, &[], Native::Nothing), "stage-python-mismatch")));
    let images = [python("3.12.1", "/usr/local/bin/python3.12"), python("3.11.2", "/usr/bin/python3.11")];
    assert_eq!(findings_of(&checked(VENV, &images, Native::Nothing), "stage-python-mismatch").len(), 1);
    // The folder is that of the build stage, and the interpreter of the other stage does not search it.
    let text = text.replace("python3.13", "python3.12");
    let images = [python("3.12.1", "/usr/local/bin/python"), python("3.13.0", "/usr/local/bin/python")];
    assert_eq!(findings_of(&checked(&text, &images, Native::Nothing), "stage-python-mismatch").len(), 1);
}

#[test]
fn stage_python_mismatch_is_silent() {
    let images = [python("3.12.1", "/usr/local/bin/python"), python("3.12.9", "/usr/local/bin/python")];
    assert!(findings_of(&checked(VENV, &images, Native::Built), "stage-python-mismatch").is_empty());
    // The interpreter is copied with `/usr/local`.
    let text = "FROM python:3.12 AS build\nRUN pip install flask\nFROM debian:trixie\nCOPY --from=build /usr/local /usr/local\n";
    let images = [python("3.12.1", "/usr/local/bin/python"), python("3.13.5", "/usr/bin/python3")];
    assert!(findings_of(&checked(text, &images, Native::Built), "stage-python-mismatch").is_empty());
}

#[test]
fn stage_arch_mismatch_fires() {
    let text = "FROM --platform=$BUILDPLATFORM python:3.12 AS build\nRUN pip install --target=/deps numpy\n\
                FROM python:3.12\nCOPY --from=build /deps /deps\n";
    let options = PlanOptions::default().platform("linux/arm64");
    let checked = check(&plan(text, &options), &BTreeMap::new(), |_, _| Native::Unknown);
    assert_messages!(lines(findings_of(&checked, "stage-arch-mismatch")));
}

#[test]
fn stage_arch_mismatch_is_silent() {
    let text = "FROM --platform=$BUILDPLATFORM python:3.12 AS build\nRUN pip install --target=/deps numpy\n\
                FROM python:3.12\nCOPY --from=build /deps /deps\n";
    let options = PlanOptions::default().platform("linux/arm64");
    let pure = check(&plan(text, &options), &BTreeMap::new(), |_, _| Native::Nothing);
    assert!(findings_of(&pure, "stage-arch-mismatch").is_empty());
    let same = check(&plan(text, &PlanOptions::default()), &BTreeMap::new(), |_, _| Native::Built);
    assert!(findings_of(&same, "stage-arch-mismatch").is_empty());
}

#[test]
fn copied_venv_dangles_fires() {
    let images = [python("3.11.9", "/usr/local/bin/python3.11"), python("3.11.2", "/usr/bin/python3.11")];
    assert_messages!(lines(findings_of(&checked(VENV, &images, Native::Nothing), "copied-venv-dangles")));
    let absent = StageImage { python: StagePython::Absent, ..StageImage::default() };
    let images = [python("3.11.9", "/usr/local/bin/python3.11"), absent.clone()];
    assert_eq!(findings_of(&checked(VENV, &images, Native::Nothing), "copied-venv-dangles").len(), 1);
    // Moved to another path.
    let moved = VENV.replace("/venv /venv", "/venv /opt/venv");
    let images =
        [python("3.11.9", "/usr/local/bin/python3.11"), python("3.11.9", "/usr/local/bin/python3.11")];
    assert_eq!(findings_of(&checked(&moved, &images, Native::Nothing), "copied-venv-dangles").len(), 1);
    // uv fetched the interpreter, and it is not copied.
    let uv = "FROM ghcr.io/astral-sh/uv:debian-slim AS build\nWORKDIR /app\nCOPY . .\nRUN uv sync --locked\n\
              FROM debian:trixie-slim\nCOPY --from=build /app /app\n";
    assert_eq!(
        findings_of(&checked(uv, &[absent.clone(), absent.clone()], Native::Nothing), "copied-venv-dangles")
            .len(),
        1
    );
    let with = uv.replace(
        "COPY --from=build /app /app",
        "COPY --from=build /root/.local /root/.local\nCOPY --from=build /app /app",
    );
    assert!(
        findings_of(&checked(&with, &[absent.clone(), absent], Native::Nothing), "copied-venv-dangles")
            .is_empty()
    );
}

#[test]
fn copied_venv_dangles_is_silent() {
    let same = [python("3.11.9", "/usr/local/bin/python3.11"), python("3.11.9", "/usr/local/bin/python3.11")];
    assert!(findings_of(&checked(VENV, &same, Native::Built), "copied-venv-dangles").is_empty());
    // Modules need no link.
    let modules = VENV.replace("/venv /venv", "/venv/lib/python3.11/site-packages /app/lib");
    let other = [python("3.11.9", "/usr/local/bin/python3.11"), python("3.11.2", "/usr/bin/python3.11")];
    assert!(findings_of(&checked(&modules, &other, Native::Built), "copied-venv-dangles").is_empty());
    let unknown = [StageImage::default(), StageImage::default()];
    assert!(findings_of(&checked(VENV, &unknown, Native::Built), "copied-venv-dangles").is_empty());
}

fn with_libraries(names: &[&str]) -> StageImage {
    let libraries: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
    StageImage { libraries: Some(libraries), ..StageImage::default() }
}

const LIBPQ: &str = "FROM python:3.12 AS build\nRUN apt-get update && apt-get install -y libpq-dev gcc\n\
                     RUN pip install --prefix=/install psycopg2\nFROM python:3.12-slim\n\
                     COPY --from=build /install /usr/local\n";

#[test]
fn libraries_left_behind_fires() {
    // The SONAME is that of the release on which it is linked.
    let trixie = StageImage { release: Some("debian:13".to_owned()), ..StageImage::default() };
    let images = [trixie, with_libraries(&["libc.so.6"])];
    assert_messages!(lines(findings_of(&checked(LIBPQ, &images, Native::Built), "libraries-left-behind")));
    // Without the SONAME the package is used; if nothing can be installed, there is no line.
    let bare = StageImage { installs: Some(false), ..with_libraries(&["libc.so.6"]) };
    let checked_bare = checked(LIBPQ, &[StageImage::default(), bare], Native::Built);
    let [one] = findings_of(&checked_bare, "libraries-left-behind")
        .try_into()
        .unwrap_or_else(|all| panic!("{all:?}"));
    let finding = checked_bare.findings.iter().find(|one| one.code() == Code::LibrariesLeftBehind).unwrap();
    let help = finding.help().unwrap();
    assert_messages!(format!("{one}\nhelp: {help}"));
    // Removed again in the same stage.
    let text = "FROM python:3.12-alpine\nRUN apk add --virtual .build-deps postgresql-dev gcc musl-dev \\\n\
                && pip install psycopg2 && apk del .build-deps\n";
    assert_eq!(
        findings_of(&checked(text, &[with_libraries(&[])], Native::Built), "libraries-left-behind").len(),
        1
    );
}

#[test]
fn libraries_left_behind_is_silent() {
    let has = [StageImage::default(), with_libraries(&["libpq.so.5"])];
    assert!(findings_of(&checked(LIBPQ, &has, Native::Built), "libraries-left-behind").is_empty());
    let hasnt = [StageImage::default(), with_libraries(&[])];
    assert!(findings_of(&checked(LIBPQ, &hasnt, Native::Wheels(None)), "libraries-left-behind").is_empty());
    let installed = LIBPQ.replace("COPY --from", "RUN apt-get install -y libpq5\nCOPY --from");
    assert!(findings_of(&checked(&installed, &hasnt, Native::Built), "libraries-left-behind").is_empty());
    let unknown = checked(LIBPQ, &[], Native::Built);
    assert!(findings_of(&unknown, "libraries-left-behind").is_empty());
    assert_eq!(unknown.undetermined.len(), 1);
}

#[test]
fn unpinned_base_fires_and_is_silent() {
    let digest = "ab".repeat(32);
    let text = format!(
        "FROM python:3.12-slim AS a\nFROM python:3.12@sha256:{digest} AS b\nFROM a\nCOPY --from=b /x /x\n"
    );
    assert_messages!(lines(findings_of(&checked(&text, &[], Native::Nothing), "unpinned-base")));
    let pinned = format!("FROM python:3.12@sha256:{digest}\n");
    assert!(findings_of(&checked(&pinned, &[], Native::Nothing), "unpinned-base").is_empty());
    assert!(findings_of(&checked("FROM scratch\n", &[], Native::Nothing), "unpinned-base").is_empty());
}

#[test]
fn build_arg_assumed_fires_and_is_silent() {
    let text = "ARG V=3.12\nARG UNUSED=1\nFROM python:$V\nARG EXTRA\nARG LABEL=x\nLABEL a=$LABEL\n\
                RUN echo $UNUSED && pip install flask$EXTRA\n";
    let assumed = findings_of(&checked(text, &[], Native::Nothing), "build-arg-assumed");
    assert_eq!(assumed.len(), 2);
    assert_messages!(lines(assumed));
    let options = PlanOptions::default().build_arg("V", "3.13").build_arg("EXTRA", "");
    let given = plan(text, &options);
    assert_eq!(given.image_of(0).unwrap().as_str(), "python:3.13");
    assert!(
        findings_of(&check(&given, &BTreeMap::new(), |_, _| Native::Nothing), "build-arg-assumed").is_empty()
    );
}

/// Where results run: only the build stage, the target through copies, or through wheels.
#[test]
fn flows_follow_copies_wheels_and_children() {
    let text = "FROM python:3.12 AS wheels\nRUN pip wheel -w /wheels numpy\nRUN pip install twine\n\
                FROM python:3.12 AS app\nCOPY --from=wheels /wheels/*.whl /w/\nRUN pip install --no-index --find-links /w numpy\n\
                FROM app\nRUN pip install gunicorn\n";
    let plan = plan(text, &PlanOptions::default());
    let flows: Vec<_> =
        plan.flows().iter().map(|flow| (flow.stage, flow.step, flow.runs_in, flow.carriers.len())).collect();
    assert_eq!(flows, [(0, 0, 2, 1), (0, 1, 0, 0), (1, 0, 2, 0), (2, 0, 2, 0)]);
}

#[test]
fn another_base_moves_the_stages_that_share_it() {
    let text = "FROM python:3.12 AS a\nFROM python:3.12-slim AS b\nFROM b AS c\nFROM python:3.12-slim\n\
                COPY --from=a /x /x\nCOPY --from=c /y /y\n";
    let bases = |scope| {
        let plan = plan(text, &PlanOptions::default().on("python:3.13-alpine", scope));
        (0..4).map(|index| plan.image_of(index).unwrap().to_string()).collect::<Vec<_>>()
    };
    let new = "python:3.13-alpine";
    assert_eq!(bases(ReplaceScope::Same), ["python:3.12", new, new, new]);
    assert_eq!(bases(ReplaceScope::Target), ["python:3.12", "python:3.12-slim", "python:3.12-slim", new]);
    assert_eq!(bases(ReplaceScope::All), [new; 4]);
}

#[test]
fn an_unknown_target_is_an_error_that_lists_the_stages() {
    let dockerfile = Dockerfile::parse(b"FROM python AS one\nFROM python AS Two\n", "Dockerfile").unwrap();
    let error = dockerfile.plan(&PlanOptions::default().target("three"), &Context::new()).unwrap_err();
    assert_messages!(error);
    assert_eq!(dockerfile.plan(&PlanOptions::default().target("TWO"), &Context::new()).unwrap().target, 1);
    assert_eq!(dockerfile.plan(&PlanOptions::default().target("0"), &Context::new()).unwrap().target, 0);
}
