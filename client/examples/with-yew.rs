//! What the documentation of the module `yew` shows.

#![allow(missing_docs, dead_code, unreachable_pub, non_snake_case, reason = "it is shown, and not run")]

use tokenkeep_client::{
    connect,
    yew::{AuthProvider, Guard, use_session},
};
use yew::prelude::*;

#[component]
fn App() -> Html {
    let auth = use_memo((), |()| connect("/tokenkeep/holder.js").expect("a page"));
    html! { <AuthProvider auth={(*auth).clone()}><Guard><Hello /></Guard></AuthProvider> }
}

#[component]
fn Hello() -> Html {
    let session = use_session();
    html! { <p>{ session.and_then(|session| session.subject().map(str::to_owned)) }</p> }
}

fn main() {}
