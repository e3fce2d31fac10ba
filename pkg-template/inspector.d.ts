/**
 * For developers: what goes on in the holder, in words. Nothing of it is in the page unless this is imported, and no secret is in what it
 * shows.
 *
 * @module tokenkeep/inspector
 */

import type { AuditEntry, Auth, Explanation, ServerStats, Stats } from "./index.js";

/** What is going on. */
export interface Inspection {
  readonly phase: Stats["phase"];
  /** Without the person's claims. */
  readonly session: { readonly scope: string; readonly expiresAt: number | null } | null;
  /** How many requests wait, and for what; see `Stats`. */
  readonly waits: Pick<Stats, "queued" | "inFlight" | "paused" | "steppingUp" | "queuePeak">;
  /** In milliseconds: until the token's end, and until the next attempt to refresh. */
  readonly timers: { readonly expiresIn: number | null; readonly nextAttemptIn: number | null };
  readonly state: Pick<Stats, "circuit" | "online" | "locked" | "generation">;
  readonly servers: readonly ServerStats[];
  readonly audit: readonly AuditEntry[];
  /** The last twenty that {@link recordRequests} has seen, oldest first. */
  readonly requests: readonly RequestNote[];
}

/** A request, and what came of it. */
export interface RequestNote {
  /** When it was made, in milliseconds since 1970. */
  readonly time: number;
  readonly method: string;
  /** Its origin and path. The query is left out; what secrets a path has are shown. */
  readonly url: string;
  /** The answer's; null without one. */
  readonly status: number | null;
  /** The code of the `TokenKeepError`, or the name of another error, that it failed with. */
  readonly error: string | null;
  /** Why an answer of 401, 403, 429 or 503 came through; see `auth.explain()`. */
  readonly explanation: Explanation["kind"] | null;
  /** How long it took until its answer's header was there or it failed, in milliseconds, with all waits; null while it is under way. */
  readonly ms: number | null;
}

/**
 * `auth.fetch` that takes notes, which {@link inspect}, {@link debug} and the element then show. What calls `auth.fetch` itself isn't seen.
 * How often the holder has sent a request nobody tells the page: `replays` and `retries` of each API are in `servers`.
 */
export function recordRequests(auth: Auth): Auth["fetch"];

/** What is going on now. Fails as `auth.stats()` does. */
export function inspect(auth: Auth): Promise<Inspection>;

/**
 * Prints what happens, a line each, what requests wait for, and what came of those that {@link recordRequests} sees; first where a
 * worker's requests are to be seen.
 *
 * @param log takes a line; `console.debug` by default
 * @returns a function that ends it
 */
export function debug(auth: Auth, log?: (line: string) => void): () => void;

/** For `hold({ auditSink: print })`: the same lines in the worker's console. */
export function print(entries: readonly AuditEntry[]): void;

/** `<tokenkeep-inspector>`: what is going on, as it goes on. */
export interface InspectorElement extends HTMLElement {
  auth: Auth | undefined;
}

/** Defines the element. Again, or where its name is taken, nothing happens. */
export function defineInspector(name?: string): void;
