//! `wheelbase inspect`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wheelbase::edge::imports::{imports_of, imports_of_directory};
use wheelbase::edge::inspect::{read_path, read_remote};
use wheelbase::edge::{self, FailureKind, FetchFailure, IndexClient, LocationRole};
use wheelbase::error::{Error, ErrorKind};
use wheelbase::filename::{NameRules, WheelFilename};
use wheelbase::findings::Level;
use wheelbase::imports::Imports;
use wheelbase::index::DistributionFile;
use wheelbase::inspect::{Inspection, Noted, TextOptions, inspect, report, text};
use wheelbase::load::{Installed, Loading, judge};
use wheelbase::name::ProjectName;
use wheelbase::report::{Levels, ReportTarget};
use wheelbase::requirement::{Requirement, RequirementSource};
use wheelbase::requirements::{Options, Setting, SettingKind};
use wheelbase::resolve::{Problem, ResolveOptions, RootRequirement, Selection};
use wheelbase::source::Origin;
use wheelbase::target::InstallerKind;
use wheelbase::wheel::{Container, WheelFacts};

use super::args::{Format, InspectArgs};
use super::output::Output;
use super::progress::Progress;
use super::targets::Chosen;
use super::{check, settings};

/// More files than this get a line each.
const FULL: usize = 3;

/// Facts of one file, and the one target they were chosen for, if they were.
struct Item {
    facts: WheelFacts,
    place: Place,
    /// What its import runs, where something of it fails on a target.
    imports: Option<Imports>,
    only: Option<usize>,
}

/// Where its Python files are.
pub(crate) enum Place {
    Directory(PathBuf),
    Wheel(DistributionFile),
    None,
}

/// What a run has read.
#[derive(Default)]
struct Read {
    items: Vec<Item>,
    errors: Vec<Error>,
    /// A folder of wheels is among it.
    folder: bool,
}

pub(super) async fn run(args: &InspectArgs, output: &Output) -> Result<u8, Error> {
    let levels = check::levels(&args.gate)?;
    let environment = settings::environment(&args.index, &args.cache)?;
    let targets = if args.target.on.is_empty() {
        Vec::new()
    } else {
        let chosen = Chosen::read(&args.target, edge::targets::today())?;
        let targets = chosen.targets(environment.cache.clone(), environment.offline);
        let read = targets.read(&args.target.on, "--on ").await?;
        for detail in &read.details {
            output.detail(detail);
        }
        read.targets
    };
    let options = edge::given_options(settings::index_options(&args.index)).map_err(Error::input)?;
    let uv = targets.iter().any(|target| target.target.installer.kind == InstallerKind::Uv);
    let client = IndexClient::new(edge::with_options(environment, &options, uv))?;
    let progress = Progress::new(output);
    let reader = Reader { args, targets: &targets, client: &client, output, progress: &progress };
    let mut read = Read::default();
    for what in &args.what {
        reader.read(what, &mut read).await;
    }
    for item in &mut read.items {
        reader.read_imports(item).await;
    }
    progress.finish();
    for note in client.take_notes() {
        output.detail(&note);
    }
    let worst = tell(args, output, &targets, &read, &levels)?;
    for error in &read.errors {
        output.error(error);
    }
    // What could not be read weighs more than what was found: the run did not do what it was asked for.
    let unreadable = read.errors.iter().any(|error| !error.is_network());
    Ok(match (unreadable, read.errors.is_empty(), worst) {
        (true, ..) => super::USAGE,
        (false, false, _) => super::UNDECIDED,
        (false, true, Some(Level::Deny)) => 1,
        (false, true, _) => 0,
    })
}

/// Turns words of the command line into facts.
struct Reader<'a> {
    args: &'a InspectArgs,
    targets: &'a [ReportTarget],
    client: &'a IndexClient,
    output: &'a Output,
    progress: &'a Progress,
}

impl Reader<'_> {
    async fn read(&self, what: &str, read: &mut Read) {
        let path = Path::new(what);
        if ["http://", "https://", "file://"].iter().any(|scheme| what.starts_with(scheme)) {
            match file_of_url(what) {
                Ok(file) => self.fetch(&file, None, read).await,
                Err(error) => read.errors.push(error),
            }
        } else if path.exists() {
            let before = read.items.len();
            for one in read_path(path, self.client) {
                match one {
                    Ok(facts) => {
                        let place = place_of(path, &facts);
                        read.items.push(Item { facts, place, imports: None, only: None });
                    }
                    Err(error) => read.errors.push(error),
                }
            }
            let wheels = read.items.iter().skip(before).any(|one| one.facts.container == Container::Wheel);
            read.folder |= path.is_dir() && wheels;
        } else if what.ends_with(".whl") || what.contains(['/', '\\']) {
            let cause = std::io::Error::from(std::io::ErrorKind::NotFound);
            read.errors.push(Error::io(path, cause));
        } else {
            match what.parse::<Requirement>() {
                Ok(requirement) => self.read_from_index(&requirement, read).await,
                Err(error) => read.errors.push(Error::input(format!(
                    "`{what}` is neither a file or directory nor a URL nor name==version: {error}"
                ))),
            }
        }
    }

    /// How much a failure matters is told by the Python files; they are looked at only where something fails.
    async fn read_imports(&self, item: &mut Item) {
        let targets = self.targets.iter().enumerate();
        let mut judged = targets.filter(|(number, _)| item.only.is_none_or(|only| only == *number));
        if judged.all(|(_, target)| on_target(item, target).1.unread.is_empty()) {
            return;
        }
        item.imports = match &item.place {
            Place::Directory(path) => imports_of_directory(path).ok(),
            Place::Wheel(file) => imports_of(self.client, &project_of(&item.facts), file, &|_| {}).await.ok(),
            Place::None => None,
        };
    }

    async fn read_from_index(&self, requirement: &Requirement, read: &mut Read) {
        if self.targets.is_empty() {
            match self.newest(requirement).await {
                Ok(files) => {
                    for file in files {
                        self.fetch(&file, None, read).await;
                    }
                }
                Err(failure) => read.errors.push(failure.into()),
            }
            return;
        }
        // The installer's own choice, of the project alone.
        let mut said = Options::default();
        if self.args.pre {
            let setting = Setting::new(SettingKind::Pre, Origin::new("argument", 0, 0));
            if let Err(fault) = said.apply(setting) {
                return read.errors.push(Error::input(fault.to_string()));
            }
        }
        let mut options = ResolveOptions::of(&said);
        options.no_deps = true;
        options.exclude_newer = self.client.settings().exclude_newer;
        options.find_links = self
            .client
            .locations()
            .iter()
            .zip(0..)
            .filter(|(location, _)| location.role() == LocationRole::FindLinks)
            .map(|(_, number)| number)
            .collect();
        let root = RootRequirement::new(requirement.clone(), Origin::new("argument", 0, 0));
        let problems: Vec<Arc<Problem>> = self
            .targets
            .iter()
            .map(|target| {
                let roots = vec![root.clone()];
                Arc::new(Problem::new(target.target.clone(), roots, Vec::new(), options.clone()))
            })
            .collect();
        let mut show = |counts| self.progress.show(counts);
        let resolutions = match edge::resolve_all(&problems, self.client, &mut show).await {
            Ok(resolutions) => resolutions,
            Err(error) => return read.errors.push(error),
        };
        for (number, (resolution, target)) in resolutions.iter().zip(self.targets).enumerate() {
            let chosen = resolution.projects.iter().find(|one| one.project == requirement.name);
            let nothing = |why: &str| {
                Error::new(ErrorKind::Network, format!("`{requirement}` on {}: {why}", target.id))
            };
            match chosen.map(|one| &one.selection) {
                Some(Selection::File(chosen)) if chosen.file.is_wheel() => {
                    self.output.note(&format!(
                        "note: {} is what {} takes on {}",
                        chosen.file.filename, target.target.installer, target.id
                    ));
                    self.fetch(&chosen.file, Some(number), read).await;
                }
                Some(Selection::File(chosen)) => read.errors.push(nothing(&format!(
                    "{} builds `{}` from source, so there is no wheel to look into",
                    target.target.installer, chosen.file.filename
                ))),
                Some(Selection::Tree { tree, .. }) => read
                    .errors
                    .push(nothing(&format!("it is built from {tree}, so there is no wheel to look into"))),
                Some(Selection::Undetermined { reason }) => read.errors.push(nothing(reason)),
                _ => read.errors.push(nothing("nothing can be installed")),
            }
        }
    }

    /// Without a target: the wheels for Linux of the newest release that has any, one for each platform unless all
    /// are asked for.
    async fn newest(&self, requirement: &Requirement) -> Result<Vec<DistributionFile>, FetchFailure> {
        let project = &requirement.name;
        let specifiers = match &requirement.source {
            RequirementSource::Url(url) => {
                return file_of_url(url)
                    .map(|file| vec![file])
                    .map_err(|error| FetchFailure::new(FailureKind::Unsupported, error.to_string()));
            }
            RequirementSource::Specifiers(specifiers) => specifiers,
        };
        let page = self.client.page(project).await?;
        let named = specifiers.to_string().contains("==");
        let fits = page.releases().iter().filter(|release| specifiers.contains(release.version()));
        // A pre-release or a yanked release is taken only by name (PEP 440 and 592).
        let usable = fits.filter(|release| named || self.args.pre || !release.version().any_prerelease());
        let mut passed = 0;
        for release in usable {
            let wheels: Vec<DistributionFile> = release
                .files()
                .iter()
                .filter(|file| file.is_wheel() && (named || file.yanked.is_none()))
                .filter(|file| edge::inspect::is_for_linux(&file.filename))
                .cloned()
                .collect();
            if wheels.is_empty() {
                passed += 1;
                continue;
            }
            let all = wheels.len();
            let taken = if self.args.all { wheels } else { one_a_platform(wheels) };
            let newest = match (named, passed) {
                (true, _) => "as named".to_owned(),
                (false, 0) => "the newest release".to_owned(),
                (false, passed) => {
                    format!("the newest release with a wheel for Linux ({passed} newer have none)")
                }
            };
            let which = if taken.len() == all {
                match all {
                    1 => "its wheel for Linux".to_owned(),
                    all => format!("all {all} wheels for Linux"),
                }
            } else {
                format!(
                    "{} of {all} wheels for Linux, one for each platform by the newest Python; --all takes every \
                     one, --on the one that a target's installer takes",
                    taken.len()
                )
            };
            self.output.note(&format!("note: {project} {}: {newest}; {which}", release.version()));
            return Ok(taken);
        }
        let message = format!("`{requirement}`: no release has a wheel for Linux");
        Err(FetchFailure::new(FailureKind::NotFound, message))
    }

    async fn fetch(&self, file: &DistributionFile, only: Option<usize>, read: &mut Read) {
        let fetched = AtomicU64::new(0);
        let facts = read_remote(self.client, file, &|more| {
            let so_far = fetched.fetch_add(more, Ordering::Relaxed) + more;
            self.progress.show_bytes(&file.filename, so_far);
        })
        .await;
        match facts {
            Ok(facts) => {
                let fetched = fetched.load(Ordering::Relaxed);
                self.output.detail(&match fetched {
                    0 => format!("{}: known from before, nothing fetched", file.filename),
                    fetched => format!(
                        "{}: {fetched} of {} bytes fetched ({}%)",
                        file.filename,
                        facts.size,
                        fetched.saturating_mul(100) / facts.size.max(1)
                    ),
                });
                // Several targets may take the same wheel, which is then told once for each of them.
                read.items.push(Item { facts, place: Place::Wheel(file.clone()), imports: None, only });
            }
            Err(failure) => read.errors.push(failure.into()),
        }
    }
}

/// Where the Python files of what was read from a path are.
fn place_of(path: &Path, facts: &WheelFacts) -> Place {
    match facts.container {
        Container::Directory => Place::Directory(path.to_owned()),
        Container::Wheel => {
            let file = if path.is_dir() { path.join(&facts.file) } else { path.to_owned() };
            let address =
                std::path::absolute(&file).ok().and_then(|file| url::Url::from_file_path(file).ok());
            address.map_or(Place::None, |address| {
                let mut file = DistributionFile::new(facts.file.clone(), address);
                file.sha256.clone_from(&facts.sha256);
                Place::Wheel(file)
            })
        }
        _ => Place::None,
    }
}

/// A wheel named by its URL, with the hash of the fragment.
fn file_of_url(url: &str) -> Result<DistributionFile, Error> {
    let (address, fragment) = url.split_once('#').unwrap_or((url, ""));
    let name = address.split('?').next().unwrap_or(address).rsplit('/').next().unwrap_or_default();
    let name = name.replace("%2B", "+").replace("%2b", "+");
    if !name.to_ascii_lowercase().ends_with(".whl") {
        return Err(Error::input(format!("`{url}` does not name a wheel")));
    }
    let mut file = DistributionFile::new(name, address);
    file.sha256 = fragment
        .split('&')
        .find_map(|part| part.strip_prefix("sha256="))
        .filter(|hash| hash.len() == 64)
        .map(str::to_ascii_lowercase);
    Ok(file)
}

/// Of the wheels of each platform that of the newest Python, and of its builds the plain one.
fn one_a_platform(wheels: Vec<DistributionFile>) -> Vec<DistributionFile> {
    let mut best: Vec<(String, (u64, bool), DistributionFile)> = Vec::new();
    for file in wheels {
        let stem = file.filename.get(..file.filename.len() - 4).unwrap_or(&file.filename);
        let mut parts = stem.rsplit('-');
        let (platform, abi, python) = (parts.next(), parts.next(), parts.next());
        let platform = platform.unwrap_or_default().to_owned();
        let newest = python.unwrap_or_default().split('.').filter_map(|tag| {
            tag.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).get(1..)?.parse::<u64>().ok()
        });
        // CPython before others, and builds with the lock before those without.
        let plain = python.unwrap_or_default().starts_with(['c', 'p'])
            && !python.unwrap_or_default().starts_with("pp")
            && !abi.unwrap_or_default().ends_with('t');
        let rank = (if plain { newest.max().unwrap_or_default() + 1 } else { 0 }, plain);
        match best.iter_mut().find(|(known, ..)| *known == platform) {
            Some(known) if known.1 < rank => *known = (platform, rank, file),
            Some(_) => {}
            None => best.push((platform, rank, file)),
        }
    }
    best.into_iter().map(|(_, _, file)| file).collect()
}

/// The project that a file belongs to, as far as its name says it.
fn project_of(facts: &WheelFacts) -> ProjectName {
    let named = WheelFilename::parse(&facts.file, NameRules::EarlyPip).map(|name| name.project().clone());
    let letters: String =
        facts.file.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    named
        .ok()
        .or_else(|| letters.trim_matches('-').parse().ok())
        .unwrap_or_else(|| "unnamed".parse().expect("six letters are a project's name"))
}

/// One file on one target.
fn on_target(item: &Item, target: &ReportTarget) -> (Inspection, Loading) {
    let facts = &item.facts;
    let mut inspection = inspect(facts, Some(&target.target));
    let place = target.place();
    let project = project_of(facts);
    let installed = match facts.container {
        // What is installed is all that there is.
        Container::Directory => Installed::new(project, facts),
        _ => Installed::alone(project, facts),
    };
    let installed = installed.with_imports(item.imports.as_ref());
    let mut loading = judge(&[installed], &target.target, &place);
    inspection.findings.retain(|noted| !edge::is_superseded(noted.finding.code));
    inspection.findings.extend(std::mem::take(&mut loading.findings).into_iter().map(|finding| Noted {
        level: finding.level(),
        evidence: finding.evidence.clone(),
        finding,
    }));
    (inspection, loading)
}

/// Whether what was looked into loads on a target: `loads`, `2 of 14 files fail to load`.
fn loads(loadings: &[Loading]) -> String {
    let native = loadings.iter().filter(|loading| loading.native > 0).count();
    let failing = loadings.iter().filter(|loading| !loading.failing.is_empty()).count();
    let open = loadings.iter().any(|loading| loading.undetermined.is_some());
    match (native.max(failing), failing) {
        (1, 1) => "fails to load".to_owned(),
        (native, failing @ 1..) => format!("{failing} of {native} fail to load"),
        (_, 0) if open => "whether it loads is not fully known".to_owned(),
        (0, 0) => "nothing that its loader would load".to_owned(),
        (1, 0) => "loads".to_owned(),
        (native, 0) => format!("all {native} load"),
    }
}

/// Prints it all; gives the gravest level.
fn tell(
    args: &InspectArgs,
    output: &Output,
    targets: &[ReportTarget],
    read: &Read,
    levels: &Levels,
) -> Result<Option<Level>, Error> {
    let mut sections: Vec<(Option<&ReportTarget>, Vec<Inspection>)> = Vec::new();
    let mut verdicts = Vec::new();
    if targets.is_empty() {
        sections.push((None, read.items.iter().map(|item| inspect(&item.facts, None)).collect()));
    }
    for (number, target) in targets.iter().enumerate() {
        let items = read.items.iter().filter(|item| item.only.is_none_or(|only| only == number));
        let (inspections, loadings): (Vec<_>, Vec<_>) = items.map(|item| on_target(item, target)).unzip();
        sections.push((Some(target), inspections));
        verdicts.push(loads(&loadings));
    }
    for noted in sections.iter_mut().flat_map(|(_, all)| all).flat_map(|one| &mut one.findings) {
        if let Some(level) = levels.set_for(noted.finding.code) {
            noted.level = level;
        }
    }
    for one in sections.iter_mut().flat_map(|(_, all)| all) {
        one.findings.sort_by(|a, b| {
            (b.level, a.finding.code, &a.finding.member).cmp(&(a.level, b.finding.code, &b.finding.member))
        });
    }
    let worst = sections.iter().flat_map(|(_, all)| all).filter_map(Inspection::level).max();
    if read.items.is_empty() {
        return Ok(worst);
    }
    let text = match args.format {
        Format::Json => json(&sections)?,
        Format::Text => {
            let brief = (read.folder || read.items.len() > FULL) && !output.is_verbose();
            let options =
                TextOptions::default().with_members(output.is_verbose()).with_all(args.all).with_brief(brief);
            let mut all = String::new();
            let mut verdicts = verdicts.iter();
            for (target, inspections) in &sections {
                if let (Some(target), Some(verdict)) = (target, verdicts.next()) {
                    let gap = if all.is_empty() { "" } else { "\n" };
                    all.push_str(&format!("{gap}on {}: {verdict}\n", target.id));
                }
                all.push_str(&text(inspections, options));
            }
            all
        }
    };
    output.print(&text)?;
    Ok(worst)
}

/// One document for all targets; each file says its target.
fn json(sections: &[(Option<&ReportTarget>, Vec<Inspection>)]) -> Result<String, Error> {
    let mut whole = report(&[])?;
    let mut files = Vec::new();
    for (target, inspections) in sections {
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
    Ok(format!("{whole:#}\n"))
}
