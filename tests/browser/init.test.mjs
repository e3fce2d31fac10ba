// `npx tokenkeep init`: what it writes for which project, that it overwrites nothing, and what `--check` finds. No browser is needed
// here; tests/packaging has what is written in real tools.

import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { filled, sets } from "./support/advice.mjs";
import { runCommand } from "./support/command.mjs";
import { test } from "./support/test.mjs";

const installed = await installPackage(import.meta.dirname);
const part = (name) => import(join(installed, "bin", "init", `${name}.mjs`));
const call = ["--issuer=https://as.example.org", "--client-id=my-spa", "--api=https://api.example.org/v1/"];

/** A project with these dependencies and files, and the command in it. */
async function project(t, dependencies, files = {}) {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-init-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const manifest = { dependencies: Object.fromEntries(["tokenkeep", ...dependencies].map((name) => [name, "1.0.0"])) };
  for (const [path, text] of Object.entries({ "package.json": JSON.stringify(manifest), ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const read = (path) => readFile(join(folder, path), "utf8");
  return { folder, read, init: (...args) => runCommand(["init", folder, ...args]) };
}

const written = ({ lines }) => lines.flatMap((line) => /^ok {4}WROTE +(\S+)/.exec(line)?.[1] ?? []);

/** By case: the dependencies, files that are there, and what is written, beside the holder where it is not `public`'s. */
const cases = {
  next: [["next"], { "src/app/layout.tsx": "" }, ["src/lib/auth.js", "src/app/callback/page.jsx"]],
  "next with typescript": [["next", "typescript"], {}, ["lib/auth.ts", "app/callback/page.tsx"]],
  nuxt: [["nuxt", "vue", "typescript"], { "app/app.vue": "" }, ["app/utils/auth.ts", "app/pages/callback.vue"]],
  sveltekit: [["@sveltejs/kit", "vite"], {}, ["src/lib/auth.js", "src/routes/callback/+page.svelte"], "static"],
  astro: [["astro"], { "tsconfig.json": "{}" }, ["src/lib/auth.ts", "src/pages/callback.astro"]],
  "react-router": [
    ["@react-router/dev", "vite"],
    { "app/routes.ts": 'route("callback", "./routes/callback.jsx")' },
    ["app/auth.js", "app/routes/callback.jsx"],
  ],
  solidstart: [["@solidjs/start", "solid-js", "vite"], {}, ["src/lib/auth.js", "src/routes/callback.jsx"]],
  "solidstart with typescript": [["@solidjs/start"], { "tsconfig.json": "{}" }, ["src/lib/auth.ts", "src/routes/callback.tsx"]],
  angular: [["@angular/core"], { "src/app/app.routes.ts": 'path: "callback"' }, ["src/app/auth.ts", "src/app/callback.ts"]],
  ...Object.fromEntries(
    ["vite", "@rspack/core", "webpack", "parcel", "rollup", "esbuild", "bun"].map((name) => [
      name,
      [[name], { "src/main.js": 'import { callback } from "./callback.js";\ncallback();' }, ["src/auth.js", "src/callback.js"]],
    ]),
  ),
  "no tool": [
    [],
    { "public/main.js": 'import { callback } from "./callback.js";\ncallback();' },
    ["public/auth.js", "public/callback.js", ...["index", "more", "worker"].map((name) => `public/vendor/tokenkeep/${name}.js`)],
  ],
};

test("each project gets its files where its tool wants them, and --check has nothing against them", async (t) => {
  for (const [name, [dependencies, files, wanted, served = "public"]] of Object.entries(cases)) {
    const { init, read } = await project(t, dependencies, files);
    const outcome = await init(...call, "--yes");
    assert.deepEqual([outcome.code, written(outcome)], [0, [`${served}/tokenkeep/holder.js`, ...wanted]], `${name}\n${outcome.output}`);
    for (const path of wanted) assert.doesNotMatch(await read(path), /%[A-Z_]+%|undefined/, path);
    const checked = await init("--check");
    assert.deepEqual([checked.code, checked.wrong, checked.doubts], [0, [], []], `${name}\n${checked.output}`);
  }
});

test("what is written in TypeScript compiles, and so does the configuration", async (t) => {
  const { init, folder } = await project(t, ["vite", "typescript"]);
  await init(...call, "--yes");
  await mkdir(join(folder, "node_modules"));
  await symlink(installed, join(folder, "node_modules", "tokenkeep"));
  const strict = ["--strict", "--noEmit", "--target", "es2022", "--module", "preserve", "--lib", "es2022,dom", "--types", ""];
  const compile = (path, ...more) =>
    run(join(root, "node_modules", ".bin", "tsc"), [...strict, ...more, "--ignoreConfig", path], { cwd: folder });
  assert.deepEqual(await compile("src/callback.ts"), { code: 0, output: "", timedOut: false });
  const holder = join(folder, "public", "tokenkeep", "holder.js");
  const text = await readFile(holder, "utf8");
  await writeFile(join(folder, "good.js"), text.slice(0, text.indexOf("/* tokenkeep")));
  await writeFile(join(folder, "bad.js"), text.slice(0, text.indexOf("/* tokenkeep")).replace('"my-spa"', "1"));
  assert.equal((await compile("good.js", "--checkJs", "--allowJs")).output, "");
  assert.match((await compile("bad.js", "--checkJs", "--allowJs")).output, /number.*string|not assignable/);
});

test("the configuration is what was said, and the policies that are told are the document's", async (t) => {
  const { init, read } = await project(t, ["vite"]);
  const { output } = await init(
    ...call,
    "--api=https://files.example.org/",
    "--scope=openid files",
    "--redirect-uri=https://app.example.org/back",
  );
  const holder = await read("public/tokenkeep/holder.js");
  for (const line of [
    'scope: "openid files"',
    'redirectUri: "https://app.example.org/back"',
    '["https://api.example.org/v1/", "https://files.example.org/"]',
  ])
    assert.ok(holder.includes(line), line);
  assert.ok(holder.endsWith(await readFile(join(installed, "standalone.js"), "utf8")));
  const hosts = {
    app: "https://app.example.org",
    authorizationServer: "https://as.example.org",
    apis: ["https://api.example.org", "https://files.example.org"],
  };
  for (const name of ["pages", "worker"]) {
    const policy = filled(sets[name]["Content-Security-Policy"], hosts);
    assert.ok(output.includes(policy), `${policy}\n${output}`);
  }
});

test("what is told can be pasted: how to use it, the scripts that are there, and the question to the server", async (t) => {
  const scripts = { dev: "vite", build: "vite build", prebuild: "lint" };
  const { init } = await project(t, [], { "package.json": JSON.stringify({ scripts, dependencies: { vite: "1.0.0" } }) });
  const { output } = await init(...call, "--yes");
  assert.match(output, /USE +src\/auth\.js has auth and ready: .*auth\.signIn\(\); auth\.fetch\("https:\/\/api\.example\.org\/v1\/\.\."\)/);
  assert.match(output, /`npm pkg set "scripts\.predev=tokenkeep init --update"` keeps/);
  assert.match(
    output,
    /check-server https:\/\/as\.example\.org --client-id my-spa --redirect-uri https:\/\/app\.example\.com\/callback asks/,
  );
  assert.match((await (await project(t, ["@sveltejs/kit"])).init(...call, "--yes")).output, /TODO +sveltekit writes script into/);
});

test("a redirection URI that isn't /callback is where things have to be moved to", async (t) => {
  const { init } = await project(t, ["next"]);
  const { output } = await init(...call, "--yes", "--redirect-uri=/auth/back");
  assert.match(output, /Move app\/callback\/page\.jsx to where it has the route \/auth\/back/);
  assert.match(output, /answer \/auth\/back with the page/);
});

const started = `
import { Window } from "HAPPY";

const window = new Window({ url: "https://app.example.com/callback?code=c&state=s" });
const { document, location, history, PopStateEvent } = window;
Object.assign(globalThis, { window, document, location, history, PopStateEvent, dispatchEvent: (event) => window.dispatchEvent(event) });
const { createApp } = await import("VUE");
const { createRouter, createWebHistory } = await import("ROUTER");
const router = createRouter({ history: createWebHistory(), routes: [{ path: "/:path(.*)", component: {} }] });
const { callback } = await import("./src/callback.js");
const session = await callback();
createApp({}).use(router);
await router.isReady();
console.log(JSON.stringify([session.claims.sub, router.currentRoute.value.fullPath, location.href]));
await window.happyDOM.close();
`;

test("callback() has a router go on that was made before it was called", async (t) => {
  const modules = { HAPPY: "happy-dom", VUE: "vue", ROUTER: "vue-router" };
  const program = started.replace(/\b(HAPPY|VUE|ROUTER)\b/g, (name) => import.meta.resolve(modules[name]));
  const arrival = { returnTo: "/files?x=1#y" };
  const auth = `import { fakeAuth } from "${pathToFileURL(join(installed, "testing.js"))}";
    export const auth = fakeAuth({ arrival: ${JSON.stringify(arrival)} });
    export const ready = auth.resume();`;
  const { init, folder } = await project(t, ["vite"], { "src/auth.js": auth, "main.mjs": program });
  await init(...call, "--yes");
  const { output } = await run(process.execPath, ["--no-warnings", "main.mjs"], { cwd: folder, timeout: 60_000 });
  assert.deepEqual(
    JSON.parse(output.trim().split("\n").at(-1)),
    ["ada", arrival.returnTo, `https://app.example.com${arrival.returnTo}`],
    output,
  );
});

test("nothing is overwritten, and with --dry-run nothing is written", async (t) => {
  const { init, read } = await project(t, ["vite"], { "src/auth.js": "// mine" });
  const tried = await init(...call, "--yes", "--dry-run");
  assert.match(tried.output, /public\/tokenkeep\/holder\.js would be written/);
  await assert.rejects(read("public/tokenkeep/holder.js"), { code: "ENOENT" });
  const { doubts } = await init(...call, "--yes");
  assert.match(doubts.join(), /src\/auth\.js is there already/);
  assert.equal(await read("src/auth.js"), "// mine");
  const again = await init(...call, "--yes");
  assert.deepEqual([written(again), again.doubts.length], [[], 3]);
});

test("what it can't know it asks for at a terminal only, and bad answers are named", async (t) => {
  const { init } = await project(t, ["vite"]);
  const nobody = await init("--issuer=https://as.example.org");
  assert.equal(nobody.code, 2);
  assert.match(nobody.output, /give --client-id, --api, --scope, --redirect-uri|give --client-id, --api/);
  for (const [option, said] of [
    ["--issuer=http://as.example.org", /--issuer is .* must be a URL of https/],
    ["--api=api", /--api is .* must be URLs of https/],
    ["--stack=gulp", /--stack is .*vite/],
  ])
    assert.match((await init(...call, "--yes", option)).output, said);

  const { answersFrom } = await part("answers");
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answers = ["ftp://x", "https://as.example.org", "", "my-spa", "https://api.example.org/ https://b.example.org/", "", ""];
  output.on("data", (text) => /: $/.test(text) && input.write(`${answers.shift()}\n`));
  assert.deepEqual(await answersFrom({}, { input, output }), {
    issuer: "https://as.example.org",
    "client-id": "my-spa",
    api: ["https://api.example.org/", "https://b.example.org/"],
    scope: "openid",
    "redirect-uri": "/callback",
  });
});

test("--check names what is missing, and --update brings the package's part up to date and leaves the configuration", async (t) => {
  const { init, read, folder } = await project(t, ["vite"]);
  const before = await init("--check");
  assert.equal(before.code, 1);
  for (const row of ["HOLDER", "CLIENT", "ROUTE"]) assert.match(before.wrong.join("\n"), new RegExp(`^FAIL  ${row}`, "m"));
  await init(...call, "--yes");
  assert.match((await init("--check")).wrong.join(), /nothing calls callback\(\)/);
  await writeFile(join(folder, "src/main.js"), 'import { callback } from "./callback.js";\ncallback();');
  assert.equal((await init("--check")).code, 0);

  const holder = join(folder, "public/tokenkeep/holder.js");
  const good = await read("public/tokenkeep/holder.js");
  await writeFile(holder, good.replace(/\/\* tokenkeep \S+: /, "/* tokenkeep 0.0.1: ").replace('"my-spa"', '"other"'));
  assert.match((await init("--check")).wrong.join(), /version 0\.0\.1.*--update/);
  await init("--update");
  assert.equal(await read("public/tokenkeep/holder.js"), good.replace('"my-spa"', '"other"'));
  await appendFile(holder, "\n// changed");
  assert.match((await init("--check")).wrong.join(), /a changed one/);
  await writeFile(holder, good.replace(/clientId: .*/, ""));
  assert.match((await init("--check")).wrong.join(), /has no clientId/);
  await writeFile(holder, "hold({});");
  assert.match((await init("--update")).wrong.join(), /no part of tokenkeep's/);
  await writeFile(join(folder, "src/old.js"), 'connect(() => new SharedWorker(new URL("./holder.js", import.meta.url)));');
  assert.match((await init("--check")).doubts.join("\n"), /old\.js has the worker's address from the bundler/);
});
