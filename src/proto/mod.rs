//! The sans-I/O core: everything that decides, with time and randomness as arguments.

#![forbid(unsafe_code)]

pub mod authorization;
pub mod callback;
pub mod challenge;
pub mod config;
pub mod date;
pub mod dpop;
pub mod error;
pub mod form;
pub mod holder;
pub mod http;
pub mod id_token;
pub mod json;
mod json_reader;
pub mod jwk;
pub mod metadata;
pub mod par;
pub mod pkce;
pub mod profile;
pub mod protected_resource;
pub mod queue;
pub mod registration;
pub mod resource;
pub mod secret;
pub mod session;
mod text;
pub mod time;
pub mod token;
pub mod url;
pub mod watch;
