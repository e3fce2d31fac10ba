import { base64url } from "../client/digest.js";

// What this tab is called, so that what it left for is found when it is back. It is no secret of any use: pages of this origin
// only are given what is filed under it. It is written once and never changed, since Chromium may hand a page the storage as
// it was when another page went into the back/forward cache. Where storage is blocked, popups still work.

const name = "tokenkeep-tab";

/** 32 random bytes, as base64url. */
export const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** The name of this tab, or undefined if nothing can be kept. */
export function tabName() {
  try {
    return (sessionStorage[name] ??= random());
  } catch {
    return undefined;
  }
}
