import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { integrity } from "../../scripts/lib/integrity.mjs";
import { installPackage } from "../../scripts/lib/pack.mjs";
import { statusOf } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { startProbe } from "./support/probe.mjs";
import { bundles } from "./support/bundles.mjs";
import { test } from "./support/test.mjs";

const run = promisify(execFile);

/** An empty project with nothing but the packed package in it. */
async function emptyProject(t) {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-project-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  return { folder, installed: await installPackage(folder) };
}

test("every script of the package is imported by Node without doing anything (LOG-6)", async (t) => {
  const { folder } = await emptyProject(t);
  const check = `
    const names = () => Reflect.ownKeys(globalThis).map(String);
    // Node makes these when they are first named, and adds what they need.
    void [Request, Response, Headers, fetch];
    const before = new Set(names());
    const exported = {};
    for (const name of ["", "/holder", "/holder/slim", "/page"]) exported[name] = Object.keys(await import("tokenkeep" + name)).sort();
    const added = names().filter((name) => !before.has(name));
    const handles = process.getActiveResourcesInfo().filter((kind) => !/^(PipeWrap|TTYWrap|FSReqPromise|CloseReq)$/.test(kind));
    console.log(JSON.stringify({ exported, added, handles }));
  `;
  await writeFile(join(folder, "check.mjs"), check);
  const { stdout, stderr } = await run(process.execPath, ["check.mjs"], { cwd: folder });

  const errors = ["TokenKeepError", "isTokenKeepError"];
  const hold = [...errors.slice(0, 1), "hold", ...errors.slice(1)];
  assert.deepEqual(JSON.parse(stdout), {
    exported: {
      "": ["TokenKeepError", "connect", "isTokenKeepError"],
      "/holder": hold,
      "/holder/slim": hold,
      "/page": hold,
    },
    added: [],
    handles: [],
  });
  assert.equal(stderr, "");
});

test("tokenkeep/page runs in Node, and takes any text for what it is", async (t) => {
  const { folder } = await emptyProject(t);
  const check = `
    import { hold } from "tokenkeep/page";
    const auth = hold({ acceptToken: true, resourceServers: ["https://api.test/"] });
    const outcome = (text) => auth.enterToken(text).then(() => "taken", ({ code }) => code);
    console.log(JSON.stringify([await outcome("\u00e4"), await outcome("a\u00e4"), await outcome("a")]));
    process.exit();
  `;
  await writeFile(join(folder, "check.mjs"), check);
  const { stdout } = await run(process.execPath, ["check.mjs"], { cwd: folder });

  assert.deepEqual(JSON.parse(stdout), ["TOKENKEEP_TOKEN_MALFORMED", "TOKENKEEP_TOKEN_MALFORMED", "taken"]);
});

test("an error is recognised whichever script of the package made it", async (t) => {
  const { folder } = await emptyProject(t);
  const check = `
    const { hold, TokenKeepError } = await import("tokenkeep/page");
    const other = await import("tokenkeep");
    try {
      hold({ issuer: "http://as.example.com" });
    } catch (error) {
      const { name, code, option } = error;
      const known = [error instanceof TokenKeepError, error instanceof other.TokenKeepError, other.isTokenKeepError(error)];
      const strangers = [null, undefined, "x", {}, new Error(), { code: "TOKENKEEP_NETWORK" }].map(other.isTokenKeepError);
      console.log(JSON.stringify({ name, code, option, known, strangers: strangers.some(Boolean) }));
    }
  `;
  await writeFile(join(folder, "check.mjs"), check);
  const { stdout } = await run(process.execPath, ["check.mjs"], { cwd: folder });

  assert.deepEqual(JSON.parse(stdout), {
    name: "TokenKeepError",
    code: "TOKENKEEP_CONFIG_INVALID",
    option: "issuer",
    known: [true, false, true],
    strangers: false,
  });
});

test("an app's page has no wasm in it, and needs nothing but its own code", async () => {
  const { scripts } = await bundles();

  assert.ok(scripts.shared.length < 40_000, `${scripts.shared.length} characters`);
  assert.doesNotMatch(scripts.shared, /WebAssembly\.|AGFzb/);
  assert.match(scripts.holder, /WebAssembly/);
});

// The name of a tab's visit to the holder's origin, and a cookie that shows whether two origins are one site: no secrets.
const exempt = { "remote.js": "sessionStorage", "serve.js": "document.cookie" };

test("the package does nothing that a strict page forbids (SAFE-7)", async (t) => {
  const { installed } = await emptyProject(t);
  const files = (await readdir(installed)).filter((name) => name.endsWith(".js"));
  assert.deepEqual(files.sort(), [
    "angular-http.js",
    "angular.js",
    "arrival.js",
    "holder-slim.js",
    "holder.js",
    "index.js",
    "inspector.js",
    "more.js",
    "page.js",
    "profiles.js",
    "react.js",
    "remote.js",
    "serve.js",
    "standalone.js",
    "svelte.js",
    "testing.js",
    "vue.js",
    "worker.js",
  ]);
  for (const name of files) {
    const script = await readFile(join(installed, name), "utf8");
    for (const forbidden of [
      /\beval\(/,
      /new Function\b/,
      /document\.write/,
      /innerHTML/,
      /localStorage/,
      // A tab's memory of having tried to sign in without the user, and the look whether cookies are blocked: neither
      // holds a secret, and they are there and nowhere else.
      ...(name === "more.js" ? [] : [/sessionStorage/, /document\.cookie/].filter((one) => !one.test(exempt[name]))),
      /setTimeout\(["'`]/,
      /postMessage\([^)]*"\*"/,
      /\/\/# sourceMappingURL/,
    ]) {
      assert.ok(!forbidden.test(script), `${name} has ${forbidden}`);
    }
  }
});

test("no service worker, and no tokens in storage with a key beside them (STORE-16, STORE-17)", async (t) => {
  const { installed } = await emptyProject(t);
  for (const name of (await readdir(installed)).filter((file) => /\.(m?js|d\.ts)$/.test(file))) {
    const script = await readFile(join(installed, name), "utf8");
    // One that stands in between is looked for, and that may be allowed.
    for (const forbidden of [
      /serviceWorker(?!\?\.controller)|(?<!dangerAllow)ServiceWorker/,
      /\.(en|de)crypt\(|wrapKey/,
      /AES-|AesGcm/,
      /caches\.(open|put)/,
    ]) {
      assert.ok(!forbidden.test(script), `${name} has ${forbidden}`);
    }
  }
});

test("integrity.json has the hash of every script and module, and the browser refuses a changed one (SAFE-5)", async (t) => {
  const { installed } = await emptyProject(t);
  const hashes = JSON.parse(await readFile(join(installed, "integrity.json"), "utf8"));
  const loaded = (await readdir(installed)).filter((name) => /\.(js|wasm)$/.test(name)).sort();
  const script = await readFile(join(installed, "profiles.js"), "utf8");
  const html = ["/good.js", "/changed.js"].map(
    (src) => `<script type="module" src="${src}" integrity="${hashes["profiles.js"]}"></script>`,
  );
  const files = {
    "/sri.html": () => ["text/html", `<!doctype html><title>hashes</title>${html.join("")}`],
    "/good.js": () => ["text/javascript", script],
    "/changed.js": () => ["text/javascript", `${script} `],
  };
  const stage = await startStage(t, { files });
  const page = await stage.context.newPage();
  await page.addInitScript(() => {
    globalThis.outcomes = {};
    for (const type of ["load", "error"]) document.addEventListener(type, ({ target }) => (outcomes[target.src] = type), true);
  });
  await page.goto(`${stage.app.origin}/sri.html`);

  assert.deepEqual(Object.keys(hashes), loaded);
  for (const name of loaded) assert.equal(hashes[name], integrity(await readFile(join(installed, name))), name);
  assert.deepEqual(await page.evaluate(() => ["/good.js", "/changed.js"].map((src) => outcomes[location.origin + src])), ["load", "error"]);
});

test("sbom.json says what is in the package, and nothing of who made it or when", async (t) => {
  const { installed } = await emptyProject(t);
  const text = await readFile(join(installed, "sbom.json"), "utf8");
  const { metadata, components } = JSON.parse(text);
  const { version } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));

  assert.deepEqual([metadata.component.purl, metadata.component.version], [`pkg:npm/tokenkeep@${version}`, version]);
  assert.deepEqual(
    metadata.tools.components.map(({ name }) => name),
    ["rustc", "wasm-bindgen", "binaryen", "esbuild", "terser"],
  );
  assert.ok(components.length > 15 && components.every((one) => one.version && one.licenses[0].expression), "a component lacks something");
  assert.doesNotMatch(text, /timestamp|serialNumber|file:|[\\/](home|Users|root|tmp)[\\/]/);
});

test("nothing in the page's address decides which wasm runs (SAFE-6)", async (t) => {
  const evil = await startProbe();
  t.after(evil.close);
  const wasm = `${evil.origin}/evil.wasm`;
  const stage = await startStage(t, { mode: "page" });
  const names = ["wasm", "module", "module_or_path", "url", "src", "base", "holder", "tokenkeep", "tokenkeep.wasm"];
  const query = names.map((name) => `${name}=${encodeURIComponent(wasm)}`).join("&");
  const page = await stage.open(`/?${query}#${query}`);

  assert.ok(await signIn(page));
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.deepEqual(evil.requests, []);
  const { scripts } = await bundles();
  for (const mode of ["holder", "page"]) assert.doesNotMatch(scripts[mode], /import\.meta\.url|\.wasm["'`]/, mode);
});

test("the demo's page, which is its callback page too, runs no script of anybody else (CB-20)", async () => {
  const html = await readFile(new URL("../../www/app/index.html", import.meta.url), "utf8");
  const sources = [...html.matchAll(/<(?:script|link|img|iframe)\b[^>]*?\s(?:src|href)="([^"]*)"/g)].map(([, url]) => url);
  assert.ok(sources.includes("./main.js"));
  for (const url of sources) assert.match(url, /^(\.\/|\/(?!\/))/, url);
});

test("the package has every file that its exports name, and its licenses", async (t) => {
  const { installed } = await emptyProject(t);
  const { exports, name, sideEffects, dependencies } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  const there = await readdir(installed);
  const named = Object.values(exports).flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)));

  assert.deepEqual(
    named.filter((file) => !there.includes(file.slice(2))),
    [],
  );
  assert.deepEqual([name, sideEffects, dependencies], ["tokenkeep", ["./standalone.js"], undefined]);
  for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]) assert.ok(there.includes(file), `${file} is missing`);
});
