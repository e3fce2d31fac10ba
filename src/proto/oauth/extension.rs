//! What a client asks of the extensions of OAuth.

/// When an extension of the protocol is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Use {
    /// Where the server's metadata announces it.
    #[default]
    Announced,
    /// Always; a server without it is refused.
    Required,
    /// Never.
    Never,
}
