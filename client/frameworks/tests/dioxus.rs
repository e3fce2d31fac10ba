#![cfg(target_arch = "wasm32")]

use dioxus::prelude::*;
use tokenkeep_client::{
    Auth, Error, SignIn,
    dioxus::{Guard, use_auth, use_auth_provider, use_session},
};
use tokenkeep_client_frameworks::{failing, nobody, root, signed_out, story, story_of_own_views, story_of_return};
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[component]
fn App(auth: Auth) -> Element {
    use_auth_provider(|| auth);
    let mut shown = use_signal(|| true);
    rsx! {
        button { id: "switch", onclick: move |_| shown.toggle() }
        if shown() {
            Guard { Hello {} }
        }
    }
}

#[component]
fn Own(auth: Auth) -> Element {
    let used = use_auth_provider(|| auth);
    let failed = move |error: Error| {
        let words = format!("Failed: {}", error.code);
        rsx! { button { onclick: move |_| used.retry(), {words} } }
    };
    let fallback = rsx! { button { onclick: move |_| used.sign_in(SignIn::new()), "Enter" } };
    rsx! { Guard { automatic: false, loading: rsx! { "Wait" }, failed, fallback, Hello {} } }
}

#[component]
fn Hello() -> Element {
    let (used, session) = (use_auth(), use_session());
    let session = session();
    let sub = session.as_ref().and_then(|session| session.subject());
    rsx! { button { onclick: move |_| used.sign_out(), "Sign out " {sub} } }
}

fn show(root: &web_sys::Element, page: VirtualDom) {
    dioxus::web::launch::launch_virtual_dom(page, dioxus::web::Config::new().rootelement(root.clone()));
}

#[test]
async fn a_guard_asks_once_and_shows_what_is_inside() {
    let ((fake, auth), root) = (nobody(), root());
    show(&root, VirtualDom::new_with_props(App, AppProps { auth }));
    story(&root, &fake).await;
}

#[test]
async fn an_error_has_a_way_on_and_a_sign_out_an_end() {
    let ((fake, auth), root) = (signed_out(), root());
    show(&root, VirtualDom::new_with_props(App, AppProps { auth }));
    story_of_return(&root, &fake).await;
}

#[test]
async fn an_app_has_views_of_its_own() {
    let ((fake, auth), root) = (failing(), root());
    show(&root, VirtualDom::new_with_props(Own, OwnProps { auth }));
    story_of_own_views(&root, &fake).await;
}
