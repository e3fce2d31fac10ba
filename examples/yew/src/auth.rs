//! The page's way to the holder. In src/main.rs: `mod auth;`, and `<AuthProvider auth={..}>` around the app, with what `auth::auth()` answers.

use tokenkeep_client::{Auth, connect};

/// Connects this page to the holder, which is one for all tabs.
pub fn auth() -> Auth {
    connect("/tokenkeep/holder.js").expect("a path of this page's origin")
}
