//! The file that pip 26.3 picks of one project page (`select.json`), through the solver that `check` uses.

use std::sync::Arc;

use serde_json::Value;
use wheelbase::ProjectName;
use wheelbase::index::{DistributionFile, ProjectPage};
use wheelbase::requirements::SettingKind;
use wheelbase::resolve::{
    Fact, MemoryFacts, Problem, Rejection, ResolveOptions, RootRequirement, Selection, check_file,
};
use wheelbase::source::Origin;

use super::folder::solve;
use crate::tags::lists::target;

fn problem_of(case: &Value) -> Problem {
    let mut target = target(&case["env"], "pip==26.3");
    target.python.version = case["python_full"].as_str().expect("a version").parse().expect("a version");
    let mut options = ResolveOptions::default();
    options.no_deps = true;
    for (name, value) in case["options"].as_object().into_iter().flatten() {
        match name.as_str() {
            "no_binary" => options
                .apply(SettingKind::NoBinary(value.as_str().expect("text").to_owned()))
                .expect("a name"),
            "only_binary" => options
                .apply(SettingKind::OnlyBinary(value.as_str().expect("text").to_owned()))
                .expect("a name"),
            "prefer_binary" => options.prefer_binary = value == true,
            "ignore_requires_python" => options.ignore_requires_python = value == true,
            other => panic!("an option that this test does not know: {other}"),
        }
    }
    let text = format!("{}{}", case["package"].as_str().unwrap(), case["specifier"].as_str().unwrap());
    let requirement = RootRequirement::new(text.parse().expect("a requirement"), Origin::new("case", 0, 0));
    Problem::new(target, vec![requirement], Vec::new(), options)
}

fn files_of(case: &Value) -> Vec<DistributionFile> {
    let rows = case["files"].as_array().expect("files");
    let file = |(position, row): (usize, &Value)| {
        let name = row[0].as_str().expect("a name");
        let mut file = DistributionFile::new(name, format!("https://files.example/{name}"));
        file.position = u32::try_from(position).expect("few files");
        file.requires_python = row[1].as_str().map(str::to_owned);
        file.yanked = match &row[2] {
            Value::String(reason) => Some(reason.clone()),
            _ => None,
        };
        file
    };
    rows.iter().enumerate().map(file).collect()
}

/// pip's word for a rejection.
fn word(rejection: &Rejection, filename: &str) -> &'static str {
    match rejection {
        Rejection::FormatUnsupported(_) | Rejection::BinaryForbidden | Rejection::SourceForbidden => {
            "format_unsupported"
        }
        // pip calls a wheel name that it cannot parse an invalid format, and an archive without version so.
        Rejection::InvalidName(_) if !filename.ends_with(".whl") => "invalid_version",
        Rejection::InvalidName(_) | Rejection::Variant(_) => "format_invalid",
        Rejection::OtherProject => "different_project",
        Rejection::Tags => "platform_mismatch",
        Rejection::RequiresPython(_) => "requires_python_mismatch",
        other => panic!("a rejection that the oracle has no word for: {other:?}"),
    }
}

#[test]
fn the_file_that_pip_picks_and_why_it_rejects_the_others() {
    let oracle: Value = serde_json::from_str(include_str!("select.json")).expect("valid JSON");
    let cases = oracle["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 40);
    let mut wrong = Vec::new();
    for case in cases {
        let id = case["id"].as_str().unwrap();
        let answer = &case["answer"];
        let project: ProjectName = case["package"].as_str().unwrap().parse().expect("a name");
        let files = files_of(case);
        let problem = problem_of(case);
        for file in &files {
            let expected = answer["rejected"].get(&file.filename).and_then(Value::as_str);
            let got = check_file(&project, file, &problem).err().map(|why| word(&why, &file.filename));
            if got != expected {
                wrong.push(format!("{id}: `{}`: pip says {expected:?}, we say {got:?}", file.filename));
            }
        }
        let mut facts = MemoryFacts::new();
        facts.add_page(
            project.clone(),
            Fact::Known(Arc::new(ProjectPage::from_files(project.clone(), files))),
        );
        let resolution = solve(problem, &facts);
        let (pick, version, kind) = match &resolution.project(&project).expect("one project").selection {
            Selection::File(chosen) => (
                Some(chosen.file.filename.clone()),
                Some(chosen.version.to_string()),
                Some(if chosen.candidate.is_wheel() { "wheel" } else { "sdist" }),
            ),
            _ => (None, None, None),
        };
        let same = pick.as_deref() == answer["pick"].as_str()
            && version.as_deref() == answer["version"].as_str()
            && kind == answer["kind"].as_str();
        if !same {
            wrong.push(format!(
                "{id}: pip picks {}, we pick {pick:?} ({version:?}, {kind:?})",
                answer["pick"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
