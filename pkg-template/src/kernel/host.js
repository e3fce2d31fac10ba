import { fromData } from "../errors.js";
import { after, later, post } from "./calls.js";
import { longest, refusalOf } from "./guard.js";

/**
 * What the core asks for, by the names that it does. `core()` answers the core, `changed(json)` hears of every event,
 * `sink` gets the audit log's entries, if it is a function, and `watch()` answers who looks out for other script.
 */
export function hostOf({ core, pending, records, keys, changed, sink, watch }) {
  let timer;
  return {
    release: (ids, generation) => {
      for (const id of ids) {
        const waiter = pending.take(id);
        if (waiter) waiter.resolve(generation);
        else core().settled(id);
      }
    },
    reject: (ids, error) => {
      const data = JSON.parse(error);
      for (const id of ids) pending.take(id)?.reject(fromData(data));
    },
    emit: changed,
    settle: (call, result, error) => {
      const { resolve, reject } = pending.take(call);
      if (error) reject(refusalOf(error));
      else resolve(result);
    },
    answer: (flight, answer) =>
      after(answer, ({ status, type, date, retryAfter, body, nonce, challenge }) =>
        core().answered(flight, status, type, date, retryAfter, body, nonce, challenge),
      ),
    watch,
    wake: (delay) => {
      clearTimeout(timer);
      if (delay >= 0) timer = setTimeout(() => core().ring(), delay);
    },
    keep: (flight, key, record, handle) => {
      const pair = keys.get(handle);
      after(records.keep(key, record, pair), (fleeting) => core().stored(flight, fleeting));
    },
    take: (flight, key) => after(taken(key, { records, keys }), (record) => core().stored(flight, asText(record))),
    seek: (flight) => after(records.seek(), (word) => core().stored(flight, word)),
    forget: () => {
      keys.forget();
      records.forget();
    },
    verified: (flight, outcome) => after(outcome, (said) => core().verified(flight, said)),
    recall: (flight, key) => after(records.recall(key), (record) => core().stored(flight, asText(record))),
    remember: (key, record) => records.remember(key, record),
    makeKey: (flight, persist) => after(keys.make(persist), (jwk) => core().keyed(flight, jwk)),
    sign: (handle, input) => keys.sign(handle, input),
    report: (url, entries) => {
      if (url) post(url, entries);
      else later(async () => sink?.(JSON.parse(entries)));
    },
  };
}

async function taken(key, { records, keys }) {
  const { record, pair } = (await records.take(key)) ?? {};
  // A pair that is damaged is found missing when it is needed.
  if (pair) await keys.add(pair).catch(() => {});
  return record;
}

// Other script of this origin may write into the store.
const asText = (record) => (typeof record === "string" && record.length < longest ? record : undefined);
