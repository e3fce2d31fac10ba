// What a call costs on its way through a worker and back where nothing is sent: fetch answers at once over there.

import { openRelays, openSharedWorker, openWorker } from "./modes.js";
import { requests } from "./requests.js";
import { interleave } from "./rounds.js";

const calls = 100;
const pace = { rounds: 100, seconds: 10 };

/** For each kind of request `{ calls, times: { mode: [milliseconds of one sample] } }`. */
export async function run() {
  const relays = await openRelays("/stub-relay.js");
  const [worker, sharedWorker] = [await openWorker("/stub-holder.js"), await openSharedWorker("/stub-holder.js")];
  const modes = { ...relays, worker: worker.fetch, sharedWorker: sharedWorker.fetch };
  const results = {};
  for (const [name, request] of Object.entries(requests)) {
    const works = Object.fromEntries(Object.entries(modes).map(([mode, fetch]) => [mode, many(fetch, request)]));
    results[name] = { calls, times: await interleave(works, pace) };
  }
  return results;
}

const many = (fetch, request) => async () => {
  for (let i = 0; i < calls; i += 1) {
    const response = await fetch(...request);
    const { byteLength } = await response.arrayBuffer();
    if (byteLength !== 2) throw new Error(`${byteLength} bytes`);
  }
};
