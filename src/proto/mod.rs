//! The sans-I/O core: everything that decides, with time and randomness as arguments.
//!
//! Its rooms lie above one another, and each knows those below it only: [`calls`] and what takes several steps, [`session`]
//! and its requests, [`config`], [`oauth`] and its messages, [`error`], [`syntax`].

#![forbid(unsafe_code)]

pub mod calls;
pub mod config;
pub mod error;
pub mod oauth;
pub mod session;
pub mod syntax;
