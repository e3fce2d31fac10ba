// The authorization server that the official MCP SDK has, with an API behind its own check of bearer tokens.

import { randomUUID } from "node:crypto";

import express from "express";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import { getOAuthProtectedResourceMetadataUrl, mcpAuthRouter } from "@modelcontextprotocol/sdk/server/auth/router.js";

import { corsHeaders, listen } from "../../../www/server/http.mjs";
import { SmallProvider } from "./provider.mjs";

const scopesSupported = ["files:read", "files:write"];

/** Starts it on a loopback port. Clients register themselves. */
export async function startMcpSdkServer({ accessTokenTtl = 600 } = {}) {
  let app = (request, response) => response.writeHead(503).end();
  const { port, close } = await listen((request, response) => app(request, response));
  const origin = `http://127.0.0.1:${port}`;
  const provider = new SmallProvider({ accessTokenTtl });
  app = application({ provider, origin });
  return {
    origin,
    // The SDK announces its issuer as a URL object writes it.
    issuer: `${origin}/`,
    api: `${origin}/v1/`,
    scope: scopesSupported.join(" "),
    revocation: "confirmed",
    pages: {
      "#login": async (page) => {
        await page.fill("#login input[name=login]", "ada");
        await page.click("#login button");
      },
      "#consent": (page) => page.click("#consent button[name=consent]"),
    },
    refuse: { "#consent": (page) => page.click("#consent button:not([name])") },
    counts: async () => ({ ...provider.counts }),
    expireAccessTokens: async () => provider.expireAccessTokens(),
    /** What is true of an access token. */
    verify: (value) => verify(provider, value),
    revokeGrants: async () => provider.revokeGrants(),
    /** How many tokens of either kind are good. */
    goodTokens: async () => provider.goodTokens(),
    register: (redirectUri) => register(origin, redirectUri),
    close,
  };
}

function application({ provider, origin }) {
  const app = express();
  const issuerUrl = new URL(origin);
  const resourceServerUrl = new URL("/v1/", origin);
  app.use(mcpAuthRouter({ provider, issuerUrl, resourceServerUrl, scopesSupported }));
  app.use("/person", express.urlencoded({ extended: false }));
  app.post("/person/login", ({ body }, response) => provider.logIn(body, response));
  app.post("/person/consent", ({ body }, response) => provider.decide(body, response));
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resourceServerUrl);
  const bearer = requireBearerAuth({ verifier: provider, requiredScopes: ["files:read"], resourceMetadataUrl });
  app.use("/v1", open);
  app.get("/v1/files", bearer, ({ auth }, response) => void response.json({ login: auth.extra.login }));
  return app;
}

async function verify(provider, value) {
  try {
    const { clientId, scopes, expiresAt, resource } = await provider.verifyAccessToken(value);
    return { active: true, clientId, scope: scopes.join(" "), exp: expiresAt, aud: resource?.href };
  } catch {
    return { active: false };
  }
}

/** Cross-origin use, which the SDK leaves to the API. */
function open(request, response, next) {
  for (const [name, value] of Object.entries(corsHeaders(request, [request.headers.origin], "WWW-Authenticate")))
    response.setHeader(name, value);
  if (request.method !== "OPTIONS") return next();
  response.setHeader("access-control-allow-headers", "authorization");
  return response.writeHead(204).end();
}

/** Dynamic registration as a public client (RFC 7591); resolves to the client's id. */
async function register(origin, redirectUri) {
  const metadata = {
    client_name: `app ${randomUUID()}`,
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
  };
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(metadata) };
  const response = await fetch(`${origin}/register`, init);
  if (response.status !== 201) throw new Error(`the registration was answered with ${response.status}`);
  return (await response.json()).client_id;
}
