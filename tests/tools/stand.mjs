// The example's app, built and served, and an authorization server that knows it.

import { join } from "node:path";

import { build, preview } from "vite";

import { root } from "../../scripts/lib/paths.mjs";
import { startAuthorizationServer } from "../../www/server/authorization-server.mjs";

/** Starts both. `outDir` is where the app is built. */
export async function startStand(outDir) {
  const authorizationServer = await startAuthorizationServer({ clientId: "my-spa" });
  const common = { root: join(root, "examples", "testing", "app"), configFile: false, logLevel: "warn" };
  await build({
    ...common,
    define: { "import.meta.env.VITE_ISSUER": JSON.stringify(authorizationServer.issuer) },
    build: { outDir, target: "es2022", emptyOutDir: true },
    worker: { format: "es" },
  });
  const server = await preview({ ...common, build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
  const origin = `http://127.0.0.1:${server.httpServer.address().port}`;
  authorizationServer.allow({ redirectUris: [`${origin}/callback`], origins: [origin] });
  const close = () => Promise.all([server.close(), authorizationServer.close()]);
  return { origin, authorizationServer, close };
}
