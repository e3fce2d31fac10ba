// Configuration fragments for services that don't keep to the RFCs. Plain data: `hold({ ...github(...), clientId, ... })`.

/**
 * Fast.io. Its access tokens are JWTs of an hour, with scopes by organization, workspace or share.
 *
 * Two sources differ on how its token endpoint is to be spoken to. What its users report: token and refresh requests
 * are JSON, and 403 at the refresh means that the grant is revoked. What docs.fast.io/oauth.html said in 2026: every
 * request is a form, and errors are those of RFC 6749. So JSON is the default here and `form: true` sends forms; both of the
 * signs for a revoked grant are understood in either case. The documented answer has the granted scopes as
 * `scopes`, a JSON array in a string.
 */
export function fastio({ scopeType = "all_workspaces", form = false } = {}) {
  return {
    issuer: "https://api.fast.io",
    resourceServers: ["https://api.fast.io/current/"],
    extraParams: { scope_type: scopeType },
    profile: {
      request: { json: !form },
      answer: { names: { scope: "scopes" } },
      refresh: { revoked: [403] },
    },
  };
}

/**
 * GitHub. Its token endpoint answers with a form (unless asked for JSON), with 200 for errors, with commas between
 * scopes, allows no origin by CORS and wants the client's secret: `tokenEndpoint` is a proxy of your own origin that adds it. The
 * tokens of OAuth apps last until they are revoked; those of GitHub Apps come with a refresh token.
 */
export function github({ tokenEndpoint }) {
  return {
    server: {
      issuer: "https://github.com/login/oauth",
      authorization_endpoint: "https://github.com/login/oauth/authorize",
      token_endpoint: tokenEndpoint,
      code_challenge_methods_supported: ["S256"],
    },
    resourceServers: ["https://api.github.com/"],
    profile: {
      answer: { type: "form", scopeSeparator: "," },
      refresh: { revoked: ["bad_refresh_token"] },
    },
  };
}

/**
 * Salesforce. Its token response has no `expires_in`: the token lives as long as the organization's session settings say,
 * two hours unless changed (`lifetime`, in seconds). The REST API answers 401 to an expired token, but the identity service
 * (`/id/...`, `/services/oauth2/userinfo`) answers 403, as everything does where the user has no access: `identity: true` takes
 * a 403 for an expired token too, at the price of a refresh for a request that was really forbidden.
 */
export function salesforce({ domain, lifetime = 7200, identity = false }) {
  const issuer = new URL(domain).origin;
  return {
    issuer,
    assumePkce: true,
    defaultLifetime: lifetime,
    resourceServers: ["/services/", "/id/"].map((path) => issuer + path),
    profile: identity ? { api: { expired: [403] } } : {},
  };
}
