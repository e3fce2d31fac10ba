// Patches every built-in of a page that a script can reach, and writes down all that passes through: what a late script
// would do that knows nothing of the package but has read every line of it.
{
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { stringify } = JSON;
  const decoder = new TextDecoder("latin1");
  const decode = decoder.decode.bind(decoder);
  const { isView } = ArrayBuffer;
  const getBuffer = getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), "buffer").get;
  const memoryBuffer = getOwnPropertyDescriptor(WebAssembly.Memory.prototype, "buffer").get;
  const byteLength = getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get;
  const NativeUint8Array = Uint8Array;
  const seen = [];
  let busy = false;

  const attempt = (work) => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };

  /** All that `value` gives away at a first look. */
  function read(value) {
    if (typeof value === "string") return value;
    if (typeof value !== "object" || value === null) return "";
    const buffer = attempt(() => apply(memoryBuffer, value, [])) ?? attempt(() => isView(value) && apply(getBuffer, value, []));
    const bytes = buffer || (attempt(() => apply(byteLength, value, [])) !== undefined && value);
    if (bytes) return decode(new NativeUint8Array(bytes));
    return attempt(() => stringify(value)) ?? "";
  }

  function note(place, that, given, result) {
    if (busy) return;
    busy = true;
    keep(place, that);
    keep(place, result);
    for (let n = 0; n < given.length; n += 1) keep(place, given[n]);
    busy = false;
  }

  function keep(place, value) {
    const text = read(value);
    if (text) seen[seen.length] = { __proto__: null, place, text };
  }

  function patchMember(holder, key, place) {
    const descriptor = getOwnPropertyDescriptor(holder, key);
    if (!descriptor?.configurable && !descriptor?.writable) return;
    const wrap = (call) =>
      function (...given) {
        const result = new.target ? construct(call, given, new.target === this?.constructor ? call : new.target) : apply(call, this, given);
        note(place, this, given, result);
        return result;
      };
    if (typeof descriptor.value === "function" && !descriptor.value.prototype) descriptor.value = wrap(descriptor.value);
    else if (descriptor.get) descriptor.get = wrap(descriptor.get);
    else return;
    attempt(() => defineProperty(holder, key, descriptor));
  }

  globalThis.patchEverything = () => {
    const done = new Set();
    const patchAll = (holder, place) => {
      if (!holder || done.has(holder)) return;
      done.add(holder);
      for (const key of ownKeys(holder)) if (key !== "constructor") patchMember(holder, key, `${place}.${String(key)}`);
    };
    const iterators = [[], new Map(), new Set(), ""].map((one) => getPrototypeOf(one[Symbol.iterator]()));
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      const value = attempt(() => globalThis[name]);
      if (typeof value === "function" && value.prototype) {
        patchAll(value.prototype, name);
        patchAll(value, name);
      } else if (typeof value === "object" && /^(JSON|Math|Reflect|Atomics|WebAssembly|crypto|console|performance)$/.test(name))
        patchAll(value, name);
    }
    patchAll(getPrototypeOf(Uint8Array.prototype), "TypedArray");
    for (const name of ["Memory", "Table", "Instance", "Module", "Global"]) patchAll(WebAssembly[name].prototype, `WebAssembly.${name}`);
    iterators.forEach((prototype, n) => patchAll(prototype, `iterator ${n}`));
    for (const name of ["fetch", "setTimeout", "clearTimeout", "queueMicrotask", "atob", "btoa", "structuredClone"])
      patchMember(globalThis, name, name);
    // A constructor is replaced by a function that makes what it made.
    for (const name of ["Headers", "Request", "Response", "Uint8Array", "TextDecoder", "TextEncoder", "Map", "URL", "URLSearchParams"]) {
      const Native = globalThis[name];
      globalThis[name] = new Proxy(Native, {
        construct(target, given, newTarget) {
          const made = construct(target, given, newTarget);
          note(`new ${name}`, undefined, given, made);
          return made;
        },
      });
    }
  };
  globalThis.endPatches = () => (busy = true);

  /** How much was written down, and at which places one of `secrets` was. */
  globalThis.patchesSeen = (secrets) => {
    const found = seen.filter(({ text }) => secrets.some((secret) => text.includes(secret)));
    return { count: seen.length, places: [...new Set(found.map(({ place }) => place))] };
  };
}
