/**
 * The holder in the page itself, without a worker: for tests, extensions and pages that can't have one. Page script can
 * reach the tokens here with effort; a worker is what keeps them apart.
 *
 * It keeps `fetch` and its like as they are when it is loaded. Where they are not as browsers and Node have them, such as in happy-dom,
 * loading it fails with `TOKENKEEP_BROWSER_MISSING`.
 *
 * @module tokenkeep/page
 */

import type { Config } from "./holder.js";
import type { Auth } from "./index.js";

export { TokenKeepError, isTokenKeepError } from "./index.js";
export type * from "./index.js";
export type { AuthorizationServerMetadata, ByIssuer, ByMetadata, Config, Options, Profile } from "./holder.js";

/**
 * Holds the session in this page. Can be called once.
 *
 * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` with the `option` and the cure
 */
export function hold(config: Config): Auth;
