// tokenkeep/arrival: going on after a sign-in without a framework, and what a router reads of a response.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { demoPages, passPages, signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const place = "/app/files?x=1&y=a%20b#part";
const folder = join(import.meta.dirname, "app", "arriving");
const readme = await readFile(join(import.meta.dirname, "..", "..", "pkg-template", "README.md"), "utf8");

/** The README's modules by name. */
const [, section] = readme.split("### Without a framework's adapter");
const samples = Object.fromEntries(
  [...section.split("\n### ")[0].matchAll(/```js\n\/\/ (session|app)\.js\n([^]*?)```/g)].map(([, name, text]) => [name, text]),
);

/** The README's app with a router of the tests; `more` runs after it. */
async function bundled(more) {
  const contents = `${samples.app}\n${more}`;
  const session = { filter: /\/session\.js$/ };
  const virtual = (building) => {
    building.onResolve(session, ({ path }) => ({ path: join(folder, path) }));
    building.onLoad(session, () => ({ contents: samples.session, resolveDir: folder }));
  };
  const plugins = [{ name: "readme", setup: virtual }];
  const options = { bundle: true, write: false, format: "esm", target: "es2022", logLevel: "error", plugins };
  const { outputFiles } = await build({ stdin: { contents, resolveDir: folder }, ...options });
  return outputFiles[0].text;
}

test("a router that is made after the README's session.js sees no response, and is led back to the whole place", async (t) => {
  const script = await bundled("Object.assign(globalThis, { auth, done: true });");
  const stage = await startStage(t, {
    page: () => ["text/html; charset=utf-8", '<!doctype html><title>app</title><script type="module" src="/app.js"></script>'],
    files: { "/app.js": () => ["text/javascript; charset=utf-8", script] },
  });
  const page = await stage.context.newPage();
  await page.goto(stage.app.origin + place);
  await page.waitForSelector("#login, #consent");
  await passPages(page, demoPages, (url) => url.startsWith(stage.app.origin));
  await page.waitForFunction(() => globalThis.done);

  const { met, went, length, scope } = await page.evaluate(() => {
    const { pathname, search, hash } = router.state.location;
    return { met: globalThis.met, went: pathname + search + hash, length: history.length, scope: auth.session.scope };
  });
  assert.equal(met.href, `${stage.app.origin}/callback`, "no code, no state");
  assert.deepEqual([went, page.url()], [place, stage.app.origin + place]);
  assert.equal(length, met.length, "no entry of its own in the history");
  assert.match(scope, /openid/);
});

test("without a router the address is the place, once, and a popstate event tells of it", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page, { returnTo: place });
  await page.addScriptTag({ url: "/library/arrival.js", type: "module" });
  await page.waitForFunction(() => globalThis.arrival);
  const outcome = await page.evaluate(async () => {
    const heard = [];
    addEventListener("popstate", () => heard.push(location.pathname + location.search + location.hash));
    const went = [await arrival.goOn(app.auth), await arrival.goOn(app.auth)];
    return { went, heard, state: history.state };
  });
  assert.deepEqual(outcome, { went: [place, null], heard: [place], state: null });
  assert.equal(page.url(), stage.app.origin + place);

  await page.reload();
  await page.addScriptTag({ url: "/library/arrival.js", type: "module" });
  await page.waitForFunction(() => globalThis.arrival);
  assert.notEqual(await page.evaluate(() => app.auth.resume()), null);
  assert.equal(await page.evaluate(() => arrival.goOn(app.auth)), null, "nobody has arrived");
});

test("nothing leads to another origin, whoever says so", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await page.addScriptTag({ url: "/library/arrival.js", type: "module" });
  await page.waitForFunction(() => globalThis.arrival);
  const { origin } = stage.app;
  const hostile = [
    ...["https://evil.example/", "//evil.example/x", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "http:/\\evil.example"],
    ...[
      "javascript:alert(1)",
      "data:text/html,x",
      `blob:${origin}/x`,
      `${origin}//evil.example`,
      "/.//evil.example",
      "/a/..//evil.example",
    ],
    ...[origin.replace("127.0.0.1", "evil@127.0.0.1"), `${origin}.evil.example/`, `${origin}@evil.example/`, "https://", 5, {}],
  ];
  const passed = await page.evaluate(async (targets) => {
    const auth = (given) => ({ resume() {}, arrival: { returnTo: null, appState: null, ...given } });
    const led = [];
    const navigate = (path) => led.push(path);
    for (const returnTo of targets)
      for (const [one, options] of [
        [auth({ returnTo }), { navigate }],
        [auth({ returnTo }), {}],
        [auth(), { navigate, fallback: returnTo }],
      ]) {
        const { error } = await app.outcome(() => arrival.goOn(one, options));
        if (error?.code !== "TOKENKEEP_RETURN_TARGET_REFUSED") led.push([returnTo, error?.code]);
      }
    return led;
  }, hostile);
  assert.deepEqual(passed, []);
  assert.equal(page.url(), `${origin}/`);

  const others = await page.evaluate(async () => {
    const led = [];
    const navigate = async (path) => led.push(path);
    const arrived = (given) => ({ resume() {}, arrival: { returnTo: null, appState: null, ...given } });
    const codes = [];
    for (const [auth, options] of [[null], [arrived(), { navigate: "/x" }]])
      codes.push((await app.outcome(() => arrival.goOn(auth, options))).error?.code);
    await arrival.goOn(arrived({ returnTo: "/x", popup: true }), { navigate });
    await arrival.goOn(arrived(), { navigate, fallback: "/inbox?a#b" });
    await arrival.goOn(arrived({ returnTo: `${location.origin}/here` }), { navigate, fallback: "/inbox" });
    return { led, codes };
  });
  assert.deepEqual(others, { led: ["/inbox?a#b", "/here"], codes: ["TOKENKEEP_AUTH_MISSING", "TOKENKEEP_CONFIG_INVALID"] });
});
