#!/usr/bin/env node
// The command of the package. Needs nothing but Node.

import { parseArgs } from "node:util";

import { checkClient } from "./client.mjs";
import { init } from "./init.mjs";
import { shown } from "./plain.mjs";
import { checkServer } from "./server.mjs";

const usage = `npx tokenkeep init [folder] [--issuer <url>] [--client-id <id>] [--api <url>]... [--scope <scope>]
                   [--redirect-uri <url or path>] [--stack <name>] [--rust] [--public <folder>] [--yes] [--dry-run]
                   [--check | --update]

Writes the holder's file, the module that connects to it and the page at the redirection URI, as the project's tool wants them, and says
what is left to do. Asks for what the options don't say. Leaves files that are there as they are.
  --stack    the tool or framework, if it isn't the one that package.json or Cargo.toml tells
  --rust     a front end in Rust, also where a package.json names something else
  --public   the folder whose files are served as they are, if it isn't where that tool has it
  --yes      ask nothing: scope "openid" and path "/callback" where nothing is said
  --dry-run  write nothing
  --check    say what is missing in a set-up; after an update, whether the holder's file is of the installed version
  --update   renew the package's part of the holder's file, and nothing else

npx tokenkeep check-client <url> [--at <url or file>] [--server <issuer>] [--app <origin>]... [--timeout <seconds>]

Checks the Client ID Metadata Document whose URL is an application's client id, and asks nobody for anything else.
  --at      get the document from here instead, to check it before it is deployed
  --server  also check that this authorization server takes such documents
  --app     where an application is served whose holder has an origin of its own: no redirect URI may be there

npx tokenkeep check-server <issuer> --client-id <id> --redirect-uri <url> [--origin <origin>] [--scope <scope>]
                           [--app <origin>]... [--app-redirect-uri <url>]... [--also-ask <origin>]... [--follow-hosts]
                           [--timeout <seconds>]

Asks an authorization server what a page of the application would ask it, and what a browser doesn't tell a page.
  --client-id, --redirect-uri  as in hold()
  --origin                     where the application is served, if not where the redirect URI is
  --scope                      as in hold(); "openid" if left out
  --app                        where an application is served whose holder has an origin of its own, the redirect URI's:
                               redirect URIs there are tried, of which the server must take none; as often as needed
  --app-redirect-uri           one more to be tried there; as often as needed
  --also-ask                   a host besides the issuer's that is asked where the metadata names it; as often as needed
  --follow-hosts               ask every host that the metadata names, if it is a public one and by https

No redirect is followed, no more than a mebibyte of an answer is read, and none is waited for longer than --timeout (10).
Leaves with 1 if something is wrong, with 2 if it was called in another way than this.`;

const marks = { ok: "ok  ", warning: "warn", failure: "FAIL" };
const text = { type: "string" };
const texts = { ...text, multiple: true };
const flag = { type: "boolean" };

/** By name: the options, those that must be there, and what does the work. `alone`: it may be called without a first word. */
const commands = {
  init: {
    options: {
      ...{ issuer: text, "client-id": text, api: texts, scope: text, "redirect-uri": text, stack: text, public: text },
      ...{ rust: flag, yes: flag, "dry-run": flag, check: flag, update: flag },
    },
    needed: [],
    alone: true,
    work: init,
  },
  "check-client": { options: { at: text, server: text, app: texts, timeout: text }, needed: [], work: checkClient },
  "check-server": {
    options: {
      ...{ "client-id": text, "redirect-uri": text, origin: text, scope: text, app: texts, "app-redirect-uri": texts },
      ...{ "also-ask": texts, "follow-hosts": flag, timeout: text },
    },
    needed: ["client-id", "redirect-uri"],
    work: checkServer,
  },
};

async function main([name, ...argv]) {
  if (name === "--help" || name === "-h") return say(usage, 0);
  const command = Object.hasOwn(commands, name ?? "") && commands[name];
  if (!command) return say(usage, 2);
  const options = { ...command.options, help: { type: "boolean", short: "h" } };
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
  if (values.help) return say(usage, 0);
  const isCalled = positionals.length === 1 || (command.alone && positionals.length === 0);
  if (!isCalled || command.needed.some((option) => !values[option])) return say(usage, 2);
  return report(await command.work(positionals[0], values));
}

function report(findings) {
  for (const { kind, row, text } of findings) console.log(`${marks[kind]}  ${row.padEnd(6)}  ${text}`);
  const count = (wanted) => findings.filter(({ kind }) => kind === wanted).length;
  return say(`${count("failure")} wrong, ${count("warning")} to think about`, count("failure") > 0 ? 1 : 0);
}

function say(words, code) {
  console.log(words);
  return code;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`${shown(error.message.replaceAll("\n", " "))}\n\n${usage}`);
  process.exitCode = 2;
}
