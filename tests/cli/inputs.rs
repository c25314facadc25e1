//! Requirements from all sources, and the options that change the selection.

use super::site::{Site, codes, rows};
use super::wording::assert_wording;
use crate::index::server::sha256;

fn site() -> Site {
    Site::of(
        "app 1.0 -> lib>=1 & fast; extra == 'speed' & extra:speed & winonly; sys_platform == 'win32'
         lib 1.0 @2025-01-01
         lib 2.0 @2026-06-01
         lib-3.0.tar.gz
         fast-1.0-cp312-cp312-musllinux_1_2_x86_64.whl
         fast-1.0.tar.gz
         kernel 1.0
         pre 1.0
         pre 2.0rc1",
    )
}

#[test]
fn arguments_files_standard_input_and_constraints_add_up() {
    let site = site();
    site.write("c.txt", "lib<3\nunused==7\n");
    let args = ["check", "-i", "simple", "--on", "glibc:2.36", "--python", "3.12", "--format", "json"];
    let run = site.run_with(&[&args[..], &["-r", "-", "kernel", "-c", "c.txt"]].concat(), |command| {
        command.write_stdin("app[speed]\n");
    });
    let report = run.report();
    assert_eq!(rows(&report, 0), ["app 1.0 wheel", "fast 1.0 sdist", "kernel 1.0 wheel", "lib 2.0 wheel"]);
    let by = |index: usize| report["results"][0]["distributions"][index]["requested_by"][0].clone();
    assert_eq!(by(0), "app[speed] (-:1:1)");
    assert_eq!(by(2), "kernel (argument)");
}

#[test]
fn pyproject_with_extras_and_groups() {
    let site = site();
    site.write(
        "pyproject.toml",
        "[project]\nname = 'own'\nversion = '1'\nrequires-python = '>=3.13'\ndependencies = ['lib<2']\n\
         [project.optional-dependencies]\nmore = ['kernel']\n\
         [dependency-groups]\ndev = ['pre', {include-group = 'base'}]\nbase = ['fast']\n",
    );
    let report = site.report(&["-r", "pyproject.toml"]);
    assert_eq!(rows(&report, 0), ["lib 1.0 wheel"]);
    assert_eq!(codes(&report), ["python-not-supported"]);
    let report =
        site.report(&["-r", "pyproject.toml", "--extra", "more", "--group", "dev", "--python", "3.13"]);
    assert_eq!(rows(&report, 0), ["fast 1.0 sdist", "kernel 1.0 wheel", "lib 1.0 wheel", "pre 1.0 wheel"]);
    assert_eq!(codes(&report), ["builds-from-source"]);
    // As pip's -e does.
    assert_eq!(rows(&site.report(&["-e", ".[more]"]), 0), ["kernel 1.0 wheel", "lib 1.0 wheel"]);
}

/// PEP 723.
#[test]
fn a_script_with_inline_metadata() {
    let site = site();
    site.write(
        "run.py",
        "# /// script\n# requires-python = '>=3.11'\n# dependencies = ['kernel']\n# ///\nimport os\n",
    );
    assert_eq!(rows(&site.report(&["-r", "run.py"]), 0), ["kernel 1.0 wheel"]);
}

/// PEP 508: a marker about the machine applies to the target, never to the host.
#[test]
fn markers_are_evaluated_for_each_target() {
    let site = site();
    site.write("r.txt", "kernel; platform_machine == 'aarch64'\npre; platform_libc_ver == 'x'\n");
    site.check(&["-r", "r.txt"]).with_status(2);
    site.write("r.txt", "kernel; platform_machine == 'aarch64'\nlib<2; python_full_version >= '3.12.4'\n");
    let report =
        site.report(&["-r", "r.txt", "--on", "glibc:2.36", "--arch", "amd64,arm64", "--python", "3.12.3"]);
    assert_eq!(rows(&report, 0), Vec::<String>::new());
    assert_eq!(rows(&report, 1), ["kernel 1.0 wheel"]);
    let report = site.report(&["-r", "r.txt", "--on", "glibc:2.36", "--python", "3.12.4"]);
    assert_eq!(rows(&report, 0), ["lib 1.0 wheel"]);
}

#[test]
fn formats_can_be_forbidden_and_preferred() {
    let site = site();
    assert_eq!(rows(&site.report(&["lib"]), 0), ["lib 3.0 sdist"]);
    assert_eq!(rows(&site.report(&["lib", "--only-binary", ":all:"]), 0), ["lib 2.0 wheel"]);
    assert_eq!(rows(&site.report(&["lib", "--prefer-binary"]), 0), ["lib 2.0 wheel"]);
    assert_eq!(rows(&site.report(&["app", "--no-binary", "lib"]), 0), ["app 1.0 wheel", "lib 3.0 sdist"]);
    site.write("r.txt", "--only-binary=:all:\nlib\n");
    assert_eq!(rows(&site.report(&["-r", "r.txt"]), 0), ["lib 2.0 wheel"]);
    // uv does not have this option, and selects the same newest version with a file.
    assert_eq!(
        rows(&site.report(&["lib", "--only-binary", ":all:", "--installer", "uv"]), 0),
        ["lib 2.0 wheel"]
    );
}

#[test]
fn pre_releases_dependencies_and_dates() {
    let site = site();
    assert_eq!(rows(&site.report(&["pre"]), 0), ["pre 1.0 wheel"]);
    assert_eq!(rows(&site.report(&["pre", "--pre"]), 0), ["pre 2.0rc1 wheel"]);
    assert_eq!(rows(&site.report(&["app", "--no-deps"]), 0), ["app 1.0 wheel"]);
    let report = site.report(&["lib", "--exclude-newer", "2026-05-31"]);
    assert_eq!(rows(&report, 0), ["lib 1.0 wheel"]);
    // The day is included whole; a time is not.
    assert_eq!(rows(&site.report(&["lib", "--exclude-newer", "2026-06-01"]), 0), ["lib 2.0 wheel"]);
    assert_eq!(rows(&site.report(&["lib", "--exclude-newer", "2026-06-01T12:00:00Z"]), 0), ["lib 1.0 wheel"]);
    assert_eq!(rows(&site.report(&["lib", "--exclude-newer", "2026-06-01T12:00:01Z"]), 0), ["lib 2.0 wheel"]);
}

/// uv: a file without upload time counts as newer; the run reports their number.
#[test]
fn files_without_a_date_are_excluded_and_counted() {
    let site = Site::of("a 1.0 @2026-01-01\na-1.0.tar.gz\na 2.0\nb 1.0");
    let report = site.report(&["a", "--exclude-newer", "2026-02-01"]);
    assert_eq!(rows(&report, 0), ["a 1.0 wheel"]);
    assert_eq!(report["results"][0]["undated_files"], 2, "{report:#}");
    assert!(codes(&report).contains(&"undated-files".to_owned()));
    let report = site.report(&["b", "--exclude-newer", "2026-02-01"]);
    assert_eq!(rows(&report, 0), ["b 1.0 none"]);
    assert_eq!(report["results"][0]["undated_files"], 1, "{report:#}");
}

#[test]
fn hashes_are_demanded_of_every_project() {
    let site = Site::of("a 1.0 sha -> b\nb 1.0 sha");
    let [of_a, of_b] = ["a", "b"].map(|name| sha256(format!("{name}-1.0-py3-none-any.whl").as_bytes()));
    site.write("r.txt", &format!("a==1.0 --hash=sha256:{of_a}\n"));
    let report = site.report(&["-r", "r.txt"]);
    assert_eq!(codes(&report), ["hash-missing"]);
    site.check(&["-r", "r.txt"]).with_status(1);
    site.write("r.txt", &format!("a==1.0 --hash=sha256:{of_a}\nb==1.0 \\\n  --hash=sha256:{of_b}\n"));
    assert_eq!(codes(&site.report(&["-r", "r.txt"])), Vec::<String>::new());
    site.write("r.txt", &format!("a==1.0 --hash=sha256:{of_b}\nb==1.0 --hash=sha256:{of_b}\n"));
    let report = site.report(&["-r", "r.txt"]);
    assert_eq!(rows(&report, 0)[0], "a 1.0 none");
    assert_eq!(codes(&report), ["no-compatible-distribution"]);
}

#[test]
fn installers_variables_count_unless_they_are_turned_off() {
    let site = Site::of("a 1.0");
    let simple = site.path().join("simple").display().to_string();
    let base = ["check", "a", "--on", "glibc:2.36", "--python", "3.12"];
    for variable in ["PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"] {
        let run = |more: &[&str]| {
            site.run_with(&[&base[..], more].concat(), |command| {
                command.env(variable, &simple);
            })
        };
        run(&[]).with_status(0);
        // Without it the default index would be queried, which --offline prevents.
        let run = run(&["--config-env", "none", "--offline"]).with_status(3);
        assert!(run.out.contains("https://pypi.org/simple/"), "{}", run.out);
    }
    // The command line is preferred to the environment, as by pip.
    let run = site.run_with(&[&base[..], &["-i", "simple"]].concat(), |command| {
        command.env("PIP_INDEX_URL", "http://127.0.0.1:9/");
    });
    run.with_status(0);
    let run = site.run_with(&[&base[..], &["--offline"]].concat(), |command| {
        command.env("PIP_NO_INDEX", "1").env("PIP_FIND_LINKS", site.path().join("links"));
    });
    assert_eq!(run.with_status(1).out.matches("project-not-found").count(), 1);
}

/// User names and passwords in URLs appear nowhere: text, JSON, -v, errors, cache notes.
#[test]
fn credentials_are_never_shown() {
    let site = Site::of("a 1.0");
    let secret = "http://us3r:hunter2@127.0.0.1:9";
    site.write(
        "r.txt",
        &format!(
            "--extra-index-url {secret}/extra/\n--find-links {secret}/links/\na\nb @ {secret}/b-1.0-py3-none-any.whl\n\
             c @ git+{secret}/c.git\n{secret}/d.bin\ne @ {secret}/e-1.0.tar.gz\n-e git+{secret}/f.git#egg=f\n\
             e @ {secret}/e-2.0.tar.gz\n"
        ),
    );
    site.write(
        "bad.txt",
        &format!("x @ {secret}/x.whl ; bogus\n-r {secret}/more.txt\n--index-url {secret}/ y\n{secret}/ z\n"),
    );
    let mut seen = 0;
    for args in [
        &["-r", "r.txt", "-v", "--all"][..],
        &["-r", "r.txt", "--format", "json", "-v"],
        &["-r", "r.txt", "--offline", "-v"],
        &["-r", "bad.txt"],
        &["-r", &format!("{secret}/r.txt")],
        &["a", "-c", &format!("{secret}/c.txt")],
        &["a", "-i", &format!("{secret}/simple/")],
        &["a", "-i", "ftp://us3r:hunter2@127.0.0.1/"],
        &[&format!("{secret}/a"), "--installer", "uv"],
        &[&format!("a @ {secret}/a ; x")],
    ] {
        let all = [&["check", "--on", "musl:1.2", "--python", "3.12"][..], args].concat();
        let run = site.run_with(&all, |command| {
            command.env("PIP_RETRIES", "0").env("PIP_INDEX_URL", format!("{secret}/simple"));
        });
        let text = format!("{}{}", run.out, run.err);
        assert!(!text.contains("hunter2") && !text.contains("us3r"), "{args:?}:\n{text}");
        seen += usize::from(text.contains("127.0.0.1"));
    }
    assert!(seen >= 7, "the hosts themselves are named: {seen}");
}

/// Cached pages are sufficient for a run without network, but not for an index with another URL.
#[test]
fn offline_works_from_the_cache() {
    use crate::index::server::{Reply, Server, metadata};

    let server = Server::start();
    server.page(
        "a",
        "<a href='/files/a-1.0-py3-none-any.whl' data-core-metadata='true'>a-1.0-py3-none-any.whl</a>",
    );
    server.reply("/files/a-1.0-py3-none-any.whl.metadata", Reply::new(200, "", metadata("a", "1.0", &["b"])));
    server.page(
        "b",
        "<a href='/files/b-1.0-py3-none-any.whl' data-core-metadata='true'>b-1.0-py3-none-any.whl</a>",
    );
    server.reply("/files/b-1.0-py3-none-any.whl.metadata", Reply::new(200, "", metadata("b", "1.0", &[])));
    let site = Site::of("");
    let index = server.index();
    let base = ["check", "a", "--on", "musl:1.2", "--python", "3.12", "-i", &index];
    let run = |more: &[&str]| site.run(&[&base[..], more].concat());
    run(&["--offline"]).with_status(3);
    assert_eq!(server.paths(), Vec::<String>::new());
    run(&[]).with_status(0);
    let asked = server.paths().len();
    assert_eq!(asked, 4);
    let offline = run(&["--offline", "--format", "json"]).with_status(0).report();
    assert_eq!(rows(&offline, 0), ["a 1.0 wheel", "b 1.0 wheel"]);
    run(&["--max-age", "1h"]).with_status(0);
    assert_eq!(server.paths().len(), asked);
    // Times are stored in seconds, so a response of the current second is fresh.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    run(&["--refresh"]).with_status(0);
    assert!(server.paths().len() > asked);
    run(&["--no-cache", "--offline"]).with_status(3);
    // A damaged entry is a miss, which -v reports.
    let folder = site.run(&["cache", "dir"]).with_status(0).out;
    let mut damaged = 0;
    let mut folders = vec![std::path::PathBuf::from(folder.trim())];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::metadata(&path).unwrap().len() > 20 {
                std::fs::write(&path, b"damaged by a test, and long enough to be looked at").unwrap();
                damaged += 1;
            }
        }
    }
    assert!(damaged > 0);
    let verbose = run(&["-v"]).with_status(0);
    assert_wording!("damaged_cache", verbose.err);
    site.run(&["cache", "clear"]).with_status(0);
    run(&["--offline"]).with_status(3);
}

/// Standard error gets progress on a terminal only.
#[test]
fn only_remarks_go_to_standard_error() {
    let site = site();
    let run = site.check(&["app", "lib<3"]).with_status(0);
    assert_eq!(run.err, "");
    let run = site.check(&["app", "lib<3", "-v"]).with_status(0);
    assert_wording!("verbose", run.err);
}
