//! The face that JavaScript sees. Everything structured crosses as JSON text, errors included.

mod core;
#[cfg(feature = "full")]
mod full;
mod verdict;

pub use self::core::Core;
