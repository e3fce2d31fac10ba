// tokenkeep/vue as an application uses it. Compiling is the test.

import { connect, type Session } from "tokenkeep";
import { authGuard, createAuth, useAuth, type useSession, type AuthStatus } from "tokenkeep/vue";
import { createApp, type ComputedRef } from "vue";

import { same } from "./same.js";

const auth = connect(() => new SharedWorker("/holder.js", { type: "module" }));
createApp({}).use(createAuth(auth, { silent: true }));
const guard = authGuard(auth, { resolve: (href) => ({ href }), options: { history: { location: "/" } } });
same<ReturnType<typeof guard>, Promise<boolean | string>>(true);
// @ts-expect-error: a plugin has something to give.
createAuth();

export function setup(): void {
  const { status, error, signIn } = useAuth();
  same<typeof status, ComputedRef<AuthStatus>>(true);
  same<typeof error, ComputedRef<Error | null>>(true);
  same<ReturnType<typeof useSession>, ComputedRef<Session | null>>(true);
  void signIn({ mode: "popup" });
}
