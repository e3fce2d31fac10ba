// Signing in with a popup, as a person would: by a click.

import { fileURLToPath } from "node:url";

import { passPages } from "./sign-in.mjs";
import { until } from "./until.mjs";

const ledger = fileURLToPath(new URL("../app/ledger.js", import.meta.url));

/** Has the pages of `stage` write down what popups leave behind. */
export const countFlows = (stage) => stage.context.addInitScript({ path: ledger });

/** Resolves when the page has seen where its popup is now. */
export async function looked(page) {
  const ticks = () => page.evaluate(() => ledger.ticks());
  const before = await ticks();
  await until(async () => (await ticks()) > before, "a look at the popup");
}

/** Clicks a button that signs in with a popup. Resolves to the popup; `endOfSignIn` waits for what `signIn()` says. */
export async function clickSignIn(page, options) {
  await addButton(page, options);
  const [popup] = await Promise.all([page.context().waitForEvent("page"), page.click("#sign-in")]);
  return popup;
}

/** Puts that button, `#sign-in`, into the page. */
export const addButton = (page, options) =>
  page.evaluate((given) => {
    document.querySelector("#sign-in")?.remove();
    const button = Object.assign(document.createElement("button"), { id: "sign-in", textContent: "Sign in" });
    const work = () => app.auth.signIn({ mode: "popup", ...given });
    button.onclick = () => void (globalThis.signingIn = app.outcome(work));
    document.body.append(button);
  }, options);

/** Waits for `selector` in the popup of `page`; where that doesn't come, says where the popup is and what has become of the sign-in. */
export async function seenIn(popup, page, selector) {
  try {
    await popup.waitForSelector(selector);
  } catch (cause) {
    const outcome = await page.evaluate(() => Promise.race([globalThis.signingIn, "nothing yet"]));
    throw new Error(`no ${selector}: the popup is at ${popup.url()}, and signIn() says ${JSON.stringify(outcome)}`, { cause });
  }
}

/** The outcome of the last `signIn()`. */
export const endOfSignIn = (page) => page.evaluate(() => globalThis.signingIn);

/** Passes the pages in the popup and has its callback page call `resume()`; it closes itself. */
export async function finishIn(popup) {
  await passPages(popup);
  await popup.waitForFunction(() => globalThis.app);
  const closed = popup.waitForEvent("close");
  await startResume(popup);
  await closed;
}

/** Calls `resume()` where the page may be gone before it has an answer. */
export const startResume = (page, options) =>
  page.evaluate((given) => void (globalThis.resumed = app.outcome(() => app.auth.resume(given))), options);

/** Fills in the name and refuses consent. */
export async function refuseIn(popup) {
  await popup.fill("#login input[name=login]", "ada");
  await popup.click("#login button[type=submit]");
  await popup.click("#consent button[name=refuse]");
  await popup.waitForURL(({ pathname }) => pathname === "/callback");
}
