import { notesOf } from "./requests.js";

/** What is going on, as plain data. */
export async function inspect(auth) {
  const [stats, audit] = await Promise.all([auth.stats(), auth.audit()]);
  const { phase, circuit, online, locked, generation, nextAttemptIn, servers, queued, inFlight, paused, steppingUp, queuePeak } = stats;
  const { scope, expiresAt } = auth.session ?? {};
  const session = auth.session && { scope, expiresAt };
  const expiresIn = expiresAt ? Math.max(0, expiresAt - Date.now()) : null;
  const waits = { queued, inFlight, paused, steppingUp, queuePeak };
  const state = { circuit, online, locked, generation };
  return { phase, session, waits, timers: { expiresIn, nextAttemptIn }, state, servers, audit, requests: notesOf(auth) };
}

/** Why requests wait now, in words, or null. */
export function whyWaiting({ waits: { queued, paused, steppingUp }, timers: { nextAttemptIn }, state: { online }, phase }) {
  const asked = [
    paused && `${paused} for the pause that their API asked for`,
    steppingUp && `${steppingUp} for a sign-in with more rights`,
  ];
  const next = nextAttemptIn === null ? "" : `, the next attempt in ${seconds(nextAttemptIn)}`;
  const refresh = online ? `for a token (${phase})${next}` : "until the browser is online again";
  const words = [queued && `${queued} ${refresh}`, ...asked].filter(Boolean);
  return words.length ? words.join(", ") : null;
}

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
