// Puts the session, the holder's state and the servers' counts on the page.

import { byId, write } from "./dom.js";

export const PHASES = {
  signedout: "signed out",
  exchanging: "exchanging the code",
  active: "active",
  refreshing: "refreshing",
  waiting: "waiting to retry",
};

const WORDS = {
  none: {
    "hero-title": () => "The page never holds the token.",
    "hero-lead":
      "Sign in at a real authorization server on this machine. " +
      "Then expire its tokens, open tabs, take it down, and see what your calls notice.",
  },
  room: {
    "hero-title": () => "Control room",
    "hero-lead": "Spoil the servers, send calls, and watch the backlog build up and drain.",
  },
  open: {
    "hero-title": (name) => `Go on, ${name}, break it.`,
    "hero-lead":
      "Each story below makes something happen that usually signs people out or loses their calls. " + "The numbers come from the servers.",
  },
};

export function showSession(session, view) {
  const name = session?.claims?.name ?? session?.claims?.sub ?? "you";
  const words = WORDS[view] ?? (session ? WORDS.open : WORDS.none);
  byId("welcome").hidden = Boolean(session);
  byId("workbench").hidden = !session;
  byId("sign-out").hidden = !session;
  document.body.dataset.session = session ? "open" : "none";
  write("hero-title", words["hero-title"](name));
  write("hero-lead", words["hero-lead"]);
  write("user", session ? name : "nobody");
  if (session) byId("scopes").replaceChildren(...session.scope.split(" ").map(chip));
  else write("scopes", "nothing yet");
}

function chip(scope) {
  const code = document.createElement("code");
  code.textContent = scope;
  return code;
}

export function showStats(stats) {
  write("phase", PHASES[stats.phase] ?? stats.phase);
  byId("phase").dataset.phase = stats.phase;
  write("generation", stats.generation);
  write("queued", stats.queued);
  write("queued-now", stats.queued);
  byId("queued").toggleAttribute("data-busy", stats.queued > 0);
  write("in-flight", stats.inFlight);
  write("replays", stats.replays);
  write("refreshes", stats.refreshes);
}

export function showCounts(counts) {
  write("api-requests", counts.apiRequests);
  write("api-refusals", counts.apiRefusals);
  write("server-refreshes", counts.refreshes);
  write("server-refreshed", counts.refreshed);
  write("reuse-alarms", counts.reuseAlarms);
  byId("reuse-alarms").toggleAttribute("data-bad", counts.reuseAlarms > 0);
}

/** The ring empties over the lifetime of one token, in seconds. */
export function createGauge(lifetime) {
  return (session) => {
    const left = session?.expiresAt ? Math.max(0, session.expiresAt - Date.now()) : 0;
    byId("ring").style.strokeDashoffset = 100 - Math.min(100, left / (lifetime * 10));
    write("time-left", minutes(left));
    write("time-note", session ? (left > 0 ? "until it expires" : "expired") : "no token");
  };
}

function minutes(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function showNotice(text, tone = "plain") {
  byId("notice").hidden = !text;
  byId("notice").dataset.tone = tone;
  write("notice", text ?? "");
}

const outcomeOf = (name) => document.querySelector(`[data-story="${name}"] .outcome`);

/** A word on a story that is still running: seen beside its button, but not announced. */
export function showProgress(name, text) {
  const outcome = outcomeOf(name);
  outcome.hidden = false;
  outcome.dataset.running = "";
  outcome.textContent = text;
}

export function showOutcome(name, { text, figures }) {
  showProgress(name, text);
  delete outcomeOf(name).dataset.running;
  write("announcement", text);
  showFigures(figures);
}

/** `isGood` may be left out for a number that is neither good nor bad. */
export function showFigures(figures) {
  byId("figures").replaceChildren(...figures.map(figure));
}

function figure([label, value, isGood]) {
  const group = document.createElement("div");
  const term = document.createElement("dt");
  const detail = document.createElement("dd");
  term.textContent = label;
  detail.textContent = value;
  detail.dataset.tone = isGood === undefined ? "plain" : isGood ? "good" : "bad";
  group.append(term, detail);
  return group;
}

export function showScan(places, { issued, found }) {
  const total = Object.values(found).reduce((sum, count) => sum + count, 0);
  byId("scan-rows").replaceChildren(...places.map(([place, summary]) => row(place, summary, found[place])));
  write("tokens-in-reach", total);
  byId("tokens-in-reach").dataset.tone = total === 0 ? "good" : "bad";
  const characters = places.reduce((sum, [, , text]) => sum + text.length, 0).toLocaleString("en");
  const known = issued === 1 ? "the 1 token" : `the ${issued} tokens`;
  write("verdict", `${characters} characters read. The authorization server recognised ${total} of ${known} it has issued.`);
  byId("verdict").dataset.tone = total === 0 ? "good" : "bad";
}

function row(place, summary, tokens) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = place;
  line.append(head, cell(summary), cell(tokens === 0 ? "none" : tokens));
  line.lastElementChild.dataset.tone = tokens === 0 ? "good" : "bad";
  return line;
}

function cell(text) {
  const data = document.createElement("td");
  data.textContent = text;
  return data;
}
