// tokenkeep/inspector: what developers see of a session, under the strict policy of the tests' app.

import assert from "node:assert/strict";

import { send, statusOf } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** Brings the inspector into a page, and notes what the page's policy minds of it. */
async function bring(page) {
  await page.addScriptTag({ url: "/library/inspector.js", type: "module" });
  await page.evaluate(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => violations.push(violatedDirective));
  });
  await page.waitForFunction(() => globalThis.inspector);
}

async function showIn(page) {
  await bring(page);
  await page.evaluate(() => {
    inspector.defineInspector();
    inspector.defineInspector();
    document.body.appendChild(document.createElement("tokenkeep-inspector")).auth = app.auth;
  });
}

/** No token, no code, no claim. */
function assertDiscreet({ authorizationServer, grants }, text) {
  const codes = grants.map(({ code }) => code).filter(Boolean);
  for (const secret of [...authorizationServer.issuedTokens(), ...codes, "ada@"]) assert.ok(!text.includes(secret), text);
}

/** What the inspector shows: the facts by their names, and the lines. */
const shown = (page) =>
  page.evaluate(() => {
    const { shadowRoot } = document.querySelector("tokenkeep-inspector");
    const texts = (selector) => [...shadowRoot.querySelectorAll(selector)].map(({ textContent }) => textContent);
    const values = texts("dd");
    return { facts: Object.fromEntries(texts("dt").map((name, n) => [name, values[n]])), lines: texts("li") };
  });

test("the element shows the session, what waits and what happened, without a secret and without a violation", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await showIn(page);
  await until(async () => (await shown(page)).facts.session === "none", "the session that there isn't");
  await signIn(page);
  await showIn(page);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  await send(page, "https://elsewhere.example/");
  stage.authorizationServer.expireAccessTokens();
  const release = stage.holdTokenEndpoint();
  await page.evaluate((url) => void (globalThis.recorded = inspector.recordRequests(app.auth)(url)), `${stage.v1("files")}?secret=ada@`);
  await until(async () => /^1 for a token \(refreshing\)/.test((await shown(page)).facts.waiting), "the request that waits");
  assert.match((await shown(page)).lines[0], / GET http\S+\/v1\/files is under way$/);
  release();
  assert.equal(await page.evaluate(async () => (await globalThis.recorded).status), 200);
  await until(async () => (await shown(page)).facts.waiting === "nothing", "its end");

  const { facts, lines } = await shown(page);
  assert.match(facts.session, /^token 2 with openid profile files:read files:write, for [\d.]+ s$/);
  const [api] = Object.keys(facts).filter((name) => name.startsWith(stage.api.origin));
  assert.match(lines[0], / GET http\S+\/v1\/files 200 after \d+ ms$/);
  assert.match(facts.tools, /chrome:\/\/inspect.*about:debugging.*Safari/);
  assert.match(facts[api], /^requests \d+, replays 1, unauthorized 1$/);
  for (const words of [/ signedin$/, / refreshed/, / requests to what is not on the list were refused/])
    assert.ok(
      lines.some((line) => words.test(line)),
      lines.join("\n"),
    );
  assertDiscreet(stage, JSON.stringify({ facts, lines }));
  assert.deepEqual(await page.evaluate(() => violations), []);
});

test("a page prints what happens and what waits, until that is ended", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  const page = await stage.open();
  await signIn(page);
  await bring(page);
  await page.evaluate(() => {
    globalThis.printed = [];
    globalThis.stop = inspector.debug(app.auth, (line) => printed.push(line));
  });
  const printed = (words) => until(() => page.evaluate((text) => printed.some((line) => line.includes(text)), words), words);
  assert.match(await page.evaluate(() => printed[0]), /chrome:\/\/inspect.*about:debugging.*Safari/);
  await printed(" signedin");
  stage.authorizationServer.expireAccessTokens();
  const release = stage.holdTokenEndpoint();
  await page.evaluate((url) => void (globalThis.recorded = inspector.recordRequests(app.auth)(url)), stage.v1("files"));
  await printed("requests wait: 1 for a token (refreshing)");
  release();
  await printed("/v1/files 200 after ");
  await printed("nothing waits any more");
  await printed(" refreshed");
  assertDiscreet(stage, await page.evaluate(() => printed.join("\n")));
  const { session, timers, state } = await page.evaluate(() => inspector.inspect(app.auth));
  assert.deepEqual(Object.keys(session), ["scope", "expiresAt"]);
  assert.ok(timers.expiresIn > 0);
  assert.equal(state.generation, 2);
});
