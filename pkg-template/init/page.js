import { auth, ready } from "%AUTH%";

/** Resolves to the session or null. At the redirection URI it finishes the sign-in and goes on where that began. */
export async function callback(go = (path%STRING%) => history.replaceState(null, "", path)) {
  const session = await ready;
  if (auth.arrival) go(auth.arrival.returnTo ?? "/");
  return session;
}
