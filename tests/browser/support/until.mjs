import { setTimeout as pause } from "node:timers/promises";

/** Asks `condition` again and again until it answers something true, which is the result. */
export async function until(condition, what = "the condition", patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await pause(20);
  }
}
