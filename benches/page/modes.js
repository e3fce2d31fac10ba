import { connect } from "/tokenkeep";
import { config } from "/config.js";
import { places } from "/places.js";

import { memorySize } from "./memory.js";
import { plainWrapper } from "./plain.js";
import { relayThrough } from "./relay.js";
import { network } from "./site.js";

/** The token kept in the page: `{ auth, memory }`. */
export async function openPage() {
  // Not before memory.js, and not before whoever replaces fetch has done so.
  const { hold } = await import("/tokenkeep/page");
  return signedIn(hold(config), memorySize);
}

export function openWorker(file = "/holder.js", name = "dedicated") {
  const worker = new Worker(file, { type: "module", name });
  return signedIn(connect(worker), () => askForMemory(name));
}

export function openSharedWorker(file = "/holder.js", name = "shared") {
  const worker = new SharedWorker(file, { type: "module", name, extendedLifetime: true });
  return signedIn(connect(worker), () => askForMemory(name));
}

/** The holder on another origin of this site. A popup signs in, since the pages over there need a window of their own. */
export async function openOwnOrigin() {
  const { connect: connectTo } = await import("/tokenkeep/remote");
  const auth = connectTo(`${places.home}/frame.html`);
  await auth.resume();
  if (!(await auth.signIn({ mode: "popup" }))) throw new Error("the sign-in over there failed");
  return { auth, fetch: auth.fetch };
}

/** The same thing written by hand: `{ fetch, isRefreshing, header }`. */
export async function openPlain() {
  const tokenEndpoint = `${config.issuer}/token`;
  const body = new URLSearchParams({ grant_type: "authorization_code", code: "bench-code" });
  const response = await network(tokenEndpoint, { method: "POST", body });
  return plainWrapper({ resourceServers: config.resourceServers, tokenEndpoint, tokens: await response.json() });
}

/** The least that a call through each kind of worker takes: `{ workerRelay, sharedRelay }`, each a `fetch`. */
export async function openRelays(file = "/relay-worker.js") {
  const plain = await openPlain();
  const token = plain.header();
  return {
    workerRelay: relayThrough(new Worker(file, { type: "module", name: "relay" }), token),
    sharedRelay: relayThrough(new SharedWorker(file, { type: "module", name: "relay" }), token),
  };
}

async function signedIn(auth, memory) {
  await auth.resume();
  const location = await destinationOf(() => auth.signIn());
  const { url } = await network(location);
  history.replaceState(null, "", url);
  const session = await auth.resume();
  if (!session) throw new Error("the sign-in failed");
  return { auth, memory, fetch: auth.fetch };
}

// Leaving the page would end the modes that live in it, so the navigation is called off and the redirects are followed here.
function destinationOf(leave) {
  return new Promise((resolve, reject) => {
    const stay = (event) => (event.preventDefault(), resolve(event.destination.url));
    navigation.addEventListener("navigate", stay, { once: true });
    leave().catch(reject);
  });
}

function askForMemory(name) {
  const channel = new BroadcastChannel(`memory ${name}`);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => (channel.close(), resolve(data));
    channel.postMessage("size");
  });
}
