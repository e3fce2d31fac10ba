//! The face that JavaScript sees. Everything structured crosses as JSON text, errors included.

mod core;
mod verdict;

pub use self::core::Core;
