// A holder that ends while pages live: phones and browsers do that for memory, and script can. Nobody may wait for it.

import assert from "node:assert/strict";

import { codeOf, endOfBurst, events, resume, session, startBurst, stats, statusOf } from "./support/calls.mjs";
import { endSharedWorker } from "./support/ending.mjs";
import { Gate } from "./support/gate.mjs";
import { signIn as signInOverThere } from "./support/own-origin.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { ownMode, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const lost = "TOKENKEEP_HOLDER_LOST";
const over = [{ type: "signedout", detail: { reason: "lost" } }];

/** An app in two tabs that is signed in, whose API answers when `gate` is open. */
async function signedIn(t, options) {
  const gate = new Gate();
  t.after(gate.open);
  const stage = await startStage(t, { mode: "made", probe: { before: () => gate.passed }, ...options });
  const page = await stage.open();
  await signIn(page);
  return { stage, page, gate };
}

test("calls under way when the SharedWorker ends are told at once, in every tab", async (t) => {
  const { stage, page } = await signedIn(t);
  const other = await stage.open();
  assert.ok((await resume(other)).value);
  await startBurst(page, stage.probed("first"), 2);
  await startBurst(other, stage.probed("second"), 3);
  await until(() => stage.probe.requests.length === 5, "the requests' arrival");
  await endSharedWorker(page);

  assert.deepEqual(await endOfBurst(page), { [lost]: 2 });
  assert.deepEqual(await endOfBurst(other), { [lost]: 3 });
  for (const one of [page, other]) {
    assert.equal(await session(one), null);
    assert.deepEqual(await events(one, "signedout"), over);
  }
});

test("a body that still comes when the SharedWorker ends fails, for whoever reads it and for whoever will", async (t) => {
  const answer = ({ response }) => (response.writeHead(200), response.write("first"));
  const { stage, page } = await signedIn(t, { probe: { answer } });
  await page.evaluate(async (url) => {
    const bodies = await Promise.all([1, 2].map(async () => (await app.auth.fetch(url)).body.getReader()));
    await Promise.all(bodies.map((reader) => reader.read()));
    const [now, later] = bodies;
    globalThis.reading = app.outcome(() => now.read());
    globalThis.readLater = () => app.outcome(() => later.read());
  }, stage.probed("stream"));
  await endSharedWorker(page);
  const outcomes = await page.evaluate(async () => [await reading, await readLater()]);
  assert.deepEqual(
    outcomes.map(({ error }) => error?.code),
    [lost, lost],
  );
});

test("the next call after a SharedWorker's end starts another, which all tabs share", async (t) => {
  const { stage, page } = await signedIn(t);
  const other = await stage.open();
  assert.ok((await resume(other)).value);
  await endSharedWorker(page);
  await until(async () => (await session(page)) === null && (await session(other)) === null, "the news");

  assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal((await stats(page)).phase, "signedout");
  assert.equal((await resume(page)).value, null);
  assert.ok(await signIn(page));
  assert.ok((await resume(other)).value, "what the other tab has begun is found");
  assert.equal(await statusOf(other, stage.v1("files")), 200);
  assert.equal(stage.counts.exchanges, 2);
});

test("a tab that was called in since hears what happens in the new holder", async (t) => {
  const { stage, page } = await signedIn(t);
  const other = await stage.open();
  await resume(other);
  await endSharedWorker(page);
  await until(async () => (await session(other)) === null, "the news");
  assert.equal((await stats(other)).phase, "signedout");
  await signIn(page);
  await until(() => session(other), "the news of the sign-in");
});

test("resume() after a SharedWorker's end has no session", async (t) => {
  const { page } = await signedIn(t);
  await endSharedWorker(page);
  await until(async () => (await session(page)) === null, "the news");
  assert.deepEqual(await resume(page), { value: null });
});

test("a page without a session hears of no sign-out when the SharedWorker ends", async (t) => {
  const stage = await startStage(t, { mode: "made" });
  const page = await stage.open();
  assert.equal((await resume(page)).value, null);
  await endSharedWorker(page);
  assert.equal((await resume(page)).value, null);
  assert.ok(await signIn(page));
  assert.deepEqual(await events(page, "signedout"), []);
});

test("a page that was given no function says what to do when the SharedWorker has ended", async (t) => {
  const { stage, page } = await signedIn(t, { mode: "shared" });
  await endSharedWorker(page);
  await until(async () => (await session(page)) === null, "the news");
  assert.equal(await codeOf(page, stage.v1("files")), lost);
  const { error } = await resume(page);
  assert.equal(error.code, lost);
  assert.match(error.message, /function.*reload the page/);
  await page.reload();
  assert.equal((await resume(page)).value, null);
  assert.ok(await signIn(page));
});

test("a dedicated worker that is terminated is told of in the same way", async (t) => {
  const stage = await startStage(t, { mode: "worker" });
  const page = await stage.open();
  await page.evaluate(() => {
    globalThis.made = [];
    const make = () => made[made.push(new Worker("/holder.js", { type: "module", name: "tokenkeep" })) - 1];
    app.auth = app.tokenkeep.connect(make);
    app.auth.addEventListener("signedout", ({ type, detail }) => app.events.push({ type, detail }));
  });
  // A redirect would end such a worker with its page.
  await page.evaluate(() => app.auth.resume());
  await page.evaluate(() => void (globalThis.waiting = app.outcome(() => app.auth.signIn({ mode: "popup" }))));
  await page.evaluate(() => made[0].terminate());

  assert.equal((await page.evaluate(() => waiting)).error.code, lost);
  assert.deepEqual(await resume(page), { value: null });
  assert.equal(await page.evaluate(() => made.length), 2);
});

test("script that takes the holder's lock away ends nothing", async (t) => {
  const { stage, page } = await signedIn(t);
  await page.evaluate(async () => {
    const { held } = await navigator.locks.query();
    const { name } = held.find((one) => one.name.startsWith("tokenkeep:holder-"));
    await navigator.locks.request(name, { steal: true }, () => {});
  });
  await until(async () => (await events(page, "signedout")).length === 1, "the page to take it for the end");
  assert.ok((await resume(page)).value, "the holder is there, and the page finds it again");
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.exchanges, 1);
  await endSharedWorker(page);
  await until(async () => (await resume(page)).value === null, "its real end to be told of too");
});

test("the end of a holder on an origin of its own is told to the app, and the next call has another", async (t) => {
  const gate = new Gate();
  t.after(gate.open);
  const stage = await startStage(t, { mode: ownMode, probe: { before: () => gate.passed } });
  const page = await stage.open();
  await signInOverThere(page);
  await startBurst(page, stage.probed("first"), 2);
  await until(() => stage.probe.requests.length === 2, "the requests' arrival");
  await endSharedWorker(page, stage.home);

  assert.deepEqual(await endOfBurst(page), { [lost]: 2 });
  assert.equal(await session(page), null);
  assert.deepEqual(await events(page, "signedout"), over);
  assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
  assert.deepEqual(await resume(page), { value: null });
  assert.ok(await signInOverThere(page));
  assert.equal(await statusOf(page, stage.v1("files")), 200);
});

test("a response whose page clears the storage of its site, and with it the holder, ends in an error and not in silence", async (t) => {
  const headers = (path) => (path === "/callback" ? { "clear-site-data": '"storage"' } : {});
  const stage = await startStage(t, { mode: "made", headers });
  const page = await stage.open();
  await arrive(page);
  const outcome = await resume(page);

  assert.match(outcome.error?.code ?? "", /^TOKENKEEP_(STATE_MISMATCH|HOLDER_LOST|HOLDER_SILENT)$/, JSON.stringify(outcome));
  const other = await stage.open();
  // It may meet the old one on its way out, and is told so.
  await until(async () => (await resume(other)).value === null, "another holder");
});
