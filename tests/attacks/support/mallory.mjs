// The attacker as a user of the same authorization server, in a browser of its own.

import { pendingLogins } from "../../browser/support/records.mjs";
import { demoPages } from "../../browser/support/sign-in.mjs";
import { keepResponse } from "./signing-in.mjs";

const mallorysPages = {
  ...demoPages,
  "#login": async (page) => {
    await page.fill("#login input[name=login]", "mallory");
    await page.click("#login button[type=submit]");
  },
};

/**
 * Mallory signs in, up to the response, which nothing gets to see. It begins with the URL `start`, or with the app's own sign-in.
 * Resolves to the response's URL as `arrival`, and to the `records` that the app's origin has in that browser.
 */
export async function mallorysSignIn(t, rig, start) {
  const context = await rig.context.browser().newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(start ?? rig.origins.app);
  if (!start) await page.evaluate(() => void app.auth.signIn());
  const arrival = await keepResponse(rig, page, mallorysPages);
  await page.goto(`${rig.origins.app}/bare.html`);
  const records = (await pendingLogins(page)).map(([key, { record, created }]) => [key, { record: JSON.stringify(record), created }]);
  return { arrival, records };
}
