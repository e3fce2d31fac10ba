// A holder on an origin of its own keeps codes from script of the application's (RFC 10017, 5.1.3), as long as the client has
// no redirect URI there.

import { randomUUID } from "node:crypto";

import { failure, ok, orOk, warning } from "./findings.mjs";
import { attemptOf } from "./redirection.mjs";

/** Tries redirect URIs on the origin of each application (OWN-10). */
export async function checkApps(metadata, client) {
  const { apps, redirectUri } = client;
  if (apps.length === 0) return [];
  const attempt = attemptOf(metadata, client);
  if (!attempt)
    return apps.map((app) => warning("OWN")`whether a redirect URI on ${app} is taken can't be told: the endpoint for it is not asked`);
  const known = await attempt(redirectUri);
  const unknown = await attempt(`https://${randomUUID()}.invalid/callback`);
  const findings = [];
  for (const app of apps) {
    const tried = [];
    for (const uri of urisOn(app, client)) tried.push({ uri, taken: isTaken(await attempt(uri), known, unknown) });
    findings.push(...judge(app, tried, client));
  }
  return findings;
}

/** The usual ones, what the path would be had the holder moved away from there, and those that were named. */
function urisOn(app, { redirectUri, appRedirectUris }) {
  const paths = ["", "/", "/callback", new URL(redirectUri).pathname];
  const named = appRedirectUris.filter((uri) => new URL(uri).origin === app);
  return [...new Set([...paths.map((path) => `${app}${path}`), ...named])];
}

/** Whether what came to this outcome is taken, by what comes of a URI that is registered and of one that isn't; undefined if unclear. */
function isTaken(outcome, known, unknown) {
  if (outcome.back && outcome.shape !== unknown.shape) return true;
  if ([outcome, known, unknown].some(saysNothing)) return undefined;
  if (outcome.shape === unknown.shape) return known.shape === unknown.shape ? undefined : false;
  if (outcome.status >= 400) return known.status >= 400 ? undefined : false;
  return true;
}

const saysNothing = ({ problem, status }) => problem || status === 429 || status >= 500;

function judge(app, tried, { clientId }) {
  const these = (list) => list.map(({ uri }) => uri).join(", ");
  const unclear = tried.filter(({ taken }) => taken === undefined);
  const problems = tried.filter(({ taken }) => taken).map(({ uri }) => onTheApp(uri, clientId));
  if (unclear.length > 0)
    problems.push(
      warning(
        "OWN",
      )`whether ${unclear.length} of the ${tried.length} tried on ${app} are taken can't be told (${these(unclear)}): look into the server's own list of redirect URIs`,
    );
  if (problems.length > 0) return problems;
  return [
    ok(
      "OWN",
    )`none of the ${tried.length} tried on ${app} is taken (${these(tried)}); what counts is the server's own list of redirect URIs, which can't be asked for`,
  ];
}

/** The same of a document, which lists its redirect URIs. */
export function checkListed({ redirect_uris: uris }, apps, clientId) {
  if (!Array.isArray(uris)) return [];
  const isOn = (app) => (uri) => typeof uri === "string" && URL.canParse(uri) && new URL(uri).origin === app;
  return apps.flatMap((app) =>
    orOk(
      uris.filter(isOn(app)).map((uri) => onTheApp(uri, clientId)),
      ok("OWN")`no redirect URI of the document is on ${app}`,
    ),
  );
}

const onTheApp = (uri, clientId) =>
  failure(
    "OWN",
  )`${uri} is a redirect URI of ${clientId} on the application's origin: script there could run a sign-in of its own and read the code, from which a holder on another origin is to keep it. Remove it from this client; what needs it gets a client of its own`;
