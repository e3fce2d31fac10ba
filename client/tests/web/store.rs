use std::{cell::RefCell, rc::Rc};

use serde_json::json;
use tokenkeep_client::{Arrival, AuthState, Error, ErrorCode, SignIn, Start, Status, Store};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::fake::fake;

/// Waits until the state is as `wanted` says.
async fn until(store: &Store, wanted: impl Fn(&AuthState) -> bool) -> AuthState {
    loop {
        let state = store.state();
        if wanted(&state) {
            return state;
        }
        wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
}

fn is(status: Status) -> impl Fn(&AuthState) -> bool {
    move |state| state.status == status
}

#[test]
async fn a_session_is_found_once_and_followed() {
    let (fake, auth) = fake(json!({}));
    let store = Store::new(auth);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (note, looking) = (Rc::clone(&seen), store.clone());
    let subscription = store.subscribe(move || note.borrow_mut().push(looking.state().status));
    assert_eq!((store.state(), fake.called().len()), (AuthState::default(), 0));

    store.start(Start::new());
    store.start(Start::new());
    let state = until(&store, is(Status::SignedIn)).await;
    assert_eq!(state.session.unwrap().subject(), Some("ada"));
    fake.happens("signedout", json!({ "reason": "revoked" }));
    assert_eq!((store.state().status, store.state().session), (Status::SignedOut, None));
    drop(subscription);
    fake.happens("signedin", json!({}));

    assert_eq!(*seen.borrow(), [Status::SignedIn, Status::SignedOut]);
    assert_eq!(store.state().status, Status::SignedIn);
    assert_eq!(fake.called(), [("resume".into(), json!({ "silent": "auto" }))]);
}

#[test]
async fn a_sign_in_goes_on_where_it_began_and_tells_the_router() {
    let window = web_sys::window().unwrap();
    let (before, heard) = (window.location().href().unwrap(), Rc::new(RefCell::new(0)));
    let count = Rc::clone(&heard);
    let hear = Closure::<dyn FnMut()>::new(move || *count.borrow_mut() += 1);
    window.add_event_listener_with_callback("popstate", hear.as_ref().unchecked_ref()).unwrap();
    let (_, auth) = fake(json!({ "arrival": { "returnTo": "/files?a=1#top" } }));
    let store = Store::new(auth);
    store.start(Start::new());
    until(&store, is(Status::SignedIn)).await;

    assert!(window.location().href().unwrap().ends_with("/files?a=1#top"));
    assert_eq!(*heard.borrow(), 1);
    window.remove_event_listener_with_callback("popstate", hear.as_ref().unchecked_ref()).unwrap();
    window.history().unwrap().replace_state_with_url(&JsValue::NULL, "", Some(&before)).unwrap();
}

#[test]
async fn an_app_may_go_on_in_its_own_way() {
    let (_, auth) = fake(json!({ "arrival": { "returnTo": "/x", "appState": 7 } }));
    let arrived = Rc::new(RefCell::new(None::<Arrival>));
    let note = Rc::clone(&arrived);
    let store = Store::new(auth);
    store.start(Start::new().on_arrival(move |arrival| *note.borrow_mut() = Some(arrival)));
    until(&store, is(Status::SignedIn)).await;
    assert_eq!(arrived.borrow().as_ref().unwrap().app_state::<u8>().unwrap(), 7);
    assert!(!web_sys::window().unwrap().location().href().unwrap().ends_with("/x"));
}

#[test]
async fn what_goes_wrong_is_shown_until_the_session_changes() {
    let (fake, auth) = fake(json!({ "session": null }));
    let store = Store::new(auth);
    fake.fails("resume", "TOKENKEEP_STATE_MISMATCH", json!({}));
    store.start(Start::new());
    let code = |state: AuthState| state.error.map(|Error { code, .. }| code);
    assert_eq!(code(until(&store, is(Status::Error)).await), Some(ErrorCode::StateMismatch));
    fake.happens("signedin", json!({}));
    assert_eq!((store.state().status, store.state().error), (Status::SignedIn, None));
}

#[test]
async fn a_sign_in_is_asked_for_once_and_comes_back_here() {
    let (fake, auth) = fake(json!({ "session": null }));
    let store = Store::new(auth);
    store.start(Start::new());
    until(&store, is(Status::SignedOut)).await;
    store.sign_in(SignIn::new().prompt("login"));
    store.sign_in(SignIn::new());
    assert_eq!(store.state().status, Status::Loading);
    let here = web_sys::window().unwrap().location().href().unwrap();
    until(&store, |_| fake.called().len() == 2).await;
    assert_eq!(fake.called()[1].1, json!({ "prompt": "login", "returnTo": here }));
}

#[test]
async fn a_popup_that_is_closed_is_no_error_but_a_word() {
    let (fake, auth) = fake(json!({ "session": null }));
    let store = Store::new(auth);
    store.start(Start::new());
    until(&store, is(Status::SignedOut)).await;
    fake.fails("signIn", "TOKENKEEP_POPUP_CLOSED", json!({}));
    store.sign_in_with_popup(&SignIn::new().popup());
    let state = until(&store, |state| state.error.is_some()).await;
    assert_eq!((state.status, state.error.unwrap().code), (Status::SignedOut, ErrorCode::PopupClosed));
    store.sign_in_with_popup(&SignIn::new().popup());
    until(&store, is(Status::SignedIn)).await;
}
