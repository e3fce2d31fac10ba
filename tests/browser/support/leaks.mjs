// The search for secrets in everything that script in the page can see.

import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../app/tap.js", import.meta.url));

/** Puts the tap into every page that `stage` opens from now on. Resolves to a `Hunt`. */
export async function startHunt(stage) {
  const hunt = new Hunt(stage);
  await stage.context.addInitScript({ path: script });
  stage.context.on("console", (message) => hunt.add("", [["console", message.text()]]));
  stage.context.on("weberror", (event) => hunt.add("", [["uncaught error", String(event.error().stack)]]));
  return hunt;
}

class Hunt {
  #stage;
  #entries = [];

  constructor(stage) {
    this.#stage = stage;
  }

  add(when, entries) {
    for (const [place, text] of entries) this.#entries.push({ when, place, text });
  }

  /** Writes down all that can be seen in `page` right now. */
  async look(page, when) {
    this.add(when, JSON.parse(await page.evaluate(() => tap.begin())));
    this.add(when, await page.evaluate(readPlaces));
    await page.evaluate(() => tap.end());
    this.add(when, [["browser's cookies", JSON.stringify(await this.#stage.context.cookies(this.#stage.app.origin))]]);
    this.add(when, [["heap of the page", await heapOf(page)]]);
  }

  /** Starts a sign-in in `page` and has a look around at the moment when the page would be left. */
  async lookBeforeLeaving(page) {
    const isRequest = (url) => url.href.startsWith(`${this.#stage.authorizationServer.issuer}/auth?`);
    const request = page.waitForRequest((one) => isRequest(new URL(one.url())));
    // A navigation that is answered with 204 leaves the page where it is.
    await page.route(isRequest, (route) => route.fulfill({ status: 204 }), { times: 1 });
    await page.evaluate(() => void app.auth.signIn());
    await (await request).response();
    await this.look(page, "leaving");
  }

  /** Where `secret` was seen, each place once, as "when: place". */
  placesOf(secret) {
    const found = this.#entries.filter(({ text }) => text.includes(secret));
    return [...new Set(found.map(({ when, place }) => (when ? `${when}: ${place}` : place)))];
  }

  /** What was seen at `place` with `secret` in it. */
  sightings(place, secret) {
    return this.#entries.filter((entry) => entry.place === place && entry.text.includes(secret));
  }
}

/** A secret could hide in a closure, where no script finds it: the debugger looks there. */
async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  const chunks = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  const { strings } = JSON.parse(chunks.join(""));
  return strings.join("\n");
}

/** How many WebAssembly modules the debugger finds in `page`: their instances and memories page mode hides even from it. */
export async function modulesIn(page) {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", { expression: "WebAssembly.Module.prototype" });
  const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const { objectId } = objects;
  const functionDeclaration = "function () { return this.length; }";
  const length = await session.send("Runtime.callFunctionOn", { objectId, functionDeclaration });
  await session.detach();
  return length.result.value;
}

/** Runs in the page: all stores, the document and the addresses, as [place, text]. */
export async function readPlaces() {
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const text = JSON.stringify;
  const databases = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const opened = database.transaction(store).objectStore(store);
      databases.push(text([name, store, await settled(opened.getAllKeys()), await settled(opened.getAll())]));
    }
    database.close();
  }
  const cached = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) cached.push(request.url, await (await cache.match(request)).text());
  }
  return [
    ["localStorage", text(Object.entries(localStorage))],
    ["sessionStorage", text(Object.entries(sessionStorage))],
    ["IndexedDB", databases.join("\n")],
    ["Cache storage", cached.join("\n")],
    ["document.cookie", document.cookie],
    ["document", document.documentElement.outerHTML],
    ["address", [location.href, document.URL, document.baseURI, document.referrer, window.name].join("\n")],
    ["history", text([history.state, navigation.entries().map(({ url }) => url)])],
    [
      "requests made",
      performance
        .getEntriesByType("resource")
        .map(({ name }) => name)
        .join("\n"),
    ],
    [
      "navigation timing",
      performance
        .getEntriesByType("navigation")
        .map(({ name }) => name)
        .join("\n"),
    ],
  ];
}
