// T20, T21, T24 and T30: responses that are not the app's own, what the address of one's own leaves behind, and where a
// sign-in leads to.

import assert from "node:assert/strict";

import { resume, session, statusOf } from "../browser/support/calls.mjs";
import { leave } from "../browser/support/own-origin.mjs";
import { until } from "../browser/support/until.mjs";
import { attack, butOwn } from "./support/attack.mjs";
import { injections } from "./support/injections.mjs";
import { mallorysSignIn } from "./support/mallory.mjs";
import { redeem } from "./support/own-flow.mjs";
import { keepResponse } from "./support/signing-in.mjs";
import { hostileTargets } from "./support/targets.mjs";

const csrf = { id: "T20", threat: "R1", outcome: "stopped" };

attack(
  { ...csrf, title: "the attacker's response opened in the victim's browser (CB-1 to CB-5, CB-16, OWN-3)" },
  async (rig, { mode, t }) => {
    const mine = await mallorysResponse(t, rig);
    const page = await rig.open();
    const victim = await rig.signIn(page);
    const own = await abandonedState(rig, page);
    rig.as.reset();
    for (const [name, [parameters, code, shown]] of Object.entries(injections)) {
      await page.goto(`${rig.home.callback}?${parameters({ ...mine, own })}`);
      if (mode === "own") await refusedThere(rig, page, { name, shown, code });
      else await refusedHere(rig, page, { name, code });
      if (mode === "page" || mode === "worker") assert.equal(await session(page), null, name);
      else assert.deepEqual(await sessionOf(rig), victim, name);
    }
    assert.equal(rig.as.counts.tokenRequests, 0);
    return "stopped";
  },
);

async function refusedHere({ home }, page, { name, code }) {
  assert.equal((await resume(page)).error?.code, `TOKENKEEP_${code}`, name);
  assert.equal(page.url(), home.callback, name);
}

/** It stays at the other origin, but where it has the state of a sign-in under way: then the app hears of it. */
async function refusedThere({ home, origins }, page, { name, shown, code }) {
  if (shown) assert.match(await page.textContent("[role=alert]"), new RegExp(`TOKENKEEP_${shown}`), name);
  else {
    await page.waitForURL(`${origins.app}/`);
    assert.equal((await resume(page)).error?.code, `TOKENKEEP_${code}`, name);
  }
  assert.equal(page.url(), shown ? home.callback : `${origins.app}/`, name);
}

attack({ ...csrf, title: "the victim's own response once more (CB-4)" }, async (rig, { mode }) => {
  const page = await rig.open();
  const arrival = await responseOf(rig, page);
  await page.goto(arrival);
  await page.waitForURL((url) => url.origin === rig.origins.app);
  assert.ok((await resume(page)).value);
  rig.as.reset();
  await page.goto(arrival);
  if (mode === "own") assert.match(await page.textContent("[role=alert]"), /TOKENKEEP_STATE_MISMATCH/);
  else assert.equal((await resume(page)).error?.code, "TOKENKEEP_RESPONSE_REPLAYED");
  assert.equal(rig.as.counts.tokenRequests, 0);
  return "stopped";
});

attack({ id: "T21", threat: "R2", title: "two people exchange their codes (CB-22)", outcome: "stopped" }, async (rig, { t }) => {
  const [victim, thief] = [await rig.open(), await openElsewhere(t, rig)];
  const arrivals = [];
  for (const page of [victim, thief]) arrivals.push(new URL(await responseOf(rig, page)));
  const [first, second] = arrivals.map((url) => url.searchParams);
  for (const [page, own, code] of [
    [thief, second, first.get("code")],
    [victim, first, second.get("code")],
  ]) {
    const swapped = new URLSearchParams({ ...Object.fromEntries(own), code });
    await page.goto(`${rig.home.callback}?${swapped}`);
    await page.waitForURL((url) => url.origin === rig.origins.app);
    const { error } = await resume(page);
    assert.deepEqual([error?.code, error?.error], ["TOKENKEEP_TOKEN_ERROR", "invalid_grant"]);
    assert.equal(await session(page), null);
    assert.equal(await statusOf(page, rig.v1("files")), undefined);
  }
  assert.equal(rig.secrets("access token").length, 0);
  return ["stopped", "the server refuses a code with another verifier"];
});

const leak = { id: "T24", threat: "R6" };

attack(
  {
    ...leak,
    title: "a link, an image and a script of the attacker's on the page that was signed in to (CB-18, CB-21)",
    outcome: "stopped",
  },
  async (rig, { mode }) => {
    // The worst that the app could send: whole addresses go to everybody.
    rig.shown.headers = { "referrer-policy": "unsafe-url" };
    const page = await rig.open();
    await rig.arrive(page);
    assert.ok((await resume(page)).value);
    const seen = page.url();
    assert.equal(seen, `${rig.origins.app}/${mode === "own" ? "" : "callback"}`);
    await page.evaluate(loadFrom, rig.origins.evil);
    await until(() => rig.evil.requests.length >= 3, "what the page loads");
    await page.click("#link");
    await page.waitForURL(`${rig.origins.evil}/page`);
    for (const wanted of ["/image", "/script", "/fetch", "/page"]) {
      const { headers } = rig.evil.requests.find(({ url }) => url === wanted);
      assert.equal(headers.referer, seen, wanted);
    }
    assert.deepEqual(rig.stolen("code", "code verifier"), []);
    return "stopped";
  },
);

attack(
  { ...leak, title: "an image of the attacker's in the page itself, sent with whole addresses as referrers", outcome: butOwn("limited") },
  async (rig, { mode }) => {
    rig.shown.headers = { "referrer-policy": "unsafe-url" };
    for (const path of ["/", "/callback"]) rig.shown.files[path] = () => ["text/html", pageWithImage(rig)];
    const page = await rig.open();
    await rig.arrive(page);
    await until(() => rig.evil.requests.length >= 2, "the image, before and after");
    if (mode === "own") return rig.verdict("code", "state");
    assert.deepEqual(rig.stolen("code"), ["code (plain)"]);
    assert.equal(await redeem(rig, page.url(), {}), undefined, "without the verifier");
    return ["limited", "before any script runs; the code is of no use without the verifier, and the app must not send such a policy"];
  },
);

attack(
  { ...leak, title: "the Back button, the history and what a restored session opens again (CB-18, CB-19)", outcome: "stopped" },
  async (rig) => {
    const page = await rig.open();
    await rig.arrive(page);
    assert.ok((await resume(page)).value);
    const last = page.url();
    await page.goto(`${rig.origins.app}/bare.html`);
    const { entries } = await historyOf(page);
    assert.deepEqual(rig.found(entries.join("\n"), "code", "code verifier"), []);
    // A page from the back/forward cache is not loaded again, so there is no load to wait for.
    await page.goBack({ waitUntil: "commit" });
    assert.equal(page.url(), last);
    rig.as.reset();
    for (const url of entries.filter((one) => one.startsWith(rig.origins.app))) {
      const again = await rig.context.newPage();
      await again.goto(url);
      if (!url.endsWith("/bare.html")) assert.equal((await resume(again)).error, undefined, url);
      await again.close();
    }
    assert.equal(rig.as.counts.tokenRequests, 0);
    return "stopped";
  },
);

attack(
  { id: "T30", threat: "R8", modes: ["page", "shared"], title: "hostile return targets (AUTHZ-21)", outcome: "stopped" },
  async (rig) => {
    const page = await rig.open();
    const origin = new URL(rig.origins.app);
    for (const returnTo of hostileTargets(rig.origins.app)) {
      const { error } = await page.evaluate((given) => app.outcome(() => app.auth.signIn({ returnTo: given })), returnTo);
      assert.equal(error?.code, "TOKENKEEP_RETURN_TARGET_REFUSED", JSON.stringify(returnTo));
    }
    assert.equal(page.url(), `${rig.origins.app}/`);
    for (const returnTo of ["/a?x=//evil.test#/b", `${origin.origin}/a`]) {
      await page.goto(rig.origins.app);
      await rig.arrive(page, { returnTo });
      assert.ok((await resume(page)).value);
      const { returnTo: led } = await page.evaluate(() => app.auth.arrival);
      assert.equal(new URL(led, origin).origin, origin.origin);
    }
    return "stopped";
  },
);

/** A response that the page's user got, which nothing has seen. */
async function responseOf(rig, page) {
  await leave(page);
  return keepResponse(rig, page);
}

/** What the attacker has of a response of its own, for a link. */
async function mallorysResponse(t, rig) {
  const { searchParams } = new URL((await mallorysSignIn(t, rig)).arrival);
  return { code: searchParams.get("code"), state: searchParams.get("state"), iss: encodeURIComponent(rig.as.issuer) };
}

/** The session as another tab has it. */
async function sessionOf(rig) {
  const page = await rig.open();
  const { value } = await resume(page);
  await page.close();
  return value;
}

/** The state of a sign-in that the victim started and did not finish. */
async function abandonedState(rig, page) {
  const isRequest = (url) => url.href.startsWith(`${rig.as.issuer}/auth?`);
  // The way is closed until the request has ended there: else it may still get through, and the state be used up.
  const ended = new Promise((resolve) => page.on("requestfailed", (request) => isRequest(new URL(request.url())) && resolve(request)));
  await page.route(isRequest, (route) => route.abort());
  await page.evaluate(() => void app.auth.signIn());
  const state = new URL((await ended).url()).searchParams.get("state");
  await page.unroute(isRequest);
  return state;
}

async function openElsewhere(t, rig) {
  const context = await rig.context.browser().newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(rig.origins.app);
  return page;
}

/** Runs in the page. */
function loadFrom(evil) {
  document.body.append(Object.assign(new Image(), { src: `${evil}/image` }));
  document.body.append(Object.assign(document.createElement("script"), { src: `${evil}/script` }));
  document.body.append(Object.assign(document.createElement("a"), { id: "link", href: `${evil}/page`, textContent: "go" }));
  fetch(`${evil}/fetch`, { mode: "no-cors" });
}

const pageWithImage = (rig) => `<!doctype html><html data-holder="${rig.shown.holder}"><meta charset="utf-8">
  <img src="${rig.origins.evil}/pixel"><script type="module" src="/app.js"></script></html>`;

/** Every address that the tab could go back or forward to, which is what a restored session has too. */
async function historyOf(page) {
  const debug = await page.context().newCDPSession(page);
  const { entries } = await debug.send("Page.getNavigationHistory");
  await debug.detach();
  return { entries: entries.flatMap(({ url, userTypedURL }) => [url, userTypedURL]) };
}
