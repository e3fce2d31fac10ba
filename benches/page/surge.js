// 100,000 calls behind one refresh in page mode, with an API that answers at once, against one shared promise by hand.

import { config } from "/config.js";

import { ofAuth, ofPlain, queueBehindRefresh } from "./queue.js";
import { scaled } from "./rounds.js";
import { answerInPlaceOf } from "./stub.js";

const [api] = config.resourceServers;
const count = scaled(100_000);
const rounds = scaled(5);
const refused = Promise.resolve(new Response(null, { status: 401 }));
const served = Promise.resolve(new Response(null, { status: 200 }));

/** For each mode a list of what `queueBehindRefresh` gives; in page mode also the wasm's growth so far, in bytes. */
export async function run() {
  let next = served;
  answerInPlaceOf(api, () => {
    const answer = next;
    next = served;
    return answer;
  });
  const { openPage, openPlain } = await import("./modes.js");
  const [plain, page] = [await openPlain(), await openPage()];
  const before = page.memory();
  const surge = (fetch, state) => {
    next = refused;
    return queueBehindRefresh({ call: () => fetch(`${api}small`), count, ...state });
  };
  const results = { plain: [], page: [] };
  for (let round = 0; round < rounds; round += 1) {
    results.plain.push(await surge(plain.fetch, ofPlain(plain)));
    const result = await surge(page.fetch, ofAuth(page.auth));
    results.page.push({ ...result, growth: page.memory() - before });
  }
  return results;
}
