//! The application's calls that take several steps, with everything the shell is asked for on the way.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod callers;
mod desk;
mod diagnosis;
mod discovery;
mod finishing;
mod interception;
mod logout;
mod mcp;
mod moving;
mod popups;
mod profiles;
mod proofs;
mod pushed;
mod registration;
mod resource_metadata;
mod signatures;
mod signing_in;
mod signing_out;
