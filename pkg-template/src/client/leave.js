import { stayed } from "./staying.js";

/** Goes to the authorization server for good. An ID token goes there in a form, since URLs end in histories and logs. */
export function go(href, idTokenHint) {
  if (!idTokenHint) return location.assign(href);
  const url = new URL(href);
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url.origin + url.pathname });
  for (const [name, value] of [...url.searchParams, ["id_token_hint", idTokenHint]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
  // Who stays here is not left alone with the token.
  form.remove();
}

/** Ends the session there. `fail` makes errors of this page's class. */
export function signOutAt(href, idTokenHint, fail) {
  const abandoned = fail(
    "SIGN_OUT_ABANDONED",
    "the user is still here, or back: the session at the authorization server may go on; offer signOut({ endSession: true }) once more",
  );
  return stayed(abandoned, () => go(href, idTokenHint));
}
