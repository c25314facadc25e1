//! How a text report looks.

/// Columns that fit on a screen, whatever it is.
pub(super) const FEW_COLUMNS: usize = 4;

/// How a text report looks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TextOptions {
    /// Whether to use colours.
    pub color: bool,
    /// The width of the terminal in columns; `None` for a pipe, where lines are as long as they need to be.
    pub width: Option<u16>,
    /// Whether projects that are wheels on every target get rows, and findings of level allow are shown.
    pub all: bool,
}

impl TextOptions {
    /// No colour, no width limit, the short form.
    pub fn plain() -> Self {
        Self { color: false, width: None, all: false }
    }

    /// The same with colours or without.
    pub fn with_color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// The same for a terminal of a width.
    pub fn with_width(mut self, width: Option<u16>) -> Self {
        self.width = width;
        self
    }

    /// The same with every project and finding.
    pub fn with_all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }
}

/// Colours, or none.
pub(super) struct Style {
    color: bool,
}

impl Style {
    pub(super) fn new(color: bool) -> Self {
        Self { color }
    }

    fn paint(&self, text: &str, style: anstyle::Style) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn colored(&self, text: &str, color: anstyle::AnsiColor) -> String {
        self.paint(text, color.on_default())
    }

    pub(super) fn red(&self, text: &str) -> String {
        self.paint(text, anstyle::AnsiColor::Red.on_default().bold())
    }

    pub(super) fn yellow(&self, text: &str) -> String {
        self.colored(text, anstyle::AnsiColor::Yellow)
    }

    pub(super) fn green(&self, text: &str) -> String {
        self.colored(text, anstyle::AnsiColor::Green)
    }

    pub(super) fn magenta(&self, text: &str) -> String {
        self.colored(text, anstyle::AnsiColor::Magenta)
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.paint(text, anstyle::Style::new().bold())
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.paint(text, anstyle::Style::new().dimmed())
    }
}
