/**
 * Runs in the page: stands in the way of what a secret could pass through, and keeps every string that it sees; what
 * `spoils()` then returns. `everything` takes every class and function that the page has, and accessors on
 * Object.prototype, which captured built-ins can't help against.
 */
export function hook(evil, { everything = false } = {}) {
  const { apply, construct, ownKeys } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { Response, Promise, ArrayBuffer: Buffer, WebAssembly: Wasm, Uint8Array: Bytes } = globalThis;
  const { then } = Promise.prototype;
  const { clone, text } = Response.prototype;
  const { add } = Set.prototype;
  const { isView } = Buffer;
  const large = 65_536;
  const seen = new Set();
  const buffers = new Set();
  const places = new Set();
  const responses = new WeakSet();
  let busy = false;
  let told = 0;

  // The hooks must not see themselves: while one is at work nothing is noted, and nothing here is iterated before that.
  function note(place, first, second) {
    if (busy) return;
    busy = true;
    try {
      take(first);
      take(second);
      apply(add, places, [place]);
    } catch {
      // A value that can't be looked into tells nothing.
    }
    busy = false;
  }

  function take(value) {
    if (typeof value === "string") return void apply(add, seen, [value]);
    if (value instanceof Wasm.Memory || value instanceof Wasm.Instance) return void apply(add, buffers, [value]);
    const buffer = value instanceof Buffer ? value : isView(value) ? value.buffer : undefined;
    if (buffer?.byteLength > large) return void apply(add, buffers, [buffer]);
    if (value instanceof Response) read(value);
    const found = evil.strings(value);
    for (let at = 0; at < found.length; at += 1) apply(add, seen, [found[at]]);
  }

  function read(response) {
    if (responses.has(response) || response.bodyUsed) return;
    responses.add(response);
    const copy = apply(clone, response, []);
    responses.add(copy);
    apply(then, apply(text, copy, []), [(read) => void apply(add, seen, [read]), () => {}]);
  }

  function watched(original, place) {
    return function (...values) {
      if (busy) return apply(original, this, values);
      note(place, this, values);
      const result = apply(original, this, values);
      if (result instanceof Promise) apply(then, result, [(value) => note(place, value), () => {}]);
      else note(place, result);
      return result;
    };
  }

  function wrap(owner, name, place) {
    const descriptor = getOwnPropertyDescriptor(owner, name);
    if (!descriptor?.configurable) return;
    const { get, value } = descriptor;
    if (typeof value === "function" && name !== "constructor") {
      defineProperty(owner, name, { ...descriptor, value: watched(value, place) });
    } else if (get && everything) {
      defineProperty(owner, name, { ...descriptor, get: watched(get, place) });
    }
  }

  function wrapClass(name) {
    const original = globalThis[name];
    const { prototype } = original;
    for (const member of ownKeys(prototype)) wrap(prototype, member, `${name}.${String(member)}`);
  }

  function wrapConstructor(name) {
    globalThis[name] = new Proxy(globalThis[name], {
      construct(original, values, target) {
        const made = construct(original, values, target);
        note(`new ${name}`, values, made);
        return made;
      },
    });
  }

  // Hands listeners and callbacks over that look at what they get first.
  function tapCallbacks(owner, name) {
    const original = owner[name];
    owner[name] = function (...values) {
      if (!busy) for (let at = 0; at < values.length; at += 1) if (typeof values[at] === "function") values[at] = tap(values[at], name);
      return apply(original, this, values);
    };
  }

  const tap = (callback, place) =>
    function (...values) {
      note(place, values, values[0]?.data);
      return apply(callback, this, values);
    };

  // A promise that gets a value asks it for `then`, and an init of fetch is asked for all that it could have.
  function trapLookups() {
    const asked = ["then", "method", "duplex", "window", "priority", "integrity", "keepalive", "signal", "attributionReporting", "toJSON"];
    const assigned = ["access_token", "refresh_token", "id_token", "authorization", "code_verifier", "resolve", "record"];
    for (const name of [...asked, ...assigned]) {
      defineProperty(Object.prototype, name, {
        configurable: true,
        get() {
          note(`Object.prototype.${name}`, this);
          return undefined;
        },
        set(value) {
          note(`Object.prototype.${name}`, this, value);
          defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
        },
      });
    }
  }

  const classes = ["XMLHttpRequest", "Headers", "Request", "Response", "Promise", "MessagePort", "Worker", "BroadcastChannel"];
  const buildingBlocks = ["TextDecoder", "TextEncoder", "String", "Array", "Map", "URL", "URLSearchParams"];
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
  for (const name of ["fetch", "postMessage", "atob", "btoa"]) wrap(globalThis, name, name);
  for (const name of ["parse", "stringify"]) wrap(JSON, name, `JSON.${name}`);
  for (const name of ["set", "subarray", "slice"]) wrap(typedArray, name, `Uint8Array.${name}`);
  tapCallbacks(Promise.prototype, "then");
  tapCallbacks(EventTarget.prototype, "addEventListener");
  for (const name of [...classes, ...buildingBlocks]) wrapClass(name);
  for (const name of ["Headers", "Request"]) wrapConstructor(name);
  if (everything) hookTheRest();

  function hookTheRest() {
    const skipped = [...classes, ...buildingBlocks, "Object", "Function", "Symbol", "Set", "WeakSet", "Proxy"];
    for (const name of ownKeys(globalThis)) {
      const value = getOwnPropertyDescriptor(globalThis, name)?.value;
      const isClass = typeof value === "function" && typeof value.prototype === "object" && /^[A-Z]/.test(String(name));
      if (isClass && !skipped.includes(name)) wrapClass(name);
    }
    for (const [name, space] of Object.entries({ WebAssembly: Wasm, Reflect, Object, crypto, Function: Function.prototype, typedArray })) {
      for (const member of ownKeys(space))
        if (!["prototype", "set", "subarray", "slice"].includes(member)) wrap(space, member, `${name}.${String(member)}`);
    }
    for (const name of ["TextDecoder", "TextEncoder", "Response", "Uint8Array", "DataView", "Map"]) wrapConstructor(name);
    trapLookups();
  }

  /** The strings that were seen since the last time. */
  evil.news = () => {
    busy = true;
    const strings = [...seen].slice(told);
    told = seen.size;
    busy = false;
    return strings;
  };

  /** All that was seen, as text. */
  evil.spoils = () => {
    busy = true;
    const bytes = [...buffers].flatMap(function open(one) {
      if (one instanceof Wasm.Instance) return evil.memoriesOf(one).flatMap(open);
      return [evil.latin1(new Bytes(evil.isMemory(one) ? one.buffer : one))];
    });
    const loot = [...seen, ...bytes].join("\n");
    busy = false;
    return { loot, places: [...places], buffers: buffers.size };
  };
}
