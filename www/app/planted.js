// The attack that a worker is no wall against: a service worker of the app's origin, planted and removed by buttons, and what
// it caught. Tokens in there are recognised by the authorization server, as everywhere in this demo.

import { demo } from "./demo.js";
import { byId, element, plural, write } from "./dom.js";

const PLACED = "It is in place, and covers this whole origin.";
const PATIENCE = 5_000;
const CALLS = 5;
const PAUSE = 200;

/** Says in which of the two ways the demo runs. */
export function showWay({ frame, shared }) {
  const kind = shared ? "a SharedWorker" : "a Worker of this tab";
  const home = frame ? new URL(frame) : location;
  write("where", frame ? `${kind}, at ${home.host}` : `${kind} of this origin`);
  fill("way", frame ? WAYS.two(home) : WAYS.one());
  fill("planted-lead", frame ? LEADS.two(home) : LEADS.one());
}

const WAYS = {
  one: () =>
    `One origin: this page and the holder are both on ${location.origin}. \`npm start -- --two-origins\` gives the holder its own.`,
  two: ({ origin }) => `Two origins: this page is on ${location.origin}, the holder on ${origin}. Plain \`npm start\` has both on one.`,
};

const LEADS = {
  one: () =>
    "Injected script can register a service worker that covers this whole origin, and so gets between the holder and the network. " +
    "The holder notices, but not before something has come back. On an origin of its own it is out of reach: `npm start -- --two-origins`.",
  two: ({ origin }) =>
    "Injected script can register a service worker that covers this whole origin. " +
    `The holder is on ${origin}, where script of this origin can register nothing, so none of its requests comes by.`,
};

/** Writes text in which code stands between backquotes. */
function fill(id, text) {
  const parts = text.split("`").map((part, index) => (index % 2 ? element("code", { textContent: part }) : part));
  byId(id).replaceChildren(...parts);
}

/** What is said when a session has ended for `reason`. */
export function wayOfEnding(reason) {
  if (reason !== "intercepted") return `The session is over: ${reason}. Sign in again to go on.`;
  return (
    "The session is over: intercepted. A service worker stood between the holder and the network, so the holder has wiped its tokens " +
    "and takes no others. The cure: remove the service worker (the button is below), then sign in again. With npm start -- --two-origins it gets at nothing."
  );
}

export function createPlanting({ auth, resourceServer, frame, log, failed }) {
  const showCaught = createTable();
  const look = async () => {
    const registration = await navigator.serviceWorker?.getRegistration("/");
    showButtons(Boolean(registration));
    if (registration?.active) await showCaught(await tellBy(registration.active));
  };
  const plant = async () => {
    say("Under way.", "wait");
    await register();
    log("A service worker covers this origin.", "wait");
    await look();
    say(PLACED, "wait");
    if (auth.session) say(`${PLACED} ${await callAsUsual(auth, resourceServer)}`, auth.session ? "good" : "bad");
  };
  const unplant = async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    if (!frame) await demo.renew();
    // Pages that it has claimed are rid of it when they are loaded anew.
    history.replaceState({ unplanted: true }, "");
    location.reload();
  };
  wire({ plant, unplant }, failed);
  if (history.state?.unplanted) sayGone(auth);
  return { look, isInUse: () => byId("planted").contains(document.activeElement) };
}

function say(text, tone) {
  byId("planted-outcome").hidden = false;
  byId("planted-outcome").dataset.tone = tone;
  write("planted-outcome", text);
}

async function sayGone(auth) {
  history.replaceState(null, "");
  const session = await auth.resume().catch(() => null);
  say(`The service worker is gone. ${session ? "The session is still there." : "A fresh holder is there to sign in with."}`, "good");
}

/** One thing at a time, however often somebody clicks. */
function wire(actions, failed) {
  let isBusy = false;
  const run = async (action) => {
    if (isBusy) return;
    isBusy = true;
    await action().catch((error) => {
      byId("planted-outcome").hidden = true;
      failed("That did not work", error);
    });
    isBusy = false;
  };
  for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", () => run(action));
}

/** Resolves when the service worker has claimed this page. */
async function register() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) throw new Error("this browser window has no service workers");
  const claimed = new Promise((resolve) => serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
  const registered = serviceWorker.register("/planted-worker.js", { scope: "/" });
  await Promise.race([registered.then(() => serviceWorker.controller ?? claimed), late("the service worker does not start")]);
}

const late = (message) => new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error(message)));

/** A few calls as the app makes them, one after another, and what came of them. */
async function callAsUsual(auth, resourceServer) {
  let answered = 0;
  let refusal;
  while (auth.session && answered < CALLS && !refusal) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    refusal = await auth.fetch(`${resourceServer}files`).then(readAll, (error) => error.code ?? error.message);
    if (!refusal) answered += 1;
  }
  const end = auth.session ? "and the session goes on" : "then the session was over";
  return `${plural(answered, "call")} made since ${answered === 1 ? "was" : "were"} answered, ${end}.`;
}

const readAll = (response) => response.arrayBuffer().then(() => (response.ok ? undefined : `status ${response.status}`));

/** Asks the service worker for all that it has seen. */
function tellBy(worker) {
  const { port1, port2 } = new MessageChannel();
  const told = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  worker.postMessage("tell", [port2]);
  return Promise.race([told, late("the service worker does not answer")]);
}

/** One of the two is there, and whoever has used the other goes on from it. */
function showButtons(isPlanted) {
  const [there, gone] = isPlanted ? ["unplant", "plant"] : ["plant", "unplant"];
  const wasInUse = document.activeElement === byId(gone);
  byId(there).hidden = false;
  byId(gone).hidden = true;
  if (wasInUse) byId(there).focus();
}

/** Shows what was caught; the authorization server looks at the texts whenever there are new ones. */
function createTable() {
  let known = "";
  let answer;
  return async (rows) => {
    const texts = Object.fromEntries(rows.map(({ name, text }) => [name, text]));
    const key = JSON.stringify(texts);
    if (key !== known) answer = await demo.recognise(texts);
    known = key;
    const told = rows.map((row) => ({ ...row, tokens: answer.found[row.name] }));
    // What matters comes first.
    told.sort((a, b) => b.tokens - a.tokens || b.authorized - a.authorized);
    byId("caught-rows").replaceChildren(...told.map(line));
    showVerdict(told, answer.issued);
  };
}

function line({ method, url, asker, times, authorized, tokens }) {
  const { host, pathname } = new URL(url);
  const often = times === 1 ? "once" : `${times} times`;
  const head = element(
    "th",
    { scope: "row" },
    `${method} ${pathname}`,
    " ",
    element("small", { textContent: `${host}, by ${asker}, ${often}` }),
  );
  const cells = [authorized > 0 ? "yes" : "no", tokens > 0 ? tokens : "none"].map((textContent) => element("td", { textContent }));
  cells[1].dataset.tone = tokens > 0 ? "bad" : "good";
  return element("tr", {}, head, ...cells);
}

function showVerdict(rows, issued) {
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  const [seen, authorized, tokens] = ["times", "authorized", "tokens"].map(sum);
  const known = issued === 1 ? "the 1 token" : `the ${issued} tokens`;
  write(
    "caught-verdict",
    `It saw ${plural(seen, "request")}, ${authorized} with an Authorization header. The authorization server recognised ${tokens} of ${known} it has issued.`,
  );
  byId("caught-verdict").dataset.tone = authorized + tokens > 0 ? "bad" : "good";
}
