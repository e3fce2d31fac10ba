// The demo and its visitor.

import assert from "node:assert/strict";

import { start } from "../../../www/start.mjs";
import { newContext } from "./browser.mjs";
import { until } from "./until.mjs";

/** The demo with a visitor who looks at `path`. What else is given goes to the demo's `start`. */
export async function visitDemo(t, path, options) {
  const demo = await start({ appPort: 0, print: () => {}, ...options });
  const context = await newContext();
  t.after(async () => {
    await context.close();
    await demo.close();
  });
  const page = await context.newPage();
  await page.goto(demo.url + path);
  // Until it is known whether somebody is signed in the page moves, and a click is lost whose button goes away under it.
  await page.waitForSelector("body[data-session]");
  return { demo, page };
}

/** Passes the pages of the authorization server as Ada. */
export async function consent(page) {
  await page.fill("#login input[name=login]", "Ada");
  await page.click("#login button[type=submit]");
  await page.click("#consent button[name=consent]");
}

/** Resolves when somebody is signed in, and the page has looked for tokens in itself. */
export const isScanned = (page) => page.waitForSelector('[data-session="open"] #tokens-in-reach[data-tone]', { state: "attached" });

/** The demo with a visitor who has signed in and looks at `path`. */
export async function startDemo(t, path = "/room", options) {
  const { demo, page } = await visitDemo(t, path, options);
  await page.click("#sign-in");
  await consent(page);
  await isScanned(page);
  assert.equal(new URL(page.url()).pathname, path);
  return { demo, page };
}

/** Signs in with a popup, which has come back when this resolves. */
export async function signInWithPopup(page) {
  const [popup] = await Promise.all([page.context().waitForEvent("page"), page.click("#sign-in-popup")]);
  await consent(popup);
  return popup;
}

/** Resolves when there is `text` in the element. */
export async function contains(page, selector, text) {
  let found;
  const isThere = async () => (found = await page.textContent(selector)).includes(text);
  await until(isThere, `"${text}" in ${selector}`).catch((error) => {
    throw new Error(`${error.message}, which is "${found}"`);
  });
}
