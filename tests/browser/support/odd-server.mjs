// A test double of an authorization server and an API that misbehave. Good servers can't be told to answer a refresh with an
// empty 400 or to send ten megabytes of metadata, so here every answer can be changed by the test that wants it. What it does
// by itself is the least that a code flow with PKCE needs: good behaviour is tested with real servers (see www/server).

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

import { listen, readBody, send, urlOf } from "../../../www/server/http.mjs";

const endpoints = {
  "/.well-known/oauth-authorization-server": "oauth",
  "/.well-known/openid-configuration": "openid",
  "/authorize": "authorize",
  "/jwks": "jwks",
  "/revoke": "revoke",
  "/token": "token",
};
/** The server's keys, by algorithm. */
export const keys = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  EdDSA: generateKeyPairSync("ed25519"),
};

/**
 * Starts the server. `odd` has functions by endpoint (`oauth`, `openid`, `authorize`, `jwks`, `revoke`, `token`, `api`):
 * each is given the honest reply `{ status, headers, body }` and `{ params, request, response, server, nth }`, and answers
 * the reply to be sent, or null if it has seen to the response itself. `nth` counts the endpoint's requests from 1.
 */
export async function startOddServer(odd = {}) {
  const server = new OddServer(odd);
  const { port, close, vanish } = await listen((request, response) => server.handle(request, response));
  return Object.assign(server, { origin: `http://127.0.0.1:${port}`, close, vanish });
}

class OddServer {
  /** What arrived: `{ endpoint, method, params, headers }`. */
  requests = [];
  /** Which endpoints (preflights too) say by CORS that any page may read them. */
  cors = () => true;
  exposed = "WWW-Authenticate, Retry-After, Date";
  scope = "files:read";
  expiresIn = 600;
  algorithm = "RS256";
  /** How tokens are called. */
  mint = (kind, number) => `${kind}-${number}`;
  #codes = new Map();
  #alive = new Set();
  #refreshTokens = new Set();
  #issued = 0;

  constructor(odd) {
    this.odd = odd;
  }

  /** From now on every access token issued so far is refused. */
  expire() {
    this.#alive.clear();
  }

  /** How many requests of this endpoint arrived, or of this grant type at the token endpoint. */
  count(endpoint) {
    return this.requests.filter((request) => [request.endpoint, request.params.grant_type].includes(endpoint)).length;
  }

  async handle(request, response) {
    const url = urlOf(request);
    const endpoint = endpoints[url.pathname] ?? (url.pathname.startsWith("/api/") ? "api" : "elsewhere");
    const allowed = this.cors(endpoint, request) ? this.#permission(request) : {};
    if (request.method === "OPTIONS") return send(response, 204, "", allowed);
    const params = await readParams(request, url);
    this.requests.push({ endpoint, method: request.method, params, headers: request.headers });
    const nth = this.count(endpoint);
    const honest = this[`_${endpoint}`]?.(params, request) ?? { status: 404, headers: {}, body: "" };
    const change = this.odd[endpoint] ?? ((reply) => reply);
    const reply = await change(honest, { params, request, response, server: this, nth, allowed });
    if (!reply) return;
    const { status, headers = {}, body = "" } = reply;
    const isText = typeof body === "string" || Buffer.isBuffer(body);
    const type = isText ? {} : { "content-type": "application/json" };
    send(response, status, isText ? body : JSON.stringify(body), { ...type, ...allowed, ...headers });
  }

  #permission({ headers }) {
    return {
      "access-control-allow-origin": headers.origin ?? "*",
      "access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
      "access-control-allow-methods": "GET, POST",
      "access-control-expose-headers": this.exposed,
    };
  }

  metadata() {
    return {
      issuer: this.origin,
      ...Object.fromEntries(["authorize", "token", "revoke"].map((name) => [`${names[name]}_endpoint`, `${this.origin}/${name}`])),
      jwks_uri: `${this.origin}/jwks`,
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["none"],
      authorization_response_iss_parameter_supported: true,
    };
  }

  _oauth() {
    return { status: 200, body: this.metadata() };
  }

  _openid() {
    return { status: 200, body: this.metadata() };
  }

  _jwks() {
    const jwk = { ...keys[this.algorithm].publicKey.export({ format: "jwk" }), use: "sig", alg: this.algorithm, kid: "1" };
    return { status: 200, body: { keys: [jwk] } };
  }

  /** Consents at once: there is nobody to click. */
  _authorize({ redirect_uri: redirectUri, state, code_challenge: challenge, nonce }) {
    const code = randomBytes(16).toString("base64url");
    this.#codes.set(code, { challenge, nonce });
    const to = new URL(redirectUri);
    to.search = new URLSearchParams({ code, state, iss: this.origin });
    return { status: 302, headers: { location: to.href } };
  }

  _token({ grant_type: type, code, code_verifier: verifier = "", refresh_token: refreshToken }) {
    if (type === "refresh_token") {
      return this.#refreshTokens.delete(refreshToken) ? this.grant() : refusal(400, "invalid_grant");
    }
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    return known?.challenge === challenge ? this.grant(known.nonce) : refusal(400, "invalid_grant");
  }

  /** A good token response, with an ID token if there is a nonce. */
  grant(nonce) {
    this.#issued += 1;
    const [accessToken, refreshToken] = ["access", "refresh"].map((kind) => this.mint(kind, this.#issued));
    this.#alive.add(accessToken);
    this.#refreshTokens.add(refreshToken);
    const body = { access_token: accessToken, token_type: "Bearer", expires_in: this.expiresIn };
    Object.assign(body, { refresh_token: refreshToken, scope: this.scope });
    if (nonce) body.id_token = this.idToken({ nonce });
    return { status: 200, headers: { "cache-control": "no-store" }, body };
  }

  /** An ID token with these claims besides the usual ones, or with others in their place. */
  idToken(claims, header = {}, key = keys[this.algorithm].privateKey) {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.origin, aud: "odd", sub: "ada", iat: now, exp: now + 600, ...claims };
    const parts = [{ alg: this.algorithm, kid: "1", ...header }, all];
    const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const digest = this.algorithm === "EdDSA" ? null : "sha256";
    const signature = typeof key === "function" ? key(input) : sign(digest, Buffer.from(input), key);
    return `${input}.${signature.toString("base64url")}`;
  }

  _revoke() {
    return { status: 200 };
  }

  _api(_, { headers }) {
    const token = headers.authorization?.split(" ")[1];
    if (this.#alive.has(token)) return { status: 200, body: { token } };
    return { status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' }, body: "no" };
  }
}

const names = { authorize: "authorization", token: "token", revoke: "revocation" };

async function readParams(request, url) {
  const body = (await readBody(request)).toString();
  if (request.headers["content-type"] === "application/json") return JSON.parse(body);
  return Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]);
}

/** An error answer of RFC 6749, 5.2. */
export const refusal = (status, error) => ({ status, body: { error } });
/** An answer that is somebody's web page. */
export const html = (status) => ({ status, headers: { "content-type": "text/html" }, body: "<h1>Hello</h1>" });
/** An answer without a body or a type. */
export const empty = (status) => ({ status, headers: {}, body: "" });
/** The honest reply with these members of its body changed; undefined ones go. */
export const having = (members) => (reply) => ({ ...reply, body: { ...reply.body, ...members } });
