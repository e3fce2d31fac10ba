import { connect } from "%TOKENKEEP%";
import { holderAt } from "%TOKENKEEP_WORKER%";

/** `auth.signIn()`, `auth.fetch()`, `auth.signOut()`; `auth.session` is null while nobody is signed in. */
export const auth = connect(holderAt("/tokenkeep/holder.js"));

/** Finishes a sign-in that came back with this page, or finds the running session. Wait for it before anything else. */
export const ready = auth.resume({ silent: "auto" });
