// The API that the calls go to: it checks the token and answers from memory, so that there is little of it in the figures.

import { listen, send } from "../../www/server/http.mjs";

const answers = {
  "/v1/small": { body: jsonOf(64) },
  "/v1/json": { body: jsonOf(2 * 1024) },
  "/v1/stream": { body: jsonOf(2 * 1024), pieces: 4 },
  "/v1/64k": { body: jsonOf(64 * 1024) },
  "/v1/1m": { body: jsonOf(1024 * 1024) },
};

/** Starts it on a loopback port; `accepts(authorization)` says whether a request may pass, `origins()` from where. */
export async function startResourceServer({ accepts, origins }) {
  const counts = { served: 0, refused: 0 };
  const { port, close } = await listen((request, response) => answer({ accepts, origins, counts }, request, response));
  return { url: `http://127.0.0.1:${port}/v1/`, counts, close };
}

function answer({ accepts, origins, counts }, request, response) {
  const { origin } = request.headers;
  if (origins().includes(origin)) response.setHeader("access-control-allow-origin", origin);
  if (request.method === "OPTIONS") return preflight(response);
  const found = answers[request.url];
  if (!found) return send(response, 404, "");
  if (!accepts(request.headers.authorization)) {
    counts.refused += 1;
    return send(response, 401, "", { "www-authenticate": 'Bearer error="invalid_token"' });
  }
  counts.served += 1;
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  if (!found.pieces) return send(response, 200, found.body, headers);
  response.writeHead(200, headers);
  for (const piece of cut(found.body, found.pieces)) response.write(piece);
  return response.end();
}

function preflight(response) {
  send(response, 204, "", { "access-control-allow-headers": "authorization", "access-control-max-age": "600" });
}

const cut = (bytes, pieces) =>
  Array.from({ length: pieces }, (_, i) => bytes.subarray((i * bytes.length) / pieces, ((i + 1) * bytes.length) / pieces));

/** JSON text of exactly `length` bytes: a list of records, and a note of whatever length is missing. */
function jsonOf(length) {
  const write = (records, note) => JSON.stringify({ records, note });
  const record = { id: 1, name: "keep.txt", owner: "bench", size: 512, tags: ["one", "two"] };
  const count = Math.floor((length - write([], "").length) / (JSON.stringify(record).length + 1));
  const records = Array.from({ length: Math.max(count, 0) }, () => record);
  return Buffer.from(write(records, "x".repeat(length - write(records, "").length)));
}
