//! The session as scripts: what goes in, and every command that comes out.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod borders;
mod failures;
mod pauses;
mod queue;
mod refreshed;
mod sending;
mod short_lives;
mod sign_in;
mod sign_out;
mod unauthorized;
