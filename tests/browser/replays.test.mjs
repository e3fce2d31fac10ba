import assert from "node:assert/strict";

import { statusOf } from "./support/calls.mjs";
import { Gate } from "./support/gate.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** Two calls are replayed with one fresh token; the second of them is held back at the API. */
async function startReplays(t) {
  const gate = new Gate();
  let held = 0;
  const before = ({ url }) => url.pathname.endsWith("/held") && (held += 1) === 2 && gate.passed;
  const stage = await startStage(t, { probe: { before } });
  t.after(gate.open);
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  await page.evaluate((url) => void (globalThis.held = app.send(url)), stage.probed("held"));
  await until(() => held === 2, "the replay");
  // The API takes the fresh token.
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  return { stage, page, open: gate.open };
}

test("a token that was taken by the API and is refused later is renewed, whatever a replay was told", async (t) => {
  const { stage, page, open } = await startReplays(t);
  stage.authorizationServer.expireAccessTokens();
  open();
  await page.evaluate(() => held);

  assert.equal(await statusOf(page, stage.v1("files")), 200);
});
