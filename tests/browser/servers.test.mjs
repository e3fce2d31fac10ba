// The samples of docs/security/headers.md in the servers that they are for: what each kind of response has, which requests
// are refused, and what comes of a service worker's registration in a browser.

import assert from "node:assert/strict";

import { filled, sets, snippet, withOwnWorker } from "./support/advice.mjs";
import { newContext } from "./support/browser.mjs";
import { registeredScopes, tryToRegister } from "./support/registrations.mjs";
import { samples, startSite } from "./support/servers.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const html = (title) => `<!doctype html><title>${title}</title><script type="module" src="/assets/app.js"></script>`;
const worker =
  'addEventListener("install", () => skipWaiting()); addEventListener("activate", (event) => event.waitUntil(clients.claim()));';
/** An app of the reader's: the page starts the holder with the document's lines, and others have files on its origin. */
const files = {
  "script.js": worker,
  "index.html": html("the app"),
  "assets/app.js": `${snippet("js app.js")}\nconst worker = makeWorker();\nworker.port.onmessage = ({ data }) => (globalThis.heard = data);\nworker.port.start();`,
  "tokenkeep/holder.js": 'onconnect = ({ ports: [port] }) => port.postMessage("the holder is here");',
  "uploads/page.html": html("uploaded"),
  "uploads/script.js": worker,
  "tokenkeep/script.js": worker,
  "app/sw.js": `${worker} addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));`,
};
const scripts = Object.keys(files)
  .filter((path) => path.endsWith(".js"))
  .map((path) => `/${path}`);

/** What is asked for, and the sets that the answer must have. */
const kinds = {
  "/": ["pages"],
  "/app/files/1": ["pages"],
  "/callback?code=c&state=s": ["pages", "callback"],
  "/tokenkeep/holder.js": ["worker"],
  "/assets/app.js": ["others"],
  "/uploads/page.html": ["others"],
  "/uploads/script.js": ["others"],
};

const outOfRange = ["/assets/app.js", { headers: { range: "bytes=9000-" } }, 416];
/** Errors that each server makes by itself. */
const errors = {
  nginx: [
    ["/assets/app.js", { method: "POST" }, 405],
    [`/${"x".repeat(12_000)}`, {}, 414],
    ["/%E0%A4%A", {}, 400],
  ],
  Caddy: [outOfRange],
  Express: [outOfRange, ["/uploads/none.html", {}, 404], ["/assets/app.js", { headers: { "if-match": "none" } }, 412]],
  Vite: [outOfRange],
};

/** Vite's preview has a `Cache-Control` of its own, whatever the middleware says. */
const exceptions = { Vite: { callback: {} } };

for (const [name, why] of Object.entries(samples)) {
  const serve = async (t, change) => {
    const site = await startSite(t);
    await site.use(name, { files, change });
    return site;
  };

  test(`${name}: every response has the headers of what it is, errors too (SAFE-4, SW-3)`, async (t) => {
    if (why) return t.skip(why);
    const { origin } = await serve(t);
    for (const [path, names] of Object.entries(kinds))
      await assertHas(origin + path, Object.assign({}, ...names.map((one) => exceptions[name]?.[one] ?? sets[one])), { app: origin });
    for (const [path, init, status] of errors[name])
      assert.equal((await assertHas(origin + path, sets.others, { init })).status, status, path);
  });

  test(`${name}: the script of a service worker is refused wherever it is, or everywhere but in one place (SW-3)`, async (t) => {
    if (why) return t.skip(why);
    const asking = { headers: { "service-worker": "script" } };
    const paths = [...Object.keys(kinds), ...scripts, "/none.js"];
    const { origin } = await serve(t);
    for (const path of paths) assert.equal((await fetch(origin + path, asking)).status, 403, path);

    const { origin: other } = await serve(t, withOwnWorker);
    for (const path of paths) {
      const { status } = await (path === "/app/sw.js" ? assertHas(other + path, sets.own, { init: asking }) : fetch(other + path, asking));
      assert.equal(status, path === "/app/sw.js" ? 200 : 403, path);
    }
  });

  test(`${name}: no script that got in registers a service worker over the holder, early or late (SW-3)`, async (t) => {
    if (why) return t.skip(why);
    const { origin } = await serve(t);
    const { context, page } = await openApp(t, origin);
    const documents = ["/tokenkeep/holder.js", "/uploads/page.html", "/%E0%A4%A"];
    assertRefused(await page.evaluate(tryToRegister, { urls: scripts, documents }));

    const early = `globalThis.tried = (${tryToRegister})({ urls: ${JSON.stringify(scripts)} });`;
    await context.addInitScript({ content: `if (location.origin === "${origin}") ${early}` });
    await page.reload();
    assertRefused(await page.evaluate(() => globalThis.tried));
    assert.deepEqual(await page.evaluate(registeredScopes), []);
    await assertHolder(page);
  });

  test(`${name}: an app's own service worker works in its folder, and nothing else is registered, or elsewhere (SW-3)`, async (t) => {
    if (why) return t.skip(why);
    const { origin } = await serve(t, withOwnWorker);
    const { page } = await openApp(t, `${origin}/app/files`);
    const came = Object.entries(
      await page.evaluate(tryToRegister, { urls: [...scripts, "/app/sw.js?query"], documents: ["/tokenkeep/holder.js"] }),
    );
    const registered = came.filter(([, outcome]) => outcome.startsWith("http")).map(([way]) => way);
    assert.ok(registered.includes("/app/sw.js {}") && registered.includes("/app/sw.js?query {}"));
    assert.ok(
      registered.every((way) => way.startsWith("/app/sw.js")),
      registered.join(),
    );
    assert.deepEqual(await page.evaluate(registeredScopes), [`${origin}/app/`]);
    await until(() => page.evaluate(() => navigator.serviceWorker.controller), "the service worker in control");
    await page.reload();
    assert.equal(await page.title(), "the app");
    await assertHolder(page);
  });
}

test("without the refusal the policies do it, in a window with the holder's file too (SW-3)", async (t) => {
  const site = await startSite(t);
  await site.use("Express", { files, change: (text) => text.replace(/^.*"service-worker".*return next\(\);$/m, "  return next();") });
  const { page } = await openApp(t, site.origin);
  const documents = ["/tokenkeep/holder.js", "/uploads/page.html"];
  assertRefused(await page.evaluate(tryToRegister, { urls: scripts.filter((path) => path !== "/tokenkeep/holder.js"), documents }));
});

test("a server without headers: these ways register, in the folder of the script and below, and nowhere else (SW-3)", async (t) => {
  const site = await startSite(t);
  await site.use("careless", { files });
  const { page } = await openApp(t, site.origin);
  const came = await page.evaluate(tryToRegister, {
    urls: ["/script.js", "/uploads/script.js"],
    documents: ["/tokenkeep/holder.js", "/uploads/page.html"],
  });
  const covering = Object.entries(came)
    .filter(([, outcome]) => outcome.startsWith("http") && !outcome.includes("/uploads/"))
    .map(([way]) => way);
  assert.equal(covering.length, 7, JSON.stringify(came));
  assert.ok(covering.every((way) => /^(\/script\.js|from) /.test(way)));
  assert.equal(came['/uploads/script.js {"scope":"/"}'], "SecurityError");
});

const vary = '"Vary": "Service-Worker",';
for (const [title, { without, outcome }] of Object.entries({
  "with Vary a script in the HTTP cache doesn't take the place of the app's own service worker unasked (SW-3)": {
    without: "",
    outcome: "TypeError",
  },
  "without Vary it does (SW-3)": { without: vary, outcome: "/app/" },
})) {
  test(title, async (t) => {
    const site = await startSite(t);
    const cached = (text) => text.replace("redirect: false", "redirect: false, maxAge: 3_600_000");
    const lax = (text) =>
      withOwnWorker(text)
        .replace(/worker-src [^;]*; /g, "")
        .replace(without, "");
    const more = { "app/sw.js": worker, "app/script.js": `globalThis.postMessage?.(1); ${worker}` };
    await site.use("Express", { files: { ...files, ...more }, change: (text) => lax(cached(text)) });
    const { page } = await openApp(t, `${site.origin}/app/files`);
    await page.evaluate(tryToRegister, { urls: ["/app/sw.js"] });
    assert.equal((await page.evaluate(registerFromCache, "/app/script.js")).replace(site.origin, ""), outcome);
  });
}

/** Runs in the page: starts a worker from a script, so that it is in the cache, and has it registered from there. */
async function registerFromCache(path) {
  const { contentWindow } = document.body.appendChild(document.createElement("iframe"));
  const url = contentWindow.trustedTypes.createPolicy("tokenkeep", { createScriptURL: (one) => one }).createScriptURL(path);
  await new Promise((resolve) => (new Worker(url).onmessage = resolve));
  return navigator.serviceWorker.register(url, { updateViaCache: "all" }).then(
    ({ scope }) => scope,
    ({ name }) => name,
  );
}

async function openApp(t, url) {
  const context = await newContext({ whole: true });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  await assertHolder(page);
  return { context, page };
}

/** What all of it must not be in the way of. */
const assertHolder = (page) => until(() => page.evaluate(() => globalThis.heard === "the holder is here"), "word of the holder");

function assertRefused(came) {
  assert.ok(Object.keys(came).length > 20);
  for (const [way, outcome] of Object.entries(came)) assert.match(outcome, /^(SecurityError|TypeError)$/, way);
}

async function assertHas(url, expected, { init, ...hosts } = {}) {
  const response = await fetch(url, init);
  const names = Object.keys(expected);
  const got = Object.fromEntries(names.map((name) => [name, response.headers.get(name)]));
  assert.deepEqual(got, Object.fromEntries(names.map((name) => [name, filled(expected[name], hosts)])), url);
  return response;
}
