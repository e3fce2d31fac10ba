// The page's side as an application uses it. Compiling is the test.

import {
  TokenKeepError,
  connect,
  isTokenKeepError,
  type Auth,
  type AuthEventMap,
  type ErrorCode,
  type Session,
  type SignInOptions,
  type SignOutResult,
  type Stats,
} from "tokenkeep";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Equal<A, B>): void {}

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

export async function signInAndOut(): Promise<void> {
  const session: Session | null = await auth.resume();
  if (session) {
    same<typeof session.scope, string>(true);
    same<typeof session.expiresAt, number | null>(true);
    const subject: string | undefined = session.claims?.sub;
    const other: unknown = session.claims?.["locale"];
    void [subject, other];
  }
  const arrival = auth.arrival;
  if (arrival) {
    same<typeof arrival.returnTo, string | null>(true);
    same<typeof arrival.appState, unknown>(true);
  }
  const wanted: SignInOptions = {
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
  ];
  const token: string = await auth.accessToken();
  void [numbers, token];
  const never: never = await auth.signIn(wanted);
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

export function listen(): () => void {
  auth.addEventListener("signedin", ({ detail }) => same<typeof detail.scope, string>(true));
  auth.addEventListener("refreshed", ({ detail }) => same<typeof detail.generation, number>(true));
  auth.addEventListener("refreshfailed", ({ detail }) => same<typeof detail.retryIn, number>(true));
  auth.addEventListener(
    "signedout",
    ({ detail }) => {
      const reason: string = detail.reason;
      void reason;
    },
    { once: true },
  );
  auth.addEventListener("another", (event: Event) => void event.type);
  const names: (keyof AuthEventMap)[] = ["signedin", "refreshed", "refreshfailed", "signedout"];
  void names;
  // As React's useSyncExternalStore takes them.
  const store: [(changed: () => void) => () => void, () => Session | null] = [auth.subscribe, () => auth.session];
  void store;
  const stop = auth.subscribe(() => {});
  return () => (stop(), auth.close());
}

export function told(error: unknown): string {
  if (isTokenKeepError(error)) {
    const code: ErrorCode = error.code;
    const details: (string | undefined)[] = [error.option, error.error, error.errorDescription, error.reason];
    return `${code} ${details.join()}`;
  }
  if (error instanceof TokenKeepError) return error.message;
  return "";
}
