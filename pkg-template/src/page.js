import { texts } from "tokenkeep:wasm";

import { scrub } from "./client/arrival.js";
import { Auth } from "./client/auth.js";
import { describe, mayBeRequest } from "./client/requests.js";
import { start } from "./kernel/load.js";
import { decode } from "./kernel/spelling.js";

export { TokenKeepError, isTokenKeepError } from "./errors.js";

/** Holds the session in the page itself, where page script can reach it with effort: see the documentation. */
export function hold(config) {
  return new Auth(new PageTransport(start(() => decode(texts.spelt, texts.reader), config)), scrub);
}

/** The kernel without a port between. */
class PageTransport {
  #supervisor;
  #silence;

  constructor(supervisor) {
    this.#supervisor = supervisor;
  }

  fetch(input, init) {
    try {
      if (mayBeRequest(input) || init?.body != null || init?.tokenkeep || !isPlain(init))
        return this.#fetchDescribed(describe(input, init));
      return this.#send(new URL(input, globalThis.document?.baseURI).href, init, new Headers(init?.headers));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #fetchDescribed(description) {
    const { url, options, headers, ...init } = await description;
    return this.#send(url, init, headers, options);
  }

  #send(href, init, headers, options) {
    const { credentials = "omit", referrerPolicy = "no-referrer" } = init ?? {};
    return this.#supervisor.kernel.send(href, { ...init, credentials, referrerPolicy, headers, redirect: "manual" }, options);
  }

  async call(op, parameters, signal) {
    const { options, href, token, key } = { __proto__: null, ...parameters };
    return this.#supervisor.kernel[op](options ?? href ?? token ?? key, signal && { signal });
  }

  see(visible) {
    this.#supervisor.see(this, visible);
  }

  explain(response) {
    return this.#supervisor.kernel.explain(response);
  }

  async listen(listener) {
    // A page that comes back from the back/forward cache asks again.
    this.#silence?.();
    this.#silence = this.#supervisor.listen(listener);
    return this.#supervisor.kernel.snapshot();
  }

  leave() {}

  close() {}
}

// What has its members from a prototype, as a Request has, is not to be spread.
const isPlain = (init) => !init || [Object.prototype, null].includes(Object.getPrototypeOf(init));
