/**
 * The page's way to a holder whose file is served as it is, at an address that stays over deployments.
 *
 * @module tokenkeep/worker
 */

/** How the holder's worker is made. */
export interface HolderOptions {
  /**
   * The name of the trusted types policy that lets the worker's URL through, which `trusted-types` of the page's
   * Content-Security-Policy has to list. `tokenkeep` if left out. Without trusted types nothing is made.
   */
  policy?: string;
}

/**
 * What `connect()` of `tokenkeep` takes, for the holder's file at `url` of this origin, such as `/tokenkeep/holder.js`: a function
 * that makes a SharedWorker, or a Worker where there is none, with the same options on every page. Relative URLs are the page's.
 * On a server, where pages are rendered beforehand, it is never called.
 *
 * A policy that can't be made comes out of every call as `TOKENKEEP_WORKER_BLOCKED`.
 *
 * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` if `url` is no URL, or of another origin
 */
export function holderAt(url: string | URL, options?: HolderOptions): () => SharedWorker | Worker;
