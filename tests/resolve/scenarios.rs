//! Small indexes with the results of uv 0.13.8 and pip 26.3, from `tests/oracle/scenarios.tar.gz`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use wheelbase::requirements::SettingKind;
use wheelbase::resolve::{Problem, ResolveOptions, RootRequirement, Selection};
use wheelbase::source::Origin;
use wheelbase::target::{Arch, Installer, Libc, Python, Target};

use super::folder::{Folder, scenarios, solve};

/// The result of an installer: whether the requirements can be satisfied, and the versions.
type Answer = (bool, BTreeMap<String, String>);

fn recorded(scenario: &Value, key: &str) -> Option<Answer> {
    let answer = scenario.get(key)?;
    let packages = answer.get("packages").and_then(Value::as_object).cloned().unwrap_or_default();
    let packages =
        packages.iter().map(|(name, version)| (name.clone(), version.as_str().unwrap_or("").to_owned()));
    Some((answer["satisfiable"].as_bool()?, packages.collect()))
}

fn answer(folder: &Path, scenario: &Value, installer: &str) -> Answer {
    let options = &scenario["resolver_options"];
    let python = options["python"].as_str().or(scenario["environment"]["python"].as_str()).expect("a Python");
    // The results were recorded on a machine with glibc 2.36; `x86_64-manylinux2014` names 2.17.
    let libc = if options["python_platform"] == "x86_64-manylinux2014" {
        Libc::Glibc(2, 17)
    } else {
        Libc::Glibc(2, 36)
    };
    let installer: Installer = installer.parse().expect("an installer");
    let target = Target::new(Arch::x86_64(), libc, python.parse::<Python>().expect("a Python"), installer);
    let requirements = scenario["root"]["requires"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|text| RootRequirement::new(text.parse().expect("a requirement"), Origin::new("scenario", 0, 0)))
        .collect();
    let mut resolve = ResolveOptions::default();
    if options["prereleases"] == "True" || options["prereleases"] == true {
        resolve.apply(SettingKind::Pre).expect("no list");
    }
    for (key, only) in [("no_build", true), ("no_binary", false)] {
        for name in options[key].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let name = name.to_owned();
            let kind = if only { SettingKind::OnlyBinary(name) } else { SettingKind::NoBinary(name) };
            resolve.apply(kind).expect("a project name");
        }
    }
    let resolution =
        solve(Problem::new(target, requirements, Vec::new(), resolve), &Folder(folder.to_owned()));
    let packages = resolution
        .projects
        .iter()
        .filter_map(|project| match &project.selection {
            Selection::File(chosen) => Some((project.project.to_string(), chosen.version.to_string())),
            _ => None,
        })
        .collect();
    (resolution.is_satisfiable(), packages)
}

fn compare(key: &str, installer: &str) {
    let mut compared = 0;
    let mut universal = 0;
    let mut without_answer = Vec::new();
    let mut wrong = Vec::new();
    let mut folders: Vec<_> = std::fs::read_dir(scenarios())
        .expect("the scenarios")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("scenario.json").is_file())
        .collect();
    folders.sort();
    for folder in folders {
        let text = std::fs::read(folder.join("scenario.json")).expect("a readable scenario");
        let scenario: Value = serde_json::from_slice(&text).expect("valid JSON");
        let name = scenario["name"].as_str().unwrap_or_default().to_owned();
        if scenario["universal"] == true {
            // A universal scenario requires one lock for many environments, which no installer supports.
            universal += 1;
            continue;
        }
        let Some(expected) = recorded(&scenario, key) else {
            without_answer.push(name);
            continue;
        };
        compared += 1;
        let got = answer(&folder, &scenario, installer);
        // If it cannot be solved, only this crate reports more than the conflict.
        let same = got.0 == expected.0 && (!expected.0 || got.1 == expected.1);
        if !same {
            wrong.push(format!("{name}: {installer} says {expected:?}, we say {got:?}"));
        }
    }
    eprintln!(
        "{key}: {compared} scenarios compared, {universal} universal ones skipped, without answer: {without_answer:?}"
    );
    assert!(compared > 100, "only {compared} scenarios were compared");
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn single_environment_scenarios_equal_the_results_of_uv() {
    compare("observed", "uv==0.13.8");
}

#[test]
fn single_environment_scenarios_equal_the_results_of_pip() {
    compare("observed_pip", "pip==26.3");
}
