import assert from "node:assert/strict";

import { endOfBurst, endOfToken, startBurst, stats } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

test("offline one attempt is made; online the next follows at once, whatever pause was announced", async (t) => {
  const stage = await startStage(t, { proxied: true });
  stage.announceLifetime(1);
  const page = await stage.open();
  await signIn(page);
  stage.announceLifetime(600);
  await endOfToken(page);
  stage.proxy.attempts.length = 0;
  stage.proxy.closeIdleConnections();
  stage.proxy.inject({ path: "/token", kind: "reset" });
  // This reaches the page and not the SharedWorker, whose network the proxy stands for.
  await page.context().setOffline(true);
  await until(async () => !(await stats(page)).online, "the word that the machine is offline");
  await startBurst(page, stage.v1("effects"), 50);
  let pause;
  await until(async () => (pause = (await stats(page)).nextAttemptIn) > 5_000, "a long pause");
  const attempts = stage.proxy.attempts.length;
  stage.proxy.restore();
  const onlineAt = Date.now();
  await page.context().setOffline(false);

  assert.deepEqual(await endOfBurst(page), { 201: 50 });
  assert.equal(stage.proxy.attempts.length, attempts + 1);
  const { at } = stage.proxy.attempts.at(-1);
  assert.ok(at - onlineAt < pause - 1_000, `${at - onlineAt} ms after being online, announced: ${pause} ms`);
});
