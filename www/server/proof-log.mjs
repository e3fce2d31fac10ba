// A record of the DPoP proofs that came to a server, good ones and bad ones alike: what they say, unverified.

import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from "jose";

export class ProofLog {
  /** `{ path, alg, jwk, jkt, jti, htm, htu, iat, ath, nonce, value }` each; `jkt` is there a moment later. */
  entries = [];

  /** Notes the proof of a request, if it has one. */
  note({ headers, method }, path) {
    const { dpop: value } = headers;
    if (value === undefined || method === "OPTIONS") return;
    const entry = { path, value };
    this.entries.push(entry);
    try {
      const { alg, jwk } = decodeProtectedHeader(value);
      const { jti, htm, htu, iat, ath, nonce } = decodeJwt(value);
      Object.assign(entry, { alg, jwk, jti, htm, htu, iat, ath, nonce });
      calculateJwkThumbprint(jwk).then((jkt) => Object.assign(entry, { jkt }), Boolean);
    } catch {
      // Something else than a JWT: its value is all there is to note.
    }
  }
}
