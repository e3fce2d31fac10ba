//! Who hears of events: callbacks, and a stream.

use std::{
    any::Any,
    cell::RefCell,
    collections::VecDeque,
    fmt,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use futures_core::Stream;
use wasm_bindgen::prelude::*;
use web_sys::CustomEvent;

use crate::{Event, EventKind, js};

/// A callback that is called as long as this lives. It may end this, subscribe others, and cause events itself.
// What it drops is what it is for. Of the two kinds only those that a page uses are in its module.
#[must_use = "dropping it unsubscribes"]
pub struct Subscription(#[expect(dead_code, reason = "as above")] Box<dyn Any>);

impl Subscription {
    pub(crate) fn new(auth: &js::JsAuth, kinds: &'static [EventKind], act: Box<dyn Fn(Event)>) -> Self {
        Self(Box::new(Listener::new(auth, kinds, act)))
    }

    pub(crate) fn to_changes(auth: &js::JsAuth, act: Box<dyn Fn()>) -> Self {
        let call = Closure::<dyn Fn()>::wrap(act);
        let unsubscribe = auth.subscribe(call.as_ref().unchecked_ref());
        Self(Box::new(Changes { unsubscribe, _call: call }))
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}

struct Changes {
    unsubscribe: js_sys::Function,
    _call: Closure<dyn Fn()>,
}

impl Drop for Changes {
    fn drop(&mut self) {
        let _ = self.unsubscribe.call0(&JsValue::UNDEFINED);
    }
}

struct Listener {
    auth: js::JsAuth,
    kinds: &'static [EventKind],
    call: Closure<dyn Fn(CustomEvent)>,
}

impl Listener {
    fn new(auth: &js::JsAuth, kinds: &'static [EventKind], act: Box<dyn Fn(Event)>) -> Self {
        let call = Closure::<dyn Fn(CustomEvent)>::new(move |event: CustomEvent| {
            let name = event.type_();
            if let Some(kind) = kinds.iter().find(|kind| kind.name() == name) {
                act(Event::read(*kind, &event.detail()));
            }
        });
        for kind in kinds {
            // Only an object that is no EventTarget refuses.
            let _ = auth.add_event_listener_with_callback(kind.name(), call.as_ref().unchecked_ref());
        }
        Self { auth: auth.clone(), kinds, call }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let call = self.call.as_ref().unchecked_ref();
        for kind in self.kinds {
            let _ = self.auth.remove_event_listener_with_callback(kind.name(), call);
        }
    }
}

/// All events from when it was made, in their order. It never ends; dropping it unsubscribes.
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Events {
    inbox: Rc<RefCell<Inbox>>,
    _subscription: Subscription,
}

#[derive(Debug, Default)]
struct Inbox {
    events: VecDeque<Event>,
    waker: Option<Waker>,
}

impl Events {
    pub(crate) fn new(auth: &js::JsAuth) -> Self {
        let inbox = Rc::new(RefCell::new(Inbox::default()));
        let filled = Rc::clone(&inbox);
        let act = move |event| {
            filled.borrow_mut().events.push_back(event);
            // Who is woken may look into the inbox at once.
            let waker = filled.borrow_mut().waker.take();
            if let Some(waker) = waker {
                waker.wake();
            }
        };
        Self { inbox, _subscription: Subscription::new(auth, EventKind::ALL, Box::new(act)) }
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut inbox = self.inbox.borrow_mut();
        match inbox.events.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None => {
                inbox.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
