import { mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

import { aptUpdate } from "./apt.mjs";
import { say } from "./log.mjs";
import { logs, tools } from "./paths.mjs";
import { ask, isExecutable, must, run, which } from "./run.mjs";
import { filesUnder } from "./stamp.mjs";

/** The web servers that the samples of docs/security/headers.md are tried with, by the names of Debian's packages. */
const webServers = { nginx: "usr/sbin/nginx", caddy: "usr/bin/caddy" };

const folderOf = (name) => join(tools, "servers", name);
const unpacked = (name) => join(folderOf(name), webServers[name]);
// A server's own folder of programs is not in everybody's PATH.
const installed = (name) => which(name, [process.env.PATH ?? "", "/usr/sbin", "/usr/local/sbin"].join(delimiter));

/** The program of a web server; null where there is none. */
export function webServer(name) {
  return isExecutable(unpacked(name)) ? unpacked(name) : installed(name);
}

/** Why the sample for a web server can't be tried here; null when it can. */
export function whyNoServer(name) {
  return webServer(name) ? null : `no ${name} was found`;
}

/**
 * Unpacks the web servers that are missing from Debian's packages into .tools: nothing is installed, and nothing starts.
 * Does without, and says so, where there are no such packages or the libraries that they need aren't installed.
 */
export async function ensureServers() {
  for (const name of Object.keys(webServers)) {
    if (!webServer(name) && which("apt-get") && which("dpkg-deb")) await unpack(name);
    if (!webServer(name)) say(`${whyNoServer(name)}: the tests of its sample will be skipped`);
  }
}

async function unpack(name) {
  await aptUpdate();
  say(`apt: unpacking ${name} into .tools, to try the samples of docs/security/headers.md; nothing is installed`);
  const folder = folderOf(name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run("apt-get", ["download", "-q", name], { cwd: folder, timeout: 300_000, log: join(logs, `apt-download-${name}.log`) });
  for (const file of filesUnder(folder)) await must("dpkg-deb", ["-x", file, folder], { timeout: 60_000 });
  if ((await ask("ldd", [unpacked(name)]))?.includes("not found")) rmSync(folder, { recursive: true });
}
