//! One state for all of a page that look at it. The adapters for frameworks are over it.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::{Rc, Weak},
};

use crate::{
    Auth, AuthState, Error, PopupSignIn, SignIn, Start, Status, Subscription, js, place,
    start::begin,
    state::{Input, is_fruitless},
};

/// The state of one [`Auth`], for all that look at it. Clones are the same. Make one per page.
#[derive(Clone)]
pub struct Store(Rc<Inner>);

/// Its number, and what it does.
type Listener = (u64, Rc<dyn Fn(&AuthState)>);
type Work<T> = Pin<Box<dyn Future<Output = T>>>;

struct Inner {
    auth: Auth,
    state: RefCell<AuthState>,
    start: RefCell<Option<Start>>,
    listeners: RefCell<Vec<Listener>>,
    next: Cell<u64>,
    /// How often the state has changed.
    age: Cell<u64>,
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
            start: RefCell::default(),
            listeners: RefCell::default(),
            next: Cell::new(0),
            age: Cell::new(0),
            changes: RefCell::default(),
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

    /// Calls `listener` after every change of the state, until what this answers is dropped. A listener that holds the store keeps it
    /// from being freed; it is handed the state.
    pub fn subscribe(&self, listener: impl Fn(&AuthState) + 'static) -> StoreSubscription {
        let id = self.0.next.replace(self.0.next.get() + 1);
        self.0.listeners.borrow_mut().push((id, Rc::new(listener)));
        StoreSubscription { store: Rc::downgrade(&self.0), id }
    }

    /// Finishes a sign-in or finds the session, once however often it is called, and goes on where the sign-in began.
    pub fn start(&self, options: Start) {
        if self.0.start.borrow().is_some() {
            return;
        }
        *self.0.start.borrow_mut() = Some(options);
        let weak = Rc::downgrade(&self.0);
        let changes = self.0.auth.on_change(move || {
            if let Some(inner) = weak.upgrade() {
                inner.take(Input::Changed);
            }
        });
        *self.0.changes.borrow_mut() = Some(changes);
        self.resume();
    }

    /// Does what [`start`](Self::start) did once more, after it or a sign-in has failed. Does nothing while one of them is under way.
    pub fn retry(&self) {
        let is_idle = |state: &AuthState| state.is_settled() && !state.is_asking();
        if is_idle(&self.0.state.borrow()) {
            self.0.take(Input::Resuming);
            self.resume();
        }
    }

    fn resume(&self) {
        let Some(options) = self.0.start.borrow().clone() else { return };
        let inner = Rc::clone(&self.0);
        js::spawn(Box::pin(async move {
            let (error, came) = begin(&inner.auth, &options).await;
            let page = place::page();
            if is_fruitless(came, inner.auth.session().as_ref()) {
                place::note_fruitless();
            }
            inner.take(Input::Settled { error, came, page });
        }));
    }

    /// Signs in who isn't, if [`AuthState::may_ask`] says so: what a guard does by itself at every change.
    pub fn enter(&self, options: &SignIn) {
        let may_ask = |state: &AuthState| state.status == Status::SignedOut && state.may_ask;
        if may_ask(&self.0.state.borrow()) {
            self.sign_in(options.clone());
        }
    }

    /// Leaves for the authorization server, and comes back to the page as it is, if `options` say nothing else. The state is
    /// [`Status::Loading`] meanwhile. Does nothing while a sign-in is under way.
    pub fn sign_in(&self, options: SignIn) {
        if self.is_asking() {
            return;
        }
        let options = options.or_return_to(&place::address());
        place::note_left();
        let auth = self.0.auth.clone();
        self.ask(Box::pin(async move {
            let end = auth.sign_in(&options).await.map(drop);
            place::come_back();
            end
        }));
    }

    /// The same in a popup; call it in the handler of a click.
    pub fn sign_in_with_popup(&self, options: &PopupSignIn) {
        if self.is_asking() {
            return;
        }
        let signing = self.0.auth.sign_in_with_popup(options);
        self.ask(Box::pin(async move { signing.await.map(drop) }));
    }

    /// Signs in in the handler of a click, as the button of a guard does: by popup in a frame of another origin, which can't be left.
    pub fn sign_in_by_click(&self, options: &SignIn) {
        if place::is_framed() {
            self.sign_in_with_popup(&options.clone().popup());
        } else {
            self.sign_in(options.clone());
        }
    }

    /// Signs out, here and in every tab.
    pub fn sign_out(&self) {
        let auth = self.0.auth.clone();
        // Where the holder can't be reached there is no session either, and an event says so.
        js::spawn(Box::pin(async move { drop(auth.sign_out().await) }));
    }

    fn is_asking(&self) -> bool {
        self.0.state.borrow().is_asking()
    }

    fn ask(&self, asking: Work<Result<(), Error>>) {
        self.0.take(Input::Asking);
        let inner = Rc::clone(&self.0);
        js::spawn(Box::pin(async move {
            let error = asking.await.err();
            inner.take(Input::Asked(error));
        }));
    }
}

impl Inner {
    fn take(&self, input: Input) {
        let next = self.state.borrow().next(input, self.auth.session());
        if self.state.replace(next.clone()) == next {
            return;
        }
        let age = self.age.get() + 1;
        self.age.set(age);
        self.tell(&next, age);
    }

    /// A listener may subscribe others, end itself or others, or change the state, which all have heard of then.
    fn tell(&self, state: &AuthState, age: u64) {
        let listeners = self.listeners.borrow().clone();
        for (id, listener) in listeners {
            if self.age.get() != age {
                return;
            }
            if self.listeners.borrow().iter().any(|(other, _)| *other == id) {
                listener(state);
            }
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
        let Some(store) = self.store.upgrade() else { return };
        let take = |listeners: &mut Vec<Listener>| {
            let at = listeners.iter().position(|(id, _)| *id == self.id)?;
            Some(listeners.remove(at))
        };
        let ended = take(&mut store.listeners.borrow_mut());
        // What it holds may end others as it goes.
        drop(ended);
    }
}
