//! HTTP for package indexes and image registries.
//!
//! Both need the same rules: which failures are tried again and when, which credentials a redirect may see, how much
//! of an answer is read, and how a failure is worded. The rules are here. What only one of them needs (conditional
//! requests of an index, tokens of a registry) is theirs.

mod body;
mod client;
mod failure;
mod redirect;
mod request;
mod retry;

pub use client::{Client, HttpSettings};

pub(super) use body::{Answer, BodyReader, Received};
pub(super) use failure::{Trouble, shown, status_text, unexpected};
pub(super) use request::{Authorize, Login, Redirects, Request, SameOrigin};
