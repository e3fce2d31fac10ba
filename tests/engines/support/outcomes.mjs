/** What the stories try that engines take in different ways, as the rows of docs/engines.md have it. */
export const events = {
  reload: "a reload of the only tab",
  closed: "the only tab is closed, and the app opened in another",
  away: "the only tab visits another site and comes back",
  sleep: "a phone's sleep",
  claim: "a service worker claims the running app, before a refresh",
};

/** All that may come of it. */
export const outcomes = {
  kept: "the session is there",
  silent: "`resume({ silent: true })` brings it back",
  refreshed: "the session is there; one refresh",
  noticed: "noticed; no refresh token is sent",
  aside: "it is not in between: the worker goes its own way",
};
