import { checkConformance } from "./lib/conformance.mjs";
import { main, say } from "./lib/log.mjs";
import { root } from "./lib/paths.mjs";

await main(async () => {
  const { problems, text } = checkConformance(root);
  say([text, ...problems].join("\n"));
  return problems.length ? 1 : 0;
});
