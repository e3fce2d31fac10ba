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
//! let files: Vec<String> = auth.get("https://api.example.com/v1/files").send().await?.json().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The file of the worker has the configuration, so that no script in the page can choose it: [`config::HolderConfig`] writes it.
//!
//! # Where it runs
//!
//! In a browser's page, which is rendered there and only there (CSR). It compiles for every target, so that code shared with a server does; but [`connect()`](connect)
//! and all that is called on an [`Auth`] need JavaScript, and panic on a server. Nothing but [`Session`], the options and the errors is
//! `Send`: the rest are objects of JavaScript, which belong to their thread.
//!
//! # Futures
//!
//! [`Auth::resume`] and [`Auth::sign_in_with_popup`] begin with the call, everything else when its future is first polled. What has begun
//! goes on to its end if the future is dropped. Only requests are aborted by that, and only until their answer is there.
//!
//! # Features
//!
//! - `browser` (default): all that runs in the page. Without it there is [`config`], for build scripts.
//! - `leptos` (0.8), `yew` (0.23), `dioxus` (0.7): a module each, which read alike: a provider that finds the session once, `use_auth()`
//!   and `use_session()`, and `Guard`. They are over [`Store`], which is there for every other framework.
//!
//! # Other crates
//!
//! Their types are in this crate's interface: [`gloo_net`] (requests, answers, headers, methods), futures-core (`Stream`), serde and
//! serde_json, wasm-bindgen (`JsValue`), web-sys (`AbortSignal`), and of a feature its framework. A new version of one of these with
//! breaking changes is one of this crate.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod config;

// The published crate has no such file.
#[cfg(all(doctest, in_repository, feature = "browser"))]
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
mod place;
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
mod start;
#[cfg(feature = "browser")]
mod state;
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
pub use gloo_net;

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
    start::Start,
    state::{AuthState, Status, View},
    stats::{AuditEntry, AuditKind, Circuit, Phase, ServerStats, Stats, Total},
    store::{Store, StoreSubscription},
    subscription::{Events, Subscription},
    waiting::{WaitReason, Waiting},
};
