// What a debugger sees of the holder, wherever it runs: no script can look there.

import { until } from "../../browser/support/until.mjs";
import { catchInstances } from "../scripts/memory.mjs";

/** Resolves to the strings on the heap of the realm in which the page's holder runs, as one text. */
export async function heapOf(rig, page) {
  const ask = await newest(await connect[rig.mode](rig, page));
  const chunks = [];
  ask.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await ask("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  return JSON.parse(chunks.join("")).strings.join("\n");
}

/**
 * To be called before anything is opened. Resolves to `memory(page)`: all bytes of the WebAssembly memory of the page's
 * holder, as latin1 text. In a page nothing leads a debugger to it either, so there it is caught as it is made.
 */
export async function debugHolder(rig) {
  if (rig.mode === "page") {
    await rig.plant(catchInstances);
    return { memory: (page) => rig.inject(page, readCaught) };
  }
  let found;
  const find = async (page) => newest(await connect[rig.mode](rig, page));
  return { memory: async (page) => memoryText(await (found ??= find(page))) };
}

/** Runs in the page. */
function readCaught(evil) {
  return evil
    .memories()
    .map(({ buffer }) => evil.latin1(new Uint8Array(buffer)))
    .join("\n");
}

/** Of several workers, the page's own is the one that was started last: that of the page before may be alive still. */
async function newest(targets) {
  const ages = await Promise.all(targets.map((ask) => ask("Runtime.evaluate", { expression: "performance.timeOrigin" })));
  const [{ ask }] = targets.map((ask, index) => ({ ask, since: ages[index].result.value })).sort((a, b) => b.since - a.since);
  return ask;
}

// Each answers the targets as functions that ask them.
const connect = {
  page: async (_, page) => {
    const session = await page.context().newCDPSession(page);
    return [Object.assign((method, params) => session.send(method, params), { on: (event, listen) => session.on(event, listen) })];
  },
  worker: async (_, page) => {
    const session = await page.context().newCDPSession(page);
    const attached = [];
    session.on("Target.attachedToTarget", ({ sessionId }) => attached.push(messenger(session, sessionId)));
    await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    await until(() => attached.length > 0, "the page's worker");
    return attached;
  },
  shared: sharedWorkerOf,
  own: sharedWorkerOf,
};

async function sharedWorkerOf({ context, home: { origin } }) {
  const session = await context.browser().newBrowserCDPSession();
  const { targetInfos } = await session.send("Target.getTargets");
  const { targetId } = targetInfos.find(({ type, url }) => type === "shared_worker" && url.startsWith(`${origin}/`));
  const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false });
  return [messenger(session, sessionId)];
}

/** Speaks to a target behind `session`, and hears what it says `on` its own. */
function messenger(session, sessionId) {
  const waiting = new Map();
  const listeners = new Map();
  session.on("Target.receivedMessageFromTarget", ({ sessionId: from, message }) => {
    if (from !== sessionId) return;
    const { id, method, params, ...answer } = JSON.parse(message);
    if (method) listeners.get(method)?.(params);
    else waiting.get(id)?.(answer);
  });
  const ask = async (method, params) => {
    const id = waiting.size + 1;
    const answered = new Promise((resolve) => waiting.set(id, resolve));
    await session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) });
    const { result, error } = await answered;
    if (error) throw new Error(error.message);
    return result;
  };
  return Object.assign(ask, { on: (event, listen) => listeners.set(event, listen) });
}

async function memoryText(ask) {
  // Memories may have prototypes of their own.
  const { result } = await ask("Runtime.evaluate", { expression: "WebAssembly.Instance.prototype" });
  const { objects } = await ask("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const { objectId } = objects;
  const read = await ask("Runtime.callFunctionOn", { objectId, functionDeclaration: String(readAll), returnByValue: true });
  if (read.exceptionDetails) throw new Error(read.exceptionDetails.exception?.description);
  if (!read.result.value) throw new Error("there is no memory in this realm");
  return read.result.value;
}

/** Runs in the realm, on the list of its instances. */
function readAll() {
  // What reads the text that the module is spelt in has a memory too, until it is collected.
  if ([...this].every(({ exports }) => exports.decode)) return "";
  let text = "";
  for (const { buffer } of [...this].flatMap(({ exports }) => Object.values(exports))) {
    const bytes = new Uint8Array(buffer ?? 0);
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}
