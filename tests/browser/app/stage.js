// What every page of the tests has beside its connection: a record of the events, and calls whose outcome can leave
// the page as plain data.

const types = ["signedin", "refreshed", "refreshfailed", "signedout", "stepup", "anomaly", "unlocked", "outdated", "waiting"];

/** Puts `app` into the global scope: the thing under test and the helpers that tests call by `page.evaluate`. */
export function setStage(auth, tokenkeep) {
  const events = [];
  for (const type of types) {
    auth?.addEventListener(type, ({ detail }) => events.push({ type, detail }));
  }
  const send = (...request) => outcome(() => sent(auth, request));
  const explain = (...request) => outcome(() => explained(auth, request));
  const helpers = { outcome, send, explain, burst: (...wanted) => burst(send, ...wanted) };
  globalThis.app = { auth, tokenkeep, events, ...helpers };
}

async function sent(auth, [input, init]) {
  const response = await auth.fetch(input, init);
  return { status: response.status, text: await response.text() };
}

async function explained(auth, [input, init]) {
  const response = await auth.fetch(input, init);
  return { status: response.status, explanation: auth.explain(response) };
}

/** Sends `count` effects at once, numbered in the order of the calls; how often each outcome came. */
async function burst(send, url, count) {
  const headers = { "content-type": "application/json" };
  const calls = Array.from({ length: count }, (_, n) => send(url, { method: "POST", headers, body: JSON.stringify({ n }) }));
  const tally = {};
  for (const { value, error } of await Promise.all(calls)) {
    const word = value ? value.status : error.name === "TokenKeepError" ? error.code : error.name;
    tally[word] = (tally[word] ?? 0) + 1;
  }
  return tally;
}

/** `{ value }`, or `{ error }` with what a program can tell of it. */
export async function outcome(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: describe(error) };
  }
}

export function describe(error) {
  const { name, message, code, option, reason } = error ?? {};
  return { name, message, code, option, reason, error: error?.error, errorDescription: error?.errorDescription };
}

/** Where this page's holder is, fit for a page that demands trusted types. */
export function holderUrl() {
  const { holder } = document.documentElement.dataset;
  const policy = globalThis.trustedTypes?.createPolicy("tokenkeep", { createScriptURL: (url) => url });
  return policy?.createScriptURL(holder) ?? holder;
}
