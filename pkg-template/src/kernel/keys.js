const most = 32;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Key pairs whose private part nobody can read, by the name that the core knows them by. */
export class Keys {
  #pairs = new Map();
  #records;
  #forgotten = 0;

  constructor(records) {
    this.#records = records;
  }

  /** The public part of a new pair as JWK text, or of the one that was kept if it is to `persist`; undefined without WebCrypto. */
  async make(persist) {
    try {
      const since = this.#forgotten;
      const found = persist && (await this.#records.key());
      // Other script of this origin may have put another there.
      const kept = found?.privateKey?.extractable === false && found;
      const pair = kept || (await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]));
      if (persist && !kept && since === this.#forgotten) await this.#records.keepKey(pair);
      return JSON.stringify(await this.add(pair));
    } catch {
      return undefined;
    }
  }

  async add(pair) {
    const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
    this.#touch(jwk.x, pair);
    // Sign-ins that nobody came back from leave their pairs behind.
    if (this.#pairs.size > most) this.#pairs.delete(this.#pairs.keys().next().value);
    return jwk;
  }

  /** The pairs are in the order of their last use. */
  #touch(handle, pair) {
    this.#pairs.delete(handle);
    this.#pairs.set(handle, pair);
  }

  get(handle) {
    return this.#pairs.get(handle);
  }

  /** `input` with its signature. Rejects if there is no such pair. */
  async sign(handle, input) {
    const pair = this.#pairs.get(handle);
    if (pair) this.#touch(handle, pair);
    const signature = await crypto.subtle.sign(algorithm, pair.privateKey, new TextEncoder().encode(input));
    return `${input}.${btoa(String.fromCharCode(...new Uint8Array(signature)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "")}`;
  }

  forget() {
    this.#forgotten += 1;
    this.#pairs.clear();
  }
}
