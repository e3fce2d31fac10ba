import assert from "node:assert/strict";

import { events, send } from "./support/calls.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { deadly, plant } from "./support/trap.mjs";

async function startPlanted(t, mode, options) {
  const stage = await startStage(t, { mode, ...options });
  await plant(stage, mode);
  const page = await stage.open();
  await arrive(page);
  await page.evaluate(() => app.auth.resume());
  return { stage, page };
}

for (const mode of modes) {
  test(`${mode}: a trap ends the session with a typed error for everybody who waits, and the holder starts anew (MSG-10)`, async (t) => {
    const { stage, page } = await startPlanted(t, mode);
    const [files] = [stage.v1("files")];
    assert.equal((await send(page, files)).value.status, 200);
    const other = mode === "shared" ? await stage.open() : null;
    await other?.evaluate(() => app.auth.resume());
    const release = stage.holdTokenEndpoint();
    stage.authorizationServer.expireAccessTokens();
    await page.evaluate((url) => {
      globalThis.waiting = [1, 2, 3].map(() => app.send(url));
    }, files);
    await page.waitForFunction(async () => (await app.auth.stats()).queued === 3);
    const deadlyCall = await page.evaluate(([url, timeout]) => app.send(url, { tokenkeep: { timeout } }), [files, deadly]);
    const waiting = await page.evaluate(() => Promise.all(globalThis.waiting));
    release();

    assert.deepEqual(
      [deadlyCall, ...waiting].map(({ error }) => error?.code),
      Array(4).fill("TOKENKEEP_HOLDER_RESTARTED"),
    );
    await page.waitForFunction(() => app.auth.session === null);
    // Calls that wait long are told of too.
    const told = (await events(page)).filter(({ type }) => type !== "waiting");
    assert.deepEqual(told.at(-1), { type: "signedout", detail: { reason: "failed" } });
    if (other) await other.waitForFunction(() => app.auth.session === null);
    assert.equal((await send(page, files)).error.code, "TOKENKEEP_LOGIN_REQUIRED");
    await signIn(page);
    assert.equal((await send(page, files)).value.status, 200);
    if (other) assert.equal((await send(other, files)).value.status, 200);
  });
}
