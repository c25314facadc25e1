//! The facts of reports and images for the rules on copies between stages.

use crate::dockerfile::StagePlan;
use crate::findings::Finding;
use crate::image::{PackageInstallation, PackageManager, is_leaf_package, packages_along};
use crate::name::ProjectName;
use crate::policy::GlibcPolicies;
use crate::report::Report;
use crate::resolve::Reason;
use crate::rules::dockerfile::{Native, StageImage};
use crate::sdist::SourceLanguage;
use crate::source::Origin;
use crate::target_choice::FoundImage;
use crate::verdict::{Distribution, Kind, TargetVerdict};

use super::interpreter;

/// The facts of an image for the rules on copies between stages.
pub(super) fn stage_image(found: &FoundImage, stage: &StagePlan) -> StageImage {
    let profile = &found.profile;
    let manager = match profile.package_manager {
        PackageManager::Unknown | PackageManager::None => None,
        PackageManager::Microdnf | PackageManager::Yum | PackageManager::Tdnf => Some("dnf"),
        known => Some(known.as_str()),
    };
    StageImage {
        libc: profile.libc.as_ref().map(|libc| libc.libc.clone()),
        python: interpreter::of_stage(stage, profile, found.read.is_some()),
        machine: Some(profile.arch.machine().to_owned()),
        libraries: profile
            .libraries
            .is_bounded()
            .then(|| profile.libraries.iter().map(|library| library.soname.clone()).collect()),
        manager: manager.map(str::to_owned),
        release: profile.release_id(),
        installs: match profile.package_manager {
            PackageManager::Unknown => None,
            manager => Some(profile.shell && manager != PackageManager::None),
        },
    }
}

/// Whether a source distribution is certainly compiled: the release also has wheels with compiled parts, and none of them
/// was chosen. Without such a wheel, it is unknown.
fn is_compiled(row: &Distribution) -> Option<bool> {
    match row.language {
        Some(SourceLanguage::Native) => return Some(true),
        Some(SourceLanguage::Pure) => return Some(false),
        _ => {}
    }
    let native = |file: &str| !file.ends_with("-any.whl");
    row.reasons.iter().find_map(|reason| match reason {
        Reason::NoWheelFits { nearest, .. } => Some(native(nearest)),
        Reason::Rejected { file, .. } if file.ends_with(".whl") => Some(native(file)),
        _ => None,
    })
}

/// The compiled files of a step, by the files that were chosen.
pub(super) fn native(result: &TargetVerdict) -> Native {
    let rows = &result.distributions;
    if rows.iter().any(|row| matches!(row.kind, Kind::None | Kind::Undetermined)) {
        return Native::Unknown;
    }
    let sources: Vec<Option<bool>> =
        rows.iter().filter(|row| matches!(row.kind, Kind::Sdist | Kind::Tree)).map(is_compiled).collect();
    if sources.contains(&Some(true)) {
        return Native::Built;
    }
    if sources.contains(&None) {
        return Native::Unknown;
    }
    let files = rows.iter().filter(|row| row.kind == Kind::Wheel).filter_map(|row| row.file.as_deref());
    let platforms: Vec<&str> = files
        .filter_map(|file| file.strip_suffix(".whl")?.rsplit('-').next())
        .filter(|platform| *platform != "any")
        .collect();
    match platforms.is_empty() {
        true => Native::Nothing,
        false => Native::Wheels(platforms.iter().filter_map(|platform| glibc_needed(platform)).max()),
    }
}

/// The projects that are certainly compiled.
pub(super) fn compiled(result: &TargetVerdict) -> Vec<ProjectName> {
    let sources = result.distributions.iter().filter(|row| matches!(row.kind, Kind::Sdist | Kind::Tree));
    sources.filter(|row| is_compiled(row) == Some(true)).map(|row| row.project.clone()).collect()
}

/// The oldest glibc that a set of platform tags supports.
fn glibc_needed(platforms: &str) -> Option<(u32, u32)> {
    platforms
        .split('.')
        .filter_map(|platform| match platform.strip_prefix("manylinux_") {
            // PEP 600: manylinux_${GLIBCMAJOR}_${GLIBCMINOR}_${ARCH}
            Some(rest) => {
                let mut parts = rest.split('_');
                Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
            }
            None => GlibcPolicies::table().alias(platform.split('_').next()?),
        })
        .min()
}

/// Findings on an image, at the line that names it.
pub(super) fn located(findings: Vec<Finding>, origin: &Origin) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|mut finding| {
            finding.origin.get_or_insert_with(|| origin.clone());
            finding
        })
        .collect()
}

/// Adds findings to one of the targets, without duplicates.
pub(super) fn attach(report: &mut Report, at: usize, findings: impl IntoIterator<Item = Finding>) {
    if let Some(result) = report.results.get_mut(at) {
        for finding in findings {
            if !result.findings.contains(&finding) {
                result.findings.push(finding);
            }
        }
    }
}

/// Adds the libraries of the packages that are installed at the end of a stage.
pub(super) fn install_packages(found: &mut FoundImage, stage: &StagePlan) {
    let there = stage.packages.iter().map(|package| PackageInstallation {
        package,
        recommends: !stage.bare_packages.contains(package),
        itself: true,
    });
    let left = stage.left_packages.iter().map(|package| PackageInstallation {
        package,
        recommends: !stage.bare_packages.contains(package),
        itself: false,
    });
    found.profile.install_packages(there.chain(left), packages_along, is_leaf_package);
}
