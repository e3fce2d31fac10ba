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
      if (input instanceof Request || init?.body != null || init?.tokenkeep) return this.#fetchDescribed(describe(input, init, true));
      return this.#send(new URL(input, globalThis.document?.baseURI).href, init);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #fetchDescribed(description) {
    const { url, options, ...init } = await description;
    return this.#send(url, init, options);
  }

  #send(href, init, options) {
    const headers = new Headers(init?.headers);
    return this.#kernel.send(href, { ...defaults, ...init, headers, redirect: "manual" }, options);
  }

  async call(op, { options, href, token } = {}) {
    return this.#kernel[op](options ?? href ?? token);
  }

  wait(key, signal) {
    return this.#kernel.outcome(key, signal);
  }

  see(visible) {
    this.#kernel.see(this, visible);
  }

  explain(response) {
    return this.#kernel.explain(response);
  }

  async listen(listener) {
    this.#kernel.listen(listener);
    return this.#kernel.snapshot();
  }

  close() {}
}

const defaults = { credentials: "omit", referrerPolicy: "no-referrer" };
