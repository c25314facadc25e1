//! From a resolution to verdicts and findings.

use crate::findings::resolution::{ChosenFile, ChosenTree, MissingFile, ResolutionContext, origin_of};
use crate::findings::{Code, Detail, Finding, Undetermined};
use crate::resolve::{Chosen, Problem, Reason, RequestedBy, Resolution, ResolvedProject, Selection};
use crate::source::{url_without_credentials, without_credentials};
use crate::verdict::built::BuiltUse;
use crate::verdict::draft::{FindingList, VerdictDraft};
use crate::verdict::facts::{Draft, TargetFacts};
use crate::verdict::line::{LineCause, LineUndetermined};
use crate::verdict::sources::Archives;
use crate::verdict::{Distribution, Kind, Outcome, TargetVerdict};

/// Creates the rows and findings of a resolution.
#[derive(Debug)]
pub struct VerdictBuilder<'a> {
    problem: &'a Problem,
    archives: Option<&'a Archives>,
    findings: FindingList,
}

impl<'a> VerdictBuilder<'a> {
    /// The verdict on a resolution, with the other facts of its target.
    pub fn of(problem: &'a Problem, resolution: &Resolution, facts: TargetFacts<'a>) -> TargetVerdict {
        Self::draft(problem, resolution, facts).finish()
    }

    /// The same for an install step of a Dockerfile, before the findings on the whole file are known.
    pub fn draft(problem: &'a Problem, resolution: &Resolution, mut facts: TargetFacts<'a>) -> VerdictDraft {
        let built = facts.built.take().map(|built| BuiltUse::new(built, resolution, facts.refusals));
        let findings = FindingList::new(built);
        let lines = facts.lines.as_slice();
        let mut builder = Self { problem, archives: facts.archives, findings };
        let mut distributions: Vec<Distribution> =
            resolution.projects.iter().map(|project| builder.project(project)).collect();
        let whole = ResolutionContext { problem, resolution };
        builder.findings.extend(Detail::on_resolution(&whole).into_iter().map(Finding::placed));
        for conflict in &resolution.conflicts {
            builder.conflict(conflict, &mut distributions);
        }
        for line in lines {
            builder.line(line, &mut distributions);
        }
        distributions.sort_by(|a, b| a.project.cmp(&b.project));
        let has = |kind| distributions.iter().any(|distribution: &Distribution| distribution.kind == kind);
        let outcome = if !resolution.conflicts.is_empty() || has(Kind::None) {
            Outcome::Unresolvable
        } else if has(Kind::Undetermined) || !lines.is_empty() {
            Outcome::Undetermined
        } else {
            Outcome::Resolved
        };
        let mut findings = builder.findings;
        findings.sort();
        let draft = Draft {
            outcome,
            distributions,
            conflicts: resolution.conflicts.clone(),
            findings,
            undated_files: whole.undated_files(),
        };
        draft.finish(resolution, problem.target(), facts)
    }

    /// Adds what rules find on a project to the findings and to its row.
    fn find(&mut self, project: &ResolvedProject, mut found: Vec<Detail>, row: &mut Distribution) {
        // Why the row has its kind comes first, then remarks.
        found.sort_by_key(|rule| match rule.code() {
            Code::YankedFile => 1,
            Code::OlderThanNewest => 2,
            Code::Undetermined => 3,
            _ => 0,
        });
        row.reasons.extend(found.iter().flat_map(Detail::reasons));
        let origin = origin_of(&project.requested_by);
        let needed_by = match origin {
            Some(_) => None,
            None => project.requested_by.first().map(ToString::to_string),
        };
        self.findings.extend(found.into_iter().map(|rule| {
            let finding = Finding::of(rule).about(project.project.clone());
            finding.at(origin.clone()).needed_by(needed_by.clone())
        }));
    }

    fn project(&mut self, project: &ResolvedProject) -> Distribution {
        let requested_by = project.requested_by.clone();
        let mut row =
            Distribution::new(project.project.clone(), Kind::Undetermined, requested_by, Vec::new());
        self.find(project, Detail::on_project(project), &mut row);
        match &project.selection {
            Selection::Undetermined { .. } => {}
            Selection::Nothing { version, reasons, page } => {
                row.kind = Kind::None;
                row.version.clone_from(version);
                let (version, page) = (version.as_ref(), page.as_deref());
                let missing = MissingFile { problem: self.problem, project, version, reasons, page };
                self.find(project, Detail::on_missing(&missing), &mut row);
            }
            Selection::Tree { version, tree } => {
                row.kind = Kind::Tree;
                row.version.clone_from(version);
                row.url = Some(tree.location());
                let version = version.as_ref();
                let tree = ChosenTree { project: &project.project, version, tree };
                self.find(project, Detail::on_tree(&tree), &mut row);
            }
            Selection::File(chosen) => self.chosen(project, chosen, &mut row),
        }
        row
    }

    fn chosen(&mut self, project: &ResolvedProject, chosen: &Chosen, row: &mut Distribution) {
        row.version = Some(chosen.version.clone());
        row.file = Some(chosen.file.filename.clone());
        row.url = Some(url_without_credentials(&chosen.file.url).into_owned());
        row.sha256.clone_from(&chosen.file.sha256);
        row.size = chosen.file.size;
        row.confidence = chosen.confidence;
        row.tag = chosen.candidate.rank.map(|rank| self.problem.tags().tag(rank).to_string());
        row.kind = if chosen.candidate.is_wheel() { Kind::Wheel } else { Kind::Sdist };
        if row.kind == Kind::Sdist {
            let archive = self.archives.and_then(|archives| archives.facts(&chosen.file)).unwrap_or_default();
            row.language = archive.language;
            row.languages = archive.languages;
        }
        let file = ChosenFile::new(self.problem, project, chosen, (row.language, row.languages));
        self.find(project, Detail::on_chosen(&file), row);
    }

    /// Adds rows for the projects of a conflict.
    fn conflict(&self, conflict: &crate::resolve::Conflict, rows: &mut Vec<Distribution>) {
        for project in &conflict.projects {
            if rows.iter().any(|row| row.project == *project) {
                continue;
            }
            let requested_by = self
                .problem
                .requirements()
                .iter()
                .filter(|line| line.requirement.name == *project)
                .map(|line| RequestedBy::Line {
                    requirement: without_credentials(&line.requirement.to_string()).into_owned(),
                    origin: line.origin.clone(),
                })
                .collect();
            let reasons = vec![Reason::Conflict(conflict.to_string())];
            rows.push(Distribution::new(project.clone(), Kind::None, requested_by, reasons));
        }
    }

    fn line(&mut self, line: &LineUndetermined, rows: &mut Vec<Distribution>) {
        // Why a line takes no part in the resolution is known only where its input was read, so no rule is asked for it.
        let finding = match &line.cause {
            LineCause::Missing(missing) => Finding::of(missing.clone()),
            LineCause::Unknown(cause) => {
                let (requirement, cause) = (line.requirement.clone(), cause.clone());
                Finding::of(Undetermined::Line { requirement, cause })
            }
        };
        self.findings.push(finding.about(line.project.clone()).at(line.origin.clone()));
        if let Some(project) = &line.project
            && !rows.iter().any(|row| row.project == *project)
        {
            let by = RequestedBy::Line { requirement: line.requirement.clone(), origin: line.origin.clone() };
            let reasons = vec![Reason::Undetermined(line.cause.to_string())];
            rows.push(Distribution::new(project.clone(), Kind::Undetermined, vec![by], reasons));
        }
    }
}
