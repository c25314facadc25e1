//! The installer of a step, and whether it refuses to install.

use crate::dockerfile::{Action, Destination, InstallStep, InstallerVersion, Tool};
use crate::findings::{ExternallyManaged, Finding, RefusedStep};
use crate::image::{ImageProfile, Unverified};
use crate::target::{Installer, InstallerKind, Target};
use crate::version::SpecifierSet;

/// Whether a step only upgrades the installer itself; its effect belongs to the steps after it.
pub(super) fn is_housekeeping(step: &InstallStep) -> bool {
    let own = |text: &str| {
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        let name = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        ["pip", "setuptools", "wheel"].contains(&name)
    };
    step.inputs().next().is_none()
        && !step.requirements.is_empty()
        && step.requirements.iter().all(|(text, _)| own(text))
}

/// The installer that runs the step; `None` for the one of the image, an error for an unknown one.
pub(super) fn installer(step: &InstallStep, profile: &ImageProfile) -> Result<Option<Installer>, Unverified> {
    let kind = match step.tool {
        Tool::Uv | Tool::UvPip | Tool::UvTool => InstallerKind::Uv,
        Tool::Pip | Tool::PipSync => InstallerKind::Pip,
        // They have their own code for tags, usually that of the newest `packaging`.
        _ => return Ok(Some(Installer::new(InstallerKind::Pip, profile.newest_pip.clone()))),
    };
    let newest = match kind {
        InstallerKind::Pip => Installer::new(kind, profile.newest_pip.clone()),
        _ => Installer::newest(kind),
    };
    match (&step.installer, kind) {
        (InstallerVersion::Newest, _) => Ok(Some(newest)),
        (InstallerVersion::OfImage, InstallerKind::Uv) => {
            let own = profile.uv.as_deref().and_then(|version| version.parse().ok());
            Ok(Some(own.map_or(newest, |version| Installer::new(kind, version))))
        }
        (InstallerVersion::OfImage, _) => Ok(None),
        (InstallerVersion::Specified(text), _) => {
            if let Some(exact) = text.strip_prefix("==").and_then(|version| version.parse().ok()) {
                return Ok(Some(Installer::new(kind, exact)));
            }
            let unknown = || Unverified::ToolOfStep {
                at: step.origin.to_string(),
                tool: step.tool.to_string(),
                specifier: text.clone(),
            };
            let Ok(set) = text.parse::<SpecifierSet>() else { return Err(unknown()) };
            let own = profile.pip.as_ref().map(|pip| pip.version.clone());
            let known = std::iter::once(newest.version).chain(own.filter(|_| kind == InstallerKind::Pip));
            let best = known.into_iter().find(|version| set.contains(version));
            best.map(|version| Some(Installer::new(kind, version))).ok_or_else(unknown)
        }
    }
}

/// Whether the installer refuses the step, because the interpreter belongs to the distribution (PEP 668).
///
/// pip 26.3, `commands/install.py`: not asked with `--root`, `--prefix` and `--target`, and asked with `--user`. uv 0.13.8,
/// `commands/pip/install.rs`: not asked with `--prefix` and `--target`.
pub(super) fn refused(step: &InstallStep, profile: &ImageProfile, target: &Target) -> Option<Finding> {
    let marker = &profile.externally_managed.as_ref()?.marker;
    let installs = matches!(step.tool, Tool::Pip | Tool::UvPip | Tool::PipSync)
        && matches!(step.action, Action::Install | Action::Sync);
    let (Destination::Interpreter(_) | Destination::User(_)) = &step.destination else { return None };
    let told_to = step.options.break_system_packages || step.files.is_taken_away(marker);
    if !installs || told_to || !profile.refuses_installs(target) || !is_of_system(step, profile) {
        return None;
    }
    let rule = ExternallyManaged {
        image: profile.name.clone(),
        python: target.python.version.clone(),
        marker: marker.clone(),
        installer: target.installer.kind,
        step: Some(RefusedStep { tool: step.tool, conditional: step.conditional.is_some() }),
    };
    Some(Finding::of(rule).at(step.origin.clone()))
}

/// Whether the interpreter of the step is that of the distribution: it is in the image or was installed as a package, and
/// the step names no other one.
fn is_of_system(step: &InstallStep, profile: &ImageProfile) -> bool {
    let Some(own) = &profile.python else { return false };
    let packaged = || {
        step.packages.iter().any(|package| {
            ["python3", "py3-pip", "py-pip", "pip"].contains(&package.as_str())
                || package.starts_with("python3-")
        })
    };
    if !own.installed && !packaged() {
        return false;
    }
    let Destination::Interpreter(named) = &step.destination else { return true };
    if let Some((folder, _)) = named.rsplit_once('/')
        && folder != "/usr/bin"
    {
        return false;
    }
    let program = named.rsplit('/').next().unwrap_or(named);
    let version = program.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let (major, minor) = own.python.language_version();
    version.is_empty() || version == major.to_string() || version == format!("{major}.{minor}")
}
