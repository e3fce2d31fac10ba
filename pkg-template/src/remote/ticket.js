// What this tab knows of its way to the authorization server: the name of the visit, which is of use to pages of this origin
// only. Where storage is blocked, popups still work.

const name = "tokenkeep-ticket";

/** 32 random bytes, as base64url. */
export function newTicket() {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
  return btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

/** Remembers the ticket until this tab is back; whether that worked. */
export function keepTicket(ticket) {
  try {
    sessionStorage[name] = ticket;
    return true;
  } catch {
    return false;
  }
}

/** The ticket that this tab left with, once. */
export function takeTicket() {
  try {
    const ticket = sessionStorage[name];
    delete sessionStorage[name];
    return ticket;
  } catch {
    return undefined;
  }
}
