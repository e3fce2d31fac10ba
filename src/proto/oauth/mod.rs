//! The messages of OAuth and OpenID Connect, a file for each.

pub mod authorization;
pub mod callback;
pub mod challenge;
pub mod dpop;
pub mod extension;
pub mod id_token;
pub mod jwk;
pub mod metadata;
pub mod par;
pub mod parameters;
pub mod pkce;
pub mod profile;
pub mod protected_resource;
pub mod registration;
pub mod resource;
pub mod token;
