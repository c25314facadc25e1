//! The evaluation of markers, after `packaging` 26.3 (`markers.py`, `_evaluate_markers` and `_eval_op`).

use std::collections::BTreeSet;

use super::environment::{MarkerAnswer, MarkerContext, MarkerEnvironment};
use super::parse::{Comparison, Expression, Item, Operand, Operator};
use super::text::canonical_name;
use super::variable::Variable;
use crate::version::{Specifier, Version};

/// The maximum number of unknown comparisons whose combinations are tried. Each one doubles the work.
const MOST_UNKNOWNS: usize = 10;

/// The result of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Known(bool),
    /// It depends on this variable, whose value is unknown.
    Unknown(Variable),
    /// `packaging` raises.
    Undefined,
}

struct Scope<'a> {
    environment: &'a MarkerEnvironment,
    extra: &'a str,
    context: MarkerContext<'a>,
}

/// Evaluates an expression with one value of `extra`.
pub(super) fn evaluate(
    expression: &Expression,
    environment: &MarkerEnvironment,
    extra: &str,
    context: MarkerContext<'_>,
) -> MarkerAnswer {
    let scope = Scope { environment, extra, context };
    let mut names = BTreeSet::new();
    match three_valued(expression, &scope, &mut names) {
        Some(answer) => MarkerAnswer::of(answer),
        None => match same_whatever_is_unknown(expression, &scope) {
            Some(answer) => MarkerAnswer::of(answer),
            None => MarkerAnswer::Unknown(names.into_iter().collect()),
        },
    }
}

/// Returns the comparisons for which `packaging` raises.
pub(super) fn undefined<'a>(
    expression: &'a Expression,
    environment: &'a MarkerEnvironment,
) -> impl Iterator<Item = &'a Comparison> {
    let scope = Scope { environment, extra: "", context: MarkerContext::default() };
    expression.comparisons().filter(move |comparison| comparison.truth(&scope) == Truth::Undefined)
}

/// Returns the expression without the comparisons for which `packaging` raises; `None` if nothing is left.
pub(super) fn defined(expression: &Expression, environment: &MarkerEnvironment) -> Option<Expression> {
    let scope = Scope { environment, extra: "", context: MarkerContext::default() };
    expression.without(&|comparison| comparison.truth(&scope) == Truth::Undefined)
}

impl MarkerAnswer {
    fn of(is_true: bool) -> Self {
        if is_true { Self::True } else { Self::False }
    }
}

/// Evaluates `and` and `or` over known and unknown parts. `names` collects the variables on which an unknown result
/// depends.
fn three_valued(
    expression: &Expression,
    scope: &Scope<'_>,
    names: &mut BTreeSet<&'static str>,
) -> Option<bool> {
    let mut open = BTreeSet::new();
    for all in &expression.any {
        if all_hold(all, scope, &mut open) == Some(true) {
            return Some(true);
        }
    }
    if open.is_empty() {
        return Some(false);
    }
    names.extend(open);
    None
}

fn all_hold(all: &[Item], scope: &Scope<'_>, names: &mut BTreeSet<&'static str>) -> Option<bool> {
    let mut open = BTreeSet::new();
    for item in all {
        let answer = match item {
            Item::Nested(nested) => three_valued(nested, scope, &mut open),
            Item::Comparison(comparison) => match comparison.truth(scope) {
                Truth::Known(is_true) => Some(is_true),
                Truth::Undefined => Some(false),
                Truth::Unknown(variable) => {
                    open.insert(variable.name());
                    None
                }
            },
        };
        if answer == Some(false) {
            return Some(false);
        }
    }
    if open.is_empty() {
        return Some(true);
    }
    names.extend(open);
    None
}

/// Tries both results of every unknown comparison. Equal comparisons share a result, and `!=` is the opposite of `==`:
/// `platform_release == 'a' or platform_release != 'a'` is true on every kernel whose release is not a version.
fn same_whatever_is_unknown(expression: &Expression, scope: &Scope<'_>) -> Option<bool> {
    let mut unknowns: Vec<Unknown<'_>> = Vec::new();
    for comparison in expression.comparisons() {
        if matches!(comparison.truth(scope), Truth::Unknown(_)) {
            let (unknown, _) = Unknown::of(comparison);
            if !unknowns.contains(&unknown) {
                unknowns.push(unknown);
            }
        }
        if unknowns.len() > MOST_UNKNOWNS {
            return None;
        }
    }
    let mut answer = None;
    for assignment in 0..(1_u32 << unknowns.len()) {
        let is_true = assigned(expression, scope, &unknowns, assignment);
        if *answer.get_or_insert(is_true) != is_true {
            return None;
        }
    }
    answer
}

fn assigned(expression: &Expression, scope: &Scope<'_>, unknowns: &[Unknown<'_>], assignment: u32) -> bool {
    expression.any.iter().any(|all| {
        all.iter().all(|item| match item {
            Item::Nested(nested) => assigned(nested, scope, unknowns, assignment),
            Item::Comparison(comparison) => match comparison.truth(scope) {
                Truth::Known(is_true) => is_true,
                Truth::Undefined => false,
                Truth::Unknown(_) => {
                    let (unknown, contrary) = Unknown::of(comparison);
                    let position = unknowns.iter().position(|known| *known == unknown);
                    let bit = position.is_some_and(|position| assignment >> position & 1 == 1);
                    bit != contrary
                }
            },
        })
    })
}

/// A comparison with an unknown result, in the form that equal comparisons share.
#[derive(PartialEq)]
struct Unknown<'a> {
    left: &'a Operand,
    operator: Operator,
    right: &'a Operand,
}

impl<'a> Unknown<'a> {
    /// Returns the form, and whether the comparison is its negation.
    fn of(comparison: &'a Comparison) -> (Self, bool) {
        let Comparison { left, operator, right, .. } = comparison;
        // Between versions `!=` is not the opposite of `==`: both are false for a release that is not a version.
        let versions = comparison.specifier.is_some()
            || comparison
                .variable()
                .is_some_and(|variable| variable.is_version() && *left != Operand::Variable(variable));
        let (operator, contrary) = match operator {
            Operator::NotIn => (Operator::In, true),
            Operator::NotEqual if !versions => (Operator::Equal, true),
            Operator::LessEqual | Operator::GreaterEqual if !versions => (Operator::Equal, false),
            same => (*same, false),
        };
        (Self { left, operator, right }, contrary)
    }
}

impl Comparison {
    fn truth(&self, scope: &Scope<'_>) -> Truth {
        let Some(variable) = self.variable() else { return Truth::Undefined };
        let (text, reversed) = match (&self.left, &self.right) {
            (Operand::Variable(_), right) => (right.text(), false),
            (Operand::Value(value), _) => (&**value, true),
        };
        match variable {
            Variable::Extra if reversed => of_texts(text, self.operator, scope.extra),
            Variable::Extra => of_texts(scope.extra, self.operator, text),
            Variable::Extras | Variable::DependencyGroups => self.in_set(variable, text, reversed, scope),
            _ => match scope.environment.value(variable) {
                Some(value) => self.with_value(variable, value, text, reversed),
                None => self.without_value(variable, text, reversed, scope),
            },
        }
    }

    /// A set never equals a text, so all operators except the membership tests have the result for unequal values.
    fn in_set(&self, variable: Variable, text: &str, reversed: bool, scope: &Scope<'_>) -> Truth {
        if !reversed {
            return Truth::Undefined;
        }
        let set =
            if variable == Variable::Extras { scope.context.extras } else { scope.context.dependency_groups };
        let name = canonical_name(text);
        let inside = set.iter().any(|member| member.as_str() == name);
        match self.operator {
            Operator::In => Truth::Known(inside),
            Operator::NotIn => Truth::Known(!inside),
            Operator::NotEqual => Truth::Known(true),
            Operator::Compatible | Operator::Arbitrary => Truth::Undefined,
            _ => Truth::Known(false),
        }
    }

    fn with_value(&self, variable: Variable, value: &str, text: &str, reversed: bool) -> Truth {
        // `platform.python_version()` of an untagged build ends in `+`, which is not a valid version
        // (`_pep440_python_full_version`).
        let repaired;
        let value = if variable == Variable::PythonFullVersion && value.ends_with('+') {
            repaired = format!("{value}local");
            &repaired
        } else {
            value
        };
        if variable.is_version() {
            if reversed {
                if let Ok(specifier) = format!("{}{value}", self.operator.as_str()).parse::<Specifier>() {
                    return Truth::Known(specifier.contains_text(text));
                }
            } else if let Some(specifier) = &self.specifier {
                return Truth::Known(specifier.contains_text(value));
            }
        }
        if reversed { of_texts(text, self.operator, value) } else { of_texts(value, self.operator, text) }
    }

    /// Returns the result of a comparison that is the same for every value, if it is.
    fn without_value(&self, variable: Variable, text: &str, reversed: bool, scope: &Scope<'_>) -> Truth {
        let texts = if reversed { !variable.is_version() } else { self.specifier.is_none() };
        match self.operator {
            // Texts have no order: see `of_texts`.
            Operator::Less | Operator::Greater if texts => return Truth::Known(false),
            Operator::Compatible | Operator::Arbitrary if texts => return Truth::Undefined,
            // The empty text is part of every text.
            Operator::In if reversed && text.is_empty() => return Truth::Known(true),
            Operator::NotIn if reversed && text.is_empty() => return Truth::Known(false),
            _ => {}
        }
        if variable == Variable::PythonFullVersion
            && let Some(is_true) = self.for_every_patch(text, reversed, scope)
        {
            return Truth::Known(is_true);
        }
        Truth::Unknown(variable)
    }

    /// Returns the result for `python_full_version` if only `python_version` is known and every patch release has the
    /// same result. The result can change only at the patch number of the literal, so it is enough to test the numbers
    /// around it and both ends.
    fn for_every_patch(&self, text: &str, reversed: bool, scope: &Scope<'_>) -> Option<bool> {
        let minor = scope.environment.python_version.as_deref()?;
        let literal: Version = text.trim_end_matches(".*").parse().ok()?;
        let patch = literal.release().get(2).copied().unwrap_or(0);
        let mut answer = None;
        for patch in [0, patch.saturating_sub(1), patch, patch.saturating_add(1), u64::from(u32::MAX)] {
            let value = format!("{minor}.{patch}");
            match self.with_value(Variable::PythonFullVersion, &value, text, reversed) {
                Truth::Known(is_true) if answer.is_none_or(|answer| answer == is_true) => {
                    answer = Some(is_true);
                }
                _ => return None,
            }
        }
        answer
    }
}

/// `packaging` 26.3, `_operators`: texts are equal or not; `<=` and `>=` test for equality, `<` and `>` are always
/// false.
fn of_texts(left: &str, operator: Operator, right: &str) -> Truth {
    Truth::Known(match operator {
        Operator::In => right.contains(left),
        Operator::NotIn => !right.contains(left),
        Operator::Less | Operator::Greater => false,
        Operator::Equal | Operator::LessEqual | Operator::GreaterEqual => left == right,
        Operator::NotEqual => left != right,
        Operator::Compatible | Operator::Arbitrary => return Truth::Undefined,
    })
}
