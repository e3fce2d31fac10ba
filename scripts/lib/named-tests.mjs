import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

const rustTest = /^(\s*)#\[(?:test|wasm_bindgen_test)\b/;
const rustName = /^\s*(?:pub )?(?:async )?fn (\w+)/;
// A skipped test shows nothing, so `knownGap` is not among these.
const scriptTest = /^(\s*)(?:await )?(?:t\.)?test\((["`])(.*)\2, /;
const expectation = /@ts-expect-error (.*)$/;

/** Every file of the checkout that may hold tests, by its path from the root. */
export function testFiles(root) {
  const under = (folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return ["src", "tests", join("www", "server"), join("scripts", "test")]
    .flatMap(under)
    .filter((file) => /\.rs$|\.test\.mjs$|^tests\/types\/[^/]*\.ts$/.test(file));
}

/**
 * The tests of a file as `{ file, title, ids }`: where, as the table writes it, its name in words, and the rows that its
 * name, its text and the comment on it name. A case of a table of cases, named beside the test that runs it, is a test too.
 */
export function testsIn(path, text, prefixes) {
  const lines = text.split("\n");
  const file = path.replace(/^tests\//, "").replace(/(\.test)?\.[a-z]+$/, "");
  const found = path.endsWith(".rs") ? rustTests(lines) : path.endsWith(".ts") ? typeTests(lines) : scriptTests(lines);
  return found.map(({ title, body }) => ({ file, title, ids: idsIn(`${title}\n${body}`, prefixes) })).filter(({ title }) => title);
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

function rustTests(lines) {
  return lines.flatMap((line, start) => {
    const indent = rustTest.exec(line)?.[1];
    if (indent === undefined) return [];
    const named = lines.findIndex((other, at) => at > start && rustName.test(other));
    const last = endOf(lines, named, `${indent}}`);
    return [{ title: rustName.exec(lines[named])[1].replaceAll("_", " "), body: textOf(lines, start, last) }];
  });
}

function typeTests(lines) {
  return lines.flatMap((line) => (expectation.test(line) ? [{ title: expectation.exec(line)[1], body: "" }] : []));
}

function scriptTests(lines) {
  const inside = new Set();
  const tests = lines.flatMap((line, start) => {
    const [, indent, , title] = scriptTest.exec(line) ?? [];
    if (title === undefined) return [];
    const last = endOf(lines, start, `${indent}}`);
    for (let at = start; at <= last; at++) inside.add(at);
    return [{ title, body: textOf(lines, start, last) }];
  });
  const outside = lines.filter((line, at) => !inside.has(at) && !/^\s*(\/\/|knownGap)/.test(line));
  return [...tests, ...outside.flatMap(casesOf)];
}

// A case is a string that ends in the ids of its rows, or a row of a table that has an id as an element.
function casesOf(line) {
  const titles = [...line.matchAll(/(["`])((?:(?!\1).)*\([A-Z]+-\d+[^)]*\))\1/g)].map(([, , title]) => ({ title, body: "" }));
  const element = /^\s*(["`])(.*?)\1: .*["`]([A-Z]+-\d+)["`]/.exec(line);
  return titles.length || !element ? titles : [{ title: element[2], body: element[3] }];
}

// From the comment or attribute above to the closing line.
function textOf(lines, start, last) {
  let first = start;
  while (first > 0 && /^\s*(\/\/(?!!)|#\[)/.test(lines[first - 1])) first -= 1;
  return lines.slice(first, last + 1).join("\n");
}

// A test's last line: the first one that closes at its own depth, itself when it is a single line.
function endOf(lines, start, closing) {
  if (/[})];?$/.test(lines[start]) && !lines[start].endsWith("{")) return start;
  const end = lines.findIndex((line, at) => at > start && line.startsWith(closing));
  return end === -1 ? lines.length - 1 : end;
}
