// The folder of examples/own-origin, served as docs/own-origin.md says: its files and its commands as they stand there, with
// the hosts of a test in place of the examples. App and holder are https hosts of one site.

import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { preview } from "vite";

import { installPackage } from "../../../scripts/lib/pack.mjs";
import { root } from "../../../scripts/lib/paths.mjs";
import { whyNoServer } from "../../../scripts/lib/servers.mjs";
import { readBody, send } from "../../../www/server/http.mjs";
import { startFront as startTls } from "../../attacks/support/front.mjs";
import { filled, setsOf, snippet } from "./advice.mjs";
import { pass, startCaddyWith, startFront, startNginxWith, write } from "./servers.mjs";
import { startStage } from "./stage.mjs";
import { staticHosts, startStaticHost } from "./static-host.mjs";

const example = join(root, "examples", "own-origin");
const page = readFileSync(join(root, "docs", "own-origin.md"), "utf8");
const policyName = "content-security-policy";

/** The files of the example by name, and those of them that are in the document. */
export const files = Object.fromEntries(readdirSync(example).map((name) => [name, readFileSync(join(example, name), "utf8")]));
export const shown = (name) => snippet(name, page);
export const sets = setsOf(page);

const starters = {
  nginx: ({ text, served, folder }) => startNginxWith((socket) => nginxBehind(text("nginx.conf"), served, socket), folder),
  Caddy: ({ text, served, folder }) => startCaddyWith(caddyBehind(text("Caddyfile"), served), { folder, name: "auth.example.com" }),
  ...Object.fromEntries(Object.entries(staticHosts).map(([name, host]) => [name, ({ served }) => startStaticHost(host, served)])),
};

/** The servers that the example has a file for, by name, and why one of them can't be tried here, or null. */
export const hosts = {
  nginx: whyNoServer("nginx"),
  Caddy: whyNoServer("caddy"),
  ...Object.fromEntries(Object.keys(staticHosts).map((name) => [name, null])),
};

/**
 * A stage whose holder is the example's folder as `host` serves it, or Vite's preview on a port beside the app's, and whose app has the document's headers as `app` makes
 * them. `change` may change a file of the folder, by name, and `bundled` has it built with a bundler. What is told of
 * violations is in `reports`, as `<path>: <directive>`.
 */
export async function startRecipe(t, { host = "Netlify", app = (headers) => headers, bundled = false, change } = {}) {
  const reports = [];
  const front = await startFront(t, (current, request, response) =>
    request.url === "/reports" ? take(reports, request, response) : pass(current, request, response, withReports),
  );
  const tls = await startTls();
  t.after(() => tls.close());
  const isLocal = !starters[host];
  const home = {
    origin: isLocal ? front.origin : tls.originOf("auth.site.test"),
    plainOrigin: front.origin,
    callback: "/callback",
    bye: "/callback",
  };
  const routes = { "/reports": (request, response) => take(reports, request, response) };
  const stage = await startStage(t, { mode: "own", home, routes, holder: `${home.origin}/frame`, server: { logout: true } });
  Object.assign(tls.routes, { "auth.site.test": front.origin, "app.site.test": stage.app.origin });
  if (!isLocal) stage.app = { origin: tls.originOf("app.site.test") };
  const named = namedBy(stage);
  await front.put(async (folder) => {
    const text = (name) => named(change?.(name, files[name]) ?? files[name]);
    const served = await makeFolder(folder, text, bundled);
    return (starters[host] ?? startDevelopment)({ text, served, folder });
  });
  const headers = Object.fromEntries(Object.entries(app(sets.app)).map(([name, value]) => [name.toLowerCase(), named(value)]));
  stage.shown.headers = () => ({ ...headers, [policyName]: `${headers[policyName]}; report-uri /reports` });
  return { stage, reports, named };
}

/**
 * The hosts of a stage in place of the examples. The servers have no TLS, which the holder is told; and it may send tokens to
 * the probe, which its policy doesn't list: so there is something that violates it.
 */
function namedBy({ home, app, authorizationServer, api, probe }) {
  const named = { app: app.origin, authorizationServer: authorizationServer.issuer, apis: [api.origin] };
  return (text) =>
    filled(
      text.replace(
        '"https://api.example.com/v1/"],',
        `"https://api.example.com/v1/", "${probe.origin}/probe/"],\n  dangerAllowLoopbackHttp: true,`,
      ),
      named,
    )
      .replaceAll("https://auth.example.com", home.origin)
      .replace("my-spa", "tokenkeep-demo");
}

/** Makes the folder as the document says, by its own commands. Resolves to its path. */
async function makeFolder(folder, text, bundled) {
  const served = join(folder, "auth");
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await symlink(await installPackage(fileURLToPath(new URL("..", import.meta.url))), join(folder, "node_modules", "tokenkeep"), "junction");
  const scripts = ["holder.js", "door.js"];
  for (const name of Object.keys(files)) if (!bundled || !scripts.includes(name)) await write(join(served, name), text(name));
  if (bundled)
    for (const name of scripts) await write(join(folder, name), text(name).replace(/"\.\/tokenkeep\/(\w+)\.js"/, '"tokenkeep/$1"'));
  const programs = [join(root, "node_modules", ".bin"), dirname(process.execPath), process.env.PATH].join(delimiter);
  const command = bundled ? shown("sh bundle").replace(/^npx /, "") : shown("sh copy");
  await promisify(execFile)("sh", ["-ec", command], { cwd: folder, env: { ...process.env, PATH: programs } });
  return served;
}

const nginxBehind = (text, served, socket) =>
  text
    .replace("listen 443 ssl;", `listen "unix:${socket}";`)
    .replace(/^ *ssl_.*\n/gm, "")
    .replace("root /srv/auth;", `root "${served}";`);

/** The global options have no TLS to see to here. The site's address has the name alone, since the hosts are filled in. */
const caddyBehind = (text, served) =>
  text
    .replace(/^\{\n[^]*?^\}\n/m, "")
    .replace(/^https?:\/\/\S+ \{$/m, "http://auth.example.com {")
    .replace("root * /srv/auth", `root * ${served}`);

/** Vite's preview, as the document has it for development. */
async function startDevelopment({ folder }) {
  const [, outDir] = /vite preview --outDir (\w+) /.exec(page);
  const server = await preview({
    configFile: false,
    root: folder,
    logLevel: "silent",
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0 },
  });
  return { port: server.httpServer.address().port, end: () => server.close() };
}

const withReports = (raw) =>
  raw.map((value, n) => (n % 2 && raw[n - 1].toLowerCase() === policyName ? `${value}; report-uri /reports` : value));

async function take(reports, request, response) {
  const { "csp-report": report } = JSON.parse(await readBody(request));
  reports.push(`${new URL(report["document-uri"]).pathname}: ${report["effective-directive"]}`);
  send(response, 204, "");
}
