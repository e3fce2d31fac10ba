// The app in a frame of another site, where its storage, workers and channels are apart from those of its windows.

import assert from "node:assert/strict";

import { resume, session, statusOf } from "./support/calls.mjs";
import { startFramed } from "./support/embedder.mjs";
import { countFlows, endOfSignIn, looked, startResume } from "./support/popup.mjs";
import { passPages } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** As clickSignIn() does it in a page. */
async function clickInFrame(page, frame) {
  await frame.evaluate(() => {
    const button = Object.assign(document.createElement("button"), { id: "sign-in", textContent: "Sign in" });
    button.onclick = () => void (globalThis.signingIn = app.outcome(() => app.auth.signIn({ mode: "popup" })));
    document.body.append(button);
  });
  const [popup] = await Promise.all([page.context().waitForEvent("page"), frame.click("#sign-in")]);
  return popup;
}

for (const mode of modes) {
  test(`${mode}: in a frame of another site a redirect is refused before anything is asked (TOKENKEEP_PAGE_FRAMED)`, async (t) => {
    const { stage, frame } = await startFramed(t, { mode });
    const asked = [];
    stage.context.on("request", (request) => request.isNavigationRequest() && asked.push(request.url()));
    assert.equal((await resume(frame)).value, null);
    const { error } = await frame.evaluate(() => app.outcome(() => app.auth.signIn()));

    assert.equal(error.code, "TOKENKEEP_PAGE_FRAMED");
    assert.match(error.message, /mode: "popup"/);
    assert.equal((await frame.evaluate(() => app.outcome(() => app.auth.resume({ silent: true })))).value, null);
    assert.deepEqual([asked, frame.url()], [[], `${stage.app.origin}/`]);
  });

  test(`${mode}: in a frame of another site a popup signs in`, async (t) => {
    const { stage, page, frame } = await startFramed(t, { mode });
    await frame.evaluate(() => app.auth.resume());
    const popup = await clickInFrame(page, frame);
    await passPages(popup);
    await popup.waitForFunction(() => globalThis.app);
    assert.equal(await popup.evaluate(() => opener), null);
    const closed = popup.waitForEvent("close");
    await startResume(popup);
    await closed;

    const { value, error } = await endOfSignIn(frame);
    assert.equal(error, undefined);
    assert.deepEqual(await session(frame), value);
    assert.equal(await statusOf(frame, stage.v1("files")), 200);
    assert.equal(stage.counts.exchanges, 1);
    const window = await stage.open();
    assert.equal((await resume(window)).value, null, "a window of the app has a holder of its own");
  });
}

test("what a popup offers is taken by the page that waits for it only, and gone after a moment", async (t) => {
  const { stage, page } = await startFramed(t);
  await countFlows(stage);
  await page.reload();
  const again = await until(() => page.frames().find((one) => one.url().startsWith(stage.app.origin)), "the frame");
  await again.waitForFunction(() => globalThis.app);
  const popup = await clickInFrame(page, again);
  await passPages(popup);
  await popup.waitForFunction(() => globalThis.app);
  const wrong = `${new URL(popup.url()).origin}/callback?code=c&state=p${"A".repeat(43)}`;
  await popup.evaluate((href) => {
    globalThis.taken = false;
    globalThis[Symbol.for("tokenkeep.offered")] = { href, take: () => (globalThis.taken = true) };
  }, wrong);
  for (let look = 0; look < 2; look += 1) await looked(again);
  assert.equal(await popup.evaluate(() => globalThis.taken), false);
  await startResume(popup);
  assert.ok((await endOfSignIn(again)).value);
});

test("a response that nobody waits for leaves nothing to be found in its window", async (t) => {
  const stage = await startStage(t);
  await countFlows(stage);
  const page = await stage.open(`/callback?code=c&state=p${"A".repeat(43)}`);
  const { error } = await resume(page);
  assert.equal(error.code, "TOKENKEEP_STATE_MISMATCH");
  assert.equal(await page.evaluate(() => Symbol.for("tokenkeep.offered") in globalThis), false);
});

test("with the holder on an origin of its own an app in a frame is told so at once (TOKENKEEP_PAGE_FRAMED)", async (t) => {
  const { frame } = await startFramed(t, { mode: "own", policy: undefined });
  const wanted = [() => resume(frame), () => frame.evaluate(() => app.outcome(() => app.auth.signIn()))];
  for (const ask of wanted) assert.equal((await ask()).error.code, "TOKENKEEP_PAGE_FRAMED");
  await until(() => frame.evaluate(() => document.querySelector("iframe") === null), "no frame");
});
