// The crate for Rust front ends in real pages: `wasm-bindgen --target web`, an import map, the published client, real servers.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { clientExample } from "../../scripts/lib/rust-client.mjs";
import { strictPolicy } from "./support/app-server.mjs";
import { burst, endOfToken, stats } from "./support/calls.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { scope, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const script = "text/javascript; charset=utf-8";
const importMap = JSON.stringify({ imports: { tokenkeep: "/tokenkeep/index.js", "tokenkeep/worker": "/tokenkeep/worker.js" } });
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>app</title><script type="importmap">${importMap}</script>
  <script type="module" src="/app.js"></script>`;
const hash = createHash("sha256").update(importMap).digest("base64");
const policy = `${strictPolicy.replace("script-src", `script-src 'sha256-${hash}'`)}; require-trusted-types-for 'script'; trusted-types tokenkeep`;

/** What pages load, by path: the module of the crate's example and the package as it is published. */
async function filesOf() {
  const folders = { rust: await clientExample("stage"), tokenkeep: await installPackage(import.meta.dirname) };
  const files = { "/app.js": [join(import.meta.dirname, "app", "rust.js"), script] };
  for (const [at, folder] of Object.entries(folders))
    for (const name of (await readdir(folder)).filter((one) => /\.(js|wasm)$/.test(one)))
      files[`/${at}/${name}`] = [join(folder, name), name.endsWith(".js") ? script : "application/wasm"];
  return Object.fromEntries(Object.entries(files).map(([path, [file, type]]) => [path, async () => [type, await readFile(file)]]));
}

// Compiled before a test's time begins to count.
const files = await filesOf();

async function startRust(t, options) {
  return startStage(t, { ...options, files, page: () => ["text/html; charset=utf-8", page], policy });
}

const rust = (page, method, ...given) => page.evaluate(([name, args]) => app.outcome(() => app.rust[name](...args)), [method, given]);
const valueOf = async (...wanted) => {
  const { value, error } = await rust(...wanted);
  assert.equal(error, undefined);
  return value;
};

test("Rust: a person signs in, calls, reloads, has a second tab and signs out", async (t) => {
  const stage = await startRust(t, { pages: true });
  const page = await stage.open("/files");
  assert.equal(await valueOf(page, "resume"), null);
  const { issuer, redirectUri, resourceServers } = JSON.parse(stage.shown.config);
  const written = await valueOf(page, "configuration", issuer, redirectUri, scope, resourceServers);
  assert.deepEqual(JSON.parse(written), JSON.parse(stage.shown.config), "HolderConfig says something else than the holder was given");
  assert.equal((await rust(page, "get", stage.v1("files"))).error.code, "TOKENKEEP_LOGIN_REQUIRED");

  await arrive(page, { returnTo: "/files?page=2#top" });
  const session = await valueOf(page, "resume");
  assert.deepEqual([session.scope, session.claims], [scope, { iss: stage.authorizationServer.issuer, sub: "ada" }]);
  assert.deepEqual(await valueOf(page, "arrival"), { returnTo: "/files?page=2#top", appState: { from: "Rust" } });
  assert.equal((await valueOf(page, "get", stage.v1("files"))).status, 200);
  assert.equal((await valueOf(page, "userinfo")).sub, "ada");

  await page.reload();
  assert.equal((await valueOf(page, "resume")).claims.sub, "ada");
  const other = await stage.open();
  assert.equal((await valueOf(other, "resume")).claims.sub, "ada");
  assert.equal(await valueOf(other, "signOut"), "Confirmed");
  await until(async () => (await valueOf(page, "events")).includes("signed out SignOut"), "the event in the first tab");
  assert.equal(await valueOf(page, "session"), null);
  assert.equal(stage.counts.exchanges, 1);
});

test("Rust: 200 calls with an expired token cause one refresh, and it is told as an event and a number", async (t) => {
  const stage = await startRust(t);
  stage.announceLifetime(3);
  const page = await stage.open();
  await signIn(page);
  await endOfToken(page);
  stage.announceLifetime(600);

  assert.deepEqual(await burst(page, stage.probed("effects"), 200), { 200: 200 });
  assert.equal(stage.counts.refreshes, 1);
  const keys = new Set(stage.probe.requests.map(({ headers }) => headers["idempotency-key"]));
  assert.equal(keys.size, 200);
  // On a busy machine the last of them wait long enough for that to be told.
  const told = (await valueOf(page, "events")).filter((event) => !event.startsWith("Waiting"));
  assert.deepEqual(told, ["signed in ada", "refreshed 2"]);
  const { phase, refreshes, servers } = await stats(page);
  assert.deepEqual([phase, refreshes, servers.at(-1).requests], ["active", 1, 200]);
  assert.deepEqual(
    (await valueOf(page, "audit")).map(({ kind }) => kind),
    ["signedin", "refreshed"],
  );
});

test("Rust: a request whose future is dropped leaves the queue, or the wire", async (t) => {
  const stage = await startRust(t, { probe: { answer: () => {} } });
  const page = await stage.open();
  await signIn(page);
  await valueOf(page, "begin", stage.probed("never"));
  await until(() => stage.probe.requests.length === 1, "the request's arrival");
  await valueOf(page, "giveUp");
  await until(() => stage.probe.requests[0].closed, "the end of its connection");

  const open = stage.holdTokenEndpoint();
  t.after(open);
  stage.authorizationServer.expireAccessTokens();
  await valueOf(page, "begin", stage.v1("files"));
  await until(async () => (await stats(page)).queued === 1, "the queue");
  await valueOf(page, "giveUp");
  await until(async () => (await stats(page)).queued === 0, "an empty queue");
});

test("Rust: errors have their code, answers their reason, and bodies come as they are sent", async (t) => {
  const answer = ({ response }) => response.writeHead(200, { "content-type": "text/event-stream" }).write("first");
  const stage = await startRust(t, { probe: { answer } });
  const page = await stage.open(`/callback?code=forged&state=${"A".repeat(43)}`);
  assert.equal((await rust(page, "resume")).error.code, "TOKENKEEP_STATE_MISMATCH");
  await signIn(page);

  const refused = await rust(page, "get", `${stage.app.origin}/elsewhere`);
  assert.deepEqual([refused.error.code, refused.error.isNetwork], ["TOKENKEEP_TARGET_REFUSED", false]);
  assert.equal(await valueOf(page, "explanation", stage.v1("files")), null);
  assert.equal((await valueOf(page, "explanation", stage.v1("vault"))).kind, "authentication");
  const text = await page.evaluate(async (url) => new TextDecoder().decode(await app.rust.firstPart(url)), stage.probed("stream"));
  assert.equal(text, "first");
  await until(() => stage.probe.requests.at(-1).closed, "the end of the stream");
  stage.probe.vanish();
  assert.equal((await rust(page, "get", stage.probed("gone"))).error.isNetwork, true);
});
