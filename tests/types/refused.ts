// What the types must refuse: each line below is an error, and stops the compilation if it isn't.

import { TokenKeepError, connect, type Auth, type Session } from "tokenkeep";
import { hold } from "tokenkeep/holder";
import { hold as holdSlim } from "tokenkeep/holder/slim";

declare const auth: Auth;
declare const session: Session;
declare const error: TokenKeepError;
const good = { issuer: "https://as.example.com", clientId: "c", redirectUri: "https://app.example.com/callback" };

// @ts-expect-error there is no secret in a browser (AUTHZ-3)
hold({ ...good, clientSecret: "s" });
// @ts-expect-error unknown options are refused
hold({ ...good, scopes: "openid" });
// @ts-expect-error the client has an id
hold({ issuer: good.issuer, redirectUri: good.redirectUri });
// @ts-expect-error the redirection URI is needed
hold({ issuer: good.issuer, clientId: "c" });
// @ts-expect-error somebody has to issue the tokens
hold({ clientId: "c", redirectUri: good.redirectUri });
// @ts-expect-error either an issuer or its whole metadata (DISC-8)
hold({ ...good, server: { issuer: "", authorization_endpoint: "", token_endpoint: "" } });
// @ts-expect-error metadata by hand is a whole set (DISC-8)
hold({ clientId: "c", redirectUri: "", server: { issuer: "https://as.example.com", token_endpoint: "" } });
// @ts-expect-error a list, not one
hold({ ...good, resourceServers: "https://api.example.com/" });
// @ts-expect-error scopes are one string
hold({ ...good, scope: ["openid"] });
// @ts-expect-error milliseconds are a number
hold({ ...good, queueTimeout: "30s" });
// @ts-expect-error parameters are strings
hold({ ...good, extraParams: { a: 1 } });
// @ts-expect-error the wasm has to come from somewhere
void holdSlim(good);
// @ts-expect-error a worker, not its URL
connect("/holder.js");
// @ts-expect-error the snapshot belongs to the library
auth.session = null;
// @ts-expect-error facts can't be changed
session.scope = "admin";
// @ts-expect-error there is no token in a session (STORE-12)
void session.accessToken;
// @ts-expect-error there is no way to the refresh token (STORE-6)
void auth.refreshToken;
// @ts-expect-error nobody hands over a password (AUTHZ-2)
void auth.signIn({ username: "ada", password: "x" });
// @ts-expect-error no such option of a sign-in
void auth.signIn({ state: "x" });
// @ts-expect-error the authorization page is never put into a frame (WIN-12)
void auth.signIn({ mode: "iframe" });
// @ts-expect-error there is no popup to describe
void auth.signIn({ popupFeatures: "popup" });
// @ts-expect-error a flag, not a way
void auth.resume({ silent: "iframe" });
// @ts-expect-error seconds are a number
void auth.signIn({ maxAge: "300" });
// @ts-expect-error errors are the library's to make
new TokenKeepError({ code: "TOKENKEEP_NETWORK" });
// @ts-expect-error no such code
void (error.code === "TOKENKEEP_TYPO");
// @ts-expect-error codes are frozen (MSG-11)
error.code = "TOKENKEEP_NETWORK";
// @ts-expect-error details follow the event's type
auth.addEventListener("signedout", ({ detail }) => void detail.retryIn);
// @ts-expect-error a token needs no authorization server
hold({ ...good, token: "ghp_x" });
// @ts-expect-error a token is text
hold({ token: new Uint8Array(8) });
// @ts-expect-error a personal access token needs no client
hold({ token: "ghp_x", clientId: "spa" });
// @ts-expect-error a personal access token has the scope that it has
hold({ acceptToken: true, scope: "files:read" });
// @ts-expect-error either the one or the other
hold({ token: "ghp_x", acceptToken: true });
// @ts-expect-error the MCP server names its authorization server
hold({ ...good, mcp: "https://mcp.example.com" });
// @ts-expect-error an id by hand belongs to one authorization server (MCP-13)
hold({ mcp: "https://mcp.example.com", redirectUri: good.redirectUri, clientId: "c" });
// @ts-expect-error nothing relaxes PKCE there (MCP-6)
hold({ mcp: "https://mcp.example.com", redirectUri: good.redirectUri, assumePkce: true });
// @ts-expect-error the library sets this itself (REG-1)
hold({ issuer: good.issuer, redirectUri: good.redirectUri, clientMetadata: { redirect_uris: [] } });
// @ts-expect-error there is nothing to choose from
hold({ ...good, authorizationServers: ["https://as.example.com"] });
// @ts-expect-error no such anomaly
hold({ ...good, lockOnAnomaly: ["too-many-tabs"] });
// @ts-expect-error a list, not one
hold({ ...good, lockOnAnomaly: "refresh-storm" });
// @ts-expect-error a sink takes entries
hold({ ...good, auditSink: (entry: string) => void entry });
// @ts-expect-error seconds are a number
hold({ ...good, earlyRefresh: "30s" });
// @ts-expect-error no such option of a request
void auth.fetch("/x", { tokenkeep: { retries: 3 } });
// @ts-expect-error a key, or true for one that is made up
void auth.fetch("/x", { tokenkeep: { idempotencyKey: false } });
// @ts-expect-error yes, no or how often
void auth.fetch("/x", { tokenkeep: { retry: "always" } });
// @ts-expect-error one says so, or doesn't
void auth.fetch("/x", { tokenkeep: { stepUp: "scope" } });
// @ts-expect-error options have a place of their own
void auth.fetch("/x", { skipAuth: true });
// @ts-expect-error a token is text
void auth.enterToken({ token: "ghp_x" });
// @ts-expect-error a token has to be given
void auth.enterToken();
// @ts-expect-error a response, not its status
void auth.explain(403);
// @ts-expect-error there is no way to clear the log
void auth.audit({ clear: true });
// @ts-expect-error no such kind of entry
void auth.audit().then(([entry]) => entry?.kind === "token");
// @ts-expect-error entries are what happened
void auth.audit().then(([entry]) => entry && (entry.count = 0));
// @ts-expect-error numbers are the library's to change
void auth.stats().then((stats) => (stats.locked = false));
// @ts-expect-error details follow the event's type
auth.addEventListener("stepup", ({ detail }) => void detail.count);
// @ts-expect-error details follow the event's type
auth.addEventListener("anomaly", ({ detail }) => void detail.signIn);
// @ts-expect-error profiles are data, not code
hold({ ...good, profile: { answer: { success: (body: unknown) => body !== null } } });
// @ts-expect-error no such parameter
hold({ ...good, profile: { request: { names: { clientId: "app" } } } });
// @ts-expect-error a list of status codes
hold({ ...good, profile: { api: { expired: 403 } } });
// @ts-expect-error the proxy has to be named
hold({ ...github(), clientId: "x", redirectUri: "https://app.example.com/" });
