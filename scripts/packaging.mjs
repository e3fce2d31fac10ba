import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import { markdownTable } from "../benches/markdown.mjs";
import { walkRust } from "../tests/packaging/support/rust-walk.mjs";
import { walk } from "../tests/packaging/support/walk.mjs";
import { tools } from "../tests/packaging/tools.mjs";
import { startAuthorizationServer } from "../www/server/authorization-server.mjs";
import { startResourceServer } from "../www/server/resource-server.mjs";
import { chromeArguments, findChrome } from "./lib/browser.mjs";
import { build } from "./lib/build.mjs";
import { choose, main } from "./lib/log.mjs";
import { root } from "./lib/paths.mjs";
import { runSteps } from "./lib/run-steps.mjs";
import { setUp } from "./lib/setup.mjs";

const page = join(root, "docs", "packaging.md");
const [begin, end] = ["<!-- written by npm run packaging -->", "<!-- to here -->"];

// npm run packaging [-- vite next ..]
// Rows of tools that are not named stay as they are.
await main(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const names = choose("tool", positionals, Object.keys(tools));
  await setUp();
  await build();
  const { failed } = await runSteps(names.map((name) => ({ name, work: async () => write(name, await tried(name)) })));
  return failed ? 1 : 0;
});

/** One tool, with servers and a browser of its own. */
async function tried(name) {
  const authorizationServer = await startAuthorizationServer({ accessTokenTtl: 600 });
  const api = await startResourceServer({ authorizationServer });
  const browser = await chromium.launch({ executablePath: findChrome(), args: chromeArguments() });
  try {
    const go = tools[name].crate ? walkRust : walk;
    return await go(name, tools[name], { context: await browser.newContext(), authorizationServer, api });
  } finally {
    await browser.close();
    await Promise.all([api.close(), authorizationServer.close()]);
  }
}

/** Has the row of this tool be what was seen now. */
function write(name, { version, stack, developed }) {
  const text = readFileSync(page, "utf8");
  const [before, rest] = text.split(begin);
  const [table, after] = rest.split(end);
  const known = new Map(
    table
      .split("\n")
      .slice(3)
      .flatMap((line) => rowOf(line)),
  );
  known.set(tools[name].title, [
    tools[name].title,
    version || "-",
    stack.name,
    developed ? "build, server" : "build",
    additions(name, stack),
  ]);
  const rows = Object.values(tools).flatMap(({ title }) => (known.has(title) ? [known.get(title)] : []));
  const head = ["tool", "version", "`--stack`", "tried", "what its pages need beside the advised headers"];
  writeFileSync(page, `${before}${begin}\n${markdownTable({ head, rows })}\n${end}${after}`);
}

function rowOf(line) {
  const cells = line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
  return cells.length > 0 ? [[cells[0], cells]] : [];
}

function additions(name, { types, inline, styles, based, wasm }) {
  const parts = [
    ...(tools[name].untyped ? ["no trusted types"] : []),
    ...(types.length > 0 && !tools[name].untyped ? [`\`trusted-types ${types.join(" ")}\``] : []),
    ...(wasm ? ["`script-src 'wasm-unsafe-eval'`"] : []),
    ...(inline ? ["hashes of its inline scripts"] : []),
    ...(tools[name].importMap ? ["the hash of the import map"] : []),
    ...(based ? ["`base-uri 'self'`"] : []),
    ...(styles ? ["`style-src 'unsafe-inline'`"] : []),
  ];
  return parts.join(", ") || "nothing";
}
