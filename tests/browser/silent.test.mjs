import assert from "node:assert/strict";

import { strictPolicy } from "./support/app-server.mjs";
import { resume, session } from "./support/calls.mjs";
import { clickSignIn, endOfSignIn, refuseIn, startResume } from "./support/popup.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { modes, scope, startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const silent = { silent: true };
const atCallback = ({ pathname, search }) => pathname === "/callback" && search !== "";

/** The outcome of `resume({ silent: true })` where no attempt may come of it. */
const resumeSilently = (page) => page.evaluate((given) => app.outcome(() => app.auth.resume(given)), silent);

const arrivalOf = (page) => page.evaluate(() => app.auth.arrival);

/** Tries to sign in without the user. Resolves when the answer has arrived. */
async function attempt(page) {
  await startResume(page, silent);
  await page.waitForURL(atCallback);
}

/** A server that answers as a test wants it, with the parameters of a response. */
async function answerWith(stage, page, respond) {
  const isRequest = (url) => url.href.startsWith(`${stage.authorizationServer.issuer}/auth?`);
  const asked = [];
  await page.route(isRequest, (route) => {
    const params = new URL(route.request().url()).searchParams;
    asked.push(params.get("prompt"));
    const iss = encodeURIComponent(stage.authorizationServer.issuer);
    const location = `${stage.app.origin}/callback?${respond({ state: params.get("state"), iss })}`;
    return route.fulfill({ status: 302, headers: { location } });
  });
  return asked;
}

/** Makes the last attempt look as if it had been made a minute ago. */
const wait = (page) =>
  page.evaluate(() => {
    const [time] = JSON.parse(sessionStorage["tokenkeep-silent"]);
    sessionStorage["tokenkeep-silent"] = JSON.stringify([time - 60_000]);
  });

test("who was asked whether to leave the page, and left, comes back to where they were (AUTHZ-23)", async (t) => {
  const stage = await startStage(t, { mode: "shared" });
  const page = await stage.open("/place");
  await page.evaluate(() => addEventListener("beforeunload", (event) => event.preventDefault()));
  page.once("dialog", (dialog) => dialog.accept());
  await attempt(page);

  assert.deepEqual(await resumeSilently(page), { value: null });
  assert.deepEqual(await arrivalOf(page), { returnTo: "/place", appState: null, silent: true });
});

for (const mode of modes) {
  test(`${mode}: who is signed in at the server is signed in without being asked (AUTHZ-23)`, async (t) => {
    const stage = await startStage(t, { mode });
    await arrive(await stage.open());
    const page = await stage.open("/place?x=1#y");
    await attempt(page);
    const { value } = await resumeSilently(page);

    assert.equal(value.scope, scope);
    assert.deepEqual(await arrivalOf(page), { returnTo: "/place?x=1#y", appState: null, silent: true });
    assert.equal(await page.evaluate(() => frames.length), 0, "WIN-9");
  });

  test(`${mode}: who is not is asked nothing, and it is not tried again soon (AUTHZ-23)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open("/place");
    await attempt(page);
    assert.equal(new URL(page.url()).searchParams.get("error"), "login_required");
    const memory = await page.evaluate(() => JSON.stringify(sessionStorage));
    assert.doesNotMatch(memory, /[\w-]{43}/);
    assert.deepEqual(await resumeSilently(page), { value: null });
    assert.deepEqual(await arrivalOf(page), { returnTo: "/place", appState: null, silent: true });
    assert.equal(page.url(), `${stage.app.origin}/callback`);
    for (const path of ["/callback", "/place"]) {
      await page.goto(stage.app.origin + path);
      assert.deepEqual(await resumeSilently(page), { value: null });
      assert.equal(await arrivalOf(page), null);
    }
    await wait(page);
    await attempt(page);
    assert.deepEqual(await resumeSilently(page), { value: null });
  });
}

/** Reloads, and says what `resume({ silent: "auto" })` comes to, and how often the server was asked meanwhile. */
async function reload(stage, page, path) {
  const asked = [];
  const note = (request) => request.url().startsWith(`${stage.authorizationServer.issuer}/auth?`) && asked.push(request.url());
  page.on("request", note);
  await page.goto(stage.app.origin + path);
  await page.evaluate(() => void (globalThis.resumed = app.outcome(() => app.auth.resume({ silent: "auto" }))));
  // Where the page is left the answer is the next page's.
  const outcome = await until(async () => {
    const said = await page.evaluate(() => globalThis.resumed).catch(() => null);
    if (said) return said;
    if (!atCallback(new URL(page.url()))) return null;
    return page.evaluate(() => app.outcome(() => app.auth.resume({ silent: "auto" }))).catch(() => null);
  }, "what resume() says");
  page.off("request", note);
  return { outcome, asked: asked.length };
}

for (const mode of ["worker", "page"]) {
  test(`${mode}: who was signed in stays so over reloads, and nobody else is sent anywhere (CB-23)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open("/place");
    assert.deepEqual(await reload(stage, page, "/place"), { outcome: { value: null }, asked: 0 });
    await signIn(page);
    await page.evaluate(() => app.auth.resume({ silent: "auto" }));
    for (let round = 0; round < 3; round += 1) {
      const { outcome, asked } = await reload(stage, page, "/place?x=1#y");
      assert.deepEqual([outcome.value?.scope, asked], [scope, 1]);
      assert.equal((await arrivalOf(page)).returnTo, "/place?x=1#y");
    }
    await page.context().clearCookies();
    const { outcome, asked } = await reload(stage, page, "/place");
    assert.deepEqual([outcome.value, asked], [null, 1], "the server doesn't know them any more");
    assert.deepEqual(await reload(stage, page, "/place"), { outcome: { value: null }, asked: 0 });
  });
}

test("resume({ silent: true }) counts also while another resume() is under way", async (t) => {
  const stage = await startStage(t, { mode: "worker" });
  await arrive(await stage.open());
  const page = await stage.open("/place");
  await page.evaluate((given) => (void app.auth.resume(), void (globalThis.resumed = app.auth.resume(given))), silent);
  await page.waitForURL(atCallback);
  assert.ok((await resume(page)).value);
});

test("resume({ silent: 'auto' }) remembers who is signed in also beside another resume() that signs them in", async (t) => {
  const stage = await startStage(t, { mode: "worker" });
  const page = await stage.open("/place");
  await arrive(page);
  const both = await page.evaluate(() => Promise.all([app.auth.resume(), app.auth.resume({ silent: "auto" })]));
  assert.deepEqual(
    both.map((one) => one?.scope),
    [scope, scope],
  );
  const { outcome, asked } = await reload(stage, page, "/place");
  assert.deepEqual([outcome.value?.scope, asked], [scope, 1]);
});

/** What the console warned of, as text. */
function warningsOf(page) {
  const warnings = [];
  page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  return warnings;
}

for (const error of ["login_required", "interaction_required", "consent_required", "account_selection_required"]) {
  test(`${error} ends an attempt without a word (AUTHZ-23)`, async (t) => {
    const stage = await startStage(t);
    const page = await stage.open("/place");
    const warnings = warningsOf(page);
    const asked = await answerWith(stage, page, ({ state, iss }) => `error=${error}&state=${state}&iss=${iss}`);
    await attempt(page);
    assert.deepEqual(await resumeSilently(page), { value: null });
    assert.deepEqual([asked, warnings], [["none"], []]);
    for (const [options, code] of [
      [{ prompt: "none" }, "INTERACTION_REQUIRED"],
      [{}, "AUTHORIZATION_ERROR"],
    ]) {
      await page.evaluate((given) => void app.auth.signIn(given), options);
      await page.waitForURL(atCallback);
      const { error: told } = await resumeSilently(page);
      assert.deepEqual([told.code, told.error], [`TOKENKEEP_${code}`, error], "it was the app that asked");
    }
  });
}

for (const answer of ["invalid_request", "temporarily_unavailable", "unauthorized_client"]) {
  test(`${answer} ends an attempt too, and is told to developers`, async (t) => {
    const stage = await startStage(t);
    const page = await stage.open("/place");
    const warnings = warningsOf(page);
    await answerWith(stage, page, ({ state, iss }) => `error=${answer}&state=${state}&iss=${iss}`);
    await attempt(page);
    assert.deepEqual(await resumeSilently(page), { value: null });
    assert.deepEqual(await arrivalOf(page), { returnTo: "/place", appState: null, silent: true });
    assert.match(warnings.join(), new RegExp(`answered ${answer}`));
    const log = await page.evaluate(() => app.auth.audit());
    assert.ok(log.some(({ kind, reason }) => kind === "callback-refused" && reason === "TOKENKEEP_AUTHORIZATION_ERROR"));
  });
}

test("an attempt whose pushed request is refused, or that finds no server, keeps no app from starting", async (t) => {
  const refuse = (body, status) => (route) =>
    route.fulfill({ status, contentType: "application/json", headers: { "access-control-allow-origin": "*" }, body });
  for (const answer of [refuse('{"error":"invalid_request"}', 400), refuse('{"error":"login_required"}', 400), (route) => route.abort()]) {
    const stage = await startStage(t, { mode: "page", config: { par: true }, server: { par: "announced" } });
    await stage.context.route(/\/request$/, answer);
    const page = await stage.open("/place");
    assert.deepEqual(await resumeSilently(page), { value: null });
    assert.equal(page.url(), `${stage.app.origin}/place`);
  }
});

test("prompt=none counts in an attempt whatever the configuration asks for", async (t) => {
  const stage = await startStage(t, { config: { extraParams: { prompt: "consent" } } });
  const page = await stage.open("/place");
  const asked = await answerWith(stage, page, ({ state, iss }) => `error=login_required&state=${state}&iss=${iss}`);
  await attempt(page);
  assert.deepEqual(await resumeSilently(page), { value: null });
  await page.evaluate(() => void app.auth.signIn());
  await page.waitForURL(atCallback);
  assert.deepEqual(asked, ["none", "consent"]);
});

for (const mode of transports) {
  test(`${mode}: a server that loses the state ends an attempt too, and no other sign-in`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open("/place");
    await answerWith(stage, page, () => "error=login_required");
    await attempt(page);
    assert.deepEqual(await resumeSilently(page), { value: null });
    assert.deepEqual(await arrivalOf(page), { returnTo: "/place", appState: null, silent: true });
    assert.deepEqual(await resumeSilently(page), { value: null });

    await page.evaluate(() => void app.auth.signIn());
    await page.waitForURL(atCallback);
    assert.equal((await resumeSilently(page)).error.code, "TOKENKEEP_STATE_MISSING");
  });

  test(`${mode}: a server that shows a page is left with the Back button, once`, async (t) => {
    const stage = await startStage(t, { mode, whole: true });
    const page = await stage.open("/place");
    const warnings = warningsOf(page);
    await page.route(
      (url) => url.href.startsWith(`${stage.authorizationServer.issuer}/auth?`),
      (route) => route.fulfill({ contentType: "text/html", body: "<title>sorry</title>" }),
    );
    await startResume(page, silent);
    await page.waitForURL((url) => url.pathname === "/auth");
    await page.goBack({ waitUntil: "commit" });

    // The page comes back as it was left, waiting.
    assert.deepEqual(await page.evaluate(() => resumed), { value: null });
    assert.match(warnings.join(), /didn't come back.*par: false/);
    assert.deepEqual(await resumeSilently(page), { value: null });
    assert.equal(page.url(), `${stage.app.origin}/place`);
    assert.equal(await arrivalOf(page), null);
  });

  test(`${mode}: after a sign-out nobody is signed in again behind their back`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open("/place");
    await signIn(page);
    await page.evaluate(() => app.auth.signOut());
    await page.goto(stage.app.origin);
    assert.deepEqual(await resumeSilently(page), { value: null });
    await signIn(page);
    const again = await stage.context.newPage();
    await again.goto(stage.app.origin);
    if (mode === "shared") assert.ok((await resumeSilently(again)).value);
    await page.goto(`${stage.app.origin}/place`);
    if (mode === "shared") return;
    await attempt(page);
    assert.ok((await resumeSilently(page)).value, "the session is gone with the page, and comes back");
  });
}

test("without a memory nothing is tried", async (t) => {
  const stage = await startStage(t);
  await stage.context.addInitScript(() => {
    const get = () => {
      throw new DOMException("blocked", "SecurityError");
    };
    Object.defineProperty(globalThis, "sessionStorage", { get });
  });
  const page = await stage.open("/place");

  assert.deepEqual(await resumeSilently(page), { value: null });
  assert.equal(page.url(), `${stage.app.origin}/place`);
});

test("what others write into the memory leads nowhere else (AUTHZ-21)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await answerWith(stage, page, ({ state, iss }) => `error=login_required&state=${state}&iss=${iss}`);
  for (const place of ["//evil.example", "/\t/evil.example", "\\\\evil.example", "https://evil.example", "javascript:0"]) {
    await page.evaluate(() => sessionStorage.clear());
    await attempt(page);
    await page.evaluate((given) => {
      const [time] = JSON.parse(sessionStorage["tokenkeep-silent"]);
      sessionStorage["tokenkeep-silent"] = JSON.stringify([time, given]);
    }, place);
    assert.deepEqual(await resumeSilently(page), { value: null });
    const { returnTo } = await arrivalOf(page);
    assert.equal(new URL(returnTo, stage.app.origin).origin, stage.app.origin, place);
  }
  for (const rubbish of ["", "x", "null", "{}", "[]", '["x",1]']) {
    await page.evaluate((given) => (sessionStorage["tokenkeep-silent"] = given), rubbish);
    await page.reload();
    const outcome = await Promise.race([resumeSilently(page), page.waitForURL(atCallback).then(() => resume(page))]);
    assert.equal(outcome.value ?? null, null, rubbish);
  }
});

test("a popup asks nobody else: it is on its way out", async (t) => {
  for (const mode of modes) {
    const stage = await startStage(t, { mode });
    await stage.context.addInitScript(() => (globalThis.close = () => {}));
    const page = await stage.open();
    const popup = await clickSignIn(page);
    await refuseIn(popup);
    const outcome = resumeSilently(popup);
    assert.equal((await endOfSignIn(page)).error.error, "access_denied");
    const { value, error } = await outcome;
    assert.deepEqual([value, error?.error], mode === "shared" ? [undefined, "access_denied"] : [null, undefined]);
    assert.equal(popup.url(), `${stage.app.origin}/callback`);
    assert.equal(await session(page), null);
  }
});

test("a page in a frame sends the frame nowhere (WIN-9, WIN-12)", async (t) => {
  const files = { "/outer.html": () => ["text/html", '<iframe src="/place"></iframe>'] };
  const stage = await startStage(t, { files, policy: `${strictPolicy}; frame-src 'self'` });
  const page = await stage.open("/outer.html");
  const frame = await until(() => page.frames()[1], "the frame");
  await until(() => frame.evaluate(() => globalThis.app), "the app in the frame");

  assert.deepEqual(await frame.evaluate(() => app.outcome(() => app.auth.resume({ silent: true }))), { value: null });
  assert.equal(frame.url(), `${stage.app.origin}/place`);
});
