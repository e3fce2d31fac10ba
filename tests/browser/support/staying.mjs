// Somebody with unsaved work, whom the browser asks whether to leave the page.

const preventDefault = "addEventListener('beforeunload', (event) => event.preventDefault())";

/** Has the page ask, by the script `ask`, and the person answer that they stay when `leave()` is about to leave it. */
export async function stay(page, leave, ask = preventDefault) {
  // Nobody is asked who has done nothing in the page.
  await page.mouse.click(1, 1);
  await page.evaluate(`${ask}; undefined`);
  const asked = page.waitForEvent("dialog");
  await leave();
  await (await asked).dismiss();
}
