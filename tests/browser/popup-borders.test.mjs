// What others may do to a popup's way back: nothing.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";

import { strictPolicy } from "./support/app-server.mjs";
import { session } from "./support/calls.mjs";
import { clickSignIn, countFlows, endOfSignIn, finishIn } from "./support/popup.mjs";
import { pendingLogins } from "./support/records.mjs";
import { passPages } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const published = new URL("../../pkg/", import.meta.url);

/**
 * Posts on the channel of the popup that `page` waits for, as a script of the origin could that knew its name, and listens
 * to what comes back.
 */
const post = (page, messages) =>
  page.evaluate((given) => {
    const [name] = ledger.channels();
    const channel = new BroadcastChannel(name);
    globalThis.answers = [];
    channel.onmessage = ({ data }) => data.taken && answers.push(data);
    for (const message of given) channel.postMessage(message);
  }, messages);

for (const mode of modes) {
  test(`${mode}: what is not a response is ignored, and the popup goes on (WIN-5, MSG-6)`, async (t) => {
    const stage = await startStage(t, { mode });
    await countFlows(stage);
    const page = await stage.open();
    const popup = await clickSignIn(page);
    await popup.waitForSelector("#login");
    const rubbish = [null, 0, "href", [], {}, { href: null }, { href: 7 }, { href: {} }, { taken: true }, { v: 1 }];
    // The right shape, and nothing that holds.
    const { origin } = stage.app;
    const wrong = ["", "x", "javascript:0", `${origin}/`, `${origin}/callback`, `${origin}/callback?code=c&state=p${"A".repeat(43)}`];
    await post(page, [...rubbish, ...wrong.map((href) => ({ href }))]);
    await until(() => page.evaluate((count) => answers.length >= count, wrong.length), "the answers");
    assert.deepEqual([stage.counts.tokenRequests, (await pendingLogins(page)).length], [0, 1]);
    assert.equal(popup.isClosed(), false);
    await finishIn(popup);

    assert.ok((await endOfSignIn(page)).value);
    assert.equal(stage.counts.tokenRequests, 1);
    const taken = mode === "shared" ? wrong.length : wrong.length + 1;
    assert.equal(await page.evaluate(() => answers.length), taken, "rubbish has no answer");
    assert.deepEqual(await page.evaluate(() => ledger.left()), { intervals: 0, channels: 1 }, "the test's own");
  });
}

/** Responses with the right state that must be refused: the expected code, and the change to the right URL. */
const refused = {
  "another issuer (CB-7)": ["ISSUER_MISMATCH", (href) => href.replace(/iss=[^&]*/, "iss=https%3A%2F%2Fevil.example")],
  "no issuer where it is announced (CB-6)": ["ISSUER_MISSING", (href) => href.replace(/&iss=[^&]*/, "")],
  "code and error (CB-15)": ["RESPONSE_MALFORMED", (href) => `${href}&error=access_denied`],
  "neither (CB-15)": ["RESPONSE_MALFORMED", (href) => href.replace(/code=[^&]*&/, "")],
};

for (const mode of modes) {
  for (const [name, [code, change]] of Object.entries(refused)) {
    test(`${mode}: a popup's response with ${name} is refused as any other (WIN-4)`, async (t) => {
      const stage = await startStage(t, { mode });
      const page = await stage.open();
      const popup = await clickSignIn(page);
      await passPages(popup);
      await popup.goto(change(popup.url()));
      const closed = popup.waitForEvent("close");
      await popup.evaluate(() => void app.auth.resume().catch(() => {}));

      assert.equal((await endOfSignIn(page)).error.code, `TOKENKEEP_${code}`);
      await closed;
      assert.deepEqual([stage.counts.tokenRequests, await session(page), await pendingLogins(page)], [0, null, []]);
    });
  }
}

for (const mode of modes) {
  test(`${mode}: no page that a popup is led to has this one for its opener (WIN-13)`, async (t) => {
    const answer = ({ response }) => response.writeHead(200, { "content-type": "text/html" }).end("<title>evil</title>");
    const stage = await startStage(t, { mode, probe: { answer } });
    const page = await stage.open();
    const evil = `${stage.probe.origin}/open/`;
    const popup = await clickSignIn(page);
    await popup.waitForSelector("#login");
    assert.equal(await popup.evaluate(() => opener), null, "at the authorization server");
    await popup.goto(evil);
    const outcome = await popup.evaluate((url) => {
      try {
        opener.location = url;
      } catch (error) {
        return error.name;
      }
    }, evil);
    assert.equal(outcome, "TypeError", "at another origin");
    await popup.goto(`${stage.app.origin}/callback`);
    assert.equal(await popup.evaluate(() => opener), null, "back at the app");
    assert.equal(page.url(), `${stage.app.origin}/`);

    const [other] = await Promise.all([stage.context.waitForEvent("page"), page.evaluate((url) => void open(url), evil)]);
    await other.waitForLoadState();
    await other.evaluate((url) => (opener.location = url), evil);
    await page.waitForURL(evil);
  });
}

test("messages from window to window are not listened to, whoever sends them (WIN-1, WIN-2)", async (t) => {
  const answer = ({ response }) => response.writeHead(200, { "content-type": "text/html" }).end("<title>evil</title>");
  const stage = await startStage(t, { probe: { answer } });
  const evil = await stage.context.newPage();
  await evil.goto(`${stage.probe.origin}/open/`);
  const opened = stage.context.waitForEvent("page");
  await evil.evaluate((url) => void (globalThis.opened = open(url)), stage.app.origin);
  const page = await opened;
  await until(() => page.evaluate(() => globalThis.app), "the app");
  await page.evaluate(() => {
    globalThis.origins = [];
    addEventListener("message", ({ origin }) => origins.push(origin));
  });
  const popup = await clickSignIn(page);
  await popup.waitForSelector("#login");
  const href = `${stage.app.origin}/callback?error=access_denied&state=p${"A".repeat(43)}`;
  const shapes = [{ href }, href, { v: 1, id: 1, op: "finish", href }, { taken: true }];
  await evil.evaluate((given) => given.forEach((one) => opened.postMessage(one, "*")), shapes);
  await page.evaluate((given) => given.forEach((one) => postMessage(one, "*")), shapes);
  await until(() => page.evaluate((count) => origins.length === count, 2 * shapes.length), "the messages");

  assert.deepEqual([(await pendingLogins(page)).length, popup.isClosed()], [1, false]);
  await finishIn(popup);
  assert.ok((await endOfSignIn(page)).value);
});

test("a state that nobody sent closes no page and is nobody's popup (WIN-2, CB-1)", async (t) => {
  const stage = await startStage(t, { mode: "worker" });
  const page = await stage.open(`/callback?code=c&state=p${"A".repeat(43)}`);
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));

  assert.equal(error.code, "TOKENKEEP_STATE_MISMATCH");
  assert.equal(await page.evaluate(() => app.auth.arrival), null);
});

test("a callback page in a frame of somebody else's does nothing (WIN-11)", async (t) => {
  let inner;
  const answer = ({ response }) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<iframe src="${inner}"></iframe>`);
  };
  const stage = await startStage(t, { probe: { answer } });
  inner = `${stage.app.origin}/callback?code=c&state=${"A".repeat(43)}`;
  const page = await stage.context.newPage();
  await page.goto(`${stage.probe.origin}/open/`);
  const frame = await until(() => page.frames()[1], "the frame");
  await until(() => frame.evaluate(() => globalThis.app).catch(() => false), "the app in the frame");

  assert.deepEqual(await frame.evaluate(() => app.outcome(() => app.auth.resume())), { value: null });
  assert.equal(frame.url(), inner, "not even looked at");
  assert.equal(stage.counts.tokenRequests, 0);

  stage.shown.policy = `${strictPolicy}; frame-ancestors 'self'`;
  await page.reload();
  const refusal = await until(() => page.frames()[1], "the frame");
  assert.equal(await refusal.evaluate(() => globalThis.app).catch(() => undefined), undefined, "as the README has it");
});

test("no published file makes a frame, but that of the holder's own origin, or posts to any origin (WIN-3, WIN-9, WIN-10, WIN-12)", () => {
  const names = readdirSync(published).filter((name) => name.endsWith(".js"));
  assert.ok(names.includes("index.js") && names.includes("page.js"));
  for (const name of names) {
    const text = readFileSync(new URL(name, published), "utf8");
    const frames = name === "remote.js" ? /srcdoc/i : /iframe|srcdoc|contentWindow/i;
    assert.equal(frames.test(text), false, name);
    assert.equal(/postMessage\([^)]*["'`]\*["'`]|targetOrigin/.test(text), false, name);
  }
});
