// Runs the command of the packed package, as somebody at a terminal would.

import { execFile } from "node:child_process";
import { join } from "node:path";

import { installPackage } from "../../../scripts/lib/pack.mjs";

const tests = join(import.meta.dirname, "..");

/** `npx tokenkeep <args>`: its exit code, what it wrote, the lines of that, and those that tell of failures and warnings. */
export async function runCommand(args, env = {}) {
  const command = [join(await installPackage(tests), "bin", "tokenkeep.mjs"), ...args];
  return new Promise((resolve) =>
    execFile(process.execPath, command, { env: { ...process.env, ...env }, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      const lines = output.trimEnd().split("\n");
      const marked = (mark) => lines.filter((line) => line.startsWith(mark));
      resolve({ code: error?.code ?? 0, output, lines, wrong: marked("FAIL"), doubts: marked("warn"), text: lines.join("\n") });
    }),
  );
}

/** Options as arguments: `{ app: ["a", "b"], "follow-hosts": true }` is `--app=a --app=b --follow-hosts`. */
export const asArguments = (options) =>
  Object.entries(options).flatMap(([name, value]) => [value].flat().map((one) => (one === true ? `--${name}` : `--${name}=${one}`)));
