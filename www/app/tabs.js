// Two tabs of this app, and how they agree to call at the same moment. Messages, not timers: a tab in the background
// gets its messages at once but its timers late.

const PATIENCE = 10_000;

export const isCompanion = new URLSearchParams(location.search).has("companion");

const channel = new BroadcastChannel("tokenkeep-demo");

/** In the second tab: says that it is there, and calls when told to. */
export function serveAsCompanion({ signedIn, callNow }) {
  channel.addEventListener("message", async ({ data }) => {
    if (data.type === "fire") channel.postMessage({ type: "done", ...(await callNow(data.count)) });
  });
  channel.postMessage({ type: "ready", signedIn: signedIn() });
}

/**
 * In the first tab: opens the second, or loads it again when it is still there: two of them would both answer. Must run
 * in the click itself, or the browser blocks the tab.
 */
export async function openCompanion() {
  const ready = nextMessage("ready");
  window.open("/?companion", "tokenkeep-companion");
  return ready;
}

/** Tells the second tab to call, and resolves to what it got. */
export function fireCompanion(count) {
  const done = nextMessage("done");
  channel.postMessage({ type: "fire", count });
  return done;
}

function nextMessage(type) {
  return new Promise((resolve, reject) => {
    const finish = (settle, value) => {
      clearTimeout(timer);
      channel.removeEventListener("message", listen);
      settle(value);
    };
    const listen = ({ data }) => data.type === type && finish(resolve, data);
    const timer = setTimeout(finish, PATIENCE, reject, new Error("The second tab did not answer. Was it blocked?"));
    channel.addEventListener("message", listen);
  });
}
