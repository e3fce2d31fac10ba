//! What a page shows: one state for all that look at it. The adapters for frameworks are over it.

use std::{
    cell::{Cell, RefCell},
    future::pending,
    rc::{Rc, Weak},
};

use wasm_bindgen::JsValue;
use web_sys::{PopStateEvent, PopStateEventInit, Window};

use crate::{Arrival, Auth, Error, ErrorCode, PopupSignIn, Resume, Session, SignIn, Silent, Subscription, js};

/// In one word, what there is to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    /// Nobody knows yet, on a server too; or the page is about to leave for the authorization server.
    #[default]
    Loading,
    /// There is a session.
    SignedIn,
    /// There is none.
    SignedOut,
    /// There is none, and [`AuthState::error`] says what went wrong.
    Error,
}

/// What there is to show.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct AuthState {
    /// In one word.
    pub status: Status,
    /// The session.
    pub session: Option<Session>,
    /// What `resume` or a sign-in failed with, until the session changes. With [`Status::SignedIn`], an authorization response was refused
    /// and the session that there was goes on. With [`Status::SignedOut`], somebody came back without having signed in.
    pub error: Option<Error>,
}

type OnArrival = Rc<dyn Fn(Arrival)>;

/// How a page begins: see [`Store::start`].
#[derive(Clone)]
#[must_use]
pub struct Start {
    resume: Resume,
    on_arrival: OnArrival,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            resume: Resume::new().silent(Silent::Auto),
            on_arrival: Rc::new(|arrival| go_on(arrival.return_to.as_deref())),
        }
    }
}

impl std::fmt::Debug for Start {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Start").field("resume", &self.resume).finish_non_exhaustive()
    }
}

impl PartialEq for Start {
    fn eq(&self, other: &Self) -> bool {
        self.resume == other.resume && Rc::ptr_eq(&self.on_arrival, &other.on_arrival)
    }
}

impl Start {
    /// A session that the person has at the server is asked for as [`Silent::Auto`] says, so that a reload keeps it where the browser ends
    /// the worker with the page; and `return_to` becomes the address, without a reload, with a `popstate` event for the router.
    pub fn new() -> Self {
        Self::default()
    }

    /// Other options of [`Auth::resume`].
    pub fn resume(mut self, options: Resume) -> Self {
        self.resume = options;
        self
    }

    /// Goes on in another way after a sign-in that was finished on this page, or after a sign-out at the server: for a router that hears no
    /// `popstate`.
    pub fn on_arrival(mut self, act: impl Fn(Arrival) + 'static) -> Self {
        self.on_arrival = Rc::new(act);
        self
    }
}

/// The state of one [`Auth`], for all that look at it. Clones are the same. Make one per page.
#[derive(Clone)]
pub struct Store(Rc<Inner>);

/// Its number, and what it does.
type Listener = (u64, Rc<dyn Fn()>);

struct Inner {
    auth: Auth,
    state: RefCell<AuthState>,
    listeners: RefCell<Vec<Listener>>,
    next: Cell<u64>,
    is_started: Cell<bool>,
    is_settled: Cell<bool>,
    is_asking: Cell<bool>,
    changes: RefCell<Option<Subscription>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.0.state.borrow()).finish()
    }
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Store {
    /// Nothing begins before [`start`](Self::start).
    pub fn new(auth: Auth) -> Self {
        let inner = Inner {
            auth,
            state: RefCell::default(),
            listeners: RefCell::default(),
            next: Cell::new(0),
            is_started: Cell::new(false),
            is_settled: Cell::new(false),
            is_asking: Cell::new(false),
            changes: RefCell::new(None),
        };
        Self(Rc::new(inner))
    }

    /// What it is about.
    pub fn auth(&self) -> &Auth {
        &self.0.auth
    }

    /// What there is to show now.
    pub fn state(&self) -> AuthState {
        self.0.state.borrow().clone()
    }

    /// Calls `listener` after every change of the state, until what this answers is dropped.
    pub fn subscribe(&self, listener: impl Fn() + 'static) -> StoreSubscription {
        let id = self.0.next.replace(self.0.next.get() + 1);
        self.0.listeners.borrow_mut().push((id, Rc::new(listener)));
        StoreSubscription { store: Rc::downgrade(&self.0), id }
    }

    /// Finishes a sign-in or finds the session, once however often it is called, and goes on where the sign-in began.
    pub fn start(&self, options: Start) {
        if self.0.is_started.replace(true) {
            return;
        }
        let weak = Rc::downgrade(&self.0);
        let changes = self.0.auth.on_change(move || {
            if let Some(inner) = weak.upgrade().filter(|inner| inner.is_settled.get()) {
                inner.show(None);
            }
        });
        *self.0.changes.borrow_mut() = Some(changes);
        let inner = Rc::clone(&self.0);
        js::spawn(Box::pin(async move {
            let error = resume(&inner.auth, &options).await.err();
            inner.is_settled.set(true);
            inner.show(error);
        }));
    }

    /// Leaves for the authorization server, and comes back to the page as it is, if `options` say nothing else. The state is
    /// [`Status::Loading`] meanwhile. Does nothing while a sign-in is under way.
    pub fn sign_in(&self, options: SignIn) {
        let options = options.or_return_to(&address());
        self.ask(move |auth| async move { auth.sign_in(&options).await.map(drop) });
    }

    /// The same in a popup; call it in the handler of a click.
    pub fn sign_in_with_popup(&self, options: &PopupSignIn) {
        let signing = self.0.auth.sign_in_with_popup(options);
        self.ask(move |_| async move { signing.await.map(drop) });
    }

    fn ask<F: Future<Output = Result<(), Error>> + 'static>(&self, asking: impl FnOnce(Auth) -> F) {
        if self.0.is_asking.replace(true) {
            return;
        }
        self.0.show(None);
        let (inner, asked) = (Rc::clone(&self.0), asking(self.0.auth.clone()));
        js::spawn(Box::pin(async move {
            let error = asked.await.err();
            inner.is_asking.set(false);
            inner.show(error);
        }));
    }
}

impl Inner {
    fn show(&self, error: Option<Error>) {
        let session = self.auth.session();
        let status = match &error {
            _ if session.is_some() => Status::SignedIn,
            _ if self.is_asking.get() => Status::Loading,
            Some(error) if !matches!(error.code, ErrorCode::SignInAbandoned | ErrorCode::PopupClosed) => Status::Error,
            _ => Status::SignedOut,
        };
        let state = AuthState { status, session, error };
        if self.state.replace(state.clone()) == state {
            return;
        }
        // A listener may subscribe others, or end itself.
        let listeners = self.listeners.borrow().clone();
        for (_, listener) in listeners {
            listener();
        }
    }
}

/// A listener that is called as long as this lives.
#[must_use = "dropping it unsubscribes"]
#[derive(Debug)]
pub struct StoreSubscription {
    store: Weak<Inner>,
    id: u64,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Drop for StoreSubscription {
    fn drop(&mut self) {
        if let Some(store) = self.store.upgrade() {
            store.listeners.borrow_mut().retain(|(id, _)| *id != self.id);
        }
    }
}

async fn resume(auth: &Auth, options: &Start) -> Result<(), Error> {
    let before = auth.arrival();
    let found = auth.resume(&options.resume).await;
    if found.is_err() {
        go_on(None);
    }
    found?;
    let arrival = auth.arrival();
    match arrival.filter(|arrival| before.as_ref() != Some(arrival)) {
        // This page has only to close itself.
        Some(arrival) if arrival.popup => pending().await,
        Some(arrival) => (options.on_arrival)(arrival),
        None => {}
    }
    Ok(())
}

/// Has routers read the address again, without the response. Where they are given no state they keep none of before.
fn go_on(return_to: Option<&str>) {
    let Some(window) = web_sys::window() else { return };
    let address = return_to.map_or_else(address, str::to_owned);
    if let Ok(history) = window.history() {
        let _ = history.replace_state_with_url(&history.state().unwrap_or(JsValue::NULL), "", Some(&address));
    }
    tell(&window);
}

fn tell(window: &Window) {
    let init = PopStateEventInit::new();
    init.set_state(&JsValue::NULL);
    if let Ok(event) = PopStateEvent::new_with_event_init_dict("popstate", &init) {
        let _ = window.dispatch_event(&event);
    }
}

/// Where this page is.
fn address() -> String {
    web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}
