/**
 * The pages at the holder's own origin: the frame of the apps, and the page where sign-ins start and end.
 *
 * @module tokenkeep/serve
 */

import type { TokenKeepError } from "./index.js";

export { TokenKeepError, isTokenKeepError } from "./index.js";
export type { ErrorCode } from "./index.js";

export interface ServeOptions {
  /** The exact origins of the apps that may use the holder, such as `["https://app.example.com"]`: other hosts of the same site. */
  apps: readonly string[];
  /**
   * What to do if a person is on this page and can't be brought on: by default the message is shown. Nobody is sent anywhere
   * then.
   */
  onError?: (error: TokenKeepError) => void;
}

/**
 * Call this once in both pages, and nothing else. In a frame of a listed app it lends that app the holder; by itself it starts
 * sign-ins and takes what comes back from the authorization server.
 *
 * @param worker makes the worker that holds the session; the file that calls `hold()` is beside this page
 * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` with what `apps` must be
 */
export function serve(worker: SharedWorker | Worker | (() => SharedWorker | Worker), options: ServeOptions): void;
