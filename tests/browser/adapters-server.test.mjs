// Pages that a server has rendered: nobody is signed in there, nothing begins, and the browser meets what was rendered.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before } from "node:test";

import { build } from "esbuild";
import { compile } from "svelte/compiler";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { signIn } from "./support/sign-in.mjs";
import { strictPolicy } from "./support/app-server.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const folder = join(import.meta.dirname, "app", "rendered");
const server = { platform: "node", format: "cjs" };
const flags = ["__VUE_OPTIONS_API__", "__VUE_PROD_DEVTOOLS__", "__VUE_PROD_HYDRATION_MISMATCH_DETAILS__"];
const define = Object.fromEntries(flags.map((flag) => [flag, "true"]));
const client = { format: "esm", conditions: ["browser", "development"], target: "es2022", define };

before(() => installPackage(import.meta.dirname));

async function bundled(name, options) {
  const generate = options === server ? "server" : "client";
  const { outputFiles } = await build({
    entryPoints: [join(folder, `${name}.js`)],
    bundle: true,
    write: false,
    logLevel: "error",
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
    plugins: [svelte(generate)],
    ...options,
  });
  return outputFiles[0].text;
}

const svelte = (generate) => ({
  name: "svelte",
  setup(building) {
    building.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: compile(source, { generate, dev: generate === "client", filename: path }).js.code };
    });
  },
});

/** What a program tells in the end; rejects if it fails, or is still there after half a minute. */
function run(program) {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, ["--no-warnings", "-"], { timeout: 30_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.killed ? "it did not end" : error.message}: ${stderr}`));
      else resolve(JSON.parse(stdout.trim().split("\n").at(-1)));
    });
    child.stdin.end(program);
  });
}

/** Angular renders the whole page. */
const pageWith = (html) => {
  const script = '<script type="module" src="/client.js"></script>';
  return `<!doctype html>${html.startsWith("<html") ? html.replace("</body>", `${script}</body>`) : `<div id="app">${html}</div>${script}`}`;
};

for (const name of ["react", "vue", "svelte", "angular"]) {
  test(`${name}: a server renders that nobody knows, ends, and says what is missing; the browser meets that and goes on`, async (t) => {
    const { html, missing } = await run(await bundled(`${name}-server`, server));
    assert.match(html, /<b>loading<\/b>.*wait/);
    assert.deepEqual(missing, Array(2).fill(["TOKENKEEP_AUTH_MISSING", true]));

    const script = await bundled(`${name}-client`, client);
    const stage = await startStage(t, {
      files: {
        "/client.js": () => ["text/javascript; charset=utf-8", script],
        "/rendered": () => ["text/html; charset=utf-8", pageWith(html)],
      },
      // Angular's templates are compiled in the browser here.
      policy: name === "angular" ? strictPolicy.replace("'self'", "'self' 'unsafe-eval'") : strictPolicy,
    });
    await signIn(await stage.open());
    const shown = await stage.context.newPage();
    const uncaught = [];
    shown.on("pageerror", (error) => uncaught.push(String(error)));
    shown.on("console", (message) => ["error", "warning"].includes(message.type()) && uncaught.push(message.text()));
    await shown.goto(`${stage.app.origin}/rendered`);
    await shown.waitForSelector("b:has-text('signed-in') ~ i:has-text('ada')");
    assert.deepEqual(uncaught, []);
  });
}
