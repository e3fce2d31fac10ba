import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { withLock } from "./lock.mjs";
import { artifacts, pkg } from "./paths.mjs";
import { must, npm, readJson, run } from "./run.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";

/** Packs pkg/ as it would be published and answers the path of the tarball. */
export async function pack(from = pkg, to = artifacts) {
  const { name, version } = readJson(join(from, "package.json"));
  const tarball = join(to, `${name}-${version}.tgz`);
  await unlessFresh({ stamp: join(to, "pack.stamp"), key: hashOf([from]), outputs: [tarball] }, async () => {
    mkdirSync(to, { recursive: true });
    await must(npm(), ["pack", from, "--pack-destination", to, "--ignore-scripts"], { timeout: 120_000 });
  });
  return tarball;
}

/** Puts the packed package into `<folder>/node_modules/tokenkeep`, from the tarball and without a registry. */
export const installPackage = (folder) => withLock("install", () => installAlone(folder));

async function installAlone(folder) {
  const tarball = await pack();
  const place = join(folder, "node_modules", "tokenkeep");
  const stamp = join(folder, "node_modules", ".tokenkeep-installed");
  await unlessFresh({ stamp, key: hashOf([tarball]), outputs: [join(place, "package.json")] }, async () => {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    await must("tar", ["-xzf", tarball, "-C", place, "--strip-components=1"]);
  });
  return place;
}

// Imports every module that is exported, from inside the project, as far as that has what it is for; that the others are there is publint's
// to see.
const check = `
import manifest from "tokenkeep/package.json" with { type: "json" };
const peers = Object.keys(manifest.peerDependencies);
const unlessPeer = (error) => {
  if (!peers.some((name) => error.message.includes(\`'\${name}'\`))) throw error;
};
// What is named with its ending is served, and not imported.
for (const [name, { default: file }] of Object.entries(manifest.exports))
  if (file?.endsWith(".js") && !name.endsWith(".js")) await import("tokenkeep" + name.slice(1)).catch(unlessPeer);
`;

/** Installs the tarball in an empty project, without a registry, and uses everything that it exports. */
export async function tryInEmptyProject() {
  const tarball = await pack();
  const project = mkdtempSync(join(tmpdir(), "tokenkeep-empty-"));
  try {
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
    writeFileSync(join(project, "check.mjs"), check);
    const installed = await run(npm(), ["install", tarball, "--offline", "--no-audit", "--no-fund"], { cwd: project, timeout: 120_000 });
    return installed.code ? installed : await run(process.execPath, ["check.mjs"], { cwd: project, timeout: 60_000 });
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
