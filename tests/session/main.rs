//! The session as scripts: what goes in, and every command that comes out.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod audit;
mod borders;
mod corners;
mod draining;
mod emptying;
mod failures;
mod limits;
mod long_waits;
mod pace;
mod pauses;
mod personal;
mod queue;
mod readme;
mod refreshed;
mod resources;
mod sending;
mod several_apis;
mod short_lives;
mod sign_in;
mod sign_out;
mod slow_answers;
mod step_up;
mod surroundings;
mod unauthorized;
mod under_way;
mod user;
