// Ends a holder as a phone does that needs its memory: from outside, with nothing said to anybody.

import { until } from "./until.mjs";

/**
 * Ends the SharedWorkers of this page's browser that run a script of its origin, or of another one; there must be one. Resolves when
 * they are gone and the pages of that origin have heard of it, where there are locks.
 */
export async function endSharedWorker(page, { origin } = new URL(page.url())) {
  const context = page.context();
  const frames = context.pages().flatMap((one) => one.frames());
  const there = frames.filter((frame) => frame.url().startsWith(origin));
  const witness = there.length === 0 ? await openBlank(context, origin) : undefined;
  const all = witness ? [witness.mainFrame()] : there;
  const holders = await Promise.all(all.map((frame) => frame.evaluate(holderLocks)));
  await closeTargets(context, origin);
  const hear = async (frame, at) => {
    // A frame with a page of the holder's own origin goes as soon as it has heard.
    await frame.evaluate(freed, holders[at]).catch(() => until(() => frame.isDetached(), "the frame's end"));
  };
  // Chromium strikes a worker off its list a little before it ends, and until then it answers.
  await Promise.all(all.map(hear));
  await witness?.close();
}

async function closeTargets(context, origin) {
  const session = await context.browser().newBrowserCDPSession();
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

/** A page of this origin with nothing in it. */
async function openBlank(context, origin) {
  const page = await context.newPage();
  await page.route("**", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await page.goto(origin);
  return page;
}

/** The names of the locks that the holders of this page's origin have for as long as they live. */
async function holderLocks() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.map(({ name }) => name).filter((name) => name.startsWith("tokenkeep:holder-"));
}

/** Resolves when these locks are free, and who has waited for them before has heard so. */
async function freed(names) {
  for (const name of names) await navigator.locks.request(name, { mode: "shared" }, () => {});
}
