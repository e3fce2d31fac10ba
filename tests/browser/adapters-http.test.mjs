// Angular's HttpClient with the interceptor of tokenkeep/angular/http.

import assert from "node:assert/strict";

import { bundled, forBrowser, policyFor } from "./support/framework-bundles.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

async function signedIn(t, probe) {
  const script = await bundled("routed/angular.ts", forBrowser);
  const stage = await startStage(t, {
    mode: "worker",
    probe,
    policy: policyFor("angular"),
    page: () => [
      "text/html; charset=utf-8",
      '<!doctype html><title>http</title><app-root></app-root><script type="module" src="/routed.js"></script>',
    ],
    files: { "/routed.js": () => ["text/javascript; charset=utf-8", script], "/own.json": () => ["application/json", '{"own":true}'] },
  });
  const urls = [stage.v1(""), stage.probed(""), "https://elsewhere.example/"];
  await stage.context.addInitScript((given) => (globalThis.urls = given), urls);
  stage.authorizationServer.allow({ person: "ada" });
  const page = await stage.open();
  await page.waitForFunction(() => globalThis.auth);
  await page.evaluate(() => void auth.signIn());
  await page.waitForSelector("text=signed-in ada");
  const send = (...request) => page.evaluate((given) => globalThis.send(...given), request);
  return { stage, page, send };
}

test("angular: answers and errors are those of HttpClient, whatever the type of the answer", async (t) => {
  const { stage, send } = await signedIn(t);
  const files = await send("GET", stage.v1("files"), { params: { q: "a b" } });
  assert.deepEqual([files.status, files.body.files.length, files.type], [200, 3, "application/json; charset=utf-8"]);
  const echoed = await send("POST", stage.v1("echo"), { body: { a: 1 }, headers: { "x-own": ["1", "2"] } });
  assert.equal(echoed.body.contentType, "application/json");
  assert.equal(echoed.body.length, 7);
  assert.deepEqual(
    [echoed.body.headers["x-own"].replace(" ", ""), echoed.body.headers.accept],
    ["1,2", "application/json, text/plain, */*"],
  );
  const text = await send("GET", stage.v1("bytes?n=10"), { responseType: "text" });
  assert.equal(text.body, "tokenkeep ");
  const unread = await send("GET", stage.v1("bytes?n=10"));
  assert.deepEqual(unread, { name: "HttpErrorResponse", status: 200, error: "SyntaxError" });
  const refused = await send("DELETE", stage.v1("bin"));
  assert.deepEqual([refused.name, refused.status], ["HttpErrorResponse", 403]);
});

test("angular: own files stay out of it, what the holder refuses has its code, and options reach it", async (t) => {
  const { stage, send } = await signedIn(t);
  assert.deepEqual((await send("GET", "/own.json")).body, { own: true });
  const elsewhere = await send("GET", "https://elsewhere.example/x");
  assert.deepEqual(elsewhere, { name: "HttpErrorResponse", status: 0, error: "TOKENKEEP_TARGET_REFUSED" });
  const twice = await send("GET", stage.v1("files"), { headers: { authorization: "Bearer own" } });
  assert.equal(twice.error, "TOKENKEEP_REQUEST_REFUSED");
  const replaced = await send("GET", stage.v1("files"), { headers: { authorization: "Bearer own" }, own: { replaceAuthorization: true } });
  assert.equal(replaced.status, 200);
  const altered = await send("GET", stage.v1("files"), { integrity: `sha256-${"A".repeat(43)}=` });
  assert.deepEqual(altered, { name: "HttpErrorResponse", status: 0, error: "TypeError" });
});

test("angular: a subscription that ends takes its request along, and a timeout is told", async (t) => {
  const { stage, page, send } = await signedIn(t, { answer: () => new Promise(() => {}) });
  const { requests } = stage.probe;
  const late = await send("GET", stage.probed("late"), { timeout: 500 });
  assert.deepEqual(late, { name: "HttpErrorResponse", status: 0, error: "TimeoutError" });
  await page.evaluate((url) => (globalThis.subscription = giveUp(url)), stage.probed("given-up"));
  const givenUp = await until(() => requests.find(({ url }) => url.endsWith("/given-up")), "the request");
  assert.equal(givenUp.closed, undefined);
  await page.evaluate(() => subscription.unsubscribe());
  await until(() => givenUp.closed, "its end");
});
