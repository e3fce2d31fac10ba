use std::{
    cell::RefCell,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use futures_core::Stream;
use serde_json::json;
use tokenkeep_client::{
    AnomalyKind, ErrorCode, Event, EventKind, Events, GivesWay, SignIn, SignOutReason, StepUpReason, WaitReason,
};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::fake::fake;

fn waiting(events: &mut Events) -> Poll<Option<Event>> {
    Pin::new(events).poll_next(&mut Context::from_waker(Waker::noop()))
}

#[test]
async fn events_come_as_a_stream_in_their_order() {
    let (fake, auth) = fake(json!({}));
    let mut events = auth.events();
    assert_eq!(waiting(&mut events), Poll::Pending);
    fake.happens("refreshfailed", json!({ "code": "TOKENKEEP_SERVER_UNAVAILABLE", "retryIn": 1_500 }));
    fake.happens(
        "refreshed",
        json!({ "generation": 3, "scope": "openid", "expiresAt": 1_900_000_000_000_u64, "resource": null }),
    );
    fake.happens(
        "stepup",
        json!({ "reason": "scope", "resource": "https://api.example/", "signIn": { "scope": "files:write" } }),
    );
    fake.happens("anomaly", json!({ "kind": "newer", "count": 7, "baseline": 2.5, "locked": true }));
    fake.happens("unlocked", json!({}));
    fake.happens("outdated", json!({ "givesWay": "when-left" }));
    fake.happens("waiting", json!({ "for": "retry-after", "since": 1_900_000_000_000_u64, "until": null, "calls": 3 }));
    fake.happens("signedout", json!({ "reason": "revoked" }));
    fake.happens("signedin", json!({ "acrMet": true }));

    let mut seen = Vec::new();
    while let Poll::Ready(Some(event)) = waiting(&mut events) {
        seen.push(event);
    }
    assert_eq!(seen.len(), 9);
    assert_eq!(seen[0], Event::RefreshFailed { code: ErrorCode::ServerUnavailable, retry_in: 1_500.0 });
    let expires_at = Some(1_900_000_000_000.0);
    assert_eq!(seen[1], Event::Refreshed { generation: 3, scope: "openid".into(), expires_at, resource: None });
    let Event::StepUp(wanted) = &seen[2] else { panic!("{:?}", seen[2]) };
    assert_eq!((wanted.reason, wanted.resource.as_deref()), (StepUpReason::Scope, Some("https://api.example/")));
    assert_eq!(wanted.sign_in, tokenkeep_client::SignIn::new().scope("files:write"));
    let kind = AnomalyKind::Unknown;
    assert_eq!(seen[3], Event::Anomaly { kind, count: 7.0, baseline: Some(2.5), locked: true });
    assert_eq!(seen[4], Event::Unlocked);
    assert_eq!(seen[5], Event::Outdated { gives_way: GivesWay::WhenLeft });
    let Event::Waiting(waiting) = seen[6] else { panic!("{:?}", seen[6]) };
    assert_eq!((waiting.reason, waiting.since, waiting.calls), (Some(WaitReason::RetryAfter), Some(1.9e12), 3));
    assert_eq!(seen[7], Event::SignedOut { reason: SignOutReason::Revoked });
    let Event::SignedIn { session, acr_met } = &seen[8] else { panic!("{:?}", seen[8]) };
    assert_eq!((session.subject(), *acr_met), (Some("ada"), Some(true)));
}

#[test]
async fn who_waits_for_an_event_is_woken() {
    let (fake, auth) = fake(json!({}));
    let mut events = auth.events();
    wasm_bindgen_futures::spawn_local(async move { fake.happens("unlocked", json!({})) });
    assert_eq!(poll_fn(|context| Pin::new(&mut events).poll_next(context)).await, Some(Event::Unlocked));
}

thread_local! {
    static POLLED: RefCell<Option<Events>> = const { RefCell::new(None) };
    static SEEN: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
}

/// An executor that polls when it is woken, and not later.
struct AtOnce;

impl Wake for AtOnce {
    fn wake(self: Arc<Self>) {
        POLLED.with_borrow_mut(|events| {
            if let Poll::Ready(Some(event)) = waiting(events.as_mut().unwrap()) {
                SEEN.with_borrow_mut(|seen| seen.push(event));
            }
        });
    }
}

#[test]
fn who_is_woken_may_look_at_once() {
    let (fake, auth) = fake(json!({}));
    let mut events = auth.events();
    let waker = Waker::from(Arc::new(AtOnce));
    assert!(Pin::new(&mut events).poll_next(&mut Context::from_waker(&waker)).is_pending());
    POLLED.set(Some(events));
    fake.happens("unlocked", json!({}));
    assert_eq!(SEEN.take(), [Event::Unlocked]);
    POLLED.set(None);
}

#[test]
fn a_callback_ends_with_its_subscription() {
    let (fake, auth) = fake(json!({}));
    let (heard, changes) = (Rc::new(RefCell::new(Vec::new())), Rc::new(RefCell::new(Vec::new())));
    let (hear, change) = (Rc::clone(&heard), Rc::clone(&changes));
    let looking = auth.clone();
    let on = auth.on(EventKind::SignedOut, move |event| hear.borrow_mut().push(event));
    let on_change = auth.on_change(move || change.borrow_mut().push(looking.session().is_some()));
    fake.happens("signedout", json!({ "reason": "expired" }));
    fake.happens("signedin", json!({}));
    drop((on, on_change));
    fake.happens("signedout", json!({ "reason": "signout" }));

    assert_eq!(*heard.borrow(), [Event::SignedOut { reason: SignOutReason::Expired }]);
    assert_eq!(*changes.borrow(), [false, true]);
}

#[test]
fn a_subscription_may_be_dropped_by_its_own_callback() {
    let (fake, auth) = fake(json!({}));
    let kept = Rc::new(RefCell::new(None));
    let (inside, count) = (Rc::clone(&kept), Rc::new(RefCell::new(0)));
    let counted = Rc::clone(&count);
    *kept.borrow_mut() = Some(auth.on(EventKind::Unlocked, move |_| {
        *counted.borrow_mut() += 1;
        inside.borrow_mut().take();
    }));
    fake.happens("unlocked", json!({}));
    fake.happens("unlocked", json!({}));
    assert_eq!(*count.borrow(), 1);
}

#[test]
fn what_cannot_be_read_is_told_and_what_is_newer_is_unknown() {
    let (fake, auth) = fake(json!({}));
    let mut events = auth.events();
    fake.happens("refreshfailed", json!({ "code": 5 }));
    fake.happens("outdated", json!({ "givesWay": "some-day" }));
    fake.happens("stepup", json!({ "reason": "mood", "signIn": { "maxAge": 9_007_199_254_740_991_u64 } }));
    fake.happens("signedout", json!({ "reason": "newer" }));
    let mut next = || match waiting(&mut events) {
        Poll::Ready(event) => event.unwrap(),
        Poll::Pending => panic!("nothing has happened"),
    };
    assert_eq!(next(), Event::Unknown { kind: EventKind::RefreshFailed });
    assert_eq!(next(), Event::Outdated { gives_way: GivesWay::Unknown });
    let Event::StepUp(wanted) = next() else { panic!("no step-up") };
    assert_eq!(wanted.reason, StepUpReason::Unknown);
    assert_eq!((wanted.max_age(), wanted.scope(), wanted.acr_values()), (Some(9_007_199_254_740_991), None, None));
    assert_eq!(next(), Event::SignedOut { reason: SignOutReason::Unknown });
}

#[test]
fn a_callback_may_cause_events_and_subscribe_others() {
    let (fake, auth) = fake(json!({}));
    let (heard, kept) = (Rc::new(RefCell::new(Vec::new())), Rc::new(RefCell::new(Vec::new())));
    let (note, keep, inside) = (Rc::clone(&heard), Rc::clone(&kept), auth.clone());
    let again = fake.clone();
    let _first = auth.on(EventKind::SignedOut, move |event| {
        note.borrow_mut().push(event);
        // The fake's popup signs in at once, so that the next event comes before this one's end.
        drop(inside.sign_in_with_popup(&SignIn::new().popup()));
        let also = Rc::clone(&note);
        keep.borrow_mut().push(inside.on(EventKind::SignedOut, move |event| also.borrow_mut().push(event)));
        if note.borrow().len() == 1 {
            again.happens("signedout", json!({ "reason": "expired" }));
        }
    });
    let changes = Rc::new(RefCell::new(0));
    let (count, inside) = (Rc::clone(&changes), auth.clone());
    let _second = auth.on_change(move || {
        *count.borrow_mut() += 1;
        drop(inside.sign_in_with_popup(&SignIn::new().scope("more").popup()));
    });
    fake.happens("signedout", json!({ "reason": "revoked" }));

    let reasons: Vec<_> = heard.borrow().iter().cloned().collect();
    assert_eq!(reasons[0], Event::SignedOut { reason: SignOutReason::Revoked });
    assert!(reasons[1..].iter().all(|event| *event == Event::SignedOut { reason: SignOutReason::Expired }));
    assert!(reasons.len() >= 2 && *changes.borrow() >= 2);
    assert!(auth.session().is_some());
}
