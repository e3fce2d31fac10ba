import { connect } from "tokenkeep";

// One session for each tab.
export const auth = connect(() => new Worker("/holder.js", { type: "module" }));

/** What was ever shown in this tab, over all of its pages: the status, and where the router was. */
export const seen = JSON.parse(sessionStorage.seen ?? "[]");
export function see(...facts) {
  seen.push(facts);
  sessionStorage.seen = JSON.stringify(seen);
}

Object.assign(globalThis, { auth, seen });
