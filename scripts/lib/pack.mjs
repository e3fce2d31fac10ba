import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { withLock } from "./lock.mjs";
import { artifacts, pkg } from "./paths.mjs";
import { must, npm, readJson } from "./run.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";

/** Packs pkg/ as it would be published and answers the path of the tarball. */
export async function pack() {
  const { name, version } = readJson(join(pkg, "package.json"));
  const tarball = join(artifacts, `${name}-${version}.tgz`);
  await unlessFresh({ stamp: join(artifacts, "pack.stamp"), key: hashOf([pkg]), outputs: [tarball] }, async () => {
    mkdirSync(artifacts, { recursive: true });
    await must(npm(), ["pack", pkg, "--pack-destination", artifacts, "--ignore-scripts"], { timeout: 120_000 });
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
