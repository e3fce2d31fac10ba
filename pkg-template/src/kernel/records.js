import { change as transact } from "./database.js";

const lifetime = 600_000;
const most = 32;
// Sorts after everything that base64url can spell.
const lasting = "~";
const fleeting = () => IDBKeyRange.upperBound(lasting, true);
const persistent = "key";

/**
 * The records of pending sign-ins, and the ids that servers gave to this client. They have to outlive the page, so they
 * are kept in IndexedDB, which a worker can reach; where that is blocked they are kept in memory, which is enough while
 * the holder lives.
 */
export class Records {
  #memory = new Map();

  /**
   * `pair` is the key pair that tokens of this sign-in will be bound to, if any. Resolves to a word if the record ends with
   * the page.
   */
  async keep(key, record, pair) {
    const kept = await change((store) => {
      store.put({ record, pair, created: Date.now() }, key);
      tidy(store);
    });
    if (!kept) this.#memory.set(key, { record, pair });
    return kept || "onconnect" in globalThis ? undefined : "fleeting";
  }

  /**
   * Reads and removes in one transaction, so that of two tabs with the same response one gets the `{ record, pair }`. A
   * mark stays, so that the other knows.
   */
  async take(key) {
    const mine = this.#memory.get(key);
    if (this.#memory.delete(key)) return mine;
    const taken = await change((store) => {
      const request = store.get(key);
      request.onsuccess = () => request.result && store.put({ record: "", created: Date.now() }, key);
      return request;
    });
    return taken?.result;
  }

  /** Resolves to a word if a sign-in is pending. */
  async seek() {
    const found = await change((store) => store.getAll(fleeting()));
    const isPending = ({ record, created }) => record && created > Date.now() - lifetime;
    return [...this.#memory.keys()].some((key) => !key.startsWith(lasting)) || found?.result.some(isPending) ? "pending" : undefined;
  }

  /** The key pair that outlives sign-ins, until a sign-out. */
  async key() {
    return (await change((store) => store.get(persistent)))?.result?.pair;
  }

  keepKey(pair) {
    return change((store) => store.put({ pair, created: Infinity }, persistent));
  }

  /** Keeps what is no secret and outlives sign-outs: the ids that servers gave to this client. */
  async remember(key, record) {
    const kept = await change((store) => void store.put({ record, created: Date.now() }, lasting + key));
    if (!kept) this.#memory.set(lasting + key, record);
  }

  async recall(key) {
    const found = await change((store) => store.get(lasting + key));
    return found?.result?.record ?? this.#memory.get(lasting + key);
  }

  /** Removes everything else. */
  async forget() {
    for (const key of this.#memory.keys()) if (!key.startsWith(lasting)) this.#memory.delete(key);
    await change((store) => void store.delete(fleeting()));
  }
}

const change = (act) => transact({ database: "tokenkeep", store: "transactions" }, act);

/** Removes what is too old to be used, and the oldest beyond a sensible number. */
function tidy(store) {
  const found = [];
  store.openCursor(fleeting()).onsuccess = ({ target: { result: cursor } }) => {
    if (cursor) {
      found.push([cursor.value.created, cursor.key]);
      return cursor.continue();
    }
    found.sort(([a], [b]) => b - a);
    found.forEach(([created, key], index) => (index >= most || created < Date.now() - lifetime) && store.delete(key));
  };
}
