import { fail } from "./errors.js";

const policies = new Map();

/** What `connect()` makes the holder's worker with, whose file is at `url`; see worker.d.ts. */
export function holderAt(url, { policy = "tokenkeep" } = {}) {
  const { location } = globalThis;
  // On a server nobody calls what is returned, and there is nothing that `url` could be relative to.
  const { href, origin } = parsed(url, location?.href ?? "http://localhost/");
  if (location && origin !== location.origin)
    throw fail(
      "CONFIG_INVALID",
      `${href} is on another origin than this page: put the holder's file on ${location.origin}, or use tokenkeep/remote`,
    );
  return () => {
    const script = trusted(href, policy);
    const options = { type: "module", name: "tokenkeep", extendedLifetime: true };
    return globalThis.SharedWorker ? new SharedWorker(script, options) : new Worker(script, options);
  };
}

function parsed(url, base) {
  if (url && URL.canParse(url, base)) return new URL(url, base);
  throw fail("CONFIG_INVALID", 'holderAt() takes the URL of the holder\'s file, such as "/tokenkeep/holder.js"');
}

/** `href` as browsers want it under `require-trusted-types-for 'script'`. A name can be taken only once, hence the map. */
function trusted(href, name) {
  const { trustedTypes } = globalThis;
  if (!trustedTypes) return href;
  try {
    if (!policies.has(name)) policies.set(name, trustedTypes.createPolicy(name, { createScriptURL: (url) => url }));
  } catch {
    throw fail(
      "WORKER_BLOCKED",
      `this page may make no trusted types policy ${name}: list it in trusted-types of the Content-Security-Policy, and make no other of that name`,
    );
  }
  return policies.get(name).createScriptURL(href);
}
