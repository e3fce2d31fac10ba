// What the wrapper alone costs: fetch answers at once with a response that is there already.

import { config } from "/config.js";

import { requests } from "./requests.js";
import { interleave } from "./rounds.js";
import { answerInPlaceOf } from "./stub.js";

const [api] = config.resourceServers;
const answer = Promise.resolve(new Response("{}"));
const calls = 4000;
const pace = { rounds: 80, seconds: 5 };

/** For each kind of request `{ calls, times: { plain, page } }`. */
export async function run() {
  let sent;
  answerInPlaceOf(api, (init) => ((sent = init), answer));
  const { openPage, openPlain } = await import("./modes.js");
  const wrappers = { plain: await openPlain(), page: await openPage() };
  for (const { fetch } of Object.values(wrappers)) {
    await fetch(...requests.get);
    expectToken(sent);
  }
  const results = {};
  for (const [name, request] of Object.entries(requests)) {
    const works = Object.fromEntries(Object.entries(wrappers).map(([mode, { fetch }]) => [mode, many(fetch, request)]));
    results[name] = { calls, times: await interleave(works, pace) };
  }
  return results;
}

function expectToken({ headers }) {
  const token = new Headers(headers).get("authorization");
  if (!token?.startsWith("Bearer bench-access-")) throw new Error("a call went without its token");
}

const many = (fetch, request) => async () => {
  for (let i = 0; i < calls; i += 1) await fetch(...request);
};
