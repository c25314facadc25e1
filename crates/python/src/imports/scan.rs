//! Reads what one Python file does when it is imported, limited to other modules and libraries.

use std::collections::BTreeSet;

use super::How;
use super::condition::{Constants, Value, dotted, holds, value};
use super::constants::constants;
use super::effects::{Import, Item, Scanned, What};
use super::flow::{Flow, catches, chain, defines, exits, raises, returns, tests_and_raises};
use super::lines::{Statement, Token, statements};

/// The conditions under which a statement runs.
#[derive(Clone, Copy, Debug)]
struct Context {
    how: How,
    /// A handler ignores `ImportError`.
    catches_import: bool,
    /// A handler ignores `OSError`.
    catches_open: bool,
}

impl Context {
    /// Returns the same context with at most this certainty.
    fn at_most(self, how: How) -> Self {
        Self { how: self.how.max(how), ..self }
    }

    /// Returns an effect in this context.
    fn item(self, what: What) -> Item {
        let caught = match what {
            What::Import(_) => self.catches_import,
            What::Open(_) => self.catches_open,
            What::Call(_) => self.catches_import || self.catches_open,
        };
        Item { how: if caught { self.how.max(How::Guarded) } else { self.how }, what }
    }
}

/// The context of the first statement of a file or function.
const CERTAIN: Context = Context { how: How::Certain, catches_import: false, catches_open: false };

/// Reads a file without running it.
pub(super) fn scan(text: &str) -> Scanned {
    let all = statements(text);
    let mut scanner = Scanner { constants: constants(&all), found: Scanned::default(), class: String::new() };
    let mut items = Vec::new();
    scanner.block(&all, CERTAIN, &mut items);
    scanner.found.items = items;
    scanner.found
}

/// The scanner of one file.
struct Scanner {
    constants: Constants,
    found: Scanned,
    /// The classes around the statement, each followed by a dot.
    class: String,
}

impl Scanner {
    /// Scans a block and adds its effects to `out`.
    fn block(&mut self, all: &[Statement<'_>], context: Context, out: &mut Vec<Item>) -> Flow {
        let mut context = context;
        let entry = context.how;
        let mut flow = Flow::On;
        let start = out.len();
        let mut at = 0;
        while let Some(statement) = all.get(at) {
            let chain = chain(all, at);
            let found = match statement.word() {
                "if" => self.branches(all.get(at..chain).unwrap_or_default(), context, out),
                "try" => self.attempt(all.get(at..chain).unwrap_or_default(), context, out),
                "def" | "async" if defines(statement).is_some() => {
                    self.define(statement);
                    Flow::On
                }
                "class" => {
                    let outer = self.class.clone();
                    let name = match statement.tokens.get(1) {
                        Some(Token::Name(name)) => *name,
                        _ => "",
                    };
                    self.class = format!("{outer}{name}.");
                    let found = self.block(&statement.body, context, out);
                    self.class = outer;
                    found
                }
                "with" => {
                    self.calls(&statement.tokens, context, out);
                    // `contextlib.suppress(ImportError)` continues after its block.
                    let suppresses = statement.tokens.contains(&Token::Name("suppress"));
                    let inner = match suppresses {
                        true => Context { catches_import: true, catches_open: true, ..context },
                        false => context,
                    };
                    self.block(&statement.body, inner, out)
                }
                "for" | "while" => {
                    self.calls(&statement.tokens, context, out);
                    self.block(&statement.body, context, out);
                    // `break` and `continue` leave the loop, but not the block around it.
                    if statement.body.iter().any(returns) { Flow::Perhaps } else { Flow::On }
                }
                "match" | "case" if !statement.body.is_empty() => {
                    match self.block(&statement.body, context.at_most(How::Maybe), out) {
                        Flow::On => Flow::On,
                        _ => Flow::Perhaps,
                    }
                }
                "raise" => {
                    require_opened(out, start, entry);
                    Flow::Raised
                }
                "return" => {
                    self.calls(&statement.tokens, context, out);
                    Flow::Left
                }
                "continue" | "break" => Flow::Left,
                _ => {
                    self.simple(statement, context, out);
                    if exits(&statement.tokens) { Flow::Raised } else { Flow::On }
                }
            };
            if matches!(statement.word(), "if" | "for" | "while" | "with" | "try")
                && all.get(at..chain).unwrap_or_default().iter().any(raises)
            {
                require_opened(out, start, entry);
            }
            match found {
                Flow::Left | Flow::Raised => return found,
                Flow::Perhaps => {
                    flow = Flow::Perhaps;
                    context = context.at_most(How::Maybe);
                }
                Flow::On => {}
            }
            at = chain.max(at + 1);
        }
        flow
    }

    /// Scans `if`, `elif` and `else`. An effect of every branch is certain if one of the branches always runs.
    fn branches(&mut self, chain: &[Statement<'_>], context: Context, out: &mut Vec<Item>) -> Flow {
        let mut live: Vec<Vec<Item>> = Vec::new();
        let mut flows = Vec::new();
        let mut exhaustive = false;
        for statement in chain {
            let condition = statement.tokens.get(1..).unwrap_or_default();
            self.calls(
                condition,
                context.at_most(if live.is_empty() { How::Certain } else { How::Maybe }),
                out,
            );
            let known = match statement.word() {
                "else" => Some(true),
                _ => holds(condition, &self.constants),
            };
            if known == Some(false) {
                continue;
            }
            let mut items = Vec::new();
            flows.push(self.block(&statement.body, context, &mut items));
            live.push(items);
            if known == Some(true) {
                exhaustive = true;
                break;
            }
        }
        let only = live.len() == 1 && exhaustive;
        let in_all = |item: &Item| live.iter().all(|items| items.contains(item));
        let mut done = BTreeSet::new();
        for item in live.iter().flatten() {
            let mut item = item.clone();
            if !(only || exhaustive && in_all(&item)) {
                item.how = item.how.max(How::Maybe);
            }
            if done.insert(item.clone()) {
                out.push(item);
            }
        }
        let left = |flow: &Flow| matches!(flow, Flow::Left | Flow::Raised);
        match flows.as_slice() {
            [] => Flow::On,
            [flow] if only => *flow,
            flows if exhaustive && flows.iter().all(left) => {
                if flows.iter().all(|flow| *flow == Flow::Raised) { Flow::Raised } else { Flow::Left }
            }
            // A branch that raises does not run before the statements that follow.
            flows if flows.iter().any(|flow| matches!(flow, Flow::Left | Flow::Perhaps)) => Flow::Perhaps,
            _ => Flow::On,
        }
    }

    /// Scans `try` with its handlers.
    fn attempt(&mut self, chain: &[Statement<'_>], context: Context, out: &mut Vec<Item>) -> Flow {
        let mut inner = context;
        let mut handled = Vec::new();
        for handler in chain.iter().filter(|statement| statement.word() == "except") {
            let mut items = Vec::new();
            let flow = self.block(&handler.body, context.at_most(How::Maybe), &mut items);
            handled.extend(items);
            if flow != Flow::Raised && !tests_and_raises(handler) {
                let caught = handler.tokens.get(1..).unwrap_or_default();
                inner.catches_import |= catches(caught, &["ImportError"]);
                inner.catches_open |= catches(caught, &["OSError", "IOError", "EnvironmentError"]);
            }
        }
        let mut flow = Flow::On;
        for statement in chain {
            match statement.word() {
                "try" => flow = self.block(&statement.body, inner, out),
                "else" if flow == Flow::On => flow = self.block(&statement.body, inner, out),
                "finally" => {
                    self.block(&statement.body, context, out);
                }
                _ => {}
            }
        }
        out.extend(handled);
        match flow {
            Flow::Raised => Flow::Perhaps,
            flow => flow,
        }
    }

    /// Records the effects of a function; they apply if it is called.
    fn define(&mut self, statement: &Statement<'_>) {
        let Some(name) = defines(statement) else { return };
        let name = format!("{}{name}", self.class);
        let outer = std::mem::take(&mut self.class);
        let mut items = Vec::new();
        self.block(&statement.body, CERTAIN, &mut items);
        self.class = outer;
        self.found.functions.entry(name).or_default().extend(items);
    }

    /// Scans a simple statement.
    fn simple(&mut self, statement: &Statement<'_>, context: Context, out: &mut Vec<Item>) {
        let tokens = statement.tokens.as_slice();
        match tokens {
            [Token::Name("import"), rest @ ..] => {
                for part in rest.split(|token| token.is(',')) {
                    let words: Vec<_> = part.split(|token| *token == Token::Name("as")).collect();
                    let Some(module) = words.first().and_then(|name| dotted(name)) else { continue };
                    out.push(context.item(What::Import(Import { level: 0, module, names: Vec::new() })));
                }
            }
            [Token::Name("from"), rest @ ..] => {
                let Some(at) = rest.iter().position(|token| *token == Token::Name("import")) else { return };
                let (from, names) = rest.split_at(at);
                let level = from.iter().take_while(|token| token.is('.')).count();
                let module = dotted(from.get(level..).unwrap_or_default()).unwrap_or_default();
                if level == 0 && module.is_empty() {
                    return;
                }
                let mut import = Import { level, module, names: Vec::new() };
                for part in names.get(1..).unwrap_or_default().split(|token| token.is(',')) {
                    let words: Vec<&str> = part
                        .iter()
                        .filter_map(|token| match token {
                            Token::Name(word) => Some(*word),
                            _ => None,
                        })
                        .collect();
                    let (name, alias) = match words.as_slice() {
                        [name] => (*name, *name),
                        [name, "as", alias] => (*name, *alias),
                        _ => continue,
                    };
                    import.names.push(name.to_owned());
                    let bound = Import { names: vec![name.to_owned()], ..import.clone() };
                    self.found.bindings.insert(alias.to_owned(), bound);
                }
                out.push(context.item(What::Import(import)));
            }
            _ => self.calls(tokens, context, out),
        }
    }

    /// Scans the calls in an expression.
    fn calls(&mut self, tokens: &[Token<'_>], context: Context, out: &mut Vec<Item>) {
        for (at, token) in tokens.iter().enumerate() {
            let Token::Name(name) = token else { continue };
            if !tokens.get(at + 1).is_some_and(|next| next.is('(')) {
                continue;
            }
            let is_attribute = at > 0 && tokens.get(at - 1).is_some_and(|before| before.is('.'));
            let arguments = arguments(tokens.get(at + 2..).unwrap_or_default());
            let first = arguments.split(|token| token.is(',')).next().unwrap_or_default();
            match (*name, is_attribute) {
                ("import_module" | "__import__", _) => {
                    let Some(Value::Text(text)) = value(first, &self.constants) else { continue };
                    let module = text.trim_start_matches('.').to_owned();
                    let level = text.len() - module.len();
                    out.push(context.item(What::Import(Import { level, module, names: Vec::new() })));
                }
                ("CDLL" | "PyDLL" | "LoadLibrary" | "dlopen" | "load_library", _) => {
                    // A library of the system, or the program itself (`CDLL(None)`), is not a file of the wheel.
                    let elsewhere = arguments.contains(&Token::Name("find_library"))
                        || matches!(first, [] | [Token::Name("None")]);
                    if !elsewhere {
                        let named = match first {
                            [Token::Text(text)] => Some((*text).to_owned()),
                            _ => None,
                        };
                        out.push(context.item(What::Open(named)));
                    }
                }
                (name, false) => out.push(context.item(What::Call(name.to_owned()))),
                _ => {}
            }
        }
    }
}

/// Marks guarded opens since `start` as required: a block that tries several libraries and raises if none of them loads
/// requires one.
fn require_opened(items: &mut [Item], start: usize, how: How) {
    for item in items.iter_mut().skip(start) {
        if matches!(item.what, What::Open(_)) && item.how == How::Guarded {
            item.how = how;
        }
    }
}

/// Returns the tokens up to the bracket that closes a call; `tokens` starts after the opening bracket.
fn arguments<'s, 't>(tokens: &'s [Token<'t>]) -> &'s [Token<'t>] {
    let mut depth = 1;
    let end = tokens.iter().position(|token| {
        depth += token.depth();
        depth == 0
    });
    tokens.get(..end.unwrap_or(tokens.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
