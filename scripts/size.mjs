import { build } from "./lib/build.mjs";
import { main, say } from "./lib/log.mjs";
import { setUp } from "./lib/setup.mjs";
import { checkSizes, sizeTable } from "./lib/sizes.mjs";

await main(async () => {
  await setUp({ tests: false });
  await build();
  const { rows, problems } = checkSizes();
  say(sizeTable(rows));
  for (const problem of problems) say(`over: ${problem}`);
  return problems.length ? 1 : 0;
});
