// The authorization server of the demo and of the browser tests: oidc-provider with one public client, PKCE, opaque
// access tokens, refresh tokens that rotate, and the whole family revoked when a used one comes back.

import { corsHeaders, listen, listOf, readBody, urlOf } from "./http.mjs";
import { interactionRoutes } from "./interactions.mjs";
import { IssuedTokens } from "./issued-tokens.mjs";
import { MemoryStore } from "./memory-adapter.mjs";
import { ProofLog } from "./proof-log.mjs";
import { clientMetadata, createProvider, replaceNonces } from "./provider.mjs";
import { SigningKeys } from "./signing-keys.mjs";
import { noCounts, replay, tokenEndpoint } from "./token-endpoint.mjs";

const TOKEN_PATH = "/token";
const REVOCATION_PATH = "/token/revocation";
const PAR_PATH = "/request";
const REGISTRATION_PATH = "/reg";
const END_SESSION_PATH = "/session/end";
const DAY = 24 * 60 * 60;

/**
 * Starts an authorization server on a loopback port. Its methods bend it: expire, revoke, fail, delay. `publicOrigin`
 * is what it calls itself if a proxy stands in front of it. `headers` go with every answer. For `reuseGrace` seconds a
 * refresh token that was used may be used again, as servers do that forgive a lost answer.
 *
 * Off unless asked for: `dpop` (RFC 9449: `true`, or `{ nonces, requireNonce, bound, exposeNonce }`), `par` (RFC 9126:
 * "announced" or "required"), `resources` (RFC 8707: `true`, and `allow()` takes them as a list of
 * `{ resource, scope, format, isDefault }`), `logout` (OpenID Connect RP-Initiated Logout: `true`, or `{ takesPost }` for
 * requests that come as a form, which oidc-provider refuses by itself), `registration` (RFC 7591), `metadataDocuments`
 * (Client ID Metadata Documents: the `fetch` that gets them). ID tokens are signed by the first of `signingAlgs`, with
 * keys that have no `kid` if `kids` is false.
 */
export async function startAuthorizationServer({
  port = 0,
  host = "127.0.0.1",
  clientId = "tokenkeep-demo",
  redirectUris = [],
  origins = [],
  accessTokenTtl = 60,
  refreshTokenTtl = 3600,
  reuseGrace = 0,
  publicOrigin,
  signingAlgs = ["ES256"],
  kids = true,
  headers = {},
  ...more
}) {
  const allowed = { redirectUris, origins, claims: {} };
  const features = { ...more, dpop: more.dpop === true ? {} : more.dpop };
  const keys = new SigningKeys(signingAlgs);
  const issued = new IssuedTokens();
  const findClient = (id) => (id === clientId ? clientMetadata(clientId, { allowed, keys, features }) : undefined);
  const store = new MemoryStore(findClient, { reuseGrace });
  const records = { counts: noCounts(), requests: [], pushed: [], proofs: new ProofLog() };

  // The issuer contains the port, so the server listens before the provider exists.
  let handle = (request, response) => response.writeHead(503).end();
  const { port: bound, close, vanish } = await listen((request, response) => handle(request, response), { port, host });
  const origin = `http://${host}:${bound}`;
  const issuer = publicOrigin ?? origin;
  const provider = createProvider({ issuer, store, allowed, keys, features, accessTokenTtl, refreshTokenTtl });
  if (!kids) keys.unname();
  observe(provider, { records, issued, accessTokenTtl });

  const { counts } = records;
  const endpoint = tokenEndpoint({ next: provider.callback(), counts, origins: () => listOf(allowed.origins) });
  handle = route({ provider, endpoint, records, allowed, features, headers });
  const parts = { provider, clientId, allowed, store, issued, endpoint, keys, records };
  return { issuer, origin, port: bound, provider, close, vanish, ...recordsOf(records, parts), ...methodsOf(parts) };
}

/** What a test or a demo reads. */
function recordsOf({ counts, requests, pushed, proofs }, { issued, keys }) {
  return {
    counts,
    /** Every request but preflights, as `{ method, path }`. */
    requests,
    /** The parameters of every pushed authorization request. */
    pushed,
    /** Every DPoP proof that came with a request. */
    proofs: proofs.entries,
    issuedTokens: () => issued.values(),
    jwks: () => keys.jwks(),
  };
}

/** What bends the server. */
function methodsOf({ provider, clientId, allowed, store, issued, endpoint, keys, records }) {
  return {
    /**
     * Takes `redirectUris`, `origins`, `postLogoutRedirectUris`, `resources`, `claims` about whoever signs in,
     * `person`: who signs in and agrees without being shown a page, `userinfo`: what that endpoint says instead, `exposed`: more fields
     * that scripts may read, and `taken`: all that they may send.
     */
    allow: (more) => void Object.assign(allowed, more),
    reset: () => void Object.assign(records.counts, noCounts()),
    expireAccessTokens() {
      store.dropAccessTokens();
      issued.refuseAllSoFar();
    },
    revokeGrants: () => store.dropGrants(),
    ageSignIns(seconds) {
      store.ageSignIns(seconds);
      issued.ageSignIns(seconds);
    },
    failTokenEndpoint: (mode) => endpoint.fail(mode),
    restoreTokenEndpoint: () => endpoint.restore(),
    delayTokenEndpoint: (milliseconds) => endpoint.delay(milliseconds),
    rotateKeys: (how) => keys.rotate(how),
    replaceNonces: () => replaceNonces(provider),
    verify: (token) => verify(provider, issued, token),
    /** A token as a developer gets it from a settings page, to be used by hand. */
    issuePersonalToken: async ({ login = "ada", scope = "files:read", lifetime = DAY } = {}) => {
      const token = await personalToken(provider, { clientId, login, scope });
      issued.record({ access_token: token }, lifetime, {});
      return token;
    },
  };
}

function route({ provider, endpoint, records, allowed, features, headers }) {
  const { counts, requests, proofs } = records;
  const callback = provider.callback();
  const interactions = interactionRoutes({ provider, redirectUris: () => listOf(allowed.redirectUris), person: () => allowed.person });
  return (request, response) => {
    const { method } = request;
    const { pathname: path } = urlOf(request);
    if (method !== "OPTIONS") requests.push({ method, path });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    proofs.note(request, path);
    if (method === "POST" && path === TOKEN_PATH) return endpoint.handle(request, response);
    if (method === "POST" && path === REVOCATION_PATH) counts.revocations += 1;
    if (path === REGISTRATION_PATH && openRegistration(request, response, allowed)) return undefined;
    const isForm = method === "POST" && path === END_SESSION_PATH;
    if (isForm && features.logout?.takesPost) return asQuery(request, (changed) => callback(changed, response));
    if (!interactions(request, response, path)) callback(request, response);
    return undefined;
  };
}

/** What oidc-provider leaves to whoever runs it: registration from a page. Says whether that was all there is to do. */
function openRegistration(request, response, allowed) {
  for (const [name, value] of Object.entries(corsHeaders(request, allowed.origins, ""))) response.setHeader(name, value);
  if (request.method !== "OPTIONS") return false;
  response.writeHead(204, { "access-control-allow-headers": "content-type" }).end();
  return true;
}

/** Hands a form on as if its fields had come in the URL. */
async function asQuery(request, next) {
  const fields = await readBody(request);
  next(replay(request, "", { method: "GET", url: `${END_SESSION_PATH}?${fields}` }));
}

/** A token is active when the provider knows it, its grant lives, and its own time has not run out. */
async function verify(provider, issued, value) {
  const expiresAt = issued.expiryOf(value);
  const token = expiresAt && (await findToken(provider, issued, value));
  if (!token || !(await provider.Grant.find(token.grantId))) return { active: false };
  return {
    active: true,
    scope: token.scope ?? "",
    sub: token.accountId,
    clientId: token.clientId,
    exp: expiresAt / 1000,
    ...(token.aud && { aud: token.aud }),
    ...(token.jkt && { jkt: token.jkt }),
    ...issued.signInOf(value),
  };
}

/** The provider keeps no JWTs: what they are is known from when they were issued. */
async function findToken(provider, issued, value) {
  return issued.jwtOf(value) ?? provider.AccessToken.find(value, { ignoreExpiration: true });
}

async function personalToken(provider, { clientId, login, scope }) {
  const client = await provider.Client.find(clientId);
  const grant = new provider.Grant({ accountId: login, clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  return new provider.AccessToken({ accountId: login, client, grantId, gty: "personal", scope }).save();
}

function observe(provider, { records: { counts, pushed }, issued, accessTokenTtl }) {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === PAR_PATH && ctx.status === 201) pushed.push({ ...ctx.oidc.body });
    if (ctx.path !== TOKEN_PATH || ctx.status !== 200 || !ctx.body?.access_token) return;
    const { AccessToken, AuthorizationCode, RefreshToken } = ctx.oidc.entities;
    issued.record(ctx.body, accessTokenTtl, AuthorizationCode ?? RefreshToken, AccessToken);
    if (ctx.oidc.params.grant_type === "refresh_token") counts.refreshed += 1;
  });
  provider.on("grant.error", (ctx, error) => {
    if (error.error_detail === "refresh token already used") counts.reuseAlarms += 1;
  });
  provider.on("server_error", (ctx, error) => console.error(error));
}
