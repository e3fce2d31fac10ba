import { join, relative, sep } from "node:path";

import { filesUnder } from "./stamp.mjs";

// The comments and attributes above a test, and the rest of it: its line, or all up to the line that closes at its own depth.
const above = "(?:^ *(?://(?!!)|#\\[).*\\n)*^(?<indent> *)";
const rest = "(?=(?<rest>.*[})];?$|[^]*?^\\k<indent>\\}))";
const rustTest = new RegExp(`${above}(?:pub )?(?:async )?fn (?<title>\\w+)${rest}`, "gm");
// A skipped test shows nothing, so `knownGap` is not among these.
const scriptTest = new RegExp(`${above}(?:await )?(?:t\\.)?test\\((?<mark>["\`])(?<title>.*)\\k<mark>, ${rest}`, "gm");
const typeTest = /@ts-expect-error (?<title>.*)$/gm;

/** Every file of the checkout that may hold tests, by its path from the root. */
export function testFiles(root) {
  const files = ["src", "tests", join("www", "server"), join("scripts", "test")].flatMap((folder) => filesUnder(join(root, folder)));
  const names = files.map((file) => relative(root, file).split(sep).join("/")).filter((name) => !name.includes("node_modules/"));
  return names.filter((name) => /\.rs$|\.test\.mjs$|^tests\/types\/[^/]*\.ts$/.test(name));
}

/**
 * The tests of a file as `{ file, title, ids }`: where, as the table writes it, its name in words, and the rows that its
 * name, its text and the comment on it name. A case of a table of cases, named beside the test that runs it, is a test too.
 */
export function testsIn(path, text, prefixes) {
  const file = path.replace(/^tests\//, "").replace(/(\.test)?\.[a-z]+$/, "");
  const found = path.endsWith(".rs") ? rustTests(text) : path.endsWith(".ts") ? matches(typeTest, text) : scriptTests(text);
  return found.map(({ title, body }) => ({ file, title, ids: idsIn(`${title}\n${body}`, prefixes) }));
}

/** The ids in a text; `AB-1 to AB-3` means all three. */
export function idsIn(text, prefixes) {
  const ids = new Set();
  for (const [, prefix, first, , last] of text.matchAll(/\b([A-Z]+)-(\d+)\b(?: to (\1)-(\d+)\b)?/g)) {
    if (!prefixes.has(prefix)) continue;
    for (let number = Number(first); number <= Number(last ?? first); number++) ids.add(`${prefix}-${number}`);
  }
  return ids;
}

const matches = (pattern, text) =>
  [...text.matchAll(pattern)].map(({ 0: start, groups: { title, rest = "" } }) => ({ title, body: start + rest }));

function rustTests(text) {
  const tests = matches(rustTest, text).filter(({ body }) => /^ *#\[(?:test|wasm_bindgen_test)\b/m.test(body));
  return tests.map(({ title, body }) => ({ title: title.replaceAll("_", " "), body }));
}

function scriptTests(text) {
  const tests = matches(scriptTest, text);
  const outside = tests.reduce((left, { body }) => left.replace(body, ""), text).split("\n");
  return [...tests, ...outside.filter((line) => !/^\s*(\/\/|knownGap)/.test(line)).flatMap(casesOf)];
}

// A case is a string that ends in the ids of its rows, or a row of a table that has an id as an element.
function casesOf(line) {
  const titles = [...line.matchAll(/(["`])((?:(?!\1).)*\([A-Z]+-\d+[^)]*\))\1/g)].map(([, , title]) => ({ title, body: "" }));
  const element = /^\s*(["`])(.*?)\1: .*["`]([A-Z]+-\d+)["`]/.exec(line);
  return titles.length || !element ? titles : [{ title: element[2], body: element[3] }];
}
