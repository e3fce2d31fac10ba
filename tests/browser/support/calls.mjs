// What tests ask of a page's connection. Each resolves to plain data.

import { until } from "./until.mjs";

/** The outcome of a request: `{ value: { status, text } }` or `{ error }`. */
export const send = (page, url, init) => page.evaluate((request) => app.send(...request), [url, init]);

/** As `send`, and the value is `{ status, explanation }`. */
export const explain = (page, url, init) => page.evaluate((request) => app.explain(...request), [url, init]);

/** Starts a request; `endOfSend` waits for its outcome. */
export const startSend = (page, url, init) => page.evaluate((request) => void (globalThis.sending = app.send(...request)), [url, init]);

export const endOfSend = (page) => page.evaluate(() => globalThis.sending);

/** The status of the answer to a request, undefined if it failed. */
export const statusOf = async (page, url, init) => (await send(page, url, init)).value?.status;

/** The code of the error that a request failed with, undefined if it did not. */
export const codeOf = async (page, url, init) => (await send(page, url, init)).error?.code;

/** How often each outcome came, of `count` numbered POST requests sent at once. */
export const burst = (page, url, count) => page.evaluate(([to, calls]) => app.burst(to, calls), [url, count]);

/** Starts such a burst; `endOfBurst` waits for it. */
export const startBurst = (page, url, count) =>
  page.evaluate(([to, calls]) => void (globalThis.calls = app.burst(to, calls)), [url, count]);

export const endOfBurst = (page) => page.evaluate(() => globalThis.calls);

/** The outcome of `resume()`. */
export const resume = (page) => page.evaluate(() => app.outcome(() => app.auth.resume()));

/**
 * What `resume`, or another call, says in a new page whose worker can't start. About once in a hundred times Chromium tells nobody so, and silence
 * is all that the page hears; then another page is asked, once.
 */
export async function resumeInVain(stage, call = resume) {
  const outcome = await call(await stage.open());
  return outcome.error?.code === "TOKENKEEP_HOLDER_SILENT" ? call(await stage.open()) : outcome;
}

/** Resolves when the page's token is of no use any more: its life is over, and so is the second that any token is used for. */
export async function endOfToken(page) {
  const end = Math.max((await session(page)).expiresAt, Date.now() + 1_000);
  await until(() => Date.now() > end, "the token's end");
}

export const session = (page) => page.evaluate(() => app.auth.session);

export const stats = (page) => page.evaluate(() => app.auth.stats());

/** The events so far, or those of one type. */
export const events = async (page, wanted) => (await page.evaluate(() => app.events)).filter(({ type }) => !wanted || type === wanted);
