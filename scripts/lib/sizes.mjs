import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { frameworkNames } from "./bundle.mjs";
import { pkg, root } from "./paths.mjs";
import { readJson } from "./run.mjs";

/**
 * The sizes of what is published, as `{ name, raw, gzip, brotli, budget, stretch }` and as text, and what is wrong with them.
 * "wasm and glue" is what a holder is made of before it is one file: the raw module plus the same holder without its bytes.
 */
export function checkSizes(folder = pkg, budgets = readJson(join(root, "scripts", "size-budget.json"))) {
  const of = (name) => sizesOf(readFileSync(join(folder, name)));
  const rows = [
    { name: "page client", ...of("index.js") },
    { name: "remote client", ...of("remote.js") },
    { name: "serve", ...of("serve.js") },
    { name: "worker", ...of("worker.js") },
    { name: "arrival", ...of("arrival.js") },
    { name: "holder", ...of("holder.js") },
    { name: "standalone", ...of("standalone.js") },
    { name: "page mode", ...of("page.js") },
    ...frameworkNames.map((name) => ({ name, ...of(`${name}.js`) })),
    { name: "wasm and glue", ...sum(of("tokenkeep.wasm"), of("holder-slim.js")) },
  ].map((row) => ({ ...row, budget: budgets[row.name]?.brotli, stretch: budgets[row.name]?.stretch }));
  return { rows, problems: overruns(rows, budgets), text: tableOf(rows) };
}

const stated = {
  "page client": /page's script is ([\d.]+) KB/,
  "remote client": /\(([\d.]+) KB with the holder on its own origin/,
  worker: /([\d.]+) KB more with `holderAt/,
  holder: /holder is ([\d.]+) KB/,
};

/** What is wrong with the sizes that a README states, in KB of brotli, where `rows` are those of `checkSizes`. */
export function checkStatedSizes(rows, readme) {
  return Object.entries(stated).flatMap(([name, pattern]) => {
    const figure = readme.match(pattern)?.[1];
    if (!figure) return [`the README states no size of "${name}"`];
    const lastDigit = 10 ** -(figure.split(".")[1] ?? "").length;
    const kilobytes = rows.find((row) => row.name === name).brotli / 1000;
    // A little more than rounding: compressed code differs by some bytes with each change, and must not flip a figure by that.
    return Math.abs(kilobytes - figure) <= 0.6 * lastDigit ? [] : [`the README states ${figure} KB for "${name}", which has ${kilobytes}`];
  });
}

const sum = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli });

export function sizesOf(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, { params }).length };
}

function tableOf(rows) {
  const head = ["file", "raw", "gzip", "brotli", "budget", "stretch"];
  const lines = [head, ...rows.map((row) => [row.name, row.raw, row.gzip, row.brotli, row.budget ?? "", row.stretch ?? ""])];
  return lines.map((cells) => cells.map((cell, i) => (i ? String(cell).padStart(9) : cell.padEnd(20))).join("")).join("\n");
}

function overruns(rows, budgets) {
  const unknown = Object.keys(budgets).filter((name) => !rows.some((row) => row.name === name));
  return [
    ...unknown.map((name) => `the budget names "${name}", which is not measured`),
    ...rows
      .filter((row) => row.brotli > row.budget)
      .map((row) => `${row.name} is ${row.brotli} bytes of brotli, the budget is ${row.budget}`),
  ];
}
