/**
 * Going on after a sign-in, for apps without one of the package's adapters. Those do it by themselves.
 *
 * @module tokenkeep/arrival
 */

import type { Auth } from "./index.js";

/** How to go on. */
export interface GoOnOptions {
  /**
   * Takes a router there: it is given path, query and hash, such as `/inbox?x=1#y`, and may return a promise. By default that becomes
   * the address, in the place of the redirection URI and without a reload, and a `popstate` event has routers read it.
   */
  navigate?: (path: string) => unknown;
  /** Where to go if the sign-in was given no `returnTo`. By default the page stays where it is. */
  fallback?: string;
}

/**
 * Goes on where the sign-in began, or the sign-out at the server, that `auth.resume()` has finished on this page: to
 * `auth.arrival.returnTo`. Call it once `resume()` is done. Without an arrival, in a popup, and the second time it does nothing.
 *
 * @returns where it went, or null if there was nothing to do
 * @throws {TokenKeepError} `TOKENKEEP_RETURN_TARGET_REFUSED` for what is no page of this origin, `TOKENKEEP_AUTH_MISSING`,
 * `TOKENKEEP_CONFIG_INVALID`; and what `navigate` throws
 */
export function goOn(auth: Auth, options?: GoOnOptions): Promise<string | null>;
