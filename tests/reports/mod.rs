//! Recorded reports of many runs of the command.
//!
//! `runs/*.toml` is the table of runs, `places.toml` the indexes and files they start from. For each run `recorded/` has
//!
//! * `NAME.json`: the arguments, the exit status, and the JSON report, in which every sentence that is written for people
//!   is replaced by `…`;
//! * `NAME.words`: these sentences, each with its path in the report, and standard error;
//! * `NAME.txt`: the text output, for runs with `text = true`.
//!
//! A change of only the wording changes `.words` and `.txt`; a change in `.json` is a change of behaviour. All are
//! compared to the letter. With `WHEELBASE_UPDATE_REPORTS` set they are written instead.

pub(crate) mod declared;
pub(crate) mod material;
pub(crate) mod record;
pub(crate) mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;

use self::declared::{Binary, Installed, Sdist, Wheel};
use self::material::Prepared;
use self::record::Record;

/// The day on which all runs take place: that of the index in `tests/readme/recorded`.
const DAY: &str = "2026-11-21";
const HOW: &str = "`WHEELBASE_UPDATE_REPORTS=1 cargo test reports` records all runs again; read the changes before they \
                   are committed: in a .json file they are changes of behaviour";

/// A line of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    name: String,
    /// What the run starts from; nothing if it is left out.
    place: Option<String>,
    /// The arguments of `wheelbase`, split at white space.
    arguments: String,
    /// Whether the text output is recorded too.
    #[serde(default)]
    text: bool,
    /// Whether neither a day nor `--format json` is added.
    #[serde(default)]
    bare: bool,
    /// Text files, in addition to those of the place.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Folders of the repository whose files are copied.
    #[serde(default)]
    copies: Vec<String>,
    /// Environment variables.
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

/// What runs start from: of this module, and of the cases of rules in `tests/rules/cases`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// The lines of an index, as `Site::of` reads them.
    #[serde(default)]
    index: String,
    /// Files that only code can create: see [`material`].
    #[serde(default)]
    material: Vec<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Whether `root` is an image with glibc 2.36 and Python 3.12, as a folder.
    #[serde(default)]
    image: bool,
    #[serde(default, rename = "wheel")]
    wheels: Vec<Wheel>,
    #[serde(default, rename = "sdist")]
    sdists: Vec<Sdist>,
    #[serde(default, rename = "binary")]
    binaries: Vec<Binary>,
    /// The distributions that are installed in `root`.
    #[serde(default)]
    installed: Vec<Installed>,
}

impl Place {
    /// The declared wheels.
    pub(crate) fn wheels(&self) -> &[Wheel] {
        &self.wheels
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    run: Vec<Run>,
}

impl Run {
    /// The arguments of the run, with those that every run of a kind has.
    fn arguments(&self) -> Vec<String> {
        match self.bare {
            true => self.arguments.split_whitespace().map(str::to_owned).collect(),
            false => arguments_of(&self.arguments),
        }
    }

    /// The same for the text output.
    fn text_arguments(&self) -> Vec<String> {
        let mut all = self.arguments();
        if !self.bare {
            all.truncate(all.len() - 2);
        }
        all
    }

    /// Runs the command; returns the recorded files by name.
    fn record(&self, prepared: &Prepared) -> BTreeMap<String, String> {
        let arguments = self.arguments();
        let run = prepared.run(&arguments, &self.variables);
        let record = Record::of(&arguments, &run, self.bare);
        let mut files = BTreeMap::from([
            (format!("{}.json", self.name), record.behaviour),
            (format!("{}.words", self.name), record.words),
        ]);
        if self.text {
            let text = prepared.run(&self.text_arguments(), &self.variables);
            assert_eq!(text.status, run.status, "{}: text and JSON exit alike", self.name);
            files.insert(format!("{}.txt", self.name), text.out);
        }
        files
    }
}

/// The arguments of a line, with the day of all runs and JSON as the format.
pub(crate) fn arguments_of(line: &str) -> Vec<String> {
    let mut all: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    if !all.iter().any(|one| one == "--as-of") {
        all.extend(["--as-of", DAY].map(str::to_owned));
    }
    all.extend(["--format", "json"].map(str::to_owned));
    all
}

/// The repository.
fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> =
        LazyLock::new(|| Path::new(root!()).canonicalize().expect("the repository"));
    &ROOT
}

fn folder() -> PathBuf {
    root().join("tests/reports")
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn table(subject: &str) -> Vec<Run> {
    read::<Table>(&folder().join(format!("runs/{subject}.toml"))).run
}

pub(crate) fn is_renewing() -> bool {
    std::env::var_os("WHEELBASE_UPDATE_REPORTS").is_some()
}

/// Returns where two texts first differ; `None` if they are equal.
pub(crate) fn difference(name: &str, recorded: &str, now: &str) -> Option<String> {
    if recorded == now {
        return None;
    }
    let (mut old, mut new) = (recorded.lines(), now.lines());
    for number in 1.. {
        let (old, new) = (old.next(), new.next());
        if old != new || old.is_none() {
            let (old, new) = (old.unwrap_or("(end)"), new.unwrap_or("(end)"));
            return Some(format!("{name}:{number}\n-{old}\n+{new}"));
        }
    }
    None
}

/// Compares all runs of a subject with the recorded files.
fn hold(subject: &str) {
    let places: BTreeMap<String, Place> = read(&folder().join("places.toml"));
    let mut differences = Vec::new();
    for run in table(subject) {
        let nothing = Place::default();
        let place = run.place.as_ref().map_or(&nothing, |name| &places[name]);
        let prepared = Prepared::new(place, &run.files, &run.copies);
        for (name, now) in run.record(&prepared) {
            let path = folder().join("recorded").join(&name);
            if is_renewing() {
                std::fs::write(&path, now).expect("written");
                continue;
            }
            let recorded = std::fs::read_to_string(&path).unwrap_or_default();
            differences.extend(difference(&name, &recorded, &now));
        }
    }
    assert!(differences.is_empty(), "{}\n\n{HOW}", differences.join("\n\n"));
}

const SUBJECTS: [&str; 9] =
    ["targets", "tags", "requirements", "index", "recorded", "locks", "dockerfiles", "binaries", "images"];

#[test]
fn reports_of_targets() {
    hold("targets");
}

#[test]
fn reports_of_tags() {
    hold("tags");
}

#[test]
fn reports_of_requirements() {
    hold("requirements");
}

#[test]
fn reports_of_indexes() {
    hold("index");
}

#[test]
fn reports_of_real_requirements_on_a_recorded_index() {
    hold("recorded");
}

#[test]
fn reports_of_locks() {
    hold("locks");
}

#[test]
fn reports_of_dockerfiles() {
    hold("dockerfiles");
}

#[test]
fn reports_of_binaries() {
    hold("binaries");
}

#[test]
fn reports_of_images() {
    hold("images");
}

/// A file that no run writes is compared with nothing, and a run without files is not compared at all.
#[test]
fn each_run_has_its_recorded_files_and_each_file_its_run() {
    let tables: BTreeSet<String> = names("runs").map(|name| name.replace(".toml", "")).collect();
    assert_eq!(tables, SUBJECTS.map(str::to_owned).into(), "each table is held by a test");
    let runs: Vec<Run> = SUBJECTS.iter().flat_map(|subject| table(subject)).collect();
    let distinct: BTreeSet<&str> = runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(distinct.len(), runs.len(), "each run has a name of its own");
    assert!(runs.len() >= 60, "{}", runs.len());
    let mut expected = BTreeSet::new();
    for run in &runs {
        let ends = ["json", "words", "txt"].into_iter().take(if run.text { 3 } else { 2 });
        expected.extend(ends.map(|end| format!("{}.{end}", run.name)));
    }
    if is_renewing() {
        for name in names("recorded").filter(|name| !expected.contains(name)) {
            std::fs::remove_file(folder().join("recorded").join(name)).expect("removed");
        }
        return;
    }
    let found: BTreeSet<String> = names("recorded").collect();
    let missing: Vec<&String> = expected.difference(&found).collect();
    let orphans: Vec<&String> = found.difference(&expected).collect();
    assert!(
        missing.is_empty() && orphans.is_empty(),
        "missing {missing:?}, without a run {orphans:?}\n{HOW}"
    );
}

/// The recorded reports satisfy their schemas; a run whose report does not is recorded with the faults.
#[test]
fn recorded_reports_satisfy_their_schemas() {
    let mut faulty = Vec::new();
    for name in names("recorded").filter(|name| name.ends_with(".json")) {
        let text = std::fs::read_to_string(folder().join("recorded").join(&name)).expect("a file");
        let record: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        if !record["schema_faults"].as_array().is_some_and(Vec::is_empty) {
            faulty.push(format!("{name}: {}", record["schema_faults"]));
        }
    }
    assert!(faulty.is_empty(), "{}", faulty.join("\n"));
}

/// The names of the files of a folder.
fn names(of: &str) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(folder().join(of)).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
}

#[test]
fn a_changed_value_a_missing_line_and_one_too_many_are_differences() {
    assert_eq!(difference("x", "a\nb\n", "a\nb\n"), None);
    assert_eq!(difference("x", "a\nb\n", "a\nc\n").as_deref(), Some("x:2\n-b\n+c"));
    assert_eq!(difference("x", "a\n", "a\nb\n").as_deref(), Some("x:2\n-(end)\n+b"));
    assert_eq!(difference("x", "a\nb\n", "a\n").as_deref(), Some("x:2\n-b\n+(end)"));
    assert!(difference("x", "a", "a\n").is_some(), "the last line end counts");
    assert!(difference("x", "", "a\n").is_some(), "a file that is not there is no match");
}
