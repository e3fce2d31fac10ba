// The authorization server that can be told to misbehave, in the place of the real one in a rig.

import { randomBytes } from "node:crypto";

import { startOddServer } from "../../browser/support/odd-server.mjs";
import { signInOddly } from "../../browser/support/odd-stage.mjs";

let holders = 0;

/**
 * Puts it where `host` was until test `t` ends: "as", or "evil" for one of the attacker's. Its tokens are canaries.
 * Resolves to the server; `api` is the URL of the API that it plays too.
 */
export async function useOddServer(t, rig, { host = "as", odd } = {}) {
  const server = await startOddServer(odd);
  const { front, origins } = rig;
  const { hostname } = new URL(origins[host]);
  const former = front.routes[hostname];
  front.routes[hostname] = server.origin;
  server.origin = origins[host];
  server.mint = (kind) => {
    const value = randomBytes(24).toString("base64url");
    rig.addSecret(`${kind} token`, value);
    return value;
  };
  t.after(async () => {
    front.routes[hostname] = former;
    await server.close();
  });
  return Object.assign(server, { api: `${origins[host]}/api/files` });
}

/** A tab of the app whose holder is a new one and knows nothing yet. */
export async function openAnew(rig, server, config = {}) {
  rig.configure({ issuer: server.origin, clientId: "odd", scope: "files:read", resourceServers: [`${server.origin}/api/`], ...config });
  rig.shown.holder = `/holder.js?${(holders += 1)}`;
  return rig.open();
}

/** The same, signed in. */
export async function signedInAnew(rig, server, config) {
  const page = await openAnew(rig, server, config);
  const { value, error } = await signInOddly(page);
  if (!value) throw new Error(`signed in? ${JSON.stringify(error)}`);
  return page;
}
