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

/** Resolves when the API behind a stream is held back: no more was `written` while the page answered a hundred times. */
export async function heldBack(page, written) {
  let before = -1;
  await until(async () => {
    const quiet = before === written();
    before = written();
    for (let turn = 0; turn < 100; turn += 1) await page.evaluate(() => 0);
    return quiet;
  }, "the API to be held back");
}
