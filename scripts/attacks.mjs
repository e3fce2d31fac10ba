import { runAttacks, writeResults } from "./lib/attacks.mjs";
import { build } from "./lib/build.mjs";
import { CurableError, main, say, seconds } from "./lib/log.mjs";
import { setUp } from "./lib/setup.mjs";

// Carries out every attack against the package and writes down what came of it.
await main(async () => {
  const started = performance.now();
  await setUp();
  await build();
  const { code, output, text } = await runAttacks();
  say(output.trimEnd());
  say(`attacks: ${seconds(started)}`);
  if (code !== 0) throw new CurableError("an attack did not end as foreseen", "see which, above; docs/security/results.md is as it was");
  writeResults(text);
  return 0;
});
