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

use crate::{Auth, AuthState, Error, PopupSignIn, Session, SignIn, Start, Status, Store, View};

/// What there is to show, and what to do. It can be copied into every handler.
#[derive(Clone, Copy)]
pub struct UseAuth {
    store: StoredValue<Store, LocalStorage>,
    state: RwSignal<AuthState>,
    status: Memo<Status>,
    session: Memo<Option<Session>>,
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
        self.status.into()
    }

    /// All there is to show.
    pub fn state(self) -> Signal<AuthState> {
        self.state.into()
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

/// Gives `auth` to the component that calls this and what is inside, and finds the session once that is shown.
pub fn provide_auth(auth: Auth) -> UseAuth {
    provide_auth_with(auth, Start::new())
}

/// The same, and begins as `options` say.
pub fn provide_auth_with(auth: Auth, options: Start) -> UseAuth {
    let store = Store::new(auth);
    let state = RwSignal::new(store.state());
    let subscription = StoredValue::new_local(Some(store.subscribe(move |now| state.set(now.clone()))));
    on_cleanup(move || subscription.set_value(None));
    let used = UseAuth {
        store: StoredValue::new_local(store),
        state,
        status: Memo::new(move |_| state.with(|state| state.status)),
        session: Memo::new(move |_| state.with(|state| state.session.clone())),
    };
    provide_context(used);
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
    use_auth().session.into()
}

/// Shows what is inside to who is signed in. Who comes without a session is sent to sign in, once in the life of a page, and comes back to it
/// as it was; not whoever has just come back from the server without one, by the Back button too: see [`AuthState::may_ask`].
///
/// # Panics
///
/// As [`use_auth`].
#[component]
pub fn Guard(
    /// Whether people are sent to sign in without a click.
    #[prop(default = true)]
    automatic: bool,
    /// Options of the sign-in.
    #[prop(optional)]
    sign_in: SignIn,
    /// Shown while nobody knows, and while the page is about to be left.
    #[prop(optional, into)]
    loading: ViewFn,
    /// Shown when something went wrong. Default: the message, which is for developers, and a button that calls [`UseAuth::retry`].
    #[prop(optional, into)]
    failed: Option<Callback<Error, AnyView>>,
    /// Shown to who has to click. Default: a button that signs in, by popup where the page is in a frame of another origin.
    #[prop(optional, into)]
    fallback: Option<ViewFn>,
    /// For who is signed in.
    children: ChildrenFn,
) -> impl IntoView {
    let (used, options) = (use_auth(), StoredValue::new(sign_in));
    Effect::new(move |_| {
        used.state.track();
        if automatic {
            options.with_value(|options| used.store().enter(options));
        }
    });
    let view = Memo::new(move |_| used.state.with(|state| state.view(automatic)));
    let error = move || used.state.with(|state| state.error.clone());
    let click = move || options.with_value(|options| used.store().sign_in_by_click(options));
    let button = move || notice(None, "Sign in", Box::new(click));
    move || match view.get() {
        View::Loading => loading.run(),
        View::Inside => children(),
        View::Failed => match (error(), &failed) {
            (Some(error), Some(failed)) => failed.run(error),
            (error, _) => notice(error.map(|error| error.message), "Try again", Box::new(move || used.retry())),
        },
        View::Fallback => fallback.as_ref().map_or_else(button, |fallback| fallback.run()),
    }
}

/// Words, if any, and a button: one type for both, since each costs bytes.
fn notice(words: Option<String>, label: &'static str, act: Box<dyn Fn()>) -> AnyView {
    let words = words.map(|words| view! { <p role="alert">{words}</p> });
    view! { {words} <button type="button" on:click=move |_| act()>{label}</button> }.into_any()
}
