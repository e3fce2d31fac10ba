import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { CurableError, say, seconds } from "./log.mjs";
import { pack } from "./pack.mjs";
import { pkg, root, toolsBin } from "./paths.mjs";
import { ask, must } from "./run.mjs";
import { filesUnder } from "./stamp.mjs";

const longer = join("a-folder-with-a-much-longer-name", "and-one-more-below-it", "tokenkeep");

/** Builds the sources in two folders whose paths differ in length; the problems are what came out differently. */
export async function reproduceTwice() {
  return inFolder(async (place) => {
    const [one, two] = [await buildIn(join(place, "t")), await buildIn(join(place, longer))];
    return differences(one, two);
  });
}

/** Builds the sources once more, somewhere else, and compares that with pkg/ and its tarball, which are there already. */
export async function reproduceElsewhere() {
  const here = { pkg, tarball: await pack() };
  return inFolder(async (place) => differences(here, await buildIn(join(place, longer))));
}

async function inFolder(work) {
  const place = mkdtempSync(join(tmpdir(), "tokenkeep-reproduce-"));
  try {
    return await work(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function buildIn(folder) {
  const started = performance.now();
  await copySources(folder);
  borrowTools(folder);
  const { CARGO_TARGET_DIR, ...env } = process.env;
  const node = (script) => must(process.execPath, script, { cwd: folder, env, timeout: 900_000 });
  await node([join("scripts", "build.mjs")]);
  const made = { pkg: join(folder, "pkg") };
  made.tarball = (await node(["-e", 'import("./scripts/lib/pack.mjs").then(async ({ pack }) => console.log(await pack()))'])).trim();
  say(`built in a folder of ${folder.length} characters in ${seconds(started)}`);
  return made;
}

/** What git knows of or would take in, as it is now. */
async function copySources(folder) {
  const names = await ask("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (!names) throw new CurableError("git can't tell which files are the sources", "use a checkout made by git");
  const files = names.split("\0").filter((name) => name && existsSync(join(root, name)));
  for (const name of files) cpSync(join(root, name), join(folder, name));
}

/** The programs are the same for both; nothing that they have made is taken along. */
function borrowTools(folder) {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  mkdirSync(join(folder, ".tools"));
  symlinkSync(toolsBin, join(folder, ".tools", "bin"), "junction");
}

/** One line for each file that only one side has or whose bytes differ. */
export function differences(one, two) {
  const names = [one, two].map(({ pkg: folder }) => filesUnder(folder).map((file) => relative(folder, file)));
  const inBoth = names[0].filter((name) => names[1].includes(name));
  const alone = [...names[0], ...names[1]].filter((name) => !inBoth.includes(name)).map((name) => `${name} is in one package only`);
  const pairs = [...inBoth.map((name) => [name, join(one.pkg, name), join(two.pkg, name)]), ["the tarball", one.tarball, two.tarball]];
  return [...alone, ...pairs.map(([name, ...files]) => difference(name, ...files.map((file) => readFileSync(file)))).filter(Boolean)];
}

function difference(name, one, two) {
  if (one.equals(two)) return null;
  const longer = one.length > two.length ? one : two;
  return `${name} differs from byte ${longer.findIndex((_, at) => one[at] !== two[at])} on (${one.length} and ${two.length} bytes)`;
}
