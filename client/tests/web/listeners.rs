//! Who looks at a store, and may change what there is to look at.

use std::{cell::RefCell, rc::Rc};

use serde_json::json;
use tokenkeep_client::{SignIn, Start, Status, Store, StoreSubscription};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{
    fake::fake,
    store::{is, until},
};

type Kept = Rc<RefCell<Option<StoreSubscription>>>;

#[test]
async fn a_listener_may_end_another_that_is_not_called_any_more() {
    let (_, auth) = fake(json!({}));
    let store = Store::new(auth);
    let (first, second, third) = (Kept::default(), Kept::default(), Kept::default());
    let (ends, owned) = (Rc::clone(&second), Rc::clone(&third));
    *first.borrow_mut() = Some(store.subscribe(move |_| drop(ends.take())));
    // What the second holds goes with it, and ends the third.
    let held = Holds(owned);
    *second.borrow_mut() = Some(store.subscribe(move |_| panic!("{:?}", held.0)));
    *third.borrow_mut() = Some(store.subscribe(|_| panic!("it has ended")));
    store.start(Start::new());
    until(&store, is(Status::SignedIn)).await;
    assert!(third.borrow().is_none() && first.borrow().is_some());
}

struct Holds(Kept);

impl Drop for Holds {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

#[test]
async fn nobody_is_told_of_a_state_that_is_past() {
    let (_, auth) = fake(json!({ "session": null }));
    let store = Store::new(auth);
    let guard = store.clone();
    let _guard = store.subscribe(move |_| guard.enter(&SignIn::new()));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let note = Rc::clone(&seen);
    let _watching = store.subscribe(move |state| note.borrow_mut().push((state.status, state.may_ask)));
    store.start(Start::new());
    until(&store, |_| !seen.borrow().is_empty()).await;
    assert_eq!(*seen.borrow(), [(Status::Loading, false)]);
}
