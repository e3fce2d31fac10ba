// The recipe of docs/own-origin.md as it stands: the folder, the commands, the headers, and the files for servers.

import assert from "node:assert/strict";

import { statusOf } from "./support/calls.mjs";
import { leave, passPopup, signIn } from "./support/own-origin.mjs";
import { clickSignIn, endOfSignIn } from "./support/popup.mjs";
import { files, hosts, sets, shown, startRecipe } from "./support/recipe.mjs";
import { staticHosts } from "./support/static-host.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const embedder = "Cross-Origin-Embedder-Policy";
/** What the app's pages may have of it: the document's set, another value, or none. */
const appsWith =
  (value) =>
  ({ [embedder]: _, ...headers }) => ({ ...headers, ...(value && { [embedder]: value }) });

/** What is asked for, and the sets that the answer must have. */
const kinds = {
  "/frame": "frame",
  "/callback": "callback",
  "/callback?code=c&state=s": "callback",
  "/holder.js": "holder",
  "/door.js": "others",
  "/tokenkeep/holder.js": "others",
  "/tokenkeep/serve.js": "others",
  "/tokenkeep/more.js": "others",
};
const elsewhere = [
  "/",
  "/none",
  "/callback/",
  "/callback.html?code=c",
  "/frame.html",
  "/frame/",
  "/tokenkeep",
  "/tokenkeep/",
  "/callback/index.html",
  "/nginx.conf",
  "/_headers",
];

test("the document shows the files as they are, and both pages have the one script and nothing else (OWN-9)", () => {
  assert.equal(shown("js holder.js"), files["holder.js"]);
  assert.equal(shown("js door.js"), files["door.js"]);
  for (const name of ["frame.html", "callback.html"]) {
    assert.equal(shown("html frame.html callback.html"), files[name]);
    assert.deepEqual(files[name].match(/<script[^]*?<\/script>/g), ['<script type="module" src="/door.js"></script>']);
  }
});

test("the policies are the strictest: nothing inline, no wildcard, and each script by its URL (OWN-9)", () => {
  for (const [name, { "Content-Security-Policy": policy }] of Object.entries(sets)) {
    if (!policy) continue;
    assert.match(policy, /^default-src 'none';.* base-uri 'none';.*frame-ancestors /, name);
    assert.doesNotMatch(policy, /'unsafe-|strict-dynamic|\*|data:|blob:|https?:[ ;]/, name);
    if (name !== "app") assert.doesNotMatch(policy, /'self'/, name);
  }
  assert.match(sets.frame["Content-Security-Policy"], /frame-ancestors https:\/\/app\.example\.com;/);
  assert.doesNotMatch(sets.app["Content-Security-Policy"], /wasm|as\.example|api\.example/);
});

for (const [host, why] of Object.entries(hosts)) {
  test(`${host}: every file has the headers of what it is, and is allowed to no origin (OWN-9)`, async (t) => {
    if (why) return t.skip(why);
    const { stage, named } = await startRecipe(t, { host });
    for (const [path, kind] of Object.entries(kinds)) {
      const response = await ask(stage.home.plainOrigin + path, { headers: { origin: stage.app.origin } });
      assert.equal(response.status, 200, path);
      assertHas(response, { ...sets.all, ...sets[kind] }, named);
      assert.deepEqual(
        [...response.headers.keys()].filter((name) => name.startsWith("access-control-")),
        [],
        path,
      );
    }
  });

  test(`${host}: nothing else is there, and nothing leads away from the callback (OWN-9)`, async (t) => {
    if (why) return t.skip(why);
    const { stage, named } = await startRecipe(t, { host });
    const origin = stage.home.plainOrigin;
    if (staticHosts[host]) return assertStays(origin);
    for (const path of elsewhere) {
      const response = await ask(origin + path);
      assert.match(String(response.status), /^4/, path);
      assertHas(response, path.includes(".html") ? sets.all : { ...sets.all, ...sets.others }, named);
    }
    for (const path of [...Object.keys(kinds), "/none"])
      assert.equal((await ask(origin + path, { headers: { "service-worker": "script" } })).status, 403, path);
  });

  test(`${host}: all works under these headers, and nothing violates them (OWN-9)`, async (t) => {
    if (why) return t.skip(why);
    const { stage, reports } = await startRecipe(t, { host });
    const page = await useEverything(stage);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    await assertSilent(stage, page, reports);
  });
}

for (const value of [null, "credentialless"]) {
  test(`all works where the app's COEP is ${value ?? "absent"} (OWN-9)`, async (t) => {
    const { stage, reports } = await startRecipe(t, { app: appsWith(value) });
    const page = await useEverything(stage);
    assert.equal(await page.evaluate(() => crossOriginIsolated), value !== null);
    await assertSilent(stage, page, reports);
  });
}

const ancestors = "frame-ancestors https://app.example.com";
const blocked = {
  "absent, and another app may frame it": [null, ancestors, "frame-ancestors https://other.example.com"],
  "require-corp, and the frame page has none": ["require-corp", `  ${embedder}: require-corp\n`, ""],
  "require-corp, and the frame page is for its own origin": ["require-corp", "Resource-Policy: same-site", "Resource-Policy: same-origin"],
  "credentialless, and the frame page has none": ["credentialless", `  ${embedder}: require-corp\n`, ""],
};
for (const [name, [value, part, instead]] of Object.entries(blocked)) {
  test(`the browser blocks the frame where the app's COEP is ${name} (OWN-9)`, async (t) => {
    const change = (file, text) => (file === "_headers" ? replaced(text, part, instead) : text);
    const { stage } = await startRecipe(t, { app: appsWith(value), change });
    const failed = stage.context.waitForEvent("requestfailed");
    await stage.open();
    assert.match((await failed).failure().errorText, /BLOCKED_BY_RESPONSE/);
  });
}

test("an app whose policy forgets the frame is told so (OWN-9)", async (t) => {
  const app = ({ "Content-Security-Policy": policy, ...headers }) => ({
    ...headers,
    "Content-Security-Policy": replaced(policy, "frame-src https://auth.example.com; ", ""),
  });
  const { stage } = await startRecipe(t, { app });
  const page = await stage.open();
  const { error } = await page.evaluate(() => globalThis.app.outcome(() => globalThis.app.auth.resume()));
  assert.equal(error.code, "TOKENKEEP_FRAME_BLOCKED");
  assert.ok(error.message.includes(`add ${stage.home.origin} to frame-src`));
});

test("the folder that a bundler makes works under the same headers (OWN-9)", async (t) => {
  const { stage, reports } = await startRecipe(t, { bundled: true });
  const page = await useEverything(stage);
  await assertSilent(stage, page, reports);
  assert.equal((await ask(`${stage.home.plainOrigin}/tokenkeep/holder.js`)).status, 404);
});

test("the folder works in development, by Vite's preview on a port of its own (OWN-9)", async (t) => {
  const { stage } = await startRecipe(t, {
    host: "Vite",
    app: () => ({ "Content-Security-Policy": "default-src 'self'; frame-src https://auth.example.com" }),
  });
  const page = await stage.open("/inbox");
  assert.equal((await signIn(page)).claims.sub, "ada");
  assert.equal(await statusOf(page, stage.v1("files")), 200);
});

/** Signs in, calls, reloads, refreshes, and goes through a popup and both ways to sign out; is signed in at the end. */
async function useEverything(stage) {
  const page = await stage.open("/inbox?a=b#c");
  assert.equal(await page.evaluate(() => app.auth.resume()), null);
  assert.equal((await signIn(page)).claims.sub, "ada");
  assert.equal(page.url(), `${stage.app.origin}/inbox?a=b#c`);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  await page.reload();
  assert.equal((await page.evaluate(() => app.auth.resume())).claims.sub, "ada");
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.deepEqual([stage.counts.exchanges, stage.counts.refreshed], [1, 1]);
  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });
  await signInByPopup(page);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  return endSession(stage);
}

/** From a tab of its own, which is signed in at the end. */
async function endSession(stage) {
  const page = await stage.open("/again");
  assert.notEqual(await page.evaluate(() => app.auth.resume()), null);
  await leave(page, { endSession: true, returnTo: "/bye-bye" }, "signOut");
  await page.click("#logout button[name=logout]");
  await page.waitForURL(`${stage.app.origin}/bye-bye`);
  await page.waitForFunction(() => globalThis.app);
  assert.equal(await page.evaluate(() => app.auth.resume()), null);
  assert.equal((await page.evaluate(() => app.auth.arrival)).signedOut, true);
  await signInByPopup(page);
  return page;
}

async function signInByPopup(page) {
  const popup = await clickSignIn(page);
  await passPopup(popup);
  const { value, error } = await endOfSignIn(page);
  assert.equal(value?.claims.sub, "ada", error?.message);
}

/** The only violations are those of the control, which come last: one wherever there is a policy. */
async function assertSilent(stage, page, reports) {
  assert.deepEqual(reports, []);
  const forbidden = (place) => place.evaluate(() => fetch("https://forbidden.invalid/").catch(() => {}));
  await forbidden(page);
  await forbidden(page.frames().find((frame) => frame.url().startsWith(stage.home.origin)));
  const callback = await stage.context.newPage();
  await callback.goto(`${stage.home.origin}/callback`);
  await forbidden(callback);
  await page.evaluate((url) => app.send(url).catch(() => {}), stage.probed("x"));
  const expected = ["/bye-bye", "/callback", "/frame", "/holder.js"].map((path) => `${path}: connect-src`);
  await until(() => reports.length >= expected.length, `the violations of the control, of which came ${reports}`);
  assert.deepEqual([...reports].sort(), expected);
}

/** These have redirects of their own, from one spelling of a path to another. */
async function assertStays(origin) {
  for (const path of elsewhere) {
    const { headers } = await ask(origin + path);
    assert.equal(new URL(headers.get("location") ?? "/", origin).origin, origin, path);
  }
  assert.equal((await ask(`${origin}/none`)).status, 404);
}

const ask = (url, init) => fetch(url, { redirect: "manual", ...init });

function assertHas({ url, headers }, expected, named) {
  const got = Object.fromEntries(Object.keys(expected).map((name) => [name, headers.get(name)?.replace("; report-uri /reports", "")]));
  assert.deepEqual(got, Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, named(value)])), url);
}

function replaced(text, part, instead) {
  assert.ok(text.includes(part), `there is no ${part}`);
  return text.replaceAll(part, instead);
}
