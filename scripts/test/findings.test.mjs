// What `npx tokenkeep` prints: fit for a terminal, whoever wrote it.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { ok } from "../../pkg-template/bin/findings.mjs";
import { entire } from "../../pkg-template/bin/plain.mjs";
import { root } from "../lib/paths.mjs";

const hostile = "\u001b[2J\u202e\u2028";
const escaped = "\\u{1b}[2J\\u{202e}\\u{2028}";

test("long text of others is cut, and our own is not; nothing in either acts", () => {
  const long = `${hostile}${"x".repeat(500)}`;
  const { text } = ok("ROW")`${long} and ${entire(long)}`;
  assert.match(text, /^[^ ]{200}…\[506 characters\] and [^ ]+$/u);
  assert.ok(text.endsWith(` and ${escaped}${"x".repeat(500)}`), text);
  assert.ok(text.startsWith(escaped));
});

test("every finding is made by the templates that see to that", async () => {
  const bin = join(root, "pkg-template", "bin");
  const names = (await readdir(bin, { recursive: true })).filter((name) => name.endsWith(".mjs") && name !== "findings.mjs");
  assert.ok(names.length > 10, names.join());
  for (const name of names)
    assert.doesNotMatch(await readFile(join(bin, name), "utf8"), /\bkind: "(ok|warning|failure)"/, `${name} makes findings by hand`);
});
