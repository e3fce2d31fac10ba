// Ways to sign in and out where the holder is on an origin of its own: popups, without a word, with more rights, and over there.

import assert from "node:assert/strict";

import { describe } from "node:test";

import { events, session, startSend, endOfSend, stats, statusOf } from "./support/calls.mjs";
import { back, isBack, leave, passPopup, signIn } from "./support/own-origin.mjs";
import { clickSignIn, countFlows, endOfSignIn, looked } from "./support/popup.mjs";
import { demoPages, passPages } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { stay } from "./support/staying.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const start = async (t, options) => {
  const stage = await startStage(t, { mode: "own", ...options });
  return { stage, page: await stage.open() };
};

const severing = { "cross-origin-opener-policy": "same-origin" };

for (const [name, headers] of Object.entries({ "plain headers": {}, "Cross-Origin-Opener-Policy on both sides": severing })) {
  test(`a popup signs in and closes itself: ${name}`, async (t) => {
    const { stage, page } = await start(t, { headers });
    stage.home.headers = headers;
    const popup = await clickSignIn(page);
    await passPopup(popup);
    const { value } = await endOfSignIn(page);
    assert.equal(value?.claims.sub, "ada");
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    assert.equal(stage.context.pages().length, 1);
  });
}

test("a popup in which somebody refuses is an error here", async (t) => {
  const { page } = await start(t);
  const popup = await clickSignIn(page);
  await refuse(popup);
  const { error } = await endOfSignIn(page);
  assert.deepEqual([error.code, error.error], ["TOKENKEEP_AUTHORIZATION_ERROR", "access_denied"]);
  assert.equal(await session(page), null);
});

test("a popup that is closed is an error here", async (t) => {
  const { stage, page } = await start(t);
  await countFlows(stage);
  await page.reload();
  const popup = await clickSignIn(page);
  await popup.waitForSelector("#login");
  await looked(page);
  await popup.close();
  const { error } = await endOfSignIn(page);
  assert.equal(error.code, "TOKENKEEP_POPUP_CLOSED");
});

test("whoever refuses comes back to an error, once", async (t) => {
  const { page } = await start(t);
  await leave(page);
  await refuse(page);
  await back(page, new URL(page.url()).origin);
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));
  assert.deepEqual([error.code, error.error], ["TOKENKEEP_AUTHORIZATION_ERROR", "access_denied"]);
  assert.deepEqual(await page.evaluate(() => app.outcome(() => app.auth.resume())), { value: null });
});

test("whoever turns back at the server is as before, and can still go on", async (t) => {
  const { stage, page } = await start(t);
  await leave(page);
  await page.waitForSelector("#login");
  const server = page.url();
  await page.goto(stage.app.origin);
  assert.deepEqual(await page.evaluate(() => app.outcome(() => app.auth.resume())), { value: null });
  await page.evaluate(() => (globalThis.leaving = true));
  await page.goto(server);
  await passPages(page, demoPages, isBack(page, stage.app));
  assert.equal((await page.evaluate(() => app.auth.resume())).claims.sub, "ada");
});

test("an issuer that can't be reached is told in the app, which one comes back to", async (t) => {
  const { stage, page } = await start(t, { config: { issuer: "http://127.0.0.1:9" } });
  await leave(page, { returnTo: "/sorry" });
  await page.waitForURL(`${stage.app.origin}/sorry`);
  await page.waitForFunction(() => globalThis.app);
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));
  assert.equal(error.code, "TOKENKEEP_NETWORK");
});

test("without a word where the server knows the person, and no loop where it doesn't", async (t) => {
  const { stage, page } = await start(t);
  // Each tab has a session of its own then.
  await stage.context.addInitScript(() => delete globalThis.SharedWorker);
  await page.reload();
  await page.evaluate(() => {
    globalThis.leaving = true;
    void app.auth.resume({ silent: true });
  });
  await back(page, stage.app.origin);
  assert.deepEqual(await page.evaluate(() => app.outcome(() => app.auth.resume({ silent: true }))), { value: null });
  await signIn(page);
  const other = await stage.open("/again");
  await other.evaluate(() => {
    globalThis.leaving = true;
    void app.auth.resume({ silent: true });
  });
  await back(other, stage.app.origin);
  assert.equal((await other.evaluate(() => app.auth.resume({ silent: true }))).claims.sub, "ada");
  assert.equal(other.url(), `${stage.app.origin}/again`);
});

test("more rights by a step-up, and the request that waits for them goes on", async (t) => {
  const { stage, page } = await start(t, { config: { scope: "openid files:read" } });
  await signIn(page);
  await startSend(page, stage.v1("effects"), { method: "POST", body: '{"n":0}', tokenkeep: { stepUp: true } });
  await until(async () => (await stats(page)).steppingUp === 1, "the request that waits");
  const popup = await clickSignIn(page, { scope: "files:write" });
  await passPopup(popup);
  assert.equal((await endOfSend(page)).value?.status, 201);
});

test("signing out at the server too leads over there and back, and the app is told", async (t) => {
  const { stage, page } = await start(t, {
    server: { logout: true },
    config: ({ home }) => ({ postLogoutRedirectUri: `${home.origin}/callback.html` }),
  });
  await signIn(page);
  await leave(page, { endSession: true, returnTo: "/bye-bye" }, "signOut");
  await page.click("#logout button[name=logout]");
  await page.waitForURL(`${stage.app.origin}/bye-bye`);
  await page.waitForFunction(() => globalThis.app);
  assert.equal(await page.evaluate(() => app.auth.resume()), null);
  assert.deepEqual(await page.evaluate(() => app.auth.arrival), { returnTo: "/bye-bye", appState: null, signedOut: true });
});

test("staying on a page that asks ends a sign-out at the server, and the session goes on until the next one", async (t) => {
  const { page } = await start(t, { server: { logout: true } });
  await signIn(page);
  await stay(page, () => leave(page, { endSession: true }, "signOut"));
  assert.equal((await page.evaluate(() => left)).error.code, "TOKENKEEP_SIGN_OUT_ABANDONED");
  assert.notEqual(await session(page), null);

  page.once("dialog", (dialog) => dialog.accept());
  await leave(page, { endSession: true }, "signOut");
  await page.waitForSelector("#logout");
});

test("where the server ends no sessions the app is told, when one is back", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page);
  await leave(page, { endSession: true, returnTo: "/still" }, "signOut");
  await page.waitForURL(`${stage.app.origin}/still`);
  await page.waitForFunction(() => globalThis.app);
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));
  assert.equal(error.code, "TOKENKEEP_END_SESSION_UNAVAILABLE");
});

test("no token comes from there or goes there, whatever the configuration says (OWN-5)", async (t) => {
  const { page } = await start(t, { config: { exposeAccessToken: true } });
  await signIn(page);
  for (const call of ["accessToken", "enterToken"]) {
    const { error } = await page.evaluate((name) => app.outcome(() => app.auth[name]("a.b.c")), call);
    assert.equal(error.code, "TOKENKEEP_OPERATION_REFUSED", call);
  }
  assert.equal((await page.evaluate(() => app.auth.userinfo())).sub, "ada");
});

test("where there is no SharedWorker a Worker of the frame does it", async (t) => {
  const { stage, page } = await start(t);
  await stage.context.addInitScript(() => delete globalThis.SharedWorker);
  await page.reload();
  assert.notEqual(await signIn(page), null);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
});

test("a frame that somebody removes is told to whoever waits, and the next call makes another one", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page);
  const open = stage.holdTokenEndpoint();
  stage.authorizationServer.expireAccessTokens();
  await startSend(page, stage.v1("files"));
  await until(async () => (await stats(page)).phase === "refreshing", "the refresh");
  await page.evaluate(() => document.querySelector("iframe").remove());
  assert.equal((await endOfSend(page)).error.code, "TOKENKEEP_FRAME_LOST");
  open();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  await page.evaluate(() => app.auth.signOut());
  await until(async () => (await events(page, "signedout")).length === 1, "the event");
});

test("a frame that is removed again and again costs no news: the next call's frame has them", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page);
  for (let n = 0; n < 2; n += 1) {
    await page.waitForSelector("iframe", { state: "attached" });
    await page.evaluate(() => document.querySelector("iframe").remove());
  }
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  const other = await stage.open();
  await other.evaluate(() => app.auth.signOut());
  await until(async () => (await events(page, "signedout")).length === 1, "the event");
});

test("a frame that is removed before it has answered is told at once, and the next call makes another one", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page);
  const removed = await page.evaluate(connectAndRemove, stage.shown.holder);
  assert.equal(removed.error.code, "TOKENKEEP_FRAME_LOST");
  assert.equal((await page.evaluate(() => app.outcome(() => again.resume()))).value.claims.sub, "ada", "resume() asks anew");
});

test("what was closed stays closed", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page);
  await page.evaluate(() => app.auth.close());
  assert.equal((await page.evaluate((url) => app.send(url), stage.v1("files"))).error.code, "TOKENKEEP_HOLDER_FAILED");
  assert.equal((await page.evaluate(() => app.outcome(() => app.auth.stats()))).error.code, "TOKENKEEP_HOLDER_FAILED");
  assert.equal(await page.locator("iframe").count(), 0);
});

test("what is closed while its frame opens is closed too", async (t) => {
  const { page } = await start(t);
  await page.evaluate(
    (holder) => {
      const auth = app.tokenkeep.connect(holder);
      auth.close();
      globalThis.closing = app.outcome(() => auth.resume());
    },
    await page.evaluate(() => document.documentElement.dataset.holder),
  );
  assert.equal((await page.evaluate(() => closing)).error.code, "TOKENKEEP_HOLDER_FAILED");
  await until(async () => (await page.locator("iframe").count()) === 1, "the end of its frame");
});

test("a page that comes back from the back/forward cache goes on", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page);
  await page.evaluate((url) => {
    addEventListener("pageshow", ({ persisted }) => (globalThis.persisted = persisted));
    // As libraries do that look for news when somebody looks at a page.
    const call = () => ((globalThis.seen ??= {})[document.visibilityState] = app.send(url));
    document.addEventListener("visibilitychange", call);
  }, stage.v1("files"));
  await page.goto(`${stage.app.origin}/bare.html`);
  await page.goBack({ waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.app);
  const persisted = await page.evaluate(() => globalThis.persisted ?? false);
  t.diagnostic(`from the cache: ${persisted}`);
  if (persisted) {
    assert.equal((await page.evaluate(() => seen.hidden)).error.name, "AbortError");
    assert.equal((await page.evaluate(() => seen.visible)).value?.status, 200);
  }
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal((await page.evaluate(() => app.auth.session)).claims.sub, "ada");
});

describe("what can't be", () => {
  const refusals = {
    "no URL": ["::", "TOKENKEEP_CONFIG_INVALID"],
    "this page's own origin": ["/frame.html", "TOKENKEEP_CONFIG_INVALID"],
    "a script": ["javascript:alert(1)", "TOKENKEEP_CONFIG_INVALID"],
  };
  for (const [name, [url, code]] of Object.entries(refusals)) {
    test(`a frame of ${name} is refused at once`, async (t) => {
      const { stage, page } = await start(t);
      stage.shown.holder = url;
      await page.reload();
      assert.equal(await page.evaluate(() => globalThis.refusal?.code), code);
    });
  }

  test("a frame whose page is missing is told after a while, with the cure", async (t) => {
    const { stage, page } = await start(t);
    stage.shown.holder = `${stage.home.origin}/nowhere.html`;
    await page.reload();
    const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));
    assert.equal(error.code, "TOKENKEEP_FRAME_SILENT");
    assert.match(error.message, /serve\(\).*frame-ancestors/);
  });

  test("a call that is given up doesn't wait for the frame", async (t) => {
    const { stage, page } = await start(t);
    stage.shown.holder = `${stage.home.origin}/nowhere.html`;
    await page.reload();
    const told = await page.evaluate(async (url) => {
      let cancel;
      const cancelled = new Promise((resolve) => (cancel = resolve));
      const body = new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => cancel("cancelled") });
      const { error } = await app.send(url, { method: "POST", body, duplex: "half", signal: AbortSignal.timeout(100) });
      return [error.name, await cancelled];
    }, stage.v1("files"));
    assert.deepEqual(told, ["TimeoutError", "cancelled"]);
  });

  test("return targets of other origins are refused here already (OWN-4)", async (t) => {
    const { page } = await start(t);
    for (const returnTo of [
      `blob:${await page.evaluate(() => location.origin)}/x`,
      "https://evil.example/",
      "//evil.example",
      "javascript:alert(1)",
      "data:text/html,x",
      7,
    ]) {
      const { error } = await page.evaluate((to) => app.outcome(() => app.auth.signIn({ returnTo: to })), returnTo);
      assert.equal(error.code, "TOKENKEEP_RETURN_TARGET_REFUSED", String(returnTo));
    }
  });
});

/** Fills in the name and refuses consent. */
async function refuse(page) {
  await page.fill("#login input[name=login]", "ada");
  await page.click("#login button[type=submit]");
  await page.click("#consent button[name=refuse]");
}

/** Stands alone, for a page. */
/** Runs in the page: a connection whose first frame is taken away as soon as it is there. */
function connectAndRemove(holder) {
  const before = new Set(document.querySelectorAll("iframe"));
  const observer = new MutationObserver(() => {
    const frame = [...document.querySelectorAll("iframe")].find((one) => !before.has(one));
    if (frame) observer.disconnect(), frame.remove();
  });
  observer.observe(document, { childList: true, subtree: true });
  globalThis.again = app.tokenkeep.connect(holder);
  return app.outcome(() => again.resume());
}
