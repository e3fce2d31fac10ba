use std::{cell::RefCell, rc::Rc};

use serde_json::{Value, json};
use tokenkeep_client::{Arrival, AuthState, Error, ErrorCode, SignIn, Start, Status, Store};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::fake::{FakeAuth, fake};

/// Waits until the state is as `wanted` says.
pub(crate) async fn until(store: &Store, wanted: impl Fn(&AuthState) -> bool) -> AuthState {
    loop {
        let state = store.state();
        if wanted(&state) {
            return state;
        }
        wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
}

pub(crate) fn is(status: Status) -> impl Fn(&AuthState) -> bool {
    move |state| state.status == status
}

#[test]
async fn a_session_is_found_once_and_followed() {
    let (fake, auth) = fake(json!({}));
    let store = Store::new(auth);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let note = Rc::clone(&seen);
    let subscription = store.subscribe(move |state| note.borrow_mut().push(state.status));
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

#[test]
async fn a_popup_is_opened_once() {
    let (fake, auth) = fake(json!({ "session": null }));
    let store = Store::new(auth);
    store.start(Start::new());
    until(&store, is(Status::SignedOut)).await;
    store.sign_in_with_popup(&SignIn::new().popup());
    store.sign_in_with_popup(&SignIn::new().popup());
    store.sign_in(SignIn::new());
    until(&store, is(Status::SignedIn)).await;
    assert_eq!(asked(&fake), 1);
}

fn asked(fake: &FakeAuth) -> usize {
    fake.called().iter().filter(|(method, _)| method == "signIn").count()
}

#[test]
async fn a_page_is_left_once_by_itself() {
    let (fake, auth) = fake(json!({ "session": null }));
    fake.fails("signIn", "TOKENKEEP_SIGN_IN_ABANDONED", json!({}));
    let store = Store::new(auth);
    let enter = || store.enter(&SignIn::new());
    enter();
    store.start(Start::new());
    assert!(until(&store, is(Status::SignedOut)).await.may_ask);
    enter();
    enter();
    let state = until(&store, is(Status::SignedOut)).await;
    assert_eq!((state.may_ask, state.error.unwrap().code), (false, ErrorCode::SignInAbandoned));
    enter();
    assert_eq!(asked(&fake), 1);
}

#[test]
async fn who_has_just_come_back_is_not_sent_away() {
    for (arrival, may_ask) in [
        (json!({ "silent": true }), true),
        (json!({ "signedOut": true }), false),
        (json!({ "returnTo": "/x" }), false),
        // Nor is the page that the app may have loaded anew.
        (Value::Null, false),
    ] {
        let (_, auth) = fake(json!({ "session": null, "arrival": arrival }));
        let store = Store::new(auth);
        store.start(Start::new().on_arrival(drop));
        assert_eq!(until(&store, is(Status::SignedOut)).await.may_ask, may_ask, "{arrival}");
    }
    forget();
}

/// Lets the tab be a new one.
fn forget() {
    web_sys::window().unwrap().session_storage().unwrap().unwrap().clear().unwrap();
}

#[test]
async fn a_refused_response_leads_back_to_where_the_sign_in_began() {
    let window = web_sys::window().unwrap();
    let before = window.location().href().unwrap();
    let (fake_before, auth) = fake(json!({ "session": null }));
    let store = Store::new(auth);
    store.sign_in(SignIn::new());
    until(&store, |_| asked(&fake_before) == 1).await;
    let here = |address: &str| window.history().unwrap().replace_state_with_url(&JsValue::NULL, "", Some(address));
    here("/callback").unwrap();

    let (fake, auth) = fake(json!({ "session": null }));
    fake.fails("resume", "TOKENKEEP_STATE_MISMATCH", json!({}));
    let store = Store::new(auth);
    store.start(Start::new());
    until(&store, is(Status::Error)).await;
    assert_eq!(window.location().href().unwrap(), before);
    here(&before).unwrap();
}

#[test]
async fn an_error_is_no_dead_end() {
    let (fake, auth) = fake(json!({ "session": null }));
    fake.fails("resume", "TOKENKEEP_NETWORK", json!({}));
    let store = Store::new(auth);
    store.retry();
    store.start(Start::new());
    store.retry();
    until(&store, is(Status::Error)).await;
    store.retry();
    store.retry();
    assert_eq!(store.state().status, Status::Loading);
    let state = until(&store, is(Status::SignedOut)).await;
    assert_eq!((state.error, state.may_ask), (None, true));
    assert_eq!(fake.called().len(), 2);
}

#[test]
async fn an_arrival_that_nobody_can_read_keeps_nobody_out() {
    let (fake, auth) = fake(json!({ "arrival": { "returnTo": 7 } }));
    let store = Store::new(auth);
    store.start(Start::new());
    let state = until(&store, is(Status::SignedIn)).await;
    assert_eq!((state.error, fake.called().len()), (None, 1));
}

#[test]
async fn signing_out_needs_nobody_who_waits() {
    let (fake, auth) = fake(json!({}));
    let store = Store::new(auth);
    store.start(Start::new());
    until(&store, is(Status::SignedIn)).await;
    store.sign_out();
    until(&store, is(Status::SignedOut)).await;
    assert_eq!(fake.called()[1].0, "signOut");
}
