// The stories: each makes something go wrong, lets calls run into it, and reports what the servers counted.

import { callTogether } from "./calls.js";
import { demo } from "./demo.js";
import { fireCompanion, openCompanion } from "./tabs.js";

const OUTAGE_SECONDS = 10;
const CALLS_PER_TAB = 5;

/**
 * What a story needs: a way to make calls together, and the log. Each story takes it and resolves to
 * { text, figures: [[label, value, isGood]] }.
 */
export function createStage({ auth, resourceServer, board, log }) {
  const read = () => auth.fetch(`${resourceServer}files`);
  // Each write leaves a mark of its own, so that one applied twice shows.
  const writeOf = (run) => (index) =>
    auth.fetch(`${resourceServer}effects`, { method: "POST", body: JSON.stringify({ n: run * 1000 + index }) });
  return {
    log,
    reads: (count) => callTogether({ count, request: read, board }),
    writes: (count) => callTogether({ count, request: writeOf(Date.now()), board }),
  };
}

export const stories = { call, burst, tabs, reload, outage, revoke };

async function call({ reads }) {
  const { result, counted } = await demo.during(() => reads(1));
  const text = result.lost ? `The call failed (${result.codes}).` : `Answered in ${milliseconds(result)}.`;
  return { text, figures: [...callFigures(result), ["refreshes", counted.refreshes]] };
}

async function burst({ writes }) {
  await demo.expire();
  const { result, counted } = await demo.during(() => writes(200));
  const twice = counted.effects - counted.distinctEffects;
  return {
    text: `${sentence(result, counted)}, ${twice} applied twice. Took ${milliseconds(result)}.`,
    figures: [...callFigures(result), refreshFigure(counted), ["applied twice", twice, twice === 0]],
  };
}

async function tabs({ reads }) {
  const companion = await openCompanion();
  if (!companion.signedIn) throw new Error("The second tab is not signed in: this browser does not share workers.");
  await demo.expire();
  const both = () => Promise.all([fireCompanion(CALLS_PER_TAB), reads(CALLS_PER_TAB)]);
  const { result, counted } = await demo.during(async () => addUp(await both()));
  const { reuseAlarms } = counted;
  return {
    text: `Both tabs: ${sentence(result, counted)}, ${plural(reuseAlarms, "reuse alarm")}.`,
    figures: [...callFigures(result), refreshFigure(counted), ["reuse alarms", reuseAlarms, reuseAlarms === 0]],
  };
}

async function reload() {
  const { tokenRequests } = await demo.counts();
  history.replaceState({ reload: { tokenRequests } }, "");
  location.reload();
  return new Promise(() => {});
}

async function outage({ reads, log }) {
  await demo.expire();
  await demo.outage(OUTAGE_SECONDS);
  log(`The token endpoint answers 503 for ${OUTAGE_SECONDS} s.`, "wait");
  const { result, counted } = await demo.during(() => reads(20));
  const refused = counted.refreshes - counted.refreshed;
  const attempts = `${plural(refused, "refresh")} refused, then ${counted.refreshed} granted`;
  const { answered, lost, seconds } = result;
  return {
    text: `${withCodes(`${answered} answered, ${lost} lost after ${seconds.toFixed(1)} s`, result)}. ${attempts}.`,
    figures: [...callFigures(result), ["refreshes refused", refused], ["granted", counted.refreshed, counted.refreshed === 1]],
  };
}

async function revoke({ reads }) {
  await demo.revoke();
  const { result, counted } = await demo.during(() => reads(10));
  const { answered, lost } = result;
  return {
    text: `${withCodes(`${lost} calls ended after ${plural(counted.refreshes, "refresh attempt")}`, result)}.`,
    figures: [["answered", answered, answered === 0], ["ended", lost, lost > 0], refreshFigure(counted)],
  };
}

/** After a reload: says what the story that caused it found, or null when there was none. */
export async function outcomeOfReload(session) {
  const { reload } = history.state ?? {};
  if (!reload) return null;
  history.replaceState(null, "");
  const requests = (await demo.counts()).tokenRequests - reload.tokenRequests;
  const figures = [
    ["signed in", session ? "yes" : "no", Boolean(session)],
    ["token requests", requests, requests === 0],
  ];
  if (session) return { text: `Still signed in, with ${plural(requests, "token request")} meanwhile.`, figures };
  return { text: "This browser ended the holder with its last page, so the session is gone. Sign in again.", figures };
}

const addUp = ([companion, own]) => ({
  answered: companion.answered + own.answered,
  lost: companion.lost + own.lost,
  codes: [...new Set([...companion.codes, ...own.codes])],
  seconds: Math.max(companion.seconds, own.seconds),
});

const callFigures = ({ answered, lost }) => [
  ["answered", answered, answered > 0],
  ["lost", lost, lost === 0],
];

const refreshFigure = ({ refreshes }) => [refreshes === 1 ? "refresh" : "refreshes", refreshes, refreshes === 1];

const sentence = (result, { refreshes }) =>
  withCodes(`${result.answered} answered, ${plural(refreshes, "refresh")}, ${result.lost} lost`, result);

const withCodes = (text, { codes }) => (codes.length === 0 ? text : `${text} (${codes.join(", ")})`);

const milliseconds = ({ seconds }) => `${Math.round(seconds * 1000)} ms`;

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : word.endsWith("sh") ? "es" : "s"}`;
