// How long a page takes from its start to resume(), in frames that are pages of their own, their files from the same machine and
// bundled, as applications ship them.

import { openSharedWorker } from "./modes.js";
import { scaled, shuffled } from "./rounds.js";

const rounds = scaled(60);
const first = ["page", "worker", "workerRelay", "sharedWorker", "sharedRelay"];
// A dedicated worker starts anew with every page.
const again = ["sharedWorker", "sharedRelay"];
const scripts = { page: "page", worker: "worker", sharedWorker: "worker", workerRelay: "relay", sharedRelay: "relay" };
let count = 0;

/**
 * For the `first` page, where nobody is signed in, and `again`, with a worker running in which somebody is:
 * `{ mode: [{ script, navigation }] }`, in milliseconds.
 */
export async function run() {
  const { auth } = await openSharedWorker("/start/start-holder.js", "running");
  const running = await Promise.all(again.map((mode) => openFrame(mode, "running")));
  const results = { first: {}, again: {} };
  for (let round = -5; round < rounds; round += 1) {
    for (const mode of shuffled([...first])) await note(results.first, round, mode, `first ${count++}`);
    for (const mode of shuffled([...again])) await note(results.again, round, mode, "running");
  }
  for (const { frame } of running) frame.remove();
  auth.close();
  return results;
}

async function note(results, round, mode, name) {
  const { frame, times } = await openFrame(mode, name);
  frame.remove();
  if (scripts[mode] !== "relay" && times.isSignedIn !== (name === "running")) throw new Error(`${mode}: signed in is ${times.isSignedIn}`);
  if (round >= 0) (results[mode] ??= []).push(times);
}

function openFrame(mode, name) {
  const frame = document.createElement("iframe");
  frame.src = `/start/start-${scripts[mode]}.html?${new URLSearchParams({ mode, name })}`;
  return new Promise((resolve) => {
    addEventListener("message", function hear({ source, data }) {
      if (source !== frame.contentWindow) return;
      removeEventListener("message", hear);
      resolve({ frame, times: data });
    });
    document.body.append(frame);
  });
}
