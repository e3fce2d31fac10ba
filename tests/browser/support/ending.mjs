// Ends a holder as a phone does that needs its memory: from outside, with nothing said to anybody.

import { until } from "./until.mjs";

/** Ends the SharedWorkers of this page's browser that run a script of its origin, or of another one; there must be one. */
export async function endSharedWorker(page, { origin } = new URL(page.url())) {
  const session = await page.context().browser().newBrowserCDPSession();
  const running = async () => {
    const { targetInfos } = await session.send("Target.getTargets");
    return targetInfos.filter(({ type, url }) => type === "shared_worker" && url.startsWith(origin));
  };
  const found = await running();
  if (found.length === 0) throw new Error("there is no SharedWorker to be ended");
  for (const { targetId } of found) await session.send("Target.closeTarget", { targetId });
  await until(async () => (await running()).every(({ targetId }) => found.every((old) => old.targetId !== targetId)), "the worker's end");
  await session.detach();
}
