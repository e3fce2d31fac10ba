// Whether an authorization server takes a redirect URI. One that refuses it shows that to the person and to nobody else.

import { createHash, randomBytes } from "node:crypto";

import { parse } from "./documents.mjs";
import { failure, ok, warning } from "./findings.mjs";
import { quoted } from "./plain.mjs";

export const random = () => randomBytes(32).toString("base64url");

/** What tokenkeep would ask the authorization endpoint. */
export function requestOf({ clientId, redirectUri, scope }) {
  const challenge = createHash("sha256").update(random()).digest("base64url");
  return {
    ...{ response_type: "code", client_id: clientId, redirect_uri: redirectUri, scope, state: random(), nonce: random() },
    ...{ code_challenge: challenge, code_challenge_method: "S256" },
  };
}

/** An OAuth error (RFC 6749, 5.2): its name, and what is to be said of it. */
export function refusalOf(answer) {
  const { error, error_description: description } = answer ?? {};
  const words = (value) => (typeof value === "string" ? value : quoted(value));
  return { error, said: error && (description ? `${words(error)} (${words(description)})` : words(error)) };
}

/**
 * What asks for a sign-in that ends at a redirect URI, in the way that this server wants; undefined if that may not be asked.
 * It resolves to `{ problem }` or `{ status, text, shape, back? }`: `shape` is alike where the server did the like.
 */
export function attemptOf(metadata, client) {
  const {
    authorization_endpoint: endpoint,
    pushed_authorization_request_endpoint: push,
    require_pushed_authorization_requests: required,
  } = metadata;
  if (required) return push && ((redirectUri) => pushed(push, { ...client, redirectUri }));
  return endpoint && ((redirectUri) => visited(endpoint, { ...client, redirectUri }));
}

/** The server is asked once for the redirect URI and once for one that nobody registered: where both come to the same, it can't be told. */
export async function checkRedirection(metadata, client) {
  if (metadata.require_pushed_authorization_requests) return [];
  const attempt = attemptOf(metadata, client);
  if (!attempt) return [];
  const [real, madeUp] = [await attempt(client.redirectUri), await attempt(`${client.redirectUri}-${random()}`)];
  return [judge(real, madeUp, client)];
}

function judge(real, madeUp, { redirectUri, clientId }) {
  if (real.problem) return failure("LOGIN")`the authorization endpoint can't be asked: ${real.problem}`;
  if (real.back?.error) return failure("LOGIN")`the redirect URI is taken, and the request refused: ${real.back.said}`;
  if (real.back) return ok("LOGIN")`the redirect URI is taken`;
  if (real.status >= 400) {
    if (/redirect[_ -]?uri/i.test(real.text))
      return failure(
        "LOGIN",
      )`people would see an error page (${real.status}): register ${redirectUri} for ${clientId} there, character by character`;
    return failure(
      "LOGIN",
    )`people would see an error page (${real.status}): check the client id ${clientId}, and that ${redirectUri} is registered for it, character by character`;
  }
  if (real.shape === madeUp.shape)
    return warning(
      "LOGIN",
    )`whether the redirect URI is registered can't be told: the server treats one that nobody registered the same way`;
  return ok("LOGIN")`the redirect URI is taken, and people are asked to sign in`;
}

async function visited(endpoint, client) {
  const { error, status, headers, text } = await client.ask(visitOf(endpoint, requestOf(client)), { isPage: true });
  if (error) return { problem: error };
  const location = headers.get("location") ?? "";
  return {
    status,
    text,
    shape: `${status} ${shapeOf(location)}`,
    back: isAt(client.redirectUri, location) ? answerIn(location) : undefined,
  };
}

/** Without what differs each time: the query, the fragment, and long parts of the path. */
function shapeOf(location) {
  const [, host = "", path] = /^([a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(location);
  return `${host}${path.replace(/[^/]{12,}/g, "*")}`;
}

async function pushed(endpoint, client) {
  const { error: problem, status, text } = await client.ask(endpoint, { origin: client.origin, form: requestOf(client) });
  if (problem) return { problem };
  return { status, text, shape: `${status} ${refusalOf(parse(text)).said ?? ""}` };
}

// An origin alone is a URL with a path to servers that write URLs as browsers do.
function isAt(redirectUri, location) {
  const marks = redirectUri.includes("?") ? ["&"] : ["?", "#"];
  return [redirectUri, new URL(redirectUri).href].some((uri) => marks.some((mark) => location.startsWith(`${uri}${mark}`)));
}

function answerIn(location) {
  const { searchParams, hash } = new URL(location);
  return refusalOf(Object.fromEntries([...searchParams, ...new URLSearchParams(hash.slice(1))]));
}

function visitOf(endpoint, parameters) {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
