/** What this import is depends on the bundler: a URL with `?url` and the like, else a module. */
declare const wasm: unknown;
export default wasm;
