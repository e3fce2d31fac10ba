/** Has routers read the address again, without the response. Where they are given no state they keep none of before. */
export function readdress({ returnTo }) {
  history.replaceState(history.state, "", returnTo ?? location.href);
  dispatchEvent(new PopStateEvent("popstate", { state: null }));
}
