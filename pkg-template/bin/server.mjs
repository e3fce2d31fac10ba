// What a page meets at an authorization server, and what a browser doesn't tell it.

import { checkApps } from "./apps.mjs";
import { readServerCall } from "./call.mjs";
import { parse, wellKnown } from "./documents.mjs";
import { failure, ok, warning } from "./findings.mjs";
import { keepToHosts } from "./hosts.mjs";
import { quoted } from "./plain.mjs";
import { checkRedirection, random, refusalOf, requestOf } from "./redirection.mjs";
import { checkMetadata, lacks } from "./server-metadata.mjs";

/** Everything about `issuer`, for the application that the options describe. */
export async function checkServer(issuer, options) {
  const { problems, client } = readServerCall(issuer, options);
  if (problems.length > 0) return problems;
  const { findings, metadata } = await findMetadata(issuer, client);
  if (!metadata) return findings;
  const { asked, findings: hosts } = keepToHosts(metadata, client);
  const rest = [checkKeys, checkToken, checkPush, checkRevocation, checkRedirection, checkApps].map((check) =>
    check(asked, client, metadata),
  );
  return [...findings, ...checkMetadata(metadata), ...hosts, ...(await Promise.all(rest)).flat()];
}

async function findMetadata(issuer, { origin, ask }) {
  const seen = [];
  for (const url of wellKnown(issuer)) {
    const answer = await ask(url, { origin, headers: { accept: "application/json" } });
    const metadata = answer.status === 200 ? parse(answer.text) : null;
    if (metadata?.issuer === issuer)
      return { metadata, findings: [ok("META")`${url} is the metadata of this issuer`, ...checkCors("the metadata", answer, origin)] };
    if (metadata?.issuer) seen.push(failure("META")`${url}: names the issuer ${quoted(metadata.issuer)}, which must be ${quoted(issuer)}`);
    else seen.push(failure("META")`${url}: ${answer.error ?? answer.status}`);
  }
  return { findings: seen };
}

/** Whether a page of `origin` may read this answer. */
function checkCors(what, { error, status, headers }, origin, kind = failure) {
  if (error) return [kind("CORS")`${what} can't be had: ${error}`];
  if (status >= 300 && status < 400) return [kind("CORS")`${what} redirects, which is not followed; name the place itself`];
  const allowed = headers.get("access-control-allow-origin");
  if (allowed === "*" || allowed === origin) return [ok("CORS")`${what} may be read by ${origin}`];
  const said = allowed === null ? "says nothing" : `says ${quoted(allowed)}`;
  return [kind("CORS")`${what} may not be read by ${origin} (Access-Control-Allow-Origin ${said}); have it allowed there`];
}

/** The names of a list in a header field. */
const namesIn = (list) =>
  (list ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());

/** Whether a page of `origin` may send these fields along. */
async function checkPreflight(what, url, { origin, ask }, fields) {
  const headers = { "access-control-request-method": "POST", "access-control-request-headers": fields };
  const answer = await ask(url, { origin, method: "OPTIONS", headers });
  const allowed = namesIn(answer.headers?.get("access-control-allow-headers"));
  const isAllowed = answer.status < 300 && allowed.some((name) => name === fields || name === "*");
  return isAllowed
    ? [ok("CORS")`${what} takes the field ${fields}`]
    : [failure("CORS")`${what} doesn't allow the field ${fields} by CORS; have it allowed, or set dpop: false`];
}

async function checkKeys({ jwks_uri: url }, { origin, scope, ask }) {
  if (!scope.split(" ").includes("openid") || !url) return [];
  const answer = await ask(url, { origin, headers: { accept: "application/json" } });
  const keys = answer.status === 200 ? parse(answer.text)?.keys : null;
  const cors = checkCors("the keys", answer, origin);
  return Array.isArray(keys) && keys.length > 0
    ? [...cors, ok("KEYS")`there are ${keys.length}`]
    : [...cors, failure("KEYS")`${url} has none (${answer.error ?? answer.status})`];
}

/** A code that nobody issued: what counts is who may read the refusal. */
async function checkToken(metadata, client) {
  const { token_endpoint: url, dpop_signing_alg_values_supported: dpop } = metadata;
  if (!url) return shortLists(metadata);
  const { origin, clientId, redirectUri, ask } = client;
  const form = {
    grant_type: "authorization_code",
    client_id: clientId,
    code: random(),
    code_verifier: random(),
    redirect_uri: redirectUri,
  };
  const answer = await ask(url, { origin, form });
  const cors = checkCors("the token endpoint", answer, origin);
  if (answer.error) return cors;
  const { error, said } = refusalOf(parse(answer.text));
  const judged = isClientRefused(error)
    ? failure("TOKEN")`the token endpoint answers ${said}: register ${clientId} as a public client, without a secret`
    : checkRefusal(answer, said);
  const preflight = dpop ? await checkPreflight("the token endpoint", url, client, "dpop") : [];
  const refresh = lacks(metadata, ...refreshing) ? [await checkRefresh(url, client)] : [];
  return [...cors, ...preflight, judged, ...refresh, ...checkExposed(answer, dpop)];
}

const refreshing = ["grant_types_supported", "refresh_token"];

/** What may be wrong where the metadata's lists are not merely short, and the token endpoint isn't asked. */
function shortLists(metadata) {
  const problems = [
    lacks(metadata, ...refreshing) && "grant_types_supported lacks refresh_token: if that is so, sessions end with their first token",
    lacks(metadata, "token_endpoint_auth_methods_supported", "none") &&
      "token_endpoint_auth_methods_supported lacks none: if that is so, public clients are refused",
  ];
  return problems.filter(Boolean).map((problem) => warning("META")`${problem}`);
}

/** Whether a grant is known that the metadata doesn't list: a token that nobody issued is refused in another way. */
async function checkRefresh(url, { origin, clientId, ask }) {
  const answer = await ask(url, { origin, form: { grant_type: "refresh_token", client_id: clientId, refresh_token: random() } });
  const { error, said } = refusalOf(parse(answer.text ?? ""));
  if (["unsupported_grant_type", "unauthorized_client"].includes(error))
    return warning(
      "TOKEN",
    )`this client gets no new tokens (${said}): sessions end with their first token; have refresh_token allowed for it`;
  if (error === "invalid_grant") return ok("TOKEN")`refresh tokens are taken, though grant_types_supported lacks refresh_token`;
  return warning(
    "TOKEN",
  )`grant_types_supported lacks refresh_token, and whether it is merely short can't be told (${said ?? answer.error ?? answer.status})`;
}

const isClientRefused = (error) => ["invalid_client", "unauthorized_client"].includes(error);

function checkRefusal({ status }, said) {
  if (said) return ok("TOKEN")`the token endpoint answers a made-up code with ${said}`;
  return warning(
    "TOKEN",
  )`the token endpoint answers a made-up code with ${status} and no OAuth error; see "Servers that don't keep to the RFCs"`;
}

function checkExposed({ headers }, dpop) {
  const exposed = namesIn(headers.get("access-control-expose-headers"));
  const wanted = {
    Date: "the clock of a device can't be judged",
    "Retry-After": "pauses can't be obeyed",
    ...(dpop && { "DPoP-Nonce": "nonces can't be used" }),
  };
  const missing = Object.entries(wanted).filter(([name]) => !exposed.includes(name.toLowerCase()));
  return missing.map(([name, why]) => warning("CORS")`the token endpoint doesn't expose ${name} (Access-Control-Expose-Headers): ${why}`);
}

/** A token that nobody issued, for which a server has to answer 200 (RFC 7009, 2.2). */
async function checkRevocation({ revocation_endpoint: url }, { origin, clientId, ask }, { revocation_endpoint: named }) {
  if (!named)
    return [
      warning(
        "REVOKE",
      )`the metadata names no revocation_endpoint: signOut() ends a session here, and its tokens live on; if there is one, add it by hold({ server: { revocation_endpoint } })`,
    ];
  if (!url) return [];
  const form = { token: random(), token_type_hint: "refresh_token", client_id: clientId };
  const answer = await ask(url, { origin, form });
  const cors = checkCors("the revocation endpoint", answer, origin, warning);
  if (answer.error || (answer.status >= 300 && answer.status < 400)) return cors;
  return [...cors, judgeRevocation(answer, clientId)];
}

function judgeRevocation({ status, text }, clientId) {
  if (status === 200) return ok("REVOKE")`the revocation endpoint takes a made-up token`;
  const { error, said } = refusalOf(parse(text));
  if (isClientRefused(error))
    return warning(
      "REVOKE",
    )`the revocation endpoint answers ${said}: signOut() leaves tokens alive; have ${clientId} allowed to revoke without a secret`;
  return warning(
    "REVOKE",
  )`the revocation endpoint answers a made-up token with ${said ?? status}, not with 200: signOut() may leave tokens alive`;
}

async function checkPush(metadata, client) {
  const { pushed_authorization_request_endpoint: url, require_pushed_authorization_requests: required } = metadata;
  if (!url) return [];
  const answer = await client.ask(url, { origin: client.origin, form: requestOf(client) });
  const cors = checkCors("the endpoint for pushed requests", answer, client.origin, required ? failure : warning);
  if (answer.error) return cors;
  if (answer.status === 201) return [...cors, ok("LOGIN")`a pushed request with this redirect URI is taken`];
  return [
    ...cors,
    failure("LOGIN")`a pushed request with this redirect URI is refused: ${refusalOf(parse(answer.text)).said ?? answer.status}`,
  ];
}
