// What keeps the worker or its WebAssembly from starting: each cause is really there, and is named with its cure.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { build } from "vite";

import { installPackage } from "../../scripts/lib/pack.mjs";

import { strictPolicy } from "./support/app-server.mjs";
import { bundles } from "./support/bundles.mjs";
import { resume, resumeInVain, statusOf } from "./support/calls.mjs";
import { startOddBrowser } from "./support/odd-browser.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage, workerModes } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const withoutWasm = strictPolicy.replace(" 'wasm-unsafe-eval'", "");

/** Serves the holder's script with headers of its own. */
const holderWith = async (headers) => {
  const { scripts } = await bundles();
  const all = { "content-type": "text/javascript", ...headers };
  return { "/holder.js": (_, response) => response.writeHead(200, all).end(scripts.holder) };
};

/** What the app is told, wherever its holder is. */
const refusal = (page) => page.evaluate(() => globalThis.refusal ?? app.outcome(() => app.auth.resume()).then(({ error }) => error));

/** What calls of the page come to that nobody can answer. */
const calls = (page, url) =>
  page.evaluate(async (href) => {
    const wanted = [() => app.auth.resume(), () => app.auth.signIn(), () => app.auth.fetch(href), () => app.auth.stats()];
    return Promise.all(wanted.map(async (call) => (await app.outcome(call)).error?.code));
  }, url);

for (const mode of workerModes) {
  test(`${mode}: a worker that worker-src forbids is named with its URL (TOKENKEEP_WORKER_BLOCKED)`, async (t) => {
    const stage = await startStage(t, { mode, policy: strictPolicy.replace("worker-src 'self'", "worker-src 'none'") });
    const page = await stage.open();
    const { error } = await resume(page);

    assert.equal(error.code, "TOKENKEEP_WORKER_BLOCKED");
    assert.match(error.message, /has forbidden http:\/\/127\.0\.0\.1:\d+\/holder\.js.*worker-src/);
    assert.deepEqual(await calls(page, stage.v1("files")), Array(4).fill("TOKENKEEP_WORKER_BLOCKED"));
  });

  const scripts = {
    "is not there": (_, response) => response.writeHead(404).end(),
    "is a page": (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>app</h1>"),
    "is elsewhere": (request, response) =>
      response.writeHead(302, { location: `http://localhost:${request.socket.localPort}/holder.js` }).end(),
    "imports what is not there": (_, response) => response.writeHead(200, { "content-type": "text/javascript" }).end('import "./none.js";'),
  };
  for (const [name, answer] of Object.entries(scripts)) {
    test(`${mode}: a worker whose script ${name} (TOKENKEEP_WORKER_BLOCKED)`, async (t) => {
      const none = (_, response) => response.writeHead(404).end();
      const stage = await startStage(t, { mode, holder: "/odd.js", routes: { "/odd.js": answer, "/none.js": none } });
      const { error } = await resumeInVain(stage);

      assert.equal(error.code, "TOKENKEEP_WORKER_BLOCKED", error.message);
      assert.match(error.message, /URL.*JavaScript type.*redirect/);
      assert.equal(/same options/.test(error.message), mode === "shared");
    });
  }

  test(`${mode}: a worker whose script throws before hold() is not called blocked (TOKENKEEP_HOLDER_FAILED)`, async (t) => {
    const throwing = (_, response) => response.writeHead(200, { "content-type": "text/javascript" }).end("throw new Error('canary')");
    const stage = await startStage(t, { mode, holder: "/odd.js", routes: { "/odd.js": throwing } });
    const { error } = await resumeInVain(stage);

    assert.equal(error.code, "TOKENKEEP_HOLDER_FAILED");
    assert.match(error.message, /threw an error before it called hold\(\)/);
    assert.doesNotMatch(error.message, /canary/);
  });

  test(`${mode}: the worker's own policy counts for WebAssembly (TOKENKEEP_WASM_BLOCKED)`, async (t) => {
    const routes = await holderWith({ "content-security-policy": withoutWasm });
    const stage = await startStage(t, { mode, routes });
    const { error } = await resume(await stage.open());
    assert.equal(error.code, "TOKENKEEP_WASM_BLOCKED");
    assert.match(error.message, /'wasm-unsafe-eval'.*response with the worker's own script/);

    const other = await startStage(t, { mode, policy: withoutWasm, routes: await holderWith({ "content-security-policy": strictPolicy }) });
    assert.ok(await signIn(await other.open()), "the page's own doesn't");
  });
}

test("page: the page's policy counts for WebAssembly (TOKENKEEP_WASM_BLOCKED)", async (t) => {
  const stage = await startStage(t, { mode: "page", policy: withoutWasm });
  const error = await refusal(await stage.open());
  assert.equal(error.code, "TOKENKEEP_WASM_BLOCKED");
  assert.match(error.message, /allow 'wasm-unsafe-eval' in script-src/);
});

test("a browser that has WebAssembly turned off is told from a policy (TOKENKEEP_WASM_UNAVAILABLE)", async (t) => {
  const switches = ["--js-flags=--jitless"];
  for (const mode of modes) {
    const stage = await startStage(t, { mode, context: await startOddBrowser(t, { switches }) });
    const page = await stage.open();
    assert.equal(await page.evaluate(() => typeof WebAssembly), "undefined");
    const error = await refusal(page);
    assert.equal(error.code, "TOKENKEEP_WASM_UNAVAILABLE", mode);
    assert.match(error.message, /WebAssembly.*for this site/);
  }
});

test("a worker on another origin can't be made: calls say so, and the page lives (TOKENKEEP_WORKER_BLOCKED)", async (t) => {
  const stage = await startStage(t, { mode: "made", holder: "https://cdn.example/holder.js" });
  const page = await stage.open();
  assert.deepEqual(await calls(page, stage.v1("files")), Array(4).fill("TOKENKEEP_WORKER_BLOCKED"));
  assert.match((await resume(page)).error.message, /SecurityError.*cdn\.example.*origin/);
});

test("a browser without SharedWorker is told so by every call, and the page lives (TOKENKEEP_SHARED_WORKER_MISSING)", async (t) => {
  const context = await startOddBrowser(t, { switches: ["--disable-shared-workers"] });
  const stage = await startStage(t, { mode: "made", context });
  const page = await stage.open();
  assert.equal(await page.evaluate(() => typeof SharedWorker), "undefined");

  assert.deepEqual(await calls(page, stage.v1("files")), Array(4).fill("TOKENKEEP_SHARED_WORKER_MISSING"));
  const { error } = await resume(page);
  assert.equal(error.name, "TokenKeepError");
  assert.match(error.message, /a Worker of the same file/);
  assert.deepEqual(await page.evaluate(() => [app.auth.session, app.auth.arrival]), [null, null]);
  await page.evaluate(() => app.auth.close());
});

test("the documented fallback to a Worker signs in where SharedWorker is missing, and is shared elsewhere", async (t) => {
  const context = await startOddBrowser(t, { switches: ["--disable-shared-workers"] });
  for (const more of [{ context }, {}]) {
    const stage = await startStage(t, { mode: "either", ...more });
    const page = await stage.open();
    assert.ok(await signIn(page));
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    const other = await stage.open();
    assert.equal((await resume(other)).value === null, "context" in more);
  }
});

/** Bundles the documented recipe with a holder as an application would. Resolves to the scripts by the start of their names. */
async function bundleRecipe(t) {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-recipe-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const text = await readFile(new URL("../../docs/diagnosis.md", import.meta.url), "utf8");
  const [, recipe] = text.match(/```js\n(import \{ connect \}.*?)```/s);
  await cp(await installPackage(import.meta.dirname), join(folder, "node_modules", "tokenkeep"), { recursive: true });
  await writeFile(join(folder, "app.js"), `${recipe}\nglobalThis.auth = auth;`);
  await writeFile(join(folder, "index.html"), '<script type="module" src="./app.js"></script>');
  await writeFile(join(folder, "holder.js"), 'import { hold } from "tokenkeep/holder";\nhold({ issuer: "https://as.example" });');
  const { output } = await build({ root: folder, logLevel: "silent", worker: { format: "es" }, build: { write: false } });
  return output;
}

test("a bundler sees both workers of the documented fallback", async (t) => {
  const output = await bundleRecipe(t);
  const holders = output.filter(({ fileName }) => /holder-[\w-]+\.js$/.test(fileName));
  assert.equal(holders.length, 1, output.map(({ fileName }) => fileName).join());
  const page = output.find(({ fileName }) => /index-[\w-]+\.js$/.test(fileName)).code;
  assert.equal(page.split(holders[0].fileName).length - 1, 2, "both are given its name");
  assert.doesNotMatch(page, /["'`]\.\/holder\.js/);
});
