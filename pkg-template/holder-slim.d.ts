/**
 * As `tokenkeep/holder`, with the wasm from the caller instead of inside the script.
 *
 * @module tokenkeep/holder/slim
 */

import type { Config } from "./holder.js";

export { TokenKeepError, isTokenKeepError, type ErrorCode } from "./index.js";
export type { AuthorizationServerMetadata, ByIssuer, ByMetadata, Config, Options, Profile } from "./holder.js";

/**
 * As `hold` of `tokenkeep/holder`. `wasm` is `tokenkeep/tokenkeep.wasm`, in whatever form your bundler hands it out.
 *
 * @returns resolves once the holder runs; rejects with what `hold` throws
 */
export function hold(config: Config, wasm: WasmSource | Promise<WasmSource>): Promise<void>;

/**
 * A URL to fetch, a response, the bytes, or the compiled module. A file that is served as `application/wasm` is compiled
 * while it comes; with `hold(config, fetch(url))` it is asked for before anything else.
 */
export type WasmSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;
