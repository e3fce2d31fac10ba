//! OAuth sign-in for single-page apps that keeps the tokens where page script cannot read them.
//!
//! [`proto`] decides and does no I/O; the browser shell carries its commands out; the binding is the face that
//! JavaScript sees. The shell and the binding exist on `wasm32` only.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(not(feature = "lean"))]
extern crate std;

pub mod proto;

#[cfg(target_arch = "wasm32")]
pub mod binding;
#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(all(target_arch = "wasm32", feature = "lean"))]
mod lean;
