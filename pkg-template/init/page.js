import { auth, ready } from "%AUTH%";

/** Resolves to the session or null. At the redirection URI it finishes the sign-in and goes on where that began. */
export async function callback(go = goOn) {
  const session = await ready;
  if (auth.arrival) go(auth.arrival.returnTo ?? "/");
  return session;
}

/** A router that has read the address already hears of the new one. */
function goOn(path%STRING%) {
  history.replaceState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: null }));
}
