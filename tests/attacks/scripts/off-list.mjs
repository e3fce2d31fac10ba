/** Runs in the page: has the library fetch each of `targets`; resolves to what came of it, by target. */
export async function callAll(evil, { targets, inits }) {
  const outcomes = {};
  for (const target of targets) {
    for (const init of inits) {
      const { value, error } = await app.outcome(() => app.auth.fetch(target, init));
      (outcomes[target] ??= []).push(value ? String(value.status) : (error.code ?? error.name));
    }
  }
  return outcomes;
}

/** Runs in the page: things that are one URL when they are looked at and another when they are used. */
export async function callTwoFaced(evil, { good, bad }) {
  const faces = () => {
    let looks = 0;
    return () => (looks++ === 0 ? good : bad);
  };
  class Changing extends Request {
    #face = faces();

    get url() {
      return this.#face();
    }
  }
  const inputs = [
    () => ({ toString: faces() }),
    () => ({ [Symbol.toPrimitive]: faces() }),
    () => Object.defineProperty(new URL(good), "href", { get: faces() }),
    () => Object.defineProperty(new Request(good), "url", { get: faces() }),
    () => new Changing(good),
    () => new Request(bad),
  ];
  const outcomes = [];
  for (const make of inputs) {
    const { value, error } = await app.outcome(() => app.auth.fetch(make(), { headers: { "x-two-faced": "1" } }));
    outcomes.push(value ? value.status : (error.code ?? error.name));
  }
  return outcomes;
}

/** Runs in any document of the origin: asks the holder itself, past the client's own code, for each of `targets`. */
export async function askAll(evil, { targets, inits }) {
  const port = await evil.connect();
  const answers = new Map();
  const first = 1_000_001;
  evil.hear(port, (answer) => answer.id >= first && answers.set(answer.id, answer));
  port.start?.();
  let id = first - 1;
  for (const url of targets) {
    for (const init of inits) port.postMessage({ v: 1, id: ++id, op: "fetch", url, headers: [], ...init });
  }
  while (answers.size < id + 1 - first) await new Promise((resolve) => setTimeout(resolve, 10));
  const outcomes = {};
  for (const [at, target] of targets.entries()) {
    outcomes[target] = inits.map((_, n) => {
      const { ok, error } = answers.get(first + at * inits.length + n);
      return ok ? String(ok.status) : (error.code ?? error.name);
    });
  }
  return outcomes;
}
