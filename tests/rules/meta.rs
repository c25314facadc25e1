//! The table of codes: documented, used, and held by tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wheelbase::findings::Code;

/// All files below a folder of the project with one of these extensions.
pub(crate) fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(root!()).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn kebab(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

#[test]
fn every_code_is_explained() {
    let all = Code::ALL;
    for code in all {
        let name = code.name();
        assert!(kebab(name), "{name} is kebab-case");
        assert!(
            !code.summary().is_empty() && !code.summary().ends_with('.'),
            "{name}: one line without final stop"
        );
        let text = code.explanation();
        assert!(text.len() > 60 && text.ends_with('.'), "{name}: a real explanation");
        assert!(code.link().starts_with("https://"), "{name}");
    }
    let names: BTreeSet<&str> = all.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), all.len(), "no name stands twice");
}

/// What is seen of each code.
#[derive(Default)]
struct Seen {
    fires: BTreeSet<Code>,
    silent: BTreeSet<Code>,
}

impl Seen {
    /// The recorded reports: a code is silent in a report of an area in which other reports have it.
    fn in_reports(&mut self) {
        let mut areas: BTreeMap<String, Vec<BTreeSet<Code>>> = BTreeMap::new();
        for path in files("tests/reports/recorded", &["json"]) {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let area = name.split('-').next().unwrap().to_owned();
            let report: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let mut codes = BTreeSet::new();
            codes_of(&report["report"], &mut codes);
            areas.entry(area).or_default().push(codes);
        }
        for reports in areas.values() {
            let all: BTreeSet<Code> = reports.iter().flatten().copied().collect();
            self.silent.extend(all.iter().filter(|code| reports.iter().any(|codes| !codes.contains(code))));
            self.fires.extend(all);
        }
    }

    /// The tests of rules: `CODE_fires` and `CODE_silent`, or calls of `fires`, `member` and `silent` with the code.
    fn in_tests(&mut self) {
        for path in files("tests", &["rs"]).iter().filter(|path| !path.ends_with("rules/meta.rs")) {
            let text = fs::read_to_string(path).unwrap();
            for &code in Code::ALL {
                let function = code.name().replace('-', "_");
                let called = |names: &[&str]| {
                    let quoted = format!("\"{}\"", code.name());
                    text.match_indices(&quoted).any(|(at, _)| {
                        let before = text[..at].rsplit(';').next().unwrap_or_default();
                        names.iter().any(|name| {
                            let call = format!("{name}(");
                            before.match_indices(&call).any(|(at, _)| !before[..at].ends_with("fn "))
                        })
                    })
                };
                if text.contains(&format!("fn {function}_fires")) || called(&["fires", "member"]) {
                    self.fires.insert(code);
                }
                let silent = ["_silent", "_is_silent", "_fires_and_is_silent"];
                if silent.iter().any(|end| text.contains(&format!("fn {function}{end}")))
                    || called(&["silent"])
                {
                    self.silent.insert(code);
                }
            }
        }
    }
}

/// The codes of all findings in a report.
fn codes_of(value: &Value, found: &mut BTreeSet<Code>) {
    match value {
        Value::Object(fields) => {
            if let Some(code) = fields.get("code").and_then(Value::as_str) {
                found.insert(code.parse().unwrap_or_else(|error| panic!("{error}")));
            }
            fields.values().for_each(|value| codes_of(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| codes_of(value, found)),
        _ => {}
    }
}

/// Every code has a case in which it is reported, and one in which it is not.
#[test]
fn every_code_fires_and_stays_silent() {
    let mut seen = Seen::default();
    seen.in_reports();
    seen.in_tests();
    let missing = |found: &BTreeSet<Code>| -> Vec<&str> {
        Code::ALL.iter().filter(|code| !found.contains(code)).map(|code| code.name()).collect()
    };
    assert!(missing(&seen.fires).is_empty(), "no case in which they fire: {:?}", missing(&seen.fires));
    assert!(
        missing(&seen.silent).is_empty(),
        "no case in which they stay silent: {:?}",
        missing(&seen.silent)
    );
}

/// The rules of resolution are small: each has two tests of its own, by name.
#[test]
fn every_rule_of_resolution_has_two_tests() {
    let rules = include_str!("resolution.rs");
    let mut missing = Vec::new();
    for path in files("src/findings/resolution", &["rs"]) {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let Ok(code) = stem.replace('_', "-").parse::<Code>() else { continue };
        for suffix in ["fires", "silent"] {
            let test = format!("fn {}_{suffix}()", code.name().replace('-', "_"));
            if !rules.contains(&test) {
                missing.push(test);
            }
        }
    }
    assert!(missing.is_empty(), "no test: {missing:?}");
}
