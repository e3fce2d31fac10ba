// A browser put to sleep as a machine that is suspended does it: all of its processes stop, and the time goes on.

import { execFileSync } from "node:child_process";

/** The processes below this one's children: what the driver has started, but neither the driver nor what else is needed meanwhile. */
export function browserProcesses() {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const parents = new Map(lines.map((line) => line.trim().split(/\s+/).map(Number)));
  const depth = (pid) => (pid === process.pid ? 0 : parents.has(pid) ? depth(parents.get(pid)) + 1 : Number.NEGATIVE_INFINITY);
  return [...parents.keys()].filter((pid) => depth(pid) >= 2);
}

/** Stops these processes; the function that it answers wakes them. */
export function sleepOf(processes) {
  if (processes.length === 0) throw new Error("there is no browser to be put to sleep");
  const tell = (signal) => {
    for (const pid of processes) process.kill(pid, signal);
  };
  tell("SIGSTOP");
  return () => tell("SIGCONT");
}
