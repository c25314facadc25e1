//! What is to be told of an image itself.

use crate::gate::{Code, Finding};
use crate::image::{ImageProfile, Published, TargetOptions, arch};
use crate::target::{InstallerKind, Target};
use crate::version::Version;

impl ImageProfile {
    /// What is to be told of the image itself, with its own interpreter and installer.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings_for(self.target(&TargetOptions::default()).ok().as_ref())
    }

    /// The same for a target that was made of it, whose interpreter and installer may be others.
    pub fn findings_for(&self, target: Option<&Target>) -> Vec<Finding> {
        let mut findings = Vec::new();
        findings.extend(self.arch_not_published());
        findings.extend(self.past_its_end());
        findings.extend(target.and_then(|target| self.externally_managed_for(target)));
        for one in &self.contradictions {
            let mut finding = Finding::new(
                Code::named("image-facts-disagree"),
                format!(
                    "`{}`: of the {} it is {} by {}, and {} by {}; the first was believed",
                    self.name, one.what, one.believed, one.source, one.other, one.other_source
                ),
            );
            finding.help = Some("rebuild the image so that both say the same".to_owned());
            findings.push(finding);
        }
        for one in &self.undetermined {
            findings.push(Finding::new(
                Code::named("undetermined"),
                format!("`{}`: {}: {}", self.name, one.what, one.why),
            ));
        }
        findings
    }

    fn arch_not_published(&self) -> Option<Finding> {
        let Published::Only(arches) = &self.arches else { return None };
        if arches.contains(&self.arch) {
            return None;
        }
        let names: Vec<&str> = arches.iter().map(arch::published_name).collect();
        let mut finding = Finding::new(
            Code::named("arch-not-published"),
            format!("`{}` is not published for {}", self.name, arch::platform(&self.arch)),
        );
        finding.help = Some(match names.is_empty() {
            true => "take another tag".to_owned(),
            false => format!("it is published for {}", names.join(", ")),
        });
        Some(finding)
    }

    fn past_its_end(&self) -> Option<Finding> {
        let past: Vec<String> = self
            .end_of_life
            .iter()
            .filter(|end| end.on < self.as_of)
            .map(|end| end.told(self.as_of))
            .collect();
        if past.is_empty() {
            return None;
        }
        let message = format!("`{}` is past its end: {}", self.name, past.join(", "));
        let mut finding = Finding::new(Code::named("image-end-of-life"), message);
        finding.help = Some("move to a newer release, and to a tag that is still built".to_owned());
        Some(finding)
    }

    /// Whether an installer refuses to install into the interpreter of a target (PEP 668, "Specification").
    pub fn refuses_installs(&self, target: &Target) -> bool {
        // pip 23.0 brought the check; uv has had it from its first release with an interface like pip's.
        let old_pip =
            target.installer.kind == InstallerKind::Pip && target.installer.version < Version::new([23, 0]);
        let own = self.python.as_ref().map(|own| &own.python);
        let is_own = own.is_some_and(|own| {
            own.implementation == target.python.implementation
                && own.language_version() == target.python.language_version()
                && own.abi_flags == target.python.abi_flags
        });
        self.externally_managed.is_some() && is_own && !old_pip
    }

    /// The finding for it. Nothing but the image is known here: a virtual environment in it takes everything.
    fn externally_managed_for(&self, target: &Target) -> Option<Finding> {
        let marker = &self.externally_managed.as_ref().filter(|_| self.refuses_installs(target))?.marker;
        // Where there is no shell nothing is installed anyway.
        if !self.shell {
            return None;
        }
        let system = match target.installer.kind {
            InstallerKind::Uv => "`uv pip install --system`",
            _ => "a plain `pip install`",
        };
        let message = format!(
            "`{}`: Python {} belongs to the distribution, and {system} refuses to change it ({marker})",
            self.name, target.python.version
        );
        let mut finding = Finding::new(Code::named("externally-managed"), message);
        finding.help = Some(externally_managed_help(target.installer.kind));
        Some(finding)
    }
}

/// What to do where an installer refuses.
pub(crate) fn externally_managed_help(installer: InstallerKind) -> String {
    let make = match installer {
        InstallerKind::Uv => "`uv venv /opt/venv`",
        _ => "`python3 -m venv /opt/venv`",
    };
    format!(
        "install into a virtual environment ({make}), take an image of the python family, or pass \
         `--break-system-packages` where nothing else uses that Python"
    )
}
