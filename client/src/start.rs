//! How a page begins: it finishes a sign-in, or finds the session, and goes on where it was.

use std::{future::pending, rc::Rc};

use crate::{Arrival, Auth, Error, Resume, Silent, place, state::Came};

type OnArrival = Rc<dyn Fn(Arrival)>;

/// How a page begins: see [`Store::start`](crate::Store::start).
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
            on_arrival: Rc::new(|arrival| place::go_on(arrival.return_to.as_deref())),
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

/// What went wrong, if anything, and what the page is back from.
pub(crate) async fn begin(auth: &Auth, options: &Start) -> (Option<Error>, Option<Came>) {
    let before = auth.arrival();
    let found = auth.resume(&options.resume).await;
    let left = place::come_back();
    if let Err(error) = found {
        // The address is the one that takes responses.
        place::go_on(left.as_deref());
        return (Some(error), None);
    }
    let arrival = auth.arrival();
    if arrival == before {
        return (None, None);
    }
    match arrival {
        // This page has only to close itself.
        Some(arrival) if arrival.popup => pending().await,
        Some(arrival) => {
            let came = came(&arrival);
            (options.on_arrival)(arrival);
            (None, Some(came))
        }
        None => (None, None),
    }
}

fn came(arrival: &Arrival) -> Came {
    match arrival {
        Arrival { signed_out: true, .. } => Came::SignOut,
        Arrival { silent: true, .. } => Came::Silent,
        _ => Came::SignIn,
    }
}
