//! What the documentation of the module `dioxus` shows.

#![allow(missing_docs, dead_code, unreachable_pub, non_snake_case, reason = "it is shown, and not run")]

use dioxus::prelude::*;
use tokenkeep_client::{
    connect,
    dioxus::{Guard, use_auth_provider, use_session},
};

#[component]
fn App() -> Element {
    use_auth_provider(|| connect("/tokenkeep/holder.js").expect("a page"));
    rsx! { Guard { Hello {} } }
}

#[component]
fn Hello() -> Element {
    let session = use_session();
    let user = session().and_then(|session| session.subject().map(str::to_owned));
    rsx! { p { {user} } }
}

fn main() {}
