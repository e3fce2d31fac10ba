import { inspect, whyWaiting } from "./inspect.js";
import { lineOf } from "./lines.js";

const pause = 1_000;
const where =
  "tokenkeep: the requests of a SharedWorker are shown by its own tools: chrome://inspect/#workers, about:debugging#/runtime/this-firefox, Safari's Develop menu; a Worker's are among the page's";

/** Prints what happens, a line each, until the function that it returns is called. */
export function debug(auth, log = (line) => console.debug(line)) {
  let seen = 0;
  let waiting = null;
  const look = async () => {
    const facts = await inspect(auth);
    for (const entry of facts.audit.filter(({ seq }) => seq > seen)) log(lineOf(entry));
    seen = Math.max(seen, facts.audit.at(-1)?.seq ?? 0);
    const now = whyWaiting(facts);
    // Times change all the time.
    if (reason(now) !== reason(waiting)) log(`tokenkeep: ${now ? `requests wait: ${now}` : "nothing waits any more"}`);
    waiting = now;
  };
  log(where);
  return every(pause, () => look().catch(() => {}));
}

const reason = (text) => text?.replace(/[\d.]+/g, "") ?? null;

/** Does `work` again and again, each time once it is done, until the answer is called. */
export function every(ms, work) {
  let timer;
  let isOver = false;
  const round = async () => {
    await work();
    if (!isOver) timer = setTimeout(round, ms);
  };
  void round();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
