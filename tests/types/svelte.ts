// tokenkeep/svelte as an application uses it. Compiling is the test.

import { fromStore, get, type Readable } from "svelte/store";
import { connect, type Session } from "tokenkeep";
import { authGuard, provideAuth, useAuth, type useSession, type AuthStatus } from "tokenkeep/svelte";

import { same } from "./same.js";

const auth = connect(() => new SharedWorker("/holder.js", { type: "module" }));
export const load: (event: { url: URL; params: object }) => Promise<void> = authGuard(auth, { signIn: { scope: "openid" } });
// @ts-expect-error: a provider has something to give.
provideAuth();

export function component(): void {
  const { status, error, signIn } = provideAuth(auth, { silent: true });
  same<typeof status, Readable<AuthStatus>>(true);
  same<typeof error, Readable<Error | null>>(true);
  same<ReturnType<typeof useSession>, Readable<Session | null>>(true);
  const current: Session | null = fromStore(useAuth().session).current;
  void signIn({ returnTo: "/" }).then(() => [get(status), current]);
}
