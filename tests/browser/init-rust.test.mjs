// `npx tokenkeep init` for front ends in Rust: how it knows one, what it writes, and what `--check` finds. tests/packaging has what is written
// built and walked through.

import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { runCommand } from "./support/command.mjs";
import { test } from "./support/test.mjs";

const installed = await installPackage(import.meta.dirname);
const call = ["--issuer=https://as.example.org", "--client-id=my-spa", "--api=https://api.example.org/v1/", "--yes"];
const manifest = (...crates) => `[package]\nname = "app"\n\n[dependencies]\n${crates.map((name) => `${name} = "0.1"\n`).join("")}`;
const copies = ["index", "more", "worker"].map((name) => `public/vendor/tokenkeep/${name}.js`);
const whole = ["public/tokenkeep/holder.js", "src/auth.rs", "index.html", ...copies];

/** A folder with these files, without any package in it, and the command there. */
async function project(t, files) {
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-init-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const change = async (path, work) => writeFile(join(folder, path), work(await readFile(join(folder, path), "utf8")));
  const read = (path) => readFile(join(folder, path), "utf8");
  return { folder, read, change, init: (...args) => runCommand(["init", folder, ...args]) };
}

const written = ({ lines }) => lines.flatMap((line) => /^ok {4}WROTE +(\S+)/.exec(line)?.[1] ?? []);
const stackOf = ({ output }) => /STACK +([\w-]+)/.exec(output)?.[1];

// By case: the files that are there, options, and the stack that is found.
const cases = {
  leptos: [{ "Cargo.toml": manifest("leptos") }, [], "leptos"],
  "yew as a table": [{ "Cargo.toml": '[package]\nname = "app"\n[dependencies.yew]\nversion = "0.23"\nfeatures = ["csr"]\n' }, [], "yew"],
  "dioxus of one target": [
    { "Cargo.toml": "[target.'cfg(target_arch = \"wasm32\")'.dependencies]\ndioxus.workspace = true\n" },
    [],
    "dioxus",
  ],
  "web-sys alone": [{ "Cargo.toml": manifest("web-sys") }, [], "wasm-bindgen"],
  "a package.json beside it, for Tailwind": [{ "Cargo.toml": manifest("leptos"), "package.json": "{}" }, [], "leptos"],
  "a package.json of Vite's, and the option": [
    { "Cargo.toml": manifest("yew"), "package.json": '{"devDependencies":{"vite":"1"}}' },
    ["--rust"],
    "yew",
  ],
  "the name of the stack": [{ "Cargo.toml": manifest() }, ["--stack=dioxus"], "dioxus"],
};

test("a front end in Rust is known by its crates, and gets all that it needs where there is no package", async (t) => {
  for (const [name, [files, options, stack]] of Object.entries(cases)) {
    const { init, read } = await project(t, files);
    const outcome = await init(...call, ...options);
    assert.deepEqual([outcome.code, stackOf(outcome), written(outcome)], [0, stack, whole], `${name}\n${outcome.output}`);
    assert.match(outcome.output, /cargo add tokenkeep-client/);
    assert.match(outcome.output, /script-src 'self' 'wasm-unsafe-eval'; worker-src \S+\/tokenkeep\/holder\.js/);
    for (const path of whole) assert.doesNotMatch(await read(path).then((text) => text.slice(0, 2_000)), /%[A-Z_]+%|undefined/, path);
    for (const path of copies) assert.equal(await read(path), await readFile(join(installed, path.split("/").at(-1)), "utf8"));
  }
});

test("what is no front end in Rust is taken for none", async (t) => {
  const inComments = '# leptos\n[package]\nname = "leptos-app"\n[dev-dependencies]\nyew = "1"\n[features]\ndioxus = []\n[dependencies]\n';
  for (const [files, stack] of [
    [{ "Cargo.toml": manifest("leptos"), "package.json": '{"dependencies":{"vite":"1"}}' }, "vite"],
    [{ "Cargo.toml": inComments, "package.json": "{}" }, "none"],
    [{ "Cargo.toml": manifest("wasm-bindgen"), "package.json": "{}" }, "none"],
  ])
    assert.equal(stackOf(await (await project(t, files)).init(...call, "--dry-run")), stack);
  const { output, code } = await (await project(t, {})).init(...call);
  assert.equal(code, 2);
  assert.match(output, /no package\.json and no Cargo\.toml/);
});

test("a page and files that are there stay as they are, and what to put into the page is said", async (t) => {
  const files = { "Cargo.toml": manifest("leptos", "tokenkeep-client"), "index.html": "mine", "src/auth.rs": "// mine" };
  const { init, read } = await project(t, files);
  const tried = await init(...call, "--dry-run");
  assert.match(tried.output, /public\/tokenkeep\/holder\.js would be written/);
  const { doubts, output } = await init(...call, "--public=static");
  assert.deepEqual(doubts.map((line) => /(\S+) is there already/.exec(line)[1]).sort(), ["index.html", "src/auth.rs"]);
  assert.deepEqual([await read("index.html"), await read("src/auth.rs")], ["mine", "// mine"]);
  assert.match(output, /<script type="importmap">.*"tokenkeep\/worker": "\/vendor\/tokenkeep\/worker\.js".*href="static\/vendor"/);
  assert.doesNotMatch(output, /cargo add/);
});

test("--check names what is missing in Rust, --update renews the copies", async (t) => {
  const { init, read, change, folder } = await project(t, { "Cargo.toml": manifest("leptos"), "src/main.rs": "fn main() {}\n" });
  const before = await init("--check");
  for (const row of ["CRATE", "HOLDER", "CLIENT", "PAGE", "COPY"]) assert.match(before.wrong.join("\n"), new RegExp(`^FAIL  ${row}`, "m"));
  await init(...call);
  assert.match(
    (await init("--check")).wrong.join("\n"),
    /cargo add tokenkeep-client --features leptos[^]*`mod auth;`[^]*nothing finishes sign-ins/,
  );
  await appendFile(join(folder, "Cargo.toml"), 'tokenkeep-client = "0.1.0"\n');
  await writeFile(join(folder, "src", "main.rs"), "mod auth;\nfn app() { provide_auth(auth::auth()); }\n");
  assert.deepEqual(((outcome) => [outcome.code, outcome.wrong, outcome.doubts])(await init("--check")), [0, [], []]);

  await change("index.html", (text) => text.replace(/"tokenkeep\/worker".*/, "").replace(/<link.*vendor">/, ""));
  assert.match((await init("--check")).wrong.join("\n"), /no import map with tokenkeep\/worker[^]*Trunk copy public\/vendor/);
  await change(copies[0], () => "old");
  await change("public/tokenkeep/holder.js", (text) =>
    text.replace(/\/\* tokenkeep \S+: /, "/* tokenkeep 0.0.1: ").replace("my-spa", "other"),
  );
  assert.match((await init("--check")).wrong.join("\n"), /version 0\.0\.1[^]*vendor\/tokenkeep\/index\.js is not the installed version's/);
  assert.equal((await init("--update")).code, 0);
  assert.equal(await read(copies[0]), await readFile(join(installed, "index.js"), "utf8"));
  assert.match(await read("public/tokenkeep/holder.js"), /clientId: "other"/);
});
