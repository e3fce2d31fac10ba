// Real web servers with the samples of docs/security/headers.md. They stand behind one loopback port, which takes the place
// of TLS and of the app's name, and each sample stands as it is within the few lines that it leaves to the reader.

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request as startRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import express from "express";

import { root } from "../../../scripts/lib/paths.mjs";
import { webServer, whyNoServer } from "../../../scripts/lib/servers.mjs";
import { listen } from "../../../www/server/http.mjs";
import { filled, snippet } from "./advice.mjs";
import { until } from "./until.mjs";

const starters = { nginx: startNginx, Caddy: startCaddy, Express: startExpress, Vite: startPreview, careless: startCareless };

/** The servers that there are samples for, by name, and why one of them can't be tried here, or null. */
export const samples = { nginx: whyNoServer("nginx"), Caddy: whyNoServer("caddy"), Express: null, Vite: null };

/**
 * A loopback port for test `t`, which takes it down. `use(name, { files, change })` has that server answer there from now
 * on, with `files` by path, and with its sample as `change` makes it. The one called careless has no headers at all.
 */
export async function startSite(t) {
  let current;
  const { port, close } = await listen((request, response) => pass(current, request, response));
  const origin = `http://127.0.0.1:${port}`;
  t.after(async () => {
    await close();
    await current?.close();
  });
  const use = async (name, { files, change = (text) => text }) => {
    const folder = await mkdtemp(join(tmpdir(), "tokenkeep-"));
    for (const [path, text] of Object.entries(files)) await write(join(folder, "dist", path), text);
    const text = (piece) => filled(change(snippet(piece)), { app: origin });
    const { end, ...target } = await starters[name]({ folder, text, served: join(folder, "dist") });
    await current?.close();
    const stop = async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    };
    current = { ...target, close: stop };
  };
  return { origin, use };
}

async function write(file, text) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function pass({ socketPath, port, name }, request, response) {
  const { method, url: path, headers } = request;
  const behind = startRequest({ socketPath, host: "127.0.0.1", port, method, path, headers: { ...headers, host: name ?? headers.host } });
  behind.once("response", (answered) => {
    response.writeHead(answered.statusCode, answered.rawHeaders);
    answered.pipe(response);
  });
  behind.once("error", () => response.destroy());
  request.pipe(behind);
}

async function startNginx({ folder, text, served }) {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path "${join(folder, kind)}";`);
  const socketPath = join(folder, "socket");
  const sample = text("nginx").replace("# ...", `listen "unix:${socketPath}";\n  root "${served}";`);
  const types = "types { text/html html; text/javascript js; image/svg+xml svg; }";
  const around = ["daemon off;", "master_process off;", `pid "${join(folder, "pid")}";`, "events {}", "http {", "access_log off;", ...temporary, types];
  await write(join(folder, "nginx.conf"), [...around, sample, "}"].join("\n"));
  return run("nginx", ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")], { folder, socketPath });
}

async function startCaddy({ folder, text, served }) {
  const socketPath = join(folder, "socket");
  const name = "app.example.com";
  const sample = text("caddyfile").replace("/srv/app", served).replace(`${name} {`, `http://${name} {`);
  await write(join(folder, "Caddyfile"), `{\n\tadmin off\n\tauto_https off\n\tdefault_bind unix/${socketPath}\n}\n${sample}`);
  return { name, ...(await run("caddy", ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")], { folder, socketPath })) };
}

/** Resolves when something listens on the socket. */
async function run(name, args, { folder, socketPath }) {
  const { program, env } = webServer(name);
  const own = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(program, args, { cwd: folder, env: { ...env, ...own }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const isUp = () => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
    return isListening(socketPath);
  };
  await until(isUp, `${name} on its socket`);
  return { socketPath, end };
}

const isListening = (path) =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });

async function startExpress({ folder, text, served }) {
  const sample = text("js server.js").replaceAll('"dist"', JSON.stringify(served));
  const { app } = await modulesIn(folder, { "headers.js": text("js headers.js"), "server.js": sample });
  const { port, close } = await listen(app);
  return { port, end: close };
}

async function startCareless({ served }) {
  const { port, close } = await listen(express().use(express.static(served)));
  return { port, end: close };
}

async function startPreview({ folder, text }) {
  const { default: config } = await modulesIn(folder, { "headers.js": text("js headers.js"), "vite.config.js": text("js vite.config.js") });
  const { preview } = await import("vite");
  const server = await preview({ ...config, configFile: false, root: folder, logLevel: "silent", preview: { host: "127.0.0.1", port: 0 } });
  return { port: server.httpServer.address().port, end: () => server.close() };
}

/** Writes the modules where they find what the project has installed, and imports the last of them. */
async function modulesIn(folder, modules) {
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  await write(join(folder, "package.json"), '{ "type": "module" }');
  for (const [name, text] of Object.entries(modules)) await write(join(folder, name), text);
  return import(pathToFileURL(join(folder, Object.keys(modules).at(-1))));
}
