//! What there is to show, and whether a guard may send the person away by itself: all of that is decided here, from what happens.

use crate::{Error, ErrorCode, Session};

/// In one word, what there is to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Nobody knows yet, or the page is about to leave for the authorization server.
    #[default]
    Loading,
    /// There is a session.
    SignedIn,
    /// There is none.
    SignedOut,
    /// There is none, and [`AuthState::error`] says what went wrong.
    Error,
}

/// What a guard draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Nobody knows yet, or the page is about to be left.
    Loading,
    /// What is for who is signed in.
    Inside,
    /// What went wrong, and a way to try again.
    Failed,
    /// A way to sign in.
    Fallback,
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
    /// and the session that there was goes on. With [`Status::SignedOut`], somebody came back without having signed in or didn't leave, or
    /// the page is in a frame and has to take a popup.
    pub error: Option<Error>,
    /// Whether the person may be sent to sign in without a click: once in the life of a page, and not whoever has just come back from the
    /// server, by a response or by the Back button.
    pub may_ask: bool,
    is_settled: bool,
    is_asking: bool,
    has_asked: bool,
}

/// What happens.
#[derive(Debug)]
pub(crate) enum Input {
    /// The session is sought again, as the person wished.
    Resuming,
    /// What was sought is found, or not.
    Settled { error: Option<Error>, came: Option<Came>, page: Page },
    /// The session has changed.
    Changed,
    /// A sign-in begins.
    Asking,
    /// It came to its end on this page.
    Asked(Option<Error>),
}

/// What this page is back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// A sign-in.
    SignIn,
    /// A sign-out at the server.
    SignOut,
    /// The server, which was asked without a page being shown.
    Silent,
}

/// How the page came to be there. Times are in milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Page {
    /// In a frame of another origin, where only a popup can sign in.
    pub(crate) is_framed: bool,
    /// By the Back button or the Forward button.
    pub(crate) is_of_history: bool,
    pub(crate) now: u64,
    /// When this tab last came back and had no session.
    pub(crate) fruitless: Option<u64>,
}

/// How long a tab that came back without a session isn't sent away again, in milliseconds. An app that loads itself anew after a sign-in
/// would go round and round otherwise.
const PAUSE: u64 = 10_000;

impl AuthState {
    /// What a guard draws that sends people to sign in, or, if it isn't `automatic`, waits for a click.
    pub fn view(&self, automatic: bool) -> View {
        match self.status {
            Status::SignedIn => View::Inside,
            Status::Error => View::Failed,
            Status::SignedOut if !(automatic && self.may_ask) => View::Fallback,
            Status::SignedOut | Status::Loading => View::Loading,
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.is_settled
    }

    pub(crate) fn is_asking(&self) -> bool {
        self.is_asking
    }

    /// What there is to show after `input`, with the session that there is then.
    pub(crate) fn next(&self, input: Input, session: Option<Session>) -> Self {
        let mut next = Self { session, error: None, may_ask: false, ..self.clone() };
        match input {
            Input::Resuming => (next.is_settled, next.has_asked) = (next.session.is_some(), false),
            Input::Settled { error, came, page } => {
                (next.is_settled, next.error) = (true, error);
                next.may_ask = !self.has_asked && page.lets_ask(came);
            }
            Input::Changed => {}
            Input::Asking => (next.is_asking, next.has_asked) = (true, true),
            Input::Asked(error) => (next.is_asking, next.error) = (false, error),
        }
        next.judge();
        next
    }

    fn judge(&mut self) {
        // Until the address is the old one again, what is inside isn't to be shown.
        self.session.take_if(|_| !self.is_settled);
        self.status = match &self.error {
            _ if self.session.is_some() => Status::SignedIn,
            _ if !self.is_settled || self.is_asking => Status::Loading,
            Some(error) if !is_a_word(&error.code) => Status::Error,
            _ => Status::SignedOut,
        };
        self.may_ask &= self.status == Status::SignedOut && self.error.is_none();
    }
}

/// What is no failure: the person didn't sign in, or a click can do it.
fn is_a_word(code: &ErrorCode) -> bool {
    matches!(code, ErrorCode::SignInAbandoned | ErrorCode::PopupClosed | ErrorCode::PageFramed)
}

impl Page {
    fn lets_ask(&self, came: Option<Came>) -> bool {
        let is_calm = self.fruitless.is_none_or(|then| !(then..then + PAUSE).contains(&self.now));
        matches!(came, None | Some(Came::Silent)) && !self.is_framed && !self.is_of_history && is_calm
    }
}

/// Whether the tab came back from the person's own way to the server and has no session.
pub(crate) fn is_fruitless(came: Option<Came>, session: Option<&Session>) -> bool {
    matches!(came, Some(Came::SignIn | Came::SignOut)) && session.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Error as Failure, Loading, SignedIn, SignedOut};

    const NOW: u64 = 1_900_000_000_000;

    fn ada() -> Session {
        Session::of("ada")
    }

    fn error(code: ErrorCode) -> Error {
        Error::new(code, "words".into())
    }

    fn settled(error: Option<Error>, came: Option<Came>, page: Page) -> Input {
        Input::Settled { error, came, page }
    }

    fn plainly(came: Option<Came>) -> Input {
        settled(None, came, Page::default())
    }

    /// Feeds a page's inputs in their order, each with whether there is a session then.
    fn after(inputs: impl IntoIterator<Item = (Input, bool)>) -> AuthState {
        let take = |state: AuthState, (input, is_in): (Input, bool)| state.next(input, is_in.then(ada));
        inputs.into_iter().fold(AuthState::default(), take)
    }

    #[track_caller]
    fn shows(state: &AuthState, status: Status, view: View, may_ask: bool) {
        assert_eq!((state.status, state.view(true), state.may_ask), (status, view, may_ask), "{state:?}");
    }

    #[test]
    fn a_page_asks_whom_nothing_brought() {
        shows(&AuthState::default(), Loading, View::Loading, false);
        let page = Page { now: NOW, fruitless: Some(NOW - PAUSE), ..Page::default() };
        for input in [plainly(None), plainly(Some(Came::Silent)), settled(None, None, page)] {
            let state = after([(input, false)]);
            shows(&state, SignedOut, View::Loading, true);
            assert_eq!(state.view(false), View::Fallback);
        }
    }

    #[test]
    fn a_page_does_not_ask_who_has_just_come_back() {
        let now = Page { now: NOW, ..Page::default() };
        let rows = [
            plainly(Some(Came::SignIn)),
            plainly(Some(Came::SignOut)),
            settled(None, None, Page { is_of_history: true, ..now }),
            settled(None, None, Page { is_framed: true, ..now }),
            settled(None, None, Page { fruitless: Some(NOW - PAUSE + 1), ..now }),
            settled(None, Some(Came::Silent), Page { fruitless: Some(NOW), ..now }),
            settled(Some(error(ErrorCode::SignInAbandoned)), None, now),
        ];
        for input in rows {
            shows(&after([(input, false)]), SignedOut, View::Fallback, false);
        }
    }

    #[test]
    fn a_page_asks_once() {
        let asking = || [(plainly(None), false), (Input::Asking, false)];
        shows(&after(asking()), Loading, View::Loading, false);
        for code in [ErrorCode::SignInAbandoned, ErrorCode::PopupClosed, ErrorCode::PageFramed] {
            let state = after(asking().into_iter().chain([(Input::Asked(Some(error(code))), false)]));
            shows(&state, SignedOut, View::Fallback, false);
        }
        // It came to nothing without a word.
        let state = after(asking().into_iter().chain([(Input::Asked(None), false)]));
        shows(&state, SignedOut, View::Fallback, false);
        // A click before the page knew.
        let early = [(Input::Asking, false), (Input::Asked(None), false), (plainly(None), false)];
        shows(&after(early), SignedOut, View::Fallback, false);
    }

    #[test]
    fn a_session_is_shown_until_it_ends() {
        shows(&after([(plainly(None), true)]), SignedIn, View::Inside, false);
        let ended = after([(plainly(None), true), (Input::Changed, false)]);
        shows(&ended, SignedOut, View::Fallback, false);
        let refused = after([(settled(Some(error(ErrorCode::StateMismatch)), None, Page::default()), true)]);
        shows(&refused, SignedIn, View::Inside, false);
        assert!(refused.error.is_some());
        // Where the session is sought, none is shown: the address is a response's still.
        shows(&after([(Input::Changed, true)]), Loading, View::Loading, false);
        // More rights are asked for, and the page stays as it is.
        shows(&after([(plainly(None), true), (Input::Asking, true)]), SignedIn, View::Inside, false);
    }

    #[test]
    fn who_tries_again_is_no_longer_at_an_error() {
        let failed = || (settled(Some(error(ErrorCode::StorageBlocked)), None, Page::default()), false);
        shows(&after([failed()]), Failure, View::Failed, false);
        shows(&after([failed(), (Input::Resuming, false)]), Loading, View::Loading, false);
        shows(&after([failed(), (Input::Resuming, false), (plainly(None), true)]), SignedIn, View::Inside, false);
        let asked = [(Input::Asking, false), (Input::Asked(Some(error(ErrorCode::StorageBlocked))), false)];
        let again = [(Input::Resuming, false), (plainly(None), false)];
        let state = after([(plainly(None), false)].into_iter().chain(asked).chain(again));
        shows(&state, SignedOut, View::Loading, true);
        // What is inside stays there meanwhile.
        shows(&after([(plainly(None), true), (Input::Resuming, true)]), SignedIn, View::Inside, false);
    }

    #[test]
    fn only_the_persons_own_ways_without_a_session_are_fruitless() {
        for (came, is_in, expected) in [
            (Some(Came::SignIn), false, true),
            (Some(Came::SignOut), false, true),
            (Some(Came::Silent), false, false),
            (Some(Came::SignIn), true, false),
            (None, false, false),
        ] {
            assert_eq!(is_fruitless(came, is_in.then(ada).as_ref()), expected, "{came:?} {is_in}");
        }
    }
}
