// What a command is called with, and what can be told of that without asking anybody.

import { failure } from "./findings.mjs";
import { ask, usualSeconds } from "./network.mjs";
import { quoted } from "./plain.mjs";

const mostSeconds = 600;

/** The client that the options of `check-server` describe, and whom may be asked about it: `{ problems, client }`. */
export function readServerCall(issuer, options) {
  const { "client-id": clientId, "redirect-uri": redirectUri, origin = redirectUri, scope = "openid", timeout } = options;
  const { "also-ask": also = [], "follow-hosts": follows = false, app = [], "app-redirect-uri": appRedirectUris = [] } = options;
  const { problems, seconds } = readTime(timeout);
  problems.push(
    ...checkUrls({
      issuer,
      "--redirect-uri": redirectUri,
      "--origin": origin,
      "--also-ask": also,
      "--app": app,
      "--app-redirect-uri": appRedirectUris,
    }),
  );
  if (problems.length > 0) return { problems };
  const client = { clientId, redirectUri, scope, origin: new URL(origin).origin, apps: originsOf(app), appRedirectUris };
  const asking = { named: originsOf([issuer, ...also]), follows, ask: (url, how) => ask(url, { seconds, ...how }) };
  return { problems: checkPlaces(client), client: { ...client, ...asking } };
}

/** The same for `check-client`: `{ problems, apps, seconds }`. */
export function readClientCall({ app = [], timeout }) {
  const { problems, seconds } = readTime(timeout);
  problems.push(...checkUrls({ "--app": app }));
  return { problems, seconds, apps: problems.length > 0 ? [] : originsOf(app) };
}

/** `{ seconds }`: how long an answer may take. */
function readTime(timeout = String(usualSeconds)) {
  const seconds = Number(timeout);
  const isTime = seconds > 0 && seconds <= mostSeconds;
  return {
    seconds,
    problems: isTime ? [] : [failure("CALL")`--timeout is ${quoted(timeout)}; it must be a number of seconds, ${mostSeconds} at most`],
  };
}

/** Whether these are URLs that can be asked or come back to; several may have one name. */
function checkUrls(urls) {
  const all = Object.entries(urls).flatMap(([name, list]) => [list].flat().map((url) => [name, url]));
  const bad = all.filter(([, url]) => !isWeb(url));
  return bad.map(([name, url]) => failure("CALL")`${name} is ${quoted(url)}, which is no absolute URL of http or https`);
}

/** Whether this is a URL that can be asked. */
export const isWeb = (url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Whether the origins go together: the holder's and the redirect URI's are one, the applications' are others. */
function checkPlaces({ redirectUri, origin, apps, appRedirectUris }) {
  const holder = new URL(redirectUri).origin;
  if (origin !== holder)
    return [failure("CALL")`the redirect URI is on another origin than ${origin}, where nobody could finish the sign-in`];
  if (apps.includes(holder))
    return [failure("CALL")`--app is ${holder}, where the redirect URI is too: it is for a holder on an origin of its own`];
  const strays = appRedirectUris.filter((uri) => !apps.includes(new URL(uri).origin));
  return strays.map((uri) => failure("CALL")`--app-redirect-uri is ${uri}, which is on no origin that --app names`);
}

const originsOf = (urls) => [...new Set(urls.map((url) => new URL(url).origin))];
