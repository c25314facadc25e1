//! Checks requirements or a lock: reads the documents, then solves.

use super::documents::{Document, loader, placed_faults, places, relocate};
use super::driver::{Drafts, check_drafts};
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

/// Resolves the targets and reads the documents, then checks the requirements. All faults are returned in one error.
pub(super) async fn run(mut check: Check, tell: &mut Tell<'_>) -> Result<Report, Error> {
    let mut faults = std::mem::take(&mut check.faults);
    // A caller with invalid options may have omitted targets and requirements because of them.
    let complete = faults.is_empty();
    match check.named_targets().await {
        Ok(read) => {
            check.request.targets = read.targets;
            check.request.image_findings = read.findings;
            for detail in read.details {
                tell(Event::Note(detail));
            }
            if complete && check.request.targets.is_empty() {
                faults.push(Error::input("no target is given"));
            }
        }
        Err(fault) => faults.push(fault),
    }
    if faults.is_empty() {
        check.cut_index(tell);
    }
    let requires = check.requires();
    if complete && !requires {
        faults.push(Error::input("nothing to check: no requirement and no file with requirements is given"));
    }
    if requires {
        check.add_uv_overrides();
    } else {
        // Constraints of nothing are not read.
        check.documents.clear();
    }
    let given = check.given_options().map_err(|fault| faults.push(fault)).unwrap_or_default();
    let prepared = match check.index_client() {
        Ok(client) => check.prepare(given, &client).await,
        Err(fault) => Err(fault),
    };
    let (request, client) = match prepared {
        Ok(prepared) if faults.is_empty() => prepared,
        Ok(_) => return Err(one_error(faults)),
        Err(fault) => {
            faults.push(fault);
            return Err(one_error(faults));
        }
    };
    let drafts = solve(request, &client, tell).await?;
    tell_end(&client, tell);
    Ok(drafts.report())
}

/// Returns the error of all faults, of which there is at least one.
pub(super) fn one_error(mut faults: Vec<Error>) -> Error {
    match (faults.pop(), faults.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            faults.push(last);
            Error::all(faults).err().unwrap_or_else(|| Error::internal("an error without faults"))
        }
        (None, _) => Error::internal("an error without faults"),
    }
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

    /// Returns whether a target has the installer uv.
    fn uses_uv(&self) -> bool {
        self.request.targets.iter().any(|target| target.target.installer.kind == InstallerKind::Uv)
    }

    /// Adds the overrides of uv's environment if a target has uv and there are no others.
    fn add_uv_overrides(&mut self) {
        let given = self.documents.iter().any(|document| matches!(document, Document::Overrides(_)));
        if !given && self.uses_uv() {
            self.documents.extend(self.uv_overrides.drain(..).map(Document::Overrides));
        }
    }

    /// Checks a step on its target with the client of the run.
    pub(super) async fn solve(mut self, client: &IndexClient, tell: &mut Tell<'_>) -> Result<Drafts, Error> {
        let given = self.given_options()?;
        let (request, client) = self.prepare(given, client).await?;
        solve(request, &client, tell).await
    }

    /// Reads the documents. They are fetched with `client`; their index options apply to the client that is returned.
    async fn prepare(
        self,
        given: Options,
        client: &IndexClient,
    ) -> Result<(CheckRequest, IndexClient), Error> {
        let uv = self.uses_uv();
        let Self { documents, selection, variables, settings, mut request, .. } = self;
        let variable = |name: &str| match &variables {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var(name).ok(),
        };
        let places = places(&documents);
        let set = inputs::load(loader(documents, &selection, given.clone(), &variable), client).await;
        let mut set = match set {
            Ok(set) => set,
            Err(error) => {
                // The options of the caller are checked even if a file cannot be read.
                let own = client.with_settings(with_options(settings, &given, uv));
                let fault = placed_faults(error, &places);
                return Err(one_error([fault].into_iter().chain(own.err()).collect()));
            }
        };
        relocate(&mut set, &places);
        let mut settings = with_options(settings, &set.options, uv);
        if let Some(input) = &request.lock {
            with_lock(&mut settings, &input.lock, &set.options);
        }
        let mut options = ResolveOptions::of(&set.options);
        options.exclude_newer = settings.exclude_newer;
        options.no_deps = request.options.no_deps;
        options.require_hashes = set.hash_mode();
        let own = client.with_settings(settings);
        let inputs = inputs::prepare(set, own.as_ref().unwrap_or(client)).await;
        let (client, mut inputs) = match (own, inputs) {
            (Ok(client), Ok(inputs)) => (client, inputs),
            (own, inputs) => return Err(one_error(own.err().into_iter().chain(inputs.err()).collect())),
        };
        options.find_links = client
            .locations()
            .iter()
            .zip(0..)
            .filter(|(location, _)| location.role() == LocationRole::FindLinks)
            .map(|(_, number)| number)
            .collect();
        request.options = options;
        inputs.undetermined.append(&mut request.inputs.undetermined);
        request.inputs = inputs;
        Ok((request, client))
    }
}

/// Checks on targets that are resolved.
async fn solve(request: CheckRequest, client: &IndexClient, tell: &mut Tell<'_>) -> Result<Drafts, Error> {
    remarks(&request, tell);
    check_drafts(request, client, |counts| tell(Event::Progress(counts))).await
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
