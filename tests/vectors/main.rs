//! Tables for everything that reads or writes a wire format: input, expected, section.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod authorization_request;
mod authorization_response;
mod challenge;
mod configuration;
mod discovery;
mod dpop;
mod id_token;
mod json;
mod jwk;
mod limits;
mod metadata;
mod pkce;
mod profile;
mod protected_resource;
mod registration;
mod resource;
mod sign_in_options;
mod token_requests;
mod token_response;
