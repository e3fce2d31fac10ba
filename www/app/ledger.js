// The holder's numbers, what happened at each resource server, and the audit log.

import { byId, element, seconds } from "./dom.js";
import { PHASES } from "./view.js";

const MOST_ENTRIES = 100;
const IN_MILLISECONDS = ["slept", "clock"];
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const spans = ({ count, ms }) => (count === 0 ? "none" : `${count}, ${seconds(ms / count)} on average`);

const NUMBERS = {
  Phase: ({ phase }) => PHASES[phase] ?? phase,
  Circuit: ({ circuit }) => circuit,
  Network: ({ online }) => (online ? "online" : "offline"),
  Lock: ({ locked }) => (locked ? "locked" : "not locked"),
  "Next attempt": ({ nextAttemptIn }) => (nextAttemptIn === null ? "none planned" : `in ${seconds(nextAttemptIn)}`),
  Waiting: ({ queued }) => queued,
  "On the way from the queue": ({ inFlight }) => inFlight,
  "Pausing for an API": ({ paused }) => paused,
  "Waiting for more rights": ({ steppingUp }) => steppingUp,
  "Most that ever waited": ({ queuePeak }) => queuePeak,
  "Waits so far": ({ waits }) => spans(waits),
  Refreshes: ({ refreshes, refreshFailures }) => `${refreshes}, ${refreshFailures} failed`,
  "Pauses so far": ({ backoffs }) => spans(backoffs),
  "Calls replayed": ({ replays }) => replays,
  "Token generation": ({ generation }) => generation,
  "Server's clock is": ({ clockSkew }) => skew(clockSkew),
};

const ATTENTION = { Circuit: "closed", Network: "online", Lock: "not locked" };

function skew(milliseconds) {
  if (milliseconds === null) return "not readable";
  if (milliseconds === 0) return "the same";
  return `${seconds(Math.abs(milliseconds))} ${milliseconds > 0 ? "ahead" : "behind"}`;
}

export function createNumbers() {
  const values = {};
  for (const label of Object.keys(NUMBERS)) {
    values[label] = element("dd");
    byId("numbers").append(element("div", {}, element("dt", { textContent: label }), values[label]));
  }
  return (stats) => {
    for (const [label, read] of Object.entries(NUMBERS)) {
      const text = String(read(stats));
      if (values[label].textContent === text) continue;
      values[label].textContent = text;
      values[label].toggleAttribute("data-busy", Object.hasOwn(ATTENTION, label) && ATTENTION[label] !== text);
    }
    showRows("server-rows", stats.servers.map(serverCells));
  };
}

const serverCells = ({ server, requests, replays, retries, unauthorized, forbidden, limited }) => [
  new URL(server).host,
  requests,
  replays,
  retries,
  unauthorized,
  forbidden,
  limited,
];

export function showAudit(entries) {
  showRows("audit-rows", entries.slice(-MOST_ENTRIES).reverse().map(auditCells));
}

const auditCells = ({ time, kind, reason = "", count, server }) => [
  clock.format(time),
  kind,
  reason,
  IN_MILLISECONDS.includes(kind) ? seconds(count) : count,
  server ? new URL(server).host : "",
];

/** Replaces the rows of a table when they differ; the first cell heads its row. */
function showRows(id, rows) {
  const body = byId(id);
  const key = JSON.stringify(rows);
  if (body.dataset.key === key) return;
  body.dataset.key = key;
  body.replaceChildren(...rows.map((cells) => element("tr", {}, ...cells.map(cell))));
}

const cell = (text, index) => (index === 0 ? element("th", { scope: "row", textContent: text }) : element("td", { textContent: text }));
