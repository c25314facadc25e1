//! Progress on standard error, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Output;
use wheelbase::edge::Progress as Counts;

/// A line that tells what is under way, and goes when it is done.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(output: &Output) -> Self {
        let bar = ProgressBar::no_length();
        // indicatif hides itself where standard error is no terminal.
        bar.set_draw_target(if output.is_quiet() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        });
        let style = ProgressStyle::with_template("{spinner} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        bar.set_style(style);
        // A run from the cache is over before anything is worth showing.
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    pub(super) fn show(&self, counts: Counts) {
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
            "{} of {} answers, {} targets decided",
            counts.answered, counts.asked, counts.decided
        ));
    }

    /// Does something that writes to standard error while the line is away.
    pub(super) fn hidden(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    /// Bytes of one file that came in.
    pub(super) fn show_bytes(&self, file: &str, bytes: u64) {
        self.bar.set_message(format!("{file}: {} fetched", indicatif::HumanBytes(bytes)));
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
