import { fail } from "../errors.js";
import { misuse, refusal } from "./refusals.js";
import { absolute } from "./targets.js";

const redirects = [301, 302, 303, 307, 308];

/** What a test answers, by method and URL. */
export class Routes {
  #entries = [];

  constructor(routes = {}) {
    for (const [name, answer] of Object.entries(routes)) this.add(name, answer);
  }

  /** One that comes later counts before those that were there. */
  add(name, answer) {
    const [, method, url] = /^([A-Z]+) (\S+)$/.exec(name) ?? [];
    if (!method || !URL.canParse(url, globalThis.document?.baseURI))
      throw misuse("routes", `has "${name}", which is no method and URL, such as "GET https://api.example.com/v1/files"`);
    this.#entries.unshift({ method, matches: matcher(url), answer });
  }

  /** `{ answer }`, or undefined where nothing is said of such a request. */
  find({ method, url }) {
    return this.#entries.find((entry) => entry.method === method && entry.matches(url));
  }
}

/** A URL without a query is one with any; with `*` at its end it is all that begin like it. */
function matcher(url) {
  const wanted = absolute(url);
  const isPrefix = url.endsWith("*");
  const hasQuery = wanted.search !== "";
  wanted.hash = "";
  return (href) => {
    const asked = new URL(href);
    asked.hash = "";
    if (isPrefix) return asked.href.startsWith(wanted.href.slice(0, -1));
    if (!hasQuery) asked.search = "";
    return asked.href === wanted.href;
  };
}

/** The Response that an answer stands for: that of a function, one that is one, else JSON; nothing is 204. */
export async function respond(answer, request, options) {
  const value = typeof answer === "function" ? await answer(toRequest(request), options) : answer;
  if (isResponse(value)) return value.bodyUsed ? value : value.clone();
  const { Response } = platform();
  if (value === undefined) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(value), { headers: { "content-type": "application/json" } });
}

/** The response as `auth.fetch` answers it, or the error that it rejects with instead. */
export function judged(response, url) {
  if (response.type === "error") throw new TypeError("Failed to fetch");
  if (response.type === "opaqueredirect" || redirects.includes(response.status)) throw refusal("REDIRECT_REFUSED");
  if (!response.url) Object.defineProperty(response, "url", { value: url });
  return response;
}

// Test environments bring a Response of their own along with the runtime's.
const isResponse = (value) => typeof value?.clone === "function" && typeof value.status === "number";

function toRequest({ url, method, headers, body, duplex }) {
  const { Request } = platform();
  return new Request(url, { method, headers: [...headers], body, duplex });
}

function platform() {
  const { Request, Response } = globalThis;
  if (Request && Response) return { Request, Response };
  throw fail("BROWSER_MISSING", "this environment has no Request and no Response; have it take Node's, see docs/testing.md");
}
