//! The download size of a target and the size of its image.

use serde_json::{Value, json};

#[cfg(feature = "text")]
use super::Report;
use super::ReportTarget;
#[cfg(feature = "text")]
use crate::image::SizeOf;
#[cfg(feature = "text")]
use crate::image::sizes::bytes_text;
use crate::verdict::TargetVerdict;

/// The sizes of the files that were chosen for a target, from the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadSize {
    /// The number of chosen files: wheels and source distributions.
    pub files: usize,
    /// The known sizes together, in bytes.
    pub bytes: u64,
    /// The number of files without a known size.
    pub unsized_files: usize,
}

impl DownloadSize {
    /// The files of a verdict.
    pub fn of(verdict: &TargetVerdict) -> Self {
        let files = verdict.distributions.iter().filter(|row| row.file.is_some());
        files.fold(Self::default(), |sum, row| Self {
            files: sum.files + 1,
            bytes: sum.bytes.saturating_add(row.size.unwrap_or(0)),
            unsized_files: sum.unsized_files + usize::from(row.size.is_none()),
        })
    }

    #[cfg(feature = "text")]
    /// Such as `43.4 MB`, or `43.4 MB + 2 unknown` if two files have no known size.
    fn text(self) -> String {
        match (self.files, self.unsized_files) {
            (0, _) => "-".to_owned(),
            (_, 0) => bytes_text(self.bytes),
            (files, unknown) if files == unknown => "unknown".to_owned(),
            (_, unknown) => format!("{} + {unknown} unknown", bytes_text(self.bytes)),
        }
    }

    pub(super) fn to_json(self) -> Value {
        json!({"files": self.files, "bytes": self.bytes, "unsized_files": self.unsized_files})
    }
}

/// The known sizes of the image of a target.
pub(super) fn image_json(target: &ReportTarget) -> Value {
    let read =
        |size: &crate::image::Size, own: bool| json!({"image": size.image, "seen": size.seen, "own": own});
    let Some(image) = target.image.as_deref() else { return Value::Null };
    let packed = image.packed_size();
    let unpacked = image.unpacked_size();
    if packed.is_none() && unpacked.is_none() {
        return Value::Null;
    }
    json!({
        "packed_bytes": packed.map(|size| size.value),
        "packed_read_from": packed.map(|size| read(size.read_from, size.own)),
        "unpacked": unpacked.map(|size| size.value),
        "unpacked_read_from": unpacked.map(|size| read(size.read_from, size.own)),
    })
}

#[cfg(feature = "text")]
/// A line for each target with the sizes of the download and the image. Empty if no size is known.
pub(super) fn table(report: &Report) -> Vec<String> {
    let downloads: Vec<DownloadSize> = report.results.iter().map(DownloadSize::of).collect();
    let images = report
        .targets
        .iter()
        .any(|target| target.image.as_deref().is_some_and(|image| !image.sizes.is_empty()));
    // Some indexes give no sizes at all.
    let sized = downloads.iter().any(|download| download.files > download.unsized_files);
    if !images && !sized {
        return Vec::new();
    }
    let mut rows = vec![["sizes", "download", "image", "image unpacked"].map(str::to_owned)];
    for (target, download) in report.targets.iter().zip(downloads) {
        let [mut packed, mut unpacked] = ["-", "-"].map(str::to_owned);
        if let Some(image) = target.image.as_deref() {
            packed = cell(image.packed_size().map(|size| size.map(bytes_text)));
            unpacked = cell(image.unpacked_size().map(|size| size.map(str::to_owned)));
        }
        rows.push([target.id.clone(), download.text(), packed, unpacked]);
    }
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.trim_end_matches('*').chars().count()).max().unwrap_or(0)
    };
    let widths = [0, 1, 2, 3].map(width);
    let mut lines = Vec::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            match column {
                0 => {
                    line = format!("{cell:width$}");
                    continue;
                }
                1 if !sized => continue,
                2.. if !images => continue,
                _ => {}
            }
            // The mark is outside the column, so that the units are aligned.
            let bare = cell.trim_end_matches('*');
            let mark = if bare.len() < cell.len() { "*" } else { " " };
            line.push_str(&format!("  {bare:>width$}{mark}"));
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(feature = "text")]
/// A size, marked if it was read from another image.
fn cell(size: Option<SizeOf<'_, String>>) -> String {
    match size {
        Some(size) if size.own => size.value,
        Some(size) => format!("{}*", size.value),
        None => "unknown".to_owned(),
    }
}

#[cfg(feature = "text")]
/// The explanation of the marks in the table.
pub(super) fn remark(report: &Report) -> Option<&'static str> {
    let mut images = report.targets.iter().filter_map(|target| target.image.as_deref());
    let marked = images.any(|image| {
        image.packed_size().is_some_and(|size| !size.own)
            || image.unpacked_size().is_some_and(|size| !size.own)
    });
    marked.then_some("sizes of the closest recorded images; `wheelbase image NAME` shows their names")
}
