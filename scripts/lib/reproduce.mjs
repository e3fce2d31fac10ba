import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pack } from "./pack.mjs";
import { pkg, root, toolsBin } from "./paths.mjs";
import { must, run } from "./run.mjs";

const longer = join("a-folder-with-a-much-longer-name", "and-one-more-below-it", "tokenkeep");

/** Builds the sources once more, in a folder whose path has another length, and compares that with pkg/ as it is. */
export async function reproduce() {
  const here = { pkg, tarball: await pack() };
  const place = mkdtempSync(join(tmpdir(), "tokenkeep-reproduce-"));
  try {
    return await differences(here, await buildIn(join(place, longer)));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function buildIn(folder) {
  // What git knows of or would take in, as it is now.
  const cure = "use a checkout made by git";
  const names = (await must("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cure })).split("\0");
  for (const name of names.filter((name) => name && existsSync(join(root, name)))) cpSync(join(root, name), join(folder, name));
  // The programs are the same for both; nothing that they have made is taken along.
  mkdirSync(join(folder, ".tools"));
  symlinkSync(toolsBin, join(folder, ".tools", "bin"), "junction");
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  const { CARGO_TARGET_DIR, ...env } = process.env;
  await must(process.execPath, [join("scripts", "build.mjs")], { cwd: folder, env, timeout: 900_000 });
  return { pkg: join(folder, "pkg"), tarball: await pack(join(folder, "pkg"), folder) };
}

/** Nothing where the tarballs are the same to the last byte, otherwise that they aren't and which files are to blame. */
export async function differences(one, two) {
  if (readFileSync(one.tarball).equals(readFileSync(two.tarball))) return [];
  const { output } = await run("git", ["diff", "--no-index", "--stat=200", one.pkg, two.pkg]);
  return ["not reproducible: the tarballs differ", output.trimEnd()];
}
