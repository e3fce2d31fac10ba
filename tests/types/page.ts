// The page's side as an application uses it. Compiling is the test.

import {
  TokenKeepError,
  connect,
  isTokenKeepError,
  type AnomalyKind,
  type Arrival,
  type AuditEntry,
  type AuditKind,
  type Auth,
  type AuthEventMap,
  type AuthRequestInit,
  type ErrorCode,
  type Explanation,
  type HolderWorker,
  type PopupSignInOptions,
  type RequestOptions,
  type ResumeOptions,
  type ServerStats,
  type Session,
  type SignInOptions,
  type SignOutReason,
  type SignOutResult,
  type Stats,
  type StepUp,
  type WaitReason,
} from "tokenkeep";

import { same } from "./same.js";

const options = { type: "module", name: "tokenkeep", extendedLifetime: true } as const;
const auth: Auth = connect(new SharedWorker("/holder.js", options));
connect(
  new SharedWorker(new URL("./holder.js", import.meta.url), {
    type: "module",
    name: "tokenkeep",
    extendedLifetime: true,
  }),
);
connect(new Worker("/holder.js", { type: "module" }));
connect(new MessageChannel().port1);
connect(() => new SharedWorker(new URL("./holder.js", import.meta.url), options));
connect(() => (globalThis.SharedWorker ? new SharedWorker("/holder.js", options) : new Worker("/holder.js", { type: "module" })));
const somewhere: HolderWorker = new Worker("/holder.js");
connect(somewhere);

export async function signInAndOut(): Promise<void> {
  const session: Session | null = await auth.resume();
  if (session) {
    same<typeof session.scope, string>(true);
    same<typeof session.expiresAt, number | null>(true);
    const subject: string | undefined = session.claims?.sub;
    const other: unknown = session.claims?.locale;
    void [subject, other];
  }
  const arrival = auth.arrival;
  if (arrival) {
    same<typeof arrival.returnTo, string | null>(true);
    same<typeof arrival.appState, unknown>(true);
  }
  const wanted: Omit<SignInOptions, "mode"> = {
    scope: "openid files:read",
    returnTo: "/inbox",
    appState: { step: 2 },
    prompt: "login",
    loginHint: "ada",
    uiLocales: "en",
    maxAge: 300,
    acrValues: "urn:x",
    extraParams: { audience: "https://api.example.com" },
  };
  const inPopup: PopupSignInOptions = { ...wanted, mode: "popup", popupFeatures: "popup", popupTimeout: 60_000 };
  const popped: Session = await auth.signIn(inPopup);
  same<typeof popped.scope, string>(true);
  const either = (options: SignInOptions | PopupSignInOptions): Promise<Session> => auth.signIn(options);
  void either;
  const resuming: ResumeOptions = { silent: true };
  const resumed: Session | null = await auth.resume(resuming);
  same<typeof auth.arrival, Arrival | null>(true);
  same<NonNullable<typeof auth.arrival>["popup"], true | undefined>(true);
  void resumed;
  const left: SignOutResult = await auth.signOut();
  same<typeof left.revocation, "confirmed" | "unconfirmed" | "unsupported" | "none">(true);
  const stats: Stats = await auth.stats();
  same<typeof stats.phase, "signedout" | "exchanging" | "active" | "refreshing" | "waiting">(true);
  same<typeof stats.nextAttemptIn, number | null>(true);
  const numbers: number[] = [
    stats.queued,
    stats.inFlight,
    stats.generation,
    stats.refreshes,
    stats.refreshFailures,
    stats.replays,
    stats.paused,
    stats.steppingUp,
    stats.queuePeak,
    stats.waits.count,
    stats.waits.ms,
    stats.backoffs.count,
    stats.backoffs.ms,
  ];
  same<typeof stats.circuit, "closed" | "open" | "probing">(true);
  same<typeof stats.clockSkew, number | null>(true);
  const flags: boolean[] = [stats.online, stats.locked];
  const servers: readonly ServerStats[] = stats.servers;
  const tallies = servers.map(({ server, requests, replays, retries, unauthorized, forbidden, limited }) => {
    const counts: number[] = [requests, replays, retries, unauthorized, forbidden, limited];
    const href: string = server;
    return [href, counts] as const;
  });
  const token: string = await auth.accessToken();
  void [numbers, flags, tallies, token];
  const never: never = await auth.signIn({ ...wanted, mode: "redirect" });
  return never;
}

export async function request(): Promise<void> {
  const response: Response = await auth.fetch("https://api.example.com/v1/files");
  await auth.fetch(new URL("https://api.example.com/"), {
    method: "POST",
    body: new FormData(),
    signal: AbortSignal.timeout(1),
  });
  await auth.fetch(new Request("https://api.example.com/"), { tokenkeep: { timeout: 5_000 } });
  // It stands in wherever a library takes a fetch of its own, and needs no `this`.
  const standIn: typeof fetch = auth.fetch;
  const { fetch: detached } = auth;
  await Promise.all([standIn("/x"), detached("/x"), response.json()]);
}

export async function requestWithOptions(): Promise<void> {
  const options: RequestOptions = { skipAuth: true, timeout: 1_000, retry: 3, idempotencyKey: "k", stepUp: true };
  const init: AuthRequestInit = { method: "POST", body: "{}", tokenkeep: options };
  const response = await auth.fetch("https://api.example.com/v1/files", init);
  await auth.fetch("https://api.example.com/v1/files", { tokenkeep: { retry: false } });
  await auth.fetch("https://api.example.com/v1/files", { tokenkeep: { retry: true, idempotencyKey: true } });
  const explanation: Explanation | null = auth.explain(response);
  if (!explanation) return;
  same<typeof explanation.retryAfter, number | null>(true);
  same<typeof explanation.scope, string | null | undefined>(true);
  same<typeof explanation.maxAge, number | null | undefined>(true);
  const texts: (string | null | undefined)[] = [explanation.message, explanation.error, explanation.acrValues];
  void [texts, cure(explanation)];
}

// Every kind has its answer: a new one would stop the compilation here.
function cure({ kind }: Explanation): string {
  switch (kind) {
    case "expired":
    case "refused":
    case "authentication":
      return "sign in";
    case "scope":
    case "forbidden":
      return "ask for more";
    case "malformed":
    case "proof":
      return "look at the request";
    case "limited":
    case "unavailable":
      return "wait";
  }
}

export async function watch(): Promise<void> {
  const entries: AuditEntry[] = await auth.audit();
  for (const { seq, time, kind, reason, count, server } of entries) {
    const known: AuditKind = kind;
    const numbers: number[] = [seq, time, count];
    const texts: (string | undefined)[] = [reason, server];
    void [known, numbers, texts];
  }
  navigator.sendBeacon("/audit", JSON.stringify(entries));
  const unlocked: void = await auth.unlock();
  const entered: void = await auth.enterToken("token");
  void [unlocked, entered];
}

export function listen(): () => void {
  auth.addEventListener("signedin", ({ detail }) => same<typeof detail.scope, string>(true));
  auth.addEventListener("refreshed", ({ detail }) => same<typeof detail.generation, number>(true));
  auth.addEventListener("refreshfailed", ({ detail }) => same<typeof detail.retryIn, number>(true));
  auth.addEventListener(
    "signedout",
    ({ detail }) => {
      const reason: SignOutReason = detail.reason;
      void (reason === "rotation-lost" || reason === "refused");
    },
    { once: true },
  );
  auth.addEventListener("stepup", ({ detail }) => {
    const stepUp: StepUp = detail;
    same<typeof stepUp.reason, "scope" | "authentication">(true);
    same<typeof stepUp.resource, string | null>(true);
    void auth.signIn(stepUp.signIn);
    void auth.signIn({ ...detail.signIn, returnTo: "/inbox" });
  });
  auth.addEventListener("anomaly", ({ detail }) => {
    const kind: AnomalyKind = detail.kind;
    same<typeof detail.baseline, number | undefined>(true);
    const [count, locked]: [number, boolean] = [detail.count, detail.locked];
    if (locked && kind !== "refresh-storm" && count < 2) void auth.unlock();
  });
  auth.addEventListener("unlocked", (event) => void event.type);
  auth.addEventListener("waiting", ({ detail }) => {
    const reason: WaitReason | null = detail.for;
    const times: [number | null, number | null] = [detail.since, detail.until];
    const said = { unlock: 1, network: 1, "sign-in": 1, token: 1, turn: 1, "retry-after": 1 } satisfies Record<WaitReason, number>;
    void [reason && said[reason] + detail.calls, times];
  });
  auth.addEventListener("another", (event: Event) => void event.type);
  const names: (keyof AuthEventMap)[] = ["signedin", "refreshed", "refreshfailed", "signedout"];
  const more: (keyof AuthEventMap)[] = ["stepup", "anomaly", "unlocked", "outdated", "waiting"];
  void [names, more];
  // As React's useSyncExternalStore takes them.
  const store: [(changed: () => void) => () => void, () => Session | null] = [auth.subscribe, () => auth.session];
  void store;
  const stop = auth.subscribe(() => {});
  return () => (stop(), auth.close());
}

export function told(error: unknown): string {
  if (isTokenKeepError(error)) {
    const code: ErrorCode = error.code;
    const isNew: boolean = code === "TOKENKEEP_LOCKED" || code === "TOKENKEEP_TOKEN_MALFORMED";
    if (isNew || code === "TOKENKEEP_TOKEN_NOT_ACCEPTED" || code === "TOKENKEEP_SIGN_IN_UNAVAILABLE") return code;
    const cause: ErrorCode[] = [
      "TOKENKEEP_CLOCK_WRONG",
      "TOKENKEEP_CONNECT_BLOCKED",
      "TOKENKEEP_COOKIES_BLOCKED",
      "TOKENKEEP_KEYS_BLOCKED",
      "TOKENKEEP_METADATA_BLOCKED",
      "TOKENKEEP_POPUP_SEVERED",
      "TOKENKEEP_REDIRECT_ELSEWHERE",
      "TOKENKEEP_REDIRECT_URI_REFUSED",
      "TOKENKEEP_SHARED_WORKER_MISSING",
      "TOKENKEEP_STORAGE_BLOCKED",
      "TOKENKEEP_WASM_BLOCKED",
      "TOKENKEEP_WASM_UNAVAILABLE",
      "TOKENKEEP_WORKER_BLOCKED",
    ];
    if (cause.includes(code)) return error.message;
    const details: (string | undefined)[] = [error.option, error.error, error.errorDescription, error.reason];
    return `${code} ${details.join()}`;
  }
  if (error instanceof TokenKeepError) return error.message;
  return "";
}
