//! The face that JavaScript sees. Everything structured crosses as JSON text, errors included.

mod core;
mod more;
mod verdict;

pub use self::core::Core;
