//! From a resolution to verdicts and findings.

use crate::findings::{
    self, BuildsFromSource, BuildsLocalFolder, Detail, FileNameDisputed, Finding, HashMissing,
    InstallerTooOld, NoCompatibleDistribution, OlderThanNewest, ProjectNotFound, PureFallback, UndatedFiles,
    Undetermined, UnknownExtra, VersionConflict, YankedFile,
};
use crate::index::ProjectPage;
use crate::name::ProjectName;
use crate::resolve::{
    Chosen, Problem, Reason, RequestedBy, Resolution, ResolvedProject, Selection, SourceTree,
    UndefinedComparisons, release_reasons,
};
use crate::sdist::Languages;
use crate::source::{Origin, without_credentials};
use crate::verdict::facts::{Draft, TargetFacts};
use crate::verdict::line::LineUndetermined;
use crate::verdict::sources::Archives;
use crate::verdict::{Distribution, Kind, Outcome, TargetVerdict};
use crate::version::Version;

/// The rules that create rows and findings of a resolution.
#[derive(Debug)]
pub struct VerdictBuilder<'a> {
    problem: &'a Problem,
    archives: Option<&'a Archives>,
    findings: Vec<Finding>,
    undated_files: usize,
}

impl<'a> VerdictBuilder<'a> {
    /// The verdict on a resolution, with the other facts of its target.
    pub fn of(problem: &'a Problem, resolution: &Resolution, facts: TargetFacts<'a>) -> TargetVerdict {
        let lines = facts.lines.as_slice();
        let mut builder = Self { problem, archives: facts.archives, findings: Vec::new(), undated_files: 0 };
        let mut distributions: Vec<Distribution> =
            resolution.projects.iter().map(|project| builder.project(project)).collect();
        for conflict in &resolution.conflicts {
            builder.conflict(conflict, &mut distributions);
        }
        for line in lines {
            builder.line(line, &mut distributions);
        }
        builder.undefined_markers(resolution);
        distributions.sort_by(|a, b| a.project.cmp(&b.project));
        builder.findings.extend(UndatedFiles::check(builder.undated_files).map(Finding::of));
        let has = |kind| distributions.iter().any(|distribution: &Distribution| distribution.kind == kind);
        let outcome = if !resolution.conflicts.is_empty() || has(Kind::None) {
            Outcome::Unresolvable
        } else if has(Kind::Undetermined) || !lines.is_empty() {
            Outcome::Undetermined
        } else {
            Outcome::Resolved
        };
        let mut findings = builder.findings;
        findings.sort_by(|a, b| {
            (b.code().default_level(), a.code(), &a.project).cmp(&(
                a.code().default_level(),
                b.code(),
                &b.project,
            ))
        });
        let draft = Draft {
            outcome,
            distributions,
            conflicts: resolution.conflicts.clone(),
            findings,
            undated_files: builder.undated_files,
        };
        draft.finish(resolution, problem.target(), facts)
    }

    fn find(&mut self, project: &ResolvedProject, rule: impl Into<Detail>) {
        let origin = origin_of(&project.requested_by);
        let needed_by = match origin {
            Some(_) => None,
            None => project.requested_by.first().map(ToString::to_string),
        };
        let finding = Finding::of(rule).about(project.project.clone()).at(origin).needed_by(needed_by);
        self.findings.push(finding);
    }

    fn find_all(&mut self, project: &ResolvedProject, rules: impl IntoIterator<Item = impl Into<Detail>>) {
        for rule in rules {
            self.find(project, rule);
        }
    }

    fn undefined_markers(&mut self, resolution: &Resolution) {
        let problem = self.problem;
        let finding = |project: &ProjectName, marker| {
            let installer = problem.target().installer.clone();
            Finding::of(findings::UndefinedMarker { marker, installer }).about(project.clone())
        };
        for root in problem.requirements().iter().chain(&problem.constraints) {
            if let Some(marker) = UndefinedComparisons::of(&root.requirement, &problem.environment) {
                self.findings.push(finding(&root.requirement.name, marker).at(root.origin.clone()));
            }
        }
        for project in &resolution.projects {
            let Selection::File(chosen) = &project.selection else { continue };
            for marker in &project.undefined_markers {
                let needed_by = format!("{} {}", project.project, chosen.version);
                let finding = finding(&project.project, marker.clone()).needed_by(needed_by);
                self.findings.push(finding.at(origin_of(&project.requested_by)));
            }
        }
    }

    fn project(&mut self, project: &ResolvedProject) -> Distribution {
        let mut row = Distribution {
            project: project.project.clone(),
            version: None,
            kind: Kind::Undetermined,
            file: None,
            url: None,
            sha256: None,
            tag: None,
            requested_by: project.requested_by.clone(),
            reasons: Vec::new(),
            confidence: None,
            size: None,
            language: None,
            languages: Languages::default(),
        };
        let name = &project.project;
        if !project.conditional_on.is_empty() {
            let variables = project.conditional_on.iter().map(ToString::to_string).collect();
            self.find(project, Undetermined::Condition { project: name.clone(), variables });
        }
        match &project.selection {
            Selection::Undetermined { reason } => {
                row.reasons.push(Reason::Undetermined(reason.clone()));
                let why = reason.clone();
                self.find(project, Undetermined::Project { project: name.clone(), why });
            }
            Selection::Nothing { version, reasons, page } => {
                row.kind = Kind::None;
                row.version.clone_from(version);
                row.reasons.clone_from(reasons);
                self.nothing(project, version.as_ref(), reasons, page.as_deref());
            }
            Selection::Tree { version, tree } => {
                row.version.clone_from(version);
                self.tree(project, tree, &mut row);
            }
            Selection::File(chosen) => self.chosen(project, chosen, &mut row),
        }
        row
    }

    /// A source tree of a lock, which contains its version and dependencies.
    fn tree(&mut self, project: &ResolvedProject, tree: &SourceTree, row: &mut Distribution) {
        row.kind = Kind::Tree;
        row.url = Some(tree.location());
        row.reasons.push(Reason::Tree(tree.clone()));
        let (name, version) = (&project.project, row.version.as_ref());
        match BuildsLocalFolder::check(name, version, tree) {
            Some(folder) => self.find(project, folder),
            None => self.find(project, BuildsFromSource::of_tree(name, version, tree)),
        }
    }

    fn nothing(
        &mut self,
        project: &ResolvedProject,
        version: Option<&Version>,
        reasons: &[Reason],
        page: Option<&ProjectPage>,
    ) {
        let name = &project.project;
        if let Some(page) = page {
            self.count_undated(page, None);
        }
        if let Some(rule) = ProjectNotFound::check(name, reasons) {
            self.find(project, rule);
            return;
        }
        self.find(project, NoCompatibleDistribution::of(self.problem, project, version, reasons, page));
        self.find_all(project, InstallerTooOld::check(name, version, reasons));
    }

    fn chosen(&mut self, project: &ResolvedProject, chosen: &Chosen, row: &mut Distribution) {
        let name = &project.project;
        let version = &chosen.version;
        row.version = Some(version.clone());
        row.file = Some(chosen.file.filename.clone());
        row.url = Some(crate::resolve::shown_url(&chosen.file.url));
        row.sha256.clone_from(&chosen.file.sha256);
        row.size = chosen.file.size;
        row.confidence = chosen.confidence;
        row.tag = chosen.candidate.rank.map(|rank| self.problem.tags().tag(rank).to_string());
        row.kind = if chosen.candidate.is_wheel() { Kind::Wheel } else { Kind::Sdist };
        let release = chosen
            .page
            .as_deref()
            .and_then(|page| page.releases().iter().find(|release| release.version() == version));
        let reasons = match release {
            Some(release) => release_reasons(name, release, &chosen.hashes, self.problem),
            None => Vec::new(),
        };
        if let Some(page) = &chosen.page {
            self.count_undated(page, Some(version));
        }

        if row.kind == Kind::Sdist {
            row.reasons =
                reasons.iter().filter(|reason| !matches!(reason, Reason::Yanked { .. })).cloned().collect();
            let archive = self.archives.and_then(|archives| archives.facts(&chosen.file)).unwrap_or_default();
            row.language = archive.language;
            row.languages = archive.languages;
            let reasons = row.reasons.clone();
            self.find(
                project,
                BuildsFromSource::of_sdist(
                    self.problem,
                    name,
                    chosen,
                    reasons,
                    (archive.language, archive.languages),
                ),
            );
        }
        self.find_all(project, InstallerTooOld::check(name, Some(version), &reasons));
        if let Some(release) = release
            && row.kind == Kind::Wheel
            && let Some(rule) = PureFallback::check(self.problem, name, chosen, release)
        {
            row.reasons.push(rule.reason());
            self.find(project, rule);
        }
        if let Some(rule) = YankedFile::check(name, chosen) {
            row.reasons.push(Reason::Yanked { reason: rule.reason.clone() });
            self.find(project, rule);
        }
        if let Some(rule) = OlderThanNewest::check(self.problem, project, chosen) {
            row.reasons.push(Reason::PassedOver { newest: rule.newest.clone() });
            self.find(project, rule);
        }
        if let Some(why) = &chosen.unknown_dependencies {
            row.reasons.push(Reason::Undetermined(format!("dependencies unknown: {why}")));
            let (project_name, version, why) = (name.clone(), version.clone(), why.clone());
            self.find(project, Undetermined::Dependencies { project: project_name, version, why });
        }
        self.find_all(project, UnknownExtra::check(project, version));
        self.find_all(project, HashMissing::check(self.problem, name, version));
        self.find_all(project, FileNameDisputed::check(name, &chosen.file.filename));
    }

    fn count_undated(&mut self, page: &ProjectPage, taken: Option<&Version>) {
        self.undated_files += UndatedFiles::count(self.problem, page, taken);
    }

    fn conflict(&mut self, conflict: &crate::resolve::Conflict, rows: &mut Vec<Distribution>) {
        let finding = Finding::of(VersionConflict { conflict: conflict.clone() })
            .about(conflict.projects.first().cloned())
            .at(conflict.lines.first().map(|(_, origin)| origin.clone()));
        self.findings.push(finding);
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
            rows.push(Distribution {
                project: project.clone(),
                version: None,
                kind: Kind::None,
                file: None,
                url: None,
                sha256: None,
                tag: None,
                requested_by,
                reasons: vec![Reason::Conflict(conflict.to_string())],
                confidence: None,
                size: None,
                language: None,
                languages: Languages::default(),
            });
        }
    }

    fn line(&mut self, line: &LineUndetermined, rows: &mut Vec<Distribution>) {
        let finding = match &line.missing {
            Some(missing) => Finding::of(missing.clone()),
            None => {
                let (requirement, why) = (line.requirement.clone(), line.reason.clone());
                Finding::of(Undetermined::Line { requirement, why })
            }
        };
        self.findings.push(finding.about(line.project.clone()).at(line.origin.clone()));
        if let Some(project) = &line.project
            && !rows.iter().any(|row| row.project == *project)
        {
            rows.push(Distribution {
                project: project.clone(),
                version: None,
                kind: Kind::Undetermined,
                file: None,
                url: None,
                sha256: None,
                tag: None,
                requested_by: vec![RequestedBy::Line {
                    requirement: line.requirement.clone(),
                    origin: line.origin.clone(),
                }],
                reasons: vec![Reason::Undetermined(line.reason.clone())],
                confidence: None,
                size: None,
                language: None,
                languages: Languages::default(),
            });
        }
    }
}

/// The position of the line that requires the project, if there is one.
fn origin_of(requested_by: &[RequestedBy]) -> Option<Origin> {
    requested_by.iter().find_map(|by| match by {
        RequestedBy::Line { origin, .. } => Some(origin.clone()),
        RequestedBy::Distribution { .. } => None,
    })
}
