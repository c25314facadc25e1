//! Libraries and programs that projects look up by name, which ELF files do not show.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::gate::{Code, Finding, Level};
use crate::image::{InstallLine, PackageManager, Presence, Toolchain};

use super::findings::{install_help, listed};
use super::place::{Installed, Place};
use super::summary::Loading;

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

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/dlopen.toml")).expect("the embedded table is held by a test")
});

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
        let programs: &[String] = match row.with_toolchain && place.toolchain == Toolchain::Present {
            true => &[],
            false => &row.programs,
        };
        if !lacking.is_empty() || !programs.is_empty() {
            loading.findings.push(finding(installed, row, &lacking, programs, place));
        }
    }
    if let Some((_, why)) = unknown.first() {
        let mut names: Vec<String> = unknown.iter().map(|(name, _)| name.clone()).collect();
        names.dedup();
        let message = format!(
            "whether the image has the libraries that {} open by name is not known: {why}",
            names.join(", ")
        );
        loading.findings.push(Finding::new(Code::named("undetermined"), message));
        loading.undetermined.get_or_insert_with(|| why.clone());
    }
}

fn finding(
    installed: &Installed<'_>,
    row: &Row,
    lacking: &[String],
    programs: &[String],
    place: &Place,
) -> Finding {
    let mut parts = Vec::new();
    if !lacking.is_empty() {
        let names: Vec<String> = lacking.iter().map(|one| one.replace('|', "` or `")).collect();
        parts.push(format!(
            "opens {} by name, and the image lacks {}",
            listed(&names),
            if names.len() == 1 { "it" } else { "them" }
        ));
    }
    if !programs.is_empty() {
        parts.push(format!("starts the program {}, which no wheel brings", listed(programs)));
    }
    let when = match row.at {
        At::Import => format!("`import {}`", row.module),
        At::Use => format!("using `{}`", row.module),
    };
    let mut finding =
        Finding::new(Code::named("needs-system-library"), format!("{when} {}", parts.join(" and ")));
    finding.project = Some(installed.project.clone());
    // Nobody looked for programs, so a missing one is a guess.
    finding.level = Some(match row.at {
        At::Import if !lacking.is_empty() && row.verified => Level::Deny,
        _ => Level::Warn,
    });
    let line = install(row, lacking, !programs.is_empty(), place);
    finding.help = install_help(&line, place);
    finding.evidence.symbol = Some(row.source.clone());
    finding.evidence.modules = vec![row.module.clone()];
    finding.evidence.libraries =
        lacking.iter().map(|one| one.split('|').next().unwrap_or(one).to_owned()).collect();
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
