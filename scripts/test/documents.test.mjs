import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

import { copyDocuments } from "../lib/documents.mjs";
import { root } from "../lib/paths.mjs";
import { filesUnder } from "../lib/stamp.mjs";

/** What users read, with its lines joined. */
const document = (...path) => readFileSync(join(root, ...path), "utf8").replace(/\s+/g, " ");
const readme = document("pkg-template", "README.md");
const standards = document("docs", "standards.md");
const security = document("docs", "security", "README.md");

test("the headers that the README advises are a full policy and no referrer, the set that is tested (SAFE-4, CB-21)", () => {
  const [, single] = readFileSync(join(root, "docs", "security", "headers.md"), "utf8").match(/^```http single\n([^`]*)```$/m);
  assert.ok(readme.includes(single.replace(/\s+/g, " ").trim()), "the README's set is another one");
  for (const part of [
    "default-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "Referrer-Policy: no-referrer",
  ])
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

test("users are told to keep the holder out of their own service worker's caches, by hand and with Workbox (SW-4)", () => {
  const headers = document("docs", "security", "headers.md");
  assert.match(headers, /it must not answer for the holder from a cache/);
  for (const part of ["By hand", "With Workbox", 'pathname.startsWith("/tokenkeep/")', "stopImmediatePropagation()"])
    assert.ok(headers.includes(part), part);
});

test("no document claims conformance to FAPI (FAPI-3)", () => {
  for (const text of [readme, standards, document("README.md")]) assert.doesNotMatch(text, /FAPI(?: 2\.0)?[- ](?:conform|compli|certif)/i);
  assert.match(standards, /no browser client conforms to FAPI/);
});

const pages = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "pkg-template/README.md",
  ...filesUnder(join(root, "docs")).filter((file) => file.endsWith(".md")),
].map((file) => (file.startsWith(root) ? file : join(root, file)));

/** The anchors of a page's headings, as hosts of repositories make them. */
const anchorsOf = (text) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

function brokenLinks(file) {
  const links = [...readFileSync(file, "utf8").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^https?:/.test(link));
  return links.filter((link) => {
    const [path, anchor] = link.split("#");
    const target = path ? join(dirname(file), path) : file;
    return !existsSync(target) || (anchor && !anchorsOf(readFileSync(target, "utf8")).includes(anchor));
  });
}

test("links between the documents lead somewhere, and so do the paths that they name", () => {
  assert.ok(pages.length > 10, `${pages.length} pages`);
  for (const file of pages) {
    assert.deepEqual(brokenLinks(file), [], file);
    const named = [
      ...readFileSync(file, "utf8").matchAll(/\b(?:docs|tests|scripts|src|pkg-template)\/[\w./-]*\w\.(?:m?js|md|rs|toml|ts)\b/g),
    ].map(([path]) => path);
    assert.deepEqual(
      named.filter((path) => ![root, join(root, "tests"), dirname(file)].some((place) => existsSync(join(place, path)))),
      [],
      file,
    );
  }
});

test("the pages that the package names are in it, and their links lead somewhere", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tokenkeep-documents-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const template = join(root, "pkg-template");
  copyDocuments(folder);
  copyFileSync(join(template, "README.md"), join(folder, "README.md"));
  for (const file of filesUnder(folder).filter((name) => name.endsWith(".md"))) assert.deepEqual(brokenLinks(file), [], file);
  const page = readFileSync(join(folder, "docs", "fleet.md"), "utf8");
  assert.ok(page.indexOf("the repository's") < page.indexOf("npm run simulate"), "whose commands these are is said first");
  const named = filesUnder(template).flatMap((file) => readFileSync(file, "utf8").match(/\bdocs\/[\w./-]*\w/g) ?? []);
  assert.ok(named.length > 10, `${named.length} pages`);
  assert.deepEqual(
    named.filter((path) => !existsSync(join(folder, path))),
    [],
  );
});

test("docs/testing.md shows the files of its example as they are run", () => {
  const text = readFileSync(join(root, "docs", "testing.md"), "utf8");
  const example = join(root, "examples", "testing");
  const shown = Object.fromEntries([...text.matchAll(/^```js (\S+)\n([^]*?)^```$/gm)].map(([, name, code]) => [name, code]));
  const files = filesUnder(example)
    .map((file) => relative(example, file).replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".js") && !name.includes("node_modules/") && name !== "app/main.js");
  assert.deepEqual(Object.keys(shown).sort(), files.sort());
  for (const [name, code] of Object.entries(shown)) assert.equal(code, readFileSync(join(example, name), "utf8"), name);
  assert.match(readme, /docs\/testing\.md shows/);
});

test("the ways to docs/security are there (SAFE-4)", () => {
  for (const [file, link] of [
    ["README.md", "docs/security/README.md"],
    ["SECURITY.md", "docs/security/README.md"],
    ["SECURITY.md", "docs/security/headers.md"],
    ["docs/security/README.md", "results.md"],
  ])
    assert.ok(readFileSync(join(root, file), "utf8").includes(`](${link})`), `${file}: ${link}`);
  assert.match(readme, /docs\/security says/);
});

test("users are told what each way of running stops, and what stays open in all of them", () => {
  const table = readFileSync(join(root, "docs", "security", "README.md"), "utf8")
    .split("\n")
    .filter((line) => /^\|.*\(S\d+/.test(line));
  const rows = new Map(table.flatMap((line) => [...line.matchAll(/\bS\d+\b/g)].map(([id]) => [id, line])));
  for (let number = 1; number <= 23; number += 1) {
    const cells =
      rows
        .get(`S${number}`)
        ?.split("|")
        .slice(2, -1)
        .map((cell) => cell.trim()) ?? [];
    assert.deepEqual([cells.length, cells.filter((cell) => cell.length === 0)], [4, []], `S${number}`);
  }
  for (const id of ["S8", "S9", "S10"]) assert.match(rows.get(id), /\*\*works\*\*/, id);
  for (const part of ["What stays open in all of them", "Using the session (S8)", "A sign-in of its own (S9, S10)"])
    assert.ok(security.includes(part), part);
});

for (const [what, said] of Object.entries({
  "that a backend is preferred, and which kinds there are":
    /RFC 10017 advises against clients that live in the browser alone for business, sensitive or personal data.*Backend for frontend.*Token-mediating backend/,
  "that isolation without a strict policy is half a measure": /A worker without a strict policy is half a measure/,
  "where the tested headers are": /\[headers\.md\]\(headers\.md\)/,
  "that a SharedWorker serves every document of the origin":
    /A SharedWorker widens who may use the session to every document of its origin.*one app per origin/,
  "that a kept DPoP key can be used, though not copied": /`persistDpopKey`\) can be used by script of the same origin, though not copied/,
  "that signing out recalls nothing that others took":
    /Signing out doesn't recall what others took.*only the authorization server can end them/,
  "that WebAssembly is no wall": /puts WebAssembly on a par with JavaScript/,
  "how to run the attacks": /npm run attacks/,
})) {
  test(`users are told ${what}`, () => assert.match(security, said));
}
