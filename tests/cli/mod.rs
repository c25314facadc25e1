//! The command as users run it: arguments, streams and exit statuses.

mod dockerfile;
mod dockerfile_bases;
mod dockerfile_steps;
mod gate;
mod help;
mod hostile;
pub(crate) mod image;
pub(crate) mod image_installed;
mod image_locks;
mod inputs;
mod inspect;
mod overrides;
pub(crate) mod schema;
pub(crate) mod site;
mod sizes;
pub(crate) mod wording;
