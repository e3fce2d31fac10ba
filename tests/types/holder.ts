// The holder's side, in each of its three places.

import type { AuditEntry } from "tokenkeep";
import { hold, type Config, type GivenToken, type Profile, type SignInConfig } from "tokenkeep/holder";
import { hold as holdSlim } from "tokenkeep/holder/slim";
import { hold as holdInPage, isTokenKeepError, type Auth } from "tokenkeep/page";
import { fastio, github, salesforce } from "tokenkeep/profiles";

const config: Config = {
  issuer: "https://as.example.com",
  clientId: "my-spa",
  redirectUri: "https://app.example.com/callback",
  scope: "openid files:read",
  resourceServers: ["https://api.example.com/v1/"],
};
const nothing: void = hold(config);

hold({
  server: {
    issuer: "https://as.example.com",
    authorization_endpoint: "https://as.example.com/authorize",
    token_endpoint: "https://as.example.com/token",
    revocation_endpoint: "https://as.example.com/revoke",
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    jwks_uri: "https://as.example.com/jwks",
  },
  clientId: "my-spa",
  redirectUri: "https://app.example.com/callback",
  extraParams: { audience: "x" },
  exposeAccessToken: true,
  queueLimit: 10,
  queueTimeout: 1_000,
  drainConcurrency: 8,
  requestTimeout: 1_000,
  defaultLifetime: 60,
  earlyRefresh: 5,
  dangerAllowLoopbackHttp: true,
  dangerAllowServiceWorker: true,
});

hold({
  ...config,
  redirectUri: "/callback",
  resourceServers: ["/api/", { url: "/files" }],
  server: { revocation_endpoint: "https://as.example.com/revoke", token_endpoint: "/token" },
  trustedAudiences: ["project"],
});

const numbers: Partial<SignInConfig> = {
  earlyRefresh: 30,
  earlyRefreshJitter: 10,
  retryLimit: 3,
  maxRetryAfter: 10_000,
  stepUpTimeout: 60_000,
  auditLimit: 0,
};
hold({ ...config, ...numbers, auditSink: "https://app.example.com/audit", lockOnAnomaly: true });
hold({ ...config, auditSink: (entries: AuditEntry[]) => void entries.map(({ kind }) => kind), lockOnAnomaly: false });
hold({ ...config, auditSink: (entries) => void fetch("/audit", { method: "POST", body: JSON.stringify(entries) }) });
hold({ ...config, lockOnAnomaly: ["refresh-storm", "request-surge", "off-list-target"] as const });
hold({ ...config, lockOnAnomaly: ["replayed-callback", "clock-jump"] });

const mcp = { mcp: "https://mcp.example.com/mcp", redirectUri: "https://app.example.com/callback" };
hold(mcp);
hold({ ...mcp, scope: "tools", authorizationServers: ["https://as.example.com", "https://login.example.com"] });
hold({ ...mcp, clientId: "c", authorizationServers: ["https://as.example.com"] });
hold({ ...mcp, clientMetadataUrl: "https://app.example.com/client.json", clientMetadata: { client_name: "Files" } });
hold({ issuer: "https://as.example.com", redirectUri: mcp.redirectUri, clientMetadataUrl: "https://app.example.com/c.json" });
hold({ issuer: "https://as.example.com", redirectUri: mcp.redirectUri, clientMetadata: { tos_uri: "https://x.example/" } });

const personal: GivenToken = { token: "ghp_x", resourceServers: ["https://api.example.com/v1/"] };
const places: Config[] = [personal, { acceptToken: true, queueTimeout: 1_000, auditLimit: 50, lockOnAnomaly: true }];
for (const place of places) hold(place);

export async function slim(): Promise<void> {
  const places: Promise<void>[] = [
    holdSlim(config, "/tokenkeep.wasm"),
    holdSlim(config, new URL("https://app.example.com/tokenkeep.wasm")),
    holdSlim(config, fetch("/tokenkeep.wasm")),
    holdSlim(config, new Uint8Array(8)),
    holdSlim(config, new ArrayBuffer(8)),
    holdSlim(config, WebAssembly.compile(new ArrayBuffer(8))),
  ];
  await Promise.all(places);
}

const profile: Profile = {
  request: { json: true, headers: { accept: "application/json" }, params: { device: "web" }, names: { client_id: "app" } },
  answer: {
    type: "unlabelled",
    within: "data",
    names: { access_token: "tokens.access" },
    statuses: [200, 201],
    success: { code: 0 },
    failure: { ok: false },
    tokenType: "Bearer",
    scopeSeparator: ",",
  },
  refresh: { revoked: [403, "bad_refresh_token"] },
  api: { expired: [403], scheme: "token" },
};
const client = { clientId: "my-spa", redirectUri: "https://app.example.com/callback" };
hold({ ...config, profile });
hold({ token: "x", profile: { api: { scheme: "token" } } });
hold({ ...fastio(), ...client });
hold({ ...fastio({ scopeType: "all_orgs", form: true }), ...client });
hold({ ...github({ tokenEndpoint: "https://app.example.com/oauth/token" }), ...client, scope: "repo gist" });
hold({ ...salesforce({ domain: "https://example.my.salesforce.com", lifetime: 900, identity: true }), ...client });

const servers = ["https://api.example.com/v1/", { url: "https://files.example.com/", resource: "urn:files", scope: "files:read" }];
hold({ ...config, resourceServers: servers, dpop: true, persistDpopKey: true, par: false });
hold({ ...config, strict: true, postLogoutRedirectUri: "https://app.example.com/bye", dangerSendIdTokenHint: true });

export const auth: Auth = holdInPage(config);
export const ended: Promise<never> = auth.signOut({ endSession: true, returnTo: "/bye" });
export const user: Promise<Record<string, unknown>> = auth.userinfo();
export const recognised: (value: unknown) => boolean = isTokenKeepError;
void nothing;
