#![cfg(target_arch = "wasm32")]

use tokenkeep_client::{
    Auth, Error, SignIn,
    yew::{AuthProvider, Guard, use_auth, use_session},
};
use tokenkeep_client_frameworks::{failing, nobody, root, signed_out, story, story_of_own_views, story_of_return};
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

#[derive(PartialEq, Properties)]
struct Props {
    auth: Auth,
}

#[component]
fn App(props: &Props) -> Html {
    let shown = use_state(|| true);
    let switch = {
        let shown = shown.clone();
        move |_| shown.set(!*shown)
    };
    html! {
        <AuthProvider auth={props.auth.clone()}>
            <button id="switch" onclick={switch}></button>
            if *shown { <Guard><Hello /></Guard> }
        </AuthProvider>
    }
}

#[component]
fn Own(props: &Props) -> Html {
    html! { <AuthProvider auth={props.auth.clone()}><OwnGuard /></AuthProvider> }
}

#[component]
fn OwnGuard() -> Html {
    let (retried, used) = (use_auth(), use_auth());
    let failed = move |error: Error| {
        let retried = retried.clone();
        html! { <button onclick={move |_| retried.retry()}>{ format!("Failed: {}", error.code) }</button> }
    };
    let fallback = html! { <button onclick={move |_| used.sign_in(SignIn::new())}>{ "Enter" }</button> };
    html! { <Guard automatic=false loading={html! { "Wait" }} {failed} {fallback}><Hello /></Guard> }
}

#[component]
fn Hello() -> Html {
    let (used, session) = (use_auth(), use_session());
    let sub = session.as_ref().and_then(|session| session.subject()).map(str::to_owned);
    html! { <button onclick={move |_| used.sign_out()}>{ "Sign out " }{ sub }</button> }
}

#[test]
async fn a_guard_asks_once_and_shows_what_is_inside() {
    let ((fake, auth), root) = (nobody(), root());
    yew::Renderer::<App>::with_root_and_props(root.clone(), Props { auth }).render();
    story(&root, &fake).await;
}

#[test]
async fn an_error_has_a_way_on_and_a_sign_out_an_end() {
    let ((fake, auth), root) = (signed_out(), root());
    yew::Renderer::<App>::with_root_and_props(root.clone(), Props { auth }).render();
    story_of_return(&root, &fake).await;
}

#[test]
async fn an_app_has_views_of_its_own() {
    let ((fake, auth), root) = (failing(), root());
    yew::Renderer::<Own>::with_root_and_props(root.clone(), Props { auth }).render();
    story_of_own_views(&root, &fake).await;
}
