import { existsSync } from "node:fs";
import { join } from "node:path";

import { aptInstall } from "./apt.mjs";
import { say, seconds } from "./log.mjs";
import { logs, root, tools } from "./paths.mjs";
import { ask, must, which } from "./run.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";

const oldest = [3, 10];
const packages = join(root, "tests", "servers", "django", "requirements.txt");
const folder = join(tools, "python-servers");
const interpreter = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");

/** Why the tests with servers written in Python can't be run here; null when they can. */
export const whyNoPython = `no Python of at least ${oldest.join(".")} was found`;

/** The interpreter that has the Python servers' packages, or null where set-up found no Python. */
export function serversPython() {
  return existsSync(interpreter) ? interpreter : null;
}

/** Installs the packages of the Python servers into .tools. Does without, and says so, where there is no Python. */
export async function ensurePython() {
  // Debian keeps what a new environment needs in a package of its own.
  const install = () => aptInstall(["python3", "python3-venv"], "a server that the tests sign in to");
  const found = (await findPython()) ?? (await install().then(findPython));
  if (!found) return say(`${whyNoPython}: the tests with a Django server will be skipped`);
  const key = hashOf([packages], found);
  await unlessFresh({ stamp: join(folder, ".tokenkeep-stamp"), key, outputs: [interpreter] }, () => makeEnvironment(found));
}

async function findPython() {
  const asked = `import ensurepip, sys; print(sys.version_info >= (${oldest}))`;
  for (const name of ["python3", "python"]) {
    const program = which(name);
    if (program && (await ask(program, ["-c", asked])) === "True") return program;
  }
  return null;
}

async function makeEnvironment(python) {
  const started = performance.now();
  say("pip: installing the Python servers of the tests into .tools");
  await must(python, ["-m", "venv", "--clear", folder], { timeout: 120_000, log: join(logs, "venv.log") });
  const args = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--only-binary=:all:", "-r", packages];
  await must(interpreter, args, { timeout: 600_000, log: join(logs, "pip.log") });
  say(`pip: done in ${seconds(started)}`);
}
