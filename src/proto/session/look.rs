//! How to look for a service worker.

use alloc::string::String;

/// Whether the shell looks for a service worker when it sends something, and reports
/// [`Transport::Intercepted`](crate::proto::error::Transport::Intercepted) if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// No, the configuration allows one.
    Never,
    /// Before it is sent and once the answer is there, at what the browser has noted until then.
    Passive,
    /// The same, and first this document is got, so that there is a note of what stands between now. Nothing is sent if it
    /// can't be had.
    Active(String),
}
