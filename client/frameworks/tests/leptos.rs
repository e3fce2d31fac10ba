#![cfg(target_arch = "wasm32")]

use leptos::prelude::*;
use tokenkeep_client::{
    Auth, Error, SignIn,
    leptos::{Guard, provide_auth, use_auth, use_session},
};
use tokenkeep_client_frameworks::{failing, nobody, root, signed_out, story, story_of_own_views, story_of_return};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};
use web_sys::Element;

wasm_bindgen_test_configure!(run_in_browser);

#[component]
fn Hello() -> impl IntoView {
    let (used, session) = (use_auth(), use_session());
    let sub = move || session.get().and_then(|session| session.subject().map(str::to_owned));
    view! { <button on:click=move |_| used.sign_out()>"Sign out " {sub}</button> }
}

#[component]
fn App(auth: Auth) -> impl IntoView {
    provide_auth(auth);
    let shown = RwSignal::new(true);
    view! {
        <button id="switch" on:click=move |_| shown.update(|shown| *shown = !*shown)></button>
        <Show when=move || shown.get()><Guard><Hello /></Guard></Show>
    }
}

#[component]
fn Own(auth: Auth) -> impl IntoView {
    let used = provide_auth(auth);
    let failed = move |error: Error| {
        view! { <button on:click=move |_| used.retry()>{format!("Failed: {}", error.code)}</button> }.into_any()
    };
    let fallback = move || view! { <button on:click=move |_| used.sign_in(SignIn::new())>"Enter"</button> };
    view! { <Guard automatic=false loading=|| "Wait" failed fallback><Hello /></Guard> }
}

fn mount<V: IntoView + 'static>(root: &Element, page: impl FnOnce() -> V + 'static) -> impl Sized {
    mount_to(root.clone().unchecked_into(), page)
}

#[test]
async fn a_guard_asks_once_and_shows_what_is_inside() {
    let ((fake, auth), root) = (nobody(), root());
    let mounted = mount(&root, move || view! { <App auth /> });
    story(&root, &fake).await;
    drop(mounted);
}

#[test]
async fn an_error_has_a_way_on_and_a_sign_out_an_end() {
    let ((fake, auth), root) = (signed_out(), root());
    let mounted = mount(&root, move || view! { <App auth /> });
    story_of_return(&root, &fake).await;
    drop(mounted);
}

#[test]
async fn an_app_has_views_of_its_own() {
    let ((fake, auth), root) = (failing(), root());
    let mounted = mount(&root, move || view! { <Own auth /> });
    story_of_own_views(&root, &fake).await;
    drop(mounted);
}
