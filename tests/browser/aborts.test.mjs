import assert from "node:assert/strict";

import { endOfBurst, send, startBurst, stats, statusOf } from "./support/calls.mjs";
import { Gate } from "./support/gate.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** What `fetch` refuses before it sends anything, as the arguments of a call to `url`; source that runs in the page. */
const refusedByFetch = {
  "a URL that is none": `["http://["]`,
  "a URL with credentials": `[url.replace("//", "//user:password@")]`,
  "a method that is none": `[url, { method: "GE T" }]`,
  "a forbidden method": `[url, { method: "TRACE" }]`,
  "a GET with a body": `[url, { body: "x" }]`,
  "a header that is none": `[url, { headers: { "a b": "1" } }]`,
  "a header value with a line break": `[url, { headers: { a: "1\\r\\nb: 2" } }]`,
  "a mode that is none": `[url, { mode: "navigate" }]`,
  "a Request that was used": `[used]`,
};

for (const mode of transports) {
  test(`${mode}: a call that is aborted before it is made sends nothing`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const reasons = await page.evaluate(async (url) => {
      const own = new Error("mine");
      const rejection = (...request) =>
        app.auth.fetch(...request).then(
          () => null,
          (error) => error,
        );
      const plain = await rejection(url, { signal: AbortSignal.abort() });
      const inRequest = await rejection(new Request(url, { signal: AbortSignal.abort() }));
      const owned = await rejection(url, { signal: AbortSignal.abort(own) });
      return [plain.name, plain instanceof DOMException, inRequest.name, owned === own];
    }, stage.probed("x"));

    assert.deepEqual(reasons, ["AbortError", true, "AbortError", true]);
    assert.equal(stage.probe.requests.length, 0);
  });

  test(`${mode}: a call that is aborted while it waits for a token is never sent (USE-15)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    stage.authorizationServer.expireAccessTokens();
    const answer = stage.holdTokenEndpoint();
    await startBurst(page, stage.probed("kept"), 3);
    await page.evaluate(startCall, stage.probed("dropped"));
    await until(async () => (await stats(page)).queued === 4, "four waiting calls");
    await page.evaluate(() => controller.abort());

    assert.equal((await page.evaluate(() => call)).error.name, "AbortError");
    await until(async () => (await stats(page)).queued === 3, "the call to leave the queue");
    answer();
    assert.deepEqual(await endOfBurst(page), { 200: 3 });
    const dropped = stage.probe.requests.filter(({ url }) => url.endsWith("dropped"));
    assert.ok(
      dropped.every(({ status }) => status === 401),
      "it was sent after the refresh",
    );
  });

  test(`${mode}: a call that is aborted under way is stopped at the API too`, async (t) => {
    const { stage, page } = await startGatedStage(t, mode);
    await page.evaluate(startCall, stage.probed("x"));
    await until(() => stage.probe.requests.length === 1, "the request's arrival");
    await page.evaluate(() => controller.abort());

    assert.equal((await page.evaluate(() => call)).error.name, "AbortError");
    await until(() => stage.probe.requests[0].closed, "the request's end at the API");
  });

  test(`${mode}: a call that is aborted while its body streams fails the reader and is stopped`, async (t) => {
    const probe = { answer: ({ response }) => (response.writeHead(200), response.write("first")) };
    const stage = await startStage(t, { mode, probe });
    const page = await stage.open();
    await signIn(page);
    const seen = await page.evaluate(async (url) => {
      const controller = new AbortController();
      const response = await app.auth.fetch(url, { signal: controller.signal });
      const reader = response.body.getReader();
      const { value } = await reader.read();
      controller.abort();
      return [
        value.length,
        await reader.read().then(
          () => null,
          ({ name }) => name,
        ),
      ];
    }, stage.probed("stream"));

    assert.deepEqual(seen, [5, "AbortError"]);
    await until(() => stage.probe.requests[0].closed, "the request's end at the API");
  });

  test(`${mode}: a Request whose body takes its time is given up when its signal says so`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const name = await page.evaluate(async (url) => {
      const body = new ReadableStream({ pull: () => new Promise(() => {}) });
      const { error } = await app.send(new Request(url, { method: "POST", body, duplex: "half", signal: AbortSignal.timeout(100) }));
      return error.name;
    }, stage.probed("x"));

    assert.equal(name, "TimeoutError");
    assert.equal(stage.probe.requests.length, 0);
  });

  test(`${mode}: AbortSignal.timeout ends a call with a TimeoutError`, async (t) => {
    const { stage, page } = await startGatedStage(t, mode);
    const { error } = await page.evaluate((url) => app.send(url, { signal: AbortSignal.timeout(100) }), stage.probed("x"));

    assert.equal(error.name, "TimeoutError");
    await until(() => stage.probe.requests.every(({ closed }) => closed), "the request's end at the API");
  });

  test(`${mode}: aborting after the answer changes nothing`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const text = await page.evaluate(async (url) => {
      const controller = new AbortController();
      const response = await app.auth.fetch(url, { signal: controller.signal });
      const text = await response.text();
      controller.abort();
      return text;
    }, stage.v1("files"));

    assert.match(text, /keep\.txt/);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });

  test(`${mode}: a signal that many calls share keeps nothing of those that are over`, async (t) => {
    const answer = ({ response, url }) => {
      if (url.pathname.endsWith("small")) return response.writeHead(200, { "content-length": 4 }).end("body");
      if (url.pathname.endsWith("broken")) return response.writeHead(200).write("body", () => response.destroy());
      return response.writeHead(200).end("body");
    };
    const stage = await startStage(t, { mode, probe: { answer } });
    const page = await stage.open();
    await signIn(page);
    const { heard, most, ends } = await page.evaluate(async (url) => {
      const { signal } = new AbortController();
      const listeners = new Set();
      let most = 0;
      signal.addEventListener = (type, listener, ...more) => {
        EventTarget.prototype.addEventListener.call(signal, type, listener, ...more);
        most = Math.max(most, listeners.add(listener).size);
      };
      signal.removeEventListener = (type, listener, ...more) => {
        EventTarget.prototype.removeEventListener.call(signal, type, listener, ...more);
        listeners.delete(listener);
      };
      const get = async (name) => (await app.auth.fetch(url + name, { signal })).body;
      const read = (body) => new Response(body).text();
      const ends = [
        await read(await get("small")),
        await read(await get("streamed")),
        await read(await get("broken")).catch(({ name }) => name),
        await (await get("streamed")).cancel("of no use"),
        await app.auth.fetch("http://[", { signal }).catch(({ name }) => name),
      ];
      return { heard: listeners.size, most, ends };
    }, stage.probed(""));

    assert.deepEqual(ends, ["body", "body", "TypeError", undefined, "TypeError"]);
    assert.equal(heard, 0);
    assert.ok(mode === "page" || most > 0, "the test sees who listens");
  });

  test(`${mode}: a network failure is a TypeError, as from fetch`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    stage.probe.vanish();
    const { error } = await send(page, stage.probed("gone"));

    assert.deepEqual([error.name, error.code], ["TypeError", undefined]);
    assert.equal((await stats(page)).inFlight, 0);
    assert.equal(stage.counts.refreshes, 0);
  });

  test(`${mode}: what fetch refuses is refused, by a promise`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const outcomes = {};
    for (const [name, source] of Object.entries(refusedByFetch)) {
      const [plain, held] = await page.evaluate(`(async () => {
        const url = ${JSON.stringify(stage.probed("refused"))};
        const used = new Request(url, { method: "POST", body: "x" });
        await used.text();
        const kind = (send) => {
          let promise;
          try {
            promise = send(...${source});
          } catch (error) {
            return "thrown " + error.name;
          }
          return promise.then(() => "sent", ({ name }) => name);
        };
        return [await kind(fetch), await kind(app.auth.fetch)];
      })()`);
      assert.equal(plain, "TypeError", name);
      outcomes[name] = held;
    }
    const expected = Object.fromEntries(Object.keys(refusedByFetch).map((name) => [name, "TypeError"]));
    assert.deepEqual(outcomes, { ...expected, "a URL with credentials": "TokenKeepError" });
    assert.equal(stage.probe.requests.length, 0);
  });
}

/** An API that keeps every request waiting until the test is over. */
async function startGatedStage(t, mode) {
  const gate = new Gate();
  const stage = await startStage(t, { mode, probe: { before: () => gate.passed } });
  t.after(gate.open);
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

/** Runs in the page: starts a call that the test may abort. */
function startCall(url) {
  globalThis.controller = new AbortController();
  globalThis.call = app.send(url, { signal: controller.signal });
  return 0;
}
