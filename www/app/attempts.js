// The newest refresh with all its attempts, as rows whose bars and pauses are to scale.

import { byId, element, plural, seconds, write } from "./dom.js";

const MOST_ROWS = 16;
// Attempts further apart than this have nothing to do with each other.
const APART = 60_000;
const SCALES = [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 30, 40, 60, 90, 120, 180, 300].map((count) => count * 1000);
const WORDS = {
  hang: "no answer",
  reset: "connection reset",
  html: "an HTML page",
  "drop-after": "answer lost",
};

/** Keeps the failures that the session announces, and shows attempts with the pauses between them. */
export function createAttempts(auth) {
  const failures = [];
  let known = "";
  auth.addEventListener("refreshfailed", ({ detail: { retryIn } }) => {
    failures.push({ at: Date.now(), due: Date.now() + retryIn });
    if (failures.length > 100) failures.shift();
  });
  return (refreshes) => {
    const rows = rowsOf(episodeOf(refreshes), failures);
    const key = JSON.stringify(rows);
    if (key === known) return;
    known = key;
    render(rows);
  };
}

const isFinal = ({ fault, status }) => fault === null && status !== null;

/** The newest attempts that belong together: those that failed, and the one that ended it. */
function episodeOf(refreshes) {
  let first = Math.max(0, refreshes.length - 1);
  const belongs = (earlier, later) => !isFinal(earlier) && later.at - earlier.at < APART;
  while (first > 0 && belongs(refreshes[first - 1], refreshes[first])) first -= 1;
  return refreshes.slice(first).map((attempt, index) => ({ ...attempt, number: index + 1 }));
}

function rowsOf(attempts, failures) {
  return attempts.map((attempt, index) => {
    const next = attempts[index + 1];
    const { at, number } = attempt;
    const isUnderWay = attempt.endedAt === null;
    const end = attempt.endedAt ?? Date.now();
    const failure = failures.find((one) => one.at >= end - 50 && (!next || one.at < next.at));
    const due = isUnderWay || isFinal(attempt) ? null : (failure?.due ?? null);
    return { number, at, end, due, next: next?.at ?? null, isUnderWay, ...resultOf(attempt) };
  });
}

function resultOf({ fault, status, endedAt }) {
  if (endedAt === null) return { text: "under way", tone: "wait" };
  if (WORDS[fault]) return { text: WORDS[fault], tone: "wait" };
  if (status === 200) return { text: "a new token", tone: "good" };
  if (status === 400) return { text: "refused for good", tone: "bad" };
  return { text: status === null ? "no answer" : `status ${status}`, tone: "wait" };
}

function render(rows) {
  const shown = rows.slice(-MOST_ROWS);
  const start = shown[0]?.at ?? 0;
  const span = Math.max(0, ...shown.map((row) => Math.max(row.end, row.due ?? 0, row.next ?? 0) - start));
  const scale = SCALES.find((length) => length >= span) ?? span;
  byId("attempts").replaceChildren(...shown.map((row) => line(row, { start, scale })));
  byId("scale").hidden = shown.length === 0;
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => element("span", { textContent: mark(part * scale) }));
  byId("scale").replaceChildren(...marks);
  write("attempts-summary", summaryOf(rows));
}

const mark = (milliseconds) => `${Number((milliseconds / 1000).toFixed(2))} s`;

function line(row, { start, scale }) {
  const percent = (from, to) => [((from - start) / scale) * 100, ((to - from) / scale) * 100];
  const bar = (className, from, to) => {
    const [left, width] = percent(from, to);
    const made = element("i", { className });
    made.style.setProperty("--from", `${left}%`);
    made.style.setProperty("--long", `${width}%`);
    return made;
  };
  const track = element("span", { className: "track", ariaHidden: "true" }, bar("try", row.at, row.end));
  const pauseEnd = row.next ?? row.due;
  if (pauseEnd) track.append(bar(row.next ? "pause" : "pause planned", row.end, Math.max(pauseEnd, row.end)));
  const result = element("span", { className: "result", textContent: `${row.number}. ${row.text}`, dataset: { tone: row.tone } });
  const pause = element("span", { className: "then", textContent: pauseOf(row) });
  return element("li", {}, result, track, pause);
}

function pauseOf({ end, next, due, at, isUnderWay }) {
  if (next) return `pause ${seconds(next - end)}`;
  if (due) return `next after ${seconds(due - end)}`;
  return isUnderWay ? "" : `took ${seconds(end - at)}`;
}

function summaryOf(rows) {
  if (rows.length === 0) return "None yet.";
  const last = rows.at(-1);
  const attempts = plural(rows.length, "attempt");
  if (last.isUnderWay || last.tone === "wait") return `${attempts} so far; nothing is given up yet.`;
  const took = seconds(last.end - rows[0].at);
  const failed = rows.length > 1 ? `${rows.length - 1} failed, then ` : "";
  return `${attempts} in ${took}: ${failed}${last.text}.`;
}
