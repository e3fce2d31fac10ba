// A client of the demo's servers, driven by hand: a cookie jar, the forms, the requests that a client would send, and
// proofs made with `jose`.

import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";

import { SignJWT, exportJWK, generateKeyPair } from "jose";

export const ORIGIN = "http://127.0.0.1:9";
export const REDIRECT_URI = `${ORIGIN}/callback`;
const CLIENT_ID = "tokenkeep-demo";
const SCOPE = "openid profile files:read files:write";

/** A browser without a screen: keeps cookies, follows redirects within the authorization server. */
export function browser() {
  const jar = new Map();
  const go = async (url, init = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...init.headers, cookie, accept: "text/html" };
    const response = await fetch(url, { ...init, redirect: "manual", headers });
    for (const line of response.headers.getSetCookie()) jar.set(...line.split(";")[0].split(/=(.*)/s).slice(0, 2));
    const location = response.headers.get("location");
    if (!location) return { url, html: await response.text(), status: response.status };
    const next = new URL(location, url);
    return next.origin === ORIGIN ? { url: next.href } : go(next.href);
  };
  const submit = (page, id, fields) => {
    const [, action] = new RegExp(`<form id="${id}" method="post" action="([^"]+)"`).exec(page.html);
    return go(new URL(action, page.url).href, { method: "POST", body: new URLSearchParams(fields) });
  };
  return { go, submit };
}

/** A key, and a function that makes the proof for a request; `wrong` replaces claims and members of the header. */
export async function proofKey(algorithm = "ES256") {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const prove = ({ method = "GET", url, accessToken, nonce }, { header, ...wrong } = {}) => {
    const ath = accessToken && createHash("sha256").update(accessToken).digest("base64url");
    const iat = Math.floor(Date.now() / 1000);
    const claims = { jti: randomUUID(), htm: method, htu: url, iat, ath, nonce, ...wrong };
    const protectedHeader = { alg: algorithm, typ: "dpop+jwt", jwk, ...header };
    return new SignJWT(claims).setProtectedHeader(protectedHeader).sign(privateKey);
  };
  return { jwk, privateKey, prove };
}

/** The client itself; `server()` answers the authorization server, which may be another one at each use. */
export class TestClient {
  #server;

  constructor(server) {
    this.#server = server;
  }

  get as() {
    return this.#server();
  }

  /** The parameters of an authorization request. */
  parameters(verifier, extra = {}) {
    return new URLSearchParams({
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      response_type: "code",
      scope: SCOPE,
      state: "s1",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...extra,
    });
  }

  authorizationUrl(verifier, extra, resources = []) {
    const parameters = this.parameters(verifier, extra);
    for (const resource of resources) parameters.append("resource", resource);
    return `${this.as.issuer}/auth?${parameters}`;
  }

  /** Posts a form to the authorization server. */
  async post(path, fields, headers = {}) {
    const body = new URLSearchParams({ client_id: CLIENT_ID, ...fields });
    const init = { method: "POST", body, headers: { origin: ORIGIN, ...headers } };
    const response = await fetch(this.as.issuer + path, init);
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  token(fields, headers) {
    return this.post("/token", fields, headers);
  }

  refresh(refreshToken, extra = {}, headers = {}) {
    return this.token({ grant_type: "refresh_token", refresh_token: refreshToken, ...extra }, headers);
  }

  /** Goes through the pages to a code; the fields with which it is redeemed. */
  async authorize(name = "Ada", { resources, ...extra } = {}) {
    const verifier = randomBytes(32).toString("base64url");
    const { go, submit } = browser();
    const login = await go(this.authorizationUrl(verifier, extra, resources));
    const consent = await submit(login, "login", { login: name });
    assert.match(consent.html, /Read your files/);
    const arrival = new URL((await submit(consent, "consent", { consent: "allow" })).url);
    assert.equal(arrival.searchParams.get("iss"), this.as.issuer);
    const code = arrival.searchParams.get("code");
    return { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, code_verifier: verifier };
  }

  async signIn(name, extra) {
    const { status, body } = await this.token(await this.authorize(name, extra));
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
}
