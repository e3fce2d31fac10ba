import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "../lib/paths.mjs";

/** What users read, with its lines joined. */
const document = (...path) => readFileSync(join(root, ...path), "utf8").replace(/\s+/g, " ");
const readme = document("pkg-template", "README.md");
const standards = document("docs", "standards.md");

test("the headers that the README advises are a full policy and no referrer, the set that is tested (SAFE-4, CB-21)", () => {
  const [, single] = readFileSync(join(root, "docs", "security", "headers.md"), "utf8").match(/^```http single\n([^`]*)```$/m);
  assert.ok(readme.includes(single.replace(/\s+/g, " ").trim()), "the README's set is another one");
  for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "Referrer-Policy: no-referrer"])
    assert.ok(single.includes(part), part);
});

test("users are told what no client in a browser can do for them (STORE-13, REV-16)", () => {
  assert.match(readme, /one app per origin/i);
  assert.match(readme, /Keep access tokens short-lived/);
  assert.match(standards, /Clear-Site-Data/);
});

test("what is not offered has its reason in the documents (STORE-16, STORE-17, CB-20, TOK-27)", () => {
  for (const part of ["service worker", "Encrypting tokens", "third-party script", "must not cache"])
    assert.ok(standards.includes(part), part);
});

test("no document claims conformance to FAPI (FAPI-3)", () => {
  for (const text of [readme, standards, document("README.md")])
    assert.doesNotMatch(text, /FAPI(?: 2\.0)?[- ](?:conform|compli|certif)/i);
  assert.match(standards, /no browser client conforms to FAPI/);
});
