//! The page's way to the holder. In src/main.rs: `mod auth;`, and `use_auth_provider(auth::auth);` where the app's component begins.

use tokenkeep_client::{Auth, connect};

/// Connects this page to the holder, which is one for all tabs.
pub fn auth() -> Auth {
    connect("/tokenkeep/holder.js").expect("a path of this page's origin")
}
