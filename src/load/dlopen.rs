//! Libraries and programs that projects open by name, which ELF files do not show.

use crate::findings::{Finding, NeededProgram, NeededWhen, NeedsSystemLibrary, Undetermined, UnknownCause};
use crate::image::{CompilerPresence, InstallLine, OpenedBy, Presence, opened_by};
use crate::name::ProjectName;

use super::environment::{InstalledWheel, LoaderEnvironment};
use super::summary::{Loading, WantedInstall};

/// Adds the rows of the table for these projects.
pub(super) fn check(wheels: &[InstalledWheel<'_>], environment: &LoaderEnvironment, loading: &mut Loading) {
    let mut unknown: Vec<(ProjectName, String)> = Vec::new();
    for installed in wheels {
        let Some(row) = opened_by(installed.project.as_str()) else {
            continue;
        };
        if row.only_pure_wheels() && !installed.facts.members.is_empty() {
            continue;
        }
        if wheels.iter().any(|other| row.unless.iter().any(|name| name == other.project.as_str())) {
            continue;
        }
        let mut missing: Vec<String> = Vec::new();
        for alternatives in &row.libraries {
            let names: Vec<&str> = alternatives.split('|').collect();
            let found: Vec<Presence<'_>> =
                names.iter().map(|name| environment.libraries.find(name)).collect();
            if found.iter().any(|one| matches!(one, Presence::Present(_))) {
                continue;
            }
            let gap = found.iter().find_map(|one| match one {
                Presence::Unknown(why) => Some((*why).to_owned()),
                _ => None,
            });
            match gap {
                Some(why) => unknown.push((installed.project.clone(), why)),
                None => missing.push(alternatives.clone()),
            }
        }
        let programs: Vec<(&str, Known)> = row
            .programs
            .iter()
            .map(|program| (program.as_str(), program_there(row, program, environment)))
            .filter(|(_, known)| *known != Known::There)
            .collect();
        if missing.is_empty() && programs.is_empty() {
            continue;
        }
        let alternatives = |names: &str| -> Vec<String> { names.split('|').map(str::to_owned).collect() };
        let rule = NeedsSystemLibrary {
            module: row.module.clone(),
            when: if row.at_import() { NeededWhen::Import } else { NeededWhen::Use },
            libraries: missing.iter().map(|names| alternatives(names)).collect(),
            programs: programs
                .iter()
                .map(|(names, known)| NeededProgram {
                    names: alternatives(names),
                    sure: *known == Known::Missing,
                })
                .collect(),
            verified: row.verified,
            source: row.source.clone(),
            install: install(row, &missing, !programs.is_empty(), environment),
            package_manager: environment.package_manager,
        };
        // A guess is reported, but not added to the install command.
        if row.verified {
            let packages = rule.install.packages.clone();
            loading.wanted.push(WantedInstall { packages, ..WantedInstall::default() });
        }
        loading.missing_libraries.extend(rule.libraries.iter().flatten().cloned());
        loading.findings.push(Finding::of(rule).about(installed.project.clone()));
    }
    if let Some((_, reason)) = unknown.first() {
        let mut projects: Vec<ProjectName> = unknown.iter().map(|(project, _)| project.clone()).collect();
        projects.dedup();
        let cause = UnknownCause::Image { reason: reason.clone() };
        loading.undetermined.get_or_insert_with(|| cause.clone());
        loading.findings.push(Finding::of(Undetermined::OpenedLibraries { projects, cause }));
    }
}

/// Whether the image has a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    There,
    Missing,
    Unknown,
}

fn program_there(row: &OpenedBy, program: &str, environment: &LoaderEnvironment) -> Known {
    let mut names = program.split('|');
    // The packages of all managers are compared: no name has different meanings in two distributions.
    if row.all_packages().any(|package| environment.added.iter().any(|added| added == package)) {
        return Known::There;
    }
    match &environment.programs {
        Some(programs) if names.any(|name| programs.iter().any(|known| known == name)) => Known::There,
        _ if row.with_toolchain && environment.toolchain == CompilerPresence::Present => Known::There,
        // A package with unknown files may contain it.
        _ if environment.libraries.is_doubted() => Known::Unknown,
        Some(_) => Known::Missing,
        None if row.with_toolchain
            && environment.toolchain == CompilerPresence::Absent
            && environment.runs_python =>
        {
            Known::Missing
        }
        None => Known::Unknown,
    }
}

/// The command that installs all of it; the packages of the row are used if the table of SONAMEs has none.
fn install(
    row: &OpenedBy,
    missing: &[String],
    programs: bool,
    environment: &LoaderEnvironment,
) -> InstallLine {
    let own = row.packages(environment.package_manager);
    // The first alternative with a package in the release.
    let sonames: Vec<&str> = missing
        .iter()
        .filter_map(|alternatives| {
            let mut names = alternatives.split('|');
            let packaged = names.clone().find(|name| {
                let line = environment.install_line([*name]);
                line.unknown.is_empty() && line.not_packaged.is_empty()
            });
            packaged.or_else(|| names.next())
        })
        .collect();
    let line = environment.install_line(sonames.iter().copied());
    let known = line.unknown.is_empty() && line.not_packaged.is_empty();
    if !programs && (known || own.is_empty()) {
        return line;
    }
    let mut packages = line.packages.clone();
    packages.extend(own.iter().filter(|name| !packages.contains(name)).cloned().collect::<Vec<_>>());
    let mut all = InstallLine::of_packages(environment.package_manager, packages);
    all.verified = line.verified && row.verified;
    all
}
