//! What the documentation of the module `leptos` shows.

#![allow(missing_docs, dead_code, unreachable_pub, non_snake_case, reason = "it is shown, and not run")]

use leptos::prelude::*;
use tokenkeep_client::{
    connect,
    leptos::{Guard, provide_auth, use_session},
};

#[component]
fn App() -> impl IntoView {
    provide_auth(connect("/tokenkeep/holder.js").expect("a page"));
    view! { <Guard><Hello /></Guard> }
}

#[component]
fn Hello() -> impl IntoView {
    let session = use_session();
    view! { <p>{move || session.get().and_then(|session| session.subject().map(str::to_owned))}</p> }
}

fn main() {}
