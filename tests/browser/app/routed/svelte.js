// A guard by itself, as SvelteKit calls it before it shows a page.

import { authGuard } from "tokenkeep/svelte";

import { auth, see } from "./auth.js";

const load = authGuard(auth, {
  signIn: { appState: { by: "guard" } },
  onArrival: ({ returnTo, appState }) => see("arrival", `${returnTo} by ${appState.by}`),
});
globalThis.load = () => load({ url: new URL("/kit?x=1#y", location.href) }).then(() => auth.session.claims.sub);
