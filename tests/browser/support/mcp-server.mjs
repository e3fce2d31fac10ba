// A server of the official MCP SDK as a protected resource: its own middleware asks the authorization server about each
// token. It speaks Streamable HTTP at /mcp, and at /sse the transport that came before it.

import { randomUUID } from "node:crypto";

import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import { InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from "@modelcontextprotocol/sdk/server/auth/router.js";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

import { corsHeaders, listen, urlOf } from "../../../www/server/http.mjs";
import { EventStore } from "./event-store.mjs";

const EXPOSED = "Mcp-Session-Id, WWW-Authenticate";
const square = { name: "square", inputSchema: { type: "object", properties: { n: { type: "number" } } } };

/**
 * Starts the server. `verify(token)` asks the authorization server; `during({ n, token })` is waited for in the middle
 * of a call of the tool with the argument `n`, which came with `token`. With `issuer` it says by its metadata (RFC 9728)
 * that it trusts that one, and takes only tokens that are for itself.
 */
export async function startMcpServer({ verify, during = () => {}, issuer }) {
  const state = { sessions: new Map(), servers: new Set(), executions: [], requests: [], during };
  let app;
  const { port, close } = await listen((request, response) => app(request, response));
  const origin = `http://127.0.0.1:${port}`;
  app = application(state, { verify, issuer, resource: new URL("/mcp", origin) });
  return {
    origin,
    /** The arguments of the tool's executions. */
    executions: state.executions,
    /** What has arrived but for preflights: { method, path, lastEventId, answered(), status }, the last at its end. */
    requests: state.requests,
    /** How many clients are connected. */
    clients: () => state.servers.size,
    notify: (data) => Promise.all([...state.servers].map((one) => one.sendLoggingMessage({ level: "info", data }))),
    endStreams: () => Promise.all([...state.sessions.values()].map(endStream)),
    close,
  };
}

function application(state, { verify, issuer, resource }) {
  const app = createMcpExpressApp();
  const requiredScopes = ["files:read"];
  const resourceMetadataUrl = issuer && getOAuthProtectedResourceMetadataUrl(resource);
  const verifier = verifierOf(verify, issuer && resource.href);
  const bearer = requireBearerAuth({ verifier, requiredScopes, resourceMetadataUrl });
  app.use((request, response, next) => observe(state, request, response, next));
  if (issuer) app.use(metadataRouter({ issuer, resource, scopesSupported: requiredScopes }));
  app.all("/mcp", bearer, (request, response) => streamable(state, request, response));
  app.get("/sse", bearer, (request, response) => sse(state, response));
  app.post("/messages", bearer, (request, response) => message(state, request, response));
  return app;
}

const metadataRouter = ({ issuer, resource, scopesSupported }) =>
  mcpAuthMetadataRouter({ oauthMetadata: { issuer }, resourceServerUrl: resource, scopesSupported });

function verifierOf(verify, resource) {
  return {
    async verifyAccessToken(token) {
      const { active, clientId, scope, exp, aud } = await verify(token);
      const isOurs = !resource || aud === resource;
      if (!active || !isOurs) throw new InvalidTokenError("The access token expired, was revoked or is unknown");
      return { token, clientId, scopes: scope.split(" "), expiresAt: exp };
    },
  };
}

function observe({ requests }, request, response, next) {
  for (const [name, value] of Object.entries(corsHeaders(request, [request.headers.origin], EXPOSED))) response.setHeader(name, value);
  if (request.method === "OPTIONS") {
    response.setHeader("access-control-allow-methods", "GET, POST, DELETE");
    response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "");
    return void response.writeHead(204).end();
  }
  const { method, headers } = request;
  const { pathname: path } = urlOf(request);
  const lastEventId = headers["last-event-id"] ?? null;
  const answered = () => response.headersSent;
  const record = { method, path, lastEventId, status: null, answered };
  requests.push(record);
  response.once("close", () => (record.status = response.statusCode));
  return next();
}

async function streamable(state, request, response) {
  const { sessions } = state;
  let transport = sessions.get(request.headers["mcp-session-id"]);
  if (!transport) {
    transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new EventStore(),
      retryInterval: 50,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await serve(state, transport);
  }
  await transport.handleRequest(request, response, request.body);
}

async function sse(state, response) {
  const transport = new SSEServerTransport("/messages", response);
  state.sessions.set(transport.sessionId, transport);
  await serve(state, transport);
}

function message({ sessions }, request, response) {
  const transport = sessions.get(urlOf(request).searchParams.get("sessionId"));
  return transport ? transport.handlePostMessage(request, response, request.body) : response.sendStatus(404);
}

async function serve({ servers, executions, during }, transport) {
  const server = new Server({ name: "squares", version: "1.0.0" }, { capabilities: { tools: {}, logging: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [square] }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { authInfo }) => {
    const { n } = params.arguments;
    executions.push(n);
    await during({ n, token: authInfo.token });
    return { content: [{ type: "text", text: `${n * n}` }] };
  });
  server.onclose = () => servers.delete(server);
  await server.connect(transport);
  servers.add(server);
}

/** Ends the stream that notifications come by; Streamable HTTP keeps its session. */
const endStream = (transport) => (transport instanceof SSEServerTransport ? transport.close() : transport.closeStandaloneSSEStream());
