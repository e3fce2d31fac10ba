//! What every framework's guard has to do, in an element of the page.

#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, reason = "for the tests beside it")]

use serde_json::{Value, json};
use tokenkeep_client::Auth;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement};

#[path = "../../tests/web/fake.rs"]
#[allow(dead_code, missing_docs, reason = "only a part of it is needed here")]
mod fake;

pub use fake::FakeAuth;

/// Somebody who isn't signed in, and comes back from the first sign-in without having done it.
pub fn nobody() -> (FakeAuth, Auth) {
    forget();
    let (fake, auth) = fake::fake(json!({ "session": null }));
    fake.fails("signIn", "TOKENKEEP_SIGN_IN_ABANDONED", json!({}));
    (fake, auth)
}

/// Somebody who is back from a sign-out at the server, on a page that fails to begin.
pub fn signed_out() -> (FakeAuth, Auth) {
    let (fake, auth) = fake::fake(json!({ "session": null, "arrival": { "signedOut": true } }));
    fake.fails("resume", "TOKENKEEP_NETWORK", json!({ "message": "no network. " }));
    (fake, auth)
}

/// A page that nobody is sent away from, and fails to begin.
pub fn failing() -> (FakeAuth, Auth) {
    forget();
    let (fake, auth) = fake::fake(json!({ "session": null }));
    fake.fails("resume", "TOKENKEEP_NETWORK", json!({}));
    (fake, auth)
}

/// Lets the tab be a new one.
fn forget() {
    web_sys::window().unwrap().session_storage().unwrap().unwrap().clear().unwrap();
}

/// An empty element of the page.
pub fn root() -> Element {
    let document = web_sys::window().unwrap().document().unwrap();
    let root = document.create_element("div").unwrap();
    root.set_id("main");
    document.body().unwrap().append_child(&root).unwrap();
    root
}

/// The guard asks once by itself, and no other in its place, then by its button; who is signed in sees what is inside, and signs out there.
pub async fn story(root: &Element, fake: &FakeAuth) {
    let here = web_sys::window().unwrap().location().href().unwrap();
    shows(root, "Sign in").await;
    assert_eq!(asked(fake), [json!({ "returnTo": here })]);
    press(root, "#switch");
    shows(root, "").await;
    press(root, "#switch");
    shows(root, "Sign in").await;
    assert_eq!(asked(fake).len(), 1);
    click(root);
    shows(root, "").await;
    assert_eq!(asked(fake).len(), 2);

    fake.happens("signedin", json!({}));
    shows(root, "Sign out ada").await;
    click(root);
    shows(root, "").await;
    assert_eq!(fake.called().last().unwrap().0, "signOut");
    root.remove();
}

/// An error has words and a way on, and whoever has signed out isn't sent to sign in.
pub async fn story_of_return(root: &Element, fake: &FakeAuth) {
    shows(root, "no network. Try again").await;
    assert!(root.query_selector("[role=alert]").unwrap().is_some());
    click(root);
    shows(root, "Sign in").await;
    assert_eq!(asked(fake).len(), 0);
    click(root);
    shows(root, "").await;
    assert_eq!(asked(fake).len(), 1);
    root.remove();
}

/// The same with an app's own views, each with what it can do; nobody is sent anywhere without a click.
pub async fn story_of_own_views(root: &Element, fake: &FakeAuth) {
    shows(root, "Failed: TOKENKEEP_NETWORK").await;
    click(root);
    shows(root, "Enter").await;
    assert_eq!(asked(fake).len(), 0);
    click(root);
    shows(root, "Wait").await;
    assert_eq!(asked(fake).len(), 1);
    fake.happens("signedin", json!({}));
    shows(root, "Sign out ada").await;
    root.remove();
}

/// With what `signIn` was called, each time.
fn asked(fake: &FakeAuth) -> Vec<Value> {
    fake.called().into_iter().filter(|(method, _)| method == "signIn").map(|(_, options)| options).collect()
}

/// Waits until the element's text is this.
async fn shows(root: &Element, text: &str) {
    for _ in 0..500 {
        if root.text_content().unwrap_or_default() == text {
            return;
        }
        // Frameworks draw in a frame's time.
        let frame = js_sys::Promise::new(&mut |resolve, _| {
            web_sys::window().unwrap().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 10).unwrap();
        });
        JsFuture::from(frame).await.unwrap();
    }
    panic!("in vain: {text:?}; the page shows {:?}", root.text_content());
}

fn click(root: &Element) {
    press(root, "button:not(#switch)");
}

fn press(root: &Element, selector: &str) {
    root.query_selector(selector).unwrap().expect("a button").unchecked_into::<HtmlElement>().click();
}
