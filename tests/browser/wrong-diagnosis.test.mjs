// Diagnoses that blame something else than the cause.

import assert from "node:assert/strict";

import { strictPolicy } from "./support/app-server.mjs";
import { apart } from "./support/bundles.mjs";
import { resume, resumeInVain } from "./support/calls.mjs";
import { startOddBrowser } from "./support/odd-browser.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

test("page: a policy that only reports is not what keeps the server away (TOKENKEEP_NETWORK)", async (t) => {
  const headers = { "content-security-policy-report-only": "connect-src 'self'" };
  const stage = await startStage(t, { mode: "page", headers, config: { issuer: "https://as.test" } });
  await stage.context.route("https://as.test/**", (route) => route.abort("connectionrefused"));
  const page = await stage.open();
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));
  assert.equal(error.code, "TOKENKEEP_NETWORK");
});

const none = (_, response) => response.writeHead(404).end();

test("worker: a policy that only reports is not what keeps the worker from starting", async (t) => {
  const headers = { "content-security-policy-report-only": "worker-src 'none'" };
  const stage = await startStage(t, { mode: "worker", holder: "/odd.js", routes: { "/odd.js": none }, headers });
  const { error } = await resume(await stage.open());
  assert.doesNotMatch(error.message, /forbids the worker/);
});

test("worker: another worker that the policy forbids is not this one", async (t) => {
  const stage = await startStage(t, { mode: "worker", holder: "/odd.js", routes: { "/odd.js": none } });
  await stage.context.addInitScript(() => {
    const url = URL.createObjectURL(new Blob(["0"], { type: "text/javascript" }));
    new Worker(url).onerror = () => {};
  });
  const { error } = await resume(await stage.open());
  assert.doesNotMatch(error.message, /forbids the worker/);
});

test("worker: an app in a frame of another site isn't told that cookies are blocked where its worker is missing", async (t) => {
  const policy = `${strictPolicy}; frame-src http:`;
  const stage = await startStage(t, { mode: "worker", holder: "/odd.js", routes: { "/odd.js": none }, policy });
  const page = await stage.context.newPage();
  await page.goto(`${stage.app.origin.replace("127.0.0.1", "outer.test")}/bare.html`);
  await page.evaluate((src) => document.body.append(Object.assign(document.createElement("iframe"), { src })), `${stage.app.origin}/`);
  const handle = await page.waitForSelector("iframe");
  const frame = await handle.contentFrame();
  await frame.waitForFunction(() => globalThis.app);
  const { error } = await resume(frame);
  assert.equal(error.code, "TOKENKEEP_WORKER_BLOCKED", error.message);
});

/** The package as files of their own, and one that is asked for and never comes. */
async function withoutMore(options) {
  const files = await apart(["shared", "holder"]);
  const script = (text) => () => ["text/javascript", text];
  const served = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, script(text)]));
  return { files: { ...served, "/app.js": served["/shared.js"] }, ...options };
}

test("shared: an error doesn't wait for advice that never comes", async (t) => {
  const routes = { "/tokenkeep/more.js": () => {} };
  const stage = await startStage(t, { ...(await withoutMore({ routes })), config: { issuer: "https://as.test" } });
  await stage.context.route("https://as.test/**", (route) => route.abort("connectionrefused"));
  const page = await stage.open();
  await page.evaluate(() => void app.outcome(() => app.auth.signIn()).then((outcome) => (globalThis.end = outcome)));
  const end = await page.waitForFunction(() => globalThis.end, null, { timeout: 15_000 });
  assert.equal((await end.jsonValue()).error.code, "TOKENKEEP_NETWORK");
});

test("shared: a worker that can't start is told of where the advice can't be loaded", async (t) => {
  const routes = { "/odd.js": none, "/tokenkeep/more.js": none };
  const stage = await startStage(t, { ...(await withoutMore({ routes })), holder: "/odd.js" });
  const uncaught = [];
  stage.context.on("weberror", (event) => uncaught.push(event.error().message));
  const { error } = await resumeInVain(stage, (page) => page.evaluate(() => app.outcome(() => app.auth.stats())));
  assert.match(error.code, /WORKER_BLOCKED|HOLDER_FAILED/);
  assert.deepEqual(uncaught, []);
});

test("page: a profile's mistake is a mistake in the configuration (TOKENKEEP_CONFIG_INVALID)", async (t) => {
  const stage = await startStage(t, { mode: "page", config: { profile: { api: { expired: 403 } } } });
  const refusal = await (await stage.open()).evaluate(() => globalThis.refusal);
  assert.equal(refusal.code, "TOKENKEEP_CONFIG_INVALID", refusal.message);
});

test("a fault of the function that makes the worker is not that SharedWorker is missing", async (t) => {
  const context = await startOddBrowser(t, { switches: ["--disable-shared-workers"] });
  const stage = await startStage(t, { mode: "either", context });
  const page = await stage.open();
  const { error } = await page.evaluate(() => {
    const own = app.tokenkeep.connect(() => new Worker(app.thereIsNoSuchThing.url));
    return app.outcome(() => own.stats());
  });
  assert.notEqual(error.code, "TOKENKEEP_SHARED_WORKER_MISSING");
});
