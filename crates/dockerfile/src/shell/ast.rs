//! The syntax tree of a shell script, for the parts that can affect an installation.

/// A word before expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) parts: Vec<Part>,
    /// Byte offset of the first character in the script.
    pub(crate) offset: usize,
}

/// One part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal {
        text: String,
        quoted: bool,
    },
    Parameter {
        name: String,
        operator: Option<(Operator, Word)>,
        quoted: bool,
    },
    /// `$(...)` and backquotes.
    Command {
        text: String,
        quoted: bool,
    },
    /// `$((...))`, `<(...)` and other parts without a text.
    Opaque {
        text: String,
    },
}

/// The operator after the name in `${name...}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Default {
        colon: bool,
    },
    Assign {
        colon: bool,
    },
    Alternative {
        colon: bool,
    },
    Require {
        colon: bool,
    },
    TrimPrefix {
        longest: bool,
    },
    TrimSuffix {
        longest: bool,
    },
    Replace {
        all: bool,
        replacement: Word,
    },
    /// `${#name}`, `${name^^}`, `${name:1:2}`, arrays.
    Other(String),
}

/// The operator between a command and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connector {
    Then,
    And,
    Or,
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Redirect {
    In(Word),
    Out(Word),
    Append(Word),
    /// The body of a here-document or here-string.
    Here(Word),
}

/// `name=value` before a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    pub(crate) value: Word,
    pub(crate) append: bool,
}

/// A command without inner structure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Simple {
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) words: Vec<Word>,
    pub(crate) redirects: Vec<Redirect>,
    pub(crate) offset: usize,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Simple(Simple),
    Pipeline { parts: Vec<Self>, negated: bool },
    List(Vec<(Connector, Self)>),
    Subshell(Box<Self>),
    Group { body: Box<Self>, redirects: Vec<Redirect> },
    If { arms: Vec<(Self, Self)>, otherwise: Option<Box<Self>> },
    For { variable: String, words: Option<Vec<Word>>, body: Box<Self> },
    While { condition: Box<Self>, body: Box<Self>, until: bool },
    Case { word: Word, arms: Vec<(Vec<Word>, Self)> },
    Function { name: String, body: Box<Self> },
}
