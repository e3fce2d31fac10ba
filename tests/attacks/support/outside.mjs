import { request as startRequest } from "node:https";

import { readBody } from "../../../www/server/http.mjs";

/** Sends a request to a host of the rig whose front listens at `port`; resolves to `{ status, headers, text }`. */
export function request(port, url, { method = "GET", headers = {}, body } = {}) {
  const { host, hostname, pathname, search } = new URL(url);
  const text = body === undefined ? "" : String(body);
  const type = body instanceof URLSearchParams && { "content-type": "application/x-www-form-urlencoded" };
  const options = { host: "127.0.0.1", port, servername: hostname, path: pathname + search, method };
  return new Promise((resolve, reject) => {
    // The certificate is of our own making.
    const sent = startRequest({ ...options, rejectUnauthorized: false, headers: { host, ...type, ...headers } });
    sent.once("error", reject);
    sent.once("response", async (answer) => {
      const read = (await readBody(answer)).toString();
      resolve({ status: answer.statusCode, headers: answer.headers, text: read });
    });
    sent.end(text);
  });
}
