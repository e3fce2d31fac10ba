//! What resource servers say of themselves ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)).

use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::oauth::protected_resource::{ProtectedResource, ResourceSearch};
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::Instant;

/// What is known of a resource server by its own metadata.
#[derive(Clone, Debug)]
pub(super) struct ResourceMetadata {
    pub(super) server: usize,
    pub(super) asked: Instant,
    pub(super) metadata: Option<ProtectedResource>,
}

/// A metadata document that a challenge pointed at.
#[derive(Clone, Debug, PartialEq)]
pub struct LookUp {
    /// Where it is.
    pub url: String,
    pub(super) server: usize,
    /// What `resource` in it may be.
    pub(super) identifiers: Vec<String>,
    /// The `stepup` event that waits for it.
    pub(super) detail: Option<Object>,
    /// Whose session that is.
    pub(super) first_generation: u32,
}

impl LookUp {
    /// Whether the document may be asked for at all.
    pub fn is_allowed(&self, allow_loopback: bool) -> bool {
        ResourceSearch::only(&self.url, Vec::new(), allow_loopback).next_url().is_some()
    }
}
