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
  const { origin, put } = await startFront(t);
  const use = (name, { files, change = (text) => text }) =>
    put(async (folder) => {
      for (const [path, text] of Object.entries(files)) await write(join(folder, "dist", path), text);
      const text = (piece) => filled(change(snippet(piece)), { app: origin });
      return starters[name]({ folder, text, served: join(folder, "dist") });
    });
  return { origin, use };
}

/**
 * A loopback port for test `t`, which takes it down. `put(start)` has that answer there from now on what `start` resolves
 * to for a folder of its own: `{ port or socketPath, name, end }`. With `answer` requests and answers can be seen to first.
 */
export async function startFront(t, answer = pass) {
  let current;
  const { port, close } = await listen((request, response) => answer(current, request, response));
  t.after(async () => {
    await close();
    await current?.close();
  });
  const put = async (start) => {
    const folder = await mkdtemp(join(tmpdir(), "tokenkeep-"));
    const { end, ...target } = await start(folder);
    await current?.close();
    const stop = async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    };
    current = { ...target, close: stop };
  };
  return { origin: `http://127.0.0.1:${port}`, put };
}

export async function write(file, text) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Passes a request on to a server, and back its answer with its headers as `change` makes them. */
export function pass({ socketPath, port, name }, request, response, change = (raw) => raw) {
  const { method, url: path, headers } = request;
  const behind = startRequest({ socketPath, host: "127.0.0.1", port, method, path, headers: { ...headers, host: name ?? headers.host } });
  behind.once("response", (answered) => {
    response.writeHead(answered.statusCode, change(answered.rawHeaders));
    answered.pipe(response);
  });
  behind.once("error", () => response.destroy());
  request.pipe(behind);
}

function startNginx({ folder, text, served }) {
  return startNginxWith((socket) => text("nginx").replace("# ...", `listen "unix:${socket}";\n  root "${served}";`), folder);
}

/** nginx with what is in its `http` block, as a function of the socket that it listens on. */
export async function startNginxWith(sample, folder) {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path "${join(folder, kind)}";`);
  const socketPath = join(folder, "socket");
  const types = "types { text/html html; text/javascript js; image/svg+xml svg; }";
  const around = [
    "daemon off;",
    "master_process off;",
    `pid "${join(folder, "pid")}";`,
    "events {}",
    "http {",
    "access_log off;",
    ...temporary,
    types,
  ];
  await write(join(folder, "nginx.conf"), [...around, sample(socketPath), "}"].join("\n"));
  return run("nginx", ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")], { folder, socketPath });
}

function startCaddy({ folder, text, served }) {
  const name = "app.example.com";
  return startCaddyWith(text("caddyfile").replace("/srv/app", served).replace(`${name} {`, `http://${name} {`), { folder, name });
}

/** Caddy with sites of this name that have no TLS. */
export async function startCaddyWith(sites, { folder, name }) {
  const socketPath = join(folder, "socket");
  await write(join(folder, "Caddyfile"), `{\n\tadmin off\n\tauto_https off\n\tdefault_bind unix/${socketPath}\n}\n${sites}`);
  return {
    name,
    ...(await run("caddy", ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")], { folder, socketPath })),
  };
}

/** Resolves when something listens on the socket. */
async function run(name, args, { folder, socketPath }) {
  const own = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(webServer(name), args, { cwd: folder, env: { ...process.env, ...own }, stdio: ["ignore", "ignore", "pipe"] });
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
