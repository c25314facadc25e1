//! The report as JSON, schema `wheelbase.report/1` (`data/report.schema.json`).

use serde_json::{Value, json};

use super::{DownloadSize, Report, ReportTarget, sizes};
use crate::build::Building;
use crate::findings::Finding;
use crate::load::Loading;
use crate::metadata::Confidence;
use crate::sdist::SourceLanguage;
use crate::verdict::{Distribution, InstalledSet, TargetVerdict};

impl Report {
    /// The report as JSON, schema `wheelbase.report/1`.
    pub fn to_json(&self) -> Value {
        document(self)
    }
}

fn document(report: &Report) -> Value {
    let results: Vec<Value> = report
        .targets
        .iter()
        .zip(&report.results)
        .map(|(target, verdict)| result(report, target, verdict))
        .collect();
    json!({
        "schema": "wheelbase.report/1",
        "wheelbase": env!("CARGO_PKG_VERSION"),
        "targets": report.targets.iter().map(target).collect::<Vec<_>>(),
        "results": results,
    })
}

fn target(target: &ReportTarget) -> Value {
    let full = serde_json::to_value(&target.target).unwrap_or(Value::Null);
    let part = |name: &str| full.get(name).cloned().unwrap_or(Value::Null);
    let pick = |name: &str, keys: &[&str]| {
        let all = part(name);
        let picked: serde_json::Map<String, Value> =
            keys.iter().filter_map(|key| Some(((*key).to_owned(), all.get(*key)?.clone()))).collect();
        Value::Object(picked)
    };
    json!({
        "id": target.id,
        "name": target.name,
        "arch": target.arch,
        "machine": part("machine"),
        "libc": part("libc"),
        "python": pick("python", &["implementation", "version", "abi_flags"]),
        "installer": part("installer"),
        "notes": target.notes,
        "unverified": target.doubts().collect::<Vec<_>>(),
        "has_installer": target.build_place().and_then(|place| place.installer),
        "image_size": sizes::image_json(target),
    })
}

fn result(report: &Report, target: &ReportTarget, verdict: &TargetVerdict) -> Value {
    let conflicts: Vec<Value> = verdict
        .conflicts
        .iter()
        .map(|conflict| {
            let lines: Vec<Value> = conflict
                .lines
                .iter()
                .map(
                    |(requirement, origin)| json!({"requirement": requirement, "origin": origin.to_string()}),
                )
                .collect();
            json!({"lines": lines, "projects": conflict.projects, "steps": conflict.steps})
        })
        .collect();
    json!({
        "target": target.id,
        "outcome": verdict.outcome.as_str(),
        "download": DownloadSize::of(verdict).to_json(),
        "distributions": verdict.distributions.iter().map(distribution).collect::<Vec<_>>(),
        "conflicts": conflicts,
        "findings": verdict.findings.iter().map(|found| finding(report, found)).collect::<Vec<_>>(),
        "undated_files": verdict.undated_files,
        "loading": verdict.loading.as_ref().map(loading),
        "building": verdict.building.as_ref().map(building),
        "installed": verdict.installed.as_ref().map(installed),
    })
}

/// Whether the native parts of the wheels load, if that was checked.
fn loading(loading: &Loading) -> Value {
    json!({
        "wheels": loading.wheels,
        "native": loading.native,
        "failing": loading.failing,
        "needing": loading.needing,
        "doubtful": loading.doubtful,
        "lacking": loading.missing_libraries,
        "install": loading.install.command,
        "packages": loading.install.packages,
        "unpackaged": loading.install.not_packaged.iter().chain(&loading.install.unknown).collect::<Vec<_>>(),
        "undetermined": loading.undetermined.as_ref().map(ToString::to_string),
    })
}

/// The installed distributions, if they were checked.
fn installed(set: &InstalledSet) -> Value {
    let distributions = set.distributions.iter().map(|one| {
        json!({
            "name": one.name,
            "version": one.version,
            "path": one.path,
            "tags": one.tags,
            "installer": one.installer,
        })
    });
    json!({
        "python": set.python,
        "site_packages": set.site_packages,
        "distributions": distributions.collect::<Vec<_>>(),
    })
}

/// Whether the source distributions can be built, if there are any.
fn building(building: &Building) -> Value {
    json!({
        "sources": building.sources,
        "lacking": building.lacking,
        "failing": building.failing,
        "install": building.install.command,
        "packages": building.install.packages,
        "undetermined": building.undetermined.as_ref().map(ToString::to_string),
    })
}

fn distribution(row: &Distribution) -> Value {
    let texts = |values: Vec<String>| Value::from(values);
    json!({
        "project": row.project,
        "version": row.version.as_ref().map(ToString::to_string),
        "kind": row.kind.as_str(),
        "file": row.file,
        "url": row.url,
        "sha256": row.sha256,
        "size": row.size,
        "tag": row.tag,
        "requested_by": texts(row.requested_by.iter().map(ToString::to_string).collect()),
        "reasons": texts(row.reasons.iter().map(ToString::to_string).collect()),
        "confidence": row.confidence.map(confidence),
        "language": row.language.and_then(language),
        "languages": row.languages.iter().collect::<Vec<_>>(),
    })
}

/// The text for the language of a source distribution.
fn language(language: SourceLanguage) -> Option<&'static str> {
    match language {
        SourceLanguage::Native => Some("native"),
        SourceLanguage::Pure => Some("pure"),
        SourceLanguage::Unknown => None,
    }
}

/// The text for the origin of dependencies.
pub(crate) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Exact => "exact",
        Confidence::StaticSdist => "static-sdist",
        Confidence::StaticPyproject => "static-pyproject",
        Confidence::SiblingWheel => "sibling-wheel",
        Confidence::EggInfo => "egg-info",
        Confidence::Unknown => "unknown",
    }
}

fn finding(report: &Report, finding: &Finding) -> Value {
    json!({
        "code": finding.code().name(),
        "level": report.levels.of_finding(finding).as_str(),
        "project": finding.project,
        "member": finding.member(),
        "message": finding.message(),
        "help": finding.help(),
        "origin": finding.origin.as_ref().map(ToString::to_string),
        "needed_by": finding.needed_by,
        "evidence": finding.evidence(),
    })
}
