//! uv's overrides, which replace every other requirement on a project.

use super::dockerfile::{context, report as of_dockerfile, rows as of_rows};
use super::site::{Site, rows};
use super::wording::{Texts, assert_wording};

fn site() -> Site {
    Site::of(
        "lib 1.0 -> extra:p & plug; extra == 'p'
         lib 2.0 -> extra:p & plug; extra == 'p'
         lib 3.0 -> extra:p & plug; extra == 'p'
         lib 4.0b1
         plug 1.0
         app 1.0 -> lib<2
         appx 1.0 -> lib[p]<2
         appm 1.0 -> lib<2; python_version < '3'
         appo 1.0 -> extra:o & lib<2; extra == 'o'
         deep 1.0 -> app",
    )
}

const UV: [&str; 2] = ["--installer", "uv==0.13.8"];

/// Results of uv 0.13.9, `uv pip compile --no-index --find-links W r.txt --override o.txt` with the same distributions.
#[test]
fn an_override_replaces_every_other_requirement() {
    let site = site();
    for (requirements, overrides, expected) in [
        ("app", "lib==3\n", "app 1.0, lib 3.0"),
        ("app lib<3", "lib==3\n", "app 1.0, lib 3.0"),
        ("appx", "lib==3\n", "appx 1.0, lib 3.0"),
        ("appm", "lib==3\n", "appm 1.0, lib 3.0"),
        ("appo", "lib==3\n", "appo 1.0"),
        ("appo[o]", "lib==3\n", "appo 1.0, lib 3.0"),
        ("app", "lib==3; sys_platform == 'win32'\n", "app 1.0"),
        ("lib", "lib==2; sys_platform == 'win32'\n", ""),
        ("app", "lib>3\n", "app 1.0, lib 4.0b1"),
        ("app", "lib>=4.0b1\n", "app 1.0, lib 4.0b1"),
        ("plug", "lib==3\n", "plug 1.0"),
        ("app", "lib==2; python_version < '3'\nlib==3; python_version >= '3'\n", "app 1.0, lib 3.0"),
        ("app", "lib[p]==2\n", "app 1.0, lib 2.0, plug 1.0"),
        ("lib[p]", "lib==2\n", "lib 2.0"),
        ("deep", "app==1.0\nlib==2\n", "app 1.0, deep 1.0, lib 2.0"),
    ] {
        site.write("o.txt", overrides);
        let named: Vec<&str> = requirements.split(' ').collect();
        let report = site.report(&[&named[..], &["--override", "o.txt"], &UV].concat());
        let found: Vec<String> =
            rows(&report, 0).iter().map(|row| row.trim_end_matches(" wheel").to_owned()).collect();
        assert_eq!(found.join(", "), expected, "{requirements} with {overrides}");
    }
}

/// The same uv: constraints still apply.
#[test]
fn a_constraint_applies_to_an_override() {
    let site = site();
    site.write("o.txt", "lib>=2\n");
    site.write("c.txt", "lib<3\n");
    let report = site.report(&[&["app", "-c", "c.txt", "--override", "o.txt"][..], &UV].concat());
    assert_eq!(rows(&report, 0), ["app 1.0 wheel", "lib 2.0 wheel"]);
    let by =
        report["results"][0]["distributions"][1]["requested_by"][0].as_str().unwrap_or_default().to_owned();
    assert_eq!(by, "app 1.0 (requires lib>=2)");
}

#[test]
fn overrides_with_pip_are_reported_as_unsupported() {
    let site = site();
    site.write("o.txt", "lib==3\n");
    let run = site.check(&["app", "--override", "o.txt", "--format", "json"]).with_status(0);
    let mut texts = Texts::default();
    texts.add("pip", &run.err);
    assert_eq!(rows(&run.report(), 0), ["app 1.0 wheel", "lib 1.0 wheel"]);
    let run = site.check(&["--override", "o.txt"]);
    let run = run.with_status(2);
    texts.add("no requirement", &run.err);
    let run = site.check(&[&["app", "--override", "none.txt"][..], &UV].concat());
    let run = run.with_status(2);
    texts.add("no file", &run.err);
    assert_wording!("overrides", texts);
}

/// uv reference, "override-dependencies" and `UV_OVERRIDE`.
#[test]
fn overrides_of_a_project_and_of_the_environment_count() {
    let site = site();
    let project = "[project]\nname = 'own'\nversion = '1'\ndependencies = ['app']\n[tool.uv]\noverride-dependencies = ['lib==3']\n";
    site.write("pyproject.toml", project);
    let uv = site.report(&[&["-r", "pyproject.toml"][..], &UV].concat());
    assert_eq!(rows(&uv, 0), ["app 1.0 wheel", "lib 3.0 wheel"]);
    let pip = site.report(&["-r", "pyproject.toml"]);
    assert_eq!(rows(&pip, 0), ["app 1.0 wheel", "lib 1.0 wheel"]);
    // Settings of a project that is installed are ignored.
    let other = site.report(&[&["./"][..], &UV].concat());
    assert_eq!(rows(&other, 0), ["app 1.0 wheel", "lib 1.0 wheel"]);
    site.write("broken/pyproject.toml", &project.replace("'lib==3'", "'lib=3'"));
    let run = site.check(&[&["-r", "broken/pyproject.toml"][..], &UV].concat());
    assert!(run.status == 2 && run.err.contains("broken/pyproject.toml:6:"), "{}", run.err);
    assert_wording!("broken_override_of_a_project", run.err);

    site.write("o.txt", "lib==2\n");
    let args = ["check", "app", "-i", "simple", "--on", "glibc:2.36", "--python", "3.12", "--format", "json"];
    let run = |more: &[&str]| {
        let run = site.run_with(&[&args[..], more].concat(), |command| {
            command.env("UV_OVERRIDE", "o.txt");
        });
        rows(&run.report(), 0)[1].clone()
    };
    assert_eq!(run(&UV), "lib 2.0 wheel");
    assert_eq!(run(&["--installer", "pip"]), "lib 1.0 wheel");
    assert_eq!(run(&[&UV[..], &["--config-env", "none"]].concat()), "lib 1.0 wheel");
}

#[test]
fn overrides_of_a_dockerfile_are_applied() {
    let text = "FROM python:3.12-slim\nCOPY o.txt ./\nRUN pip install uv\n\
                RUN uv pip install --system --override o.txt pure==2.0\n\
                ENV UV_OVERRIDE=/o.txt\nRUN uv pip install --system pure\n";
    let folder = context(text, &[("o.txt", "pure==1.0\n")]);
    let found = of_dockerfile(folder.path(), &[]);
    let pure: Vec<String> = of_rows(&found).into_iter().filter(|row| row.contains(" pure ")).collect();
    assert_eq!(pure.len(), 2, "{pure:?}");
    assert!(pure.iter().all(|row| row.ends_with("pure wheel 1.0")), "{pure:?}");
}
