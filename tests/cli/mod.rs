//! The command as a user meets it: arguments, streams and exit statuses.

mod gate;
mod help;
mod hostile;
mod inputs;
mod schema;
pub(crate) mod site;
