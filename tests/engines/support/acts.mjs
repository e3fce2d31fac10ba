// What a person does, in all four ways of running.

import { signIn as signInThere } from "../../browser/support/own-origin.mjs";
import { addButton, endOfSignIn, startResume } from "../../browser/support/popup.mjs";
import { demoPages, passPages, signIn as signInHere } from "../../browser/support/sign-in.mjs";
import { ownMode } from "../../browser/support/stage.mjs";

/** Signs in by redirect. Resolves to the session that the page has afterwards. */
export const signIn = (page, mode, options) => (mode === ownMode ? signInThere : signInHere)(page, options);

/** Opens the app and signs in there. */
export async function openSignedIn(stage, mode) {
  const page = await stage.open();
  await signIn(page, mode);
  return page;
}

/** Signs in by a popup, page by page until it is gone. Resolves to what `signIn()` says. */
export async function signInByPopup(page, mode, options) {
  await addButton(page, options);
  const popup = await page.context().windowOf(() => page.click("#sign-in"));
  if (mode === ownMode) await passPages(popup, demoPages, () => popup.isClosed()).catch(unlessClosed(popup));
  else await finish(popup);
  return endOfSignIn(page);
}

async function finish(popup) {
  await passPages(popup);
  await popup.waitForFunction(() => globalThis.app);
  await startResume(popup).catch(unlessClosed(popup));
}

const unlessClosed = (popup) => async (failure) => {
  if (!(await popup.isClosed())) throw failure;
};

/** What `resume()` says in a page that was just loaded, and if that is no session, what `resume({ silent: true })` brings. */
export async function comeBack(page) {
  const kept = await page.evaluate(() => app.auth.resume());
  return { kept, session: kept ?? (await resumeSilently(page)) };
}

async function resumeSilently(page) {
  await page.evaluate(() => {
    globalThis.leaving = true;
    void app.auth.resume({ silent: true });
  });
  await page.waitForFunction(() => globalThis.app && !globalThis.leaving && document.readyState === "complete");
  return page.evaluate(() => app.auth.resume({ silent: true }));
}
