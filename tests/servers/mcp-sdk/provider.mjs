// What the authorization server of the MCP SDK leaves to whoever uses it: the clients, the codes, the tokens, and the
// pages that a person meets. Refresh tokens rotate, and a used one that comes back ends its whole family.

import { randomUUID } from "node:crypto";

import { InvalidGrantError, InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";

import { consentPage, loginPage } from "./pages.mjs";

export class SmallProvider {
  #clients = new Map();
  #requests = new Map();
  #codes = new Map();
  #tokens = new Map();
  counts = { exchanges: 0, refreshes: 0, refreshed: 0, reuseAlarms: 0, revocations: 0 };

  constructor({ accessTokenTtl }) {
    this.accessTokenTtl = accessTokenTtl;
  }

  get clientsStore() {
    return {
      getClient: (id) => this.#clients.get(id),
      registerClient: (client) => {
        this.#clients.set(client.client_id, client);
        return client;
      },
    };
  }

  /** Shows the login page; `logIn` and `decide` take what the person does. */
  async authorize(client, parameters, response) {
    const id = randomUUID();
    this.#requests.set(id, { client, parameters });
    response.send(loginPage({ id, client }));
  }

  logIn({ id, login }, response) {
    const request = this.#requests.get(id);
    if (!request) return response.sendStatus(404);
    request.login = login;
    return response.send(consentPage({ id, client: request.client, scopes: request.parameters.scopes, login }));
  }

  decide({ id, consent }, response) {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    if (!request?.login) return response.sendStatus(404);
    const { redirectUri, state } = request.parameters;
    const answer = consent ? { code: this.#issueCode(request) } : { error: "access_denied" };
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries({ ...answer, state })) if (value) target.searchParams.set(name, value);
    return response.redirect(303, target.href);
  }

  async challengeForAuthorizationCode(client, code) {
    return this.#codeOf(client, code).parameters.codeChallenge;
  }

  async exchangeAuthorizationCode(client, code, _verifier, redirectUri, resource) {
    this.counts.exchanges += 1;
    const { parameters, login } = this.#codeOf(client, code);
    this.#codes.delete(code);
    if (redirectUri !== parameters.redirectUri) throw new InvalidGrantError("another redirect_uri");
    if (resource?.href !== parameters.resource?.href) throw new InvalidGrantError("another resource");
    const { scopes } = parameters;
    return this.#issueTokens({ family: randomUUID(), clientId: client.client_id, login, scopes, resource });
  }

  async exchangeRefreshToken(client, value) {
    this.counts.refreshes += 1;
    const token = this.#tokens.get(value);
    if (token?.kind !== "refresh" || token.clientId !== client.client_id) throw new InvalidGrantError("unknown");
    if (token.isUsed) {
      this.counts.reuseAlarms += 1;
      this.#end(token.family);
      throw new InvalidGrantError("used before");
    }
    token.isUsed = true;
    this.counts.refreshed += 1;
    return this.#issueTokens(token);
  }

  async verifyAccessToken(value) {
    const token = this.#tokens.get(value);
    if (token?.kind !== "access" || token.expiresAt <= Date.now()) throw new InvalidTokenError("no longer good");
    const { clientId, scopes, resource, login } = token;
    const expiresAt = Math.ceil(token.expiresAt / 1000);
    return { token: value, clientId, scopes, resource, expiresAt, extra: { login } };
  }

  async revokeToken(client, { token: value }) {
    this.counts.revocations += 1;
    const token = this.#tokens.get(value);
    if (token?.clientId === client.client_id) this.#end(token.family);
  }

  /** Access tokens issued so far are refused from now on; refresh tokens live. */
  expireAccessTokens() {
    for (const token of this.#tokens.values()) token.expiresAt = 0;
  }

  revokeGrants() {
    this.#tokens.clear();
  }

  goodTokens() {
    const isGood = ({ kind, expiresAt, isUsed }) => (kind === "access" ? expiresAt > Date.now() : !isUsed);
    return [...this.#tokens.values()].filter(isGood).length;
  }

  #issueCode(request) {
    const code = randomUUID();
    this.#codes.set(code, request);
    return code;
  }

  #codeOf(client, code) {
    const request = this.#codes.get(code);
    if (request?.client.client_id !== client.client_id) throw new InvalidGrantError("unknown code");
    return request;
  }

  #issueTokens({ family, clientId, login, scopes, resource }) {
    const shared = { family, clientId, login, scopes, resource };
    const [access, refresh] = [randomUUID(), randomUUID()];
    this.#tokens.set(access, { ...shared, kind: "access", expiresAt: Date.now() + this.accessTokenTtl * 1000 });
    this.#tokens.set(refresh, { ...shared, kind: "refresh" });
    return {
      access_token: access,
      token_type: "bearer",
      expires_in: this.accessTokenTtl,
      scope: scopes.join(" "),
      refresh_token: refresh,
    };
  }

  #end(family) {
    for (const [value, token] of this.#tokens) if (token.family === family) this.#tokens.delete(value);
  }
}
