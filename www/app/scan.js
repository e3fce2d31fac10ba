// Looks where a script in this page can look. What it finds is shown, and is shown to the authorization server too,
// which can tell a token of its own from any other text.

const MOST_OBJECTS = 20_000;

/** Resolves to a list of [place, summary, text]. */
export async function scanPage({ auth }) {
  return [
    ["localStorage", ...storage(localStorage)],
    ["sessionStorage", ...storage(sessionStorage)],
    ["IndexedDB", ...(await indexedDatabases())],
    ["Cache storage", ...(await cachedRequests())],
    ["Cookies", ...texts(document.cookie ? document.cookie.split("; ") : [], "cookie")],
    ["Address and history", ...addresses()],
    [
      "Requests made",
      ...texts(
        performance.getEntriesByType("resource").map(({ name }) => name),
        "address",
        "addresses",
      ),
    ],
    ["The document", ...documentText()],
    ["The auth object", ...texts(stringsIn(auth), "text")],
    ["Global variables", ...globals()],
  ];
}

const summary = (count, one, many = `${one}s`) => (count === 0 ? "nothing" : `${count} ${count === 1 ? one : many}`);

const texts = (list, ...words) => [summary(list.length, ...words), list.join("\n")];

function storage(area) {
  const entries = Object.entries(area).map(([key, value]) => `${key} = ${value}`);
  const found = entries.length === 1 && entries[0].length < 40 ? entries[0] : summary(entries.length, "item");
  return [found, entries.join("\n")];
}

function addresses() {
  const entries = globalThis.navigation?.entries().map(({ url }) => url) ?? [location.href];
  const state = JSON.stringify(history.state) ?? "";
  const { pathname, search, hash } = location;
  const found = `${pathname}${search}${hash}, ${summary(entries.length, "history entry", "history entries")}`;
  return [found, [location.href, document.referrer, window.name, state, ...entries].join("\n")];
}

function documentText() {
  const fields = [...document.querySelectorAll("input, textarea")].map(({ value }) => value);
  const text = [document.documentElement.outerHTML, ...fields].join("\n");
  return [`${text.length.toLocaleString("en")} characters`, text];
}

async function cachedRequests() {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  return texts(found, "item");
}

async function indexedDatabases() {
  const found = [];
  for (const { name } of (await indexedDB.databases?.()) ?? []) {
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const rows = await settled(database.transaction(store).objectStore(store).getAll());
      found.push(...rows.map((row) => [name, store, ...stringsIn(row)].join("\n")));
    }
    database.close();
  }
  return texts(found, "record");
}

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function globals() {
  const values = Object.getOwnPropertyNames(globalThis).map((name) => valueOf(globalThis, name));
  return texts(
    values.filter((value) => typeof value === "string"),
    "text",
  );
}

/** Every string that can be reached from an object through its properties, own or inherited, hidden or not. */
function stringsIn(root) {
  const seen = new Set([root]);
  const found = [];
  for (const value of seen) {
    if (typeof value === "string") found.push(value);
    if (!isObject(value) || value instanceof Node || value === globalThis || seen.size > MOST_OBJECTS) continue;
    for (const name of Reflect.ownKeys(value)) seen.add(valueOf(value, name));
    seen.add(Object.getPrototypeOf(value));
    if (value instanceof Map) for (const pair of value) seen.add(pair);
    if (value instanceof Set) for (const item of value) seen.add(item);
  }
  return found;
}

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

function valueOf(object, name) {
  try {
    return object[name];
  } catch {
    return undefined;
  }
}
