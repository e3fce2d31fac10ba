// 10,000 calls over loopback behind one refresh, in every mode.

import { openPage, openPlain, openSharedWorker, openWorker } from "./modes.js";
import { ofAuth, ofPlain, queueBehindRefresh, reading } from "./queue.js";
import { scaled } from "./rounds.js";

const count = scaled(10_000);

/** For each mode a list of one: what `queueBehindRefresh` gives, and the growth of the wasm's memory in bytes. */
export async function run() {
  const results = {};
  for (const [name, open] of Object.entries({ page: openPage, worker: openWorker, sharedWorker: openSharedWorker })) {
    const { auth, memory } = await open();
    const before = await memory();
    const result = await queueBehindRefresh({ call: reading(auth.fetch), count, ...ofAuth(auth) });
    results[name] = [{ ...result, growth: (await memory()) - before }];
    auth.close();
  }
  const plain = await openPlain();
  results.plain = [await queueBehindRefresh({ call: reading(plain.fetch), count, ...ofPlain(plain) })];
  return results;
}
