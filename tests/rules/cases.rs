//! The cases of the rules: `cases/CODE/NAME`, with a NAME that starts with `fires` or `silent`.
//!
//! A case is a run of the command. `case.toml` has its arguments and what it starts from ([`Case`]); the other files of the
//! folder are those of the run. A case that fires has, in addition, the findings of the code:
//!
//! * `expected.json`: code, level, project, file and evidence;
//! * `expected.txt`: the message and the help of each.
//!
//! With `WHEELBASE_UPDATE_REPORTS` set both are written instead of compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::{Map, Value};
use wheelbase::findings::Code;
use wheelbase::inspect;
use wheelbase::target::TargetSpec;

use crate::cli::wording::message_of;
use crate::elf::support::target;
use crate::reports::material::Prepared;
use crate::reports::record::{layout, schema_faults};
use crate::reports::wording::SENTENCES;
use crate::reports::{Place, arguments_of, difference, is_renewing};

const TABLE: &str = "case.toml";
const JSON: &str = "expected.json";
const TEXT: &str = "expected.txt";
const HOW: &str = "`WHEELBASE_UPDATE_REPORTS=1 cargo test -p wheelbase-cli --test main -- rules::cases` records the \
                   findings of all cases again; read the changes before they are committed";

/// The table of a case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The arguments of `wheelbase`, split at white space. The day and `--format json` are added.
    arguments: Option<String>,
    /// The exit status, with `arguments`.
    status: Option<i32>,
    /// In place of `arguments`: the declared wheels are inspected by the library.
    inspect: Option<OnTarget>,
    /// Other codes that are reported: a case that is silent is so for the reason of its name.
    #[serde(default)]
    others: Vec<String>,
    /// Environment variables.
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// Folders of the repository whose files are copied.
    #[serde(default)]
    copies: Vec<String>,
    /// What the run starts from.
    #[serde(flatten)]
    place: Place,
}

/// A target with Python 3.12 and pip 25.0.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnTarget {
    /// The C library, such as `glibc:2.31`.
    on: String,
    #[serde(default = "x86_64")]
    arch: String,
}

fn x86_64() -> String {
    "x86_64".to_owned()
}

/// The result of a run.
struct Outcome {
    /// The exit status; `None` if the library was called.
    status: Option<i32>,
    report: Value,
    /// Standard error.
    errors: String,
}

impl Case {
    fn read(folder: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(folder.join(TABLE)).map_err(|error| format!("{TABLE}: {error}"))?;
        let case: Self =
            toml::from_str(&text).map_err(|error| format!("{TABLE}: {}", error.to_string().trim()))?;
        match (&case.arguments, case.status, &case.inspect) {
            (Some(_), Some(_), None) | (None, None, Some(_)) => Ok(case),
            _ => Err(format!("{TABLE}: expected `arguments` and `status`, or `inspect`")),
        }
    }

    /// The subcommand.
    fn command(&self) -> &str {
        self.arguments.as_deref().and_then(|line| line.split_whitespace().next()).unwrap_or("inspect")
    }

    fn run(&self, folder: &Path) -> Result<Outcome, String> {
        if let Some(on) = &self.inspect {
            return on.inspect(&self.place);
        }
        let prepared = Prepared::new(&self.place, &BTreeMap::new(), &self.copies);
        for (name, bytes) in files(folder) {
            if ![TABLE, JSON, TEXT].contains(&name.as_str()) {
                prepared.write(&name, &bytes);
            }
        }
        let run = prepared.run(&arguments_of(self.arguments.as_deref().unwrap_or_default()), &self.variables);
        let report: Value = serde_json::from_str(&run.out)
            .map_err(|error| format!("no report (exit status {}): {error}\n{}", run.status, run.err))?;
        Ok(Outcome { status: Some(run.status), report, errors: run.err })
    }
}

impl OnTarget {
    fn inspect(&self, place: &Place) -> Result<Outcome, String> {
        let on = TargetSpec::from_str(&self.on).map_err(|error| format!("{TABLE}: {error}"))?;
        let TargetSpec::Libc(libc) = on else {
            return Err(format!(
                "{TABLE}: `{}` is not a C library; expected one such as `glibc:2.31`",
                self.on
            ));
        };
        let target = target(&self.arch, libc);
        let inspections: Vec<_> = place.wheels().iter().map(|wheel| wheel.build().on(&target)).collect();
        let report = inspect::report(&inspections).map_err(|error| error.to_string())?;
        Ok(Outcome { status: None, report, errors: String::new() })
    }
}

/// The files of a folder and of the folders in it.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for path in children(&one) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("a file of the folder");
                found.push((name.to_str().expect("UTF-8").to_owned(), fs::read(&path).expect("a file")));
            }
        }
    }
    found
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8")
}

/// The findings of a code in a report, with the target or the file of each.
fn findings_of(report: &Value, code: &str) -> Vec<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    let of_image = std::iter::once(report.clone()).filter(|report| report["findings"].is_array());
    for section in list(&report["results"]).into_iter().chain(list(&report["files"])).chain(of_image) {
        for mut finding in list(&section["findings"]) {
            if finding["code"] == code {
                for key in ["target", "file"] {
                    if let (Some(name), Some(finding)) = (section[key].as_str(), finding.as_object_mut()) {
                        finding.insert(key.to_owned(), name.into());
                    }
                }
                found.push(finding);
            }
        }
    }
    found
}

/// How many things a report is about: distributions, files, images.
fn examined(report: &Value) -> usize {
    let count = |value: &Value| value.as_array().map_or(0, Vec::len);
    let results = report["results"].as_array().into_iter().flatten();
    let of_results: usize = results
        .map(|result| count(&result["distributions"]) + count(&result["installed"]["distributions"]))
        .sum();
    of_results + count(&report["files"]) + usize::from(report["name"].is_string())
}

/// A finding without its sentences, and without what is null or empty.
fn facts(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(values) => {
            let values: Vec<Value> = values.iter().filter_map(facts).collect();
            (!values.is_empty()).then_some(Value::Array(values))
        }
        Value::Object(entries) => {
            let entries: Map<String, Value> = entries
                .iter()
                .filter(|(key, _)| !SENTENCES.contains(&key.as_str()))
                .filter_map(|(key, value)| Some((key.clone(), facts(value)?)))
                .collect();
            (!entries.is_empty()).then_some(Value::Object(entries))
        }
        value => Some(value.clone()),
    }
}

/// What is wrong with the result of a case; `commands` are those of the cases that fire.
fn check(folder: &Path, code: &str, case: &Case, commands: &BTreeSet<String>, renew: bool) -> Vec<String> {
    let outcome = match case.run(folder) {
        Ok(outcome) => outcome,
        Err(fault) => return vec![fault],
    };
    let mut faults = Vec::new();
    if outcome.status != case.status {
        let status = |status: Option<i32>| status.map_or("none".to_owned(), |status| status.to_string());
        let (found, expected) = (status(outcome.status), status(case.status));
        faults.push(format!("the exit status is {found}, expected {expected}\n{}", outcome.errors));
    }
    faults.extend(schema_faults(&outcome.report).into_iter().map(|fault| format!("schema: {fault}")));
    let absent = case.others.iter().filter(|other| findings_of(&outcome.report, other).is_empty());
    faults.extend(absent.map(|other| format!("{other} is not reported")));
    let findings = findings_of(&outcome.report, code);
    if name_of(folder).starts_with("silent") {
        if !findings.is_empty() {
            faults.push(format!("{code} is reported: {}", message_of(&findings[0])));
        }
        if examined(&outcome.report) == 0 {
            faults.push("the report is about nothing".to_owned());
        }
        if !commands.contains(case.command()) {
            faults
                .push(format!("`{}` is not the command of a case that fires: {commands:?}", case.command()));
        }
        faults.extend(
            [JSON, TEXT]
                .iter()
                .filter(|name| folder.join(name).exists())
                .map(|name| format!("{name}: a case that is silent has no findings")),
        );
        return faults;
    }
    if findings.is_empty() {
        faults.push(format!(
            "{code} is not reported; the codes of the report: {:?}",
            codes_of(&outcome.report)
        ));
        return faults;
    }
    let facts: Vec<Value> = findings.iter().filter_map(facts).collect();
    let texts: Vec<String> = findings.iter().map(message_of).collect();
    for (name, now) in [(JSON, layout(&Value::Array(facts), 0) + "\n"), (TEXT, texts.join("\n\n") + "\n")] {
        let path = folder.join(name);
        if renew {
            fs::write(&path, now).expect("written");
        } else {
            faults.extend(difference(name, &fs::read_to_string(&path).unwrap_or_default(), &now));
        }
    }
    faults
}

/// The codes of the findings of a report.
fn codes_of(report: &Value) -> BTreeSet<&'static str> {
    let has = |code: &&Code| !findings_of(report, code.name()).is_empty();
    Code::ALL.iter().filter(has).map(|code| code.name()).collect()
}

/// The cases of a folder, with their codes.
struct Cases {
    all: Vec<(String, PathBuf)>,
    faults: Vec<String>,
}

impl Cases {
    /// Finds the cases, and what is wrong with the folders.
    fn find(root: &Path, codes: &BTreeSet<&str>) -> Self {
        let mut cases = Self { all: Vec::new(), faults: Vec::new() };
        for folder in children(root).iter().filter(|path| !codes.contains(name_of(path))) {
            cases.faults.push(format!("{}: no code has this name", folder.display()));
        }
        for code in codes {
            let folder = root.join(code);
            let variants = if folder.is_dir() { children(&folder) } else { Vec::new() };
            for start in ["fires", "silent"] {
                if !variants.iter().any(|path| name_of(path).starts_with(start)) {
                    cases.faults.push(format!("{}: no case of this code", folder.join(start).display()));
                }
            }
            for path in variants {
                let name = name_of(&path);
                if path.is_dir() && (name.starts_with("fires") || name.starts_with("silent")) {
                    cases.all.push(((*code).to_owned(), path));
                } else {
                    let path = path.display();
                    cases.faults.push(format!("{path}: expected a folder `fires...` or `silent...`"));
                }
            }
        }
        cases
    }
}

/// Runs all cases of a folder; returns what is wrong, with the path of each case.
fn faults(root: &Path, codes: &BTreeSet<&str>, renew: bool) -> Vec<String> {
    let Cases { all, mut faults } = Cases::find(root, codes);
    let mut cases = Vec::new();
    let mut commands: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (code, folder) in all {
        match Case::read(&folder) {
            Ok(case) => {
                if name_of(&folder).starts_with("fires") {
                    commands.entry(code.clone()).or_default().insert(case.command().to_owned());
                }
                cases.push((code, folder, case));
            }
            Err(fault) => faults.push(format!("{}: {fault}", folder.display())),
        }
    }
    let (next, found) = (AtomicUsize::new(0), Mutex::new(faults));
    let nothing = BTreeSet::new();
    let work = || {
        while let Some((code, folder, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let commands = commands.get(code).unwrap_or(&nothing);
            let checked = catch_unwind(AssertUnwindSafe(|| check(folder, code, case, commands, renew)));
            let faults = checked.unwrap_or_else(|panic| vec![text_of(panic.as_ref())]);
            let faults = faults.into_iter().map(|fault| format!("{}: {fault}", folder.display()));
            found.lock().expect("no panic").extend(faults);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    let mut faults = found.into_inner().expect("no panic");
    faults.sort();
    faults
}

/// The text of a panic.
fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

#[test]
fn every_code_fires_in_its_cases_and_is_silent_in_the_nearest_ones() {
    let repository = Path::new(root!()).canonicalize().expect("the repository");
    let codes = Code::ALL.iter().map(|code| code.name()).collect();
    let faults = faults(&repository.join("tests/rules/cases"), &codes, is_renewing());
    let faults: Vec<String> =
        faults.iter().map(|fault| fault.replace(&format!("{}/", repository.display()), "")).collect();
    assert!(faults.is_empty(), "{}\n\n{} faults. {HOW}", faults.join("\n\n"), faults.len());
}

/// Folders of cases of one code, to see the runner find what is wrong.
struct Folders(tempfile::TempDir);

const PINNED: &str = "arguments = \"check a==2.0 --index-url simple --on glibc:2.36 --python 3.12\"\nstatus = 0\n\
                      index = \"\"\"\na 1.0 @2026-01-31\na 2.0 @2026-01-31 yanked\n\"\"\"\n";

impl Folders {
    /// A case that fires, and one that does not, as they are recorded.
    fn of_yanked_file() -> Self {
        let folders = Self(tempfile::tempdir().expect("a folder"));
        folders.write("yanked-file/fires/case.toml", PINNED);
        folders.write("yanked-file/silent/case.toml", &PINNED.replace("a==2.0", "a"));
        assert_eq!(faults(folders.0.path(), &BTreeSet::from(["yanked-file"]), true), [""; 0]);
        folders
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).expect("a file")
    }

    /// Asserts that each of these texts is in one fault of its own, with the path of the case, and that nothing else is
    /// wrong.
    fn expect(&self, expected: &[(&str, &str)]) {
        let found = faults(self.0.path(), &BTreeSet::from(["yanked-file"]), false);
        let path = |case: &str| self.0.path().join(case).display().to_string();
        for (case, text) in expected {
            let start = format!("{}: ", path(case));
            let with = found.iter().filter(|fault| fault.starts_with(&start) && fault.contains(text));
            assert_eq!(with.count(), 1, "{case}: {text}: {found:#?}");
        }
        assert_eq!(found.len(), expected.len(), "{found:#?}");
    }
}

#[test]
fn recorded_cases_pass() {
    let folders = Folders::of_yanked_file();
    folders.expect(&[]);
    let json = folders.text("yanked-file/fires/expected.json");
    assert!(json.contains(r#""code": "yanked-file""#) && json.contains(r#""level": "warn""#), "{json}");
    assert!(!json.contains("message"), "{json}");
    assert!(folders.text("yanked-file/fires/expected.txt").starts_with("a 2.0 is yanked"));
}

#[test]
fn missing_and_unknown_folders_are_faults() {
    let folders = Folders::of_yanked_file();
    fs::remove_dir_all(folders.0.path().join("yanked-file/silent")).expect("removed");
    folders.write("withdrawn-file/fires/case.toml", PINNED);
    folders.write("yanked-file/works/case.toml", PINNED);
    folders.write("yanked-file/note.txt", "");
    folders.expect(&[
        ("yanked-file/silent", "no case of this code"),
        ("withdrawn-file", "no code has this name"),
        ("yanked-file/works", "expected a folder"),
        ("yanked-file/note.txt", "expected a folder"),
    ]);
    fs::remove_dir_all(folders.0.path().join("yanked-file")).expect("removed");
    folders.expect(&[
        ("withdrawn-file", "no code has this name"),
        ("yanked-file/fires", "no case of this code"),
        ("yanked-file/silent", "no case of this code"),
    ]);
}

#[test]
fn invalid_tables_are_faults() {
    let folders = Folders::of_yanked_file();
    folders.write("yanked-file/fires-key/case.toml", &PINNED.replace("status", "state"));
    folders.write("yanked-file/fires-unknown/case.toml", &format!("{PINNED}note = 1\n"));
    folders.write(
        "yanked-file/fires-member/case.toml",
        &format!("{PINNED}[[wheel]]\ntags = \"a\"\nfile = \"b\"\n"),
    );
    folders.write(
        "yanked-file/fires-content/case.toml",
        &format!("{PINNED}[[binary]]\npath = \"x\"\nfixture = \"nosuch.so\"\n"),
    );
    folders.write("yanked-file/fires-status/case.toml", &PINNED.replace("status = 0\n", ""));
    folders.write("yanked-file/fires-nothing/notes.txt", "");
    folders.expect(&[
        ("yanked-file/fires-key", "unknown field `state`"),
        ("yanked-file/fires-unknown", "unknown field `note`"),
        ("yanked-file/fires-member", "unknown field `file`"),
        ("yanked-file/fires-content", "nosuch.so"),
        ("yanked-file/fires-status", "expected `arguments` and `status`"),
        ("yanked-file/fires-nothing", "case.toml"),
    ]);
}

#[test]
fn other_results_are_faults() {
    let folders = Folders::of_yanked_file();
    let (json, text) =
        (folders.text("yanked-file/fires/expected.json"), folders.text("yanked-file/fires/expected.txt"));
    folders.write("yanked-file/fires/expected.json", &json.replace("warn", "deny"));
    folders.write("yanked-file/fires/expected.txt", &text.replace("yanked", "withdrawn"));
    folders.write("yanked-file/fires-status/case.toml", &PINNED.replace("status = 0", "status = 1"));
    folders.write("yanked-file/fires-status/expected.json", &json);
    folders.write("yanked-file/fires-status/expected.txt", &text);
    folders.write("yanked-file/fires-unrecorded/case.toml", PINNED);
    folders.write("yanked-file/fires-silently/case.toml", &PINNED.replace("a==2.0", "a"));
    folders.write("yanked-file/silent-finding/case.toml", PINNED);
    folders.write("yanked-file/silent/expected.json", "[]\n");
    let nothing = PINNED.replace("a==2.0", "--allow yanked-file -c none.txt");
    folders.write("yanked-file/silent-error/case.toml", &nothing);
    let text = "arguments = \"check --dockerfile Dockerfile --no-index\"\nstatus = 1\n";
    folders.write("yanked-file/silent-vacuously/case.toml", text);
    folders
        .write("yanked-file/silent-vacuously/Dockerfile", "FROM python:3.12\nRUN pip install -r none.txt\n");
    folders.write(
        "yanked-file/silent-command/case.toml",
        "arguments = \"image python:3.12-slim\"\nstatus = 0\n",
    );
    folders.expect(&[
        ("yanked-file/fires", "\"level\": \"deny\""),
        ("yanked-file/fires", "-a 2.0 is withdrawn"),
        ("yanked-file/fires-status", "the exit status is 0, expected 1"),
        ("yanked-file/fires-unrecorded", "expected.json:1"),
        ("yanked-file/fires-unrecorded", "expected.txt:1"),
        ("yanked-file/fires-silently", "yanked-file is not reported"),
        ("yanked-file/silent-finding", "yanked-file is reported"),
        ("yanked-file/silent", "has no findings"),
        ("yanked-file/silent-error", "no report (exit status 2)"),
        ("yanked-file/silent-vacuously", "the report is about nothing"),
        ("yanked-file/silent-command", "`image` is not the command"),
    ]);
}
