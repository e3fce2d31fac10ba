// Every token the authorization server has issued, and until when each access token is good.
//
// oidc-provider counts in whole seconds; a demo and its tests want a lifetime of one or two seconds to be exactly that
// long, so expiry is judged here, to the millisecond, from the moment the token was handed out.

export class IssuedTokens {
  #accessTokens = new Map();
  #values = new Set();

  /** Takes the body of a successful token response. */
  record({ access_token: accessToken, refresh_token: refreshToken, id_token: idToken }, lifetime) {
    for (const value of [accessToken, refreshToken, idToken]) if (value) this.#values.add(value);
    this.#accessTokens.set(accessToken, { expiresAt: Date.now() + lifetime * 1000, refused: false });
  }

  refuseAllSoFar() {
    for (const token of this.#accessTokens.values()) token.refused = true;
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
