// The keys that the authorization server signs with: one for each algorithm, each of which can be replaced while the
// server runs, and what its JWK set shows of them.

import { constants, generateKeyPairSync, randomBytes, sign } from "node:crypto";

import { ExternalSigningKey } from "oidc-provider";

const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

const ALGORITHMS = {
  RS256: { generate: rsa, sign: (data, key) => sign("sha256", data, key) },
  PS256: { generate: rsa, sign: (data, key) => sign("sha256", data, { key, ...pss }) },
  ES256: {
    generate: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
    sign: (data, key) => sign("sha256", data, { key, dsaEncoding: "ieee-p1363" }),
  },
  EdDSA: { generate: () => generateKeyPairSync("ed25519"), sign: (data, key) => sign(null, data, key) },
};

export class SigningKeys {
  #keys;
  #published;
  #isNamed = true;

  /** Makes a key for each algorithm; ID tokens are signed by the first. */
  constructor(algorithms) {
    this.#keys = algorithms.map((algorithm) => new ReplaceableKey(algorithm));
    this.#publish();
  }

  get algorithm() {
    return this.#keys[0].alg;
  }

  /** What oidc-provider signs with. */
  forProvider() {
    return { keys: this.#keys };
  }

  /** The JWK set as clients are shown it. */
  jwks() {
    return { keys: this.#published };
  }

  /**
   * Signs with new keys from now on, and resolves to the `kid` of the first. The JWK set has them, and with `keep` the
   * old ones too; with `publish: false` it stays as it is.
   */
  rotate({ publish = true, keep = false } = {}) {
    const old = keep ? this.#published : [];
    for (const key of this.#keys) key.replace(this.#isNamed);
    if (publish) this.#publish(old);
    return this.#keys[0].kid;
  }

  /** No key has a `kid` from now on, in the set or in the header of a token. To be called once the provider is made. */
  unname() {
    this.#isNamed = false;
    for (const key of this.#keys) key.kid = undefined;
    this.#publish();
  }

  #publish(more = []) {
    this.#published = [...this.#keys.map((key) => key.publicJwk()), ...more];
  }
}

class ReplaceableKey extends ExternalSigningKey {
  #pair;

  constructor(algorithm) {
    super();
    this.alg = algorithm;
    this.replace();
  }

  replace(isNamed = true) {
    this.#pair = ALGORITHMS[this.alg].generate();
    this.kid = isNamed ? randomBytes(8).toString("hex") : undefined;
  }

  publicJwk() {
    return { ...this.#pair.publicKey.export({ format: "jwk" }), use: "sig", alg: this.alg, kid: this.kid };
  }

  keyObject() {
    return this.#pair.publicKey;
  }

  sign(data) {
    return ALGORITHMS[this.alg].sign(data, this.#pair.privateKey);
  }
}
