//! OAuth sign-in for single-page apps that keeps the tokens where page script cannot read them.
//!
//! [`proto`] decides and does no I/O; the browser shell carries its commands out; the binding is the face that
//! JavaScript sees. The shell and the binding exist on `wasm32` only, with the feature `module`, and their exports are for
//! the npm package: for Rust in a page there is the crate `tokenkeep-client`.
//!
//! # What is promised
//!
//! [`proto`] may be used by native programs. It does no I/O and reads no clock and no randomness, whatever version: they come in
//! as arguments. The codes of [`proto::error`] never change, and a code is never used for something else. Secrets have no
//! `Debug` that shows them. All other items are as the npm package needs them and may change with any 0.x version; from 1.0 on
//! they follow semantic versioning. The shell, the binding and their features are promised to nobody.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(not(feature = "lean"))]
extern crate std;

pub mod proto;

#[cfg(all(target_arch = "wasm32", feature = "module"))]
pub mod binding;
#[cfg(all(target_arch = "wasm32", feature = "module"))]
pub mod browser;
#[cfg(all(target_arch = "wasm32", feature = "lean"))]
mod lean;
