//! Environment markers, evaluated as `packaging` does, with support for unknown variables.
//!
//! The grammar and the semantics are those of `packaging` 26.3 (`_parser.py`, `markers.py`), the library that pip
//! vendors. There are two differences. A variable may be unknown, because the kernel's release is not a property of an
//! image. And a comparison that `packaging` refuses (`platform_machine ~= "x86"`) does not stop the evaluation: it is
//! false, and [`Marker::undefined_comparisons`] returns it.

mod environment;
mod evaluate;
mod invalid;
mod parse;
mod text;
mod variable;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use environment::{MarkerAnswer, MarkerContext, MarkerEnvironment};
pub use invalid::InvalidMarker;
use parse::Expression;

/// A parsed marker. Clones share their content.
///
/// ```
/// use wheelbase::marker::{Marker, MarkerAnswer, MarkerContext, MarkerEnvironment};
///
/// let mut environment = MarkerEnvironment::default();
/// environment.python_version = Some("3.12".to_owned());
/// environment.sys_platform = Some("linux".to_owned());
///
/// let marker: Marker = "python_version >= '3.9' and sys_platform != 'win32'".parse()?;
/// assert_eq!(marker.evaluate(&environment, MarkerContext::default()), MarkerAnswer::True);
///
/// let marker: Marker = "platform_release == '6.1'".parse()?;
/// let answer = marker.evaluate(&environment, MarkerContext::default());
/// assert_eq!(answer, MarkerAnswer::Unknown(vec!["platform_release"]));
/// # Ok::<(), wheelbase::marker::InvalidMarker>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Marker {
    expression: Arc<Expression>,
}

impl Marker {
    /// Evaluates the marker in an environment.
    ///
    /// `extra` takes the value of each active extra in turn, and the marker is true if it is true for one of them, as
    /// in pip 26.3 (`InstallRequirement.match_markers`). Without extras it is the empty string. `extras` and
    /// `dependency_groups` are sets (PEP 751).
    pub fn evaluate(&self, environment: &MarkerEnvironment, context: MarkerContext<'_>) -> MarkerAnswer {
        if context.extras.is_empty() || !self.mentions_extra() {
            return evaluate::evaluate(&self.expression, environment, "", context);
        }
        let mut unknown = Vec::new();
        for extra in context.extras {
            match evaluate::evaluate(&self.expression, environment, extra.as_str(), context) {
                MarkerAnswer::True => return MarkerAnswer::True,
                MarkerAnswer::False => {}
                MarkerAnswer::Unknown(names) => unknown.extend(names),
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() { MarkerAnswer::False } else { MarkerAnswer::Unknown(unknown) }
    }

    /// Returns the marker that is true if both are.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self { expression: Arc::new(self.expression.and(&other.expression)) }
    }

    /// Returns whether the marker uses `extra`, so that its result may depend on the active extras.
    pub fn mentions_extra(&self) -> bool {
        self.expression.mentions(variable::Variable::Extra)
    }

    /// Evaluates the marker as uv does, which removes the comparisons that `packaging` refuses: `a and undefined`
    /// becomes `a`, and an undefined comparison alone is true (uv 0.13.9, `parse_markers_cursor`).
    pub fn evaluate_leniently(
        &self,
        environment: &MarkerEnvironment,
        context: MarkerContext<'_>,
    ) -> MarkerAnswer {
        if evaluate::undefined(&self.expression, environment).next().is_none() {
            return self.evaluate(environment, context);
        }
        match evaluate::defined(&self.expression, environment) {
            Some(expression) => Self { expression: Arc::new(expression) }.evaluate(environment, context),
            None => MarkerAnswer::True,
        }
    }

    /// Returns the condition on `extra` at the top level of the marker, which is true wherever the marker is: the
    /// second part of `python_version > '3' and extra == 'x'`.
    pub fn top_level_extra(&self) -> Option<Self> {
        self.expression.top_level_extra().map(|expression| Self { expression: Arc::new(expression) })
    }

    /// Returns the comparisons that `packaging` 26.3 refuses in this environment with `UndefinedComparison` or
    /// `UndefinedEnvironmentName`, so that pip fails: `~=` or `===` between texts, a set on the left, two literals.
    /// [`evaluate`](Self::evaluate) treats them as false.
    pub fn undefined_comparisons(&self, environment: &MarkerEnvironment) -> Vec<String> {
        evaluate::undefined(&self.expression, environment).map(ToString::to_string).collect()
    }
}

impl FromStr for Marker {
    type Err = InvalidMarker;

    fn from_str(text: &str) -> Result<Self, InvalidMarker> {
        parse::parse(text).map(|expression| Self { expression: Arc::new(expression) })
    }
}

impl fmt::Display for Marker {
    /// Writes the marker as `packaging` does: double quotes, single spaces, current names of variables.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.expression, f)
    }
}
