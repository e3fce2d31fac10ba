import { fail } from "../errors.js";
import { host } from "./host.js";
import { land } from "./landing.js";
import { Lender } from "./lender.js";

export { TokenKeepError, isTokenKeepError } from "../errors.js";

/**
 * What the two pages at the holder's own origin do: in a frame of a listed app it lends that app the holder, by itself it starts
 * sign-ins and takes what comes back.
 */
export function serve(worker, { apps, onError = show } = {}) {
  const listed = origins(apps);
  const lender = new Lender(worker);
  if (top !== globalThis) return host(lender, listed, async () => (await lender.call("redirectUri")).redirectUri);
  land(lender).catch(onError);
}

function origins(apps) {
  const isOrigin = (one) => typeof one === "string" && URL.canParse(one) && new URL(one).origin === one && one !== location.origin;
  if (Array.isArray(apps) && apps.length > 0 && apps.every(isOrigin)) return [...apps];
  throw fail(
    "CONFIG_INVALID",
    'serve(worker, { apps }): must be a list of exact origins of other hosts, such as ["https://app.example.com"]',
  );
}

function show({ code, message }) {
  const text = Object.assign(document.createElement("p"), { role: "alert", textContent: `${message} (${code ?? "error"})` });
  document.body.append(text);
}
