// Pages that a server has rendered: nobody is signed in there, nothing begins, and the browser meets what was rendered.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";

import { bundled, bundledText, forBrowser, forServer, policyFor } from "./support/framework-bundles.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

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

for (const name of ["react", "vue", "svelte", "svelte4", "angular"]) {
  test(`${name}: a server renders that nobody knows, ends, and says what is missing; the browser meets that and goes on`, async (t) => {
    const { html, missing } = await run(await bundled(`rendered/${name}-server.js`, forServer));
    assert.match(html, /<b>loading<\/b>.*wait/);
    assert.deepEqual(missing, Array(2).fill(["TOKENKEEP_AUTH_MISSING", true]));

    const script = await bundled(`rendered/${name}-client.js`, forBrowser);
    const stage = await startStage(t, {
      files: {
        "/client.js": () => ["text/javascript; charset=utf-8", script],
        "/rendered": () => ["text/html; charset=utf-8", pageWith(html)],
      },
      policy: policyFor(name),
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

test("an app pays for what it uses of an adapter, and not for what it only names", async () => {
  for (const name of ["react", "vue", "svelte", "angular"]) {
    const whole = await bundledText(`export * from "tokenkeep/${name}";`);
    const part = await bundledText(`export { useSession } from "tokenkeep/${name}";`);
    assert.match(whole, /returnTo/, name);
    assert.doesNotMatch(part, /returnTo/, name);
    assert.equal((await bundledText(`import "tokenkeep/${name}";`)).trim(), "", name);
  }
});
