import { spawn } from "node:child_process";
import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { CurableError } from "./log.mjs";
import { root } from "./paths.mjs";

const windows = process.platform === "win32";

/** The full path of a program on `path`, or null. */
export function which(name, path = process.env.PATH ?? "") {
  const endings = windows ? ["", ".exe", ".cmd", ".bat"] : [""];
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const found = endings.map((ending) => join(folder, name + ending)).find(isExecutable);
    if (found) return found;
  }
  return null;
}

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export function npm() {
  return which("npm") ?? join(dirname(process.execPath), "npm");
}

/**
 * Runs a program to its end and never throws: `{ code, output, timedOut }`, with both of its streams in `output`.
 * `tee` shows the output as it comes, `log` names a file that gets it in the end.
 */
export function run(program, args, { env = process.env, cwd = root, timeout, tee = false, log } = {}) {
  const shell = windows && /\.(cmd|bat)$/i.test(program);
  const child = spawn(program, args, { cwd, env, shell, stdio: ["ignore", "pipe", "pipe"], detached: !windows });
  let [output, timedOut] = ["", false];
  for (const stream of ["stdout", "stderr"]) {
    child[stream].setEncoding("utf8").on("data", (text) => {
      output += text;
      if (tee) process[stream].write(text);
    });
  }
  const stop = () => kill(child);
  process.once("exit", stop);
  const timer = timeout && setTimeout(() => ((timedOut = true), stop()), timeout);
  return new Promise((resolve) => {
    const finish = (code, note = "") => {
      clearTimeout(timer);
      process.removeListener("exit", stop);
      output += note;
      if (log) keep(log, output);
      resolve({ code: timedOut ? 124 : code, output, timedOut });
    };
    child.on("error", (error) => finish(127, `${error.message}\n`));
    child.on("close", (code, signal) => finish(code ?? 1, signal && !timedOut ? `ended by ${signal}\n` : ""));
  });
}

/** Runs a program that has to succeed and returns its output. */
export async function must(program, args, { cure = "see why, above, and run it by hand", ...options } = {}) {
  const result = await run(program, args, options);
  if (result.code === 0) return result.output;
  const tail = result.output.trimEnd().split("\n").slice(-40).join("\n");
  const how = result.timedOut ? "took too long" : `failed (${result.code})`;
  throw new CurableError(`${tail}\n\n${program} ${args.join(" ")} ${how}`, options.log ? `${cure}; whole output in ${options.log}` : cure);
}

/** A program's standard answer, trimmed, or null when it can't be had within a few seconds. */
export async function ask(program, args, options = {}) {
  const { code, output } = await run(program, args, { timeout: 20_000, ...options });
  return code === 0 ? output.trim() : null;
}

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Writes a file, and the folders above it. */
export function keep(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

// A group kill, because cargo and npm leave their own children running otherwise.
function kill(child) {
  try {
    if (windows) child.kill();
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}
