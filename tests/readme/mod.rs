//! The transcripts of README.md are what the command prints.
//!
//! An indented block of README.md that begins with `$ wheelbase` is a command line and its standard output. Each is run on
//! an index that was recorded from the real one (`record.py` beside this file) and on the day of the recording, and
//! compared to the letter. With `WHEELBASE_UPDATE_README` set the README is rewritten instead.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wheelbase::edge::{CacheMode, IndexClient, IndexSettings};
use wheelbase::imports::Imports;
use wheelbase::wheel::WheelFacts;

use crate::cli::site::Site;

/// The day on which the index was recorded.
const DAY: &str = "2026-11-21";
const INDENT: &str = "    ";
const PROMPT: &str = "    $ wheelbase ";
const HOW: &str = "`WHEELBASE_UPDATE_README=1 cargo test readme` writes the README anew, to be read before it is \
                   committed; if a command asks for what was not recorded, run tests/readme/record.py first";

fn root() -> PathBuf {
    Path::new(root!()).to_owned()
}

fn recorded() -> PathBuf {
    root().join("tests/readme/recorded")
}

/// A command line with what the README says of its output.
struct Transcript {
    /// As written, over one line or several.
    command: Vec<String>,
    output: Vec<String>,
}

impl Transcript {
    /// The arguments after `wheelbase`.
    fn arguments(&self) -> Vec<String> {
        let line = self.command.join(" ").replace('\\', " ");
        line.split_whitespace().skip(2).map(str::to_owned).collect()
    }

    fn block(&self) -> String {
        let lines = self.command.iter().chain(&self.output);
        lines.map(|line| format!("{INDENT}{line}").trim_end().to_owned() + "\n").collect()
    }
}

/// Text of a document between its transcripts, and these.
fn parts(text: &str) -> (Vec<String>, Vec<Transcript>) {
    let mut between = vec![String::new()];
    let mut found: Vec<Transcript> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.starts_with(PROMPT) {
            let last = between.last_mut().expect("never empty");
            last.push_str(line);
            last.push('\n');
            continue;
        }
        let bare = |line: &str| line.strip_prefix(INDENT).unwrap_or_default().to_owned();
        let mut one = Transcript { command: vec![bare(line)], output: Vec::new() };
        while one.command.last().is_some_and(|line| line.ends_with('\\')) {
            one.command.push(bare(lines.next().expect("a command line that goes on")));
        }
        let goes_on = |line: &&str| line.is_empty() || line.starts_with(INDENT) && !line.starts_with(PROMPT);
        while let Some(line) = lines.next_if(goes_on) {
            one.output.push(bare(line));
        }
        // The empty line behind a block is none of its own.
        while one.output.last().is_some_and(String::is_empty) {
            one.output.pop();
        }
        found.push(one);
        between.push("\n".to_owned());
    }
    (between, found)
}

/// A cache in which the command finds what it read from the wheels when the index was recorded.
pub(crate) fn fill_cache(folder: &Path) {
    let mut hashes = BTreeMap::new();
    for page in std::fs::read_dir(recorded().join("simple")).expect("pages") {
        let text = std::fs::read_to_string(page.expect("a page").path().join("index.json")).expect("a page");
        let page: Value = serde_json::from_str(&text).expect("JSON");
        for file in page["files"].as_array().expect("files") {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            hashes.insert(text(&file["filename"]), text(&file["hashes"]["sha256"]));
        }
    }
    let mut settings = IndexSettings::default();
    settings.cache = CacheMode::Folder(folder.to_owned());
    let client = IndexClient::new(settings).expect("a client");
    let bodies = |folder: &str| {
        let entries = std::fs::read_dir(recorded().join(folder)).expect("a folder");
        let read = |entry: std::io::Result<std::fs::DirEntry>| {
            let path = entry.expect("an entry").path();
            let wheel = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let mut bytes = Vec::new();
            let packed = std::fs::File::open(&path).expect("a file");
            flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).expect("gzip");
            (wheel, bytes)
        };
        entries.map(read).collect::<Vec<_>>()
    };
    for (wheel, bytes) in bodies("imports") {
        assert!(Imports::from_bytes(&bytes).is_some(), "of this version: run tests/readme/record.py");
        client.facts_put("wheel-imports", &hashes[&wheel], &bytes);
    }
    for (wheel, bytes) in bodies("facts") {
        let facts = WheelFacts::from_bytes(&bytes);
        let facts = facts.expect("facts of this version of the encoding: run tests/readme/record.py");
        assert_eq!(facts.file, wheel);
        client.facts_put("wheel-facts", &hashes[&wheel], &bytes);
    }
}

/// What the command prints now.
fn run(transcript: &Transcript, cache: &Path) -> Vec<String> {
    let site = Site::of("");
    let index = recorded().join("simple").display().to_string();
    let mut arguments = transcript.arguments();
    for more in ["--index-url", &index, "--as-of", DAY] {
        arguments.push(more.to_owned());
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = site.run_with(&arguments, |command| {
        command.current_dir(root()).env("WHEELBASE_CACHE_DIR", cache);
    });
    assert!(run.status < 2, "{}\n{}\n{HOW}", transcript.block(), run.err);
    run.out.lines().map(str::to_owned).collect()
}

fn is_renewing() -> bool {
    std::env::var_os("WHEELBASE_UPDATE_README").is_some()
}

#[test]
fn transcripts_of_the_readme_are_what_the_command_prints() {
    let path = root().join("README.md");
    let text = std::fs::read_to_string(&path).expect("README.md");
    let cache = tempfile::tempdir().expect("a folder");
    fill_cache(cache.path());
    let (between, transcripts) = parts(&text);
    assert!(transcripts.len() >= 5, "the tour is in README.md");
    let now: Vec<Transcript> = transcripts
        .iter()
        .map(|one| Transcript { command: one.command.clone(), output: run(one, cache.path()) })
        .collect();
    if is_renewing() {
        let mut renewed = String::new();
        let mut blocks = now.iter();
        for text in between {
            renewed.push_str(&text);
            renewed.push_str(&blocks.next().map(Transcript::block).unwrap_or_default());
        }
        std::fs::write(&path, renewed.trim_end().to_owned() + "\n").expect("written");
        return;
    }
    for (written, now) in transcripts.iter().zip(&now) {
        assert_same(&written.block(), &now.block());
    }
}

fn assert_same(written: &str, now: &str) {
    let first = written.lines().zip(now.lines()).find(|(written, now)| written != now);
    let (expected, printed) = first.unwrap_or_default();
    assert!(
        written == now,
        "README.md says\n\n{written}\nand the command prints\n\n{now}\nwhich first differs in\n-{expected}\n+{printed}\n\n{HOW}"
    );
}

/// Each image of the four is asked about for each of the four services, and all that the tour is to show is there.
#[test]
fn the_tour_shows_four_images_for_each_of_four_services() {
    if is_renewing() {
        return;
    }
    let text = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let (_, transcripts) = parts(&text);
    let output = |wanted: &str| {
        let mut all = transcripts.iter().filter(|one| one.arguments().iter().any(|word| word == "--inspect"));
        let one = all.find(|one| one.arguments().iter().any(|word| word.contains(wanted)));
        one.unwrap_or_else(|| panic!("{wanted} has a transcript"))
    };
    for service in ["flask-echo", "gunicorn-distroless", "pandas-alpine", "sanic-service"] {
        let one = output(&format!("examples/{service}/requirements.txt"));
        let arguments = one.arguments();
        let images: Vec<&String> = arguments
            .iter()
            .zip(arguments.iter().skip(1))
            .filter(|(on, _)| *on == "--on")
            .map(|(_, image)| image)
            .collect();
        let [full, slim, alpine, distroless] = images.as_slice() else { panic!("{service}: {images:?}") };
        assert_eq!([slim.as_str(), alpine], [format!("{full}-slim"), format!("{full}-alpine")]);
        assert!(distroless.contains("distroless"));
        assert!(one.output.iter().any(|line| line.starts_with("sizes ")), "{service}");
    }
    let all: String = transcripts.iter().map(Transcript::block).collect();
    for told in ["warn[builds-from-source]", "deny[missing-library]", " MB"] {
        assert!(all.contains(told), "{told}");
    }
    // The line that sums up the projects that are wheels everywhere starts with their number.
    let is_folded = |line: &String| line.split(' ').next().is_some_and(|word| word.parse::<usize>().is_ok());
    assert!(transcripts.iter().flat_map(|one| &one.output).any(is_folded));
}

/// The recorded index is small, and names neither a host nor a machine.
#[test]
fn the_recorded_index_is_small_and_leads_nowhere() {
    let mut bytes = 0;
    let mut open = vec![recorded()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            match entry.file_type().expect("a kind").is_dir() {
                true => open.push(entry.path()),
                false => bytes += entry.metadata().expect("a size").len(),
            }
            if entry.file_name() == "index.json" {
                let text = std::fs::read_to_string(entry.path()).expect("a page");
                assert!(!text.contains("://"), "{}", entry.path().display());
            }
        }
    }
    assert!(bytes < 3 << 20, "{bytes}");
}
