//! A folder with an index, input files and a cache of its own, and the command run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::index::server::{sdist, sha256};

/// Its folder is removed when it is dropped.
pub(crate) struct Site {
    folder: TempDir,
}

/// The result of a run of the command.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Standard output as JSON, which is valid for the published schema.
    pub(crate) fn report(&self) -> Value {
        let value = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        super::schema::check("report", &value);
        value
    }

    pub(crate) fn with_status(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.out, self.err);
        self
    }
}

/// The codes of all findings of a report, each once.
pub(crate) fn codes(report: &Value) -> Vec<String> {
    let results = report["results"].as_array().expect("results");
    let findings = results.iter().flat_map(|result| result["findings"].as_array().expect("findings"));
    let mut codes: Vec<String> =
        findings.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// `project version kind` of every row of a result.
pub(crate) fn rows(report: &Value, result: usize) -> Vec<String> {
    let rows = report["results"][result]["distributions"].as_array().expect("distributions");
    rows.iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("project"), text("version"), text("kind"))
        })
        .collect()
}

/// The project and version in a file name; sdists only with one dash, before the version.
fn parts(filename: &str) -> (String, String) {
    let (name, rest) = filename.split_once('-').expect("a file name");
    let version = rest.split('-').next().unwrap_or(rest).trim_end_matches(".tar.gz");
    (name.to_lowercase().replace('_', "-"), version.to_owned())
}

impl Site {
    /// A line for each file: its name, then words: `@2026-01-31` the day of upload, `py>=3.13`, `yanked`, `sha` (the hash
    /// of its name), `size=1234`;
    /// then `->` and requirements parted by ` & `. `name 1.0` alone is a pure wheel. Files without a day have none.
    pub(crate) fn of(index: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder") };
        let mut pages: std::collections::BTreeMap<String, Vec<Value>> = std::collections::BTreeMap::new();
        for line in index.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (head, requires) = line.split_once("->").unwrap_or((line, ""));
            let mut words = head.split_whitespace();
            let first = words.next().expect("a name");
            let filename = if first.ends_with(".whl") || first.ends_with(".gz") {
                first.to_owned()
            } else {
                format!("{first}-{}-py3-none-any.whl", words.next().expect("a version"))
            };
            let (project, version) = parts(&filename);
            let mut metadata = format!("Metadata-Version: 2.4\nName: {project}\nVersion: {version}\n");
            let mut file =
                json!({"filename": filename, "url": format!("../../files/{filename}"), "hashes": {}});
            for word in words {
                if let Some(day) = word.strip_prefix('@') {
                    file["upload-time"] = format!("{day}T12:00:00Z").into();
                } else if let Some(python) = word.strip_prefix("py") {
                    file["requires-python"] = python.into();
                    metadata.push_str(&format!("Requires-Python: {python}\n"));
                } else if let Some(size) = word.strip_prefix("size=") {
                    file["size"] = size.parse::<u64>().expect("a size").into();
                } else if word == "yanked" {
                    file["yanked"] = "it was broken".into();
                } else if word == "sha" {
                    file["hashes"]["sha256"] = sha256(filename.as_bytes()).into();
                } else {
                    panic!("an unknown word {word}");
                }
            }
            for requirement in requires.split(" & ").map(str::trim).filter(|text| !text.is_empty()) {
                match requirement.strip_prefix("extra:") {
                    Some(extra) => metadata.push_str(&format!("Provides-Extra: {extra}\n")),
                    None => metadata.push_str(&format!("Requires-Dist: {requirement}\n")),
                }
            }
            if filename.ends_with(".whl") {
                file["core-metadata"] = true.into();
                site.write(&format!("files/{filename}.metadata"), &metadata);
            } else {
                let stem = filename.trim_end_matches(".tar.gz");
                let body = sdist(&[(&format!("{stem}/PKG-INFO"), metadata.as_bytes())]);
                site.write_bytes(&format!("files/{filename}"), &body);
            }
            pages.entry(project).or_default().push(file);
        }
        for (project, files) in pages {
            let page = json!({"meta": {"api-version": "1.1"}, "name": project, "files": files});
            site.write(&format!("simple/{project}/index.json"), &page.to_string());
        }
        fs::create_dir_all(site.path().join("simple")).expect("a folder");
        site
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        self.write_bytes(name, text.as_bytes())
    }

    pub(crate) fn write_bytes(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// The command in the folder, without the environment of this process.
    pub(crate) fn command(&self) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wheelbase"));
        command.current_dir(self.path()).env_clear().timeout(Duration::from_secs(120));
        command.env("HOME", self.path()).env("XDG_CACHE_HOME", self.path().join("cache"));
        command
    }

    pub(crate) fn run_with(&self, args: &[&str], prepare: impl FnOnce(&mut assert_cmd::Command)) -> Run {
        let mut command = self.command();
        command.args(args);
        prepare(&mut command);
        let output = command.output().expect("the command starts and ends in time");
        Run {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Any subcommand.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, |_| {})
    }

    /// `check` against the folder's index; on glibc 2.36 with Python 3.12 and pip 26.3 unless `--on` is given.
    pub(crate) fn check(&self, args: &[&str]) -> Run {
        let mut all = vec!["check", "--index-url", "simple"];
        if !args.contains(&"--on") {
            all.extend(["--on", "glibc:2.36"]);
        }
        if !args.contains(&"--python") {
            all.extend(["--python", "3.12"]);
        }
        if !args.contains(&"--installer") {
            all.extend(["--installer", "pip==26.3"]);
        }
        all.extend(args);
        self.run(&all)
    }

    /// The same as JSON, whatever the exit status.
    pub(crate) fn report(&self, args: &[&str]) -> Value {
        let mut all = args.to_vec();
        all.extend(["--format", "json"]);
        self.check(&all).report()
    }
}
