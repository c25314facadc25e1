//! The codes of building from source, through the whole command.

use std::fs;

use serde_json::Value;

use crate::cli::site::Site;
use crate::cli::wording::{Texts, assert_wording, findings_of, levels_of, messages_of};
use crate::index::server::sdist;

const DAY: [&str; 4] = ["--as-of", "2026-08-13", "--exclude-newer", "never"];

/// A source distribution with a wheel for another platform, and these files in its archive.
fn site(project: &str, version: &str, files: &[&str]) -> Site {
    let stem = format!("{project}-{version}");
    let site = Site::of(&format!("{stem}-cp312-cp312-win_amd64.whl\n{stem}.tar.gz"));
    archive(&site, project, version, files);
    site
}

fn archive(site: &Site, project: &str, version: &str, files: &[&str]) {
    let stem = format!("{project}-{version}");
    let metadata = format!("Metadata-Version: 2.4\nName: {project}\nVersion: {version}\n");
    let paths: Vec<String> = files.iter().map(|file| format!("{stem}/{file}")).collect();
    let info = format!("{stem}/PKG-INFO");
    let mut members: Vec<(&str, &[u8])> = vec![(&info, metadata.as_bytes())];
    members.extend(paths.iter().map(|path| (path.as_str(), &b""[..])));
    site.write_bytes(&format!("files/{stem}.tar.gz"), &sdist(&members));
}

fn check(site: &Site, args: &[&str]) -> Value {
    site.report(&[args, &DAY].concat())
}

/// The code fires once, with this level and for this project; `wording` names the snapshot of message and help.
fn fires(report: &Value, code: &str, (level, project): (&str, &str), wording: &str) {
    assert_eq!(levels_of(report, code), [(level.to_owned(), project.to_owned())], "{report:#}");
    assert_wording!(wording, messages_of(report, code));
}

fn silent(report: &Value, code: &str) {
    assert_eq!(findings_of(report, code), Vec::<&Value>::new(), "{report:#}");
}

fn row(report: &Value) -> &Value {
    &report["results"][0]["distributions"][0]
}

const CODE: &str = "compiler-missing";
const LIBRARY: &str = "build-needs-library";

#[test]
fn compiler_missing_fires() {
    let site = site("x", "1.0", &["src/x.c", "src/lib.rs", "tests/data.f90"]);
    let report = check(&site, &["x", "--inspect", "--on", "python:3.12-slim"]);
    fires(&report, CODE, ("warn", "x"), "compiler_missing");
    assert_eq!(row(&report)["language"], "native");
    assert_eq!(row(&report)["languages"], serde_json::json!(["C", "Rust"]));
    let building = &report["results"][0]["building"];
    assert_eq!(building["lacking"], serde_json::json!(["x"]));
    assert_eq!(building["failing"], serde_json::json!([]));
    assert_eq!(building["packages"], serde_json::json!(["gcc", "libc6-dev", "cargo"]));
    fires(&report, "builds-from-source", ("warn", "x"), "builds_from_source_native");

    let alpine = check(&site, &["x", "--inspect", "--on", "python:3.12-alpine"]);
    fires(&alpine, CODE, ("warn", "x"), "compiler_missing_alpine");
    // Nothing can be installed there, and nothing installs.
    let distroless = check(&site, &["x", "--inspect", "--on", "gcr.io/distroless/python3-debian12"]);
    fires(&distroless, CODE, ("warn", "x"), "compiler_missing_distroless");
    assert_eq!(distroless["targets"][0]["has_installer"], false);
}

#[test]
fn compiler_missing_fires_without_reading_the_sdist_if_wheels_are_compiled() {
    let site = site("x", "1.0", &["src/lib.rs"]);
    let report = check(&site, &["x", "--on", "python:3.12-slim"]);
    fires(&report, CODE, ("warn", "x"), "compiler_missing_uninspected");
    assert_eq!(row(&report)["language"], Value::Null);
}

#[test]
fn compiler_missing_silent() {
    let native = site("x", "1.0", &["src/x.c"]);
    silent(&check(&native, &["x", "--inspect", "--on", "python:3.12"]), CODE);
    // A C library is not an image: its other contents are unknown.
    let plain = check(&native, &["x", "--inspect"]);
    silent(&plain, CODE);
    assert_eq!(plain["results"][0]["building"], Value::Null);

    // Files of tests are not built, and pure Python needs no compiler.
    let pure = site("x", "1.0", &["x/__init__.py", "tests/data/a.c"]);
    let report = check(&pure, &["x", "--inspect", "--on", "python:3.12-slim"]);
    silent(&report, CODE);
    fires(&report, "builds-from-source", ("warn", "x"), "builds_from_source_pure");
    assert_eq!(row(&report)["language"], "pure");

    // A wheel for every platform is built without a compiler.
    let optional = Site::of("x-1.0-cp312-cp312-win_amd64.whl\nx-1.0-py3-none-any.whl\nx-1.0.tar.gz");
    archive(&optional, "x", "1.0", &["src/x.c"]);
    let args = ["x", "--inspect", "--no-binary", "x", "--on", "python:3.12-slim"];
    let report = check(&optional, &args);
    assert_eq!(row(&report)["kind"], "sdist");
    silent(&report, CODE);
}

#[test]
fn build_needs_library_fires() {
    let site = site("psycopg2", "2.9.10", &["psycopg/psycopgmodule.c"]);
    let report = check(&site, &["psycopg2", "--on", "python:3.12-slim"]);
    fires(&report, LIBRARY, ("deny", "psycopg2"), "build_needs_library");
    assert_eq!(report["results"][0]["building"]["failing"], serde_json::json!(["psycopg2"]));
    // The headers of an image with a compiler are unknown.
    let unknown = check(&site, &["psycopg2", "--on", "registry.access.redhat.com/ubi9/python-312"]);
    silent(&unknown, LIBRARY);
    fires(&unknown, "undetermined", ("warn", "psycopg2"), "undetermined_library");
    assert!(unknown["results"][0]["building"]["undetermined"].is_string());
}

#[test]
fn build_needs_library_silent() {
    let psycopg = site("psycopg2", "2.9.10", &["psycopg/psycopgmodule.c"]);
    silent(&check(&psycopg, &["psycopg2", "--on", "python:3.12"]), LIBRARY);
    silent(&check(&psycopg, &["psycopg2"]), LIBRARY);
    // The row applies to older versions.
    let newer = site("python-snappy", "0.7.3", &["src/snappy.py"]);
    silent(&check(&newer, &["python-snappy", "--on", "python:3.12-slim"]), LIBRARY);
}

/// What a Dockerfile installs counts from there on until it is removed.
#[test]
fn packages_of_a_stage_count_where_they_are_there() {
    let site = site("psycopg2", "2.9.10", &["psycopg/psycopgmodule.c"]);
    let run = |lines: &str| {
        let text = format!("FROM python:3.12-slim\n{lines}\n");
        fs::write(site.path().join("Dockerfile"), text).unwrap();
        let args = ["check", "--index-url", "simple", "--dockerfile", "Dockerfile", "--format", "json"];
        site.run(&[&args[..], &DAY].concat()).report()
    };
    let install = "RUN apt-get update && apt-get install -y --no-install-recommends";
    let good = run(&format!(
        "{install} gcc libc6-dev libpq-dev && pip install psycopg2 && apt-get purge -y gcc libpq-dev"
    ));
    silent(&good, CODE);
    silent(&good, LIBRARY);

    // Debian's gcc only recommends the headers of the C library.
    let bare = run(&format!("{install} gcc libpq-dev && pip install psycopg2"));
    fires(&bare, CODE, ("warn", "psycopg2"), "compiler_missing_headers");
    silent(&bare, LIBRARY);
    let recommended = run("RUN apt-get update && apt-get install -y gcc libpq-dev && pip install psycopg2");
    silent(&recommended, CODE);

    let removed = run(&format!(
        "{install} build-essential libpq-dev && apt-get purge -y build-essential libpq-dev && pip install psycopg2"
    ));
    fires(&removed, CODE, ("warn", "psycopg2"), "compiler_missing_removed");
    fires(&removed, LIBRARY, ("deny", "psycopg2"), "build_needs_library_removed");

    // Alpine's packages of headers usually install pkg-config, and the other headers are unknown.
    let cairo = site_of_cairo();
    let text = "FROM python:3.12-alpine\nRUN apk add --no-cache build-base gtk-dev && pip install pycairo\n";
    fs::write(cairo.path().join("Dockerfile"), text).unwrap();
    let args = ["check", "--index-url", "simple", "--dockerfile", "Dockerfile", "--format", "json"];
    let doubtful = cairo.run(&[&args[..], &DAY].concat()).report();
    silent(&doubtful, LIBRARY);
    fires(&doubtful, "undetermined", ("warn", "pycairo"), "undetermined_recommended");

    // Another package may have installed it.
    let unknown = run(&format!("{install} build-essential some-vendor-suite && pip install psycopg2"));
    silent(&unknown, LIBRARY);
    assert_wording!("undetermined_package", messages_of(&unknown, "undetermined"));
}

fn site_of_cairo() -> Site {
    site("pycairo", "1.27.0", &["cairo/cairomodule.c"])
}

/// An image without an installer is reported, in text and as an assumption.
#[test]
fn an_image_without_installer_installs_nothing() {
    let site = Site::of("pure 1.0");
    let run = site.check(&[&["pure", "--on", "gcr.io/distroless/python3-debian12"][..], &DAY].concat());
    let mut texts = Texts::default();
    texts.add("distroless with pip as the installer", &run.out);
    let args = ["check", "--index-url", "simple", "pure", "--on", "gcr.io/distroless/python3-debian12"];
    let assumed = site.run(&[&args[..], &DAY].concat());
    texts.add("distroless", &assumed.out);
    let slim = site.check(&[&["pure", "--on", "python:3.12-slim"][..], &DAY].concat());
    texts.add("slim", &slim.out);
    assert_wording!("image_without_an_installer", texts);
}
