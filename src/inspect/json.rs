//! Inspections as JSON.

use serde::Serialize;
use serde::ser::{SerializeMap as _, SerializeStruct as _, Serializer};

use super::report::Inspection;
use super::verdict::{Cause, LimitKind, MachineRequirements, PolicyLimits};
use crate::elf::{ElfFacts, VersionNeed};
use crate::findings::{FactFields, Finding, Level};
use crate::wheel::Member;

/// The name and version of the layout.
const NAME: &str = "wheelbase.inspection/1";

/// The JSON schema of [`report`], in the 2020-12 dialect.
pub const SCHEMA: &str = wheelbase_data::schemas::INSPECTION;

/// Inspections in the layout `wheelbase.inspection/1`, which [`SCHEMA`] describes.
///
/// # Errors
///
/// If `serde_json` fails to create a value in memory.
pub fn report(inspections: &[Inspection]) -> Result<serde_json::Value, crate::Error> {
    #[derive(Serialize)]
    struct Report<'a> {
        schema: &'static str,
        files: Vec<File<'a>>,
    }
    let report = Report { schema: NAME, files: inspections.iter().map(File).collect() };
    serde_json::to_value(report).map_err(|error| {
        crate::Error::new(crate::error::ErrorKind::Data, format!("could not write the report: {error}"))
            .with_source(error)
    })
}

struct File<'a>(&'a Inspection);

impl Serialize for File<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inspection = self.0;
        let facts = &inspection.facts;
        let one = inspection.verdict();
        let mut out = serializer.serialize_struct("File", 20)?;
        out.serialize_field("file", &facts.file)?;
        out.serialize_field("kind", &facts.container)?;
        out.serialize_field("sha256", &facts.sha256)?;
        out.serialize_field("size", &facts.size)?;
        out.serialize_field("claimed_platforms", &inspection.claimed_platforms)?;
        out.serialize_field("wheel_tags", &inspection.wheel_tags)?;
        let pure = facts.labels.first().and_then(|label| label.root_is_purelib);
        out.serialize_field("root_is_purelib", &pure)?;
        out.serialize_field("machine", &one.map(|verdict| verdict.machine))?;
        out.serialize_field("libc", &one.and_then(|verdict| verdict.libc).map(|libc| libc.as_str()))?;
        out.serialize_field("computed", &one.map(|verdict| &verdict.computed))?;
        out.serialize_field("limits", &one.map(|verdict| LimitTags(&verdict.limits)))?;
        out.serialize_field("causes", &one.map_or_else(Vec::new, |verdict| causes(&verdict.limits)))?;
        out.serialize_field("lowest_musl", &one.and_then(|verdict| verdict.lowest_musl))?;
        let by: &[Cause] = one.map_or(&[], |verdict| &verdict.lowest_musl_by);
        out.serialize_field("lowest_musl_by", by)?;
        out.serialize_field(
            "versioned_symbols",
            &one.map(|verdict| &verdict.versioned_symbols).unwrap_or(&Default::default()),
        )?;
        let external: &[String] = one.map_or(&[], |verdict| &verdict.external_libraries);
        out.serialize_field("external_libraries", external)?;
        out.serialize_field("system_libraries", one.map_or(&[][..], |verdict| &verdict.system_libraries))?;
        // A wheel with binaries for several machines has several verdicts.
        let verdicts: Vec<MachineVerdict<'_>> = inspection.verdicts.iter().map(MachineVerdict).collect();
        out.serialize_field("machines", &verdicts)?;
        let members: Vec<MemberOut<'_>> = facts.members.iter().map(MemberOut).collect();
        out.serialize_field("members", &members)?;
        out.serialize_field("unseen_members", &facts.unseen)?;
        let level = |finding: &Finding| inspection.levels.of_finding(finding);
        let findings: Vec<FindingOut<'_>> =
            inspection.findings.iter().map(|finding| FindingOut(finding, level(finding))).collect();
        out.serialize_field("findings", &findings)?;
        out.end()
    }
}

struct LimitTags<'a>(&'a PolicyLimits);

impl Serialize for LimitTags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(Some(4))?;
        for (kind, limit) in self.0.iter() {
            out.serialize_entry(&kind, &limit.tag)?;
        }
        out.end()
    }
}

#[derive(Serialize)]
struct CauseOut<'a> {
    limit: LimitKind,
    #[serde(flatten)]
    cause: &'a Cause,
}

fn causes(limits: &PolicyLimits) -> Vec<CauseOut<'_>> {
    limits
        .iter()
        .flat_map(|(limit, one)| one.causes.iter().map(move |cause| CauseOut { limit, cause }))
        .collect()
}

struct MachineVerdict<'a>(&'a MachineRequirements);

impl Serialize for MachineVerdict<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Machine", 5)?;
        out.serialize_field("machine", &self.0.machine)?;
        out.serialize_field("libc", &self.0.libc.map(|libc| libc.as_str()))?;
        out.serialize_field("computed", &self.0.computed)?;
        out.serialize_field("limits", &LimitTags(&self.0.limits))?;
        out.serialize_field("lowest_musl", &self.0.lowest_musl)?;
        out.end()
    }
}

struct MemberOut<'a>(&'a Member);

impl Serialize for MemberOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let elf: &ElfFacts = &self.0.elf;
        let mut out = serializer.serialize_struct("Member", 24)?;
        out.serialize_field("path", &self.0.path)?;
        out.serialize_field("size", &self.0.size)?;
        out.serialize_field("kind", &elf.kind)?;
        out.serialize_field("class", &elf.class.bits())?;
        out.serialize_field("byte_order", &elf.order)?;
        out.serialize_field("machine", &elf.machine_name())?;
        out.serialize_field("float_passing", &elf.float_passing())?;
        out.serialize_field("os_abi", &elf.os_abi)?;
        out.serialize_field("interpreter", &elf.interpreter)?;
        out.serialize_field("soname", &elf.soname)?;
        out.serialize_field("needed", &elf.needed)?;
        out.serialize_field("rpath", &elf.rpath)?;
        out.serialize_field("runpath", &elf.runpath)?;
        out.serialize_field("version_needs", &Needs(&elf.version_needs))?;
        out.serialize_field("version_definitions", &elf.version_definitions)?;
        out.serialize_field("undefined_symbols", &elf.imports.len())?;
        out.serialize_field("python_modules", &elf.python_modules)?;
        out.serialize_field("stack", &elf.stack)?;
        out.serialize_field("relr", &elf.relr)?;
        out.serialize_field("text_relocations", &elf.text_relocations)?;
        out.serialize_field("load_alignment", &elf.load_alignment)?;
        out.serialize_field("isa", &elf.isa)?;
        out.serialize_field("build_id", &elf.build_id)?;
        out.serialize_field("faults", &elf.faults)?;
        out.end()
    }
}

/// A finding and its level in force.
struct FindingOut<'a>(&'a Finding, Level);

impl Serialize for FindingOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let facts = FactFields::of(self.0.facts());
        let mut out = serializer.serialize_struct("Finding", 12)?;
        out.serialize_field("code", &self.0.code())?;
        out.serialize_field("level", &self.1)?;
        out.serialize_field("member", &self.0.member())?;
        out.serialize_field("message", &self.0.message())?;
        out.serialize_field("help", &self.0.help())?;
        out.serialize_field("library", &facts.library)?;
        out.serialize_field("symbol", &facts.symbol)?;
        out.serialize_field("more_members", &facts.more_members)?;
        out.serialize_field("libraries", &facts.libraries)?;
        out.serialize_field("modules", &facts.modules)?;
        out.serialize_field("packages", &facts.packages)?;
        out.serialize_field("install", &facts.install)?;
        out.end()
    }
}

struct Needs<'a>(&'a [VersionNeed]);

impl Serialize for Needs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|need| {
            let nodes: Vec<&str> = need.nodes.iter().map(|node| node.name.as_str()).collect();
            (&need.library, nodes)
        }))
    }
}
