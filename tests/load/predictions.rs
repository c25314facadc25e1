//! Predictions recorded in the studies, compared with the findings.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use wheelbase::edge::imports::imports_of;
use wheelbase::edge::{CacheMode, CheckRequest, IndexClient, IndexSettings, check};
use wheelbase::findings::{Finding, Level};
use wheelbase::image::{Catalogue, ImageProfile, TargetOptions};
use wheelbase::imports::Imports;
use wheelbase::index::DistributionFile;
use wheelbase::load::{InstalledWheel, LoaderEnvironment, check_loading};
use wheelbase::report::ReportTarget;
use wheelbase::resolve::RootRequirement;
use wheelbase::source::Origin;
use wheelbase::verdict::Kind;
use wheelbase::wheel::WheelFacts;

const EXPECTED: &str = include_str!("expected.json");
/// What the imports of the wheels run, by file name.
const IMPORTS: &str = "imports.json";
const DAY: &str = "2026-11-21";

#[derive(Deserialize)]
struct Expected {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    requirement: String,
    image: String,
    #[serde(default)]
    deny: Vec<String>,
    /// Codes that are found at level warn; others may be found too.
    #[serde(default)]
    warn: Vec<String>,
    #[serde(default)]
    libraries: Vec<String>,
    /// Exactly these libraries.
    #[serde(default)]
    only: bool,
    #[serde(default)]
    build: bool,
}

fn rows() -> Vec<Row> {
    serde_json::from_str::<Expected>(EXPECTED).expect("expected.json").rows
}

fn profile(image: &str) -> ImageProfile {
    let reference = image.parse().expect("an image");
    Catalogue::default().profile(&reference, DAY.parse().expect("a day"), None).expect("in the catalogue")
}

/// Returns the differences from a row.
fn differences(row: &Row, project: &str, findings: &[&Finding]) -> Vec<String> {
    let of_project: Vec<&&Finding> = findings
        .iter()
        .filter(|one| one.project.as_ref().is_some_and(|name| name.as_str() == project))
        .filter(|one| one.level() == Level::Deny)
        .collect();
    let codes: BTreeSet<&str> = of_project.iter().map(|one| one.code().name()).collect();
    let wanted: BTreeSet<&str> = row.deny.iter().map(String::as_str).collect();
    let mut out = Vec::new();
    let messages = || of_project.iter().map(|one| one.message()).collect::<Vec<_>>().join(" | ");
    if codes != wanted {
        out.push(format!("codes {codes:?} and not {wanted:?}: {}", messages()));
    }
    let warned: Vec<&&Finding> = findings
        .iter()
        .filter(|one| one.project.as_ref().is_some_and(|name| name.as_str() == project))
        .filter(|one| one.level() == Level::Warn && row.warn.iter().any(|code| code == one.code().name()))
        .collect();
    let found: BTreeSet<&str> = warned.iter().map(|one| one.code().name()).collect();
    if found != row.warn.iter().map(String::as_str).collect() {
        out.push(format!("warnings {found:?} and not {:?}", row.warn));
    }
    let named: BTreeSet<String> = of_project
        .iter()
        .chain(&warned)
        .flat_map(|one| one.evidence()["libraries"].as_array().cloned().unwrap_or_default())
        .filter_map(|library| library.as_str().map(str::to_owned))
        .collect();
    let asked: BTreeSet<String> = row.libraries.iter().cloned().collect();
    if !asked.is_subset(&named) || row.only && asked != named {
        out.push(format!("libraries {named:?} and not {asked:?}"));
    }
    out
}

/// Fetches from the index. Outcome of 2026-11-21: see `outcome.json` in this folder.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the index and some hundred megabytes"]
async fn live_predictions_hold() {
    let mut settings = IndexSettings::default();
    if let Ok(folder) = std::env::var("WHEELBASE_CACHE_DIR") {
        settings.cache = CacheMode::Folder(folder.into());
    }
    let client = IndexClient::new(settings).expect("a client");
    let record = std::env::var("WHEELBASE_RECORD").is_ok();
    let mut wrong = Vec::new();
    let mut outcome = Vec::new();
    let mut imports: BTreeMap<String, Imports> = BTreeMap::new();
    for row in rows() {
        let profile = profile(&row.image);
        let target = profile.target(&TargetOptions::default()).expect("a target");
        let target = ReportTarget::new(&row.image, &row.image, profile.arch.docker_name(), target)
            .with_image(profile.clone());
        let requirement: wheelbase::requirement::Requirement =
            row.requirement.parse().expect("a requirement");
        let project = requirement.name.to_string();
        let root = RootRequirement::new(requirement, Origin::new("expected.json", 1, 1));
        let mut request = CheckRequest::new(vec![target], vec![root]);
        request.inspect = true;
        let report = check(request, &client, |_| {}).await.expect("a report");
        let result = &report.results[0];
        let own = result.distributions.iter().find(|one| one.project.as_str() == project).expect("its row");
        let built = own.kind != Kind::Wheel;
        let findings: Vec<&Finding> = result.findings.iter().collect();
        let mut found = if built != row.build {
            vec![format!("taken as {}", own.kind.as_str())]
        } else if row.build {
            Vec::new()
        } else {
            differences(&row, &project, &findings)
        };
        if let (true, Some(sha256), Some(file)) = (record, &own.sha256, &own.file)
            && own.kind == Kind::Wheel
        {
            record_facts(&client, &project, file, sha256);
            let mut wheel = DistributionFile::new(file.clone(), own.url.clone().unwrap_or_default());
            wheel.sha256 = Some(sha256.clone());
            let name = project.parse().expect("a name");
            let known = imports_of(&client, &name, &wheel, &|_| {}).await.expect("imports");
            imports.insert(file.clone(), known);
        }
        outcome.push(serde_json::json!({
            "requirement": row.requirement,
            "image": row.image,
            "file": own.file,
            "holds": found.is_empty(),
            "differences": found,
        }));
        for difference in found.drain(..) {
            wrong.push(format!("{} on {}: {difference}", row.requirement, row.image));
        }
    }
    if record {
        let path = concat!(root!(), "/tests/load/outcome.json");
        let text = serde_json::to_string_pretty(&serde_json::json!({"taken": DAY, "rows": outcome}));
        std::fs::write(path, text.expect("json") + "\n").expect("written");
        let path = format!("{}/tests/load/facts/{IMPORTS}", root!());
        let text = serde_json::to_string_pretty(&imports).expect("json");
        std::fs::write(path, text + "\n").expect("written");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Keeps the facts of a wheel, reduced to the facts that loading uses: only those undefined symbols that musl may
/// not have.
fn record_facts(client: &IndexClient, project: &str, file: &str, sha256: &str) {
    let Some(bytes) = client.facts_get("wheel-facts", sha256) else { return };
    let facts = WheelFacts::from_bytes(&bytes).expect("facts");
    let mut value = serde_json::to_value(&facts).expect("json");
    let musl = file.contains("musllinux");
    value["file"] = file.into();
    value["labels"] = serde_json::json!([]);
    let table = wheelbase::policy::MuslSymbols::table();
    let empty = serde_json::json!({"names": "", "marks": [], "widths": []});
    let mut kept: BTreeSet<String> = BTreeSet::new();
    for member in value["members"].as_array_mut().expect("members") {
        let elf = &mut member["elf"];
        if !musl {
            elf["imports"] = empty.clone();
            elf["exports"] = "".into();
            continue;
        }
        let names = elf["imports"]["names"].as_str().expect("names").to_owned();
        let marks = elf["imports"]["marks"].as_array().expect("marks").clone();
        let mut new_names = String::new();
        let mut new_marks = Vec::new();
        for (name, mark) in names.split_terminator('\0').zip(marks) {
            let machine = wheelbase::elf::Machine::X86_64;
            let old = table.first(machine, name).is_some_and(|release| release == table.floor());
            if !old && !name.starts_with("Py") && !name.starts_with("_Py") {
                new_names.push_str(name);
                new_names.push('\0');
                new_marks.push(mark);
                kept.insert(name.to_owned());
            }
        }
        elf["imports"]["names"] = new_names.into();
        elf["imports"]["marks"] = new_marks.into();
    }
    if musl {
        for member in value["members"].as_array_mut().expect("members") {
            let names = member["elf"]["exports"].as_str().expect("names");
            let rest: String = names
                .split_terminator('\0')
                .filter(|name| kept.contains(*name))
                .map(|name| format!("{name}\0"))
                .collect();
            member["elf"]["exports"] = rest.into();
        }
    }
    let text = serde_json::to_string(&value).expect("json");
    // Large files are only in the live test.
    if text.len() < 100_000 {
        let path = format!("{}/tests/load/facts/{file}.json", root!());
        std::fs::write(path, text + "\n").expect("written");
    }
    let _ = project;
}

/// The same predictions on recorded facts of the same wheels.
#[test]
fn recorded_predictions_hold() {
    let folder = concat!(root!(), "/tests/load/facts");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("facts") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("text");
        if !path.ends_with(IMPORTS) {
            all.push(serde_json::from_str::<WheelFacts>(&text).expect("facts"));
        }
    }
    let text = std::fs::read_to_string(format!("{folder}/{IMPORTS}")).expect("imports");
    let imports: BTreeMap<String, Imports> = serde_json::from_str(&text).expect("imports");
    assert!(!all.is_empty(), "there are recorded facts");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| !row.build) {
        let project = row.requirement.split("==").next().expect("a name");
        let profile = profile(&row.image);
        let target = profile.target(&TargetOptions::default()).expect("a target");
        let tags = wheelbase::tags::SupportedTags::of(&target);
        let stem = format!("{}-", project.replace('-', "_"));
        let mine = all.iter().filter(|facts| facts.file.starts_with(&stem));
        let ranked = mine.filter_map(|facts| Some((tags.rank_filename(&facts.file)?, facts)));
        let Some((_, facts)) = ranked.min_by_key(|(rank, _)| *rank) else { continue };
        seen += 1;
        let installed = InstalledWheel::new(project.parse().expect("a name"), facts);
        let wheels = [installed.with_imports(imports.get(&facts.file))];
        let loading = check_loading(&wheels, &target, &LoaderEnvironment::of_profile(&profile));
        let findings: Vec<&Finding> = loading.findings.iter().collect();
        for difference in differences(row, project, &findings) {
            wrong.push(format!("{} on {}: {difference}", row.requirement, row.image));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 20, "{seen} rows have recorded facts");
}
