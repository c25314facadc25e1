//! Collects the files of a page of either format.

use wheelbase_formats::limits;

use super::DistributionFile;

/// The content of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedPage {
    /// files in page order
    pub files: Vec<DistributionFile>,
    /// the faults of single entries; at most 20
    pub faults: Vec<String>,
    /// the number of entries that were skipped
    pub fault_count: u32,
}

/// Collects files and faults; used by both formats.
#[derive(Default)]
pub(super) struct Collector {
    pub(super) page: ParsedPage,
}

impl Collector {
    #[cfg(test)]
    pub(super) fn page(&self) -> &ParsedPage {
        &self.page
    }

    pub(super) fn file(&mut self, mut file: DistributionFile) {
        file.position = u32::try_from(self.page.files.len()).unwrap_or(u32::MAX);
        self.page.files.push(file);
    }

    pub(super) fn fault(&mut self, message: String) {
        self.page.fault_count = self.page.fault_count.saturating_add(1);
        if self.page.faults.len() < limits::INDEX_PAGE_FAULTS {
            self.page.faults.push(message);
        }
    }

    /// PEP 700: `yyyy-mm-ddThh:mm:ss.ffffffZ`. A time that cannot be read is a fault of the page, the file stays.
    pub(super) fn upload_time(&mut self, file: &mut DistributionFile, text: &str) {
        match text.trim().parse::<jiff::Timestamp>() {
            // Rounded towards the past, so that a file never counts as older than a cut it is newer than by less
            // than a second only because of the rounding of negative times.
            Ok(time) => file.upload_time = Some(time.as_nanosecond().div_euclid(1_000_000_000) as i64),
            Err(_) => self.fault(format!(
                "`{}`: `{}` is not a valid upload time; expected one such as 2026-01-31T12:00:00Z",
                wheelbase_spec::source::shorten(&file.filename),
                wheelbase_spec::source::shorten(text)
            )),
        }
    }
}

/// PEP 629: clients must refuse a page of another major version, and go on with a newer minor one.
pub(super) fn check_api_version(text: &str) -> Result<(), String> {
    let major = text.trim().split('.').next().unwrap_or_default();
    match major.parse::<u32>() {
        Ok(2..) => Err(format!(
            "the page has version {} of the repository API; supported: 1.x",
            wheelbase_spec::source::shorten(text.trim())
        )),
        // An invalid version is ignored.
        Ok(_) | Err(_) => Ok(()),
    }
}
