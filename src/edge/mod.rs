//! Everything with an effect: files, network, environment and clock.
//!
//! The rest of the crate works on values; here they are fetched.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the edge: the only place of the library with effects"
)]

pub mod cache;
pub mod driver;
pub mod failure;
pub mod http;
pub mod images;
pub mod imports;
pub mod index_client;
pub mod inputs;
pub mod inspect;
pub mod installed;
pub mod remote;
pub mod request;
pub mod settings;

mod arguments;
mod auth;
mod building;
mod dockerfile;
mod documents;
mod index_http;
mod index_options;
mod inspection;
mod loading;
mod progress;
mod run;
mod solving;
pub mod targets;

pub use self::http::HttpSettings;
pub use crate::index::Cutoff;
pub use arguments::{IndexAddress, RequirementInput};
pub use cache::{Cache, CacheMode};
pub use dockerfile::DockerfileInput;
pub use driver::{CheckRequest, check, resolve_all};
pub use failure::{FailureKind, FetchFailure};
pub use index_client::{FileFacts, IndexClient, IndexLocation, LocationRole, Stats};
pub use inputs::Inputs;
pub use inspection::{FileInspection, InspectionInput};
pub use progress::Progress;
pub use remote::RemoteFile;
pub use request::{Check, Event};
pub use run::block_on;
pub use settings::{EnvironmentVariables, IndexSettings};
pub use targets::TargetInput;
