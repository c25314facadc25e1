//! The report of an inspection: the requirements of files, and whether they load on targets.

use super::{Levels, ReportTarget};
use crate::error::Error;
use crate::filename::{NameRules, WheelFilename};
use crate::findings::Level;
use crate::imports::Imports;
use crate::inspect::{Inspection, InspectionTextOptions, inspect_loaded, inspect_with, report, text};
use crate::load::{InstalledWheel, Loading, check_loading};
use crate::name::ProjectName;
use crate::wheel::{Container, WheelFacts};

/// A file that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InspectedFile {
    /// Its facts.
    pub facts: WheelFacts,
    /// The statements that its import runs, if a part of it fails on a target.
    pub imports: Option<Imports>,
    /// The one target that it was chosen for, by position, if it was.
    pub only: Option<usize>,
}

impl InspectedFile {
    /// A file without its Python files.
    pub fn new(facts: WheelFacts, only: Option<usize>) -> Self {
        Self { facts, imports: None, only }
    }

    /// The project, from the file name.
    pub fn project(&self) -> ProjectName {
        let named =
            WheelFilename::parse(&self.facts.file, NameRules::EarlyPip).map(|name| name.project().clone());
        let letters: String = self
            .facts
            .file
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
            .collect();
        named
            .ok()
            .or_else(|| letters.trim_matches('-').parse().ok())
            .unwrap_or_else(|| "unnamed".parse().expect("six letters are a project's name"))
    }

    /// Whether its imports decide the level of a finding on one of the targets.
    pub fn needs_imports(&self, targets: &[ReportTarget]) -> bool {
        let mut checked = targets.iter().enumerate().filter(|(number, _)| self.is_for(*number));
        checked.any(|(_, target)| !self.loading(target).unread.is_empty())
    }

    fn is_for(&self, target: usize) -> bool {
        self.only.is_none_or(|only| only == target)
    }

    fn loading(&self, target: &ReportTarget) -> Loading {
        let facts = &self.facts;
        let project = self.project();
        let installed = match facts.container {
            // Installed distributions are complete.
            Container::Directory => InstalledWheel::new(project, facts),
            _ => InstalledWheel::alone(project, facts),
        };
        let installed = installed.with_imports(self.imports.as_ref());
        check_loading(&[installed], &target.target, &target.loader_environment())
    }
}

/// The result of an inspection.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct InspectionReport {
    /// One section for each target, or one without target.
    pub sections: Vec<InspectionSection>,
    /// How many files were read.
    pub files: usize,
    /// Whether they are from a directory of wheels.
    pub folder: bool,
    /// The files that could not be read.
    pub faults: Vec<Error>,
}

/// The files on one target.
#[derive(Debug)]
#[non_exhaustive]
pub struct InspectionSection {
    /// The target, if there is one.
    pub target: Option<ReportTarget>,
    /// The files.
    pub inspections: Vec<Inspection>,
    /// Whether they load there, as text.
    pub loads: Option<String>,
}

impl InspectionReport {
    /// Checks files on each target, or by themselves without a target.
    pub fn of(files: &[InspectedFile], targets: Vec<ReportTarget>, levels: &Levels) -> Self {
        let mut sections = Vec::new();
        if targets.is_empty() {
            let inspections = files.iter().map(|file| inspect_with(&file.facts, levels)).collect();
            sections.push(InspectionSection { target: None, inspections, loads: None });
        }
        for (number, target) in targets.into_iter().enumerate() {
            let files = files.iter().filter(|file| file.is_for(number));
            let (mut inspections, mut loadings) = (Vec::new(), Vec::new());
            for file in files {
                let loading = file.loading(&target);
                let of_loader = loading.findings.clone();
                inspections.push(inspect_loaded(&file.facts, &target.target, of_loader, levels));
                loadings.push(loading);
            }
            let loads = Some(loads(&loadings));
            sections.push(InspectionSection { target: Some(target), inspections, loads });
        }
        Self { sections, files: files.len(), ..Self::default() }
    }

    /// The most severe level of a finding.
    pub fn level(&self) -> Option<Level> {
        self.sections.iter().flat_map(|section| &section.inspections).filter_map(Inspection::level).max()
    }

    /// The exit status: what could not be read (2) weighs more than a finding, since the run did not do what it was asked
    /// for; what could not be fetched is 3.
    pub fn exit_status(&self) -> u8 {
        let unreadable = self.faults.iter().any(|error| !error.is_network());
        match (unreadable, self.faults.is_empty(), self.level()) {
            (true, ..) => 2,
            (false, false, _) => 3,
            (false, true, Some(Level::Deny)) => 1,
            (false, true, _) => 0,
        }
    }

    /// One document for all targets; each file has its target.
    ///
    /// # Errors
    ///
    /// As for [`report`].
    pub fn to_json(&self) -> Result<serde_json::Value, Error> {
        let mut whole = report(&[])?;
        let mut files = Vec::new();
        for InspectionSection { target, inspections, .. } in &self.sections {
            let mut part = report(inspections)?;
            let Some(list) = part.get_mut("files").and_then(|files| files.as_array_mut()) else { continue };
            for mut file in list.drain(..) {
                if let (Some(target), Some(object)) = (target, file.as_object_mut()) {
                    object.insert("target".to_owned(), target.id.clone().into());
                }
                files.push(file);
            }
        }
        if let Some(object) = whole.as_object_mut() {
            object.insert("files".to_owned(), files.into());
        }
        Ok(whole)
    }

    /// The report as text, a paragraph for each target.
    pub fn to_text(&self, options: InspectionTextOptions) -> String {
        let mut all = String::new();
        for section in &self.sections {
            if let (Some(target), Some(loads)) = (&section.target, &section.loads) {
                let gap = if all.is_empty() { "" } else { "\n" };
                all.push_str(&format!("{gap}on {}: {loads}\n", target.id));
            }
            all.push_str(&text(&section.inspections, options));
        }
        all
    }
}

/// Whether the files load on a target: `loads`, `2 of 14 files fail to load`.
fn loads(loadings: &[Loading]) -> String {
    let native = loadings.iter().filter(|loading| loading.native > 0).count();
    let failing = loadings.iter().filter(|loading| !loading.failing.is_empty()).count();
    let open = loadings.iter().any(|loading| loading.undetermined.is_some());
    match (native.max(failing), failing) {
        (1, 1) => "fails to load".to_owned(),
        (native, failing @ 1..) => format!("{failing} of {native} fail to load"),
        (_, 0) if open => "loading is partly unknown".to_owned(),
        (0, 0) => "no files for its loader".to_owned(),
        (1, 0) => "loads".to_owned(),
        (native, 0) => format!("all {native} load"),
    }
}
