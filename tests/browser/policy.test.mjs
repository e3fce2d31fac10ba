// Everything under the headers that docs/security/headers.md advises, with no violation: neither an event in the page or
// the worker nor a report to a server says so, and both are shown to work at the end of each test.

import assert from "node:assert/strict";

import { readBody, send as answer } from "../../www/server/http.mjs";
import { advised } from "./support/advice.mjs";
import { apart, library } from "./support/bundles.mjs";
import { resume, resumeInVain, send, session, statusOf } from "./support/calls.mjs";
import { holderPlace, inPlace } from "./support/places.mjs";
import { clickSignIn, endOfSignIn, finishIn } from "./support/popup.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { modes, scope, startStage, workerModes } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const away = ({ app }) => ({ postLogoutRedirectUri: `${app.origin}/bye` });
/** No server has this name; a policy is asked first. */
const forbidden = "https://forbidden.invalid/";

/**
 * A stage whose app has the advised headers and the package's files as they are, and what was told of violations. `extra`
 * may change the headers of a path.
 */
async function startStrictStage(t, { mode, single = mode === "page", holder = "holder-watched", extra = (headers) => headers, ...more }) {
  const reports = [];
  const routes = { "/reports": (request, response) => takeReport(reports, request, response) };
  const { [`/${mode}.js`]: app, ...scripts } = await apart([mode], "/package");
  const files = Object.fromEntries(
    Object.entries({ "/app.js": app, ...scripts }).map(([path, body]) => [path, () => [typeOf(path), body]]),
  );
  const stage = await startStage(t, { mode, holder: holderPlace, files, routes, config: away, server: { logout: true }, ...more });
  Object.assign(files, inPlace(await library(holder), stage.shown));
  const {
    app: { origin },
    authorizationServer,
    api,
    probe,
  } = stage;
  const hosts = { app: origin, authorizationServer: authorizationServer.issuer, apis: [api.origin, probe.origin] };
  const headersOf = advised({ single, ...hosts });
  stage.shown.headers = (path) => extra(headersOf(path), path);
  return { stage, watch: await watchViolations(stage, { reports, isolated: mode !== "page" }) };
}

const typeOf = (path) => (path.endsWith(".wasm") ? "application/wasm" : "text/javascript; charset=utf-8");

async function takeReport(reports, request, response) {
  const { "csp-report": report } = JSON.parse(await readBody(request));
  const where = new URL(report["document-uri"]).pathname === holderPlace ? "worker" : "page";
  reports.push(`${where}: ${report["effective-directive"]} ${report["blocked-uri"]}`);
  answer(response, 204, "");
}

/** What was told, by event and by report. `provoke` does something forbidden wherever there is a policy. */
async function watchViolations({ context, app }, { reports, isolated }) {
  const told = [];
  await context.addInitScript(listen, app.origin);
  context.on("console", (message) => message.text().startsWith("violation of ") && told.push(message.text().slice(13)));
  const provoke = async (page) => {
    await page.evaluate((url) => fetch(url).catch(() => {}), forbidden);
    if (isolated) await page.evaluate((url) => new BroadcastChannel("violations").postMessage({ forbidden: url }), forbidden);
  };
  const expected = ["page", ...(isolated ? ["worker"] : [])].map((where) => `${where}: connect-src ${forbidden}`);
  return { told, reports, provoke, expected };
}

/** Runs in every document, before anything else. */
function listen(origin) {
  if (location.origin !== origin) return;
  const tell = (violation) => console.debug(`violation of ${violation}`);
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    tell(`page: ${violatedDirective} ${blockedURI}`),
  );
  new BroadcastChannel("violations").onmessage = ({ data }) => data.violation && tell(data.violation);
}

/** The only violations are those of the control, which come last. */
async function assertSilent(page, { told, reports, provoke, expected }) {
  await provoke(page);
  await until(() => told.length >= expected.length && reports.length >= expected.length, "the violations of the control");
  assert.deepEqual([...told].sort(), expected);
  assert.deepEqual([...reports].sort(), expected);
}

/** The first text that comes of a stream that ends long after. */
function readStream(url) {
  return app.auth.fetch(url).then(async ({ body }) => {
    const reader = body.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new TextDecoder().decode(value);
  });
}

async function useEverything(stage, page) {
  assert.equal((await signIn(page)).scope, scope);
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(
    await statusOf(page, stage.v1("effects"), { method: "POST", headers: { "content-type": "application/json" }, body: '{"n":1}' }),
    201,
  );
  assert.match(await page.evaluate(readStream, stage.v1("stream?chunks=1000&every=50")), /^chunk 0/);
  assert.match(await page.evaluate(readStream, stage.v1("events?count=1000&every=50")), /^id: 0/);
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.refreshed, 1);
  assert.equal((await page.evaluate(() => app.auth.userinfo())).sub, "ada");
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
  assert.ok(loaded.includes("/package/more.js"), `the part that is loaded when it is needed is not among ${loaded}`);
}

for (const mode of modes) {
  for (const single of mode === "page" ? [true] : [false, true]) {
    const sort = single ? "one set of headers for everything" : "headers for each kind of response";
    test(`${mode}: all works with ${sort}, and nothing violates them (SAFE-1, SAFE-2, SAFE-3, SAFE-4)`, async (t) => {
      const { stage, watch } = await startStrictStage(t, { mode, single });
      const page = await stage.open();
      await useEverything(stage, page);
      assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });

      const popup = await clickSignIn(page);
      await finishIn(popup);
      assert.equal((await endOfSignIn(page)).value?.scope, scope);
      assert.equal(await statusOf(page, stage.v1("files")), 200);

      await page.evaluate(() => void app.auth.signOut({ endSession: true, returnTo: "/done" }));
      await page.click("#logout button[name=logout]");
      await page.waitForURL(`${stage.app.origin}/bye?**`);
      assert.equal((await resume(page)).value, null);
      assert.equal((await page.evaluate(() => app.auth.arrival)).returnTo, "/done");
      await assertSilent(page, watch);
    });
  }

  test(`${mode}: signing in without a question violates nothing either (SAFE-1)`, async (t) => {
    const { stage, watch } = await startStrictStage(t, { mode });
    const first = await stage.open();
    await signIn(first);
    await first.close();
    const page = await stage.open("/place");
    await page.evaluate(() => void app.auth.signIn({ prompt: "none", returnTo: "/place" }));
    await page.waitForURL((url) => url.pathname === "/callback" && url.searchParams.has("state"));
    assert.ok((await resume(page)).value);
    assert.ok(await session(page));
    await assertSilent(page, watch);
  });
}

for (const mode of workerModes) {
  test(`${mode}: the page needs no WebAssembly and no way to the servers, and has none (SAFE-4)`, async (t) => {
    const { stage } = await startStrictStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const reached = await page.evaluate(
      (urls) =>
        Promise.all(
          urls.map((url) =>
            fetch(url).then(
              () => url,
              () => "refused",
            ),
          ),
        ),
      [stage.v1("files"), `${stage.authorizationServer.issuer}/token`],
    );
    const compiled = await page.evaluate(() =>
      WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(
        () => "compiled",
        () => "refused",
      ),
    );

    assert.deepEqual([...reached, compiled], ["refused", "refused", "refused"]);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });

  test(`${mode}: the worker's policy is that of its own response (SAFE-3)`, async (t) => {
    const without = [];
    const extra = (headers, path) => (path === holderPlace ? change(headers, ` ${without[0]}`, "") : headers);
    const { stage, watch } = await startStrictStage(t, { mode, extra });
    without.push(stage.api.origin);
    const page = await stage.open();
    await signIn(page);
    const { error } = await send(page, stage.v1("files"));
    await until(() => watch.told.length && watch.reports.length, "the violation");

    assert.equal(error.name, "TypeError");
    assert.deepEqual(watch.told, [`worker: connect-src ${stage.v1("files")}`]);
  });

  test(`${mode}: the holder that fetches its wasm needs its own origin too (SAFE-1)`, async (t) => {
    const extra = (headers, path) => (path === holderPlace ? change(headers, "connect-src ", "connect-src 'self' ") : headers);
    const { stage } = await startStrictStage(t, { mode, holder: "holder-slim", extra });
    const page = await stage.open();
    assert.ok(await signIn(page));
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });
}

function change(headers, from, to) {
  const policy = headers["content-security-policy"].replace(from, to);
  assert.notEqual(policy, headers["content-security-policy"]);
  return { ...headers, "content-security-policy": policy };
}

test("the callback page is kept nowhere and tells nobody its URL (SAFE-4, CB-21)", async (t) => {
  const { stage } = await startStrictStage(t, { mode: "shared" });
  const page = await stage.open();
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === "/callback");
  await arrive(page);
  const headers = await (await answered).allHeaders();

  assert.deepEqual([headers["cache-control"], headers["referrer-policy"]], ["no-store", "no-referrer"]);
  assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
});

for (const mode of workerModes) {
  test(`${mode}: the holder's file may be had before it is needed, by a link of the page`, async (t) => {
    const lasting = (headers, path) => (path === holderPlace ? { ...headers, "cache-control": "max-age=600" } : headers);
    const { stage, watch } = await startStrictStage(t, { mode, extra: lasting });
    const { shown } = stage;
    const { [holderPlace]: holder } = shown.files;
    const asked = [];
    shown.files[holderPlace] = (request) => (asked.push(request.headers["sec-fetch-dest"]), holder(request));
    // The app's script is imported once the link has loaded, so that nothing depends on which of both is quicker.
    shown.files["/early.js"] = () => [
      "text/javascript",
      `const link = Object.assign(document.createElement("link"), { rel: "prefetch", href: "${holderPlace}" });
      link.onload = () => import("/app.js");
      document.head.append(link);`,
    ];
    shown.files["/early"] = () => [
      "text/html",
      `<!doctype html><html data-holder="${shown.holder}"><title>app</title><script type="module" src="/early.js"></script></html>`,
    ];
    const page = await stage.open("/early");
    await until(() => page.evaluate(() => "app" in globalThis), "the app's script");

    assert.ok(await signIn(page));
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    // The worker had it from the cache.
    assert.deepEqual([...new Set(asked)], ["empty"]);
    await assertSilent(page, watch);
  });
}

for (const mode of workerModes) {
  test(`${mode}: a holder that imports files needs each of them in worker-src (SW-3)`, async (t) => {
    const { stage } = await startStrictStage(t, { mode });
    const { app, authorizationServer, api, shown } = stage;
    const { "/holder.js": importing } = await apart(["holder"], "/package");
    shown.files[holderPlace] = () => ["text/javascript", importing];
    const refused = await resumeInVain(stage);
    assert.match(refused.error?.code ?? "", /WORKER_BLOCKED|HOLDER_FAILED/);

    const imports = ["/config.js", "/package/holder.js"];
    shown.headers = advised({ imports, app: app.origin, authorizationServer: authorizationServer.issuer, apis: [api.origin] });
    assert.ok(await signIn(await stage.open()));
  });
}
