//! Environment markers, evaluated as `packaging` does, with unknown variables allowed.
//!
//! The grammar and the meaning are those of `packaging` 26.3 (`_parser.py`, `markers.py`), the library that pip
//! carries. Two things are added. A variable may be unknown: the kernel's release is no property of an image. And
//! what `packaging` refuses to compare (`platform_machine ~= "x86"`) does not end the evaluation: such a comparison
//! does not hold, and [`Marker::undefined_comparisons`] names it.

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

use crate::name::ExtraName;

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
    /// What the marker says in an environment.
    ///
    /// `extra` takes the value of each extra in force in turn, and one that makes the marker hold is enough, as
    /// pip 26.3 does (`InstallRequirement.match_markers`); without extras it is the empty string. `extras` and
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

    /// The same with one value of `extra`; `None` is the empty string, which stands for no extra.
    pub fn evaluate_for_extra(
        &self,
        environment: &MarkerEnvironment,
        extra: Option<&ExtraName>,
    ) -> MarkerAnswer {
        let extras = extra.map(std::slice::from_ref).unwrap_or_default();
        self.evaluate(environment, MarkerContext { extras, ..MarkerContext::default() })
    }

    /// The marker that holds where both hold.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self { expression: Arc::new(self.expression.and(&other.expression)) }
    }

    /// Whether `extra` stands in it, so that its answer may depend on the extras in force.
    pub fn mentions_extra(&self) -> bool {
        self.expression.mentions(variable::Variable::Extra)
    }

    /// What the marker says to uv, which leaves out what `packaging` refuses: of `a and undefined` it is `a`, and of an
    /// undefined comparison alone nothing, which always holds (uv 0.13.9, `parse_markers_cursor`).
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

    /// The condition on `extra` that holds wherever the marker does, if it stands at the top: of
    /// `python_version > '3' and extra == 'x'` it is the second part.
    pub fn top_level_extra(&self) -> Option<Self> {
        self.expression.top_level_extra().map(|expression| Self { expression: Arc::new(expression) })
    }

    /// The comparisons that `packaging` 26.3 refuses with `UndefinedComparison` or `UndefinedEnvironmentName` in this
    /// environment, so that pip stops there: `~=` or `===` between texts, a set on the left, two literals. In
    /// [`evaluate`](Self::evaluate) they do not hold.
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
    /// In the spelling of `packaging`: double quotes, one space, variables by their present names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.expression, f)
    }
}
