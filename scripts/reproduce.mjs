import { main, say } from "./lib/log.mjs";
import { reproduceTwice } from "./lib/reproduce.mjs";
import { setUp } from "./lib/setup.mjs";

await main(async () => {
  await setUp({ tests: false });
  const problems = await reproduceTwice();
  for (const problem of problems) say(`not reproducible: ${problem}`);
  if (problems.length === 0) say("both builds are the same, byte for byte");
  return problems.length ? 1 : 0;
});
