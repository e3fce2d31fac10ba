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

use crate::{Auth, AuthState, Error, PopupSignIn, Session, SignIn, Start, Status, Store, StoreSubscription, View};

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

    /// The same in a popup; call it in the handler of a click.
    pub fn sign_in_with_popup(self, options: &PopupSignIn) {
        self.store().sign_in_with_popup(options);
    }

    /// Signs out, here and in every tab.
    pub fn sign_out(self) {
        self.store().sign_out();
    }

    /// Seeks the session once more, after that or a sign-in has failed.
    pub fn retry(self) {
        self.store().retry();
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
    use_effect(move || {
        let (store, state) = (used.store(), used.state);
        let show = move |now: &AuthState| {
            let mut shown = state;
            shown.set(now.clone());
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
    const CURE: &str = "call tokenkeep_client::dioxus::use_auth_provider in a component around this one";
    use_hook(|| try_consume_context().expect(CURE))
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

/// Shows what is inside to who is signed in. Who comes without a session is sent to sign in, once in the life of a page, and comes back to it
/// as it was; not whoever has just come back from the server without one, by the Back button too: see [`AuthState::may_ask`].
///
/// - `automatic` (`true` by default): whether people are sent to sign in without a click; `sign_in`: options of the sign-in.
/// - `loading`: shown while nobody knows, and while the page is about to be left.
/// - `failed`: shown when something went wrong; by default the message, which is for developers, and a button that calls [`UseAuth::retry`].
/// - `fallback`: shown to who has to click; by default a button that signs in, by popup where the page is in a frame of another origin.
///
/// # Panics
///
/// As [`use_auth`].
#[component]
pub fn Guard(
    #[props(default = true)] automatic: bool,
    #[props(default)] sign_in: SignIn,
    loading: Option<Element>,
    failed: Option<Callback<Error, Element>>,
    fallback: Option<Element>,
    children: Element,
) -> Element {
    let used = use_auth();
    let options = sign_in.clone();
    use_effect(move || {
        drop(used.state.read());
        if automatic {
            used.store().enter(&options);
        }
    });
    let (view, error) = used.state.with(|state| (state.view(automatic), state.error.clone()));
    match view {
        View::Loading => loading.unwrap_or_else(VNode::empty),
        View::Inside => children,
        View::Failed => match (error, failed) {
            (Some(error), Some(failed)) => failed.call(error),
            (error, _) => notice(error.map(|error| error.message), "Try again", move || used.retry()),
        },
        View::Fallback => {
            fallback.unwrap_or_else(|| notice(None, "Sign in", move || used.store().sign_in_by_click(&sign_in)))
        }
    }
}

/// Words, if any, and a button.
fn notice(words: Option<String>, label: &str, act: impl Fn() + 'static) -> Element {
    rsx! {
        if let Some(words) = words { p { role: "alert", {words} } }
        button { r#type: "button", onclick: move |_| act(), {label} }
    }
}
