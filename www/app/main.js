// The demo app. What an app needs of tokenkeep is in the first part; the rest is the stage around it.

import { connect } from "tokenkeep";
import { connect as connectRemote } from "tokenkeep/remote";

import { accessTokenTtl, frame, resourceServers, workerName } from "/config.js";

import { createAlarm } from "./alarm.js";
import { createBoard } from "./calls.js";
import { demo } from "./demo.js";
import { byId, write } from "./dom.js";
import { createLog, logEvents } from "./log.js";
import { createPlanting, showWay, wayOfEnding } from "./planted.js";
import { createRoom } from "./room.js";
import { wireStories } from "./runner.js";
import { scanPage } from "./scan.js";
import { createStage, outcomeOfReload } from "./stories.js";
import { isCompanion, serveAsCompanion } from "./tabs.js";
import { wireTheme } from "./theme.js";
import { createGauge, showCounts, showNotice, showOutcome, showScan, showSession, showStats } from "./view.js";
import { currentView, isView, wireViews } from "./views.js";

const options = { type: "module", name: workerName, extendedLifetime: true };
const shared = "SharedWorker" in globalThis;
const makeWorker = () => (shared ? new SharedWorker("/holder.js", options) : new Worker("/holder.js", options));
// With two origins this is all that an app changes.
const auth = frame ? connectRemote(frame) : connect(makeWorker);
const resumed = auth.resume();

const resourceServer = resourceServers[0];

const board = createBoard(byId("board"));
const log = createLog(byId("log"), byId("room-log"));
const stage = createStage({ auth, resourceServer, board, log });
const showGauge = createGauge(accessTokenTtl);
const alarm = createAlarm({ auth, signIn, failed: (error) => tell("That did not work", error) });
const room = createRoom({ auth, resourceServer, alarm, log, failed: tell, signOut });
const planting = createPlanting({ auth, resourceServer, frame, log, failed: tell });

function render() {
  if (auth.arrival?.popup) return;
  showSession(auth.session, currentView());
  showGauge(auth.session);
}

async function arrive() {
  try {
    const session = await resumed;
    if (auth.arrival?.popup) return endPopup();
    if (auth.arrival) history.replaceState(null, "", auth.arrival.returnTo ?? "/");
    if (session && !auth.arrival) log("Found the session that the holder kept.", "good");
    if (!isView(location.pathname)) history.replaceState(null, "", "/");
  } catch (error) {
    if (auth.arrival?.popup) return endPopup(error);
    history.replaceState(null, "", "/");
    tell("Signing in did not work", error);
  }
  showView();
  const outcome = await outcomeOfReload(auth.session);
  if (outcome) showOutcome("reload", outcome);
  if (outcome && !auth.session) showNotice(outcome.text, "bad");
  if (auth.session) await scan();
  const again = auth.session && auth.arrival?.appState?.again;
  if (again) await room.use(again);
}

/** What is left to say where the browser doesn't let the popup close itself. */
function endPopup(error) {
  document.body.dataset.popup = "";
  write("hero-title", error ? "That did not work." : "Signed in.");
  write("hero-lead", "You can close this window.");
}

function tell(what, error) {
  const text = `${what}: ${error.errorDescription ?? error.message}${error.code ? ` (${error.code})` : ""}`;
  showNotice(text, "bad");
  log(text, "bad");
}

async function scan() {
  const places = await scanPage({ auth });
  const texts = Object.fromEntries(places.map(([place, , text]) => [place, text]));
  showScan(places, await demo.recognise(texts));
}

let wasSignedOut = false;

/** The authorization server still knows who was here; after a sign-out it is asked to let another name in. */
function signIn(options = {}) {
  return auth.signIn({ ...(wasSignedOut && { prompt: "login" }), returnTo: location.pathname, ...options });
}

/** The popup has to be opened by the click itself, so nothing is waited for before. */
async function signInWithPopup() {
  try {
    await signIn({ mode: "popup" });
  } catch (error) {
    return tell("Signing in did not work", error);
  }
  byId("hero-title").focus();
  await scan();
}

async function signOut() {
  const { revocation } = await auth.signOut();
  wasSignedOut = true;
  const words = {
    confirmed: "The server confirmed that the tokens are revoked.",
    unconfirmed: "The server could not be asked to revoke the tokens.",
  };
  showNotice(`Signed out. ${words[revocation] ?? ""}`, revocation === "confirmed" ? "good" : "plain");
  byId("sign-in").focus();
}

function endOfSession({ detail: { reason } }) {
  if (reason === "signout") {
    showNotice("Signed out.");
  } else {
    showNotice(wayOfEnding(reason), "bad");
    if (!planting.isInUse()) byId("hero-title").focus();
  }
}

/** Keeps the numbers fresh while somebody can see them. */
function watch() {
  const every = (milliseconds, work) => {
    const tick = async () => {
      if (!document.hidden) await work().catch(() => {});
      setTimeout(tick, milliseconds);
    };
    tick();
  };
  every(250, async () => {
    const stats = await auth.stats();
    showGauge(auth.session);
    showStats(stats);
    alarm.showLock(stats.locked);
    room.note(stats);
    if (currentView() === "room") room.showStats(stats);
  });
  every(1000, async () => showCounts(await demo.counts()));
  every(500, planting.look);
  every(300, async () => currentView() === "room" && room.look());
  every(1000, async () => currentView() === "room" && room.read());
}

/** What follows a story: a look at what it left in the page, and a last word where the session did not survive it. */
async function afterStory(outcome) {
  if (!auth.session) showNotice(`The session is over. ${outcome.text} Sign in again to go on.`, "bad");
  await scan();
}

function wireCompanion() {
  showNotice("This is the second tab. It calls when the first one does, and you can close it when you have seen enough.");
  const callNow = async (count) => {
    const result = await stage.reads(count);
    showNotice(`This is the second tab. It called ${count} times just now: ${result.answered} answered.`, "good");
    return result;
  };
  // From here it would open itself.
  document.querySelector('[data-story="tabs"]').hidden = true;
  serveAsCompanion({ signedIn: () => Boolean(auth.session), callNow });
}

wireTheme(byId("theme"));
const showView = wireViews(render);
wireStories({ stage, board, after: afterStory, failed: tell });
logEvents(auth, log);
auth.subscribe(render);
auth.addEventListener("signedin", () => showNotice(null));
auth.addEventListener("signedout", endOfSession);
byId("sign-in").addEventListener("click", () => signIn().catch((error) => tell("Signing in did not start", error)));
byId("sign-in-popup").addEventListener("click", signInWithPopup);
byId("sign-out").addEventListener("click", () => signOut().catch((error) => tell("Signing out did not work", error)));
byId("scan").addEventListener("click", () => scan().catch((error) => tell("The scan stopped", error)));
showWay({ frame, shared });
await arrive();
if (isCompanion) wireCompanion();
if (!auth.arrival?.popup) watch();
