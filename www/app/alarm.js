// What needs an answer from whoever sits here: a locked session, or an API that asks for more rights.

import { byId, write } from "./dom.js";

export function createAlarm({ auth, signIn, failed }) {
  let reason = "anomaly";
  let isLocked = false;
  let wanted = null;

  function render() {
    const shown = isLocked ? locked(reason) : wanted && more(wanted);
    byId("alarm").hidden = !shown;
    if (!shown) return;
    byId("alarm").dataset.tone = shown.tone;
    write("alarm-text", shown.text);
    write("alarm-action", shown.action);
    byId("alarm-dismiss").hidden = isLocked;
  }

  const answer = () => (isLocked ? auth.unlock() : signIn({ ...wanted.signIn, appState: { again: wanted.again } }));
  const alarm = {
    showLock(locked) {
      if (locked === isLocked) return;
      isLocked = locked;
      render();
    },
    /** `again` names the control that is to be used once more after the sign-in. */
    askFor(signIn, again) {
      wanted = { signIn, again };
      render();
    },
  };
  const clear = () => {
    wanted = null;
    render();
  };
  auth.addEventListener("anomaly", ({ detail }) => {
    if (!detail.locked) return;
    reason = detail.kind;
    alarm.showLock(true);
  });
  auth.addEventListener("unlocked", () => alarm.showLock(false));
  auth.addEventListener("signedin", clear);
  auth.addEventListener("signedout", clear);
  byId("alarm-dismiss").addEventListener("click", clear);
  byId("alarm-action").addEventListener("click", () => answer().catch(failed));
  return alarm;
}

const locked = (reason) => ({
  text: `The session is locked (${reason}). Calls wait until somebody unlocks it.`,
  action: "Unlock",
  tone: "bad",
});

const more = ({ signIn: { scope } }) => ({
  text: scope ? `The API asks for the scope ${scope}.` : "The API asks for a stronger sign-in.",
  action: "Sign in for more",
  tone: "wait",
});
