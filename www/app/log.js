// The event log: newest first, and never longer than a reader would scroll.

import { element } from "./dom.js";

const LONGEST = 60;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Writes into each of the lists: every view has its own. */
export function createLog(...lists) {
  return (text, tone = "plain") => {
    const now = new Date();
    for (const list of lists) {
      const time = element("time", { dateTime: now.toISOString(), textContent: clock.format(now) });
      list.prepend(element("li", { dataset: { tone } }, time, " ", text));
      while (list.children.length > LONGEST) list.lastElementChild.remove();
    }
  };
}

/** Puts the session's events into words. */
export function logEvents(auth, log) {
  const say = { signedin, refreshed, refreshfailed, signedout, stepup, anomaly, unlocked };
  for (const [type, words] of Object.entries(say)) {
    auth.addEventListener(type, ({ detail }) => log(...words(detail)));
  }
}

const signedin = ({ scope }) => [`Signed in, allowed ${scope}.`, "good"];

const refreshed = ({ generation }) => [`Refreshed; this is token generation ${generation}.`, "good"];

const refreshfailed = ({ code, retryIn }) => [`Refresh failed (${code}); next try in ${(retryIn / 1000).toFixed(1)} s.`, "wait"];

const signedout = ({ reason }) => [`The session is over: ${reason}.`, "bad"];

const stepup = ({ reason, signIn: { scope } }) => [`The API asks for more: ${scope ?? reason}.`, "wait"];

const anomaly = ({ kind, count, baseline, locked }) => {
  const usual = baseline === undefined ? "" : `, where ${baseline} are usual`;
  return [`Out of the ordinary: ${kind} (${count}${usual})${locked ? "; the session is locked" : ""}.`, "bad"];
};

const unlocked = () => ["The session is unlocked and goes on.", "good"];
