// The live picture of the queue: who waits, who is on the way, who has been answered; and the last minute of it.

import { byId, element, plural, seconds, write } from "./dom.js";
import { underWay } from "./load.js";

const MOST_CELLS = 1000;
const EMPTY_CELLS = 50;
const DENSE_ABOVE = 120;
const MINUTE = 60_000;
const [WIDTH, HEIGHT] = [600, 60];
// In the order in which the squares are drawn: the backlog drains from its front.
const STATES = { ok: "answered", lost: "lost", way: "on the way", paused: "pausing", sent: "waiting" };
const ORDER = ["sent", "paused", "way", "ok", "lost"];

export function createBacklog() {
  const figures = createFigures();
  const showCells = createCells();
  const showHistory = createHistory();
  let queued = 0;
  let paused = 0;

  return {
    /** Takes the newest numbers of the holder; the calls of other tabs are in them too. */
    note(stats) {
      queued = stats.queued;
      paused = stats.paused + stats.steppingUp;
      showHistory(queued);
    },
    show(batch) {
      const counts = split(batch, { queued, paused });
      for (const [state, count] of Object.entries(counts)) figures(state, count);
      showCells(counts);
    },
  };
}

/** How the calls of a batch divide. What the holder counts is a moment older than what the page does. */
function split(batch, { queued, paused }) {
  const left = underWay(batch);
  const sent = Math.min(left, queued);
  const pausing = Math.min(left - sent, paused);
  return { ok: batch.answered, lost: batch.lost, way: left - sent - pausing, paused: pausing, sent };
}

export function sentenceOf({ sent, answered, lost, codes, took }) {
  const why = codes.size > 0 ? ` (${[...codes].join("; ")})` : "";
  return `${answered} of ${plural(sent, "call")} answered, ${lost} lost${why}, after ${seconds(took)}.`;
}

function createFigures() {
  const values = {};
  for (const state of ORDER) {
    values[state] = element("dd", { textContent: "0" });
    const term = element("dt", { className: state, textContent: STATES[state] });
    byId("backlog").append(element("div", {}, term, values[state]));
  }
  return (state, count) => {
    if (values[state].textContent !== String(count)) values[state].textContent = count;
    if (state === "lost") values[state].dataset.tone = count > 0 ? "bad" : "plain";
  };
}

function createCells() {
  const place = byId("cells");
  return (counts) => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const wanted = Math.min(MOST_CELLS, total || EMPTY_CELLS);
    while (place.children.length > wanted) place.lastElementChild.remove();
    while (place.children.length < wanted) place.append(element("i"));
    place.toggleAttribute("data-dense", wanted > DENSE_ABOVE);
    const states = Object.keys(STATES).flatMap((state) => Array(counts[state]).fill(state));
    for (const [index, cell] of [...place.children].entries()) {
      const state = states[Math.floor((index * total) / wanted)] ?? "";
      if (cell.dataset.state !== state) cell.dataset.state = state;
    }
  };
}

function createHistory() {
  const [area, edge] = byId("history").children;
  const samples = [];
  return (queued) => {
    const now = performance.now();
    samples.push({ at: now, queued });
    while (samples[0].at < now - MINUTE) samples.shift();
    const peak = Math.max(...samples.map((sample) => sample.queued));
    const steps = samples.map(({ at, queued: height }) => {
      const x = WIDTH - ((now - at) / MINUTE) * WIDTH;
      return `H${x.toFixed(1)}V${(HEIGHT - 1 - (height / (peak || 1)) * (HEIGHT - 4)).toFixed(1)}`;
    });
    const start = WIDTH - ((now - samples[0].at) / MINUTE) * WIDTH;
    const line = `M${start.toFixed(1)} ${HEIGHT - 1}${steps.join("")}H${WIDTH}`;
    edge.setAttribute("d", line);
    area.setAttribute("d", `${line}V${HEIGHT}H${start.toFixed(1)}Z`);
    write("history-peak", peak === 0 ? "nobody waited" : `at most ${peak} waited`);
  };
}
