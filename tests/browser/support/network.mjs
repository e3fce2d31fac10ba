import { browser } from "./browser.mjs";

/**
 * The network of the SharedWorker of `stage`, which `context.setOffline` does not reach. Resolves to a function that
 * cuts it (`true`) or mends it (`false`).
 */
export async function holderNetwork({ app }) {
  const debug = await (await browser()).newBrowserCDPSession();
  const { targetInfos } = await debug.send("Target.getTargets");
  const { targetId } = targetInfos.find(({ type, url }) => type === "shared_worker" && url.startsWith(app.origin));
  const { sessionId } = await debug.send("Target.attachToTarget", { targetId, flatten: false });
  const waiting = new Map();
  debug.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, error } = JSON.parse(message);
    waiting.get(id)?.(error);
  });
  const ask = async (method, params) => {
    const id = waiting.size + 1;
    const answered = new Promise((resolve) => waiting.set(id, resolve));
    await debug.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) });
    const error = await answered;
    if (error) throw new Error(error.message);
  };
  await ask("Network.enable", {});
  const unlimited = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  return (offline) => ask("Network.emulateNetworkConditions", { offline, ...unlimited });
}
