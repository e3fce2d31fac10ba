//! The face that JavaScript sees. Everything structured crosses as JSON text, errors included.

mod core;
mod more;

pub use self::core::Core;
