//! Progress on standard error, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Output;
use wheelbase::edge::{Event, Progress as Counts};

/// A line on the terminal with the progress; it is removed at the end.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(output: &Output) -> Self {
        let bar = ProgressBar::no_length();
        // indicatif prints nothing if standard error is not a terminal.
        bar.set_draw_target(if output.is_quiet() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        });
        let style = ProgressStyle::with_template("{spinner} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        bar.set_style(style);
        // A run that uses only the cache ends before the first tick.
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    /// Shows an event.
    pub(super) fn show_event(&self, event: Event, output: &Output) {
        match event {
            Event::Remark(remark) => self.bar.suspend(|| output.note(&format!("note: {remark}"))),
            Event::Progress(counts) => self.show_counts(counts),
            Event::Bytes { file, bytes } => {
                self.bar.set_message(format!("{file}: {} fetched", indicatif::HumanBytes(bytes)));
            }
            Event::Note(note) => self.bar.suspend(|| output.detail(&note)),
            Event::Finished(stats) => {
                self.finish();
                output.detail(&format!(
                    "{} requests, {} bytes, {} retries, {} cache hits",
                    stats.requests, stats.bytes, stats.retries, stats.cache_hits
                ));
            }
            _ => {}
        }
    }

    fn show_counts(&self, counts: Counts) {
        if counts.wheels > 0 {
            self.bar.set_message(format!(
                "{} of {} wheels inspected, {} fetched",
                counts.inspected,
                counts.wheels,
                indicatif::HumanBytes(counts.inspected_bytes)
            ));
            return;
        }
        self.bar.set_message(format!(
            "{} of {} files fetched, {} targets decided",
            counts.answered, counts.asked, counts.decided
        ));
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
