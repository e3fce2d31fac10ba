// What frameworks do to objects that they meet.

import assert from "node:assert/strict";

import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/**
 * Runs in the page, before anything else: as zone.js (and so Angular) does, it keeps what it has to know of listeners on the
 * target itself.
 */
function keepListenersOnTargets() {
  // biome-ignore lint/suspicious/noRedundantUseStrict: the page gets the function as text, outside of any module
  "use strict";
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, ...more) {
    const key = `__zone_symbol__${type}false`;
    const target = this ?? globalThis;
    if (!target[key]) target[key] = [];
    target[key].push(more[0]);
    return Reflect.apply(addEventListener, target, [type, ...more]);
  };
}

for (const mode of transports) {
  test(`${mode}: listeners can be added where a framework keeps them on their targets`, async (t) => {
    const stage = await startStage(t, { mode });
    await stage.context.addInitScript(keepListenersOnTargets);
    const page = await stage.context.newPage();
    const uncaught = [];
    page.on("pageerror", ({ message }) => uncaught.push(message));
    await page.goto(stage.app.origin);
    await page.waitForFunction(() => document.readyState === "complete");
    assert.deepEqual(uncaught, []);
    const { error } = await page.evaluate(() => app.outcome(() => void app.auth.addEventListener("signedin", () => {})));
    assert.equal(error, undefined);
  });
}
