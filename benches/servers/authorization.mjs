// A test double of an authorization server. The real one has pages that somebody must click through, and whatever could
// click them is a debugger, whose presence changes the figures. So this one redirects back at once and checks nothing.

import { listen, readBody, sendJson, urlOf } from "../../www/server/http.mjs";

const anyone = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-max-age": "600" };
const lifetime = 3600;

/** Starts it on a loopback port. A token says in its own text which one it is, so that `accepts` needs no list. */
export async function startAuthorizationServer() {
  const state = { issued: 0, refused: 0, tokenRequests: 0, gate: undefined, open: () => {} };
  const { port, close } = await listen((request, response) => void answer(state, request, response));
  state.issuer = `http://127.0.0.1:${port}`;
  return {
    issuer: state.issuer,
    close,
    tokenRequests: () => state.tokenRequests,
    accepts: (authorization) => Number(/^Bearer bench-access-(\d+)$/.exec(authorization)?.[1] ?? 0) > state.refused,
    /** From now on every token issued so far is refused, and the token endpoint answers only after `release`. */
    holdBack() {
      state.refused = state.issued;
      state.tokenRequests = 0;
      state.gate = new Promise((resolve) => (state.open = resolve));
    },
    release() {
      state.open();
    },
  };
}

async function answer(state, request, response) {
  for (const [name, value] of Object.entries(anyone)) response.setHeader(name, value);
  const { pathname, searchParams } = urlOf(request);
  if (request.method === "OPTIONS") return sendJson(response, 200, {});
  if (pathname === "/.well-known/oauth-authorization-server") return sendJson(response, 200, metadata(state.issuer));
  if (pathname === "/authorize") return redirectBack(state, searchParams, response);
  if (pathname === "/token") return issue(state, request, response);
  return sendJson(response, 404, { error: "not_found" });
}

const metadata = (issuer) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  response_types_supported: ["code"],
  grant_types_supported: ["authorization_code", "refresh_token"],
  code_challenge_methods_supported: ["S256"],
  authorization_response_iss_parameter_supported: true,
});

function redirectBack({ issuer }, params, response) {
  const location = new URL(params.get("redirect_uri"));
  location.search = new URLSearchParams({ code: "bench-code", state: params.get("state"), iss: issuer });
  response.writeHead(302, { location: location.href }).end();
}

async function issue(state, request, response) {
  await readBody(request);
  state.tokenRequests += 1;
  await state.gate;
  state.issued += 1;
  sendJson(response, 200, {
    access_token: `bench-access-${state.issued}`,
    refresh_token: `bench-refresh-${state.issued}`,
    token_type: "Bearer",
    expires_in: lifetime,
    scope: "bench",
  });
}
