//! Lock files.
mod selection;
pub use selection::{Extras, Selection};
