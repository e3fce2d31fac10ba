// The time of a call over loopback, its answer read to the end, in every mode.

import { config } from "/config.js";

import { openOwnOrigin, openPage, openPlain, openRelays, openSharedWorker, openWorker } from "./modes.js";
import { interleave } from "./rounds.js";

const [api] = config.resourceServers;
const kilobyte = 1024;

// A page's clock ticks in tenths of a millisecond, so a sample is a few calls, one after the other.
const kinds = {
  json: { path: "json", bytes: 2 * kilobyte, calls: 4, rounds: 640, seconds: 32, whole: true },
  stream: { path: "stream", bytes: 2 * kilobyte, calls: 4, rounds: 400, seconds: 16 },
  "64k": { path: "64k", bytes: 64 * kilobyte, calls: 4, rounds: 160, seconds: 7 },
  "1m": { path: "1m", bytes: 1024 * kilobyte, calls: 2, rounds: 80, seconds: 7 },
  burst: { path: "json", bytes: 2 * kilobyte, calls: 500, rounds: 8, seconds: 18, atOnce: true },
};
// What is measured once.
const aside = ["plain", "workerRelay", "sharedRelay", "ownOrigin"];

/** For each kind `{ calls, times: { mode: [milliseconds of one sample] } }`. */
export async function run() {
  const modes = await openModes();
  const results = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const chosen = Object.entries(modes).filter(([mode]) => kind.whole || !aside.includes(mode));
    const works = Object.fromEntries(chosen.map(([mode, fetch]) => [mode, sample(fetch, kind)]));
    results[name] = { calls: kind.calls, times: await interleave(works, kind) };
  }
  return results;
}

async function openModes() {
  const plain = await openPlain();
  const [page, worker, sharedWorker] = [await openPage(), await openWorker(), await openSharedWorker()];
  const init = { headers: { authorization: plain.header() } };
  return {
    raw: (url) => fetch(url, init),
    plain: plain.fetch,
    page: page.fetch,
    ...(await openRelays()),
    worker: worker.fetch,
    sharedWorker: sharedWorker.fetch,
    ownOrigin: (await openOwnOrigin()).fetch,
  };
}

function sample(fetch, { path, bytes, calls, atOnce }) {
  const call = async () => {
    const response = await fetch(api + path);
    const { byteLength } = await response.arrayBuffer();
    if (response.status !== 200 || byteLength !== bytes) throw new Error(`${path}: ${response.status}, ${byteLength} bytes`);
  };
  return async () => {
    if (atOnce) return Promise.all(Array.from({ length: calls }, call));
    for (let i = 0; i < calls; i += 1) await call();
  };
}
