//! OAuth for single-page apps in Rust: sign in, call APIs, and never touch a token.
//!
//! The tokens are in a worker, where the npm package [`tokenkeep`](https://www.npmjs.com/package/tokenkeep) holds them, refreshes them
//! once for all requests and tabs, and lets requests wait meanwhile. This crate is a typed face of its page's client. It has no wasm of
//! its own for the worker, and repeats nothing of the client: that is imported from the module `tokenkeep`, which a bundler or an import
//! map resolves.
//!
//! ```no_run
//! use tokenkeep_client::{Error, Resume, SignIn, connect};
//!
//! # async fn run() -> Result<(), Error> {
//! let auth = connect("/tokenkeep/holder.js")?;
//! if auth.resume(&Resume::new()).await?.is_none() {
//!     auth.sign_in(&SignIn::new().return_to("/files")).await?;
//! }
//! let files: Vec<String> = auth.get("https://api.example.com/v1/files").send().await?.json().await.map_err(Error::from)?;
//! # Ok(())
//! # }
//! ```
//!
//! The file of the worker has the configuration, so that no script in the page can choose it: [`config::HolderConfig`] writes it.
//!
//! # Features
//!
//! - `browser` (default): all that runs in the page. It compiles for every target, so that code shared with a server does, and panics
//!   when it is called where there is no JavaScript.
//! - `leptos` (0.8), `yew` (0.23), `dioxus` (0.7): a module each, which read alike: a provider that finds the session once, `use_auth()`
//!   and `use_session()`, and `Guard`. They are over [`Store`], which is there for every other framework.

#![forbid(unsafe_code)]

pub mod config;

#[cfg(all(doctest, feature = "browser"))]
#[doc = include_str!("../../docs/rust.md")]
mod guide {}

#[cfg(feature = "browser")]
mod auth;
#[cfg(feature = "browser")]
mod connect;
#[cfg(feature = "browser")]
mod error;
#[cfg(feature = "browser")]
mod events;
#[cfg(feature = "browser")]
mod explain;
#[cfg(feature = "browser")]
mod js;
#[cfg(feature = "browser")]
mod members;
#[cfg(feature = "browser")]
mod request;
#[cfg(feature = "browser")]
mod request_options;
#[cfg(feature = "browser")]
mod sending;
#[cfg(feature = "browser")]
mod session;
#[cfg(feature = "browser")]
mod sign_in;
#[cfg(feature = "browser")]
mod stats;
#[cfg(feature = "browser")]
mod store;
#[cfg(feature = "browser")]
mod subscription;
#[cfg(feature = "browser")]
mod waiting;

#[cfg(feature = "dioxus")]
pub mod dioxus;
#[cfg(feature = "leptos")]
pub mod leptos;
#[cfg(feature = "yew")]
pub mod yew;

#[cfg(feature = "browser")]
pub use crate::{
    auth::Auth,
    connect::{Connect, connect, connect_remote},
    error::{Error, ErrorCode},
    events::{AnomalyKind, Event, EventKind, GivesWay, SignOutReason, StepUp, StepUpReason},
    explain::{Explanation, ExplanationKind, ResourceMetadata},
    request::{AuthRequest, RequestBuilder},
    request_options::{RequestOptions, Retry},
    session::{Arrival, Audience, Claims, Session},
    sign_in::{PopupSignIn, Resume, Revocation, SignIn, Silent},
    stats::{AuditEntry, AuditKind, Circuit, Phase, ServerStats, Stats, Total},
    store::{AuthState, Start, Status, Store, StoreSubscription},
    subscription::{Events, Subscription},
    waiting::{WaitReason, Waiting},
};
