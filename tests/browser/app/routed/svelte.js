// A guard by itself, as SvelteKit calls it before it shows a page.

import { authGuard } from "tokenkeep/svelte";

import { auth, see } from "./auth.js";

const load = authGuard(auth, {
  signIn: { appState: { by: "guard" } },
  // Resolves when the page that it goes to has loaded, as SvelteKit's goto() does.
  onArrival: ({ returnTo, appState }) => {
    see("arrival", `${returnTo} by ${appState.by}`);
    return go(returnTo);
  },
});
const go = (path) => load({ url: new URL(path, location.href) });
globalThis.load = () => go("/kit?x=1#y").then(() => auth.session.claims.sub);
