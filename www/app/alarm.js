// What needs an answer from whoever sits here: a locked session, or an API that asks for more rights.

import { byId, write } from "./dom.js";

/** Shows what is asked, until it is answered or of no more use; `signIn(options)` leaves for the sign-in. */
export function createAlarm({ auth, signIn, failed }) {
  const state = { reason: "anomaly", isLocked: false, wanted: null };
  const change = (news) => {
    Object.assign(state, news);
    render(state);
  };
  const alarm = {
    showLock(isLocked) {
      if (isLocked !== state.isLocked) change({ isLocked });
    },
    /** `again` names the control that is to be used once more after the sign-in. */
    askFor: (options, again) => change({ wanted: { options, again } }),
  };
  const leave = ({ options, again }) => signIn({ ...options, appState: { again } });
  const answer = () => (state.isLocked ? auth.unlock() : leave(state.wanted));
  const clear = () => change({ wanted: null });
  auth.addEventListener("anomaly", ({ detail: { kind, locked } }) => locked && change({ reason: kind, isLocked: true }));
  auth.addEventListener("unlocked", () => alarm.showLock(false));
  for (const type of ["signedin", "signedout"]) auth.addEventListener(type, clear);
  byId("alarm-dismiss").addEventListener("click", clear);
  byId("alarm-action").addEventListener("click", () => answer().catch(failed));
  return alarm;
}

function render({ reason, isLocked, wanted }) {
  const shown = isLocked ? locked(reason) : wanted && more(wanted);
  byId("alarm").hidden = !shown;
  if (!shown) return;
  byId("alarm").dataset.tone = shown.tone;
  byId("alarm-dismiss").hidden = isLocked;
  write("alarm-text", shown.text);
  write("alarm-action", shown.action);
}

const locked = (reason) => ({
  text: `The session is locked (${reason}). Calls wait until somebody unlocks it.`,
  action: "Unlock",
  tone: "bad",
});

const more = ({ options: { scope } }) => ({
  text: scope ? `The API asks for the scope ${scope}.` : "The API asks for a stronger sign-in.",
  action: "Sign in for more",
  tone: "wait",
});
