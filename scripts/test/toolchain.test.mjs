import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { candidateOf } from "../lib/apt.mjs";
import { chromeArguments, findChrome, findDriver } from "../lib/browser.mjs";
import { checkNode } from "../lib/dependencies.mjs";
import { wasmTriple } from "../lib/paths.mjs";
import { isAtLeast, stdSource } from "../lib/rust.mjs";
import { toolchainEnv } from "../lib/toolchain.mjs";
import { addByRustup } from "../lib/wasm-target.mjs";

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

test("apt's candidate is read per package, and none is null", () => {
  const text = "a:\n  Installed: (none)\n  Candidate: 1.2-3\n  Version table:\nb:\n  Installed: (none)\n  Candidate: (none)\n";
  assert.deepEqual(["a", "b", "c"].map((name) => candidateOf(name, text)), ["1.2-3", null, null]);
});

for (const [what, code] of Object.entries({ "are refreshed once per set-up": 0, "that can't be refreshed are told of, and used as they are": 1 })) {
  test(`package lists ${what}`, posixOnly, async () => {
    // Each time a set-up of its own.
    const { tryAptUpdate } = await import(`../lib/apt.mjs?${code}`);
    const told = join(folderWith({}), "told");
    const path = folderWith({ "apt-get": `echo "$@" >> ${told}; exit ${code}` });
    await withPath(path, () => tryAptUpdate([]));
    await withPath(path, () => tryAptUpdate([]));
    assert.match(readFileSync(told, "utf8"), /^[^\n]* update -q\n$/);
  });
}

test("a browser is installed from lists that were refreshed just before", posixOnly, async () => {
  const { installDebianChromium } = await import("../lib/browser.mjs?fresh");
  const told = join(folderWith({}), "told");
  const programs = { "apt-get": `echo "$@" >> ${told}`, "apt-cache": 'printf "chromium-driver:\n  Installed: (none)\n  Candidate: 1\n"', sudo: 'shift; [ "$1" = true ] || "$@"' };
  const shell = `${folderWith(programs)}:/bin:/usr/bin`;
  await withPath(shell, () => installDebianChromium(null));
  const words = readFileSync(told, "utf8").trim().split("\n").map((line) => line.match(/ (update|install) /)[1]);
  assert.deepEqual(words, ["update", "install"]);
});

test("versions compare by number, from rustc's line and from Debian's", () => {
  assert.ok(isAtLeast("rustc 1.96.0 (ac68faa20 2026-05-25)", [1, 88]));
  assert.ok(!isAtLeast("1.85.0+dfsg3-1~deb12u3", [1, 88]));
  assert.ok(isAtLeast("1.100.0", [1, 88]));
  assert.ok(!isAtLeast(null, [1, 88]));
});

test("rustup is believed only when the target and the source are really there afterwards", posixOnly, async () => {
  const sysroot = mkdtempSync(join(tmpdir(), "tokenkeep-sysroot-"));
  const lib = join(sysroot, "lib", "rustlib", wasmTriple, "lib");
  const rust = { sysroot };
  assert.equal(await withPath(folderWith({}), () => addByRustup(rust)), false);
  assert.equal(await withPath(folderWith({ rustup: "echo no network >&2; exit 1" }), () => addByRustup(rust)), false);
  assert.equal(await withPath(folderWith({ rustup: "exit 0" }), () => addByRustup(rust)), false);
  mkdirSync(lib, { recursive: true });
  const target = `[ "$1 $2 $3" = "target add ${wasmTriple}" ] && : > ${lib}/libstd-1.rlib`;
  assert.equal(await withPath(folderWith({ rustup: target }), () => addByRustup(rust)), false);
  mkdirSync(dirname(stdSource(sysroot)), { recursive: true });
  const source = `[ "$1 $2 $3" = "component add rust-src" ] && : > ${stdSource(sysroot)}`;
  assert.equal(await withPath(folderWith({ rustup: source }), () => addByRustup(rust)), true);
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

test("the browser's sandbox is given up only for root", () => {
  assert.ok(chromeArguments(0).includes("--no-sandbox"));
  assert.ok(!chromeArguments(1000).includes("--no-sandbox"));
});

test("old Node versions are refused", () => {
  assert.throws(() => checkNode("18.20.0"), /too old/);
  assert.throws(() => checkNode("20.18.9"), /too old/);
  for (const version of ["20.19.0", "22.12.0", "24.0.0"]) checkNode(version);
});

test("the environment puts the private compiler first and drops flags that would replace the project's", () => {
  const found = { chrome: "/c", chromedriver: "/d", wasmBin: "/w/bin", linker: "/l", wasmBindgen: "/t/wasm-bindgen", wasmPack: "/t/wasm-pack" };
  const env = toolchainEnv(found, { PATH: "/usr/bin", RUSTFLAGS: "-g", HOME: "/h" });
  assert.equal(env.PATH.split(":")[0], "/w/bin");
  assert.ok(env.PATH.split(":").includes("/t"));
  assert.equal(env.RUSTFLAGS, undefined);
  assert.deepEqual([env.RUSTC, env.CARGO, env.SYSROOT], ["/w/bin/rustc", "/w/bin/cargo", "/w/sysroot"]);
  assert.equal(env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER, "/l");
  assert.deepEqual([env.CHROME_PATH, env.CHROMEDRIVER, env.HOME], ["/c", "/d", "/h"]);
});

test("a compiler that has the target itself leaves cargo and the linker alone", () => {
  const env = toolchainEnv({ chrome: "/c", wasmBin: null, linker: null }, { PATH: "/usr/bin" });
  assert.deepEqual([env.RUSTC, env.CARGO, env.SYSROOT, env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER], [undefined, undefined, undefined, undefined]);
});
