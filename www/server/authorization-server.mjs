// The authorization server of the demo and of the browser tests: oidc-provider with one public client, PKCE, opaque
// access tokens, refresh tokens that rotate, and the whole family revoked when a used one comes back.

import { generateKeyPairSync, randomBytes } from "node:crypto";

import { Provider, interactionPolicy } from "oidc-provider";

import { listen, listOf, urlOf } from "./http.mjs";
import { interactionRoutes } from "./interactions.mjs";
import { IssuedTokens } from "./issued-tokens.mjs";
import { MemoryStore } from "./memory-adapter.mjs";
import { errorPage } from "./pages.mjs";
import { noCounts, tokenEndpoint } from "./token-endpoint.mjs";

const TOKEN_PATH = "/token";
const REVOCATION_PATH = "/token/revocation";
const DAY = 24 * 60 * 60;

/**
 * Starts an authorization server on a loopback port. Its methods bend it: expire, revoke, fail, delay. `publicOrigin`
 * is what it calls itself if a proxy stands in front of it. `headers` go with every answer. For `reuseGrace` seconds a refresh token that was used may
 * be used again, as servers do that forgive a lost answer.
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
  headers = {},
}) {
  const allowed = { redirectUris, origins };
  const counts = noCounts();
  const issued = new IssuedTokens();
  const findClient = (id) => (id === clientId ? clientMetadata(clientId, allowed) : undefined);
  const store = new MemoryStore(findClient, { reuseGrace });

  // The issuer contains the port, so the server listens before the provider exists.
  let handle = (request, response) => response.writeHead(503).end();
  const { port: bound, close } = await listen((request, response) => handle(request, response), { port, host });
  const origin = `http://${host}:${bound}`;
  const issuer = publicOrigin ?? origin;
  const provider = createProvider({ issuer, store, allowed, accessTokenTtl, refreshTokenTtl });
  observe(provider, { counts, issued, accessTokenTtl });

  const endpoint = tokenEndpoint({ next: provider.callback(), counts, origins: () => listOf(allowed.origins) });
  handle = route({ provider, endpoint, counts, allowed, headers });

  return {
    issuer,
    origin,
    port: bound,
    provider,
    counts,
    close,
    allow: (more) => void Object.assign(allowed, more),
    reset: () => void Object.assign(counts, noCounts()),
    expireAccessTokens: () => issued.refuseAllSoFar(),
    revokeGrants: () => store.dropGrants(),
    ageSignIns(seconds) {
      store.ageSignIns(seconds);
      issued.ageSignIns(seconds);
    },
    failTokenEndpoint: (mode) => endpoint.fail(mode),
    restoreTokenEndpoint: () => endpoint.restore(),
    delayTokenEndpoint: (milliseconds) => endpoint.delay(milliseconds),
    verify: (token) => verify(provider, issued, token),
    issuedTokens: () => issued.values(),
    /** A token as a developer gets it from a settings page, to be used by hand. */
    issuePersonalToken: async ({ login = "ada", scope = "files:read", lifetime = DAY } = {}) => {
      const token = await personalToken(provider, { clientId, login, scope });
      issued.record({ access_token: token }, lifetime, {});
      return token;
    },
  };
}

function route({ provider, endpoint, counts, allowed, headers }) {
  const callback = provider.callback();
  const interactions = interactionRoutes({ provider, redirectUris: () => listOf(allowed.redirectUris) });
  return (request, response) => {
    const { pathname } = urlOf(request);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method === "POST" && pathname === TOKEN_PATH) return endpoint.handle(request, response);
    if (request.method === "POST" && pathname === REVOCATION_PATH) counts.revocations += 1;
    if (!interactions(request, response, pathname)) callback(request, response);
    return undefined;
  };
}

/** A token is active when the provider knows it, its grant lives, and its own time has not run out. */
async function verify(provider, issued, value) {
  const expiresAt = issued.expiryOf(value);
  const token = expiresAt && (await provider.AccessToken.find(value, { ignoreExpiration: true }));
  if (!token || !(await provider.Grant.find(token.grantId))) return { active: false };
  return {
    active: true,
    scope: token.scope ?? "",
    sub: token.accountId,
    clientId: token.clientId,
    exp: expiresAt / 1000,
    ...issued.signInOf(value),
  };
}

async function personalToken(provider, { clientId, login, scope }) {
  const client = await provider.Client.find(clientId);
  const grant = new provider.Grant({ accountId: login, clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  return new provider.AccessToken({ accountId: login, client, grantId, gty: "personal", scope }).save();
}

function observe(provider, { counts, issued, accessTokenTtl }) {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== TOKEN_PATH || ctx.status !== 200 || !ctx.body?.access_token) return;
    const { AuthorizationCode, RefreshToken } = ctx.oidc.entities;
    issued.record(ctx.body, accessTokenTtl, AuthorizationCode ?? RefreshToken);
    if (ctx.oidc.params.grant_type === "refresh_token") counts.refreshed += 1;
  });
  provider.on("grant.error", (ctx, error) => {
    if (error.error_detail === "refresh token already used") counts.reuseAlarms += 1;
  });
  provider.on("server_error", (ctx, error) => console.error(error));
}

function clientMetadata(clientId, { redirectUris }) {
  return {
    client_id: clientId,
    client_name: "tokenkeep demo",
    token_endpoint_auth_method: "none",
    response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token"],
    id_token_signed_response_alg: "ES256",
    redirect_uris: listOf(redirectUris),
  };
}

function createProvider({ issuer, store, allowed, accessTokenTtl, refreshTokenTtl }) {
  return new Provider(issuer, {
    adapter: (model) => store.adapterFor(model),
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    scopes: ["openid", "profile", "files:read", "files:write", "files:delete"],
    claims: { openid: ["sub"], profile: ["name"] },
    conformIdTokenClaims: false,
    acrValues: ["gold"],
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub }) }),
    clientBasedCORS: (ctx, origin) => listOf(allowed.origins).includes(origin),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}`, policy: signInPolicy() },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: ownTokenOnly } },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (ctx, client) => client.grantTypeAllowed("refresh_token"),
    expiresWithSession: async () => false,
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = errorPage(out);
    },
    ttl: {
      AccessToken: Math.ceil(accessTokenTtl),
      RefreshToken: Math.ceil(refreshTokenTtl),
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: 3600,
      Session: DAY,
      Grant: DAY,
    },
  });
}

/** The usual one; and whoever is asked for a stronger sign-in than the last is sent to the login page again. */
function signInPolicy() {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const isMet = ({ acr, params }) => !params.acr_values || params.acr_values.split(" ").includes(acr);
  const check = ({ oidc }) => (isMet(oidc) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT);
  policy.get("login").checks.add(new Check("acr_values", "a stronger sign-in is asked for", check));
  return policy;
}

const ownTokenOnly = async (ctx, client, token) => token.clientId === client.clientId;

function signingKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: randomBytes(8).toString("hex") };
}
