//! Libraries and programs that projects look up by name, which ELF files do not show.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::findings::{Code, Finding, Level};
use crate::image::{InstallLine, PackageManager, Presence, Toolchain};

use super::findings::{install_help, listed};
use super::place::{Installed, Place};
use super::summary::{Loading, Want};

#[derive(Deserialize)]
struct Table {
    project: Vec<Row>,
}

/// A row of `data/dlopen.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    at: At,
    module: String,
    #[serde(default)]
    libraries: Vec<String>,
    #[serde(default)]
    programs: Vec<String>,
    #[serde(default)]
    packages: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    wheels: Wheels,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    with_toolchain: bool,
    source: String,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the birth of a row is for its readers and for the guard")
    )]
    date: String,
    verified: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum At {
    Import,
    Use,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wheels {
    #[default]
    Any,
    Pure,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(wheelbase_data::DLOPEN).expect("the embedded table is held by a test"));

/// Adds what the table says of these projects.
pub(super) fn judge(wheels: &[Installed<'_>], place: &Place, loading: &mut Loading) {
    let mut unknown: Vec<(String, String)> = Vec::new();
    for installed in wheels {
        let Some(row) = TABLE.project.iter().find(|row| row.name == installed.project.as_str()) else {
            continue;
        };
        if row.wheels == Wheels::Pure && !installed.facts.members.is_empty() {
            continue;
        }
        if wheels.iter().any(|other| row.unless.iter().any(|name| name == other.project.as_str())) {
            continue;
        }
        let mut lacking: Vec<String> = Vec::new();
        for alternatives in &row.libraries {
            let names: Vec<&str> = alternatives.split('|').collect();
            let found: Vec<Presence<'_>> = names.iter().map(|name| place.libraries.find(name)).collect();
            if found.iter().any(|one| matches!(one, Presence::Present(_))) {
                continue;
            }
            let gap = found.iter().find_map(|one| match one {
                Presence::Unknown(why) => Some((*why).to_owned()),
                _ => None,
            });
            match gap {
                Some(why) => unknown.push((installed.project.to_string(), why)),
                None => lacking.push(alternatives.clone()),
            }
        }
        let programs: Vec<(&str, Known)> = row
            .programs
            .iter()
            .map(|program| (program.as_str(), program_there(row, program, place)))
            .filter(|(_, known)| *known != Known::There)
            .collect();
        if !lacking.is_empty() || !programs.is_empty() {
            let finding = finding(installed, row, &lacking, &programs, place);
            // A guess is told, and not made part of what everybody is to install.
            if row.verified {
                loading.wanted.push(Want { packages: finding.evidence.packages.clone(), ..Want::default() });
            }
            loading.lacking.extend(finding.evidence.libraries.iter().cloned());
            loading.findings.push(finding);
        }
    }
    if let Some((_, why)) = unknown.first() {
        let mut names: Vec<String> = unknown.iter().map(|(name, _)| name.clone()).collect();
        names.dedup();
        let message = format!(
            "whether the image has the libraries that {} open by name is not known: {why}",
            names.join(", ")
        );
        loading.findings.push(Finding::new(Code::Undetermined, message));
        loading.undetermined.get_or_insert_with(|| why.clone());
    }
}

/// What is known of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    There,
    Lacking,
    Unknown,
}

fn program_there(row: &Row, program: &str, place: &Place) -> Known {
    let mut names = program.split('|');
    // Packages are named for all managers alike: no two distributions give one name to different things here.
    let packages = || row.packages.values().flatten();
    if packages().any(|package| place.added.contains(package)) {
        return Known::There;
    }
    match &place.programs {
        Some(programs) if names.any(|name| programs.iter().any(|known| known == name)) => Known::There,
        _ if row.with_toolchain && place.toolchain == Toolchain::Present => Known::There,
        // What came with a package that nobody knows may be it.
        _ if place.libraries.is_doubted() => Known::Unknown,
        Some(_) => Known::Lacking,
        None if row.with_toolchain && place.toolchain == Toolchain::Absent && place.runs_python => {
            Known::Lacking
        }
        None => Known::Unknown,
    }
}

fn finding(
    installed: &Installed<'_>,
    row: &Row,
    lacking: &[String],
    programs: &[(&str, Known)],
    place: &Place,
) -> Finding {
    let mut parts = Vec::new();
    if !lacking.is_empty() {
        let names: Vec<String> = lacking.iter().map(|one| one.replace('|', "` or `")).collect();
        parts.push(format!(
            "opens {} by name, and the image lacks {}",
            listed(&names),
            match (lacking.len(), lacking.iter().any(|one| one.contains('|'))) {
                (1, true) => "each of these",
                (1, false) => "it",
                _ => "them",
            }
        ));
    }
    if !programs.is_empty() {
        let names: Vec<String> = programs.iter().map(|(name, _)| name.replace('|', "` or `")).collect();
        let whose = match programs.iter().all(|(_, known)| *known == Known::Lacking) {
            true => "the image lacks",
            false => "no wheel brings",
        };
        let what = if names.len() == 1 { "program" } else { "programs" };
        parts.push(format!("starts the {what} {}, which {whose}", listed(&names)));
    }
    let when = match row.at {
        At::Import => format!("`import {}`", row.module),
        At::Use => format!("using `{}`", row.module),
    };
    let mut finding = Finding::new(Code::NeedsSystemLibrary, format!("{when} {}", parts.join(" and ")));
    finding.project = Some(installed.project.clone());
    // Where nobody has looked for a program, that it is missing is a guess.
    let sure = !lacking.is_empty() || programs.iter().any(|(_, known)| *known == Known::Lacking);
    finding.level = Some(match row.at {
        At::Import if sure && row.verified => Level::Deny,
        _ => Level::Warn,
    });
    let line = install(row, lacking, !programs.is_empty(), place);
    finding.help = install_help(&line, place);
    finding.evidence.source = Some(row.source.clone());
    finding.evidence.modules = vec![row.module.clone()];
    finding.evidence.libraries = lacking.iter().flat_map(|one| one.split('|')).map(str::to_owned).collect();
    finding.evidence.programs =
        programs.iter().flat_map(|(name, _)| name.split('|')).map(str::to_owned).collect();
    finding.evidence.library = finding.evidence.libraries.first().cloned();
    finding.evidence.packages.clone_from(&line.packages);
    finding.evidence.install = line.command;
    finding
}

/// The line that installs all of it; the row's own packages stand in where the table of sonames has none.
fn install(row: &Row, lacking: &[String], programs: bool, place: &Place) -> InstallLine {
    let manager = match place.package_manager {
        PackageManager::Microdnf | PackageManager::Yum | PackageManager::Tdnf => PackageManager::Dnf,
        other => other,
    };
    let own = row.packages.get(manager.as_str()).cloned().unwrap_or_default();
    // The first of several alternatives that the release has a package for.
    let sonames: Vec<&str> = lacking
        .iter()
        .filter_map(|alternatives| {
            let mut names = alternatives.split('|');
            let packaged = names.clone().find(|name| {
                let line = place.install_line([*name]);
                line.unknown.is_empty() && line.not_packaged.is_empty()
            });
            packaged.or_else(|| names.next())
        })
        .collect();
    let line = place.install_line(sonames.iter().copied());
    let known = line.unknown.is_empty() && line.not_packaged.is_empty();
    if !programs && (known || own.is_empty()) {
        return line;
    }
    let mut packages = line.packages.clone();
    packages.extend(own.iter().filter(|name| !packages.contains(name)).cloned().collect::<Vec<_>>());
    let mut all = InstallLine::of_packages(place.package_manager, packages);
    all.verified = line.verified && row.verified;
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProjectName;

    #[test]
    fn the_table_is_sound() {
        let mut names: Vec<&str> = TABLE.project.iter().map(|row| row.name.as_str()).collect();
        assert!(names.len() >= 20);
        for row in &TABLE.project {
            let name: ProjectName = row.name.parse().expect("a project's name");
            assert_eq!(name.as_str(), row.name, "normalised");
            assert!(!row.libraries.is_empty() || !row.programs.is_empty(), "{}", row.name);
            assert!(row.programs.is_empty() || row.packages.contains_key("apt"), "{}", row.name);
            assert!(!row.source.is_empty() && !row.module.is_empty(), "{}", row.name);
            assert!(row.date.parse::<crate::image::Date>().is_ok(), "{}", row.name);
            for library in row.libraries.iter().flat_map(|one| one.split('|')) {
                assert!(library.contains(".so"), "{library}");
            }
            for manager in row.packages.keys() {
                assert!(["apt", "apk", "dnf", "zypper"].contains(&manager.as_str()), "{manager}");
            }
            assert!(row.unless.iter().all(|name| name.parse::<ProjectName>().is_ok()));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.project.len());
    }
}
