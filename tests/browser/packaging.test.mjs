// The part of `npm run packaging` that needs nothing but the repository's own tools: what `npx tokenkeep init` writes, built, served
// under the advised headers, signed in and deployed anew with an old tab open.

import { startAuthorizationServer } from "../../www/server/authorization-server.mjs";
import { startResourceServer } from "../../www/server/resource-server.mjs";
import { walk } from "../packaging/support/walk.mjs";
import { tools } from "../packaging/tools.mjs";
import { newContext } from "./support/browser.mjs";
import { test } from "./support/test.mjs";

for (const name of ["vite", "esbuild", "none", "importmap"])
  test(`${tools[name].title}: what init writes signs in and calls, and goes on over a deployment (SAFE-2)`, async (t) => {
    const authorizationServer = await startAuthorizationServer({ accessTokenTtl: 600 });
    const api = await startResourceServer({ authorizationServer });
    const context = await newContext();
    t.after(() => Promise.all([context.close(), api.close(), authorizationServer.close()]));
    await walk(name, tools[name], { context, authorizationServer, api, linked: true });
  });
