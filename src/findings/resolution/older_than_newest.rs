//! `older-than-newest`

use super::{ChosenFile, TAGS};
use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::{Reason, release_reasons};
use crate::version::Version;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "older-than-newest",
    level: Level::Warn,
    summary: "the installer chooses an older version because newer ones have no file for the target",
    explanation: "A newer version satisfies the requirements, but has no file for this target, so the installer \
chooses an older one without a message. The target then runs another version than other systems. Versions that only \
require another Python are ignored, because projects drop old Pythons on purpose.",
    link: TAGS,
};

/// The silent downgrade: newer versions exist and satisfy every requirement, but none can be installed here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OlderThanNewest {
    /// The project.
    pub project: ProjectName,
    /// The version that is chosen.
    pub version: Version,
    /// When its file was uploaded, in seconds since 1970.
    pub uploaded: Option<i64>,
    /// The newest version.
    pub newest: Version,
    /// Why it is not chosen.
    pub reasons: Vec<Reason>,
}

impl Rule for OlderThanNewest {
    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        let Some(newest) = cx.project.passed_over.first() else { return Vec::new() };
        let releases = cx.chosen.page.as_deref().map(|page| page.releases()).unwrap_or_default();
        let release = releases.iter().find(|release| release.version() == newest);
        let reasons = release.map(|release| release_reasons(cx.name(), release, &[], cx.problem));
        vec![Self {
            project: cx.name().clone(),
            version: cx.version().clone(),
            uploaded: cx.chosen.file.upload_time,
            newest: newest.clone(),
            reasons: reasons.unwrap_or_default(),
        }]
    }

    fn message(&self) -> String {
        let Self { project, version, uploaded, newest, reasons } = self;
        let when = uploaded.and_then(month_and_year);
        let of = when.map(|when| format!(" of {when}")).unwrap_or_default();
        format!(
            "{project} {newest} has no file for this target, so {version}{of} is installed ({})",
            super::joined(reasons)
        )
    }

    fn help(&self) -> Option<String> {
        let Self { project, version, newest, .. } = self;
        Some(format!(
            "pin `{project}=={version}` to make this explicit, or use a target with a file for {newest}"
        ))
    }

    fn reasons(&self) -> Vec<Reason> {
        vec![Reason::PassedOver { newest: self.newest.clone() }]
    }
}

/// Such as `July 2025`.
fn month_and_year(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    let date = jiff::tz::Offset::UTC.to_datetime(time);
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS.get(usize::try_from(date.month()).ok()?.checked_sub(1)?)?;
    Some(format!("{month} {}", date.year()))
}
