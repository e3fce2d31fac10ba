// Gets documents as an authorization server would: no redirect, no credentials, not more than there may be.

import { createReadStream } from "node:fs";
import { pathToFileURL } from "node:url";

import { readBounded, request, tooMuch } from "./network.mjs";

/** Resolves to `{ status, location, type, bytes }` of what is at `place`, a URL or a file, or to `{ error }`. */
export async function fetchDocument(place, { seconds } = {}) {
  const answer = /^https?:/i.test(place) ? await get(place, seconds) : await read(place);
  return answer.isCut ? { error: tooMuch } : answer;
}

async function read(place) {
  try {
    return { status: 200, type: "application/json", ...(await readBounded(createReadStream(pathToFileURL(place)))) };
  } catch (error) {
    return { error: error.message };
  }
}

async function get(url, seconds) {
  const { headers, ...answer } = await request(url, { headers: { accept: "application/json" }, seconds });
  if (answer.error) return answer;
  const isRedirect = answer.status >= 300 && answer.status < 400;
  if (isRedirect) return { status: answer.status, location: headers.get("location") ?? "somewhere" };
  return { ...answer, type: (headers.get("content-type") ?? "").split(";")[0].trim() };
}

/** Where the metadata may be (RFC 8414, 3.1; OpenID Connect Discovery 4). */
export function wellKnown(issuer) {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, "");
  const inserted = ["oauth-authorization-server", "openid-configuration"].map((name) => `${origin}/.well-known/${name}${path}`);
  return [...new Set([...inserted, `${origin}${path}/.well-known/openid-configuration`])];
}

export function parse(bytes) {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}
