// One TLS door for all hosts of a rig: it hands each request to the plain server behind that the Host header names.

import { Agent, request as startRequest } from "node:http";
import { createServer } from "node:https";

import { cert, key } from "../../browser/support/certificate.mjs";

// These speak of one connection, and there are two.
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/**
 * Starts the door on a loopback port. `routes` maps host names to origins and may be filled in later; a host that is
 * not in it belongs to the one called `*`. `passed(host)` answers all requests for a host so far, as one text.
 */
export async function startFront() {
  const routes = {};
  const heads = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer({ key, cert }, (request, response) => {
    heads.push([nameOf(request), request.method, request.url, JSON.stringify(request.headers)]);
    pass({ routes, agent, request, response });
  });
  // Longer than any pause of a test, so that a browser never meets a connection that is just closing.
  server.keepAliveTimeout = 65_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    agent.destroy();
    await closed;
  };
  const passed = (host) =>
    heads
      .filter(([name]) => name === host)
      .map((head) => head.join(" "))
      .join("\n");
  return { port, routes, originOf: (host) => `https://${host}:${port}`, passed, close };
}

const nameOf = ({ headers }) => (headers.host ?? "").toLowerCase().split(":")[0];

function pass({ routes, agent, request, response }) {
  const { method, url: path } = request;
  const { hostname, port } = new URL(routes[nameOf(request)] ?? routes["*"]);
  const headers = { ...endToEnd(request.headers), "x-forwarded-proto": "https" };
  const behind = startRequest({ hostname, port, method, path, headers, agent });
  behind.once("response", (answered) => {
    response.writeHead(answered.statusCode, answered.statusMessage, endToEnd(answered.headers));
    // It may be a stream that says nothing for a while.
    response.flushHeaders();
    answered.once("close", () => answered.complete || response.destroy());
    answered.pipe(response);
  });
  // Whoever went away, the other side is to see a broken connection.
  behind.once("error", () => response.destroy());
  response.once("close", () => behind.destroy());
  request.pipe(behind);
}

function endToEnd(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}
