import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { chromeArguments, findChrome, findDriver, findShell } from "../lib/browser.mjs";
import { wasmTarget, wasmTriple } from "../lib/paths.mjs";
import { ensureRust } from "../lib/rust.mjs";
import { checkNode } from "../lib/setup.mjs";
import { toolchainEnv } from "../lib/toolchain.mjs";

const posixOnly = { skip: process.platform === "win32" && "shell scripts stand in for programs" };

function folderWith(programs) {
  const folder = mkdtempSync(join(tmpdir(), "tokenkeep-scripts-"));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

async function withPath(path, work) {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await work();
  } finally {
    process.env.PATH = before;
  }
}

for (const [what, code] of Object.entries({
  "are refreshed once per set-up": 0,
  "that can't be refreshed are told of, and used as they are": 1,
})) {
  test(`package lists ${what}`, posixOnly, async () => {
    // Each time a set-up of its own.
    const { aptUpdate } = await import(`../lib/apt.mjs?${code}`);
    const told = join(folderWith({}), "told");
    const path = folderWith({ "apt-get": `echo "$@" >> ${told}; exit ${code}` });
    await withPath(path, () => aptUpdate([]));
    await withPath(path, () => aptUpdate([]));
    assert.match(readFileSync(told, "utf8"), /^[^\n]* update -q\n$/);
  });
}

test("packages are installed from lists that were refreshed just before", posixOnly, async () => {
  const { aptInstall } = await import("../lib/apt.mjs?fresh");
  const told = join(folderWith({}), "told");
  await withPath(folderWith({ "apt-get": `echo "$@" >> ${told}` }), () => aptInstall(["one"], "for a test", []));
  const words = readFileSync(told, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.match(/ (update|install) /)[1]);
  assert.deepEqual(words, ["update", "install"]);
});

test("without rustup or cargo the cure is told", posixOnly, async () => {
  await assert.rejects(withPath(folderWith({}), ensureRust), /no rustup in PATH\n {2}cure: install Rust with rustup/);
  await assert.rejects(withPath(folderWith({ rustup: "" }), ensureRust), /no cargo in PATH\n {2}cure: install Rust with rustup/);
});

test("rustup adds what is missing and nothing else, and a failure of it is told", posixOnly, async () => {
  const told = join(folderWith({}), "told");
  const rustup = (installed, code) => `case "$*" in *--installed) printf "${installed}";; *) echo "$@" >> ${told}; exit ${code};; esac`;
  const here = ["rust-src", "clippy-x", "rustfmt-x"].join("\\n");
  const path = (code) => folderWith({ rustup: rustup(here, code), cargo: "", rustc: "" });
  await withPath(path(0), ensureRust);
  assert.equal(readFileSync(told, "utf8"), `target add ${wasmTriple}\n`);
  await assert.rejects(withPath(path(1), ensureRust), /rustup target add wasm32-unknown-unknown failed \(1\)/);
});

test("a named browser and driver win, and a wrong name is told", posixOnly, () => {
  const PATH = folderWith({ "google-chrome": "", chromedriver: "" });
  const other = join(folderWith({ mine: "" }), "mine");
  assert.equal(findChrome({ PATH }), join(PATH, "google-chrome"));
  assert.equal(findDriver({ PATH }), join(PATH, "chromedriver"));
  assert.equal(findChrome({ PATH, CHROME_PATH: other }), other);
  assert.throws(() => findChrome({ PATH, CHROME_PATH: "/no/such" }), /CHROME_PATH names no program/);
  assert.throws(() => findDriver({ PATH, CHROMEDRIVER: "/no/such" }), /CHROMEDRIVER names no program/);
});

test("the browser without a surface is one that was found or named, and none where another browser is named", posixOnly, () => {
  const PATH = folderWith({ "chromium-headless-shell": "" });
  const mine = join(folderWith({ mine: "" }), "mine");
  assert.equal(findShell({ PATH }), join(PATH, "chromium-headless-shell"));
  assert.equal(findShell({ PATH: folderWith({}) }), null);
  assert.equal(findShell({ PATH, CHROME_PATH: mine }), null);
  assert.equal(findShell({ PATH, CHROME_PATH: mine, CHROME_HEADLESS_SHELL: mine }), mine);
  assert.throws(() => findShell({ PATH, CHROME_HEADLESS_SHELL: "/no/such" }), /CHROME_HEADLESS_SHELL names no program/);
});

test("the browser's sandbox is given up only for root", () => {
  assert.ok(chromeArguments(0).includes("--no-sandbox"));
  assert.ok(!chromeArguments(1000).includes("--no-sandbox"));
});

test("old Node versions are refused", () => {
  assert.throws(() => checkNode("18.20.0"), /too old/);
  assert.throws(() => checkNode("20.18.9"), /too old/);
  for (const version of ["20.19.0", "22.12.0", "24.0.0"]) checkNode(version);
});

test("the environment names the browser and drops flags that would replace the project's", posixOnly, () => {
  const programs = { CHROME_PATH: "google-chrome", CHROME_HEADLESS_SHELL: "chrome-headless-shell", CHROMEDRIVER: "chromedriver" };
  const PATH = folderWith(Object.fromEntries(Object.values(programs).map((name) => [name, ""])));
  const env = toolchainEnv({ PATH, RUSTFLAGS: "-g", HOME: "/h" });
  const found = Object.fromEntries(Object.entries(programs).map(([variable, name]) => [variable, join(PATH, name)]));
  assert.deepEqual(env, { PATH, HOME: "/h", CARGO_TARGET_DIR: wasmTarget, ...found });
});
