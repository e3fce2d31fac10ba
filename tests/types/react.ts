// tokenkeep/react as an application uses it. Compiling is the test.

import { createElement, type ReactElement, type ReactNode } from "react";
import { connect, type Session } from "tokenkeep";
import { AuthProvider, Guard, useAuth, type useSession, withAuth, type AuthState, type AuthStatus } from "tokenkeep/react";

import { same } from "./same.js";

const auth = connect(() => new SharedWorker("/holder.js", { type: "module" }));

function Hello({ greeting }: { greeting: string }): ReactNode {
  const state: AuthState = useAuth();
  same<typeof state.status, AuthStatus>(true);
  same<typeof state.error, Error | null>(true);
  same<ReturnType<typeof useSession>, Session | null>(true);
  if (state.status === "error") return state.error?.message;
  return createElement("button", { type: "button", onClick: state.signIn }, greeting, state.session?.claims?.sub);
}

const Guarded = withAuth(Hello, { loading: "..", failed: ({ message }) => message, fallback: "Bye", signIn: { scope: "openid" } });
createElement(Guarded, { greeting: "Hello" });
// @ts-expect-error: what the component needs is still needed.
createElement(Guarded, {});
// @ts-expect-error: a guard signs in by leaving the page.
createElement(Guard, { signIn: { mode: "popup" } });
// @ts-expect-error: a provider has something to give.
createElement(AuthProvider, {});

export const page: ReactElement = createElement(
  AuthProvider,
  { auth, silent: true, popup: false, onArrival: ({ returnTo, appState }) => console.log(returnTo, appState) },
  createElement(Guard, { signIn: false }, createElement(Hello, { greeting: "Hello" })),
);
