// The holder as one file in a public folder: a configuration, and below it the package's standalone.js. No bundler sees it, and
// its address stays over deployments. Everything under the headers of docs/security/headers.md.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { send as answer, readBody } from "../../www/server/http.mjs";
import { advised, filled, snippet } from "./support/advice.mjs";
import { apart, library } from "./support/bundles.mjs";
import { events, resume, statusOf } from "./support/calls.mjs";
import { holderPlace } from "./support/places.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const script = "text/javascript; charset=utf-8";
const map = JSON.stringify({ imports: { tokenkeep: "/vendor/tokenkeep/index.js", "tokenkeep/": "/vendor/tokenkeep/" } });
const page = (head, src) => `<!doctype html><title>app</title>${head}<script type="module" src="${src}"></script>`;

/** By name: the script of an app, and the files that it imports. */
const ways = {
  "bundled by esbuild": async () => ({ app: await library("standalone"), files: {} }),
  "without a bundler": () => unbundled(),
  "by an import map": async () => {
    const { app, files } = await unbundled();
    return { app: app.replaceAll(/"\/vendor\/tokenkeep\/(\w+)\.js"/g, nameOf), files, head: `<script type="importmap">${map}</script>` };
  },
};

async function unbundled() {
  const { "/standalone.js": app, ...files } = await apart(["standalone"], "/vendor/tokenkeep");
  return { app, files };
}

const nameOf = (_, file) => (file === "index" ? '"tokenkeep"' : `"tokenkeep/${file}.js"`);

/** The holder's file as the document's command makes it. */
async function holderFile(configuration) {
  const installed = await installPackage(import.meta.dirname);
  assert.match(
    snippet("sh standalone"),
    /^cat configuration\.js node_modules\/tokenkeep\/standalone\.js > public\/tokenkeep\/holder\.js$/m,
  );
  return configuration + (await readFile(join(installed, "standalone.js"), "utf8"));
}

/**
 * A stage with an app under the advised headers, and what they were violated by in `said`. `deploy` serves the app's script under
 * another name, as bundlers do, and the former is gone.
 */
async function startSite(t, { app: text, files, head = "" }) {
  const said = [];
  const take = async (request, response) => {
    said.push(await readBody(request).then(String));
    answer(response, 204, "");
  };
  const stage = await startStage(t, { holder: holderPlace, files: {}, routes: { "/reports": take } });
  const { app, authorizationServer, api, shown } = stage;
  const hosts = { app: app.origin, authorizationServer: authorizationServer.issuer, apis: [api.origin] };
  const headersOf = advised(hosts);
  const hash = `'sha256-${createHash("sha256").update(map).digest("base64")}'`;
  shown.headers = (path) => {
    const headers = headersOf(path);
    if (head)
      headers["content-security-policy"] = headers["content-security-policy"].replace("script-src 'self'", `script-src 'self' ${hash}`);
    return headers;
  };
  const file = await holderFile("");
  stage.holder = (configuration = `const configuration = ${shown.config};\n`) => configuration + file;
  stage.deploy = (name, app) => {
    const scripts = Object.entries({ ...files, [name]: app }).map(([path, body]) => [path, () => [script, body]]);
    const html = () => ["text/html; charset=utf-8", page(head, name)];
    shown.files = { ...Object.fromEntries(scripts), [holderPlace]: () => [script, stage.holder()], "/": html, "/callback": html };
  };
  stage.deploy("/app-1.js", text);
  return { stage, said, hosts };
}

for (const [way, make] of Object.entries(ways))
  test(`${way}: signed in and calling under the advised headers, and so it stays when the app is deployed anew (SAFE-2)`, async (t) => {
    const site = await make();
    const { stage, said } = await startSite(t, site);
    const old = await stage.open();
    await signIn(old);
    assert.equal(await statusOf(old, stage.v1("files")), 200);
    await old.reload();
    assert.ok((await resume(old)).value);

    stage.deploy("/app-2.js", `${site.app}\nglobalThis.version = 2;`);
    const fresh = await stage.open();
    assert.equal(await fresh.evaluate(() => globalThis.version), 2);
    assert.ok((await resume(fresh)).value, "the session is the new page's too");
    for (const tab of [old, fresh]) assert.equal(await statusOf(tab, stage.v1("files")), 200);
    assert.equal(stage.counts.exchanges, 1);
    assert.deepEqual(said, []);
  });

test("pages hear when the file of the holder is another, such as after an update of the package", async (t) => {
  const { stage } = await startSite(t, await ways["bundled by esbuild"]());
  const old = await stage.open();
  await signIn(old);
  const { holder } = stage;
  stage.holder = () => holder().replace("/* tokenkeep ", "/* tokenkeep 99.");
  await until(async () => {
    const fresh = await stage.open();
    assert.ok((await resume(fresh)).value);
    return (await events(old, "outdated")).length > 0;
  }, "the news");
});

/** What `resume()` is rejected with in a page of a site where something is amiss. */
async function refusal(t, amiss) {
  const { stage } = await startSite(t, await ways["bundled by esbuild"]());
  amiss(stage);
  return (await resume(await stage.open())).error;
}

/** Has this text in the place of the configuration. */
const configured = (text) => (stage) => {
  const { holder } = stage;
  stage.holder = () => holder(text);
};

test("a file without a configuration, or with a wrong one, says so to every page", async (t) => {
  const missing = await refusal(t, configured(""));
  assert.equal(missing.code, "TOKENKEEP_CONFIG_INVALID");
  assert.match(missing.message, /const configuration/);
  const wrong = await refusal(t, configured("const configuration = { issuer: 1 };\n"));
  assert.equal(wrong.code, "TOKENKEEP_CONFIG_INVALID");
  assert.equal(wrong.option, "issuer");
});

test("a policy that the page may not make is named, with its cure (SAFE-2)", async (t) => {
  const other = ({ shown }) => {
    const { headers } = shown;
    shown.headers = (path) => ({
      ...headers(path),
      "content-security-policy": headers(path)["content-security-policy"].replace("trusted-types tokenkeep", "trusted-types another"),
    });
  };
  const { code, message } = await refusal(t, other);
  assert.equal(code, "TOKENKEEP_WORKER_BLOCKED");
  assert.match(message, /policy tokenkeep: list it in trusted-types/);
});

test("holderAt() takes URLs of this origin, and makes the same worker each time; without SharedWorker it makes a Worker", async (t) => {
  const { stage, hosts } = await startSite(t, await ways["bundled by esbuild"]());
  assert.match(filled(snippet("js holder-at"), hosts), /holderAt\("\/tokenkeep\/holder\.js"\)/);
  const tab = await stage.open();
  const tried = await tab.evaluate(() => {
    const kind = (...given) => {
      try {
        return String(holderAt(...given)());
      } catch ({ code, message }) {
        return `${code} ${message}`;
      }
    };
    const good = ["/tokenkeep/holder.js", new URL("/tokenkeep/holder.js", location.href)].map((url) => kind(url));
    return { good, bad: ["https://elsewhere.example/holder.js", "http://", "", undefined].map((url) => kind(url)) };
  });
  assert.deepEqual(tried.good, ["[object SharedWorker]", "[object SharedWorker]"]);
  assert.ok(
    tried.bad.every((text) => text.startsWith("TOKENKEEP_CONFIG_INVALID")),
    tried.bad.join("\n"),
  );
  assert.match(tried.bad[0], /tokenkeep\/remote/);

  await stage.context.addInitScript(() => delete globalThis.SharedWorker);
  const lone = await stage.open();
  await signIn(lone);
  assert.equal(await statusOf(lone, stage.v1("files")), 200);
});
