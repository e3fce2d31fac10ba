// Signing in where the holder is on an origin of its own: the page comes back by itself, with nothing in its URL.

import { demoPages, hurried, passPages } from "./sign-in.mjs";
import { until } from "./until.mjs";

/** Signs in as a person would, up to the page that was come back to. */
export const arrive = (page, options) =>
  hurried(page, async () => {
    const app = new URL(await page.url());
    await leave(page, options);
    await passPages(page, demoPages, isBack(page, app));
  });

/** As `arrive`. Resolves to what `resume()` says there. */
export async function signIn(page, options) {
  await arrive(page, options);
  return page.evaluate(() => app.auth.resume());
}

/** Starts a sign-in, or whatever else leads away. */
export async function leave(page, options, method = "signIn") {
  await page.evaluate(
    ([name, given]) => {
      globalThis.leaving = true;
      globalThis.left = app.outcome(() => app.auth[name](given));
    },
    [method, options],
  );
}

/** Whether a page is at its app again, after it was elsewhere. */
export function isBack(page, { origin } = new URL(page.url())) {
  return async (url) =>
    new URL(url).origin === origin && page.evaluate(() => Boolean(globalThis.app && !globalThis.leaving)).catch(() => false);
}

/** Resolves when a page is at its app again. */
export async function back(page, origin) {
  await until(async () => new URL(await page.url()).origin === origin, "the app's page");
  await page.waitForFunction(() => globalThis.app && !globalThis.leaving);
}

/** Does what a person does in a popup, until it has closed itself. */
export async function passPopup(popup) {
  const closed = popup.waitForEvent("close");
  await passPages(popup, demoPages, () => popup.isClosed()).catch((error) => {
    if (!popup.isClosed()) throw error;
  });
  await closed;
}
