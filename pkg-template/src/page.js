import { base64 } from "tokenkeep:wasm";

import { Auth } from "./client/auth.js";
import { describe } from "./client/requests.js";
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
    try {
      if (input instanceof Request || init?.body != null) return this.#fetchDescribed(describe(input, init, true));
      const { timeout, ...options } = init ?? {};
      return this.#send(new URL(input, globalThis.document?.baseURI).href, options, timeout);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #fetchDescribed(description) {
    const { url, timeout, ...options } = await description;
    return this.#send(url, options, timeout);
  }

  #send(href, options, timeout) {
    const headers = new Headers(options.headers);
    return this.#kernel.send(href, { ...defaults, ...options, headers, redirect: "manual" }, timeout);
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

const defaults = { credentials: "omit", referrerPolicy: "no-referrer" };
