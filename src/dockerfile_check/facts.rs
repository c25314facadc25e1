//! The facts of reports and images for the rules on copies between stages.

use crate::dockerfile::StagePlan;
use crate::findings::Finding;
use crate::image::{ImageProfile, PackageInstallation, PackageManager, is_leaf_package, packages_along};
use crate::name::ProjectName;
use crate::policy::GlibcPolicies;
use crate::resolve::Reason;
use crate::rules::dockerfile::{Native, StageImage};
use crate::rules::image::findings_for;
use crate::sdist::SourceLanguage;
use crate::source::Origin;
use crate::target_choice::FoundImage;
use crate::verdict::{Distribution, Kind};

use super::interpreter;

/// The facts of an image for the rules on copies between stages.
pub(super) fn stage_image(found: &FoundImage, stage: &StagePlan) -> StageImage {
    let profile = &found.profile;
    let manager = match profile.package_manager {
        PackageManager::Unknown | PackageManager::None => None,
        known => Some(known.family()),
    };
    StageImage {
        libc: profile.libc.as_ref().map(|libc| libc.libc.clone()),
        python: interpreter::of_stage(stage, profile, found.read.is_some()),
        machine: Some(profile.arch.machine().to_owned()),
        libraries: profile
            .libraries
            .is_bounded()
            .then(|| profile.libraries.iter().map(|library| library.soname.clone()).collect()),
        manager,
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
pub(super) fn native(rows: &[Distribution]) -> Native {
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
pub(super) fn compiled(rows: &[Distribution]) -> Vec<ProjectName> {
    let sources = rows.iter().filter(|row| matches!(row.kind, Kind::Sdist | Kind::Tree));
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
pub(super) fn of_image(profile: &ImageProfile, origin: &Origin) -> Vec<Finding> {
    findings_for(profile, None).into_iter().map(|finding| finding.at(origin.clone())).collect()
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
