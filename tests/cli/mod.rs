//! The command as a user meets it: arguments, streams and exit statuses.

mod dockerfile;
mod image;
mod image_locks;
mod inspect;
