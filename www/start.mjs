// Starts the demo: an authorization server, an API and the app, each on a loopback port of its own, and before the first
// two a proxy that spoils answers when the app's control room asks for it. With two origins the holder has a port too:
// ports of one host are origins of one site.
//
//   node www/start.mjs [--two-origins] [--port 4000]      or TOKENKEEP_APP_PORT=4000; without either, free ports are taken

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { startAppServer } from "./server/app-server.mjs";
import { startAuthorizationServer } from "./server/authorization-server.mjs";
import { createControl } from "./server/control.mjs";
import { startFaultProxy } from "./server/fault-proxy.mjs";
import { describeGrant } from "./server/faults.mjs";
import { startHolderServer } from "./server/holder-server.mjs";
import { startResourceServer } from "./server/resource-server.mjs";

const CLIENT_ID = "tokenkeep-demo";
const HIGHEST_PORT = 65_532;
const SCOPE = "openid profile files:read files:write";
// Shorter, fewer and stricter than usual, so that the control room has something to show.
const LIMITS = { requestTimeout: 4_000, drainConcurrency: 8, lockOnAnomaly: ["off-list-target"] };

/**
 * Starts the servers and resolves to { url, app, holder, authorizationServer, resourceServer, tokenProxy, apiProxy, close }; there
 * is a `holder`, on an origin of its own, only if there are to be `twoOrigins`.
 */
export async function start({
  port,
  appPort = port ?? Number(process.env.TOKENKEEP_APP_PORT ?? 0),
  accessTokenTtl = 120,
  twoOrigins = false,
  root = fileURLToPath(new URL("dist", import.meta.url)),
  print = console.log,
} = {}) {
  if (!existsSync(root)) throw new Error("The demo is not built yet. Run `npm start`, which builds it first.");
  if (!Number.isInteger(appPort) || appPort < 0 || appPort > HIGHEST_PORT) {
    throw new Error(`The port must be a whole number from 0 to ${HIGHEST_PORT}.`);
  }
  const running = [];
  const close = () => Promise.all(running.map((server) => server.close()));
  try {
    const servers = await startServers({ appPort, accessTokenTtl, twoOrigins, root, running });
    announce(print, servers);
    return { url: servers.app.origin, ...servers, close };
  } catch (error) {
    await close();
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${error.port} is taken. Choose another one, or none to have a free one picked.`);
  }
}

async function startServers({ appPort, accessTokenTtl, twoOrigins, root, running }) {
  // A chosen port fixes those of the proxies as well, so that tabs left open find the same servers after a restart.
  const portAfter = (step) => (appPort === 0 ? 0 : appPort + step);
  const started = (server) => {
    running.push(server);
    return server;
  };
  const behind = {};
  const front = async (name, step, more) =>
    started(await startFaultProxy({ port: portAfter(step), target: () => behind[name].origin, ...more }));
  const tokenProxy = await front("authorizationServer", 1, { describe: describeGrant });
  const apiProxy = await front("resourceServer", 2);
  const publicOrigin = tokenProxy.origin;
  const authorizationServer = started(await startAuthorizationServer({ clientId: CLIENT_ID, accessTokenTtl, publicOrigin }));
  const resourceServer = started(await startResourceServer({ authorizationServer }));
  Object.assign(behind, { authorizationServer, resourceServer });
  const servers = { ...behind, tokenProxy, apiProxy };
  const config = {
    issuer: authorizationServer.issuer,
    clientId: CLIENT_ID,
    scope: SCOPE,
    resourceServers: [`${apiProxy.origin}/v1/`],
    ...LIMITS,
  };
  const holder = twoOrigins ? started(await startHolderServer({ port: portAfter(3) })) : null;
  const configure = (origin) => introduce({ origin, holder, config, accessTokenTtl, ...servers });
  const app = started(await startAppServer({ port: appPort, root, configure }));
  return { app, holder, ...servers };
}

/** Makes them known to each other, and answers what the app's server needs. */
function introduce({ origin, holder, config, accessTokenTtl, ...servers }) {
  const { authorizationServer, resourceServer } = servers;
  // Whoever asks for tokens and sends them is where the holder is.
  const home = holder?.origin ?? origin;
  const whole = { ...config, redirectUri: `${home}/callback` };
  authorizationServer.allow({ redirectUris: [whole.redirectUri], origins: [home] });
  resourceServer.allow({ origins: [home] });
  holder?.allow({ apps: [origin], config: whole });
  // A worker that a service worker has claimed stays claimed while it lives; under another name there is another one.
  let workers = 1;
  const control = createControl({ origin, renew: () => void (workers += 1), ...servers });
  const shown = { accessTokenTtl, resourceServers: config.resourceServers, frame: holder?.frame ?? null };
  const exported = () => ({ ...shown, config: holder ? null : whole, workerName: `tokenkeep-${workers}` });
  return { config: holder ? null : whole, frame: holder?.frame, exported, control };
}

function announce(print, { app, holder, authorizationServer, apiProxy }) {
  const own = holder ? `  holder               ${holder.origin}` : "";
  print(`
  tokenkeep demo       ${app.origin}
${own}
  authorization server ${authorizationServer.issuer}
  API                  ${apiProxy.origin}

  Everything listens on this machine only and forgets when it stops. Press Ctrl+C to stop.
`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: "string" }, "two-origins": { type: "boolean" } } });
  await start({ port: values.port === undefined ? undefined : Number(values.port), twoOrigins: values["two-origins"] });
}
