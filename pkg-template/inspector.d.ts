/**
 * For developers: what goes on in the holder, in words. Nothing of it is in the page unless this is imported, and no secret is in what it
 * shows.
 *
 * @module tokenkeep/inspector
 */

import type { AuditEntry, Auth, ServerStats, Stats } from "./index.js";

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
}

/** What is going on now. Fails as `auth.stats()` does. */
export function inspect(auth: Auth): Promise<Inspection>;

/**
 * Prints what happens, a line each, and what requests wait for; first where a worker's requests are to be seen.
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
