// A worker whose script never runs: every call ends in a bounded time, with an error that leads there, and may be tried again.

import assert from "node:assert/strict";

import { bundles } from "./support/bundles.mjs";
import { endOfBurst, resume, resumeInVain, session, startBurst, stats, statusOf } from "./support/calls.mjs";
import { endSharedWorker } from "./support/ending.mjs";
import { Gate } from "./support/gate.mjs";
import { signIn } from "./support/sign-in.mjs";
import { ownMode, startStage, workerModes } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const silent = "TOKENKEEP_HOLDER_SILENT";

/** Half a minute goes by in a moment, in a page and in its frames. */
const shorten = (stage, factor = 20) =>
  stage.context.addInitScript((by) => {
    const start = globalThis.setTimeout;
    globalThis.setTimeout = (work, delay, ...given) => start(work, delay > 10_000 ? delay / by : delay, ...given);
  }, factor);

/** A holder's script that arrives when `gate` is open. */
async function late(t) {
  const gate = new Gate();
  t.after(gate.open);
  const { scripts } = await bundles();
  const answer = async (_, response) => {
    await gate.passed;
    response.writeHead(200, { "content-type": "text/javascript" }).end(scripts.holder);
  };
  return { gate, answer };
}

const codes = (page, url) =>
  page.evaluate(async (href) => {
    const { auth, outcome } = app;
    const wanted = [() => auth.resume(), () => auth.signIn(), () => auth.fetch(href), () => auth.stats(), () => auth.signOut()];
    return Promise.all(wanted.map(async (call) => (await outcome(call)).error?.code));
  }, url);

for (const mode of [...workerModes, "made"]) {
  test(`${mode}: a script that hangs on the network is told of by every call, and by later ones (${silent})`, async (t) => {
    const { gate, answer } = await late(t);
    const stage = await startStage(t, { mode, holder: "/late.js", routes: { "/late.js": answer } });
    await shorten(stage);
    const page = await stage.open();
    assert.deepEqual(await codes(page, stage.v1("files")), Array(5).fill(silent));
    const { error } = await resume(page);
    assert.equal(error.code, silent);
    assert.match(error.message, /its script.*hold\(\)/);

    gate.open();
    await page.waitForFunction(() => app.outcome(() => app.auth.resume()).then(({ value }) => value === null));
    if (mode === "worker") return;
    assert.ok(await signIn(page), "as soon as it is there all is well");
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });
}

test("who closes a connection that got no answer is asked nothing more by it", async (t) => {
  const { gate, answer } = await late(t);
  const stage = await startStage(t, { holder: "/late.js", routes: { "/late.js": answer } });
  await shorten(stage);
  const page = await stage.open();
  assert.equal((await resume(page)).error?.code, silent);
  await page.evaluate(() => app.auth.close());
  gate.open();
  for (let call = 0; call < 2; call += 1) {
    const { error } = await page.evaluate(() => app.outcome(() => app.auth.stats()));
    assert.equal(error?.code, "TOKENKEEP_HOLDER_FAILED");
  }
});

test("a page of a service worker's that is given for the script is told of", async (t) => {
  const never = `addEventListener("fetch", (event) => /holder/.test(event.request.url) && event.respondWith(new Promise(() => {})));
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));`;
  const stage = await startStage(t, { files: { "/never.js": () => ["text/javascript", never] } });
  await shorten(stage);
  const bare = await stage.open("/bare.html");
  await bare.evaluate(async () => {
    await navigator.serviceWorker.register("/never.js");
    await navigator.serviceWorker.ready;
  });
  const page = await stage.open();
  assert.equal((await resume(page)).error?.code, silent);
});

test("a worker that hangs at the holder's own origin is not taken for a frame that is silent", async (t) => {
  const gate = new Gate();
  t.after(gate.open);
  const stage = await startStage(t, { mode: ownMode });
  stage.home.files["/holder.js"] = async () => {
    await gate.passed;
    return ["text/javascript", (await bundles()).scripts.holder];
  };
  await shorten(stage);
  const page = await stage.open();
  assert.deepEqual([...new Set(await codes(page, stage.v1("files")))], [silent]);
  gate.open();
  await page.waitForFunction(() => app.outcome(() => app.auth.resume()).then(({ value }) => value === null));
});

test("a worker that can't be loaded at the holder's own origin is named as that", async (t) => {
  const stage = await startStage(t, { mode: ownMode });
  stage.home.files["/holder.js"] = () => ["text/html", "<h1>not found</h1>"];
  assert.equal((await resumeInVain(stage)).error?.code, "TOKENKEEP_WORKER_BLOCKED");
});

test("without locks a page that is looked at again asks whether its holder is there", async (t) => {
  const gate = new Gate();
  t.after(gate.open);
  const { scripts } = await bundles();
  const script = `delete WorkerNavigator.prototype.locks;\n${scripts.holder}`;
  const files = { "/holder.js": () => ["text/javascript", script] };
  const stage = await startStage(t, { mode: "made", files, probe: { before: () => gate.passed } });
  await shorten(stage);
  await stage.context.addInitScript(() => delete Navigator.prototype.locks);
  const page = await stage.open();
  await signIn(page);
  await startBurst(page, stage.probed("x"), 2);
  await until(() => stage.probe.requests.length === 2, "the requests' arrival");
  await endSharedWorker(page);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

  assert.deepEqual(await endOfBurst(page), { [silent]: 2 });
  assert.equal((await stats(page)).phase, "signedout");
  await until(async () => (await session(page)) === null, "the news");
  assert.ok(await signIn(page));
});
