//! The calls of an application that take several steps: signing in, finishing that, signing out.

mod action;
mod callers;
mod checks;
mod discovery;
mod door;
mod flight;
mod holder;
mod interception;
mod keys;
mod logout;
mod popups;
mod proofs;
mod sent;
mod sign_in;
mod signing_in;
mod signing_out;
mod stage;
mod waiter;

pub use action::{Action, CallId, FlightId};
pub use door::Door;
pub use holder::Holder;
pub use keys::Signature;
