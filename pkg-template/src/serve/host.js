import { fail, fromData } from "../errors.js";
import { version } from "../remote/frame.js";
import { answer } from "../remote/line.js";
import { pageOf } from "../remote/pages.js";
import { isSameSite } from "./site.js";
import * as visits from "./visits.js";

const kinds = ["sign-in", "sign-out"];
const ticketForm = /^[\w-]{43}$/;

/**
 * What the page does in a frame of an app: it answers the app that frames it, once, if that is listed and nothing is around it.
 */
export function host(lender, apps, page) {
  const greet = ({ isTrusted, source, origin, data, ports }) => {
    // The app's script can make events with a source of its own choosing.
    if (!isTrusted || source !== parent || parent !== top || data?.tokenkeep !== version || ports.length !== 1) return;
    removeEventListener("message", greet);
    const refusal = refuse(origin, apps);
    answer(ports[0], refusal ? refusing(refusal) : operations(lender, origin, page));
  };
  addEventListener("message", greet);
}

function refuse(app, apps) {
  if (!apps.includes(app)) return fail("APP_REFUSED", `${app} is not among the apps of serve(); add it there, as an exact origin`);
  if (isSameSite()) return undefined;
  return fail(
    "OTHER_SITE",
    `${location.origin} and ${app} are no origins of one site (or this browser blocks its site data): browsers keep their storage and workers apart. Put the holder on a host beside the app's, such as auth.example.com for app.example.com`,
  );
}

const refusing = (error) => ({ open: () => Promise.reject(error) });

function operations(lender, app, page) {
  let lent = false;
  return {
    here: () => {},
    lost: () => lender.lost,
    open: async ({ tab }) => {
      if (lent) throw fail("OPERATION_REFUSED", "this frame has lent the holder already; another one can");
      lent = true;
      return { page: await page(), ticket: await visits.over(tab, app), port: await lender.lend() };
    },
    begin: ({ ticket, visit }) => begin(app, ticket, visit),
    arrive: ({ ticket }) => arrive(lender, app, ticket),
    outcome: ({ ticket }, signal) => outcome(lender, app, ticket, signal),
  };
}

async function begin(app, ticket, { kind, popup, tab, options, returnTo, arrival }) {
  if (!ticketForm.test(ticket) || !kinds.includes(kind)) throw fail("OPERATION_REFUSED", "this is no visit");
  const target = pageOf(app, returnTo);
  if (!target) throw fail("RETURN_TARGET_REFUSED", "returnTo must be a page of the app that asks");
  const visit = { app, kind, popup: popup === true, tab, options: { ...options }, returnTo: target, arrival };
  if (!(await visits.begin(ticket, visit))) throw fail("STORAGE_BLOCKED", `allow site data for ${location.host}`);
}

/** Finishes what this app's user came back with, once: `{ arrival }`, which is null while nobody is back. */
async function arrive(lender, app, ticket) {
  const visit = await visits.take(String(ticket), app);
  if (!visit) return { arrival: null };
  if (visit.error) throw fromData(visit.error);
  const finished = await lender.call("finish", { href: visit.href });
  if (!finished) throw fail("RESPONSE_MALFORMED", "this is no authorization response; call signIn() again");
  return { arrival: { ...visit.arrival, ...(finished.signedOut && { signedOut: true }) } };
}

/** The same for a popup, as soon as it is back. */
async function outcome(lender, app, ticket, signal) {
  const channel = new BroadcastChannel(visits.channelOf(ticket));
  const back = new Promise((resolve, reject) => {
    channel.onmessage = resolve;
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  back.catch(() => {});
  try {
    // It may have been quicker than this.
    const { arrival } = await arrive(lender, app, ticket);
    if (arrival) return;
    await back;
    await arrive(lender, app, ticket);
  } finally {
    channel.close();
  }
}
