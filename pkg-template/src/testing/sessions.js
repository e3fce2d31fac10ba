const hour = 3_600_000;

/** A session as a server's answer would make it, with what a test says of it. */
export function sessionOf({ session, claims }) {
  const now = Date.now();
  const iat = Math.floor(now / 1000);
  const usual = { iss: "https://as.example.com", sub: "ada", aud: "my-spa", exp: iat + hour / 1000, iat };
  const made = { scope: "openid", expiresAt: now + hour, claims: claims === null ? null : { ...usual, ...claims } };
  return frozen({ ...made, ...session }, made.claims);
}

/** A session whose claims are on top of the `usual` ones. */
function frozen({ claims, ...rest }, usual) {
  return Object.freeze({ ...rest, claims: claims && Object.freeze({ ...usual, ...claims }) });
}

/** That session with `scope` on top of what it has. */
export function widened(session, scope = "") {
  const words = new Set([...session.scope.split(" "), ...scope.split(" ")].filter(Boolean));
  return Object.freeze({ ...session, scope: [...words].join(" ") });
}

/** What a personal access token makes. */
export const personal = Object.freeze({ scope: "", expiresAt: null, claims: null });

/** What an event says, from the state and what the test says of it. */
export const details = {
  signedin: ({ next }, given) => frozen({ ...next, ...given }, next.claims),
  refreshed: ({ session, generation }, given) => {
    const usual = { scope: session?.scope ?? "", expiresAt: Date.now() + hour, resource: null };
    return { generation: generation + 1, ...usual, ...given };
  },
  refreshfailed: (_, given) => ({ code: "TOKENKEEP_SERVER_UNAVAILABLE", retryIn: 1000, ...given }),
  signedout: (_, given) => ({ reason: "signout", ...given }),
  stepup: (_, given) => ({ reason: "scope", resource: null, signIn: {}, ...given }),
  anomaly: (_, given) => ({ kind: "request-surge", count: 301, locked: false, ...given }),
  unlocked: () => ({}),
  outdated: (_, given) => ({ givesWay: "never", ...given }),
  waiting: (_, given) => ({ ...(given?.for === null ? noWait : longWait()), ...given }),
};

const longWait = () => ({ for: "token", since: Date.now() - 3_000, until: null, calls: 1 });
const noWait = { for: null, since: null, until: null, calls: 0 };

/** Events that the audit log knows nothing of. */
export const unlogged = ["outdated", "waiting"];

/** What the state is after an event. */
export function after(type, now, { reason, locked, scope, expiresAt, claims }) {
  const generation = now.generation + 1;
  const changes = {
    signedin: () => ({ session: renewed(now.session, { scope, expiresAt, claims }), generation }),
    refreshed: () => ({ session: now.session && renewed(now.session, { scope, expiresAt }), generation }),
    signedout: () => ({ session: null, reason, locked: false }),
    anomaly: () => ({ locked: now.locked || locked }),
    unlocked: () => ({ locked: false }),
  };
  return { ...now, ...changes[type]?.() };
}

/** The session with `changes`, or the same object if they change nothing. */
function renewed(session, changes) {
  const next = { ...session, ...changes };
  return JSON.stringify(next) === JSON.stringify(session) ? session : Object.freeze(next);
}

/** `stats()` where nothing ever waits or fails. */
export const calm = {
  queued: 0,
  inFlight: 0,
  refreshes: 0,
  refreshFailures: 0,
  replays: 0,
  nextAttemptIn: null,
  paused: 0,
  steppingUp: 0,
  circuit: "closed",
  online: true,
  clockSkew: null,
  queuePeak: 0,
  waits: { count: 0, ms: 0 },
  backoffs: { count: 0, ms: 0 },
  servers: [],
};
