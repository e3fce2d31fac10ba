//! For Dioxus 0.7: hooks over signals, and a component that shows what is inside to who is signed in.
//!
//! ```no_run
//! use dioxus::prelude::*;
//! use tokenkeep_client::{
//!     connect,
//!     dioxus::{Guard, use_auth_provider, use_session},
//! };
//!
//! #[component]
//! fn App() -> Element {
//!     use_auth_provider(|| connect("/tokenkeep/holder.js").expect("a page"));
//!     rsx! { Guard { Hello {} } }
//! }
//!
//! #[component]
//! fn Hello() -> Element {
//!     let session = use_session();
//!     let user = session().and_then(|session| session.subject().map(str::to_owned));
//!     rsx! { p { {user} } }
//! }
//! ```

use dioxus::prelude::*;

use crate::{Auth, AuthState, Session, SignIn, Start, Status, Store, StoreSubscription};

/// What there is to show, and what to do. It can be copied into every handler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UseAuth {
    store: Signal<Store>,
    state: Signal<AuthState>,
}

impl UseAuth {
    /// What was given to [`use_auth_provider`].
    pub fn auth(self) -> Auth {
        self.store().auth().clone()
    }

    /// For what there is no signal of.
    pub fn store(self) -> Store {
        self.store.peek().clone()
    }

    /// All there is to show.
    pub fn state(self) -> ReadSignal<AuthState> {
        self.state.into()
    }

    /// In one word.
    pub fn status(self) -> Status {
        self.state.read().status
    }

    /// Leaves for the authorization server, and comes back to the page as it is, if `options` say nothing else.
    pub fn sign_in(self, options: SignIn) {
        self.store().sign_in(options);
    }

    /// Signs out, here and in every tab.
    pub fn sign_out(self) {
        let auth = self.auth();
        // Where the holder can't be reached there is no session either, and an event says so.
        spawn(async move { drop(auth.sign_out().await) });
    }
}

/// Gives what `auth` makes to the component that calls this and what is inside, and finds the session.
pub fn use_auth_provider(auth: impl FnOnce() -> Auth) -> UseAuth {
    use_auth_provider_with(auth, Start::new())
}

/// The same, and begins as `options` say.
pub fn use_auth_provider_with(auth: impl FnOnce() -> Auth, options: Start) -> UseAuth {
    let used = use_hook(|| {
        let store = Store::new(auth());
        provide_context(UseAuth { state: Signal::new(store.state()), store: Signal::new(store) })
    });
    let mut subscription = use_signal(|| None::<StoreSubscription>);
    // Runs in a browser only.
    use_effect(move || {
        let store = used.store();
        let (looking, state) = (store.clone(), used.state);
        let show = move || {
            let mut shown = state;
            shown.set(looking.state());
        };
        subscription.set(Some(store.subscribe(show)));
        store.start(options.clone());
    });
    used
}

/// What there is to show, of the provider around.
///
/// # Panics
///
/// Where no component around has called [`use_auth_provider`].
#[must_use]
pub fn use_auth() -> UseAuth {
    use_context()
}

/// The session.
///
/// # Panics
///
/// As [`use_auth`].
#[must_use]
pub fn use_session() -> Memo<Option<Session>> {
    let state = use_auth().state;
    use_memo(move || state.read().session.clone())
}

/// Shows what is inside to who is signed in. Who comes without a session is sent to sign in, once, and comes back to the page as it was.
///
/// `loading` is shown while nobody knows, and while the page is about to be left; `fallback` to whom is asked no more: after the session has
/// ended here, or a sign-in came to nothing (by default a button that signs in). `sign_in` has the options of the sign-in.
///
/// # Panics
///
/// As [`use_auth`].
#[component]
pub fn Guard(
    loading: Option<Element>,
    fallback: Option<Element>,
    #[props(default)] sign_in: SignIn,
    children: Element,
) -> Element {
    let used = use_auth();
    let mut asked = use_signal(|| false);
    let options = sign_in.clone();
    use_effect(move || match used.status() {
        Status::Loading => {}
        Status::SignedOut if !*asked.peek() => {
            asked.set(true);
            used.sign_in(options.clone());
        }
        _ => asked.set(true),
    });
    match used.status() {
        Status::SignedIn => children,
        Status::Error => {
            let message = used.state.read().error.as_ref().map(|error| error.message.clone());
            rsx! { p { role: "alert", {message} } }
        }
        Status::SignedOut if asked() => fallback.unwrap_or_else(|| {
            rsx! { button { r#type: "button", onclick: move |_| used.sign_in(sign_in.clone()), "Sign in" } }
        }),
        _ => loading.unwrap_or_else(VNode::empty),
    }
}
