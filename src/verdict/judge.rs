//! From a resolution to verdicts and findings.

use crate::filename::{FileKind, NameRules};
use crate::findings::{Code, Finding, UndatedFiles};
use crate::index::{DistributionFile, ProjectPage, Release};
use crate::name::ProjectName;
use crate::resolve::{
    Chosen, Problem, Reason, RequestedBy, Resolution, ResolvedProject, Selection, SourceTree,
    UndefinedMarker, release_reasons,
};
use crate::sdist::Languages;
use crate::source::{Origin, without_credentials};
use crate::tags::TagMismatch;
use crate::target::InstallerKind;
use crate::verdict::{Distribution, Kind, Outcome, TargetVerdict};
use crate::version::Version;

/// Releases that are looked at for a hint: a project with hundreds of them is not searched to its beginning for something
/// of little worth.
const MOST_RELEASES: usize = 60;

/// A requirement line that cannot be judged without running code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineUndetermined {
    /// The project, where the line names one.
    pub project: Option<ProjectName>,
    /// The line as a person reads it.
    pub requirement: String,
    /// Where it stands.
    pub origin: Origin,
    /// Why it cannot be judged.
    pub reason: String,
}

impl LineUndetermined {
    /// A line, its place and why it cannot be judged; credentials in the line's URLs are left out.
    pub fn new(
        project: Option<ProjectName>,
        requirement: impl Into<String>,
        origin: Origin,
        reason: impl Into<String>,
    ) -> Self {
        let requirement = without_credentials(&requirement.into()).into_owned();
        Self { project, requirement, origin, reason: reason.into() }
    }
}

/// Judges a resolution; a namespace for the rules that make rows and findings.
#[derive(Debug)]
pub struct Verdict<'a> {
    problem: &'a Problem,
    findings: Vec<Finding>,
    undated_files: usize,
}

impl<'a> Verdict<'a> {
    /// The verdict on a resolution, and on the lines that could not take part in it.
    pub fn of(problem: &'a Problem, resolution: &Resolution, lines: &[LineUndetermined]) -> TargetVerdict {
        let mut judge = Self { problem, findings: Vec::new(), undated_files: 0 };
        let mut distributions: Vec<Distribution> =
            resolution.projects.iter().map(|project| judge.project(project)).collect();
        for conflict in &resolution.conflicts {
            judge.conflict(conflict, &mut distributions);
        }
        for line in lines {
            judge.line(line, &mut distributions);
        }
        judge.undefined_markers(resolution);
        distributions.sort_by(|a, b| a.project.cmp(&b.project));
        if judge.undated_files > 0 {
            judge.findings.push(Finding::of(UndatedFiles { files: judge.undated_files }));
        }
        let has = |kind| distributions.iter().any(|distribution: &Distribution| distribution.kind == kind);
        let outcome = if !resolution.conflicts.is_empty() || has(Kind::None) {
            Outcome::Unresolvable
        } else if has(Kind::Undetermined) || !lines.is_empty() {
            Outcome::Undetermined
        } else {
            Outcome::Resolved
        };
        let mut findings = judge.findings;
        findings.sort_by(|a, b| {
            (b.code.default_level(), a.code, &a.project).cmp(&(a.code.default_level(), b.code, &b.project))
        });
        TargetVerdict {
            outcome,
            distributions,
            conflicts: resolution.conflicts.clone(),
            findings,
            undated_files: judge.undated_files,
            loading: None,
            building: None,
            installed: None,
        }
    }

    fn find(&mut self, code: Code, project: &ResolvedProject, message: String, help: Option<String>) {
        let mut finding = Finding::new(code, message);
        finding.project = Some(project.project.clone());
        finding.help = help;
        finding.origin = origin_of(&project.requested_by);
        if finding.origin.is_none() {
            finding.needed_by = project.requested_by.first().map(ToString::to_string);
        }
        self.findings.push(finding);
    }

    /// pip 26.3 evaluates every marker it meets, of constraints too, and ends with `UndefinedComparison`; uv 0.13.9 leaves
    /// such a comparison out with a warning.
    fn undefined_markers(&mut self, resolution: &Resolution) {
        let problem = self.problem;
        for root in problem.requirements().iter().chain(&problem.constraints) {
            if let Some(undefined) = UndefinedMarker::of(&root.requirement, &problem.environment) {
                let mut finding = self.undefined_marker(&root.requirement.name, &undefined);
                finding.origin = Some(root.origin.clone());
                self.findings.push(finding);
            }
        }
        for project in &resolution.projects {
            let Selection::File(chosen) = &project.selection else { continue };
            for undefined in &project.undefined_markers {
                let mut finding = self.undefined_marker(&project.project, undefined);
                finding.origin = origin_of(&project.requested_by);
                finding.needed_by = Some(format!("{} {}", project.project, chosen.version));
                self.findings.push(finding);
            }
        }
    }

    fn undefined_marker(&self, project: &ProjectName, undefined: &UndefinedMarker) -> Finding {
        let installer = &self.problem.target().installer;
        let does = match installer.kind {
            InstallerKind::Uv => "leaves it out of the marker, so that the rest of it decides",
            _ => "stops there, so that nothing is installed",
        };
        let comparisons: Vec<String> = undefined.comparisons.iter().map(|one| format!("`{one}`")).collect();
        let message = format!(
            "the marker of `{}` compares what has no order: {}; {installer} {does}",
            undefined.requirement,
            comparisons.join(" and ")
        );
        let mut finding = Finding::new(Code::UndefinedMarker, message);
        finding.project = Some(project.clone());
        finding.help = Some(
            "compare versions with versions, and texts with `==`, `!=`, `in` and `not in` only; of a dependency, take \
             a release of the project that asks for it without"
                .to_owned(),
        );
        finding
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
        if !project.conditional_on.is_empty() {
            let message = format!(
                "whether {} is needed depends on {}, which nobody knows before the image runs; it is counted as needed",
                project.project,
                project.conditional_on.join(" and ")
            );
            self.find(Code::Undetermined, project, message, None);
        }
        match &project.selection {
            Selection::Undetermined { reason } => {
                row.reasons.push(Reason::Undetermined(reason.clone()));
                self.find(
                    Code::Undetermined,
                    project,
                    format!("{} could not be judged: {reason}", project.project),
                    None,
                );
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

    /// A source tree of a lock, whose version and dependencies the lock tells.
    fn tree(&mut self, project: &ResolvedProject, tree: &SourceTree, row: &mut Distribution) {
        row.kind = Kind::Tree;
        row.url = Some(tree.location());
        row.reasons.push(Reason::Tree(tree.clone()));
        let version = row.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let message = format!("{}{version} is built from {tree}", project.project);
        // What lies beside the lock is the user's own, and nobody expects a wheel of it.
        let (code, help) = match tree {
            SourceTree::Folder { .. } => (Code::BuildsLocalFolder, None),
            _ => {
                let help = "the build needs the version control tool, and what the project's build needs";
                (Code::BuildsFromSource, Some(help.to_owned()))
            }
        };
        self.find(code, project, message, help);
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
        if reasons == [Reason::ProjectNotFound] {
            let help = Some("check the spelling, and whether the right index is asked".to_owned());
            self.find(Code::ProjectNotFound, project, format!("no index has a project named {name}"), help);
            return;
        }
        let what = match version {
            Some(version) => format!("{name} {version}"),
            None => name.to_string(),
        };
        let help = page.and_then(|page| self.nearest_usable(name, page, None)).map(|(version, kind)| {
            format!("{name} {version} is the newest version with a {} for this target", kind_noun(kind))
        });
        let mut message = format!("{what} has nothing to install here: {}", joined(reasons));
        if reasons == [Reason::NoVersionSatisfies] && !project.requested_by.is_empty() {
            let by: Vec<String> = project.requested_by.iter().map(ToString::to_string).collect();
            message = format!("no version of {name} on the index satisfies what is asked: {}", by.join(", "));
        }
        self.find(Code::NoCompatibleDistribution, project, message, help);
        self.installer_too_old(project, &what, reasons);
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
            let help =
                chosen.page.as_deref().and_then(|page| self.help_against_building(name, page, version));
            let message = format!("{name} {version} is built from source: {}", joined(&row.reasons));
            self.find(Code::BuildsFromSource, project, message, help);
        }
        self.installer_too_old(project, &format!("{name} {version}"), &reasons);
        if let Some(release) = release
            && row.kind == Kind::Wheel
        {
            self.pure_fallback(project, chosen, release, row);
        }
        if let Some(why) = &chosen.file.yanked {
            let said = if why.is_empty() { String::new() } else { format!(": {why}") };
            let message = format!("{name} {version} is yanked{said}; it is taken because it is pinned");
            row.reasons.push(Reason::Yanked { reason: why.clone() });
            self.find(
                Code::YankedFile,
                project,
                message,
                Some("move the pin to a version that is not yanked".to_owned()),
            );
        }
        if let Some(newest) = project.passed_over.first() {
            self.older_than_newest(project, chosen, newest, row);
        }
        if let Some(why) = &chosen.unknown_dependencies {
            let message = format!("what {name} {version} depends on is not known: {why}");
            row.reasons.push(Reason::Undetermined(format!("dependencies not known: {why}")));
            self.find(Code::Undetermined, project, message, None);
        }
        for extra in &project.unknown_extras {
            let message = format!("{name} {version} has no extra `{extra}`");
            self.find(Code::UnknownExtra, project, message, None);
        }
        if self.problem.options().require_hashes && !self.has_hashes(name) {
            let message = format!("{name} {version} is needed, and no line gives a hash for it");
            self.find(
                Code::HashMissing,
                project,
                message,
                Some(format!("add `{name}=={version} --hash=...`")),
            );
        }
        self.name_verdicts(project, &chosen.file);
    }

    fn has_hashes(&self, name: &ProjectName) -> bool {
        self.problem
            .requirements()
            .iter()
            .any(|line| line.requirement.name == *name && !line.hashes.is_empty())
    }

    /// Counts the files that may have been left out for want of a date: those of the version that is taken, and of
    /// all that are newer.
    fn count_undated(&mut self, page: &ProjectPage, taken: Option<&Version>) {
        if self.problem.options().exclude_newer.is_some() {
            let looked_at =
                page.releases().iter().filter(|release| taken.is_none_or(|taken| release.version() >= taken));
            self.undated_files += looked_at
                .flat_map(|release| release.files().iter())
                .filter(|file| file.upload_time.is_none())
                .count();
        }
    }

    /// A name that one installer takes and the other refuses is worth a word: the set may be installed by both.
    fn name_verdicts(&mut self, project: &ResolvedProject, file: &DistributionFile) {
        let refused = |rules| match FileKind::of(&file.filename, &project.project, rules) {
            FileKind::Invalid(why) => Some(why),
            _ => None,
        };
        let by = [("pip", NameRules::Packaging), ("uv", NameRules::Uv)];
        for (installer, rules) in by {
            if let Some(why) = refused(rules) {
                let message = format!("`{}` is a file name that {installer} refuses: {why}", file.filename);
                self.find(Code::FileNameDisputed, project, message, None);
            }
        }
    }

    /// A wheel that only a newer installer would take.
    fn installer_too_old(&mut self, project: &ResolvedProject, what: &str, reasons: &[Reason]) {
        for reason in reasons {
            let Reason::NoWheelFits { nearest, mismatches, .. } = reason else { continue };
            let too_old =
                mismatches.iter().all(|mismatch| matches!(mismatch, TagMismatch::InstallerTooOld { .. }));
            if let (true, Some(mismatch)) = (too_old, mismatches.first()) {
                let message = format!("{what} has `{nearest}`, but {mismatch}");
                let help = Some("upgrade the installer in the image before installing".to_owned());
                self.find(Code::InstallerTooOld, project, message, help);
            }
        }
    }

    /// A native wheel exists for other Linux targets; here only the pure one is left, which may do less.
    fn pure_fallback(
        &mut self,
        project: &ResolvedProject,
        chosen: &Chosen,
        release: &Release,
        row: &mut Distribution,
    ) {
        if !chosen.file.filename.ends_with("-any.whl") {
            return;
        }
        let native = release.files().iter().find(|file| {
            let name = &file.filename;
            name.ends_with(".whl")
                && name
                    .trim_end_matches(".whl")
                    .rsplit('-')
                    .next()
                    .is_some_and(|platform| platform.split('.').any(is_linux_platform))
        });
        let Some(native) = native else { return };
        let FileKind::Wheel(wheel) = FileKind::of(&native.filename, &project.project, NameRules::Packaging)
        else {
            return;
        };
        // Where the native wheel fits too, the pure one was not taken for want of another.
        if self.problem.tags().rank(wheel.tags()).is_some() {
            return;
        }
        let mismatches = self.problem.tags().mismatch(wheel.tags());
        let reason = Reason::NoWheelFits {
            wheels: 1,
            nearest: native.filename.clone(),
            mismatches: mismatches.clone(),
        };
        let why: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
        let message = format!(
            "{} {} is taken as a pure wheel; elsewhere there is a native one (`{}`: {})",
            project.project,
            chosen.version,
            native.filename,
            why.join("; ")
        );
        row.reasons.push(reason);
        let help = Some("check that the project does what you need without its compiled part".to_owned());
        self.find(Code::PureFallback, project, message, help);
    }

    /// The silent downgrade: newer versions exist and satisfy everybody, but nothing of them can be installed here.
    fn older_than_newest(
        &mut self,
        project: &ResolvedProject,
        chosen: &Chosen,
        newest: &Version,
        row: &mut Distribution,
    ) {
        let when = chosen.file.upload_time.and_then(month_and_year);
        let of = when.map(|when| format!(" of {when}")).unwrap_or_default();
        let reasons = chosen
            .page
            .as_deref()
            .and_then(|page| page.releases().iter().find(|release| release.version() == newest))
            .map(|release| release_reasons(&project.project, release, &[], self.problem))
            .unwrap_or_default();
        let message = format!(
            "{} {newest} has no wheel or sdist for this target; newest that fits is {}{of} ({})",
            project.project,
            chosen.version,
            joined(&reasons)
        );
        row.reasons.push(Reason::PassedOver { newest: newest.clone() });
        let help = Some(format!(
            "pin {}=={} to make this explicit, or use a target that has {newest}",
            project.project, chosen.version
        ));
        self.find(Code::OlderThanNewest, project, message, help);
    }

    /// Another version that would not be built: a newer one that the requirements keep out, else an older one.
    fn help_against_building(
        &self,
        name: &ProjectName,
        page: &ProjectPage,
        version: &Version,
    ) -> Option<String> {
        let is_wheel = |release: &Release| {
            let best = crate::resolve::best_candidate(name, release, self.problem);
            best.is_some_and(|best| best.is_wheel())
        };
        let newer = page.releases().iter().take(MOST_RELEASES).take_while(|one| one.version() > version);
        let newer = newer.filter(|one| !one.version().any_prerelease()).find(|one| is_wheel(one));
        if let Some(newer) = newer {
            return Some(format!(
                "{name} {} has a wheel for this target, but is newer than what is asked for",
                newer.version()
            ));
        }
        let (older, _) = self.nearest_usable(name, page, Some(version))?;
        Some(format!("{name} {older} is the newest version with a wheel for this target"))
    }

    /// The newest version with a usable file; below a version, only wheels count.
    fn nearest_usable(
        &self,
        name: &ProjectName,
        page: &ProjectPage,
        below: Option<&Version>,
    ) -> Option<(Version, Kind)> {
        let releases = page.releases().iter().filter(|release| !release.version().any_prerelease());
        releases
            .filter(|release| below.is_none_or(|version| release.version() < version))
            .take(MOST_RELEASES)
            .find_map(|release| {
                let best = crate::resolve::best_candidate(name, release, self.problem)?;
                let kind = if best.is_wheel() { Kind::Wheel } else { Kind::Sdist };
                (below.is_none() || kind == Kind::Wheel).then(|| (release.version().clone(), kind))
            })
    }

    fn conflict(&mut self, conflict: &crate::resolve::Conflict, rows: &mut Vec<Distribution>) {
        let mut finding = Finding::new(Code::VersionConflict, conflict.to_string());
        finding.origin = conflict.lines.first().map(|(_, origin)| origin.clone());
        finding.project = conflict.projects.first().cloned();
        finding.help = Some("relax one of these lines".to_owned());
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
        let mut finding = Finding::new(
            Code::Undetermined,
            format!("`{}` could not be judged: {}", line.requirement, line.reason),
        );
        finding.project.clone_from(&line.project);
        finding.origin = Some(line.origin.clone());
        self.findings.push(finding);
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

fn joined(reasons: &[Reason]) -> String {
    if reasons.is_empty() {
        return "no reason is known".to_owned();
    }
    let texts: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

fn kind_noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Sdist => "source distribution",
        _ => "wheel",
    }
}

fn is_linux_platform(platform: &str) -> bool {
    ["manylinux", "musllinux", "linux_"].iter().any(|family| platform.starts_with(family))
}

/// The place of the user's own line, if one asks for the project.
fn origin_of(requested_by: &[RequestedBy]) -> Option<Origin> {
    requested_by.iter().find_map(|by| match by {
        RequestedBy::Line { origin, .. } => Some(origin.clone()),
        RequestedBy::Distribution { .. } => None,
    })
}

/// Such as `July 2025`.
fn month_and_year(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    let date = jiff::tz::Offset::UTC.to_datetime(time);
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS.get(usize::try_from(date.month()).ok()?.checked_sub(1)?)?;
    Some(format!("{month} {}", date.year()))
}
