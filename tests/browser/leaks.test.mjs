import assert from "node:assert/strict";

import { send, stats } from "./support/calls.mjs";
import { modulesIn, startHunt } from "./support/leaks.mjs";
import { pendingLogins } from "./support/records.mjs";
import { arrive } from "./support/sign-in.mjs";
import { startStage, workerModes } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** Everything an app does, with a look around after each step. */
async function liveThrough(stage, hunt) {
  const page = await stage.open();
  await hunt.lookBeforeLeaving(page);
  await arrive(page);
  const onlooker = await stage.open();
  await hunt.look(onlooker, "waiting for the response");
  await onlooker.close();
  await page.evaluate(() => app.auth.resume());
  await send(page, stage.v1("files"));
  await hunt.look(page, "signed in");
  stage.authorizationServer.expireAccessTokens();
  const calls = ["files", "echo", "nowhere", "redirect"].map((path) => stage.v1(path));
  await page.evaluate((urls) => Promise.all(urls.map((url) => app.send(url, { method: "GET" }))), calls);
  await page.evaluate(() => app.outcome(() => app.auth.accessToken()));
  await stats(page);
  await hunt.look(page, "refreshed");
  const tab = await stage.open();
  await tab.evaluate(() => app.auth.resume());
  await send(tab, stage.v1("files"));
  await hunt.look(tab, "in a second tab");
  await tab.close();
  await page.evaluate(() => app.auth.signOut());
  await hunt.look(page, "signed out");
  return page;
}

for (const mode of workerModes) {
  test(`${mode}: a whole life of the app`, async (t) => {
    const stage = await startStage(t, { mode });
    const hunt = await startHunt(stage);
    const page = await liveThrough(stage, hunt);
    const left = await pendingLogins(page);
    assert.equal(hunt.sightings("message from the holder", "code_challenge=").length, 1, "the search misses messages");

    await t.test("leaves no token anywhere that page script can see (STORE-1 to STORE-5, STORE-9, STORE-12, TOK-27, REF-17, MSG-5)", () => {
      const tokens = stage.authorizationServer.issuedTokens();
      assert.equal(tokens.length, 6, "two token responses bring three tokens each");
      for (const token of tokens) assert.deepEqual(hunt.placesOf(token), []);
    });

    await t.test("writes nothing to the console (LOG-3)", async () => {
      await page.evaluate(() => console.info("the test itself"));
      await until(() => hunt.sightings("console", "the test itself").length, "what the test writes");
      // The browser itself tells of answers that are errors.
      const own = hunt.sightings("console", "").filter(({ text }) => !text.startsWith("Failed to load resource"));
      assert.deepEqual(
        own.map(({ text }) => text),
        ["the test itself"],
      );
    });

    await t.test("keeps the memory with the tokens out of the page's heap (STORE-8)", async () => {
      assert.equal(await modulesIn(page), 0);
    });

    await t.test("shows the code in the arriving URL and in one message to the holder only (STORE-7)", () => {
      const [{ code }] = stage.grants;
      const post = mode === "shared" ? "MessagePort.postMessage" : "Worker.postMessage";
      assert.equal(hunt.sightings(post, code).length, 1);
      // The client reads the arriving URL; the browser keeps it in its navigation timing; the debugger sees both.
      const parsing = ["new URLSearchParams", "String.slice result", "String.split result"];
      const known = [post, ...parsing, "navigation timing", "heap of the page"];
      const places = new Set(hunt.placesOf(code).map((place) => place.replace(/^.*?: /, "")));
      assert.deepEqual(
        [...places].filter((place) => !known.includes(place)),
        [],
      );
    });

    await t.test("shows the verifier in the pending-login record only (PKCE-8, PKCE-9)", () => {
      const places = hunt.placesOf(stage.grants[0].code_verifier);
      // Looking into the database brings its contents into the heap of the page that looks.
      const elsewhere = places.filter((place) => !place.endsWith("heap of the page"));
      assert.deepEqual(elsewhere, ["waiting for the response: IndexedDB"]);
      assert.deepEqual(left, []);
    });
  });

  test(`${mode}: no message makes the holder hand out a token or sign anything (STORE-6, USE-8, DPOP-22, MSG-1, MSG-2, MSG-3)`, async (t) => {
    const stage = await startStage(t, { mode, server: { dpop: true }, api: { dpop: true } });
    const hunt = await startHunt(stage);
    const page = await stage.open();
    await arrive(page);
    await page.evaluate(() => app.auth.resume());
    const answers = await page.evaluate(pester, {
      mode,
      holder: "/holder.js",
      files: stage.v1("files"),
      foreign: stage.probed(""),
    });
    await hunt.look(page, "after the messages");

    assert.ok(
      answers.some(({ ok }) => ok?.status === 200),
      "the holder answered none of the honest messages",
    );
    assert.ok(
      answers.some(({ error }) => error?.code === "TOKENKEEP_TARGET_REFUSED"),
      "nothing off the list was asked for",
    );
    for (const token of stage.authorizationServer.issuedTokens()) assert.deepEqual(hunt.placesOf(token), []);
    assert.ok(stage.api.proofs.length > 0);
    assert.deepEqual(hunt.placesOf("eyJ"), [], "a proof or another JWT");
  });
}

test("page: the same search finds the tokens of a holder that is in the page", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  const hunt = await startHunt(stage);
  const page = await liveThrough(stage, hunt);

  assert.ok((await modulesIn(page)) > 0, "its wasm is not found either");
  for (const token of stage.authorizationServer.issuedTokens()) assert.notDeepEqual(hunt.placesOf(token), []);
  const [accessToken] = stage.authorizationServer.issuedTokens();
  const places = hunt.placesOf(accessToken);
  for (const place of ["fetch", "heap of the page"]) {
    assert.ok(
      places.some((seen) => seen.endsWith(place)),
      `${place} saw nothing`,
    );
  }
  for (const store of ["localStorage", "sessionStorage", "IndexedDB", "Cache storage", "document.cookie", "address", "history"]) {
    assert.ok(!places.some((seen) => seen.endsWith(store)), `${store} has a token`);
  }
});

/** Runs in the page: sends the holder every kind of message on a connection of its own, and collects its answers. */
async function pester({ mode, holder, files, foreign }) {
  const options = { type: "module", name: "tokenkeep", extendedLifetime: true };
  // A dedicated worker is private to its connection: the page's own one is reached through the prototype.
  const port = mode === "shared" ? new SharedWorker(holder, options).port : await ownWorker();
  const answers = [];
  port.addEventListener("message", ({ data }) => answers.push(...[data].flat()));
  port.start?.();
  const operations = [
    "hello",
    "snapshot",
    "stats",
    "accessToken",
    "authorization",
    "authorize",
    "authorizeExposure",
    "configure",
    "hold",
    "init",
    "config",
    "token",
    "refresh",
    "export",
    "debug",
    "eval",
    "constructor",
    "__proto__",
    "toString",
    "keep",
    "take",
    "proof",
    "sign",
    "dpop",
  ];
  const bodies = [
    {},
    { options: { exposeAccessToken: true } },
    { href: files },
    { method: "GET", htm: "GET", url: files, htu: files },
    { generation: 1, target: 1, timeout: 1e9 },
  ];
  let id = 1_000_000;
  for (const op of operations) for (const body of bodies) port.postMessage({ v: 1, id: ++id, op, ...body });
  for (const url of [files, foreign, "https://evil.example/", "data:,x", "", null, { toString: null }]) {
    port.postMessage({ v: 1, id: ++id, op: "fetch", url, headers: [["x-test", "1"]] });
    port.postMessage({ v: 1, id: ++id, op: "fetch", url, redirect: "follow", mode: "no-cors", headers: null });
  }
  for (const odd of [null, 1, "hello", [], { v: 2, id: 1, op: "hello" }, { v: 1, op: "hello" }, { v: 1, id: "1", op: "stats" }]) {
    port.postMessage(odd);
  }
  const last = ++id;
  port.postMessage({ v: 1, id: last, op: "stats" });
  const honest = ++id;
  port.postMessage({ v: 1, id: honest, op: "fetch", url: files, headers: [] });
  for (let turns = 0; turns < 500 && !answers.some((answer) => answer.id === honest); turns += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return answers.map(({ ok, error }) => ({ ok: ok?.status ? { status: ok.status } : typeof ok, error }));

  function ownWorker() {
    return new Promise((resolve) => {
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (...message) {
        Worker.prototype.postMessage = postMessage;
        resolve(this);
        return postMessage.apply(this, message);
      };
      app.auth.stats();
    });
  }
}
