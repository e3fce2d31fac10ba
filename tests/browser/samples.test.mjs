// The lines of docs/security/headers.md that go into an app and its servers, used as they stand there.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "esbuild";

import { root } from "../../scripts/lib/paths.mjs";
import { advised, filled, middleware, sets, snippet } from "./support/advice.mjs";
import { bundles } from "./support/bundles.mjs";
import { inPlace } from "./support/places.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const script = "text/javascript; charset=utf-8";
const installed = fileURLToPath(new URL("node_modules", import.meta.url));

/** A stage whose app has the advised headers, and the holder where they want it. */
async function startAdvised(t) {
  const stage = await startStage(t, { files: {}, routes: { "/reports": (_, response) => response.writeHead(204).end() } });
  const { app, authorizationServer, api, shown } = stage;
  Object.assign(shown.files, inPlace((await bundles()).scripts.holder, shown));
  shown.headers = advised({ app: app.origin, authorizationServer: authorizationServer.issuer, apis: [api.origin] });
  return stage;
}

/** The two files of the README, with the hosts of this stage. */
async function readmeFiles({ app, authorizationServer, api }) {
  const readme = await readFile(join(root, "pkg-template", "README.md"), "utf8");
  const [holder, page] = [...readme.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code);
  const own = (text) => filled(text, { app: app.origin, authorizationServer: authorizationServer.issuer, apis: [api.origin] });
  return { holder: own(holder).replace("my-spa", "tokenkeep-demo"), page: own(page) };
}

/** What the document's command makes of a holder's file. */
async function built(t, holder) {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "holder.js"), holder);
  const [npx, program, ...args] = snippet("sh build").trim().split(" ");
  assert.equal(npx, "npx");
  await promisify(execFile)(join(root, "node_modules", ".bin", program), args, {
    cwd: folder,
    env: { ...process.env, NODE_PATH: installed },
  });
  return readFile(join(folder, "public", "tokenkeep", "holder.js"), "utf8");
}

/** As a bundler would, with the package installed. */
async function bundled(text) {
  const stdin = { contents: text, resolveDir: fileURLToPath(new URL(".", import.meta.url)) };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "esm", target: "es2022", logLevel: "silent" });
  return outputFiles[0].text;
}

test("the README's app signs in under the advised headers with the document's lines for its worker (SAFE-2, SAFE-4)", async (t) => {
  const stage = await startAdvised(t);
  const { holder, page: code } = await readmeFiles(stage);
  const statement = /^const auth = connect\([^]*?^\);$/m;
  assert.match(code, statement);
  const app = await bundled(
    `${code.replace(statement, () => `${snippet("js app.js")}\nconst auth = connect(makeWorker);`)}\nglobalThis.answered = response.status;`,
  );
  const file = await built(t, holder);
  Object.assign(stage.shown.files, { "/app.js": () => [script, app], "/tokenkeep/holder.js": () => [script, file] });
  const page = await stage.open();
  // The app goes on by itself at once, so nobody meets it at the redirection URI.
  await page.fill("#login input[name=login]", "ada");
  await page.click("#login button[type=submit]");
  await page.click("#consent button[name=consent]");

  assert.equal(await until(() => page.evaluate(() => globalThis.answered).catch(() => null), "the answer"), 200);
});

test("the README's own statement is what trusted types refuse (SAFE-2)", async (t) => {
  const stage = await startAdvised(t);
  const { page: code } = await readmeFiles(stage);
  const app = await bundled(code);
  stage.shown.files["/app.js"] = () => [script, app];
  const refused = stage.context.waitForEvent("weberror");
  await stage.open();

  assert.match((await refused).error().message, /TrustedScriptURL/);
});

/** A page of the app's origin with the policy of one, that has the headers page's lines for `app.js` and nothing else. */
async function openSample(t) {
  const stage = await startAdvised(t);
  const html = '<!doctype html><title>trusted types</title><script type="module" src="/made.js"></script>';
  const code = `${snippet("js app.js")}\nglobalThis.made = { worker: makeWorker(), policy };`;
  Object.assign(stage.shown.files, { "/made": () => ["text/html", html], "/made.js": () => ["text/javascript", code] });
  const page = await stage.context.newPage();
  await page.goto(`${stage.app.origin}/made`);
  return page;
}

test("the policy that the document has for trusted types makes the worker's URL and no other (SAFE-2)", async (t) => {
  const page = await openSample(t);
  const tried = await page.evaluate(() => {
    const attempt = (work) => {
      try {
        return String(work());
      } catch ({ name }) {
        return name;
      }
    };
    const { worker, policy } = globalThis.made;
    const urls = ["/tokenkeep/holder.js", "//evil.test/tokenkeep/holder.js", "blob:x", "/tokenkeep/holder.js?x"];
    return [String(worker), ...urls.map((url) => attempt(() => policy.createScriptURL(url)))];
  });

  assert.deepEqual(tried, ["[object SharedWorker]", "/tokenkeep/holder.js", "TypeError", "TypeError", "TypeError"]);
});

test("as the document says, that policy can't be made twice in a realm, and can in a fresh one, whose URLs count (SAFE-2, SW-3)", async (t) => {
  const page = await openSample(t);
  const tried = await page.evaluate(async () => {
    const made = (realm) => realm.trustedTypes.createPolicy("tokenkeep", { createScriptURL: (url) => url });
    const nameOf = (work) => {
      try {
        return work() && "made";
      } catch ({ name }) {
        return name;
      }
    };
    const again = nameOf(() => made(globalThis));
    const frame = document.body.appendChild(document.createElement("iframe"));
    const foreign = made(frame.contentWindow);
    const register = (url) =>
      navigator.serviceWorker.register(foreign.createScriptURL(url)).then(
        ({ scope }) => new URL(scope).pathname,
        ({ name }) => name,
      );
    return {
      again,
      plain: nameOf(() => new Worker("/app.js")),
      worker: nameOf(() => new Worker(foreign.createScriptURL("/app.js"))),
      registered: await register("/app.js"),
      holder: await register("/tokenkeep/holder.js"),
    };
  });

  // A TypeError is trusted types'; what remains is up to worker-src, and to the server, which refuses nothing here.
  assert.deepEqual(tried, { again: "TypeError", plain: "TypeError", worker: "made", registered: "SecurityError", holder: "/tokenkeep/" });
});

test("the samples for servers have the very policies of the sets (SAFE-4)", async () => {
  const policies = ["pages", "worker", "own", "others"].map((name) => sets[name]["Content-Security-Policy"]);
  const same = Object.entries({ ...sets.pages, ...sets.others }).filter(([name]) => name !== "Content-Security-Policy");
  for (const name of ["nginx", "caddyfile", "js headers.js"]) {
    const code = snippet(name);
    assert.deepEqual(
      policies.filter((policy) => !code.includes(`"${policy}"`)),
      [],
      name,
    );
    for (const [header, value] of same) assert.match(code, new RegExp(`${header}\\W+${value}`), name);
  }
});

test("the middleware of the document gives each response its set, and refuses the scripts of service workers (SAFE-4, SW-3)", async () => {
  const { headers } = await middleware();
  const headersOf = (url, sent = {}) => {
    const given = {};
    const response = { setHeader: (name, value) => (given[name] = value), end: () => (given.ended = response.statusCode) };
    headers({ url, headers: sent }, response, () => (given.next = "called"));
    return given;
  };
  const [more, next] = [{ "Cross-Origin-Embedder-Policy": "require-corp", Vary: "Service-Worker" }, { next: "called" }];
  assert.deepEqual(headersOf("/"), { ...sets.pages, ...more, ...next });
  assert.deepEqual(headersOf("/callback?code=x&state=y.z"), { ...sets.pages, ...sets.callback, ...more, ...next });
  assert.deepEqual(headersOf("/tokenkeep/holder.js?v=1"), { ...sets.worker, "Cross-Origin-Opener-Policy": "same-origin", ...next });
  const asking = { "service-worker": "script" };
  for (const url of ["/app.js", "/uploads/a.html", "/app/picture.svg", "/toString"]) {
    assert.deepEqual(headersOf(url), { ...sets.others, ...more, ...next });
    assert.deepEqual(headersOf(url, asking), { ...sets.others, ...more, ended: 403 });
  }
});
