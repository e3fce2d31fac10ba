/** A failure that the person at the keyboard can cure; printed without a stack. */
export class CurableError extends Error {
  constructor(problem, cure) {
    super(`${problem}\n  cure: ${cure}`);
    this.name = "CurableError";
  }
}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** The names that were given, or all that are known when there are none; one that isn't known is told beside those that are. */
export function choose(what, names, known) {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length) throw new CurableError(`no ${what} is called ${unknown.join(", ")}`, `choose from: ${known.join(" ")}`);
  return names.length ? names : known;
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs a script's main function; a curable failure ends it with status 1 and no stack. */
export async function main(run) {
  // Leaving by `exit` lets locks be released and children be ended.
  process.on("SIGINT", () => process.exit(130));
  process.on("SIGTERM", () => process.exit(143));
  try {
    process.exitCode = (await run()) ?? 0;
  } catch (error) {
    const isCurable = error instanceof CurableError || error.code?.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(`\n${isCurable ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
