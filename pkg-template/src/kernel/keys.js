const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Key pairs whose private part nobody can read, by the name that the core knows them by. */
export class Keys {
  #pairs = new Map();
  #records;

  constructor(records) {
    this.#records = records;
  }

  /** The public part of a new pair as JWK text, or of the one that was kept if it is to `persist`; undefined without WebCrypto. */
  async make(persist) {
    try {
      const kept = persist && (await this.#records.key());
      const pair = kept || (await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]));
      if (persist && !kept) await this.#records.keepKey(pair);
      return JSON.stringify(await this.add(pair));
    } catch {
      return undefined;
    }
  }

  async add(pair) {
    const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
    this.#pairs.set(jwk.x, pair);
    return jwk;
  }

  get(handle) {
    return this.#pairs.get(handle);
  }

  /** `input` with its signature. Rejects if there is no such pair. */
  async sign(handle, input) {
    const signature = await crypto.subtle.sign(algorithm, this.#pairs.get(handle).privateKey, new TextEncoder().encode(input));
    return `${input}.${btoa(String.fromCharCode(...new Uint8Array(signature))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  }

  forget() {
    this.#pairs.clear();
  }
}
