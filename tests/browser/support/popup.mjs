// Signing in with a popup, as a person would: by a click.

import { passPages } from "./sign-in.mjs";

/** Clicks a button that signs in with a popup. Resolves to the popup; `endOfSignIn` waits for what `signIn()` says. */
export async function clickSignIn(page, options) {
  await page.evaluate((given) => {
    document.querySelector("#sign-in")?.remove();
    const button = Object.assign(document.createElement("button"), { id: "sign-in", textContent: "Sign in" });
    const work = () => app.auth.signIn({ mode: "popup", ...given });
    button.onclick = () => void (globalThis.signingIn = app.outcome(work));
    document.body.append(button);
  }, options);
  const [popup] = await Promise.all([page.context().waitForEvent("page"), page.click("#sign-in")]);
  return popup;
}

/** The outcome of `signIn()`. */
export const endOfSignIn = (page) => page.evaluate(() => globalThis.signingIn);

/** Passes the pages in the popup and has its callback page call `resume()`; it closes itself. */
export async function finishIn(popup) {
  await passPages(popup);
  const closed = popup.waitForEvent("close");
  await startResume(popup);
  await closed;
}

/** Calls `resume()` where the page may be gone before it has an answer; `globalThis.resumed` has that. */
export const startResume = (popup) =>
  popup.evaluate(() => void (globalThis.resumed = app.outcome(() => app.auth.resume())));
