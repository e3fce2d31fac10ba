// T48: the page that a popup of the app's has been led to, by a bad server or an open redirector on the way, leads the app's
// own tab somewhere else.

import assert from "node:assert/strict";

import { session } from "../browser/support/calls.mjs";
import { clickSignIn, endOfSignIn, seenIn } from "../browser/support/popup.mjs";
import { attack } from "./support/attack.mjs";

attack({ id: "T48", threat: "S22", title: "the page in the popup navigates the tab that opened it", outcome: "stopped" }, async (rig) => {
  const page = await rig.open();
  const popup = await clickSignIn(page);
  await seenIn(popup, page, "#login");
  const led = await popup.evaluate(lead, `${rig.origins.evil}/phishing`);
  if (led) {
    await page.waitForURL(`${rig.origins.evil}/phishing`);
    return ["works", "the tab shows the attacker's page"];
  }
  await rig.finishIn(popup);
  assert.ok((await endOfSignIn(page)).value, "the popup still signs in");
  assert.ok(await session(page));
  return "stopped";
});

/** Runs in the page in the popup. */
function lead(url) {
  if (!opener) return false;
  opener.location = url;
  return true;
}
