import { mkdirSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { aptPrefix, aptUpdate, candidates, ensureCandidates } from "./apt.mjs";
import { say } from "./log.mjs";
import { logs, tools } from "./paths.mjs";
import { ask, isExecutable, must, run, which } from "./run.mjs";
import { filesUnder, hashOf, unlessFresh } from "./stamp.mjs";

/** The web servers that the samples of docs/security/headers.md are tried with, by the names of Debian's packages. */
export const webServers = { nginx: "usr/sbin/nginx", caddy: "usr/bin/caddy" };
// These come with every system.
const libc = /^libc6$|^libgcc/;

const folderOf = (name) => join(tools, "servers", name);
const unpacked = (name) => join(folderOf(name), webServers[name]);

/** A web server as `{ program, env }`; null where there is none. */
export function webServer(name) {
  if (isExecutable(unpacked(name))) return { program: unpacked(name), env: withLibraries(folderOf(name)) };
  const program = installed(name);
  return program && { program, env: process.env };
}

/** Why the sample for a web server can't be tried here; null when it can. */
export function whyNoServer(name) {
  return webServer(name) ? null : `no ${name} was found`;
}

/**
 * Unpacks the web servers that are missing from Debian's packages into .tools: nothing is installed, and nothing starts.
 * Does without, and says so, where there are no such packages.
 */
export async function ensureServers() {
  for (const name of Object.keys(webServers)) {
    if (!installed(name) && which("apt-get") && which("dpkg-deb")) {
      const key = hashOf([fileURLToPath(import.meta.url)]);
      await unlessFresh({ stamp: join(folderOf(name), ".tokenkeep-stamp"), key, outputs: [unpacked(name)] }, () => unpack(name));
    }
    if (!webServer(name)) say(`${whyNoServer(name)}: the tests of its sample will be skipped`);
  }
}

/** What `ldd` says that a program lacks. */
export const missingLibraries = (text) => [...(text ?? "").matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);

/** The packages of libraries in a package's `Depends` field. */
export function libraryPackages(depends) {
  const names = depends.split(",").map((one) => one.trim().split(/[\s:|(]/)[0]);
  return names.filter((name) => /^(lib|zlib)/.test(name) && !libc.test(name));
}

// A server's own folder of programs is not in everybody's PATH.
const installed = (name) => which(name, [process.env.PATH ?? "", "/usr/sbin", "/usr/local/sbin"].join(delimiter));

async function unpack(name) {
  const prefix = await aptPrefix();
  const isKnown = async () => (await candidates([name]))[name] !== null;
  if (!(prefix ? await ensureCandidates(prefix, isKnown) : await isKnown())) return;
  say(`apt: unpacking ${name} into .tools, to try the samples of docs/security/headers.md; nothing is installed`);
  const folder = folderOf(name);
  rmSync(folder, { recursive: true, force: true });
  const [file] = await unpackPackages(folder, [name], prefix);
  if (file && missingLibraries(await ask("ldd", [unpacked(name)])).length > 0) {
    const depends = (await ask("dpkg-deb", ["-f", file, "Depends"])) ?? "";
    await unpackPackages(folder, libraryPackages(depends), prefix);
  }
  rmSync(join(folder, "packages"), { recursive: true, force: true });
}

/** Resolves to the packages' files. */
async function unpackPackages(folder, names, prefix) {
  const cwd = join(folder, "packages", names[0]);
  mkdirSync(cwd, { recursive: true });
  await download(names, cwd, prefix);
  const files = filesUnder(cwd).filter((file) => file.endsWith(".deb"));
  for (const file of files) await must("dpkg-deb", ["-x", file, folder], { timeout: 60_000 });
  return files;
}

async function download(names, cwd, prefix) {
  const args = ["download", "-q", ...names];
  const options = { cwd, timeout: 300_000, log: join(logs, `apt-download-${names[0]}.log`) };
  const { code } = await run("apt-get", args, options);
  // Old lists name files that the mirrors no longer have, and without root they stay old.
  if (code === 0 || !prefix) return;
  await aptUpdate(prefix);
  await must("apt-get", args, { ...options, cure: `see why ${["apt-get", ...args].join(" ")} fails` });
}

function withLibraries(folder) {
  const places = filesUnder(folder).filter((file) => /\.so(\.|$)/.test(file)).map((file) => dirname(file));
  if (places.length === 0) return process.env;
  return { ...process.env, LD_LIBRARY_PATH: [...new Set(places), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter) };
}
