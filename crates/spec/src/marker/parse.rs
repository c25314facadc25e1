//! The grammar of markers, after `packaging` 26.3 (`_parser.py`).

use std::fmt;

use super::invalid::InvalidMarker;
use super::text::{canonical_name, quote, unescape};
use super::variable::Variable;
use crate::cursor::Cursor;
use crate::version::Specifier;

/// The maximum nesting of parentheses. `packaging` fails at some hundreds because of Python's recursion limit; real
/// markers have fewer than five levels.
const DEEPEST: usize = 200;

/// Alternatives joined by `or`, each a list of items joined by `and`. `not` exists only as part of `not in`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Expression {
    pub(super) any: Vec<Vec<Item>>,
}

/// A comparison, or an expression in parentheses with more than one part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    Comparison(Comparison),
    Nested(Expression),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    GreaterEqual,
    Greater,
    Compatible,
    Arbitrary,
    In,
    NotIn,
}

/// The operators. An operator comes before its own prefixes.
const OPERATORS: [(&str, Operator); 8] = [
    ("===", Operator::Arbitrary),
    ("==", Operator::Equal),
    ("~=", Operator::Compatible),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessEqual),
    (">=", Operator::GreaterEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

impl Operator {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::GreaterEqual => ">=",
            Self::Greater => ">",
            Self::Compatible => "~=",
            Self::Arbitrary => "===",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Operand {
    Variable(Variable),
    Value(Box<str>),
}

impl Operand {
    /// Returns what `packaging` calls `value`: the text, or the name of a variable.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Variable(variable) => variable.name(),
            Self::Value(value) => value,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Comparison {
    pub(super) left: Operand,
    pub(super) operator: Operator,
    pub(super) right: Operand,
    /// The specifier of operator and right side, if the left side is a version variable.
    pub(super) specifier: Option<Specifier>,
}

impl Comparison {
    fn new(left: Operand, operator: Operator, right: Operand) -> Self {
        // PEP 685: names of extras are compared in normalized form; `packaging` normalizes the literal once.
        let (left, right) = match (left, right) {
            (Operand::Variable(Variable::Extra), Operand::Value(value)) => {
                (Operand::Variable(Variable::Extra), Operand::Value(canonical_name(&value).into()))
            }
            (Operand::Value(value), Operand::Variable(variable))
                if variable == Variable::Extra || variable.is_set() =>
            {
                (Operand::Value(canonical_name(&value).into()), Operand::Variable(variable))
            }
            unchanged => unchanged,
        };
        let specifier = match &left {
            Operand::Variable(variable) if variable.is_version() => {
                format!("{}{}", operator.as_str(), right.text()).parse().ok()
            }
            _ => None,
        };
        Self { left, operator, right, specifier }
    }

    /// Returns the variable whose value is compared. If the left side is a literal, `packaging` looks up the right side
    /// by its text, so a literal there that equals the name of a variable means the variable.
    pub(super) fn variable(&self) -> Option<Variable> {
        match (&self.left, &self.right) {
            (Operand::Variable(variable), _) | (_, Operand::Variable(variable)) => Some(*variable),
            (_, Operand::Value(name)) => Variable::named(name),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operand = |f: &mut fmt::Formatter<'_>, operand: &Operand| match operand {
            Operand::Variable(variable) => f.write_str(variable.name()),
            Operand::Value(value) => f.write_str(&quote(value)),
        };
        operand(f, &self.left)?;
        write!(f, " {} ", self.operator.as_str())?;
        operand(f, &self.right)
    }
}

impl Expression {
    /// Returns both expressions joined by `and`.
    pub(super) fn and(&self, other: &Self) -> Self {
        let all = |expression: &Self| match expression.any.as_slice() {
            [all] => all.clone(),
            _ => vec![Item::Nested(expression.clone())],
        };
        Self { any: vec![all(self).into_iter().chain(all(other)).collect()] }
    }

    /// Returns all comparisons, from left to right.
    pub(super) fn comparisons(&self) -> Box<dyn Iterator<Item = &Comparison> + '_> {
        // The depth is bounded, see `DEEPEST`.
        Box::new(self.any.iter().flatten().flat_map(|item| match item {
            Item::Comparison(comparison) => Box::new(std::iter::once(comparison)),
            Item::Nested(nested) => nested.comparisons(),
        }))
    }

    pub(super) fn top_level_extra(&self) -> Option<Self> {
        let [all] = self.any.as_slice() else { return None };
        all.iter().find_map(|item| match item {
            Item::Comparison(comparison) if comparison.variable() == Some(Variable::Extra) => {
                Some(Self { any: vec![vec![item.clone()]] })
            }
            Item::Comparison(_) => None,
            Item::Nested(nested) => nested.top_level_extra(),
        })
    }

    /// Returns the expression without some comparisons; `None` if nothing is left.
    pub(super) fn without(&self, leave_out: &impl Fn(&Comparison) -> bool) -> Option<Self> {
        let any: Vec<Vec<Item>> = self
            .any
            .iter()
            .map(|all| {
                let kept = all.iter().filter_map(|item| match item {
                    Item::Comparison(comparison) => (!leave_out(comparison)).then(|| item.clone()),
                    Item::Nested(nested) => nested.without(leave_out).map(Item::Nested),
                });
                kept.collect::<Vec<_>>()
            })
            .filter(|all| !all.is_empty())
            .collect();
        (!any.is_empty()).then_some(Self { any })
    }

    pub(super) fn mentions(&self, variable: Variable) -> bool {
        self.any.iter().flatten().any(|item| match item {
            Item::Comparison(comparison) => comparison.variable() == Some(variable),
            Item::Nested(nested) => nested.mentions(variable),
        })
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, all) in self.any.iter().enumerate() {
            if position > 0 {
                f.write_str(" or ")?;
            }
            for (position, item) in all.iter().enumerate() {
                if position > 0 {
                    f.write_str(" and ")?;
                }
                match item {
                    Item::Comparison(comparison) => fmt::Display::fmt(comparison, f)?,
                    Item::Nested(nested) => write!(f, "({nested})")?,
                }
            }
        }
        Ok(())
    }
}

/// Parses a complete marker.
pub(super) fn parse(text: &str) -> Result<Expression, InvalidMarker> {
    let mut parser = Parser { cursor: Cursor::new(text) };
    let expression = parser.expression(0)?;
    if parser.cursor.is_at_end() {
        Ok(expression)
    } else {
        Err(parser.fault("expected `and`, `or` or the end of the marker"))
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
}

impl Parser<'_> {
    fn fault(&self, message: impl Into<String>) -> InvalidMarker {
        InvalidMarker { message: message.into(), offset: self.cursor.position() }
    }

    fn expression(&mut self, depth: usize) -> Result<Expression, InvalidMarker> {
        let mut any = Vec::new();
        let mut all = vec![self.item(depth)?];
        loop {
            if self.cursor.word("and") {
                all.push(self.item(depth)?);
            } else if self.cursor.word("or") {
                any.push(std::mem::take(&mut all));
                all.push(self.item(depth)?);
            } else {
                any.push(all);
                return Ok(Expression { any });
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<Item, InvalidMarker> {
        self.cursor.space();
        let open = self.cursor.position();
        if !self.cursor.take("(") {
            return Ok(Item::Comparison(self.comparison()?));
        }
        if depth == DEEPEST {
            self.cursor.back_to(open);
            return Err(self.fault(format!("parentheses are nested deeper than {DEEPEST} levels")));
        }
        let mut nested = self.expression(depth + 1)?;
        if !self.cursor.take(")") {
            self.cursor.back_to(open);
            return Err(self.fault("this `(` is never closed"));
        }
        self.cursor.space();
        // Parentheses around one item are dropped, so that equal markers are equal values.
        if let [all] = nested.any.as_mut_slice()
            && all.len() == 1
            && let Some(only) = all.pop()
        {
            return Ok(only);
        }
        Ok(Item::Nested(nested))
    }

    fn comparison(&mut self) -> Result<Comparison, InvalidMarker> {
        let left = self.operand()?;
        self.cursor.space();
        let operator = self.operator()?;
        self.cursor.space();
        let right = self.operand()?;
        self.cursor.space();
        Ok(Comparison::new(left, operator, right))
    }

    fn operand(&mut self) -> Result<Operand, InvalidMarker> {
        if let Some(variable) = Variable::parse(&mut self.cursor) {
            return Ok(Operand::Variable(variable));
        }
        let rest = self.cursor.rest();
        let quote = match rest.chars().next() {
            Some(quote @ ('\'' | '"')) => quote,
            _ => return Err(self.fault("expected a marker variable or a quoted string")),
        };
        let literal = rest.get(1..).unwrap_or_default();
        let Some(length) = literal.find(quote) else {
            return Err(self.fault("this quoted string is never closed"));
        };
        let value = literal.get(..length).and_then(unescape);
        let value =
            value.ok_or_else(|| self.fault("this quoted string is not a valid Python string literal"))?;
        self.cursor.skip(length + 2);
        Ok(Operand::Value(value.into()))
    }

    fn operator(&mut self) -> Result<Operator, InvalidMarker> {
        if self.cursor.word("in") {
            return Ok(Operator::In);
        }
        if self.cursor.word("not") {
            if self.cursor.space() && self.cursor.word("in") {
                return Ok(Operator::NotIn);
            }
            return Err(self.fault("expected `in` after `not`"));
        }
        let found = OPERATORS.into_iter().find(|(spelling, _)| self.cursor.take(spelling));
        found.map(|(_, operator)| operator).ok_or_else(|| {
            self.fault("expected one of `<=`, `<`, `!=`, `==`, `>=`, `>`, `~=`, `===`, `in`, `not in`")
        })
    }
}
