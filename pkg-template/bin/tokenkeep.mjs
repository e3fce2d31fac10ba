#!/usr/bin/env node
// The command of the package. Needs nothing but Node.

import { parseArgs } from "node:util";

import { checkAddress, checkAnswer, checkDocument } from "./client-document.mjs";
import { checkServer, fetchDocument } from "./documents.mjs";

const usage = `npx tokenkeep check-client <url> [--at <url or file>] [--server <issuer>]

Checks the Client ID Metadata Document whose URL is an application's client id.
  --at      get the document from here instead, to check it before it is deployed
  --server  also check that this authorization server takes such documents
Leaves with 1 if something is wrong, with 2 if it was called in another way than this.`;

const marks = { ok: "ok  ", warning: "warn", failure: "FAIL" };

async function main(argv) {
  const options = { at: { type: "string" }, server: { type: "string" }, help: { type: "boolean", short: "h" } };
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
  if (values.help) return say(usage, 0);
  const [command, url, ...rest] = positionals;
  if (command !== "check-client" || !url || rest.length > 0) return say(usage, 2);
  const findings = await check(url, values);
  for (const { kind, row, text } of findings) console.log(`${marks[kind]}  ${row.padEnd(6)}  ${text}`);
  const count = (wanted) => findings.filter(({ kind }) => kind === wanted).length;
  return say(`${count("failure")} wrong, ${count("warning")} to think about`, count("failure") > 0 ? 1 : 0);
}

async function check(url, { at, server }) {
  const address = checkAddress(url);
  // What is no address at all can't be asked.
  if (!at && !URL.canParse(url)) return address;
  const answer = await fetchDocument(at ?? url);
  const { findings, document } = checkAnswer(answer);
  const inside = document ? checkDocument(document, url) : [];
  return [...address, ...findings, ...inside, ...(server ? await checkServer(server) : [])];
}

function say(text, code) {
  console.log(text);
  return code;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
