//! What one Python file does when it is imported, as far as it concerns other modules and libraries.

use std::collections::{BTreeMap, BTreeSet};

use super::How;
use super::condition::{Constants, Value, dotted, holds, value};
use super::lines::{Statement, Token, statements};

/// One file.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    /// What runs at import.
    pub(super) items: Vec<Item>,
    /// What runs when a function of the file is called; methods are `Class.method`.
    pub(super) functions: BTreeMap<String, Vec<Item>>,
    /// Names that come from other modules, by the name they have here.
    pub(super) bindings: BTreeMap<String, Import>,
}

/// A thing that is done, and how surely.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    pub(super) how: How,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Import(Import),
    /// A function of this file or one that was imported.
    Call(String),
    /// A library by `ctypes`, `cffi` or NumPy, with its name where it is written there.
    Open(Option<String>),
}

/// `from ..module import names`, `import module`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    /// Leading dots.
    pub(super) level: usize,
    pub(super) module: String,
    pub(super) names: Vec<String>,
}

/// How a block goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    On,
    /// It may have been left.
    Perhaps,
    Left,
    Raised,
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    how: How,
    /// A handler goes on after an `ImportError`.
    catches_import: bool,
    /// A handler goes on after an `OSError`.
    catches_open: bool,
}

impl Place {
    fn with(self, how: How) -> Self {
        Self { how: self.how.max(how), ..self }
    }

    fn item(self, what: What) -> Item {
        let caught = match what {
            What::Import(_) => self.catches_import,
            What::Open(_) => self.catches_open,
            What::Call(_) => self.catches_import || self.catches_open,
        };
        Item { how: if caught { self.how.max(How::Guarded) } else { self.how }, what }
    }
}

const CERTAIN: Place = Place { how: How::Certain, catches_import: false, catches_open: false };

/// Reads a file.
pub(super) fn scan(text: &str) -> Scanned {
    let all = statements(text);
    let mut scanner = Scanner { constants: constants(&all), found: Scanned::default(), class: String::new() };
    let mut items = Vec::new();
    scanner.block(&all, CERTAIN, &mut items);
    scanner.found.items = items;
    scanner.found
}

struct Scanner {
    constants: Constants,
    found: Scanned,
    class: String,
}

impl Scanner {
    fn block(&mut self, all: &[Statement<'_>], place: Place, out: &mut Vec<Item>) -> Flow {
        let mut place = place;
        let entry = place.how;
        let mut flow = Flow::On;
        let start = out.len();
        let mut at = 0;
        while let Some(statement) = all.get(at) {
            let chain = chain(all, at);
            let found = match statement.word() {
                "if" => self.branches(all.get(at..chain).unwrap_or_default(), place, out),
                "try" => self.attempt(all.get(at..chain).unwrap_or_default(), place, out),
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
                    let found = self.block(&statement.body, place, out);
                    self.class = outer;
                    found
                }
                "with" => {
                    self.words(&statement.tokens, place, out);
                    // `contextlib.suppress(ImportError)` goes on behind its block.
                    let suppresses = statement.tokens.contains(&Token::Name("suppress"));
                    let inner = match suppresses {
                        true => Place { catches_import: true, catches_open: true, ..place },
                        false => place,
                    };
                    self.block(&statement.body, inner, out)
                }
                "for" | "while" => {
                    self.words(&statement.tokens, place, out);
                    self.block(&statement.body, place, out);
                    // `break` and `continue` leave the loop and not what the loop stands in.
                    if statement.body.iter().any(returns) { Flow::Perhaps } else { Flow::On }
                }
                "match" | "case" if !statement.body.is_empty() => {
                    match self.block(&statement.body, place.with(How::Maybe), out) {
                        Flow::On => Flow::On,
                        _ => Flow::Perhaps,
                    }
                }
                "raise" => {
                    // A library that is tried for and then complained about is needed all the same.
                    for item in out.iter_mut().skip(start) {
                        if matches!(item.what, What::Open(_)) && item.how == How::Guarded {
                            item.how = entry;
                        }
                    }
                    Flow::Raised
                }
                "return" => {
                    self.words(&statement.tokens, place, out);
                    Flow::Left
                }
                "continue" | "break" => Flow::Left,
                _ => {
                    self.simple(statement, place, out);
                    if exits(&statement.tokens) { Flow::Raised } else { Flow::On }
                }
            };
            if matches!(statement.word(), "if" | "for" | "while" | "with" | "try")
                && all.get(at..chain).unwrap_or_default().iter().any(raises)
            {
                for item in out.iter_mut().skip(start) {
                    if matches!(item.what, What::Open(_)) && item.how == How::Guarded {
                        item.how = entry;
                    }
                }
            }
            match found {
                Flow::Left | Flow::Raised => return found,
                Flow::Perhaps => {
                    flow = Flow::Perhaps;
                    place = place.with(How::Maybe);
                }
                Flow::On => {}
            }
            at = chain.max(at + 1);
        }
        flow
    }

    /// `if`, `elif`, `else`: of what every branch does one is done for certain.
    fn branches(&mut self, chain: &[Statement<'_>], place: Place, out: &mut Vec<Item>) -> Flow {
        let mut live: Vec<Vec<Item>> = Vec::new();
        let mut flows = Vec::new();
        let mut exhaustive = false;
        for statement in chain {
            let condition = statement.tokens.get(1..).unwrap_or_default();
            self.words(condition, place.with(if live.is_empty() { How::Certain } else { How::Maybe }), out);
            let known = match statement.word() {
                "else" => Some(true),
                _ => holds(condition, &self.constants),
            };
            if known == Some(false) {
                continue;
            }
            let mut items = Vec::new();
            flows.push(self.block(&statement.body, place, &mut items));
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
            // A branch that ends in an exception changes nothing for what follows where all is well.
            flows if flows.iter().any(|flow| matches!(flow, Flow::Left | Flow::Perhaps)) => Flow::Perhaps,
            _ => Flow::On,
        }
    }

    /// `try` with its handlers.
    fn attempt(&mut self, chain: &[Statement<'_>], place: Place, out: &mut Vec<Item>) -> Flow {
        let mut inner = place;
        let mut handled = Vec::new();
        for handler in chain.iter().filter(|statement| statement.word() == "except") {
            let mut items = Vec::new();
            let flow = self.block(&handler.body, place.with(How::Maybe), &mut items);
            handled.extend(items);
            if flow != Flow::Raised && !asks_and_raises(handler) {
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
                    self.block(&statement.body, place, out);
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

    /// A function runs when it is called.
    fn define(&mut self, statement: &Statement<'_>) {
        let Some(name) = defines(statement) else { return };
        let name = format!("{}{name}", self.class);
        let outer = std::mem::take(&mut self.class);
        let mut items = Vec::new();
        self.block(&statement.body, CERTAIN, &mut items);
        self.class = outer;
        self.found.functions.entry(name).or_default().extend(items);
    }

    fn simple(&mut self, statement: &Statement<'_>, place: Place, out: &mut Vec<Item>) {
        let tokens = statement.tokens.as_slice();
        match tokens {
            [Token::Name("import"), rest @ ..] => {
                for part in rest.split(|token| token.is(',')) {
                    let words: Vec<_> = part.split(|token| *token == Token::Name("as")).collect();
                    let Some(module) = words.first().and_then(|name| dotted(name)) else { continue };
                    out.push(place.item(What::Import(Import { level: 0, module, names: Vec::new() })));
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
                out.push(place.item(What::Import(import)));
            }
            _ => self.words(tokens, place, out),
        }
    }

    /// Calls within expressions.
    fn words(&mut self, tokens: &[Token<'_>], place: Place, out: &mut Vec<Item>) {
        for (at, token) in tokens.iter().enumerate() {
            let Token::Name(name) = token else { continue };
            if !tokens.get(at + 1).is_some_and(|next| next.is('(')) {
                continue;
            }
            let of = at > 0 && tokens.get(at - 1).is_some_and(|before| before.is('.'));
            let arguments = arguments(tokens.get(at + 2..).unwrap_or_default());
            let first = arguments.split(|token| token.is(',')).next().unwrap_or_default();
            match (*name, of) {
                ("import_module" | "__import__", _) => {
                    let Some(Value::Text(text)) = value(first, &self.constants) else { continue };
                    let module = text.trim_start_matches('.').to_owned();
                    let level = text.len() - module.len();
                    out.push(place.item(What::Import(Import { level, module, names: Vec::new() })));
                }
                ("CDLL" | "PyDLL" | "LoadLibrary" | "dlopen" | "load_library", _) => {
                    // What is looked up on the system, or the program itself, is no file of a wheel.
                    let elsewhere = arguments.contains(&Token::Name("find_library"))
                        || matches!(first, [] | [Token::Name("None")]);
                    if !elsewhere {
                        let named = match first {
                            [Token::Text(text)] => Some((*text).to_owned()),
                            _ => None,
                        };
                        out.push(place.item(What::Open(named)));
                    }
                }
                (name, false) => out.push(place.item(What::Call(name.to_owned()))),
                _ => {}
            }
        }
    }
}

/// Past the last statement that belongs to the one at a place.
fn chain(all: &[Statement<'_>], at: usize) -> usize {
    let follows: &[&str] = match all.get(at).map(Statement::word) {
        Some("if") => &["elif", "else"],
        Some("try") => &["except", "else", "finally"],
        Some("for" | "while") => &[],
        _ => return at + 1,
    };
    let rest = all.iter().skip(at + 1);
    at + 1 + rest.take_while(|next| follows.contains(&next.word())).count()
}

fn defines<'t>(statement: &Statement<'t>) -> Option<&'t str> {
    let tokens = match statement.tokens.as_slice() {
        [Token::Name("async"), rest @ ..] => rest,
        all => all,
    };
    match tokens {
        [Token::Name("def"), Token::Name(name), ..] => Some(name),
        _ => None,
    }
}

/// Whether a handler is for one of these exceptions or for one that is wider. A name that no builtin has may be either.
fn catches(caught: &[Token<'_>], wanted: &[&str]) -> bool {
    const OTHERS: &[&str] = &[
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "EOFError",
        "EnvironmentError",
        "FileNotFoundError",
        "IOError",
        "ImportError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "ModuleNotFoundError",
        "NameError",
        "NotImplementedError",
        "OSError",
        "PermissionError",
        "RuntimeError",
        "StopIteration",
        "SyntaxError",
        "SystemExit",
        "TypeError",
        "UnicodeDecodeError",
        "ValueError",
        "WindowsError",
    ];
    let words: Vec<&str> = caught
        .split(|token| *token == Token::Name("as"))
        .next()
        .unwrap_or_default()
        .iter()
        .filter_map(|token| match token {
            Token::Name(name) => Some(*name),
            _ => None,
        })
        .collect();
    words.is_empty() || words.iter().any(|word| wanted.contains(word) || !OTHERS.contains(word))
}

/// Whether a handler looks at its exception and raises it again: it lets pass that a module is not there, and not that
/// one does not load.
fn asks_and_raises(handler: &Statement<'_>) -> bool {
    let mut words = handler.tokens.iter().skip_while(|token| **token != Token::Name("as"));
    let Some(bound) = words.nth(1) else { return false };
    let asks = handler.body.iter().any(|one| one.word() == "if" && one.tokens.contains(bound));
    asks && handler.body.iter().any(raises)
}

fn exits(tokens: &[Token<'_>]) -> bool {
    matches!(
        tokens,
        [Token::Name("sys"), Token::Sign('.'), Token::Name("exit"), Token::Sign('('), ..]
            | [Token::Name("exit" | "quit"), Token::Sign('('), ..]
    )
}

/// Whether a statement may raise an exception by itself.
fn raises(statement: &Statement<'_>) -> bool {
    match statement.word() {
        "def" | "class" => false,
        "raise" => true,
        _ => statement.body.iter().any(raises),
    }
}

/// Whether a statement may leave its function.
fn returns(statement: &Statement<'_>) -> bool {
    match statement.word() {
        "def" | "class" => false,
        "return" => true,
        _ => statement.body.iter().any(returns),
    }
}

/// The tokens within the brackets of a call, from behind the first.
fn arguments<'s, 't>(tokens: &'s [Token<'t>]) -> &'s [Token<'t>] {
    let mut depth = 1;
    let end = tokens.iter().position(|token| {
        depth += token.depth();
        depth == 0
    });
    tokens.get(..end.unwrap_or(tokens.len())).unwrap_or_default()
}

/// Names with one literal value.
fn constants(all: &[Statement<'_>]) -> Constants {
    let mut found: BTreeMap<String, Option<Value>> = BTreeMap::new();
    collect(all, &mut found);
    found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn collect(all: &[Statement<'_>], found: &mut BTreeMap<String, Option<Value>>) {
    for statement in all {
        let tokens = statement.tokens.as_slice();
        let global = || statement.body.iter().any(|one| one.word() == "global");
        match tokens {
            [Token::Name("global" | "for" | "del" | "with" | "import"), names @ ..] => {
                for token in names {
                    if let Token::Name(name) = token {
                        found.insert((*name).to_owned(), None);
                    }
                }
            }
            [Token::Name("from"), names @ ..] => {
                for token in names {
                    if let Token::Name(name) = token {
                        found.insert((*name).to_owned(), None);
                    }
                }
            }
            [Token::Name(name), Token::Sign('='), rest @ ..]
                if !rest.first().is_some_and(|one| one.is('=')) =>
            {
                let literal = match rest {
                    [Token::Name("None" | "True" | "False") | Token::Text(_) | Token::Number(_)] => {
                        value(rest, &Constants::new())
                    }
                    _ => None,
                };
                let known = found.entry((*name).to_owned()).or_insert_with(|| literal.clone());
                if *known != literal {
                    *known = None;
                }
            }
            // Any other assignment: `a += 1`, `a, b = c`, `a: int = 1`.
            [Token::Name(name), Token::Sign(_), ..] if tokens.iter().any(|token| token.is('=')) => {
                let assigned = tokens.iter().take_while(|token| !token.is('='));
                for token in assigned {
                    if let Token::Name(other) = token {
                        found.insert((*other).to_owned(), None);
                    }
                }
                found.insert((*name).to_owned(), None);
            }
            _ => {}
        }
        // A function has names of its own unless it says otherwise.
        if statement.word() != "def" || global() {
            collect(&statement.body, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is imported, as `how module`.
    fn imports(text: &str) -> Vec<String> {
        let found = scan(text);
        let items = found.items.iter();
        items
            .filter_map(|item| match &item.what {
                What::Import(import) => Some(format!(
                    "{:?} {}{}{}",
                    item.how,
                    ".".repeat(import.level),
                    import.module,
                    import.names.iter().map(|name| format!(":{name}")).collect::<String>()
                )),
                _ => None,
            })
            .collect()
    }

    fn opens(text: &str) -> Vec<(How, Option<String>)> {
        let found = scan(text);
        let all = found.items.iter().chain(found.functions.values().flatten());
        let opens = all.filter_map(|item| match &item.what {
            What::Open(name) => Some((item.how, name.clone())),
            _ => None,
        });
        opens.collect()
    }

    #[test]
    fn statements_of_a_module_run_at_import() {
        let text = "import a.b as c, d\nfrom . import e, f as g\nfrom ..h import (i,\n  j)\nclass K:\n    import l\n";
        assert_eq!(
            imports(text),
            ["Certain a.b", "Certain d", "Certain .:e:f", "Certain ..h:i:j", "Certain l"]
        );
    }

    #[test]
    fn bodies_of_functions_do_not() {
        assert!(imports("def f():\n    import a\nasync def g(): import b\n").is_empty());
    }

    #[test]
    fn a_handler_that_goes_on_makes_an_import_optional() {
        assert_eq!(imports("try:\n    import a\nexcept ImportError:\n    a = None\n"), ["Guarded a"]);
        assert_eq!(imports("try:\n    import a\nexcept (OSError, Exception): pass\n"), ["Guarded a"]);
        assert_eq!(imports("with contextlib.suppress(ImportError):\n    import a\n"), ["Guarded a"]);
        // numpy/_core/__init__.py: the handler explains and raises.
        let text = "try:\n    from . import a\nexcept ImportError as exc:\n    m = 'x'\n    raise ImportError(m) from exc\n";
        assert_eq!(imports(text), ["Certain .:a"]);
        // ctranslate2/__init__.py: a module that is not there is let pass.
        let text = "try:\n    import a\nexcept ImportError as e:\n    if 'No module named' in str(e):\n        pass\n    else:\n        raise\n";
        assert_eq!(imports(text), ["Certain a"]);
        assert_eq!(
            imports("try:\n    import a\nexcept ImportError as e:\n    if debug:\n        raise\n"),
            ["Guarded a"]
        );
        assert_eq!(imports("try:\n    import a\nexcept AttributeError:\n    pass\n"), ["Certain a"]);
        // A library that is missing gives an ImportError, which is no ModuleNotFoundError.
        assert_eq!(
            imports("try:\n    import a\nexcept ModuleNotFoundError:\n    import b\n"),
            ["Certain a", "Maybe b"]
        );
    }

    #[test]
    fn conditions_that_are_known_count() {
        assert!(imports("if TYPE_CHECKING:\n    import a\n").is_empty());
        assert_eq!(
            imports("if sys.platform == 'win32':\n    import a\nelse:\n    import b\n"),
            ["Certain b"]
        );
        assert_eq!(imports("if x:\n    import a\nelif y:\n    import b\n"), ["Maybe a", "Maybe b"]);
        assert_eq!(
            imports("if x:\n    import a\n    import b\nelse:\n    import a\n"),
            ["Certain a", "Maybe b"]
        );
        // numpy/__init__.py.
        let text = "try:\n    __S__\nexcept NameError:\n    __S__ = False\nif __S__:\n    import a\nelse:\n    import b\n";
        assert_eq!(imports(text), ["Certain b"]);
    }

    #[test]
    fn what_follows_a_return_may_not_run() {
        let found = scan(
            "def f():\n    if os.name == 'nt':\n        return\n    import a\n    if x: return\n    import b\n",
        );
        let hows: Vec<How> = found.functions["f"].iter().map(|item| item.how).collect();
        assert_eq!(hows, [How::Certain, How::Maybe]);
    }

    #[test]
    fn libraries_that_are_tried_for_and_then_complained_about_are_needed() {
        assert_eq!(opens("_lib = ctypes.CDLL(path())\n"), [(How::Certain, None)]);
        assert_eq!(opens("ctypes.CDLL(None)\nCDLL(find_library('c'))\n"), []);
        assert_eq!(opens("CDLL('libc.so.6')\n"), [(How::Certain, Some("libc.so.6".to_owned()))]);
        // xgboost/core.py: a loop over candidates, and an exception if none would do.
        let text = "def load():\n    for p in paths:\n        try:\n            lib = ctypes.cdll.LoadLibrary(p)\n            ok = True\n            break\n        except OSError as e:\n            errors.append(e)\n            continue\n    if not ok:\n        raise E(errors)\n    return lib\n";
        assert_eq!(opens(text), [(How::Certain, None)]);
        assert_eq!(opens("try:\n    CDLL(p)\nexcept OSError:\n    pass\n"), [(How::Guarded, None)]);
    }

    #[test]
    fn nothing_makes_it_stumble() {
        for text in [
            "from",
            "from import",
            "import",
            "import .",
            "if",
            "try:",
            "except:",
            "CDLL(",
            "import_module(",
            "def",
            "class",
            "x = = y",
        ] {
            scan(text);
        }
    }
}
