import { base64 } from "tokenkeep:wasm";

import { Auth } from "./client/auth.js";
import { readRequest } from "./client/requests.js";
import { decode, start } from "./kernel/load.js";

export { TokenKeepError, isTokenKeepError } from "./errors.js";

/** Holds the session in the page itself, where page script can reach it with effort: see the documentation. */
export function hold(config) {
  return new Auth(new PageTransport(start(decode(base64), config)));
}

/** The kernel without a port between. */
class PageTransport {
  #kernel;

  constructor(kernel) {
    this.#kernel = kernel;
  }

  fetch(input, init) {
    if (input instanceof Request) return this.#fetchRequest(input, init);
    const { timeout, ...options } = init ?? {};
    return this.#kernel.send(new URL(input, globalThis.document?.baseURI).href, withDefaults(options, new Headers(options.headers)), timeout);
  }

  async #fetchRequest(input, init) {
    const { url, headers, signal, ...options } = await readRequest(input, init);
    return this.#kernel.send(url, withDefaults({ ...options, signal }, new Headers(headers)), init?.timeout);
  }

  call(op, { options, href } = {}) {
    return this.#kernel[op](options ?? href);
  }

  async listen(listener) {
    this.#kernel.listen(listener);
    return this.#kernel.snapshot();
  }

  close() {}
}

const withDefaults = (options, headers) => ({ credentials: "omit", referrerPolicy: "no-referrer", ...options, headers, redirect: "manual" });
