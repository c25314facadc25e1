//! Standard output and standard error, with or without colors.

use std::io::{self, IsTerminal as _, Write as _};

use super::args::{ColorChoice, Global};
use wheelbase::error::Error;

/// The output streams and their options.
pub(super) struct Output {
    color: anstream::ColorChoice,
    quiet: bool,
    verbose: u8,
}

impl Output {
    pub(super) fn new(global: &Global) -> Self {
        let color = match global.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { color, quiet: global.quiet, verbose: global.verbose }
    }

    /// Returns whether only errors are printed.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns whether details are printed.
    pub(super) fn is_verbose(&self) -> bool {
        self.verbose > 0
    }

    /// Returns whether standard output shows colors.
    pub(super) fn has_color(&self) -> bool {
        match self.color {
            anstream::ColorChoice::Auto => {
                anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
            }
            choice => choice != anstream::ColorChoice::Never,
        }
    }

    /// The width of the terminal behind standard output; `None` for a pipe or a file.
    pub(super) fn width(&self) -> Option<u16> {
        if !io::stdout().is_terminal() {
            return None;
        }
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        columns.or_else(|| {
            comfy_table::Table::new()
                .set_content_arrangement(comfy_table::ContentArrangement::Dynamic)
                .width()
        })
    }

    /// Prints to standard output. A closed pipe (`| head`) is not an error.
    ///
    /// # Errors
    ///
    /// If standard output cannot be written for another reason.
    pub(super) fn print(&self, text: &str) -> Result<u8, Error> {
        if self.quiet {
            return Ok(0);
        }
        let mut stdout = anstream::AutoStream::new(io::stdout(), self.color);
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::io(std::path::Path::new("standard output"), error))
            }
            _ => Ok(0),
        }
    }

    /// Prints a note to standard error.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.stderr(&format!("{text}\n"));
        }
    }

    /// Prints a note that requires `-v`.
    pub(super) fn detail(&self, text: &str) {
        if self.verbose > 0 && !self.quiet {
            self.stderr(&format!("{text}\n"));
        }
    }

    /// Prints an error, with one line per fault.
    pub(super) fn error(&self, error: &Error) {
        let style = anstyle::AnsiColor::Red.on_default().bold();
        let mut text = String::new();
        for line in error.to_string().lines() {
            text.push_str(&format!("{style}error{style:#}: {line}\n"));
        }
        self.stderr(&text);
    }

    fn stderr(&self, text: &str) {
        let mut stderr = anstream::AutoStream::new(io::stderr(), self.color);
        // If standard error is closed, there is no other stream for the message.
        let _ = stderr.write_all(text.as_bytes());
    }
}
