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

use crate::{Auth, AuthState, Error, PopupSignIn, Session, SignIn, Start, Status, Store, View};

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

    /// The same in a popup; call it in the handler of a click.
    pub fn sign_in_with_popup(&self, options: &PopupSignIn) {
        self.store.sign_in_with_popup(options);
    }

    /// Signs out, here and in every tab.
    pub fn sign_out(&self) {
        self.store.sign_out();
    }

    /// Seeks the session once more, after that or a sign-in has failed.
    pub fn retry(&self) {
        self.store.retry();
    }
}

/// What [`AuthProvider`] is given.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct AuthProviderProps {
    /// What [`connect`](crate::connect()) answered, once for all of the page. The first one counts: another one later changes nothing.
    pub auth: Auth,
    /// How the page begins. The first one counts here too.
    #[prop_or_default]
    pub start: Start,
    /// What can use it.
    #[prop_or_default]
    pub children: Html,
}

/// Gives `auth` to what is inside, and finds the session once that is shown.
#[component]
pub fn AuthProvider(props: &AuthProviderProps) -> Html {
    let store = use_memo((), |()| Store::new(props.auth.clone()));
    let state = use_state_eq(|| store.state());
    let (shown, options) = (state.clone(), props.start.clone());
    let watched = (*store).clone();
    use_effect_with((), move |()| {
        let subscription = watched.subscribe(move |state| shown.set(state.clone()));
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
    /// Whether people are sent to sign in without a click.
    #[prop_or(true)]
    pub automatic: bool,
    /// Options of the sign-in.
    #[prop_or_default]
    pub sign_in: SignIn,
    /// Shown while nobody knows, and while the page is about to be left.
    #[prop_or_default]
    pub loading: Html,
    /// Shown when something went wrong. Default: the message, which is for developers, and a button that calls [`UseAuth::retry`].
    #[prop_or_default]
    pub failed: Option<Callback<Error, Html>>,
    /// Shown to who has to click. Default: a button that signs in, by popup where the page is in a frame of another origin.
    #[prop_or_default]
    pub fallback: Option<Html>,
    /// For who is signed in.
    #[prop_or_default]
    pub children: Html,
}

/// Shows what is inside to who is signed in. Who comes without a session is sent to sign in, once in the life of a page, and comes back to it
/// as it was; not whoever has just come back from the server without one, by the Back button too: see [`AuthState::may_ask`].
///
/// # Panics
///
/// As [`use_auth`].
#[component]
pub fn Guard(props: &GuardProps) -> Html {
    let UseAuth { store, state } = use_auth();
    let (entered, options) = (store.clone(), props.sign_in.clone());
    use_effect_with((state.clone(), props.automatic), move |(_, automatic)| {
        if *automatic {
            entered.enter(&options);
        }
    });
    match state.view(props.automatic) {
        View::Loading => props.loading.clone(),
        View::Inside => props.children.clone(),
        View::Failed => match (state.error, &props.failed) {
            (Some(error), Some(failed)) => failed.emit(error),
            (error, _) => notice(error.map(|error| error.message), "Try again", move |_| store.retry()),
        },
        View::Fallback => props.fallback.clone().unwrap_or_else(|| {
            let options = props.sign_in.clone();
            notice(None, "Sign in", move |_| store.sign_in_by_click(&options))
        }),
    }
}

/// Words, if any, and a button.
fn notice(words: Option<String>, label: &str, act: impl Fn(MouseEvent) + 'static) -> Html {
    html! {
        <>
            if let Some(words) = words { <p role="alert">{ words }</p> }
            <button type="button" onclick={act}>{ label }</button>
        </>
    }
}
