import { fail } from "../errors.js";
import { dispatchCaptured, own } from "./captured.js";

const mostKeptAlive = 60_000;
const texts = ["method", "mode", "cache", "credentials", "duplex", "integrity", "priority", "referrerPolicy"];

/** Whether a body can be read once only; `duplex` is set for no other. */
export const isStream = ({ body, duplex }) => body != null && duplex !== undefined;

/** What the core has to know of an answer; what is null or undefined counts as absent. */
export function describe({ href, init, options, kept }, { status, headers }) {
  const [challenge, retryAfter, date] = ["www-authenticate", "retry-after", "date"].map((name) => headers.get(name));
  return {
    ...{ target: href, method: init.method ?? "GET", status },
    ...{ retry: options.retry, idempotent: options.idempotent, stepUp: options.stepUp },
    streamed: isStream(init) && !kept?.whole,
    ...{ challenge, retryAfter, date, nonce: headers.has("dpop-nonce") },
  };
}

/** Calls the application's function soon; what it throws is reported and goes no further. */
export function later(call) {
  queueMicrotask(async () => {
    try {
      await call();
    } catch (error) {
      globalThis.reportError?.(error);
    }
  });
}

/** Hands what `promise` resolves to over to `act`, which throws if its core has broken down, and that is all there is to it. */
export async function after(promise, act) {
  try {
    act(await steady(promise));
  } catch {}
}

/** A promise whose value `await` shows to nobody, whatever the page has done to promises. */
export const steady = (promise) => (PAGE ? own(promise) : promise);

/** Sends a request with `fields`, which have the token. */
export function dispatch(href, init, fields) {
  if (PAGE) return dispatchCaptured(href, init, fields);
  for (const name in fields) init.headers.set(name, fields[name]);
  return fetch(href, init);
}

export const drop = (response) => void response.body?.cancel().catch(() => {});

/** What a request of our own goes with. */
export const discreet = { credentials: "omit", referrerPolicy: "no-referrer", redirect: "manual", cache: "no-store" };

/** A browser says nothing of a preflight that failed, so this names what a proof of possession adds to it. */
export function hint(error) {
  if (error?.name !== "TypeError") return error;
  return new TypeError(
    `${error.message} (the request had a DPoP header: if the API is up, its CORS settings must allow that one; else set dpop: false)`,
  );
}

/** Posts audit entries; where nobody listens they are lost, and the log still has them. */
export function post(url, body) {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    redirect: "error",
  };
  fetch(url, { ...init, keepalive: body.length < mostKeptAlive }).catch(() => {});
}

/** Why `init` can't go with a token, if it can't. What is no text could say one thing to us and another to `fetch`. */
export function refuse(init, { replaceAuthorization }) {
  const { headers, mode } = init;
  const odd = texts.find((name) => init[name] !== undefined && typeof init[name] !== "string");
  if (odd) return fail("REQUEST_REFUSED", `${odd} is not a string; pass one, or leave it out`);
  if (headers.has("dpop")) return fail("REQUEST_REFUSED", "the request has a DPoP header of its own; remove it");
  if (headers.has("authorization") && replaceAuthorization !== true)
    return fail("REQUEST_REFUSED", "the request has an Authorization header of its own; remove it, or set replaceAuthorization");
  if (mode === "no-cors") return fail("REQUEST_REFUSED", 'mode: "no-cors" can\'t carry a token; remove it');
}
