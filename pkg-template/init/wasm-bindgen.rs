//! The page's way to the holder. In src/main.rs: `mod auth;`, and `auth::auth().resume(&Resume::new())` before anything else.

use tokenkeep_client::{Auth, connect};

/// Connects this page to the holder, which is one for all tabs.
pub fn auth() -> Auth {
    connect("/tokenkeep/holder.js").expect("a path of this page's origin")
}
