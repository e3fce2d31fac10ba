// Which requests the API lets pass: what the token must be, for whom, and with what proof.

import { createRemoteJWKSet, jwtVerify } from "jose";

import { ProofCheck, ProofRefused, dpopChallenge } from "./dpop.mjs";

const NAME = "tokenkeep-demo";
const REALM = `Bearer realm="${NAME}"`;
const CREDENTIALS = /^(Bearer|DPoP) +([A-Za-z0-9\-._~+/]+=*)$/i;
const UNKNOWN = "The access token expired, was revoked or is unknown";

export class TokenCheck {
  #authorizationServer;
  #keys;

  /**
   * With `audience` tokens must be for it. `jwt` has them checked as JWTs first (RFC 9068). `dpop` has the options of
   * `ProofCheck`; without it tokens that are bound to a key are checked all the same, and a request without a token is
   * asked for a bearer token.
   */
  constructor({ authorizationServer, audience, jwt = false, dpop }) {
    this.#authorizationServer = authorizationServer;
    Object.assign(this, { audience, jwt, asksForProofs: Boolean(dpop) });
    this.proofs = new ProofCheck(dpop === true ? {} : dpop);
  }

  /**
   * Why a request to `url` may not pass, as `{ status, error, header }` in the terms of RFC 6750 section 3 and RFC 9449
   * section 7; null when it may.
   */
  async challengeFor({ method, headers }, url, { scope, signIn = {} }) {
    const { authorization } = headers;
    if (!authorization) return { status: 401, header: this.#invitation() };
    const [, scheme, value] = CREDENTIALS.exec(authorization) ?? [];
    if (!value) return { status: 400, error: "invalid_request", header: `${REALM}, error="invalid_request"` };
    const isProved = scheme.toLowerCase() === "dpop";
    const token = await this.#find(value);
    if (!token) return unknownToken(isProved);
    // A bound token that comes as a bearer token may be a stolen one.
    if (token.jkt && !isProved) return unknownToken(true);
    const refused = isProved && (await this.#proofRefused(headers.dpop, { method, url, accessToken: value, ...token }));
    return refused || scopeRefused(token, scope, isProved) || signInRefused(token, signIn, isProved);
  }

  #invitation() {
    return this.asksForProofs ? dpopChallenge(NAME) : REALM;
  }

  /** What is known of a token that may be used here; null when it may not. */
  async #find(value) {
    const token = await this.#authorizationServer.verify(value);
    if (!token.active || (this.audience && token.aud !== this.audience)) return null;
    return !this.jwt || (await this.#isGoodJwt(value, token)) ? token : null;
  }

  async #isGoodJwt(value, { jkt }) {
    const { issuer } = this.#authorizationServer;
    // Keys may be replaced at any moment, and no request shall fail because the last look was too short ago.
    this.#keys ??= createRemoteJWKSet(new URL("/jwks", issuer), { cooldownDuration: 0 });
    const options = { issuer, typ: "at+jwt", ...(this.audience && { audience: this.audience }) };
    const verified = await jwtVerify(value, this.#keys, options).catch(() => null);
    return verified !== null && verified.payload.cnf?.jkt === jkt;
  }

  async #proofRefused(proof, bound) {
    try {
      await this.proofs.check(proof, bound);
      return null;
    } catch (refusal) {
      if (!(refusal instanceof ProofRefused)) throw refusal;
      const { error, message } = refusal;
      return { status: 401, error, header: dpopChallenge(NAME, error, message) };
    }
  }
}

function unknownToken(isProved) {
  const error = "invalid_token";
  return { status: 401, error, header: challenge(isProved, `error="${error}", error_description="${UNKNOWN}"`) };
}

function scopeRefused(token, scope, isProved) {
  if (token.scope.split(" ").includes(scope)) return null;
  const error = "insufficient_scope";
  return { status: 403, error, header: challenge(isProved, `error="${error}", scope="${scope}"`) };
}

/** Asks for a stronger or a newer sign-in, in the terms of RFC 9470 section 3. */
function signInRefused(token, { acr, maxAge }, isProved) {
  const isTooWeak = acr !== undefined && token.acr !== acr;
  const isTooOld = maxAge !== undefined && token.authTime + maxAge < Date.now() / 1000;
  if (!isTooWeak && !isTooOld) return null;
  const error = "insufficient_user_authentication";
  const wanted = isTooWeak ? `acr_values="${acr}"` : `max_age="${maxAge}"`;
  return { status: 401, error, header: challenge(isProved, `error="${error}", ${wanted}`) };
}

const challenge = (isProved, rest) => `${isProved ? dpopChallenge(NAME) : REALM}, ${rest}`;
