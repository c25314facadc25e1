//! The transcripts of README.md and of the documents in `docs/` are what the command prints.
//!
//! An indented block that starts with `$ wheelbase` is a command line and its standard output. Each command runs on an
//! index that was recorded from the real one (`record.py` in this folder) and on the day of the recording. Its output is
//! compared with the text. With `WHEELBASE_UPDATE_README` set the documents are rewritten instead.

mod paths;

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
const HOW: &str = "`WHEELBASE_UPDATE_README=1 cargo test -p wheelbase-cli --test main -- readme` rewrites the \
                   transcripts; read the diff before you commit it. If a command requires a file that was not recorded, \
                   run tests/readme/record.py first";

fn root() -> PathBuf {
    Path::new(root!()).to_owned()
}

fn recorded() -> PathBuf {
    root().join("tests/readme/recorded")
}

/// The documents with transcripts: README.md and `docs/*.md`, sorted.
fn documents() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(root().join("docs"))
        .expect("docs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    found.sort();
    found.insert(0, root().join("README.md"));
    found
}

/// All transcripts of all documents.
fn all_transcripts() -> Vec<Transcript> {
    let texts = documents().into_iter().map(|path| std::fs::read_to_string(path).expect("a document"));
    texts.flat_map(|text| parts(&text).1).collect()
}

/// A command line and its output as a document has them.
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
        // The empty line after a block does not belong to it.
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
fn transcripts_of_the_documents_are_what_the_command_prints() {
    let cache = tempfile::tempdir().expect("a folder");
    fill_cache(cache.path());
    let mut total = 0;
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("a document");
        let (between, transcripts) = parts(&text);
        total += transcripts.len();
        let now: Vec<Transcript> = transcripts
            .iter()
            .map(|one| Transcript { command: one.command.clone(), output: run(one, cache.path()) })
            .collect();
        if is_renewing() {
            if now.is_empty() {
                continue;
            }
            let mut renewed = String::new();
            let mut blocks = now.iter();
            for text in between {
                renewed.push_str(&text);
                renewed.push_str(&blocks.next().map(Transcript::block).unwrap_or_default());
            }
            std::fs::write(&path, renewed.trim_end().to_owned() + "\n").expect("written");
            continue;
        }
        for (written, now) in transcripts.iter().zip(&now) {
            assert_same(&path, &written.block(), &now.block());
        }
    }
    assert!(total >= 7, "the documents have {total} transcripts");
}

fn assert_same(path: &Path, written: &str, now: &str) {
    let first = written.lines().zip(now.lines()).find(|(written, now)| written != now);
    let (expected, printed) = first.unwrap_or_default();
    assert!(
        written == now,
        "{} has\n\n{written}\nand the command prints\n\n{now}\nthe first difference is\n-{expected}\n+{printed}\n\n{HOW}",
        path.display()
    );
}

#[test]
fn the_readme_is_short() {
    let lines = std::fs::read_to_string(root().join("README.md")).expect("README.md").lines().count();
    assert!(lines < 200, "README.md has {lines} lines; move details to docs/");
}

/// The tour checks each of the four services on four images, and shows the findings that it explains.
#[test]
fn the_tour_shows_four_images_for_each_of_four_services() {
    if is_renewing() {
        return;
    }
    let transcripts = all_transcripts();
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
    for part in ["warn[builds-from-source]", "deny[missing-library]", " MB"] {
        assert!(all.contains(part), "{part}");
    }
    // The line that sums up the projects that are wheels everywhere starts with their number.
    let is_folded = |line: &String| line.split(' ').next().is_some_and(|word| word.parse::<usize>().is_ok());
    assert!(transcripts.iter().flat_map(|one| &one.output).any(is_folded));
}

/// The recorded index is small, and contains neither a host nor a machine.
#[test]
fn the_recorded_index_is_small_and_has_no_urls() {
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
