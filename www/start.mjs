// Starts the demo: an authorization server, an API and the app, each on a loopback port of its own, and before the first
// two a proxy that spoils answers when the app's control room asks for it.
//
//   node www/start.mjs [--port 4000]      or TOKENKEEP_APP_PORT=4000; without either, free ports are taken

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { startAppServer } from "./server/app-server.mjs";
import { startAuthorizationServer } from "./server/authorization-server.mjs";
import { createControl } from "./server/control.mjs";
import { startFaultProxy } from "./server/fault-proxy.mjs";
import { describeGrant } from "./server/faults.mjs";
import { startResourceServer } from "./server/resource-server.mjs";

const CLIENT_ID = "tokenkeep-demo";
const HIGHEST_PORT = 65_533;
const SCOPE = "openid profile files:read files:write";

/** Starts the servers and resolves to { url, app, authorizationServer, resourceServer, tokenProxy, apiProxy, close }. */
export async function start({
  port,
  appPort = port ?? Number(process.env.TOKENKEEP_APP_PORT ?? 0),
  accessTokenTtl = 120,
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
    const servers = await startServers({ appPort, accessTokenTtl, root, running });
    announce(print, servers);
    return { url: servers.app.origin, ...servers, close };
  } catch (error) {
    await close();
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${error.port} is taken. Choose another one, or none to have a free one picked.`);
  }
}

async function startServers({ appPort, accessTokenTtl, root, running }) {
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
  const authorizationServer = started(
    await startAuthorizationServer({ clientId: CLIENT_ID, accessTokenTtl, publicOrigin }),
  );
  const resourceServer = started(await startResourceServer({ authorizationServer }));
  Object.assign(behind, { authorizationServer, resourceServer });
  const servers = { ...behind, tokenProxy, apiProxy };
  const configure = (origin) => introduce({ origin, accessTokenTtl, ...servers });
  const app = started(await startAppServer({ port: appPort, root, configure }));
  return { app, ...servers };
}

/** Makes them known to each other, and answers what the app's server needs. */
function introduce({ origin, accessTokenTtl, ...servers }) {
  const { authorizationServer, resourceServer, apiProxy } = servers;
  const redirectUri = `${origin}/callback`;
  authorizationServer.allow({ redirectUris: [redirectUri], origins: [origin] });
  resourceServer.allow({ origins: [origin] });
  const config = {
    issuer: authorizationServer.issuer,
    clientId: CLIENT_ID,
    redirectUri,
    scope: SCOPE,
    resourceServers: [`${apiProxy.origin}/v1/`],
  };
  return { config, accessTokenTtl, control: createControl({ origin, ...servers }) };
}

function announce(print, { app, authorizationServer, apiProxy }) {
  print(`
  tokenkeep demo       ${app.origin}

  authorization server ${authorizationServer.issuer}
  API                  ${apiProxy.origin}

  Everything listens on this machine only and forgets when it stops. Press Ctrl+C to stop.
`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: "string" } } });
  await start({ port: values.port === undefined ? undefined : Number(values.port) });
}
