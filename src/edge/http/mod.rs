//! HTTP for package indexes and image registries.
//!
//! The rules that both share are here: which failures are retried and when, which credentials are sent after a
//! redirect, how much of a response is read, and the messages of failures. Conditional requests of indexes and tokens
//! of registries are in their own modules.

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
