import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { scriptNames } from "../lib/bundle.mjs";
import { checkSizes, checkStatedSizes, sizesOf } from "../lib/sizes.mjs";

const emptyModule = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const budgets = { "page client": { brotli: 100 }, "wasm and glue": { brotli: 300, stretch: 50 } };

function packageWith(files) {
  const folder = mkdtempSync(join(tmpdir(), "tokenkeep-sizes-"));
  const scripts = scriptNames.map((name) => [`${name}.js`, "1"]);
  const modules = ["tokenkeep"].map((name) => [`${name}.wasm`, emptyModule]);
  const small = Object.fromEntries([...scripts, ...modules]);
  for (const [name, content] of Object.entries({ ...small, ...files })) writeFileSync(join(folder, name), content);
  return folder;
}

test("a package within its budget has no problem, and a stretch is no limit", () => {
  const { rows, problems } = checkSizes(packageWith({ "holder-slim.js": randomBytes(150) }), budgets);
  assert.deepEqual(problems, []);
  const row = rows.find(({ name }) => name === "wasm and glue");
  assert.ok(row.brotli > row.stretch && row.brotli <= row.budget);
});

test("the wasm and its glue share one budget", () => {
  const folder = packageWith({ "holder-slim.js": randomBytes(301) });
  assert.match(checkSizes(folder, budgets).problems.join(), /wasm and glue is \d+ bytes of brotli, the budget is 300/);
});

test("a page client over its budget is named", () => {
  assert.match(checkSizes(packageWith({ "index.js": randomBytes(101) }), budgets).problems.join(), /^page client is/);
});

test("a budget for something that is not measured is refused", () => {
  assert.match(checkSizes(packageWith({}), { nothing: { brotli: 1 } }).problems.join(), /"nothing", which is not measured/);
});

test("a size that the README states is what is measured, as exactly as it is stated", () => {
  const measured = { "page client": 4011, "remote client": 5762, worker: 671, holder: 96694 };
  const rows = Object.entries(measured).map(([name, brotli]) => ({ name, brotli }));
  const readme = (script, holder) => `The page's script is ${script} KB (5.8 KB with the holder on its own origin,
    0.7 KB more with \`holderAt()\`); the holder is ${holder} KB.`;
  assert.deepEqual(checkStatedSizes(rows, readme("4.0", 97)), []);
  assert.match(checkStatedSizes(rows, readme("3.9", 97)).join(), /states 3\.9 KB for "page client", which has 4\.011$/);
  assert.match(checkStatedSizes(rows, readme("4.0", 96)).join(), /states 96 KB for "holder"/);
  assert.match(checkStatedSizes(rows, "").join(), /no size of "holder"/);
});

test("brotli is at its best setting", () => {
  const text = Buffer.from("tokenkeep ".repeat(500));
  assert.ok(sizesOf(text).brotli < sizesOf(text).gzip);
});
