/**
 * The app's side of a holder on an origin of its own: tokens, codes and callback are where nothing of this app's origin can
 * reach them, not even a service worker.
 *
 * @module tokenkeep/remote
 */

import type { Auth } from "./index.js";

export { TokenKeepError, isTokenKeepError } from "./index.js";
export type * from "./index.js";

/**
 * Connects this page to the holder whose frame page is at `frame`, such as `https://auth.example.com/frame`: on
 * another origin of the same site, with `serve()` in it. The frame is hidden, and calls don't pass through it.
 *
 * What differs from `connect` of `tokenkeep`: sign-ins start and end on that origin, and come back to `returnTo`, by default
 * the page that they started from; `accessToken()` and `enterToken()` are refused with `TOKENKEEP_OPERATION_REFUSED`;
 * `signOut()` signs out every app that shares the holder. Calls that wait while somebody removes the frame from the page fail
 * with `TOKENKEEP_FRAME_LOST`. In a page that is in a frame itself everything fails with `TOKENKEEP_PAGE_FRAMED`.
 *
 * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` if `frame` is no URL, or of this page's own origin
 */
export function connect(frame: string | URL): Auth;
