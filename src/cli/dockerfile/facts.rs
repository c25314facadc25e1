//! What the parts of a report and of an image say to judging between stages.

use crate::dockerfile::{ImagePython, Native, StageImage};
use crate::gate::Finding;
use crate::image::{ImageProfile, PackageManager};
use crate::policy::GlibcPolicies;
use crate::report::Report;
use crate::resolve::Reason;
use crate::sdist::SourceLanguage;
use crate::source::Origin;
use crate::verdict::{Distribution, Kind, TargetVerdict};

/// What judging between stages needs of an image.
pub(super) fn stage_image(profile: &ImageProfile) -> StageImage {
    let python = match &profile.python {
        Some(python) if python.installed => ImagePython::Present {
            version: python.python.version.clone(),
            path: python.interpreter.clone().unwrap_or_default(),
        },
        Some(_) | None => ImagePython::Unknown,
    };
    StageImage {
        libc: profile.libc.as_ref().map(|libc| libc.libc.clone()),
        python,
        machine: Some(profile.arch.machine().to_owned()),
        libraries: profile
            .libraries
            .is_bounded()
            .then(|| profile.libraries.iter().map(|library| library.soname.clone()).collect()),
        release: profile.release_id(),
        installs: match profile.package_manager {
            PackageManager::Unknown => None,
            manager => Some(profile.shell && manager != PackageManager::None),
        },
    }
}

/// What a step brings, by the files that were chosen.
pub(super) fn native(result: &TargetVerdict) -> Native {
    let rows = &result.distributions;
    if rows.iter().any(|row| matches!(row.kind, Kind::None | Kind::Undetermined)) {
        return Native::Unknown;
    }
    // Where nobody has looked, a source distribution beside wheels for other platforms is compiled, and without any
    // wheel nobody knows.
    let compiled = |row: &Distribution| match row.language {
        Some(SourceLanguage::Native) => true,
        Some(SourceLanguage::Pure) => false,
        _ => row.reasons.iter().any(|reason| matches!(reason, Reason::NoWheelFits { .. })),
    };
    let built = |row: &&Distribution| {
        row.kind == Kind::Tree || row.kind == Kind::Sdist && row.language != Some(SourceLanguage::Pure)
    };
    let sources: Vec<_> = rows.iter().filter(built).collect();
    if sources.iter().any(|row| compiled(row)) {
        return Native::Built;
    }
    if !sources.is_empty() {
        return Native::Unknown;
    }
    let files = rows.iter().filter_map(|row| row.file.as_deref());
    let platforms: Vec<&str> = files
        .filter_map(|file| file.strip_suffix(".whl")?.rsplit('-').next())
        .filter(|platform| *platform != "any")
        .collect();
    match platforms.is_empty() {
        true => Native::Nothing,
        false => Native::Wheels(platforms.iter().filter_map(|platform| glibc_needed(platform)).max()),
    }
}

/// The oldest glibc that a compressed set of platform tags is content with.
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

/// Findings of an image, at the line that names it.
pub(super) fn located(findings: Vec<Finding>, origin: &Origin) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|mut finding| {
            finding.origin.get_or_insert_with(|| origin.clone());
            finding
        })
        .collect()
}

/// Adds findings to the last target, which is the one closest to what runs.
pub(super) fn attach(report: &mut Report, findings: Vec<Finding>) {
    if let Some(result) = report.results.last_mut() {
        for finding in findings {
            if !result.findings.contains(&finding) {
                result.findings.push(finding);
            }
        }
    }
}
