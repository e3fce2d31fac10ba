import assert from "node:assert/strict";

import { codeOf, endOfBurst, events, session, startBurst, stats, statusOf } from "./support/calls.mjs";
import { Gate } from "./support/gate.mjs";
import { pendingLogins } from "./support/records.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startProbe } from "./support/probe.mjs";
import { modes, startStage, workerModes } from "./support/stage.mjs";
import { stay } from "./support/staying.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** A site of its own that the tab can go to. */
async function elsewhere(t) {
  const site = await startProbe({
    answer: ({ response }) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>elsewhere</h1>"),
  });
  t.after(site.close);
  return `http://localhost:${site.port}/`;
}

/** The page, just loaded, finds the session as it was, and needed neither storage nor a token request for that. */
async function assertSurvived(stage, page, before) {
  assert.deepEqual(await page.evaluate(() => app.auth.resume()), before);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.tokenRequests, 1);
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, ""]);
  assert.deepEqual(await page.evaluate(() => caches.keys()), []);
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), ["tokenkeep"]);
  assert.deepEqual(await pendingLogins(page), []);
}

test("a reload keeps the session", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  const before = await signIn(page);
  for (let reload = 0; reload < 3; reload += 1) await page.reload();

  await assertSurvived(stage, page, before);
});

test("ten seconds on another site keep the session", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  const before = await signIn(page);
  await page.goto(await elsewhere(t));
  const left = Date.now();
  await until(() => Date.now() - left > 10_000, "ten seconds");
  await page.goto(stage.app.origin);

  await assertSurvived(stage, page, before);
});

test("closing the only tab and opening another keeps the session", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  const before = await signIn(page);
  const other = await stage.context.newPage();
  await page.close();
  await other.goto(stage.app.origin);

  await assertSurvived(stage, other, before);
});

test("a refresh goes on while the page reloads (CB-23)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  const answer = stage.holdTokenEndpoint();
  await page.evaluate((url) => void app.send(url), stage.v1("files"));
  await until(() => stage.counts.refreshes === 1, "the refresh");
  await page.reload();
  answer();

  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.refreshes, 1);
  assert.equal(stage.counts.reuseAlarms, 0);
});

test("a dedicated worker ends with its page, and so does the session (STORE-14)", async (t) => {
  const stage = await startStage(t, { mode: "worker" });
  const page = await stage.open();
  await signIn(page);
  await page.reload();

  assert.equal(await page.evaluate(() => app.auth.resume()), null);
});

for (const mode of modes) {
  test(`${mode}: a page that comes from the back/forward cache goes on`, async (t) => {
    const stage = await startStage(t, { mode, whole: true });
    const page = await stage.open();
    const before = await signIn(page);
    if (!(await goAndComeBack(t, { stage, page }))) return;

    assert.deepEqual(await session(page), before);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });

  test(`${mode}: coming back from the login page without signing in ends signIn()`, async (t) => {
    const stage = await startStage(t, { mode, whole: true });
    const page = await stage.open();
    await page.evaluate(() => void (globalThis.attempt = app.outcome(() => app.auth.signIn())));
    await page.waitForSelector("#login");
    await page.goBack({ waitUntil: "commit" });

    assert.equal((await page.evaluate(() => attempt)).error.code, "TOKENKEEP_SIGN_IN_ABANDONED");
    await signIn(page);
  });
}

test("so it does where the sign-in began before the page had loaded", async (t) => {
  const stage = await startStage(t, { mode: "page", whole: true });
  const page = await stage.open();
  await page.evaluate(() => {
    // The browser tells of the end of loading by the same event as of coming back.
    addEventListener("beforeunload", () => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false })));
    globalThis.attempt = app.outcome(() => app.auth.signIn());
  });
  await page.waitForSelector("#login");
  await page.goBack({ waitUntil: "commit" });

  assert.equal((await page.evaluate(() => attempt)).error.code, "TOKENKEEP_SIGN_IN_ABANDONED");
});

for (const [how, ask] of Object.entries({
  "preventDefault()": "addEventListener('beforeunload', (event) => event.preventDefault())",
  "a returnValue": "addEventListener('beforeunload', (event) => { event.returnValue = 'unsaved'; })",
  "what its handler returns": "onbeforeunload = () => 'unsaved'",
  "a listener that comes last": `const { addEventListener: add } = globalThis;
    globalThis.addEventListener = (type, ...given) => {
      add(type, ...given);
      if (type === "beforeunload") add(type, (event) => event.preventDefault());
    }`,
})) {
  test(`staying on a page that asks by ${how} ends signIn(), and the next one leaves`, async (t) => {
    const stage = await startStage(t, { mode: "shared" });
    const page = await stage.open();
    const leave = () => page.evaluate(() => void (globalThis.attempt = app.outcome(() => app.auth.signIn())));
    await stay(page, leave, ask);
    assert.equal((await page.evaluate(() => attempt)).error.code, "TOKENKEEP_SIGN_IN_ABANDONED");

    page.once("dialog", (dialog) => dialog.accept());
    assert.equal((await signIn(page)).claims.sub, "ada");
  });
}

test("a page that would ask, and in which nobody has done anything, is left without a word", async (t) => {
  const stage = await startStage(t, { mode: "page" });
  // What is evaluated in a page, or looked for, counts as somebody's doing.
  await stage.context.addInitScript(() => {
    // The empty page before it.
    if (origin === "null") return;
    addEventListener("beforeunload", (event) => {
      event.preventDefault();
      setTimeout(() => setTimeout(() => console.log("is being left"), 3_100));
    });
    addEventListener("load", () => setTimeout(() => app.auth.signIn().catch(({ code }) => console.log(code))));
  });
  const said = [];
  const hasSaid = new Gate();
  stage.context.on("console", (message) => {
    // The browser has its own word for it.
    if (message.type() !== "log") return;
    said.push(message.text());
    hasSaid.open();
  });
  await stage.context.route("**/auth?*", async (route) => {
    await hasSaid.passed;
    await route.continue();
  });
  const page = await stage.open();
  await page.waitForURL(/interaction/);
  assert.deepEqual(said, ["is being left"]);
});

test("a page that comes from the back/forward cache after a sign-out is signed out (STORE-15)", async (t) => {
  const stage = await startStage(t, { whole: true });
  const page = await stage.open();
  await signIn(page);
  const other = await stage.open();
  await other.evaluate(() => app.auth.resume());
  const back = await goAndComeBack(t, { stage, page }, async () => {
    // An answer later than the page's goodbye: news that crosses that would throw the page out of the cache.
    for (let turn = 0; turn < 5; turn += 1) await stats(other);
    await other.evaluate(() => app.auth.signOut());
  });
  if (!back) return;

  await until(async () => (await session(page)) === null, "the page to learn that it is signed out");
  assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal(stage.api.requests.length, 0);
});

test("calls that wait when the page is left are dropped (back/forward cache)", async (t) => {
  const stage = await startStage(t, { whole: true });
  const page = await stage.open();
  await signIn(page);
  const other = await stage.open();
  stage.authorizationServer.expireAccessTokens();
  const answer = stage.holdTokenEndpoint();
  await startBurst(page, stage.v1("effects"), 3);
  const queued = async () => (await stats(other)).queued;
  await until(async () => (await queued()) === 3, "three waiting calls");
  const back = await goAndComeBack(t, { stage, page }, () => until(async () => (await queued()) === 0, "an empty queue"));
  answer();
  if (!back) return;

  assert.deepEqual(await endOfBurst(page), { AbortError: 3 });
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.deepEqual(stage.api.effects, []);
});

for (const mode of workerModes) {
  test(`${mode}: calls on the way out of a page end, and those on the way back are answered (back/forward cache)`, async (t) => {
    const stage = await startStage(t, { mode, whole: true });
    const page = await stage.open();
    await signIn(page);
    await page.evaluate((url) => {
      globalThis.made = {};
      const call = (name) => (made[name] ??= Promise.all([app.outcome(() => app.auth.stats()), app.send(url)]));
      addEventListener("pagehide", () => call("pagehide"));
      // As libraries do that look for news when somebody looks at a page.
      document.addEventListener("visibilitychange", () => call(document.visibilityState));
      addEventListener("pageshow", () => call("pageshow"));
    }, stage.v1("files"));
    if (!(await goAndComeBack(t, { stage, page }))) return;

    const ends = async (name) =>
      (await page.evaluate((one) => made[one], name)).map(({ value, error }) => value?.status ?? error?.name ?? "stats");
    for (const name of ["pagehide", "hidden"]) assert.deepEqual(await ends(name), ["AbortError", "AbortError"], name);
    for (const name of ["visible", "pageshow"]) assert.deepEqual(await ends(name), ["stats", 200], name);
  });
}

test("a page that comes and goes waits for its holder's end once, and closed not at all", async (t) => {
  const stage = await startStage(t, { whole: true });
  const page = await stage.open();
  await signIn(page);
  const locks = (type, begin) =>
    page.evaluate(
      async ([of, name]) => (await navigator.locks.query())[of].filter((one) => one.name.startsWith(name)).length,
      [type, begin],
    );
  const comeAndGo = () =>
    page.evaluate(async () => {
      for (const type of ["pagehide", "pageshow"]) dispatchEvent(new PageTransitionEvent(type, { persisted: true }));
      return app.outcome(() => app.auth.stats());
    });
  const waiting = () => locks("pending", "tokenkeep:holder-");
  assert.ok((await comeAndGo()).value);
  const before = await waiting();
  for (let times = 0; times < 3; times += 1) assert.ok((await comeAndGo()).value);
  assert.equal(await waiting(), before);

  await page.evaluate(() => app.auth.close());
  assert.equal((await comeAndGo()).error.code, "TOKENKEEP_HOLDER_FAILED");
  await until(async () => (await locks("held", "tokenkeep-")) === 0, "the page's own lock to be gone");
});

test("a new deployment has a new holder: old pages keep their session, new ones start without", async (t) => {
  const stage = await startStage(t);
  const old = await stage.open();
  await signIn(old);
  await old.evaluate(() => void (app.events.length = 0));
  stage.shown.holder = "/holder.js?deployment=2";
  const fresh = await stage.open();

  assert.equal(await fresh.evaluate(() => app.auth.resume()), null);
  await signIn(fresh);
  assert.deepEqual(await events(old), [], "the old pages heard of the new holder's session");
  for (const page of [old, fresh]) {
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  }
  assert.equal(stage.counts.refreshes, 0);
});

test("with a stable holder URL a new deployment's pages find the session", async (t) => {
  const stage = await startStage(t);
  const before = await signIn(await stage.open());
  const fresh = await stage.open("/?deployment=2");

  assert.deepEqual(await fresh.evaluate(() => app.auth.resume()), before);
});

const otherOptions = [{ type: "classic" }, { credentials: "omit" }, { extendedLifetime: false }];
for (const change of otherOptions) {
  test(`a page that passes ${JSON.stringify(change)} to the same worker is told so`, async (t) => {
    const stage = await startStage(t);
    const page = await stage.open();
    await signIn(page);
    const other = await stage.open("/other");
    const { error } = await connectAnew(other, { url: "/holder.js", ...change });

    assert.deepEqual([error?.name, error?.code], ["TokenKeepError", "TOKENKEEP_WORKER_BLOCKED"]);
    assert.ok(await session(page));
  });
}

test("a holder that is not there is reported to the calls", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  const { error } = await connectAnew(page, { url: "/bare.html", name: "nothing" });

  assert.equal(error.code, "TOKENKEEP_WORKER_BLOCKED");
  assert.match(error.message, /could not be started/);
});

/**
 * A second connection with options of its own, and what its resume() says. One in some hundred times Chromium tells nobody that
 * a worker could not be started, whoever listens; then what it says after half a minute is looked at, and it is asked again.
 */
async function connectAnew(page, options) {
  const { isTold, ...outcome } = await page.evaluate(connectInPage, options);
  if (isTold) return outcome;
  assert.equal(outcome.error.code, "TOKENKEEP_HOLDER_SILENT");
  return connectAnew(page, options);
}

async function connectInPage({ url, ...change }) {
  const options = { type: "module", name: "tokenkeep", extendedLifetime: true, ...change };
  const worker = new SharedWorker(url, options);
  let isTold = false;
  worker.addEventListener("error", () => (isTold = true));
  const outcome = await app.outcome(() => app.tokenkeep.connect(worker).resume());
  return { ...outcome, isTold };
}

/**
 * Leaves for another site and comes back by the Back button, to the very same page. Resolves to false, and test `t` is skipped,
 * where this browser keeps no such page: one that has what this one has, and nothing of ours.
 */
async function goAndComeBack(t, { stage, page }, meanwhile) {
  const away = await elsewhere(t);
  if (await isRestored(page, away, meanwhile)) return true;
  const reasons = await page.evaluate(whyNotRestored);
  const bare = await stage.open("/bare.html");
  await bare.evaluate(startPlain, stage.shown.mode);
  assert.equal(await isRestored(bare, away), false, `the page was loaded anew: ${reasons}`);
  t.skip(`this browser (${stage.context.browser().version()}) keeps no page with such a worker in its back/forward cache`);
  return false;
}

/** Whether the very same page is there again after a visit to `url`. */
async function isRestored(page, url, meanwhile = () => {}) {
  await page.evaluate(() => {
    globalThis.returned = new Promise((resolve) => addEventListener("pageshow", resolve, { once: true }));
  });
  await page.goto(url);
  await meanwhile();
  // A page from that cache is not loaded again, so there is no load to wait for.
  await page.goBack({ waitUntil: "commit" });
  return page.evaluate(async () => (await globalThis.returned)?.persisted ?? false);
}

/** Runs in a page: a worker of the same kind that has been heard of, with no script of the package's in it. */
async function startPlain(mode) {
  const Kind = { shared: SharedWorker, worker: Worker }[mode];
  if (!Kind) return;
  globalThis.plain = new Kind("/plain.js", { type: "module" });
  const port = plain.port ?? plain;
  await new Promise((resolve) => (port.onmessage = resolve));
}

function whyNotRestored() {
  return JSON.stringify(performance.getEntriesByType("navigation")[0].notRestoredReasons);
}
