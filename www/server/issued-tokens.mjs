// Every token the authorization server has issued, and until when each access token is good.
//
// oidc-provider counts in whole seconds; a demo and its tests want a lifetime of one or two seconds to be exactly that
// long, so expiry is judged here, to the millisecond, from the moment the token was handed out.

export class IssuedTokens {
  #accessTokens = new Map();
  #values = new Set();

  /** Takes the body of a successful token response, the sign-in that it goes back to, and the token's own entity. */
  record(body, lifetime, { acr, authTime }, entity) {
    const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = body;
    for (const value of [accessToken, refreshToken, idToken]) if (value) this.#values.add(value);
    const jwt = accessToken.split(".").length === 3 ? entity : undefined;
    const expiresAt = Date.now() + lifetime * 1000;
    this.#accessTokens.set(accessToken, { expiresAt, refused: false, acr, authTime, jwt });
  }

  /** What a JWT stands for: `{ grantId, clientId, accountId, scope, aud, jkt }`; undefined for other tokens. */
  jwtOf(accessToken) {
    return this.#accessTokens.get(accessToken)?.jwt;
  }

  refuseAllSoFar() {
    for (const token of this.#accessTokens.values()) token.refused = true;
  }

  /** The sign-in that the token goes back to: its `acr`, and when it was in seconds since the epoch. */
  signInOf(accessToken) {
    const { acr, authTime } = this.#accessTokens.get(accessToken) ?? {};
    return { acr, authTime };
  }

  ageSignIns(seconds) {
    for (const token of this.#accessTokens.values()) token.authTime -= seconds;
  }

  /** Milliseconds since the epoch, or null when the token is unknown, refused or past its time. */
  expiryOf(accessToken) {
    const token = this.#accessTokens.get(accessToken);
    return token && !token.refused && token.expiresAt > Date.now() ? token.expiresAt : null;
  }

  values() {
    return [...this.#values];
  }
}
