// What a hostile script would do that runs before anything else in the page: stand in the way of everything a secret
// could pass through, and write down all values. Runs as an init script, so it is one plain script.

(() => {
  const seen = [];
  const { ownKeys, apply, construct } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { stringify } = JSON;
  const mostObjects = 150_000;
  let busy = false;

  function note(place, ...values) {
    if (busy) return;
    busy = true;
    try {
      const found = [];
      for (const value of values) strings(value, found, new Set(), 0);
      if (found.length) seen[seen.length] = [place, found.join("\n")];
    } catch {
      // A value that can't be looked into tells nothing.
    }
    busy = false;
  }

  function strings(value, found, known, depth) {
    if (typeof value === "string") found[found.length] = value;
    if (typeof value !== "object" || value === null || known.has(value) || depth > 8) return;
    known.add(value);
    if (value instanceof ArrayBuffer) return void (found[found.length] = latin1(new Uint8Array(value)));
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteOffset, byteLength } = value;
      return void (found[found.length] = latin1(new Uint8Array(buffer, byteOffset, byteLength)));
    }
    const isList = [Headers, URLSearchParams, FormData, Map, Set].some((kind) => value instanceof kind);
    if (isList) for (const item of value) strings(item, found, known, depth + 1);
    for (const name of ["url", "message", "stack", "href", "headers"]) strings(value[name], found, known, depth + 1);
    for (const name of ownKeys(value)) strings(read(value, name), found, known, depth + 1);
  }

  function latin1(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += apply(String.fromCharCode, null, bytes.subarray(at, at + 8192));
    return text;
  }

  function read(object, name) {
    try {
      return object[name];
    } catch {
      return undefined;
    }
  }

  function wrapFunction(owner, name, place) {
    const descriptor = getOwnPropertyDescriptor(owner, name);
    if (!descriptor?.configurable || typeof descriptor.value !== "function") return;
    const original = descriptor.value;
    defineProperty(owner, name, {
      ...descriptor,
      value: function (...values) {
        note(place, ...values);
        const result = apply(original, this, values);
        if (result instanceof Promise)
          result.then(
            (value) => note(`${place} result`, value),
            () => {},
          );
        else note(`${place} result`, result);
        return result;
      },
    });
  }

  function wrapConstructor(name, also = () => {}) {
    globalThis[name] = new Proxy(globalThis[name], {
      construct(original, values, target) {
        note(`new ${name}`, ...values);
        const made = construct(original, values, target);
        also(made);
        return made;
      },
    });
  }

  function wrapMethods(name) {
    const { prototype } = globalThis[name];
    for (const method of ownKeys(prototype)) {
      if (typeof method === "string" && method !== "constructor") wrapFunction(prototype, method, `${name}.${method}`);
    }
  }

  function wrapGetter(owner, name, place) {
    const descriptor = getOwnPropertyDescriptor(owner, name);
    const { get } = descriptor;
    defineProperty(owner, name, {
      ...descriptor,
      get() {
        const value = apply(get, this, []);
        note(place, value);
        return value;
      },
    });
  }

  function trapAssignments(name) {
    defineProperty(Object.prototype, name, {
      configurable: true,
      get: () => undefined,
      set(value) {
        note(`assignment to ${name}`, value);
        defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      },
    });
  }

  const hear = (place) => (target) => target.addEventListener("message", ({ data }) => note(place, data));
  const functions = ["fetch", "postMessage", "structuredClone", "atob", "btoa", "encodeURIComponent", "queueMicrotask"];
  const classes = [
    "Headers",
    "Request",
    "Response",
    "XMLHttpRequest",
    "URLSearchParams",
    "FormData",
    "MessagePort",
    "Worker",
    "BroadcastChannel",
    "Storage",
    "IDBObjectStore",
    "Cache",
    "TextEncoder",
    "TextDecoder",
    "History",
    "Navigator",
    "WebSocket",
    "SubtleCrypto",
    "ReadableStreamDefaultController",
    "ReadableStreamDefaultReader",
    "EventTarget",
    "LockManager",
  ];
  for (const name of functions) wrapFunction(globalThis, name, name);
  for (const name of ["parse", "stringify"]) wrapFunction(JSON, name, `JSON.${name}`);
  for (const name of ["slice", "split", "concat", "replace"]) wrapFunction(String.prototype, name, `String.${name}`);
  for (const name of classes) wrapMethods(name);
  for (const name of ["Headers", "Request", "Response", "URLSearchParams", "Blob", "CustomEvent"]) wrapConstructor(name);
  wrapConstructor("Worker", hear("message from the holder"));
  wrapConstructor("SharedWorker", ({ port }) => hear("message from the holder")(port));
  wrapGetter(MessageEvent.prototype, "data", "MessageEvent.data");
  for (const name of ["access_token", "refresh_token", "id_token", "authorization", "code_verifier"]) trapAssignments(name);

  /** Every string that can be reached from the global object through properties, own or inherited, hidden or not. */
  function reachable() {
    const known = new Set([globalThis]);
    const found = [];
    for (const value of known) {
      if (typeof value === "string") found[found.length] = value;
      const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
      if (!isObject || value === tap || known.size > mostObjects) continue;
      for (const name of ownKeys(value)) known.add(name).add(read(value, name));
      known.add(getPrototypeOf(value));
      if (value instanceof Map || value instanceof Set) for (const item of value) known.add(item);
    }
    return ["global objects", found.join("\n")];
  }

  // Looking must not be seen: nothing is noted between `begin` and `end`.
  const tap = {
    begin() {
      busy = true;
      return stringify([...seen.splice(0), reachable()]);
    },
    end() {
      busy = false;
    },
  };
  defineProperty(globalThis, "tap", { value: tap });
})();
