import { config } from "/config.js";

import { ask } from "./site.js";

const [api] = config.resourceServers;

/**
 * Has `count` calls wait for one refresh. The first one meets a 401; the token endpoint is held back until all wait.
 * `isRefreshing` and `waiting` tell how far things are. Gives the time to hand the calls over, the time from the
 * release until the last one has its answer, and what became of them.
 */
export async function queueBehindRefresh({ call, count, isRefreshing, waiting }) {
  await ask("holdBack");
  const calls = [call()];
  await until(isRefreshing);
  const began = performance.now();
  while (calls.length < count) calls.push(call());
  const handedOver = performance.now();
  await until(async () => (await waiting(calls.length)) === count);
  const allWait = performance.now();
  await ask("release");
  const outcomes = await Promise.allSettled(calls);
  const settled = performance.now();
  const answered = outcomes.filter(({ value }) => value?.status === 200).length;
  const { tokenRequests } = await ask("counts");
  return { in: handedOver - began, waiting: allWait - began, out: settled - allWait, answered, lost: count - answered, tokenRequests };
}

/** A call of the API whose answer is read to the end. */
export const reading = (fetch) => async () => {
  const response = await fetch(`${api}small`);
  await response.arrayBuffer();
  return response;
};

/** Asks again and again, each time after a message has gone around the event loop. */
async function until(condition) {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("waited 30 s in vain");
    await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (port1.close(), resolve());
      port2.postMessage(null);
    });
  }
}

export const ofAuth = (auth) => ({
  isRefreshing: async () => (await auth.stats()).phase === "refreshing",
  waiting: async () => (await auth.stats()).queued,
});

/** In the wrapper by hand everything that was called waits, as soon as it refreshes. */
export const ofPlain = (plain) => ({ isRefreshing: () => plain.isRefreshing(), waiting: (called) => called });
