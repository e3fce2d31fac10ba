// The configuration of oidc-provider: what is always on, and what a test or a demo asks for.

import { randomBytes } from "node:crypto";

import { Provider, errors, interactionPolicy } from "oidc-provider";

import { listOf } from "./http.mjs";
import { endedPage, errorPage, logoutPage } from "./pages.mjs";

const DAY = 24 * 60 * 60;
const JWKS_PATH = "/jwks";
const USERINFO_PATH = "/me";

/**
 * Makes a provider for one public client. `allowed` is looked at anew at each request; `keys` are `SigningKeys`;
 * `features` are the options of `startAuthorizationServer` that turn something on.
 */
export function createProvider({ issuer, store, allowed, keys, features, accessTokenTtl, refreshTokenTtl }) {
  const provider = new Provider(issuer, {
    adapter: (model) => store.adapterFor(model),
    jwks: keys.forProvider(),
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    scopes: ["openid", "profile", "email", "files:read", "files:write", "files:delete"],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    acrValues: ["gold"],
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub, ...allowed.claims }) }),
    clientBasedCORS: (ctx, origin) => listOf(allowed.origins).includes(origin),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}`, policy: signInPolicy() },
    features: featuresOf(features, { allowed, keys }),
    clientDefaults: { id_token_signed_response_alg: keys.algorithm },
    ...(features.metadataDocuments && { fetch: features.metadataDocuments }),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (ctx, client) => client.grantTypeAllowed("refresh_token"),
    expiresWithSession: async () => false,
    renderError: (ctx, out) => html(ctx, errorPage(out)),
    ttl: lifetimes({ accessTokenTtl, refreshTokenTtl }),
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === JWKS_PATH && ctx.method === "GET") ctx.body = keys.jwks();
    if (ctx.path === USERINFO_PATH && ctx.status === 200) Object.assign(ctx.body, allowed.userinfo);
    if (features.dpop?.exposeNonce === false) hideNonce(ctx);
    if (allowed.exposed) expose(ctx, allowed.exposed);
    if (allowed.taken && ctx.method === "OPTIONS") ctx.set("access-control-allow-headers", allowed.taken);
  });
  return provider;
}

export function clientMetadata(clientId, { allowed, keys, features }) {
  return {
    client_id: clientId,
    client_name: "tokenkeep demo",
    token_endpoint_auth_method: "none",
    response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token"],
    id_token_signed_response_alg: keys.algorithm,
    redirect_uris: listOf(allowed.redirectUris),
    ...(features.dpop?.bound && { dpop_bound_access_tokens: true }),
    ...(features.logout && { post_logout_redirect_uris: listOf(allowed.postLogoutRedirectUris) }),
  };
}

/** Has every nonce for DPoP that was given out so far refused, as after a server's restart. */
export async function replaceNonces(provider) {
  const load = async (path) => (await import(new URL(path, import.meta.resolve("oidc-provider")))).default;
  const [instance, ServerChallenge] = [await load("./helpers/weak_cache.js"), await load("./helpers/challenge.js")];
  instance(provider).DPoPNonces = new ServerChallenge(randomBytes(32), "DPoP");
}

function featuresOf({ dpop, par, resources, logout, registration, metadataDocuments }, { allowed, keys }) {
  return {
    devInteractions: { enabled: false },
    externalSigningSupport: { enabled: true, ack: "experimental-01" },
    revocation: { enabled: true, allowedPolicy: ownTokenOnly },
    dPoP: dpop ? proofs(dpop) : { enabled: false },
    pushedAuthorizationRequests: { enabled: Boolean(par), requirePushedAuthorizationRequests: par === "required" },
    resourceIndicators: resources ? indicators({ allowed, keys }) : { enabled: false },
    rpInitiatedLogout: logout ? logoutPages : { enabled: false },
    registration: { enabled: Boolean(registration) },
    clientIdMetadataDocument: { enabled: Boolean(metadataDocuments), ack: "draft-02" },
  };
}

const ownTokenOnly = async (ctx, client, token) => token.clientId === client.clientId;

function proofs({ nonces = false, requireNonce = false }) {
  const nonceSecret = nonces || requireNonce ? randomBytes(32) : undefined;
  return { enabled: true, nonceSecret, requireNonce: () => requireNonce };
}

/** The resources are told by `allowed.resources`, as `{ resource, scope, format, isDefault }` each. */
function indicators({ allowed, keys }) {
  const all = () => listOf(allowed.resources);
  const usual = () => all().find(({ isDefault }) => isDefault)?.resource;
  return {
    enabled: true,
    defaultResource: (ctx, client, among) => (among && !among.includes(usual()) ? among : usual()),
    useGrantedResource: () => usual() !== undefined,
    getResourceServerInfo(ctx, indicator) {
      const known = all().find(({ resource }) => resource === indicator);
      if (!known) throw new errors.InvalidTarget();
      const { scope, format = "opaque" } = known;
      const jwt = format === "jwt" ? { sign: { alg: keys.algorithm } } : undefined;
      return { scope, audience: indicator, accessTokenFormat: format, jwt };
    },
  };
}

const logoutPages = {
  enabled: true,
  logoutSource(ctx, form) {
    html(ctx, logoutPage({ form }));
  },
  postLogoutSuccessSource(ctx) {
    html(ctx, endedPage());
  },
};

function html(ctx, page) {
  ctx.type = "html";
  ctx.body = page;
}

/** Lets scripts read more fields. */
function expose(ctx, fields) {
  const name = "access-control-expose-headers";
  ctx.set(name, [ctx.response.get(name), fields].filter(Boolean).join(", "));
}

/** As a server that forgot to let scripts read the nonce: they see the refusal and not what would cure it. */
function hideNonce(ctx) {
  const name = "access-control-expose-headers";
  const exposed = ctx.response.get(name);
  if (exposed) ctx.set(name, exposed.replace(/DPoP-Nonce,?/i, "").replace(/,\s*$/, "") || "Retry-After");
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

function lifetimes({ accessTokenTtl, refreshTokenTtl }) {
  return {
    AccessToken: Math.ceil(accessTokenTtl),
    RefreshToken: Math.ceil(refreshTokenTtl),
    AuthorizationCode: 60,
    IdToken: 3600,
    Interaction: 3600,
    Session: DAY,
    Grant: DAY,
  };
}
