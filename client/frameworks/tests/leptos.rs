#![cfg(target_arch = "wasm32")]

use leptos::prelude::*;
use tokenkeep_client::leptos::{Guard, provide_auth, use_auth, use_session};
use tokenkeep_client_frameworks::{nobody, root, story};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[component]
fn Hello() -> impl IntoView {
    let (used, session) = (use_auth(), use_session());
    let sub = move || session.get().and_then(|session| session.subject().map(str::to_owned));
    view! { <button on:click=move |_| used.sign_out()>"Sign out " {sub}</button> }
}

#[test]
async fn a_guard_asks_once_and_shows_what_is_inside() {
    let ((fake, auth), root) = (nobody(), root());
    let mounted = mount_to(root.clone().unchecked_into(), move || {
        provide_auth(auth);
        view! { <Guard><Hello /></Guard> }
    });
    story(&root, &fake).await;
    drop(mounted);
}
