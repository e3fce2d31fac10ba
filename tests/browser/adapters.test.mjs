// The apps of examples/ in each framework: signed in, signed out and refused, in a real browser.

import assert from "node:assert/strict";
import { join } from "node:path";

import { root } from "../../scripts/lib/paths.mjs";
import { readJson } from "../../scripts/lib/run.mjs";
import { endSharedWorker } from "./support/ending.mjs";
import { builtExample, startExample, takenFrom } from "./support/examples.mjs";
import { demoPages, passPages } from "./support/sign-in.mjs";
import { test } from "./support/test.mjs";

// React mounts twice in StrictMode only while it is developed with.
const developed = { define: { "process.env.NODE_ENV": '"development"' } };
const folder = join(root, "tests", "earlier");
// Angular's own start of an app imports it, up to version 20.
const zone = { name: "zone", transform: (code, id) => (id.endsWith("main.ts") ? `import "zone.js";${code}` : null) };
// Angular's templates are compiled in the browser here.
const compiled = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'; worker-src 'self'; connect-src http:";

const apps = {
  react: () => builtExample("react", developed),
  vue: () => builtExample("vue"),
  svelte: () => builtExample("svelte"),
  angular: () => builtExample("angular"),
};
// Vue's own plugin has Vite take it from the root, unless it is given as a path.
const vue34 = { resolve: { alias: { vue: join(folder, "node_modules", "vue") } } };
const earlier = {
  "react 18": () => builtExample("react", { ...developed, plugins: [takenFrom(folder, /^react(-dom)?(\/|$)/)] }),
  "vue 3.4": () => builtExample("vue", { ...vue34, plugins: [takenFrom(folder, /^vue-router$/)] }),
  "angular 21": () => builtExample("angular", { plugins: [takenFrom(join(folder, "angular21"), /^(@angular\/|rxjs)/)] }),
  "angular 20": () => builtExample("angular", { plugins: [takenFrom(folder, /^(@angular\/|rxjs|zone\.js)/), zone] }),
};
const place = "/files/a%20b?sort=name&by=ada%26co#newest";
const signedIn = (page) => page.waitForSelector("text=Sign out ada");
const responseIn = /[?&](code|state|iss|error)=/;

/** Opens `path`; what goes wrong in the page without anybody seeing it is an error here. */
async function open(stage, path) {
  const page = await stage.context.newPage();
  page.uncaught = [];
  page.asked = [];
  page.on("request", (request) => new URL(request.url()).pathname === "/auth" && page.asked.push(request.url()));
  page.on("pageerror", (error) => page.uncaught.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.uncaught.push(message.text()));
  await page.goto(stage.app.origin + path);
  return page;
}

for (const [name, app] of Object.entries({ ...apps, ...earlier })) {
  const start = async (t) => startExample(t, await app(), name.startsWith("angular") ? { policy: compiled } : {});

  test(`${name}: a guard sends to sign in, once, and back to the place with query and fragment; other tabs see the end`, async (t) => {
    const stage = await start(t);
    const page = await open(stage, place);
    // Without a router nothing guards the first page.
    if (name === "svelte") await page.click("text=Sign in");
    await page.waitForSelector("#login");
    await passPages(page, demoPages, (url) => url.startsWith(stage.app.origin));
    await signedIn(page);
    assert.equal(page.url(), stage.app.origin + place);
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify(history.state)), responseIn);
    assert.deepEqual([page.asked.length, stage.grants.length], [1, 1]);
    if (name.startsWith("angular")) await page.waitForSelector("text=bailey.txt");

    // As browsers do whose workers end with their pages.
    await page.goto("about:blank");
    await endSharedWorker(page, stage.app);
    await page.goto(stage.app.origin + place);
    await signedIn(page);
    assert.equal(page.url(), stage.app.origin + place);
    assert.deepEqual([page.asked.length, stage.grants.length], [2, 2], "a reload is a quick visit");

    const other = await open(stage, "/elsewhere");
    await signedIn(other);
    await other.click("text=Sign out ada");
    for (const one of [other, page]) await one.waitForSelector("text=Sign in");
    assert.equal(await page.isVisible("text=Sign out ada"), false);
    assert.equal(page.url(), stage.app.origin + place);
    assert.deepEqual([...page.uncaught, ...other.uncaught], []);
  });

  test(`${name}: what resume() is rejected with is shown, nobody is sent away for it, and the response leaves the address`, async (t) => {
    const stage = await start(t);
    const page = await open(stage, `/callback?error=access_denied&state=${"s".repeat(43)}`);
    await page.waitForSelector("[role=alert]");
    assert.match(await page.textContent("[role=alert]"), /sign-in|signIn/);
    assert.doesNotMatch(page.url(), responseIn);
    assert.ok(page.url().startsWith(stage.app.origin));
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify(history.state)), responseIn);
    assert.deepEqual([page.uncaught, page.asked], [[], []]);
  });
}

// A stand-in for what the server sends back: where a session ends at once, nothing does so at the tests' bidding.
const arriving = (arrival) => ({
  name: `arriving with ${arrival}`,
  transform: (code, id) =>
    id.endsWith("auth.js") && code.includes("connect(") ? `${code}Object.defineProperty(auth, "arrival", { value: ${arrival} });` : null,
});

for (const [arrival, outcome] of Object.entries({
  "{ signedOut: true }": "button",
  "{ returnTo: null }": "button",
  "{ silent: true }": "#login",
}))
  test(`react: a guard meets who is back without a session, with ${arrival}, by ${outcome}`, async (t) => {
    const stage = await startExample(t, await builtExample("react", { ...developed, plugins: [arriving(arrival)] }));
    const page = await open(stage, place);
    await page.waitForSelector(outcome);
    assert.deepEqual([page.asked.length, page.uncaught], [outcome === "button" ? 0 : 1, []]);
  });

test("the earlier versions are what the apps have in them, and not the newest", async () => {
  for (const [name, [main, place]] of Object.entries({
    "react 18": ["react-dom"],
    "vue 3.4": ["vue"],
    "angular 21": ["@angular/core", "angular21"],
    "angular 20": ["@angular/core"],
  })) {
    const texts = Object.values(await earlier[name]()).join("");
    const [wanted, newest] = [join(folder, place ?? ""), root].map((from) => readJson(join(from, "package.json")).devDependencies[main]);
    assert.deepEqual([texts.includes(wanted), texts.includes(newest)], [true, false], name);
  }
});
