// The event log: newest first, and never longer than a reader would scroll.

const LONGEST = 60;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function createLog(list) {
  return (text, tone = "plain") => {
    const now = new Date();
    const time = document.createElement("time");
    time.dateTime = now.toISOString();
    time.textContent = clock.format(now);
    const item = document.createElement("li");
    item.dataset.tone = tone;
    item.append(time, " ", text);
    list.prepend(item);
    while (list.children.length > LONGEST) list.lastElementChild.remove();
  };
}

/** Puts the session's events into words. */
export function logEvents(auth, log) {
  const say = { signedin, refreshed, refreshfailed, signedout };
  for (const [type, words] of Object.entries(say)) {
    auth.addEventListener(type, ({ detail }) => log(...words(detail)));
  }
}

const signedin = ({ scope }) => [`Signed in, allowed ${scope}.`, "good"];

const refreshed = ({ generation }) => [`Refreshed; this is token generation ${generation}.`, "good"];

const refreshfailed = ({ code, retryIn }) => [
  `Refresh failed (${code}); next try in ${(retryIn / 1000).toFixed(1)} s.`,
  "wait",
];

const signedout = ({ reason }) => [`The session is over: ${reason}.`, "bad"];
