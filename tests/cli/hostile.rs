//! Hostile input: no panic, no abort, and an error that reports what is wrong.

use super::site::{Site, codes, rows};
use super::wording::{Texts, assert_wording};
use crate::index::server::{Reply, Server, sdist};

/// Requirements for which other parsers panic, overflow the stack or return wrong results.
const METADATA: [&str; 9] = [
    "b; 'posix' ~= os_name",
    "a-==1",
    "b[x-]",
    "b; python_version in '3.11, 3.12'",
    "b; '3.11' in python_version",
    "b; 'x' in extras",
    "b; platform_machine === 'x86_64'",
    "b; python_version > 'foo'",
    "b>=1,",
];

#[test]
fn metadata_of_strangers_ends_no_run() {
    let deep = format!("b; {}os_name == 'posix'{}", "(".repeat(5_000), ")".repeat(5_000));
    let long = format!("b; os_name == '{}'", "x".repeat(200_000));
    let mut texts: Vec<&str> = METADATA.to_vec();
    texts.extend([deep.as_str(), long.as_str(), "b @ http://[::1/x", "\u{0}", "b; ''", "-", "b (>=1"]);
    let lines: Vec<String> =
        texts.iter().enumerate().map(|(index, text)| format!("a{index} 1.0 -> {text}")).collect();
    let site = Site::of(&format!("{}\nb 1.0\ngood 1.0", lines.join("\n")));
    let names: Vec<String> = (0..texts.len()).map(|index| format!("a{index}")).collect();
    let args: Vec<&str> = names.iter().map(String::as_str).chain(["good"]).collect();
    let report = site.report(&args);
    let rows = rows(&report, 0);
    assert!(rows.contains(&"good 1.0 wheel".to_owned()), "{rows:?}");
    // Each of them has a row: selected or unknown.
    assert_eq!(rows.iter().filter(|row| row.starts_with('a')).count(), texts.len(), "{rows:?}");
}

/// The same lines in a requirements file are faults with a position, or valid requirements.
#[test]
fn requirements_of_strangers_are_faults_with_a_place() {
    let site = Site::of("b 1.0");
    let deep = format!("b; {}os_name == 'posix'{}\n", "(".repeat(5_000), ")".repeat(5_000));
    let ten_megabytes = format!("b=={}\n", "1".repeat(10_000_000));
    let texts: [&[u8]; 12] = [
        b"b; 'posix' ~= os_name\n",
        b"a-==1\n",
        b"b[x-]\n",
        deep.as_bytes(),
        ten_megabytes.as_bytes(),
        b"b\xff\xfe==1\n",
        b"\xff\xfeb\x00=\x00\n",
        b"b; ((((\n",
        b"-r -r -r\n",
        b"--hash=sha256:zz\n",
        b"b --hash=sha256:zz\n",
        b"# -*- coding: nosuch -*-\nb\n",
    ];
    let mut said = Texts::default();
    for (index, text) in texts.iter().enumerate() {
        let name = format!("r{index}.txt");
        site.write_bytes(&name, text);
        let run = site.check(&["-r", &name]);
        assert!([0, 1, 2, 3].contains(&run.status), "{name}: {run:?}");
        if run.status == 2 {
            assert!(run.err.starts_with(&format!("error: {name}:")), "{name}: {}", run.err);
            assert!(run.err.len() < 2_000, "{name}: the message is longer than is useful");
            said.add(text[..text.len().min(40)].escape_ascii(), &run.err);
        }
        assert!(!run.err.contains("panicked"), "{name}: {}", run.err);
    }
    assert_wording!("hostile_requirements", said);
    site.write("loop.txt", "-r loop.txt\nb\n");
    let run = site.check(&["-r", "loop.txt"]);
    assert!([0, 2].contains(&run.status), "{run:?}");
    let many: String = (0..100_000).map(|index| format!("p{index}==\n")).collect();
    site.write("many.txt", &many);
    // So many faults are reported as one: it is not a requirements file.
    assert!(site.check(&["-r", "many.txt"]).with_status(2).err.lines().count() < 2_000);
}

#[test]
fn broken_project_files_are_faults_with_a_place() {
    let site = Site::of("b 1.0");
    let mut said = Texts::default();
    for (text, place) in [
        ("[project\n", "pyproject.toml:1"),
        ("[project]\nname='x'\ndependencies = 'b'\n", "pyproject.toml:3"),
        ("[project]\nname='x'\ndependencies = ['b==']\n", "pyproject.toml:3"),
        (&format!("x = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000)), "pyproject.toml"),
    ] {
        site.write("pyproject.toml", text);
        let run = site.check(&["-r", "pyproject.toml"]).with_status(2);
        assert!(run.err.starts_with(&format!("error: {place}")), "{}", run.err);
        said.add(text[..text.len().min(40)].escape_debug(), &run.err);
    }
    site.write_bytes("pyproject.toml", b"\xff\xfe\x00");
    site.check(&["-r", "pyproject.toml"]).with_status(2);
    for text in ["{", "[]", "{\"machine\": 7}", &"[".repeat(100_000)] {
        site.write("t.json", text);
        let run = site.check(&["b", "--on", "./t.json"]).with_status(2);
        assert!(run.err.len() < 2_000, "the message is longer than is useful");
        said.add(text[..text.len().min(40)].escape_debug(), &run.err);
    }
    assert_wording!("broken_project_files_and_targets", said);
}

/// A page that cannot be read makes its project undetermined. The others are checked.
#[test]
fn broken_pages_are_undetermined_with_the_cause() {
    let server = Server::start();
    let link = |name: &str| format!("<a href='/files/{name}'>{name}</a>");
    server.page("good", link("good-1.0-py3-none-any.whl"));
    server.file("/files/good-1.0-py3-none-any.whl", crate::index::server::wheel("good", "1.0", &[], 10));
    let pages: Vec<(&str, Reply)> = vec![
        ("json", Reply::json("{\"files\": [")),
        ("shape", Reply::json("{\"meta\": {}, \"files\": 7}")),
        ("deep", Reply::json("[".repeat(200_000))),
        ("later", Reply::json("{\"meta\": {\"api-version\": \"2.0\"}, \"files\": []}")),
        ("bytes", Reply::html([&b"\xff\xfe\x00<a href=\xff>"[..], &[0x80; 64]].concat())),
        ("binary", Reply::new(200, "application/octet-stream", vec![0; 4096])),
        ("tags", Reply::html("<".repeat(100_000))),
        ("long", Reply::html(format!("<a href='{}'>x</a>", "y".repeat(10_000_000)))),
        ("server", Reply::status(500)),
        ("secret", Reply::status(401)),
    ];
    let mut names = vec!["good"];
    for (name, reply) in pages {
        names.push(name);
        server.reply(&format!("/simple/{name}/"), reply);
    }
    let site = Site::of("");
    let index = server.index();
    let mut args = vec!["check", "--on", "glibc:2.36", "--python", "3.12", "-i", &index, "--format", "json"];
    args.extend(&names);
    let run = site.run_with(&args, |command| {
        command.env("PIP_RETRIES", "0");
    });
    let report = run.report();
    let rows = rows(&report, 0);
    assert!(rows.contains(&"good 1.0 wheel".to_owned()), "{rows:?}");
    assert_eq!(rows.len(), names.len(), "{rows:?}");
    for name in ["json", "shape", "deep", "later", "binary", "server", "secret"] {
        assert!(rows.contains(&format!("{name} - undetermined")), "{name}: {rows:?}");
    }
    let findings = report["results"][0]["findings"].as_array().unwrap();
    for finding in findings.iter().filter(|finding| finding["code"] == "undetermined") {
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains("127.0.0.1") && message.len() < 1_000, "{message}");
    }
}

/// Archives are read up to their metadata, within the limits.
#[test]
fn broken_archives_leave_dependencies_unknown() {
    let server = Server::start();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("a-1.0-py3-none-any.whl", b"PK\x03\x04 and nothing else".to_vec()),
        ("b-1.0.tar.gz", b"\x1f\x8b\x08\x00 no gzip".to_vec()),
        ("c-1.0.tar.gz", sdist(&[("c-1.0/PKG-INFO", b"\xff\xfe\x00\nName")])),
        ("d-1.0.tar.gz", sdist(&[("d-1.0/setup.py", b"import os")])),
        ("e-1.0.tar.gz", sdist(&[("e-1.0/PKG-INFO", b"Metadata-Version: 2.4\nName: other\nVersion: 9\n")])),
    ];
    let mut names = Vec::new();
    for (file, body) in &files {
        let project = file.split('-').next().unwrap();
        server.page(project, format!("<a href='/files/{file}'>{file}</a>"));
        server.file(&format!("/files/{file}"), body.clone());
        names.push(project);
    }
    let site = Site::of("");
    let index = server.index();
    let mut args = vec!["check", "--on", "glibc:2.36", "--python", "3.12", "-i", &index, "--format", "json"];
    args.extend(&names);
    let run = site.run_with(&args, |command| {
        command.env("PIP_RETRIES", "0");
    });
    let report = run.report();
    assert_eq!(rows(&report, 0).len(), names.len(), "{report:#}");
    assert!(codes(&report).contains(&"undetermined".to_owned()), "{report:#}");
    assert!(!run.err.contains("panicked"), "{}", run.err);
}
