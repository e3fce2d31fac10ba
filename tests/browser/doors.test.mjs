// Connections to a SharedWorker by other script of the origin: what they use up is there again when their tab is gone, and
// what comes of a sign-in is told to nobody else.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { chromium } from "playwright-core";

import { args, executablePath } from "./support/browser.mjs";
import { sendJson } from "../../www/server/http.mjs";
import { resume, session, stats, statusOf } from "./support/calls.mjs";
import { Gate } from "./support/gate.mjs";
import { clickSignIn, endOfSignIn, finishIn } from "./support/popup.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const script = readFileSync(new URL("app/doors.js", import.meta.url), "utf8");
/** A tab of the origin with nothing in it but ways to connect. */
async function openBare(stage) {
  const page = await stage.open("/bare.html");
  // No policy is in the way of what the test itself runs.
  await page.evaluate(script);
  return page;
}

/** A new tab signs in, in one way and the other, and calls. */
async function assertOpen(stage) {
  const page = await stage.open();
  await finishIn(await clickSignIn(page));
  assert.ok((await endOfSignIn(page)).value, JSON.stringify(await endOfSignIn(page)));
  await page.evaluate(() => app.auth.signOut());
  assert.ok(await signIn(page));
  assert.equal(await statusOf(page, stage.v1("files")), 200);
}

test("more connections than there may be make room for a new tab, while theirs is open and when it is closed (MSG-9, MSG-7)", async (t) => {
  const stage = await startStage(t);
  const flooding = await openBare(stage);
  assert.deepEqual(await flooding.evaluate(() => doors.connectOften(1_010)), [], "the oldest of them make room");
  await assertOpen(stage);
  await flooding.close();
  await assertOpen(stage);
});

test("connections that show somebody else's lock make room too (MSG-9, MSG-7)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await page.evaluate(() => app.auth.resume());
  const flooding = await openBare(stage);
  const refused = await flooding.evaluate(async () => {
    const { held } = await navigator.locks.query();
    return doors.connectOften(1_010, { lock: held.find(({ name }) => name.startsWith("tokenkeep-")).name });
  });
  assert.deepEqual(refused, []);
  await flooding.close();
  await assertOpen(stage);
  assert.ok(await until(() => session(page), "the news"), "whose lock it is hears all");
});

test("those who wait for a popup and may be gone make room for a new tab (MSG-9, MSG-7)", async (t) => {
  const stage = await startStage(t);
  const silent = await openBare(stage);
  await silent.evaluate(waitOften, { count: 40 });
  await assertOpen(stage);
  await silent.close();
  await assertOpen(stage);
});

test("those who wait for a popup end with their tab (MSG-9, MSG-7)", async (t) => {
  const stage = await startStage(t);
  const living = await openBare(stage);
  await living.evaluate(waitOften, { count: 40, locked: true });
  const page = await stage.open();
  await clickSignIn(page);
  assert.equal((await endOfSignIn(page)).error?.code, "TOKENKEEP_QUEUE_FULL");
  await living.close();
  await until(async () => (await codeOfPopup(page)) !== "TOKENKEEP_QUEUE_FULL", "room");
  await assertOpen(stage);
});

test("more connections with a lock than there may be keep others out until their tab is closed (MSG-9, MSG-7)", async (t) => {
  const stage = await startStage(t);
  const flooding = await openBare(stage);
  const refused = await flooding.evaluate(() => doors.connectOften(1_001, { locked: true }));
  assert.deepEqual(refused, ["TOKENKEEP_QUEUE_FULL"]);
  await flooding.close();
  await until(async () => (await resume(await stage.open())).error?.code !== "TOKENKEEP_QUEUE_FULL", "room");
  await assertOpen(stage);
});

test("sign-ins that get no further make room for a new tab (MSG-9, MSG-7)", async (t) => {
  const [asked, gate] = [new Gate(), new Gate()];
  const metadata = async (_, response) => {
    asked.open();
    await gate.passed;
    const { issuer } = stage.authorizationServer;
    const endpoints = { authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` };
    sendJson(response, 200, { issuer: stage.app.origin, ...endpoints, code_challenge_methods_supported: ["S256"] });
  };
  const routes = { "/.well-known/oauth-authorization-server": metadata };
  const stage = await startStage(t, { routes, config: ({ app }) => ({ issuer: app.origin, scope: "files:read" }) });
  t.after(gate.open);
  const page = await stage.open();
  await page.evaluate(() => void app.auth.signIn());
  await asked.passed;
  // The holder waits for the page's lock.
  await until(() => page.evaluate(async () => (await navigator.locks.query()).pending.length), "the page to be known");
  const silent = await openBare(stage);
  // One more than its share for each, and the first that made room.
  assert.deepEqual(await silent.evaluate(startOften, 40), { TOKENKEEP_QUEUE_FULL: 40 + 1 + 40 * 32 - 1_000 });
  const late = await stage.open();
  await late.evaluate(() => void app.auth.signIn());
  await stats(late);
  await silent.close();
  gate.open();
  for (const one of [page, late]) await one.waitForSelector("#login");
});

test("a connection whose lock was let go hears nothing more, whatever it says, until it shows a new one (MSG-7)", async (t) => {
  const stage = await startStage(t);
  await signIn(await stage.open());
  const page = await openBare(stage);
  const heard = await page.evaluate(knockOften, stage.v1("files"));
  assert.equal(heard.shut, 0, "while it is closed");
  assert.deepEqual([heard.answered[0], heard.answered.toSorted()], ["hello", ["fetch", "hello", "stats"]]);
  assert.equal(stage.api.requests.length, 1, "nothing that was said before the knock was done");
});

test("where the browser tells that a port is closed, a request ends with a connection that never showed a lock (MSG-7)", async (t) => {
  const telling = await chromium.launch({ executablePath, args: [...args, "--enable-blink-features=MessagePortCloseEvent"] });
  t.after(() => telling.close());
  const gate = new Gate();
  const stage = await startStage(t, { context: await telling.newContext(), probe: { before: () => gate.passed } });
  t.after(gate.open);
  const page = await stage.open();
  await signIn(page);
  const bare = await openBare(stage);
  await bare.evaluate((url) => void doors.connect().ask("fetch", { url, headers: [] }), stage.probed("long"));
  await until(() => stage.probe.requests.length === 1, "the request's arrival");
  await bare.close();
  await until(() => stage.probe.requests[0].closed, "the request's end");
});

test("what comes of a sign-in is told to nobody but the page that started it (MSG-4)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  const popup = await clickSignIn(page, { appState: "secret" });
  await popup.waitForSelector("#login");
  const other = await openBare(stage);
  const asked = await other.evaluate(async () => {
    const open = indexedDB.open("tokenkeep");
    await new Promise((done) => (open.onsuccess = done));
    const all = open.result.transaction("transactions").objectStore("transactions").getAllKeys();
    await new Promise((done) => (all.onsuccess = done));
    open.result.close();
    const door = doors.connect();
    await door.ask("signIn", { options: {} });
    const keys = [...all.result, "", undefined, null, {}, ["x"]];
    return Promise.all(keys.map(async (key) => [String(key), (await door.ask("outcome", { key })).error?.code]));
  });
  assert.match(asked[0][0], /^[\w-]{43}$/);
  assert.deepEqual([...new Set(asked.map(([, code]) => code))], ["TOKENKEEP_REQUEST_REFUSED"]);
  await finishIn(popup);
  assert.ok((await endOfSignIn(page)).value);
});

test("two requests with one id are one too many (MSG-4)", async (t) => {
  const stage = await startStage(t);
  const page = await openBare(stage);
  const codes = await page.evaluate(async () => {
    const door = doors.connect();
    const { key } = await doors.waitForNobody(door);
    door.say({ id: 77, op: "outcome", key });
    door.say({ id: 77, op: "outcome", key });
    await door.ask("stats");
    return door.heard.filter(({ id }) => id === 77).map(({ error }) => error?.code);
  });
  assert.deepEqual(codes, ["TOKENKEEP_REQUEST_REFUSED"]);
});

/** The code that a sign-in in a popup ends with at once, undefined if it goes on. */
async function codeOfPopup(page) {
  const popup = await clickSignIn(page);
  await popup.waitForURL(({ protocol }) => protocol !== "about:").catch(() => {});
  await stats(page);
  const first = await page.evaluate(() => Promise.race([signingIn, new Promise((done) => setTimeout(done, 0))]));
  await popup.close();
  return first?.error?.code;
}

/** Runs in the page: so many connections wait for what comes of a sign-in of theirs. */
async function waitOften({ count, locked }) {
  for (let n = 0; n < count; n += 1) {
    const door = doors.connect();
    if (locked) await door.alive();
    await doors.waitForNobody(door);
  }
  await doors.opened.at(-1).ask("stats");
}

/** Runs in the page: starts 33 sign-ins on each of so many connections; how often each code came before any was through. */
async function startOften(count) {
  const codes = {};
  for (let n = 0; n < count; n += 1) {
    const door = doors.connect();
    for (let one = 0; one < 33; one += 1) {
      void door.ask("signIn", { options: {} }).then(({ error }) => (codes[error?.code] = (codes[error?.code] ?? 0) + 1));
    }
    await door.ask("stats");
  }
  await Promise.all(doors.opened.map((door) => door.ask("stats")));
  return codes;
}

/** Runs in the page: how often a closed door answered, and what it answered when it was open again. */
async function knockOften(url) {
  const door = doors.connect();
  const other = doors.connect();
  const name = await door.hold();
  await door.alive(name);
  await door.ask("hello");
  door.release();
  // The lock goes back to the holder, which lets it go at once.
  while ((await navigator.locks.query()).held.some((one) => one.name === name)) await other.ask("stats");
  await navigator.locks.request(name, () => {});
  const turns = async () => {
    const before = door.heard.length;
    for (let turn = 0; turn < 20; turn += 1) await other.ask("stats");
    return door.heard.length - before;
  };
  // The lock is free a moment before the holder hears of it.
  do door.say({ id: 49, op: "stats" });
  while ((await turns()) > 0);
  const before = door.heard.length;
  door.say({ id: 50, op: "stats" });
  door.say({ id: 51, op: "fetch", url, headers: [] });
  for (const lock of [name, `tokenkeep-${crypto.randomUUID()}`, "x"]) door.say({ op: "alive", lock });
  door.say({ id: 52, op: "hello" });
  door.say({ id: 53, op: "fetch", url, headers: [] });
  door.say({ id: 54, op: "stats" });
  const shut = await turns();
  await door.alive();
  const words = { 50: "stats", 51: "fetch", 52: "hello", 53: "fetch", 54: "stats" };
  const answered = () =>
    door.heard
      .slice(before)
      .map(({ id }) => words[id])
      .filter(Boolean);
  while (answered().length < 3) await other.ask("stats");
  return { shut, answered: answered() };
}
