//! The shell: carries out what the core commands, with every call to the browser's own interfaces.

mod clock;
mod driver;
mod host;
mod http;
mod random;
mod signature;
mod timer;
pub mod verdict;

pub use driver::{Driver, Operation};
pub use host::Host;
