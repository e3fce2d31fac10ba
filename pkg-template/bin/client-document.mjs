// What makes a good Client ID Metadata Document for an application in a browser.

import { failure, ok, orOk, warning } from "./findings.mjs";
import { quoted } from "./plain.mjs";

const mostBytes = 5 * 1024;
const secrets = ["client_secret", "client_secret_expires_at"];
const pages = ["client_uri", "logo_uri", "tos_uri", "policy_uri"];

/** The URL, as the application says it (CIMD-1). */
export function checkAddress(text) {
  const row = "CIMD-1";
  if (!URL.canParse(text)) return [failure(row)`this is no absolute URL`];
  const url = new URL(text);
  const problems = [
    url.protocol !== "https:" && failure(row)`the URL must be https`,
    url.pathname === "/" && failure(row)`the URL needs a path, such as /client.json`,
    hasDots(text) && failure(row)`the URL must not have . or .. among its segments`,
    text.includes("#") && failure(row)`the URL must not have a fragment`,
    (url.username || url.password) && failure(row)`the URL must not have a user name or password`,
    url.search && warning(row)`the URL has a query, which is discouraged`,
    text !== url.href && failure(row)`write the URL as browsers do: ${url.href}`,
    isPrivate(url.hostname) && warning(row)`authorization servers elsewhere can't reach this host`,
  ];
  return orOk(problems.filter(Boolean), ok(row)`the URL can be a client id`);
}

function hasDots(text) {
  const path = text.replace(/^[^:]+:\/\/[^/?#]*/, "").replace(/[?#].*/s, "");
  return path.split(/[/\\]/).some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
}

const isPrivate = (host) =>
  /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.|^\[(::1|f[cd]|fe[89ab])|(^|\.)(localhost|local|internal)$/.test(host);

/** How it was served (CIMD-2, CIMD-5). `document` is what was in it, if that can be looked at. */
export function checkAnswer({ error, status, location, type, bytes }) {
  const row = "CIMD-2";
  const only = (problem) => ({ findings: [problem] });
  if (error) return only(failure(row)`the document can't be had: ${error}`);
  if (location !== undefined) return only(failure(row)`it redirects to ${location}; serve the document at its own URL`);
  if (status !== 200) return only(failure(row)`it is answered with ${status}; it must be 200`);
  const problems = [];
  if (!/^application\/([\w.-]+\+)?json$/i.test(type))
    problems.push(failure(row)`its type is ${type || "missing"}; it must be application/json`);
  const size =
    bytes.length > mostBytes
      ? failure("CIMD-5")`it has ${bytes.length} bytes; servers take ${mostBytes}`
      : ok("CIMD-5")`it has ${bytes.length} bytes`;
  const document = parse(bytes);
  if (!document) problems.push(failure(row)`it is not a JSON object`);
  return { findings: [...orOk(problems, ok(row)`it is served as 200 JSON without a redirect`), size], document };
}

function parse(bytes) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value && typeof value === "object" && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What it says, as the metadata of the client with the id `url`. */
export function checkDocument(document, url) {
  return [
    document.client_id === url
      ? ok("CIMD-2")`client_id is its own URL`
      : failure("CIMD-2")`client_id is ${quoted(document.client_id)}; it must be ${quoted(url)}`,
    ...checkSecrets(document),
    ...checkRedirection(document, url),
    ...checkGrants(document),
    checkType(document),
    ...checkPages(document),
  ];
}

function checkSecrets(document) {
  const method = document.token_endpoint_auth_method;
  const problems = secrets.filter((name) => name in document).map((name) => failure("CIMD-3")`${name} has no place in a public document`);
  if (method !== "none")
    problems.push(failure("CIMD-3")`token_endpoint_auth_method is ${method === undefined ? "missing" : quoted(method)}; it must be "none"`);
  return orOk(problems, ok("CIMD-3")`the client is a public one`);
}

function checkRedirection({ redirect_uris: uris }, url) {
  const row = "REG-2";
  if (!Array.isArray(uris) || uris.length === 0) return [failure(row)`redirect_uris must be an array with at least one URL`];
  const problems = uris.flatMap((uri) => {
    const target = typeof uri === "string" && URL.canParse(uri) ? new URL(uri) : null;
    if (!target || target.hash || uri.includes("#")) return failure(row)`${quoted(uri)} is no absolute URL without fragment`;
    const loopback = target.protocol === "http:" && isPrivate(target.hostname);
    if (target.protocol !== "https:" && !loopback) return failure(row)`${uri} must be https`;
    const foreign = !loopback && URL.canParse(url) && target.origin !== new URL(url).origin;
    return foreign ? warning(row)`${uri} is on another origin than the document, which some servers refuse` : [];
  });
  return orOk(problems, ok(row)`redirect_uris can be used`);
}

function checkGrants({ grant_types: grants = ["authorization_code"], response_types: responses = ["code"] }) {
  const has = (list, value) => Array.isArray(list) && list.includes(value);
  const problems = [
    !has(grants, "authorization_code") && failure("MCP-15")`grant_types must have authorization_code`,
    !has(grants, "refresh_token") && warning("MCP-15")`grant_types should have refresh_token, or sessions end with their first token`,
    !has(responses, "code") && failure("MCP-15")`response_types must have code`,
  ];
  return orOk(problems.filter(Boolean), ok("MCP-15")`the client may use the code flow`);
}

function checkType({ application_type: type, redirect_uris: uris }) {
  const expected = [uris].flat().some((uri) => typeof uri === "string" && uri.startsWith("https:")) ? "web" : "native";
  if (type === expected) return ok("MCP-12")`application_type is ${expected}`;
  if (type === undefined) return warning("MCP-12")`application_type is missing; say "${expected}"`;
  return warning("MCP-12")`application_type is ${quoted(type)}; with these redirect_uris it should be "${expected}"`;
}

function checkPages(document) {
  const isSafe = (href) => typeof href === "string" && href.startsWith("https://");
  const insecure = pages.filter((name) => name in document && !isSafe(document[name]));
  const problems = insecure.map((name) => failure("CIMD-3")`${name} must be an https URL`);
  return document.client_name ? problems : [...problems, warning("CIMD-3")`client_name is missing; people would be shown the URL`];
}
