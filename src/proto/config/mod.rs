//! The configuration that `hold()` fixes for the holder's whole life.

mod anomaly;
mod choices;
mod fixed;
mod home;
mod options;
mod origin;
mod refusal;
mod servers;
mod table;

pub use anomaly::Anomaly;
pub use choices::{AuditSink, Mcp, Personal};
pub use fixed::{Config, Limits, resources};
