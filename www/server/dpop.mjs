// What a resource server asks of a DPoP proof (RFC 9449 sections 4.3, 7 and 9), with nothing forgiven.

import { createHash, randomBytes } from "node:crypto";

import { EmbeddedJWK, calculateJwkThumbprint, jwtVerify } from "jose";

const ALGORITHMS = ["ES256"];
const WINDOW = 60;

/** Why a proof is refused: `error` is the code of RFC 9449 section 7.1. */
export class ProofRefused extends Error {
  constructor(message, error = "invalid_dpop_proof") {
    super(message);
    this.error = error;
  }
}

/**
 * Checks proofs. With `requireNonce` each must have a nonce of this checker's; with `freshNonces` it gives a new one
 * with every answer, and takes all since the last `replaceNonces()`; one is good for `uses` requests. Its clock is wrong by `clockOffset` seconds.
 */
export class ProofCheck {
  #used = new Set();
  #nonces;

  #left;

  constructor({ requireNonce = false, freshNonces = false, uses = Infinity, clockOffset = 0 } = {}) {
    Object.assign(this, { requireNonce, freshNonces, uses, clockOffset });
    this.replaceNonces();
  }

  /** Has all nonces so far refused. */
  replaceNonces() {
    this.#nonces = [randomBytes(16).toString("base64url")];
    this.#left = this.uses;
  }

  now() {
    return Math.floor(Date.now() / 1000) + this.clockOffset;
  }

  /** The nonce that an answer gives to the client; undefined without nonces. */
  nonceForAnswer() {
    if (!this.requireNonce) return undefined;
    if (this.freshNonces) this.#nonces.push(randomBytes(16).toString("base64url"));
    return this.#nonces.at(-1);
  }

  /** Resolves when `proof` belongs to this request with this token, which is bound to the key `jkt`. */
  async check(proof, { method, url, accessToken, jkt }) {
    if (proof === undefined) throw new ProofRefused("there is no proof");
    const { payload, protectedHeader } = await verified(proof);
    const { jti, htm, htu, iat, ath, nonce } = payload;
    for (const claim of [jti, htm, htu, ath]) if (typeof claim !== "string" || claim === "") throw new ProofRefused("a claim is missing");
    if (htm !== method) throw new ProofRefused("htm is not the request's method");
    if (htu !== url) throw new ProofRefused("htu is not the request's URL");
    if (ath !== createHash("sha256").update(accessToken).digest("base64url")) throw new ProofRefused("ath is wrong");
    this.#checkNonce(nonce);
    if (!Number.isInteger(iat) || Math.abs(iat - this.now()) > WINDOW) throw new ProofRefused("iat is not recent");
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk);
    if (thumbprint !== jkt) throw new ProofRefused("the token is bound to another key", "invalid_token");
    this.#use(`${thumbprint} ${jti}`);
  }

  #checkNonce(nonce) {
    if (!this.requireNonce) return;
    if (!this.#nonces.includes(nonce)) throw new ProofRefused("the nonce is missing or too old", "use_dpop_nonce");
    this.#left -= 1;
    if (this.#left === 0) this.replaceNonces();
  }

  #use(proof) {
    if (this.#used.has(proof)) throw new ProofRefused("the proof was used before");
    this.#used.add(proof);
  }
}

async function verified(proof) {
  try {
    return await jwtVerify(proof, EmbeddedJWK, { algorithms: ALGORITHMS, typ: "dpop+jwt" });
  } catch (error) {
    throw new ProofRefused(`the proof does not verify (${error.code ?? error.name})`);
  }
}

/** The challenge for a request whose proof or token was refused; the code is null when it had none. */
export function dpopChallenge(realm, error, description) {
  const parts = [`realm="${realm}"`];
  if (error) parts.push(`error="${error}"`, `error_description="${description}"`);
  return `DPoP ${[...parts, `algs="${ALGORITHMS.join(" ")}"`].join(", ")}`;
}
