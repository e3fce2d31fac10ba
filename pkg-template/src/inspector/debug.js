import { inspect, whyWaiting } from "./inspect.js";
import { lineOf, lineOfRequest, tools } from "./lines.js";
import { hear } from "./requests.js";

const pause = 1_000;

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
  log(`tokenkeep: ${tools}`);
  const ends = [hear(auth, (note) => log(lineOfRequest(note))), every(pause, () => look().catch(() => {}))];
  return () => ends.forEach((end) => end());
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
