// Gets documents as an authorization server would: no redirect, no credentials, not more than there may be.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

import { failure, ok } from "./findings.mjs";

const mostBytes = 1024 * 1024;
const patience = 10_000;

/** Resolves to `{ status, location, type, bytes }` of what is at `place`, a URL or a file, or to `{ error }`. */
export async function fetchDocument(place) {
  try {
    return /^https?:/i.test(place) ? await get(place) : await read(place);
  } catch (error) {
    return { error: error.cause?.message ?? error.message };
  }
}

async function read(place) {
  return { status: 200, type: "application/json", bytes: await readFile(pathToFileURL(place)) };
}

async function get(url) {
  const response = await fetch(url, { redirect: "manual", headers: { accept: "application/json" }, signal: AbortSignal.timeout(patience) });
  const { status } = response;
  if (status >= 300 && status < 400) return { status, location: response.headers.get("location") ?? "somewhere" };
  const type = (response.headers.get("content-type") ?? "").split(";")[0].trim();
  const chunks = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > mostBytes) return { error: `it has more than ${mostBytes} bytes` };
    chunks.push(chunk);
  }
  return { status, type, bytes: Buffer.concat(chunks) };
}

/** Asks as a script of `origin` would, and follows nothing: `{ status, headers, text }`, or `{ error }`. */
export async function ask(url, { origin, method = "GET", headers = {}, form }) {
  const body = form && new URLSearchParams(form);
  const init = { method: body ? "POST" : method, body, redirect: "manual", signal: AbortSignal.timeout(patience) };
  try {
    const response = await fetch(url, { ...init, headers: { ...(origin && { origin }), ...headers } });
    return { status: response.status, headers: response.headers, text: (await response.text()).slice(0, mostBytes) };
  } catch (error) {
    return { error: error.cause?.message ?? error.message };
  }
}

/** Whether the authorization server with this issuer takes metadata documents (CIMD-4). */
export async function takesDocuments(issuer) {
  const row = "CIMD-4";
  if (!URL.canParse(issuer)) return [failure(row)`${issuer} is no issuer's URL`];
  for (const url of wellKnown(issuer)) {
    const { status, bytes } = await fetchDocument(url);
    const metadata = status === 200 ? parse(bytes) : null;
    if (metadata?.issuer !== issuer) continue;
    if (metadata.client_id_metadata_document_supported === true) return [ok(row)`${issuer} takes metadata documents`];
    return [failure(row)`${issuer} doesn't say that it takes metadata documents; register there instead`];
  }
  return [failure(row)`no metadata was found at ${issuer} that names it as its issuer`];
}

/** Where the metadata may be (RFC 8414, 3.1; OpenID Connect Discovery 4). */
export function wellKnown(issuer) {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, "");
  const inserted = ["oauth-authorization-server", "openid-configuration"].map((name) => `${origin}/.well-known/${name}${path}`);
  return [...inserted, `${origin}${path}/.well-known/openid-configuration`];
}

export function parse(bytes) {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}
