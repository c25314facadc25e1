//! Checks requirements or a lock: reads the documents, then solves.

use super::documents::{Document, loader, placed_faults, places, relocate};
use super::index_options::{given_options, with_lock, with_options};
use super::request::{Check, Event, Tell};
use super::{CheckRequest, IndexClient, LocationRole, inputs};
use crate::dockerfile_check::StepInputs;
use crate::error::Error;
use crate::report::Report;
use crate::requirements::{Options, Role};
use crate::resolve::ResolveOptions;
use crate::source::without_credentials;
use crate::target::InstallerKind;

/// Resolves the targets, then checks the requirements on them.
pub(super) async fn run(mut check: Check, tell: &mut Tell<'_>) -> Result<Report, Error> {
    let mut faults = Vec::new();
    let names = std::mem::take(&mut check.names);
    let named = match check.take_targets() {
        Ok(targets) => targets.read(&names, "").await,
        Err(fault) => Err(fault),
    };
    match named {
        Ok(read) => {
            check.request.targets.extend(read.targets);
            check.request.image_findings.extend(read.findings);
            for detail in read.details {
                tell(Event::Note(detail));
            }
        }
        Err(fault) => faults.push(fault),
    }
    let mut seen = std::collections::BTreeSet::new();
    check.request.targets.retain(|target| seen.insert(target.id.clone()));
    if check.request.targets.is_empty() && faults.is_empty() {
        faults.push(Error::input("no target is given"));
    }
    if !check.requires() {
        faults.push(Error::input("nothing to check: no requirement and no file with requirements is given"));
    }
    let given = check.given_options().map_err(|fault| faults.push(fault)).unwrap_or_default();
    Error::all(faults)?;
    let client = check.index_client()?;
    let (report, client) = check.solve_with(given, &client, tell).await?;
    tell_end(&client, tell);
    Ok(report)
}

/// Reports the notes and the statistics of a client.
pub(super) fn tell_end(client: &IndexClient, tell: &mut Tell<'_>) {
    for note in client.take_notes() {
        tell(Event::Note(without_credentials(&note).into_owned()));
    }
    tell(Event::Finished(client.stats()));
}

impl Check {
    /// Returns whether there is a requirement.
    fn requires(&self) -> bool {
        let requires =
            |document: &Document| !matches!(document, Document::Constraints(_) | Document::Overrides(_));
        self.documents.iter().any(requires)
            || self.request.lock.is_some()
            || !self.request.inputs.undetermined.is_empty()
    }

    fn given_options(&mut self) -> Result<Options, Error> {
        given_options(std::mem::take(&mut self.options))
    }

    /// Adds the files that a step of a Dockerfile reads.
    pub(super) fn step_inputs(mut self, inputs: StepInputs) -> Result<Self, Error> {
        let StepInputs { documents, lock, undetermined, .. } = inputs;
        for document in documents {
            self = match (document.text, document.role) {
                (Some((text, origin)), role) => self.placed_text(document.name, text, origin, role),
                (None, Role::Constraints) => self.constraints_file(document.name),
                (None, Role::Overrides) => self.overrides_file(document.name),
                (None, Role::Requirements) => self.selected_file(document.name, document.selection),
            };
        }
        if let Some(lock) = lock.transpose()? {
            self = self.lock(lock);
        }
        Ok(undetermined.into_iter().fold(self, Self::undetermined))
    }

    /// Checks a step on its target with the client of the run.
    pub(super) async fn solve(mut self, client: &IndexClient, tell: &mut Tell<'_>) -> Result<Report, Error> {
        let given = self.given_options()?;
        Ok(self.solve_with(given, client, tell).await?.0)
    }

    /// Checks on targets that are resolved. Documents are fetched with `client`; their index options apply to the
    /// client that is returned.
    async fn solve_with(
        self,
        given: Options,
        client: &IndexClient,
        tell: &mut Tell<'_>,
    ) -> Result<(Report, IndexClient), Error> {
        let Self { documents, selection, variables, settings, mut request, .. } = self;
        let variable = |name: &str| match &variables {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var(name).ok(),
        };
        let places = places(&documents);
        let set = inputs::load(loader(documents, &selection, given, &variable), client).await;
        let mut set = set.map_err(|error| placed_faults(error, &places))?;
        relocate(&mut set, &places);
        let uv = request.targets.iter().any(|target| target.target.installer.kind == InstallerKind::Uv);
        let mut settings = with_options(settings, &set.options, uv);
        if let Some(input) = &request.lock {
            with_lock(&mut settings, &input.lock, &set.options);
        }
        let mut options = ResolveOptions::of(&set.options);
        options.exclude_newer = settings.exclude_newer;
        options.no_deps = request.options.no_deps;
        options.require_hashes = set.hash_mode();
        let client = client.with_settings(settings)?;
        options.find_links = client
            .locations()
            .iter()
            .zip(0..)
            .filter(|(location, _)| location.role() == LocationRole::FindLinks)
            .map(|(_, number)| number)
            .collect();
        request.options = options;
        let mut inputs = inputs::prepare(set, &client).await?;
        inputs.undetermined.append(&mut request.inputs.undetermined);
        request.inputs = inputs;
        remarks(&request, tell);
        let report = super::check(request, &client, |counts| tell(Event::Progress(counts))).await;
        Ok((report?, client))
    }
}

/// Reports the remarks on the inputs.
fn remarks(request: &CheckRequest, tell: &mut Tell<'_>) {
    let uv = |kind: InstallerKind| kind == InstallerKind::Uv;
    let without = request.targets.iter().filter(|target| !uv(target.target.installer.kind));
    let without: Vec<&str> = without.map(|target| target.id.as_str()).collect();
    if let (Some(first), false) = (request.inputs.overrides.first(), without.is_empty()) {
        let what = format!("{}: pip does not support overrides", first.origin);
        tell(Event::Remark(format!("{what}: they are ignored on {}", without.join(", "))));
    }
    for remark in &request.inputs.remarks {
        tell(Event::Remark(without_credentials(remark).into_owned()));
    }
}
