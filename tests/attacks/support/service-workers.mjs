// Service workers: those of the attacker's, and those that an app may have, with and without the lines that
// docs/security/headers.md has for them.

import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { snippet } from "../../browser/support/advice.mjs";
import { tap } from "../scripts/places.mjs";

const control = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));`;
/** What most caching workers do, in one function. */
const cacheFirst = `async function cacheFirst(request) {
  const cache = await caches.open("app");
  const known = await cache.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}`;
const routes = `import { registerRoute } from "workbox-routing";
import { StaleWhileRevalidate } from "workbox-strategies";
registerRoute(({ sameOrigin }) => sameOrigin, new StaleWhileRevalidate());`;

/** The attacker's: it passes everything on, and tells of all of it. */
export const spy = (to) => `${control}\nconst { fetch: tapped } = (${tap})(${JSON.stringify(to)});
addEventListener("fetch", (event) => event.respondWith(tapped(event.request)));`;

/** What the attacker's holder begins with. */
export const prelude = (to) => `globalThis.fetch = (${tap})(${JSON.stringify(to)}).fetch;`;

/** An app's own worker written by hand, with the document's lines or as if it had never heard of them. */
export const byHand = ({ careful }) => `${control}\n${lines("js sw.js", careful)}\n${cacheFirst}`;

/** The same made with Workbox, whose precache has the holder in it, as that of a build that takes every file. */
export async function byWorkbox({ careful }) {
  const contents = `${lines("js workbox.js", careful)}\n${routes}\n${control}`;
  const manifest = [{ url: "/tokenkeep/holder.js", revision: "1" }];
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    define: { "self.__WB_MANIFEST": JSON.stringify(manifest), "process.env.NODE_ENV": '"production"' },
    bundle: true,
    write: false,
    format: "iife",
  });
  return outputFiles[0].text;
}

function lines(name, careful) {
  const text = snippet(name);
  const rule = /^const isTheServers = [^]*?;$/m;
  if (!rule.test(text)) throw new Error(`${name} has no such rule`);
  return careful ? text : text.replace(rule, "const isTheServers = ({ origin }) => origin !== location.origin;");
}
