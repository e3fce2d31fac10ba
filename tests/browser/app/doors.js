// Runs in any page of the origin: connections to the holder by hand, as script could make them.

const options = { type: "module", name: "tokenkeep", extendedLifetime: true };
const opened = [];

/** A connection; `ask` resolves to the answer, `alive` shows a lock, a fresh one that is held unless told otherwise. */
function connect() {
  const { port } = new SharedWorker("/holder.js", options);
  const [heard, waiting] = [[], new Map()];
  let [last, release] = [0, undefined];
  port.onmessage = ({ data }) => {
    // A crowd is answered in one message.
    for (const one of [data].flat()) {
      heard.push(one);
      waiting.get(one.id)?.(one);
    }
  };
  const say = (message) => port.postMessage({ v: 1, id: 0, ...message });
  const ask = (op, more) => {
    const id = ++last;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    say({ id, op, ...more });
    return answer;
  };
  const hold = async (name = `tokenkeep-${crypto.randomUUID()}`) => {
    await new Promise((held) => {
      const kept = new Promise((resolve) => (release = resolve));
      void navigator.locks.request(name, () => (held(), kept));
    });
    return name;
  };
  const alive = async (name) => say({ op: "alive", lock: name ?? (await hold()) });
  const door = { port, heard, say, ask, hold, alive, release: () => release() };
  opened.push(door);
  return door;
}

/** So many connections that have said hello, each with a lock of its own if wanted. Resolves to the codes of what was refused. */
async function connectOften(count, { locked = false, lock } = {}) {
  const refused = [];
  for (let n = 0; n < count; n += 1) {
    const door = connect();
    if (locked || lock) await door.alive(lock);
    const { error } = await door.ask("hello");
    if (error) refused.push(error.code);
  }
  return refused;
}

/** A sign-in in a popup that never opens, and the wait for what comes of it; resolves to the record's name. */
async function waitForNobody(door) {
  const { ok } = await door.ask("signIn", { options: { mode: "popup" } });
  const key = ok.slice(0, 43);
  return { key, outcome: door.ask("outcome", { key }) };
}

globalThis.doors = { connect, connectOften, waitForNobody, opened };
