// Routers that read the address before anybody has looked for an authorization response, and what people see meanwhile.

import assert from "node:assert/strict";

import { bundled, forBrowser } from "./support/framework-bundles.mjs";
import { demoPages, passPages } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const place = "/app/files?x=1#y";

async function start(t, name) {
  const script = await bundled(`routed/${name}.js`, forBrowser);
  const page = () => [
    "text/html; charset=utf-8",
    '<!doctype html><title>routed</title><body><script type="module" src="/routed.js"></script>',
  ];
  const files = { "/routed.js": () => ["text/javascript; charset=utf-8", script] };
  return startStage(t, { mode: "worker", page, files });
}

/** Opens `path` of the app; `asked` has the authorization requests that it leaves for, as URLs. */
async function open(stage, path, prepare) {
  const page = await stage.context.newPage();
  if (prepare) await page.addInitScript(prepare);
  const asked = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname === "/auth") asked.push(url.searchParams);
  });
  await page.goto(stage.app.origin + path);
  return { page, asked };
}

async function pass(stage, page) {
  await page.waitForSelector("#login, #consent");
  await passPages(page, demoPages, (url) => url.startsWith(stage.app.origin));
}

/** What people have seen of one kind, without repetitions. */
const seen = async (page, kind) => {
  const all = await page.evaluate(() => seen);
  return [...new Set(all.filter(([one]) => one === kind).map(([, what]) => what))];
};

const prompts = (asked) => asked.map((params) => params.get("prompt"));

for (const isInside of [false, true]) {
  const where = isInside ? "inside of a guard" : "before all else";
  test(`react: with a router made ${where}, nobody is shown a signed-out page while there is hope, nor a response`, async (t) => {
    const stage = await start(t, "react");
    const prepare = isInside ? () => (globalThis.inside = true) : undefined;
    const { page, asked } = await open(stage, place, prepare);
    await pass(stage, page);
    await page.waitForSelector("text=Sign out ada");
    assert.equal(page.url(), stage.app.origin + place);
    assert.deepEqual(prompts(asked), ["none", null]);
    assert.deepEqual(await seen(page, "place"), [place]);
    if (!isInside) assert.doesNotMatch(await page.evaluate(() => JSON.stringify(router.state.location)), /code|state=/);

    const { page: other, asked: again } = await open(stage, place, prepare);
    await other.waitForSelector("text=Sign out ada");
    assert.equal(other.url(), stage.app.origin + place);
    assert.deepEqual(prompts(again), ["none"]);
    assert.deepEqual(await seen(other, "status"), ["loading", "signed-in"]);
    assert.deepEqual(await seen(other, "place"), [place]);

    await other.click("text=Sign out ada");
    await other.click("text=Sign in");
    await pass(stage, other);
    await other.waitForSelector("text=Sign out ada");
    assert.equal(other.url(), stage.app.origin + place);
  });
}

test("react: what onArrival() throws is told, beside the session that there is", async (t) => {
  const stage = await start(t, "react");
  const prepare = () => {
    globalThis.options = {
      onArrival({ returnTo }) {
        throw new Error(`no way to ${returnTo}`);
      },
    };
  };
  const { page } = await open(stage, place, prepare);
  await pass(stage, page);
  await page.waitForSelector("text=Sign out ada");
  assert.deepEqual(await seen(page, "error"), [`no way to ${place}`]);
});

for (const isByRouter of [false, true])
  test(`vue: below a folder, a page for everybody stays, and a guarded one comes back to itself${isByRouter ? ", by the router" : ""}`, async (t) => {
    const stage = await start(t, "vue");
    await stage.context.addInitScript((given) => (globalThis.isByRouter = given), isByRouter);
    const redirectUri = `${stage.app.origin}/app/callback`;
    stage.authorizationServer.allow({ redirectUris: [redirectUri] });
    stage.configure({ redirectUri });
    const { page, asked } = await open(stage, "/app/open");
    await page.waitForSelector("h1");
    assert.deepEqual(prompts(asked), []);
    await page.evaluate(() => void router.push("/files?x=1#y"));
    await pass(stage, page);
    await page.waitForSelector("text=signed-in ada");
    assert.equal(page.url(), stage.app.origin + place);
    assert.deepEqual(await seen(page, "place"), ["/open", "/files?x=1#y"]);
    assert.deepEqual(await seen(page, "status"), ["signed-in"], "a guarded page begins with the session");
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify(history.state)), /code|state=/);
    assert.equal(asked[0].get("asked"), "by-guard");
    await page.evaluate(() => router.push("/open"));
    await page.waitForSelector("h1");
  });

test("svelte: a guard before a page resolves for who is signed in, and rejects with what stood against it", async (t) => {
  const stage = await start(t, "svelte");
  const { page, asked } = await open(stage, "/");
  await page.evaluate(() => void load());
  await pass(stage, page);
  assert.equal(await page.evaluate(() => load()), "ada");
  assert.deepEqual(await seen(page, "arrival"), ["/kit?x=1#y by guard"]);
  assert.equal(asked.length, 1);

  const { page: refused, asked: never } = await open(stage, `/callback?error=access_denied&state=${"s".repeat(43)}`);
  assert.equal(await refused.evaluate(() => load().catch(({ code }) => code)), "TOKENKEEP_STATE_MISMATCH");
  assert.equal(refused.url(), `${stage.app.origin}/callback`);
  assert.deepEqual(never, []);
});
