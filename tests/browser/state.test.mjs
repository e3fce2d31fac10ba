import assert from "node:assert/strict";

import { burst, send, session, stats, statusOf } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

for (const mode of transports) {
  test(`${mode}: the session is one object until something in it changes`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    await page.evaluate(() => {
      globalThis.told = [];
      globalThis.before = app.auth.session;
      globalThis.stop = app.auth.subscribe(() => told.push(app.auth.session));
    });
    await burst(page, stage.v1("effects"), 3);
    assert.equal(await page.evaluate(() => app.auth.session === before && told.length === 0), true);
    assert.equal(await page.evaluate(() => Object.isFrozen(before)), true);

    stage.authorizationServer.expireAccessTokens();
    await burst(page, stage.v1("effects"), 3);
    const [changed, heard] = await page.evaluate(() => [app.auth.session !== before, told.length]);
    assert.deepEqual([changed, heard], [true, 1]);
    assert.equal(await page.evaluate(() => told[0] === app.auth.session), true);

    await page.evaluate(() => stop());
    await page.evaluate(() => app.auth.signOut());
    assert.equal(await page.evaluate(() => told.length), 1, "a listener heard of something after it had left");
  });

  test(`${mode}: an event tells what the session is by then`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    await page.evaluate(() => {
      globalThis.seen = [];
      for (const type of ["refreshed", "signedout"]) {
        app.auth.addEventListener(type, ({ detail }) => seen.push([type, detail.expiresAt, app.auth.session?.expiresAt]));
      }
    });
    stage.authorizationServer.expireAccessTokens();
    await send(page, stage.v1("files"));
    await page.evaluate(() => app.auth.signOut());

    const [[, announced, current], last, ...more] = await page.evaluate(() => seen);
    assert.equal(announced, current);
    assert.deepEqual([last, more], [["signedout", undefined, undefined], []]);
  });

  test(`${mode}: a listener that throws disturbs nobody else`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    await page.evaluate(() => {
      globalThis.told = 0;
      app.auth.addEventListener("refreshed", () => {
        throw new Error("thrown by an event listener");
      });
      app.auth.addEventListener("refreshed", () => void (told += 1));
    });
    stage.authorizationServer.expireAccessTokens();

    assert.deepEqual(await burst(page, stage.v1("effects"), 3), { 201: 3 });
    assert.equal(await page.evaluate(() => told), 1);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });
}

test("shared: close() ends this page's connection, and nothing else", async (t) => {
  const stage = await startStage(t);
  const [page, other] = [await stage.open(), await stage.open()];
  await signIn(page);
  await page.evaluate(() => app.auth.close());
  const { error } = await send(page, stage.v1("files"));

  assert.deepEqual([error.name, error.code], ["TokenKeepError", "TOKENKEEP_HOLDER_FAILED"]);
  assert.ok(await session(other));
  assert.equal(await statusOf(other, stage.v1("files")), 200);
  assert.equal((await stats(other)).phase, "active");
});
