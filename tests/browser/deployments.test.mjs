// A holder outlives the file that made it: pages that come later find out, and it makes room where the configuration says so.

import assert from "node:assert/strict";

import { bundles } from "./support/bundles.mjs";
import { endOfSend, events, resume, session, startSend, stats, statusOf } from "./support/calls.mjs";
import { Gate } from "./support/gate.mjs";
import { signIn as signInOverThere } from "./support/own-origin.mjs";
import { passPages, signIn } from "./support/sign-in.mjs";
import { ownMode, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** A tab that has looked at the holder's file as it is now, and whose look the holder knows of. */
async function start(t, config = {}, options = {}) {
  const stage = await startStage(t, { mode: "made", config, ...options });
  await stage.context.addInitScript(noteLooks);
  const said = [];
  stage.context.on("console", (message) => message.type() === "warning" && said.push(message.text()));
  const page = await stage.open();
  assert.equal((await resume(page)).value, null);
  await looks(page);
  return { stage, page, said };
}

/** Notes in every page and frame what it tells a holder of the holder's file. */
function noteLooks() {
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (message, ...more) {
    postMessage.call(this, message, ...more);
    globalThis.looked ||= message?.op === "found";
  };
}

/** Resolves when the page has told the holder what it has found, and that has heard it: it hears one after the other. */
async function looks(page) {
  await until(() => page.evaluate(() => globalThis.looked), "a look at the holder's file");
  await page.evaluate(() => globalThis.app?.auth.stats());
}

const outdated = (page, givesWay) =>
  until(async () => (await events(page, "outdated")).some(({ detail }) => detail.givesWay === givesWay), "the news");

test("a page that connects after the holder's file was edited tells every page, and the developer in the console", async (t) => {
  const { stage, page, said } = await start(t);
  await signIn(page);
  await looks(page);
  assert.deepEqual([await events(page, "outdated"), said], [[], []]);
  stage.configure({ scope: "openid" });
  const fresh = await stage.open();
  assert.ok((await resume(fresh)).value, "the session goes on");

  for (const one of [page, fresh]) await outdated(one, "never");
  assert.match(said.join(), /holder\.js has changed.*takeOver/s);
  assert.equal(said.length, 1);
  const later = await stage.open();
  await outdated(later, "never");
  for (const one of [page, fresh, later]) assert.equal(await statusOf(one, stage.v1("files")), 200);
  assert.equal(stage.counts.exchanges, 1);
});

test("a file that is as it was is no news", async (t) => {
  const { stage, page, said } = await start(t);
  const other = await stage.open();
  await resume(other);
  await looks(other);
  await page.reload();
  await resume(page);
  await looks(page);
  assert.deepEqual([await events(page), await events(other), said], [[], [], []]);
});

/** The names of the locks of the holders that there are. */
const holders = (page) =>
  page.evaluate(async () => {
    const { held } = await navigator.locks.query();
    return held.map(({ name }) => name).filter((name) => name.startsWith("tokenkeep:holder-"));
  });

test("with takeOver and nobody signed in the new file counts at once", async (t) => {
  const { stage, page } = await start(t, { takeOver: true });
  const [former] = await holders(page);
  stage.configure({ takeOver: true, clientId: "another" });
  const fresh = await stage.open();
  assert.equal((await resume(fresh)).value, null);
  await outdated(fresh, "at-once");
  const asked = fresh.waitForRequest((request) => request.isNavigationRequest());
  await until(async () => !(await holders(fresh)).includes(former), "the old holder's end");
  await fresh.evaluate(() => void app.auth.signIn());
  assert.equal(new URL((await asked).url()).searchParams.get("client_id"), "another");
  assert.equal((await resume(page)).value, null, "the old page has the new one too");
});

/** Signs `page` in, and puts another file in the place of the holder's; the page that finds that. */
async function deploy(stage, page) {
  await signIn(page);
  await looks(page);
  stage.configure({ takeOver: true, scope: "openid" });
  const fresh = await stage.open();
  assert.ok((await resume(fresh)).value);
  await outdated(fresh, "when-left");
  return fresh;
}

test("with takeOver a session stays until the last page that was open is gone", async (t) => {
  const { stage, page } = await start(t, { takeOver: true });
  const fresh = await deploy(stage, page);
  assert.equal(await statusOf(fresh, stage.v1("files")), 200);
  const late = await stage.open();
  assert.ok((await resume(late)).value);
  await page.close();
  await stats(late);
  assert.ok(await session(late), "the one that found it was open too");
  await fresh.close();

  await until(async () => (await session(late)) === null, "the end of the session");
  assert.deepEqual(await events(late, "signedout"), [{ type: "signedout", detail: { reason: "replaced" } }]);
  assert.equal((await signIn(late)).scope, "openid");
});

test("with takeOver a holder ends when no call is without an answer", async (t) => {
  const gate = new Gate();
  t.after(gate.open);
  const { stage, page } = await start(t, { takeOver: true }, { probe: { before: () => gate.passed } });
  const fresh = await deploy(stage, page);
  const late = await stage.open();
  assert.ok((await resume(late)).value);
  await startSend(late, stage.probed("last"));
  await until(() => stage.probe.requests.length === 1, "the request's arrival");
  await page.close();
  await fresh.close();
  const last = await stage.open();
  assert.ok((await resume(last)).value, "it goes on while the call is under way");
  gate.open();

  const outcome = await endOfSend(late);
  assert.equal(outcome.value?.status, 200, JSON.stringify(outcome));
  await until(async () => (await session(late)) === null, "the end of the session");
  assert.deepEqual(await events(late, "signedout"), [{ type: "signedout", detail: { reason: "replaced" } }]);
});

test("with takeOver a holder that nobody needs any more waits for what outlives its page", async (t) => {
  const gate = new Gate();
  t.after(gate.open);
  const { stage, page } = await start(t, { takeOver: true }, { probe: { before: () => gate.passed } });
  const fresh = await deploy(stage, page);
  const [former] = await holders(fresh);
  await startSend(page, stage.probed("last"), { method: "POST", body: "x", keepalive: true });
  await until(() => stage.probe.requests.length === 1, "the request's arrival");
  await page.close();
  await fresh.evaluate(() => app.auth.signOut());
  const late = await stage.open();
  assert.equal((await resume(late)).value, null);
  assert.ok((await holders(late)).includes(former), "it has to hear the answer yet");
  gate.open();
  await until(async () => !(await holders(late)).includes(former), "its end");
});

/**
 * A holder's file whose worker is busy for a while between its last word and its end, as on a busy machine. `early`: and has let its
 * lock go by then, which browsers do on another way than they forget the worker.
 */
async function lingering(early = false) {
  const { scripts } = await bundles();
  const script = `const end = close;
let free;
const freed = new Promise((resolve) => (free = resolve));
const { request } = LockManager.prototype;
LockManager.prototype.request = function (name, ...more) {
  const work = more.pop();
  return request.call(this, name, ...more, (lock) => (name.startsWith("tokenkeep:") ? Promise.race([work(lock), freed]) : work(lock)));
};
globalThis.close = async () => {
  end();
  if (${early}) free();
  for (let turn = 0; turn < 20; turn += 1) await undefined;
  for (const from = performance.now(); performance.now() < from + 700; );
};
${scripts.holder}`;
  return { files: { "/holder.js": () => ["text/javascript", script] } };
}

test("who asks while the holder makes room is answered by the next one", async (t) => {
  const { stage, page } = await start(t, { takeOver: true }, await lingering());
  const [former] = await holders(page);
  await page.evaluate(() => {
    globalThis.answers = [];
    const ask = async () => {
      const { value, error } = await app.outcome(() => app.auth.stats());
      answers.push(error?.code ?? value.phase);
      setTimeout(ask);
    };
    void ask();
  });
  stage.configure({ takeOver: true, clientId: "another" });
  await resume(await stage.open());
  await until(async () => !(await holders(page)).includes(former), "the old holder's end");
  const { length } = await page.evaluate(() => answers);
  await page.waitForFunction((before) => answers.length > before, length);
  assert.deepEqual(await page.evaluate(() => [...new Set(answers)]), ["signedout"]);
});

for (const early of [false, true])
  test(`who signs in as soon as the session was ended for another holder is signed in by that${early ? ", though the browser hasn't let the old one go" : ""}`, async (t) => {
    const { stage, page } = await start(t, { takeOver: true }, await lingering(early));
    const fresh = await deploy(stage, page);
    const late = await stage.open();
    assert.ok((await resume(late)).value);
    await late.evaluate(() => app.auth.addEventListener("signedout", () => void app.auth.signIn(), { once: true }));
    await page.close();
    await fresh.close();
    await passPages(late);
    assert.equal((await resume(late)).value.scope, "openid");
  });

test("a reload of the only page has the next holder, and doesn't wait for the one that ends", async (t) => {
  const { stage, page } = await start(t, { takeOver: true }, await lingering());
  await signIn(page);
  await looks(page);
  stage.configure({ takeOver: true, scope: "openid" });
  await page.reload();
  assert.ok((await resume(page)).value);
  await outdated(page, "when-left");
  await page.reload();
  assert.deepEqual(await resume(page), { value: null });
  assert.equal((await signIn(page)).scope, "openid");
});

test("in production one page looks per hour, and the next one where that has left before it could tell", async (t) => {
  const { scripts } = await bundles();
  const script = `Object.defineProperty(WorkerLocation.prototype, "hostname", { get: () => "app.example.com" });\n${scripts.holder}`;
  const stage = await startStage(t, { mode: "made", files: { "/holder.js": () => ["text/javascript", script] } });
  const bare = await stage.open("/bare.html");
  assert.ok(await isToLook(bare));
  assert.ok(await isToLook(bare), "nobody has told");
  await stage.context.addInitScript(noteLooks);
  await looks(await stage.open());
  assert.ok(!(await isToLook(bare)));
});

/** Whether the holder asks a page that says hello for a look; this one never tells. */
const isToLook = (page) =>
  page.evaluate(async () => {
    const { port } = new SharedWorker("/holder.js", { type: "module", name: "tokenkeep", extendedLifetime: true });
    const said = [];
    const answered = new Promise((resolve) => (port.onmessage = ({ data }) => (said.push(data), "ok" in data && resolve())));
    port.postMessage({ v: 1, id: 1, op: "hello", again: true });
    await answered;
    port.postMessage({ v: 1, id: 0, op: "bye" });
    return said.some(({ file }) => file);
  });

test("at the holder's own origin the frame looks while the app is developed", async (t) => {
  const stage = await startStage(t, { mode: ownMode });
  await stage.context.addInitScript(noteLooks);
  const page = await stage.open();
  await signInOverThere(page);
  const frame = () => page.frames().find((one) => one.url().startsWith(stage.home.origin));
  await looks(frame());
  stage.configure({ scope: "openid" });
  const fresh = await stage.open();
  assert.ok((await resume(fresh)).value);
  for (const one of [page, fresh]) await outdated(one, "never");
  const later = await stage.open();
  await outdated(later, "never");
});
