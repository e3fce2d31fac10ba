// An application that talks to tools by the official MCP SDK and lets it fetch by the session.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";

const transports = { sse: SSEClientTransport, streamable: StreamableHTTPClientTransport };

/** Connects to the MCP server at `url`; `notes` are the data of its log messages, in order. */
globalThis.connectMcp = async (kind, url) => {
  const client = new Client({ name: "app", version: "1.0.0" });
  const notes = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void notes.push(params.data));
  await client.connect(new transports[kind](new URL(url), { fetch: app.auth.fetch }));
  globalThis.mcp = { client, notes, callTools: (...wanted) => callTools(client, ...wanted) };
};

/** Calls the tool for each number, as many at once as given; what each call came to. */
async function callTools(client, numbers, atOnce) {
  const waiting = [...numbers];
  const outcomes = {};
  const callOnAndOn = async () => {
    for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) {
      const { value, error } = await app.outcome(() => client.callTool({ name: "square", arguments: { n } }));
      outcomes[n] = error ? `${error.name}: ${error.message}` : value.content[0].text;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, callOnAndOn));
  return outcomes;
}
