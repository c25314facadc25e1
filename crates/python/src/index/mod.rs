//! Project pages of package indexes, as HTML ([PEP 503](https://peps.python.org/pep-0503/)) and JSON
//! ([PEP 691](https://peps.python.org/pep-0691/)).

mod collector;
mod cutoff;
mod html;
mod json;
mod link;
mod parse;
mod scan;

pub use collector::ParsedPage;
pub use cutoff::{Cutoff, InvalidCutoff};
pub use parse::{InvalidPage, parse_page};
pub use wheelbase_resolve::index::*;
