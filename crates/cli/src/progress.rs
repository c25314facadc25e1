//! Progress on standard error, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Output;
use wheelbase::edge::{Event, Progress as Counts};

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

    /// Shows what goes on.
    pub(super) fn tell(&self, event: Event, output: &Output) {
        match event {
            Event::Remark(remark) => self.bar.suspend(|| output.note(&format!("note: {remark}"))),
            Event::Progress(counts) => self.show(counts),
            Event::Bytes { file, bytes } => {
                self.bar.set_message(format!("{file}: {} fetched", indicatif::HumanBytes(bytes)));
            }
            Event::Note(note) => self.bar.suspend(|| output.detail(&note)),
            Event::Finished(stats) => {
                self.finish();
                output.detail(&format!(
                    "{} requests, {} bytes, {} retries, {} answers from the cache",
                    stats.requests, stats.bytes, stats.retries, stats.cache_hits
                ));
            }
            _ => {}
        }
    }

    fn show(&self, counts: Counts) {
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

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
