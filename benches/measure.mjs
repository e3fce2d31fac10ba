import { startAuthorizationServer } from "./servers/authorization.mjs";
import { startResourceServer } from "./servers/resource.mjs";
import { startSite } from "./servers/site.mjs";
import { withPage } from "./chromium.mjs";

const most = 300_000;

/** What can be measured in a browser; each is a script in page/ that does its work without help and reports. */
export const measurements = {
  calls: "calls over loopback",
  wrapper: "the wrapper alone",
  crossing: "the way through a worker alone",
  starts: "the start of a page",
  backlog: "10,000 calls behind one refresh",
  wave: "10,000 calls behind one refresh, an API that is no limit",
  surge: "100,000 calls behind one refresh",
};

/** Has a browser run the named measurements on the package in `pkg`, or a `scale` of them; gives their results by name. */
export async function measure({ chrome, pkg, names, say, scale = 1 }) {
  const servers = await start(pkg, scale);
  try {
    const results = {};
    for (const name of names) {
      say(`measuring ${measurements[name]}`);
      const report = servers.site.report();
      results[name] = await withPage({ chrome, url: `${servers.site.origin}/${name}`, report, timeout: most });
    }
    return results;
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.close()));
  }
}

async function start(pkg, scale) {
  const authorization = await startAuthorizationServer();
  const resource = await startResourceServer({ accepts: authorization.accepts, origins: () => [site.origin, home.origin] });
  const operations = {
    holdBack: () => authorization.holdBack(),
    release: () => authorization.release(),
    counts: () => ({ tokenRequests: authorization.tokenRequests(), ...resource.counts }),
  };
  const configure = (origin) => ({
    issuer: authorization.issuer,
    clientId: "bench",
    redirectUri: `${origin}/callback`,
    scope: "bench",
    resourceServers: [resource.url],
    queueLimit: 100_000,
    queueTimeout: 120_000,
    requestTimeout: 60_000,
  });
  // The holder on an origin of its own: another port is another origin of the same site.
  const atHome = (origin) => ({ ...configure(origin), redirectUri: `${origin}/callback.html` });
  const home = await startSite({ pkg, scale, configure: atHome, operations, places: () => ({ apps: [site.origin] }) });
  const site = await startSite({ pkg, scale, configure, operations, places: () => ({ home: home.origin }) });
  return { authorization, resource, home, site };
}
