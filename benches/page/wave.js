// 10,000 calls behind one refresh where the API itself is no limit: it answers in 2 to 22 ms, however many it is asked.

import { carefully } from "./careful.js";
import { refuseNext } from "./delayed-api.js";
import { openPage, openPlain, openSharedWorker, openWorker } from "./modes.js";
import { ofAuth, ofPlain, queueBehindRefresh, reading } from "./queue.js";
import { scaled } from "./rounds.js";

const count = scaled(10_000);
const rounds = scaled(5);

/** For each mode a list of what `queueBehindRefresh` gives. */
export async function run() {
  const results = { plain: [], careful: [], page: [], worker: [], sharedWorker: [] };
  const page = await openPage();
  for (let round = 0; round < rounds; round += 1) {
    refuseNext();
    const plain = await openPlain();
    results.plain.push(await queueBehindRefresh({ call: reading(plain.fetch), count, ...ofPlain(plain) }));
    refuseNext();
    const careful = await openPlain();
    results.careful.push(await queueBehindRefresh({ call: reading(carefully(careful.fetch)), count, ...ofPlain(careful) }));
    refuseNext();
    results.page.push(await queueBehindRefresh({ call: reading(page.fetch), count, ...ofAuth(page.auth) }));
    // A new worker refuses its first token.
    for (const [mode, open] of Object.entries({ worker: openWorker, sharedWorker: openSharedWorker })) {
      const { auth } = await open("/delayed-holder.js", `${mode} ${round}`);
      results[mode].push(await queueBehindRefresh({ call: reading(auth.fetch), count, ...ofAuth(auth) }));
      auth.close();
    }
  }
  return results;
}
