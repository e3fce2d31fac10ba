import { startAuthorizationServer } from "./servers/authorization.mjs";
import { startResourceServer } from "./servers/resource.mjs";
import { startSite } from "./servers/site.mjs";
import { withPage } from "./chromium.mjs";

const most = 300_000;

/** What can be measured in a browser; each is a script in page/ that does its work without help and reports. */
export const measurements = {
  calls: "calls over loopback",
  wrapper: "the wrapper alone",
  backlog: "10,000 calls behind one refresh",
  surge: "100,000 calls behind one refresh",
};

/** Has a browser run the named measurements on the package in `pkg`; gives their results by name. */
export async function measure({ chrome, pkg, names, say }) {
  const servers = await start(pkg);
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

async function start(pkg) {
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
  const home = await startSite({ pkg, configure: atHome, operations, places: () => ({ apps: [site.origin] }) });
  const site = await startSite({ pkg, configure, operations, places: () => ({ home: home.origin }) });
  return { authorization, resource, home, site };
}
