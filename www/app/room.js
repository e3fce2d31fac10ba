// The control room: what its buttons do, and what it shows of what follows.

import { createAttempts } from "./attempts.js";
import { createBacklog, sentenceOf } from "./backlog.js";
import { demo } from "./demo.js";
import { byId, plural, write } from "./dom.js";
import { createNumbers, showAudit } from "./ledger.js";
import { createLoad, underWay } from "./load.js";

const ELSEWHERE = "https://elsewhere.example/v1/files";

export function createRoom({ auth, resourceServer, alarm, log, failed, signOut }) {
  const backlog = createBacklog();
  const showAttempts = createAttempts(auth);
  const showNumbers = createNumbers();
  const onEnd = (batch) => {
    backlog.show(batch);
    write("backlog-outcome", sentenceOf(batch));
    log(sentenceOf(batch), batch.lost === 0 ? "good" : "bad");
  };
  const load = createLoad({ auth, resourceServer, onEnd });
  const use = createControls({ auth, resourceServer, load, alarm, log, signOut });
  wireButtons(use, failed);
  return {
    /** Uses the control of this name, as its button does. */
    use: (name) => use(document.querySelector(`[data-do="${name}"]`)),
    note: (stats) => backlog.note(stats),
    showStats(stats) {
      backlog.show(load.batch);
      showNumbers(stats);
    },
    async look() {
      const { refreshes, faults } = await demo.room();
      showAttempts(refreshes);
      showInForce(faults);
    },
    async read() {
      showAudit(await auth.audit());
    },
  };
}

function wireButtons(use, failed) {
  for (const button of document.querySelectorAll("#room [data-do], #room [data-fault]")) {
    button.addEventListener("click", () => use(button).catch((error) => failed("That did not work", error)));
  }
}

function createControls({ auth, resourceServer, load, alarm, log, signOut }) {
  // Not in the middle of a batch: a fresh token that is refused too is the end of a call.
  const isIdle = () => underWay(load.batch) === 0;
  const send = async (count) => {
    if (byId("expired-first").checked && isIdle()) await demo.expire();
    load.send(count);
  };
  const tell = async (work, ...words) => {
    await work();
    log(...words);
  };
  const actions = {
    "calls-50": () => send(50),
    "calls-500": () => send(500),
    "off-list": () => callOffList(auth, log),
    "more-scope": () => callForMore({ auth, resourceServer, alarm, log }),
    expire: () => tell(demo.expire, "The API refuses every access token issued so far.", "wait"),
    revoke: () => tell(demo.revoke, "The grant is revoked; the next refresh will find out.", "wait"),
    unlock: () => auth.unlock(),
    "sign-out": signOut,
    restore: () => tell(demo.restore, "All servers work.", "good"),
  };
  return async ({ dataset, textContent, parentElement }) => {
    if (!dataset.fault) return actions[dataset.do]();
    await demo.fault(dataset.fault);
    return log(`${parentElement.querySelector("h3").textContent}: ${textContent}.`, "wait");
  };
}

async function callOffList(auth, log) {
  const code = await auth.fetch(ELSEWHERE).then(
    ({ status }) => `status ${status}`,
    (error) => error.code ?? error.message,
  );
  log(`A call to ${new URL(ELSEWHERE).host}: ${code}. Nothing was sent.`, "wait");
}

async function callForMore({ auth, resourceServer, alarm, log }) {
  const response = await auth.fetch(`${resourceServer}bin`, { method: "DELETE" });
  if (response.ok) return log("The bin is empty: the token had the scope for it.", "good");
  const { message, scope } = auth.explain(response) ?? { message: `status ${response.status}` };
  log(`Not emptied: ${message}.`, "bad");
  // The event is told once for a while; the explanation comes with every answer.
  if (scope) alarm.askFor({ scope }, "more-scope");
  return undefined;
}

/** Says what is still in force, beside the button that restores it and on the buttons that caused it. */
function showInForce(faults) {
  const buttons = [...document.querySelectorAll("#room [data-fault]")];
  const labelOf = (name) => buttons.find(({ dataset }) => dataset.fault === name)?.textContent ?? name;
  const active = new Set(faults.map(({ name }) => name));
  for (const button of buttons) button.toggleAttribute("data-active", active.has(button.dataset.fault));
  const left = ({ left: times, leftMs }) => (leftMs === null ? `${plural(times, "request")} left` : `${Math.ceil(leftMs / 1000)} s left`);
  const words = faults.map((fault) => `${labelOf(fault.name)} (${left(fault)})`);
  write("in-force", words.length === 0 ? "All servers work." : `In force: ${words.join("; ")}.`);
}
