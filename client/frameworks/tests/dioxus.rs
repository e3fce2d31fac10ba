#![cfg(target_arch = "wasm32")]

use dioxus::prelude::*;
use tokenkeep_client::{
    Auth,
    dioxus::{Guard, use_auth, use_auth_provider, use_session},
};
use tokenkeep_client_frameworks::{nobody, root, story};
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[component]
fn App(auth: Auth) -> Element {
    use_auth_provider(|| auth);
    rsx! { Guard { Hello {} } }
}

#[component]
fn Hello() -> Element {
    let (used, session) = (use_auth(), use_session());
    let sub = session().and_then(|session| session.subject().map(str::to_owned));
    rsx! { button { onclick: move |_| used.sign_out(), "Sign out " {sub} } }
}

#[test]
async fn a_guard_asks_once_and_shows_what_is_inside() {
    let ((fake, auth), root) = (nobody(), root());
    let page = VirtualDom::new_with_props(App, AppProps { auth });
    dioxus::web::launch::launch_virtual_dom(page, dioxus::web::Config::new().rootelement(root.clone()));
    story(&root, &fake).await;
}
