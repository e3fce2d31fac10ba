// What tokenkeep/inspector says of numbers; tests/browser/inspector.test.mjs has it in pages.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inspect, whyWaiting } from "../../pkg-template/src/inspector/inspect.js";
import { lineOfRequest } from "../../pkg-template/src/inspector/lines.js";
import { hear, recordRequests } from "../../pkg-template/src/inspector/requests.js";
import { fakeAuth } from "../../pkg-template/src/testing/index.js";

const calm = { queued: 0, paused: 0, steppingUp: 0 };
const why = (waits, { online = true, nextAttemptIn = null, phase = "active" } = {}) =>
  whyWaiting({ phase, waits: { ...calm, ...waits }, timers: { nextAttemptIn }, state: { online } });

test("each kind of wait is counted by itself, as in stats()", () => {
  assert.equal(why({}), null);
  assert.equal(
    why({ queued: 1, paused: 2, steppingUp: 3 }, { phase: "refreshing" }),
    "1 for a token (refreshing), 2 for the pause that their API asked for, 3 for a sign-in with more rights",
  );
  assert.equal(why({ paused: 1 }), "1 for the pause that their API asked for");
  assert.equal(why({ queued: 4 }, { phase: "waiting", nextAttemptIn: 1_500 }), "4 for a token (waiting), the next attempt in 1.5 s");
  assert.equal(why({ queued: 4 }, { online: false }), "4 until the browser is online again");
});

const base = "https://api.example.com/v1/";

/** An `auth` whose API says `answer`. */
const answering = (answer, more) => {
  const routes = Object.fromEntries(["GET", "POST", "DELETE"].map((method) => [`${method} ${base}*`, answer]));
  return fakeAuth({ routes, resourceServers: [base], ...more });
};
const plain = async (auth) => (await inspect(auth)).requests.map(({ time: _, ms: __, ...note }) => note);

test("a request is noted with what came of it, and with nothing that is in its query", async () => {
  const explain = ({ status }) => (status === 403 ? { kind: "scope", message: "", retryAfter: null } : null);
  const auth = answering(({ url }) => new Response("", { status: url.includes("deny") ? 403 : 201 }), { explain });
  const fetch = recordRequests(auth);
  const told = [];
  const stop = hear(auth, (note) => told.push(lineOfRequest(note)));
  await fetch(`${base}files?token=secret#secret`, { method: "post" });
  await fetch(new Request(`${base}deny`, { method: "DELETE", headers: { "x-key": "secret" } }));
  await assert.rejects(fetch(new URL("https://elsewhere.example/x")), { code: "TOKENKEEP_TARGET_REFUSED" });
  await assert.rejects(fetch(base, { signal: AbortSignal.abort() }), { name: "AbortError" });
  stop();
  await assert.rejects(fetch("no URL"));
  const nothing = { status: null, error: null, explanation: null };
  assert.deepEqual((await plain(auth)).slice(0, 4), [
    { ...nothing, method: "POST", url: `${base}files`, status: 201 },
    { ...nothing, method: "DELETE", url: `${base}deny`, status: 403, explanation: "scope" },
    { ...nothing, method: "GET", url: "https://elsewhere.example/x", error: "TOKENKEEP_TARGET_REFUSED" },
    { ...nothing, method: "GET", url: base, error: "AbortError" },
  ]);
  assert.equal(told.length, 4);
  assert.match(told[1], /^tokenkeep [\d:.]+ DELETE https:\/\/api\.example\.com\/v1\/deny 403 \(scope\) after \d+ ms$/);
  assert.doesNotMatch(JSON.stringify([told, await inspect(auth)]), /secret/);
});

test("the last twenty are kept, those under way among them, and who shows them disturbs none", async () => {
  let answer;
  const auth = answering(() => new Promise((resolve) => (answer = resolve)));
  hear(auth, () => assert.fail("a console that isn't there"));
  const first = recordRequests(auth)(`${base}0`);
  while (!answer) await new Promise((resolve) => setImmediate(resolve));
  const [{ ms, status }] = (await inspect(auth)).requests;
  assert.deepEqual([ms, status], [null, null]);
  answer(new Response("x"));
  assert.equal(await (await first).text(), "x");

  const many = answering({});
  for (let n = 1; n <= 25; n += 1) await recordRequests(many)(`${base}${n}`);
  const urls = (await plain(many)).map(({ url }) => url);
  assert.deepEqual([urls.length, urls[0], urls[19]], [20, `${base}6`, `${base}25`]);
});
