//! For Leptos 0.8: signals, and a component that shows what is inside to who is signed in.
//!
//! ```no_run
//! use leptos::prelude::*;
//! use tokenkeep_client::{
//!     connect,
//!     leptos::{Guard, provide_auth, use_session},
//! };
//!
//! #[component]
//! fn App() -> impl IntoView {
//!     provide_auth(connect("/tokenkeep/holder.js").expect("a page"));
//!     view! { <Guard><Hello /></Guard> }
//! }
//!
//! #[component]
//! fn Hello() -> impl IntoView {
//!     let session = use_session();
//!     view! { <p>{move || session.get().and_then(|session| session.subject().map(str::to_owned))}</p> }
//! }
//! ```

use leptos::prelude::*;

use crate::{Auth, AuthState, Session, SignIn, Start, Status, Store};

/// What there is to show, and what to do. It can be copied into every handler.
#[derive(Clone, Copy)]
pub struct UseAuth {
    store: StoredValue<Store, LocalStorage>,
    state: RwSignal<AuthState>,
}

impl std::fmt::Debug for UseAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UseAuth")
    }
}

impl UseAuth {
    /// What was given to [`provide_auth`].
    pub fn auth(self) -> Auth {
        self.store.with_value(|store| store.auth().clone())
    }

    /// For what there is no signal of.
    pub fn store(self) -> Store {
        self.store.get_value()
    }

    /// In one word.
    pub fn status(self) -> Signal<Status> {
        let state = self.state;
        Memo::new(move |_| state.with(|state| state.status)).into()
    }

    /// All there is to show.
    pub fn state(self) -> Signal<AuthState> {
        self.state.into()
    }

    /// Leaves for the authorization server, and comes back to the page as it is, if `options` say nothing else.
    pub fn sign_in(self, options: SignIn) {
        self.store().sign_in(options);
    }

    /// Signs out, here and in every tab.
    pub fn sign_out(self) {
        let auth = self.auth();
        // Where the holder can't be reached there is no session either, and an event says so.
        crate::js::spawn(Box::pin(async move { drop(auth.sign_out().await) }));
    }
}

/// Gives `auth` to the component that calls this and what is inside, and finds the session once that is shown in a browser.
pub fn provide_auth(auth: Auth) -> UseAuth {
    provide_auth_with(auth, Start::new())
}

/// The same, and begins as `options` say.
pub fn provide_auth_with(auth: Auth, options: Start) -> UseAuth {
    let store = Store::new(auth);
    let state = RwSignal::new(store.state());
    let shown = store.clone();
    let subscription = StoredValue::new_local(Some(store.subscribe(move || state.set(shown.state()))));
    on_cleanup(move || subscription.set_value(None));
    let used = UseAuth { store: StoredValue::new_local(store), state };
    provide_context(used);
    // Runs in a browser only.
    Effect::new(move |_| used.store().start(options.clone()));
    used
}

/// What there is to show, of the provider around.
///
/// # Panics
///
/// Where no component around has called [`provide_auth`].
#[must_use]
pub fn use_auth() -> UseAuth {
    use_context().expect("call tokenkeep_client::leptos::provide_auth in a component around this one")
}

/// The session.
///
/// # Panics
///
/// As [`use_auth`].
#[must_use]
pub fn use_session() -> Signal<Option<Session>> {
    let state = use_auth().state;
    Memo::new(move |_| state.with(|state| state.session.clone())).into()
}

/// Shows what is inside to who is signed in. Who comes without a session is sent to sign in, once, and comes back to the page as it was.
///
/// # Panics
///
/// As [`use_auth`].
#[component]
pub fn Guard(
    /// Shown while nobody knows, and while the page is about to be left.
    #[prop(optional, into)]
    loading: ViewFn,
    /// Shown to whom is asked no more: after the session has ended here, or a sign-in came to nothing. Default: a button that signs in.
    #[prop(optional, into)]
    fallback: Option<ViewFn>,
    /// Options of the sign-in.
    #[prop(optional)]
    sign_in: SignIn,
    /// For who is signed in.
    children: ChildrenFn,
) -> impl IntoView {
    let used = use_auth();
    let (status, asked) = (used.status(), RwSignal::new(false));
    let options = StoredValue::new(sign_in);
    let ask = move || used.sign_in(options.get_value());
    Effect::new(move |_| match status.get() {
        Status::Loading => {}
        Status::SignedOut if !asked.get_untracked() => {
            asked.set(true);
            ask();
        }
        _ => asked.set(true),
    });
    let button = move || view! { <button type="button" on:click=move |_| ask()>"Sign in"</button> }.into_any();
    move || match status.get() {
        Status::SignedIn => children().into_any(),
        Status::Error => {
            view! { <p role="alert">{move || used.state.get().error.map(|error| error.message)}</p> }.into_any()
        }
        Status::SignedOut if asked.get() => fallback.as_ref().map_or_else(button, |fallback| fallback.run()),
        _ => loading.run(),
    }
}
