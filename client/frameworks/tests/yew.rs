#![cfg(target_arch = "wasm32")]

use tokenkeep_client::{
    Auth,
    yew::{AuthProvider, Guard, use_auth, use_session},
};
use tokenkeep_client_frameworks::{nobody, root, story};
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

#[derive(PartialEq, Properties)]
struct Props {
    auth: Auth,
}

#[component]
fn App(props: &Props) -> Html {
    html! { <AuthProvider auth={props.auth.clone()}><Guard><Hello /></Guard></AuthProvider> }
}

#[component]
fn Hello() -> Html {
    let (used, session) = (use_auth(), use_session());
    html! { <button onclick={move |_| used.sign_out()}>{ "Sign out " }{ session.and_then(|session| session.subject().map(str::to_owned)) }</button> }
}

#[test]
async fn a_guard_asks_once_and_shows_what_is_inside() {
    let ((fake, auth), root) = (nobody(), root());
    yew::Renderer::<App>::with_root_and_props(root.clone(), Props { auth }).render();
    story(&root, &fake).await;
}
