const tell = "have it done, then call signIn() again";

/** What to do about an error of the authorization endpoint (RFC 6749, 4.1.2.1): where the request would be the same, no other try. */
const again = "; see errorDescription, and offer signIn() again";
const refusals = [
  [
    /^invalid_scope$/,
    ": it doesn't know the scope, or this client may not ask for it; correct scope in hold() or signIn(), or the client's registration",
  ],
  [/^invalid_target$/, ": it gives no token for this resource; correct resource in resourceServers"],
  [/_client$/, ": register this client for the authorization code flow, as a public one"],
  [
    /^invalid_request|unsupported/,
    ": it doesn't take this request; see errorDescription, and check extraParams and how this client is registered",
  ],
  [/^(server_error|temporarily_unavailable)$/, "; call signIn() again later, and look into the server's log if it stays"],
  [/^(access|consent)_/, ": the person, or a rule of the server, said no; offer signIn() again"],
];

/** Which option of a profile an odd answer needs. */
const deviations = [
  ["token_type is missing", '; if this server sends none, set profile.answer.tokenType: "Bearer"'],
  ["token_type is not Bearer", "; if that is this server's word for it, set profile.answer.tokenType"],
  ["type is not application/json", "; profile.answer.type says what it is instead"],
  ["status is not 200", "; profile.answer.statuses says which others are good"],
  ["access_token is not a token", "; if this server puts it elsewhere, set profile.answer.within or profile.answer.names"],
];

const asked = ({ url }) => (url ? ` (${url})` : "");

/** What to do about an error that keeps people from signing in, at the length that a developer needs. */
const cures = {
  AUTHORIZATION_ERROR: ({ message, error }) => `${message}${refusals.find(([names]) => names.test(error))?.[1] ?? again}`,
  CLIENT_REFUSED: ({ message, error }) => (error === "invalid_scope" ? `${message.split(";")[0]}${refusals[0][1]}` : message),
  CLOCK_WRONG: ({ message }) =>
    `${message} (automatic date and time does it). The authorization server tells another time, and the ID token's times are judged by this one; call signIn() again`,
  CONNECT_BLOCKED: (error) =>
    `the Content-Security-Policy forbids to ask the authorization server${asked(error)}: add the origins of its metadata, token endpoint and keys to connect-src, in the policy that the worker's script is served with (in page mode: of the page)`,
  ID_TOKEN_INVALID: ({ message }) =>
    /: (exp|iat|nbf|auth_time)$/.test(message)
      ? `${message}; most likely this machine's clock is wrong. Set it, and let the token endpoint expose Date, which tells by how much`
      : message,
  INSECURE_CONTEXT: ({ message }) => {
    if (globalThis.isSecureContext === undefined)
      return "nobody can sign in here: isSecureContext is missing, so that this is no browser's page (jsdom and Node have none). Run this in a browser, or have tests put fakeAuth() of tokenkeep/testing in the place of auth";
    return isSecureContext
      ? message
      : `${location.origin} is neither https nor loopback, and browsers keep cryptography from such pages: serve the page over https, or open it by localhost`;
  },
  INTERACTION_REQUIRED: ({ error }) =>
    `the authorization server wants to show a page (${error}); call signIn() without prompt. Where people are signed in there and are never recognised, the browser blocks that server's cookies, or they are SameSite=Strict`,
  KEYS_BLOCKED: (error) =>
    `the issuer's keys can be reached${asked(error)}, but not read from here: most likely its jwks_uri doesn't allow ${location.origin} by CORS, or redirects; ${tell}`,
  METADATA_BLOCKED: (error) =>
    `the issuer's metadata can be reached${asked(error)}, but not read from here: most likely its .well-known documents don't allow ${location.origin} by CORS, or redirect, or are not there; ${tell}, or write the metadata into hold({ server })`,
  REDIRECT_ELSEWHERE: () =>
    `redirectUri is on another origin than this page (${location.origin}), where nobody could finish this sign-in: open the app there, or set redirectUri to a page of this origin. localhost and 127.0.0.1 are two origins, as are http and https`,
  REDIRECT_URI_MOVED: ({ message }) =>
    `${message}: the host leads on from there. Set redirectUri to where the response arrives, character by character, and register that; or have the host answer at redirectUri itself, without a redirect`,
  REDIRECT_URI_REFUSED: () =>
    "the authorization server refused the redirect_uri: register redirectUri for this client there, character by character (scheme, port and a slash at the end count); npx tokenkeep check-server tries it",
  STATE_MISMATCH: ({ message }) =>
    `${message} here. The response belongs to another browser or profile, or its record is gone: cleared, older than ten minutes, or of a private window that was closed`,
  HOLDER_LOST: () =>
    "the worker has ended, by the browser (which frees memory that way) or by script, and with it the session and what was under way: call again, which starts another one if connect() was given a function that makes it; else reload the page",
  HOLDER_SILENT: () =>
    "the worker has not answered for 30 seconds: check that the requests for its script and for what that imports end (a service worker of this site may keep them), and that it calls hold(). The next call asks again",
  STORAGE_BLOCKED: () =>
    'this browser keeps nothing for this site (IndexedDB is blocked or doesn\'t answer), so that a sign-in which leaves the page could not be finished: allow site data here, or sign in with mode: "popup", or use a SharedWorker',
  COOKIES_BLOCKED: () =>
    `this browser blocks cookies and site data for ${location.host}, and so everything that a sign-in needs: allow them here and for the authorization server`,
  TOKEN_ENDPOINT_BLOCKED: (error) =>
    `the token endpoint can be reached${asked(error)}, but not read from here: most likely it doesn't allow ${location.origin} by CORS, or it redirects. Have the origin allowed, or put a proxy of your own origin in front of it (see "No CORS" in docs/profiles.md)`,
  TOKEN_RESPONSE_INVALID: ({ message }) => message + (deviations.find(([sign]) => message.includes(sign))?.[1] ?? ""),
  WASM_BLOCKED: () =>
    "the Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src, of the page and in the response with the worker's own script, which has a policy of its own",
  WASM_UNAVAILABLE: () =>
    "this browser has WebAssembly turned off (lockdown mode, or a switch that turns off the JIT): allow it for this site, or use another browser",
};

const prefix = "TOKENKEEP_";

const told = new WeakSet();

/** An error like `error`, of its class, with the cure in full; or the same one if there is nothing to add. */
export function advise(error) {
  if (!error?.code?.startsWith?.(prefix) || told.has(error)) return error;
  const name = causeOf(error);
  if (!Object.hasOwn(cures, name)) return error;
  const advised = new error.constructor({ ...error, code: prefix + name, message: cures[name](error) });
  told.add(advised);
  return advised;
}

/** The code of the cause, as far as this page knows more about it than the holder. */
function causeOf({ code, error, errorDescription }) {
  const name = code.slice(prefix.length);
  if (name === "STORAGE_BLOCKED" && cookiesAreBlocked()) return "COOKIES_BLOCKED";
  // Not every server has a code for that.
  const isTheServers = ["AUTHORIZATION_ERROR", "CLIENT_REFUSED", "TOKEN_ERROR"].includes(name);
  const text = `${error} ${errorDescription}`;
  const isBlamed = /redirect[_ ]uri/i.test(text) && !/code|verifier|expired|denied|refused/i.test(text);
  return isTheServers && isBlamed ? "REDIRECT_URI_REFUSED" : name;
}

/** Why the browser didn't start the worker, as `[code, message]`; `cause` is its event, or what making it threw. */
export function whyNoWorker(cause, shared) {
  const blocked = violations().find(
    ({ disposition, effectiveDirective }) => disposition === "enforce" && effectiveDirective === "worker-src",
  );
  if (!globalThis.location)
    return ["BROWSER_MISSING", "there is no browser here: do this in the page, not while it is rendered on a server"];
  if (!globalThis.Worker) return ["BROWSER_MISSING", workerless];
  if (!globalThis.SharedWorker && /SharedWorker/.test(cause.message)) return ["SHARED_WORKER_MISSING", missing];
  if (shared && cookiesAreBlocked()) return ["COOKIES_BLOCKED", cures.COOKIES_BLOCKED()];
  if (cause instanceof Error) return ["WORKER_BLOCKED", `the worker could not be made (${cause.name}): ${cause.message}`];
  if (cause instanceof ErrorEvent) return ["HOLDER_FAILED", "the worker's script threw an error before it called hold(): see the console"];
  const policy = blocked
    ? `. The Content-Security-Policy of this page has forbidden ${blocked.blockedURL}: if that is it, add that URL to worker-src`
    : "";
  return ["WORKER_BLOCKED", (shared ? unloaded + mismatch : unloaded) + policy];
}

const missing =
  "this browser has no SharedWorker: pass a function to connect() that makes a Worker of the same file there; sessions then end with their tab";
const workerless =
  "there are no workers here, so that this is no browser's page (jsdom and happy-dom have none): have tests put fakeAuth() of tokenkeep/testing in the place of auth";
const unloaded =
  "the worker could not be started: check that its URL and its imports answer 200 with a JavaScript type, from this origin and without a redirect to another, and that none of them has a syntax error, which browsers tell in the console only";
const mismatch = ", and that every page passes the same options (name, type, credentials, extendedLifetime) to the same URL";

/** What policies have forbidden on this page so far, where the browser tells. */
function violations() {
  const observer = globalThis.ReportingObserver && new ReportingObserver(() => {}, { types: ["csp-violation"], buffered: true });
  observer?.observe();
  const found = observer?.takeRecords() ?? [];
  observer?.disconnect();
  return found.map(({ body }) => body);
}

/** The storage of a tab goes where cookies go; browsers say that cookies are enabled where they refuse each one. */
function cookiesAreBlocked() {
  // In a frame of another site it would show that site's lot.
  if (top !== globalThis) return false;
  try {
    return !(navigator.cookieEnabled && sessionStorage);
  } catch {
    return true;
  }
}
