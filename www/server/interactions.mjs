// The steps a person takes at the authorization server: say who they are, then allow or refuse.

import { readFileSync } from "node:fs";

import { readBody, send } from "./http.mjs";
import { consentPage, errorPage, loginPage } from "./pages.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

const ASSETS = {
  "/pages.css": ["text/css; charset=utf-8", read("../theme.css") + read("pages.css")],
  "/favicon.svg": ["image/svg+xml", read("favicon.svg")],
  "/bricks.svg": ["image/svg+xml", read("bricks.svg")],
};

/**
 * Makes a function that answers the requests for these pages, and says of each request whether it was one of them. While `person`
 * answers a name there are no pages: that one decides at once.
 */
export function interactionRoutes({ provider, redirectUris, person }) {
  const html = (response, status, body) => send(response, status, body, pageHeaders(redirectUris()));

  const finish = provider.interactionFinished.bind(provider);

  async function show(request, response) {
    const { prompt, params, session, uid } = await provider.interactionDetails(request, response);
    const present = person();
    if (present) return prompt.name === "login" ? logInAs(present, request, response) : consent(request, response);
    const client = await provider.Client.find(params.client_id);
    const page = prompt.name === "login" ? loginPage : consentPage;
    const scopes = String(params.scope ?? "").split(" ");
    const login = session?.accountId ?? params.login_hint ?? "";
    return html(response, 200, page({ uid, client, scopes, login, redirectUri: params.redirect_uri }));
  }

  async function logIn(request, response) {
    const login = (await form(request)).get("login")?.trim();
    return login ? logInAs(login, request, response) : show(request, response);
  }

  async function logInAs(login, request, response) {
    const { params } = await provider.interactionDetails(request, response);
    // One way to sign in is all there is; it passes for as strong as the client asks.
    const acr = params.acr_values?.split(" ")[0];
    return finish(request, response, { login: { accountId: login, ...(acr && { acr }) } }, { mergeWithLastSubmission: false });
  }

  async function decide(request, response) {
    if (!(await form(request)).has("refuse")) return consent(request, response);
    const refusal = { error: "access_denied", error_description: "The person refused the request." };
    return finish(request, response, refusal, { mergeWithLastSubmission: false });
  }

  async function consent(request, response) {
    const details = await provider.interactionDetails(request, response);
    return finish(request, response, { consent: { grantId: await saveGrant(provider, details) } });
  }

  const steps = { "GET ": show, "POST /login": logIn, "POST /consent": decide };
  const failed = (response, error) =>
    html(response, error.statusCode ?? 500, errorPage({ error: error.message, error_description: error.error_description }));

  return (request, response, pathname) => {
    const asset = ASSETS[pathname];
    if (asset) send(response, 200, asset[1], { "content-type": asset[0] });
    const step = /^\/interaction\/[\w-]+(|\/login|\/consent)$/.exec(pathname)?.[1];
    const act = steps[`${request.method} ${step}`];
    act?.(request, response).catch((error) => failed(response, error));
    return Boolean(asset ?? act);
  };
}

async function saveGrant(provider, { grantId, params, session, prompt }) {
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  const { missingOIDCScope = [], missingOIDCClaims = [], missingResourceScopes = {} } = prompt.details;
  grant.addOIDCScope(missingOIDCScope.join(" "));
  grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) grant.addResourceScope(resource, scopes.join(" "));
  return grant.save();
}

const form = async (request) => new URLSearchParams((await readBody(request, 64 * 1024)).toString());

function pageHeaders(redirectUris) {
  // Browsers apply form-action to the redirects after a form too, and the last of them leads to the client.
  const targets = [...new Set(redirectUris.map((uri) => new URL(uri).origin))].join(" ");
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' ${targets}; base-uri 'none'; frame-ancestors 'none'`,
  };
}
