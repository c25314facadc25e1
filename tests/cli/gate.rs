//! Exit statuses, levels, and what goes to which stream.

use super::site::{Site, codes, rows};
use super::wording::{Texts, assert_wording, findings_of, levels_of};

/// The facts about images depend on the day.
const DAY: [&str; 4] = ["--as-of", "2026-08-13", "--exclude-newer", "never"];

fn native() -> Site {
    Site::of(
        "native-1.0.tar.gz
         native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl
         pure 2.0",
    )
}

#[test]
fn status_0_when_everything_is_a_wheel() {
    let run = native().check(&["native", "pure"]).with_status(0);
    assert_wording!("everything_is_a_wheel", run.out);
    assert_eq!(run.err, "");
}

#[test]
fn status_1_for_a_finding_at_deny_only() {
    let site = native();
    let musl = ["native", "pure", "--on", "musl:1.2"];
    let with = |more: &[&'static str]| site.check(&[&musl[..], more].concat());
    let mut texts = Texts::default();
    for (more, status, level) in [
        (&[][..], 0, "warn"),
        (&["--deny", "builds-from-source"], 1, "deny"),
        (&["--allow", "builds-from-source"], 0, "allow"),
    ] {
        texts.add_run(more, &with(more).with_status(status).out);
        let report = with(&[more, &["--format", "json"]].concat()).with_status(status).report();
        assert_eq!(levels_of(&report, "builds-from-source"), [(level.to_owned(), "native".to_owned())]);
    }
    assert_wording!("levels_of_a_finding", texts);
    // The more severe level is used, in any order of the options.
    with(&["--deny", "builds-from-source", "--warn", "builds-from-source", "--allow", "builds-from-source"])
        .with_status(1);
    site.check(&["nosuch"]).with_status(1);
    site.check(&["nosuch", "--warn", "project-not-found"]).with_status(0);
}

#[test]
fn faults_of_options_targets_and_files_are_reported_in_one_run() {
    let site = native();
    let lines = |args: &[&str]| {
        let run = site.run(args);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{args:?}");
        run.err.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = |lines: &[String], starts: &[&str]| {
        assert_eq!(lines.len(), starts.len(), "{lines:#?}");
        for (line, start) in lines.iter().zip(starts) {
            assert!(line.starts_with(&format!("error: {start}")), "{start}: {lines:#?}");
        }
    };
    let unknown = ["--on", "python:3.12-slmi"];
    let found = lines(&[&["check", "-r", "nosuch.txt"][..], &unknown].concat());
    all(&found, &["--on python:3.12-slmi: ", "nosuch.txt: "]);
    let found = lines(&[&["check", "-r", "nosuch.txt", "-i", "gopher://h/"][..], &unknown].concat());
    all(&found, &["--on python:3.12-slmi: ", "nosuch.txt: ", "`gopher://h/` "]);
    let wheel = "./nosuch-1.0-py3-none-any.whl";
    let found = lines(&[&["check", wheel, "-i", "gopher://h/", "--deny", "x"][..], &unknown].concat());
    all(&found, &["--deny: ", "--on python:3.12-slmi: ", "`gopher://h/` ", "argument: "]);
    // Targets are not resolved with options that are not valid.
    let found =
        lines(&["check", "-r", "nosuch.txt", "--on", "debian:12", "--python", "three", "--arch", "vax"]);
    all(&found, &["--arch: ", "--python: ", "nosuch.txt: "]);
    let found = lines(&[
        "check",
        "--dockerfile",
        "nosuch",
        "--build-arg",
        "=x",
        "--exclude-newer",
        "x",
        "--max-age",
        "y",
    ]);
    all(&found, &["--exclude-newer: ", "--max-age: ", "--build-arg: "]);
    let found = lines(&["check", "--dockerfile", "nosuch", "--deny", "x"]);
    all(&found, &["--deny: ", "`nosuch`: no such file"]);
    let found = lines(&[&["inspect", "nosuch.whl", "--max-age", "old"][..], &unknown].concat());
    all(&found, &["--max-age: ", "--on python:3.12-slmi: "]);
    let found = lines(&["tags", "--on", "python:3.12-slmi", "--on", "python:3.12-slmi"]);
    all(&found, &["--on python:3.12-slmi: ", "--on python:3.12-slmi: "]);
}

#[test]
fn status_2_and_an_empty_standard_output_for_what_cannot_be_read() {
    let site = native();
    let mut texts = Texts::default();
    for args in [
        &["check", "pure"][..],
        &["check", "--on", "musl:1.2"],
        &["check", "-c", "c.txt", "--on", "musl:1.2"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--deny", "builds-from-sorce"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--format", "yaml"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--exclude-newer", "yesterday"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--max-age", "old"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--offline", "--refresh"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--python", "three"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--arch", "vax"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--installer", "conda"],
        &["check", "-r", "nosuch.txt", "--on", "musl:1.2"],
        &["check", "./nosuch-1.0-py3-none-any.whl", "--on", "musl:1.2"],
        &["check", "pure", "--on", "./nosuch.json"],
        &["check", "pure", "-i", "simple", "--on", "musl:1.2", "--group", "!"],
        &["check", "pure", "--on", "musl:1.2", "--index-url", "gopher://h/"],
        &["explain", "builds-from-sorce"],
        &["tags"],
        &["bogus"],
    ] {
        let run = site.run(args);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{args:?}");
        assert!(run.err.starts_with("error: "), "{args:?}: {}", run.err);
        texts.add_run(args, &run.err);
    }
    assert_wording!("arguments_that_cannot_be_read", texts);
}

/// One run reports all faults, each with file, line and column.
#[test]
fn all_faults_of_all_files_are_reported_in_one_run() {
    let site = native();
    site.write(
        "requirements.txt",
        "a==\n-r nested/more.txt\n--bogus\nfine>=1\nb; python_version >\n-r nope.txt\n",
    );
    site.write("nested/more.txt", "ok\n  c>>1\n");
    site.write("c.txt", "d[x]==1\n");
    let run = site.check(&["-r", "requirements.txt", "-c", "c.txt"]).with_status(2);
    assert_eq!(run.out, "");
    let places: Vec<&str> =
        run.err.lines().map(|line| line.trim_start_matches("error: ").split(": ").next().unwrap()).collect();
    assert_eq!(
        places,
        [
            "requirements.txt:1:2",
            "requirements.txt:3:1",
            "requirements.txt:5:20",
            "requirements.txt:6:1",
            "nested/more.txt:2:4",
            "c.txt:1:1"
        ],
        "{}",
        run.err
    );
    assert_wording!("faults_of_requirements_files", run.err);
}

#[test]
fn all_faults_of_targets_are_reported_in_one_run() {
    let site = native();
    let mut texts = Texts::default();
    for args in [
        &["tags", "--on", "musl:1.2", "--arch", "amd46", "--python", "x"][..],
        &["tags", "--on", "pyhton:3.12", "--on", "python:3.12-slmi"],
    ] {
        let run = site.run(args).with_status(2);
        assert_eq!(run.err.matches("error: ").count(), 2, "{}", run.err);
        texts.add_run(args, &run.err);
    }
    assert_wording!("faults_of_targets", texts);
}

/// No fact about the target is known: the run neither passes nor fails.
#[test]
fn status_3_when_the_index_cannot_be_reached() {
    let site = native();
    let mut texts = Texts::default();
    for url in ["http://127.0.0.1:9/simple/", "https://127.0.0.1:9/simple/"] {
        let run = site
            .run_with(&["check", "pure", "--on", "musl:1.2", "--index-url", url], |command| {
                command.env("PIP_RETRIES", "0");
            })
            .with_status(3);
        texts.add(url, &run.out);
    }
    assert_wording!("index_that_cannot_be_reached", texts);
}

#[test]
fn status_3_offline_without_a_cache() {
    let site = native();
    let run = site.run(&["check", "pure", "--on", "musl:1.2", "--offline"]).with_status(3);
    assert_wording!("offline_without_a_cache", run.out);
}

/// A line without the name of a project has no row, and the result is undetermined.
#[test]
fn status_3_when_nothing_but_a_checkout_is_asked_for() {
    let run = native().check(&["git+https://example.org/x.git"]).with_status(3);
    assert_wording!("nothing_but_a_checkout", run.out);
}

#[test]
fn unknown_facts_are_reported_in_addition_to_known_ones() {
    let site = native();
    site.write("r.txt", "pure\nx @ git+https://example.org/x.git\n-e ./old\n");
    site.write("old/setup.py", "raise SystemExit('never run')\n");
    let run = site.check(&["-r", "r.txt"]).with_status(0);
    assert_wording!("unknown_projects_next_to_a_wheel", run.out);
    let report = site.report(&["-r", "r.txt"]);
    assert_eq!(rows(&report, 0), ["pure 2.0 wheel", "x - undetermined"]);
    assert!(levels_of(&report, "undetermined").iter().all(|(level, _)| level == "warn"), "{report:#}");
    assert_eq!(findings_of(&report, "undetermined").len(), 2, "{report:#}");
    site.check(&["-r", "r.txt", "--deny", "undetermined"]).with_status(1);
}

#[test]
fn quiet_prints_nothing_and_sets_the_exit_status() {
    let site = native();
    let run =
        site.check(&["native", "--on", "musl:1.2", "--quiet", "--deny", "builds-from-source"]).with_status(1);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
    let run = site.check(&["-r", "nosuch.txt", "-q"]).with_status(2);
    assert_wording!("quiet_keeps_errors", run.err);
}

#[test]
fn colour_follows_option_and_environment() {
    let site = native();
    let base = ["check", "native", "--on", "musl:1.2", "--index-url", "simple"];
    let run = |more: &[&str], variables: &[(&str, &str)]| {
        let args = [&base[..], more].concat();
        let run = site.run_with(&args, |command| {
            command.envs(variables.iter().copied());
        });
        run.out.contains('\u{1b}')
    };
    assert!(!run(&[], &[]), "a pipe has no colours by default");
    assert!(run(&["--color", "always"], &[]));
    assert!(run(&["--color", "always"], &[("NO_COLOR", "1")]), "the option overrides NO_COLOR");
    assert!(run(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]), "NO_COLOR overrides CLICOLOR_FORCE");
    let json = site.run(&[&base[..], &["--format", "json", "--color", "always"]].concat());
    assert!(!json.out.contains('\u{1b}'));
}

/// `wheelbase ... | head -1` ends without a message.
#[test]
fn a_closed_pipe_ends_the_run_without_a_word() {
    use std::io::Read as _;
    use std::process::{Command, Stdio};

    let site = native();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wheelbase"))
        .args(["tags", "--on", "glibc:2.42", "--python", "3.14", "--format", "json"])
        .args(["--arch", "amd64,arm64,i386,s390x,ppc64le,riscv64"])
        .current_dir(site.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.code().is_some_and(|code| code == 0), "{:?}", output.status);
}

#[test]
fn unverified_parts_of_a_target_are_marked() {
    let site = native();
    let slim = ["-i", "simple", "--on", "python:3.12-slim"];
    let run = |more: &[&str]| site.run(&[&["check", "pure"], &slim[..], &DAY, more].concat()).with_status(0);
    let report = run(&["--format", "json"]).report();
    let unverified = report["targets"][0]["unverified"].as_array().expect("a list").clone();
    assert!(!unverified.is_empty());
    let text = run(&["--all"]).out;
    for part in unverified {
        assert!(text.contains(part.as_str().expect("a text")), "{text}");
    }
    assert_wording!("unverified_parts_of_a_target", text);
    let report = run(&["--installer", "uv==0.13.8", "--format", "json"]).report();
    assert_eq!(report["targets"][0]["unverified"], serde_json::json!([]));
}

#[test]
fn several_architectures_are_several_targets() {
    let report =
        native().report(&["native", "--on", "musl:1.2", "--on", "glibc:2.36", "--arch", "amd64,arm64"]);
    let ids: Vec<&str> =
        report["targets"].as_array().unwrap().iter().map(|target| target["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["musl:1.2 amd64", "musl:1.2 arm64", "glibc:2.36 amd64", "glibc:2.36 arm64"]);
    let kinds: Vec<String> = (0..4).map(|index| rows(&report, index).join(",")).collect();
    assert_eq!(
        kinds,
        ["native 1.0 sdist", "native 1.0 sdist", "native 1.0 wheel", "native 1.0 sdist"].map(str::to_owned)
    );
    assert_eq!(codes(&report), ["builds-from-source"]);
}

#[test]
fn explain_prints_every_code() {
    let site = native();
    let all = site.run(&["explain"]).with_status(0).out;
    assert_wording!("explain", all);
    for code in wheelbase::findings::Code::ALL {
        assert!(all.contains(code.name()), "{}", code.name());
        let one = site.run(&["explain", code.name()]).with_status(0).out;
        assert!(
            one.starts_with(code.name()) && one.contains(code.explanation()) && one.contains(code.link())
        );
    }
    let one = site.run(&["explain", "builds-from-source"]).with_status(0).out;
    assert_wording!("explain_a_code", one);
}

/// The table starts with the most severe rows and combines projects that are wheels everywhere, except with `--all`.
#[test]
fn the_worst_comes_first_and_wheels_are_folded() {
    let site = Site::of(
        "pure 1.0
         also 1.0
         native-1.0.tar.gz
         gone-1.0-cp312-cp312-win_amd64.whl",
    );
    site.write("r.txt", "pure\nalso\nnative\ngone\nx @ git+https://example.org/x\n");
    let run = site.check(&["-r", "r.txt", "--on", "glibc:2.36", "--on", "musl:1.2"]).with_status(1);
    let first_words: Vec<&str> =
        run.out.lines().skip(4).take(4).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(first_words, ["gone", "x", "native", "2"], "{}", run.out);
    assert_wording!("worst_first_and_wheels_folded", run.out);
    let run = site.check(&["-r", "r.txt", "--all"]);
    assert_wording!("all_projects", run.out);
}
