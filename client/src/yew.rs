//! For Yew 0.23: a context provider, hooks, and a component that shows what is inside to who is signed in.
//!
//! ```no_run
//! use tokenkeep_client::{
//!     connect,
//!     yew::{AuthProvider, Guard, use_session},
//! };
//! use yew::prelude::*;
//!
//! #[component]
//! fn App() -> Html {
//!     let auth = use_memo((), |()| connect("/tokenkeep/holder.js").expect("a page"));
//!     html! { <AuthProvider auth={(*auth).clone()}><Guard><Hello /></Guard></AuthProvider> }
//! }
//!
//! #[component]
//! fn Hello() -> Html {
//!     let session = use_session();
//!     html! { <p>{ session.and_then(|session| session.subject().map(str::to_owned)) }</p> }
//! }
//! ```

use yew::prelude::*;

use crate::{Auth, AuthState, Session, SignIn, Start, Status, Store};

/// What there is to show, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct UseAuth {
    store: Store,
    state: AuthState,
}

impl UseAuth {
    /// What was given to [`AuthProvider`].
    pub fn auth(&self) -> Auth {
        self.store.auth().clone()
    }

    /// For what there is no hook of.
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// All there is to show.
    pub fn state(&self) -> &AuthState {
        &self.state
    }

    /// In one word.
    pub fn status(&self) -> Status {
        self.state.status
    }

    /// Leaves for the authorization server, and comes back to the page as it is, if `options` say nothing else.
    pub fn sign_in(&self, options: SignIn) {
        self.store.sign_in(options);
    }

    /// Signs out, here and in every tab.
    pub fn sign_out(&self) {
        let auth = self.auth();
        // Where the holder can't be reached there is no session either, and an event says so.
        crate::js::spawn(Box::pin(async move { drop(auth.sign_out().await) }));
    }
}

/// What [`AuthProvider`] is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct AuthProviderProps {
    /// What [`connect`](crate::connect()) answered, once for all of the page.
    pub auth: Auth,
    /// How the page begins.
    #[prop_or_default]
    pub start: Start,
    /// What can use it.
    #[prop_or_default]
    pub children: Html,
}

/// Gives `auth` to what is inside, and finds the session once that is shown in a browser.
#[component]
pub fn AuthProvider(props: &AuthProviderProps) -> Html {
    let store = use_memo((), |()| Store::new(props.auth.clone()));
    let state = use_state_eq(|| store.state());
    let (shown, options) = (state.clone(), props.start.clone());
    let watched = (*store).clone();
    use_effect_with((), move |()| {
        let looking = watched.clone();
        let subscription = watched.subscribe(move || shown.set(looking.state()));
        watched.start(options);
        move || drop(subscription)
    });
    let context = UseAuth { store: (*store).clone(), state: (*state).clone() };
    html! { <ContextProvider<UseAuth> {context}>{ props.children.clone() }</ContextProvider<UseAuth>> }
}

/// What there is to show, of the provider around.
///
/// # Panics
///
/// Outside of an [`AuthProvider`].
#[hook]
#[must_use]
pub fn use_auth() -> UseAuth {
    use_context().expect("put tokenkeep_client::yew::AuthProvider around this component")
}

/// The session.
///
/// # Panics
///
/// As [`use_auth`].
#[hook]
#[must_use]
pub fn use_session() -> Option<Session> {
    use_auth().state.session
}

/// How a [`Guard`] treats those who aren't signed in.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct GuardProps {
    /// Shown while nobody knows, and while the page is about to be left.
    #[prop_or_default]
    pub loading: Html,
    /// Shown to whom is asked no more: after the session has ended here, or a sign-in came to nothing. Default: a button that signs in.
    #[prop_or_default]
    pub fallback: Option<Html>,
    /// Options of the sign-in.
    #[prop_or_default]
    pub sign_in: SignIn,
    /// For who is signed in.
    #[prop_or_default]
    pub children: Html,
}

/// Shows what is inside to who is signed in. Who comes without a session is sent to sign in, once, and comes back to the page as it was.
///
/// # Panics
///
/// As [`use_auth`].
#[component]
pub fn Guard(props: &GuardProps) -> Html {
    let used = use_auth();
    let asked = use_state(|| false);
    let ask = {
        let (used, options) = (used.clone(), props.sign_in.clone());
        move || used.sign_in(options.clone())
    };
    let (first, begin) = (asked.clone(), ask.clone());
    use_effect_with(used.status(), move |status| {
        if *status == Status::Loading {
            return;
        }
        if *status == Status::SignedOut && !*first {
            begin();
        }
        first.set(true);
    });
    let button = || html! { <button type="button" onclick={move |_| ask()}>{ "Sign in" }</button> };
    match used.status() {
        Status::SignedIn => props.children.clone(),
        Status::Error => html! { <p role="alert">{ used.state.error.map(|error| error.message) }</p> },
        Status::SignedOut if *asked => props.fallback.clone().unwrap_or_else(button),
        _ => props.loading.clone(),
    }
}
