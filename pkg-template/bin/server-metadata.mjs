// What an authorization server's metadata has to say for an application in a browser (RFC 8414).

import { failure, ok, orOk, warning } from "./findings.mjs";
import { quoted } from "./plain.mjs";

/** What of it is asked. */
export const endpoints = [
  "authorization_endpoint",
  "token_endpoint",
  "revocation_endpoint",
  "pushed_authorization_request_endpoint",
  "jwks_uri",
];
const needed = ["authorization_endpoint", "token_endpoint"];

export const checkMetadata = (metadata) => [
  ...checkEndpoints(metadata),
  checkPkce(metadata),
  ...checkLists(metadata),
  checkIssuerParameter(metadata),
  ...checkExtensions(metadata),
];

function checkEndpoints(metadata) {
  const problems = endpoints.flatMap((name) => {
    const href = metadata[name];
    if (href === undefined) return needed.includes(name) ? failure("META")`${name} is missing` : [];
    const url = typeof href === "string" && URL.canParse(href) ? new URL(href) : null;
    const isSafe = url && !url.hash && (url.protocol === "https:" || isLoopback(url));
    return isSafe ? [] : failure("META")`${name} is ${quoted(href)}; it must be an absolute https URL without fragment`;
  });
  return orOk(problems, ok("META")`the endpoints can be used`);
}

const isLoopback = ({ protocol, hostname }) => protocol === "http:" && /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname);

function checkPkce({ code_challenge_methods_supported: methods }) {
  if ([methods].flat().includes("S256")) return ok("PKCE")`S256 is announced`;
  return failure("PKCE")`code_challenge_methods_supported has no S256; if the server supports it all the same, set assumePkce: true`;
}

/** Whether a list that may be left out is there without this. Many a list is merely short: what the endpoint does says more. */
export const lacks = (metadata, name, value) => metadata[name] !== undefined && ![metadata[name]].flat().includes(value);

/** Lists that may be left out, and that tokenkeep goes by if they are there. */
function checkLists(metadata) {
  const problems = [
    lacks(metadata, "response_types_supported", "code") && failure("META")`response_types_supported lacks code`,
    lacks(metadata, "grant_types_supported", "authorization_code") && failure("META")`grant_types_supported lacks authorization_code`,
  ];
  return orOk(problems.filter(Boolean), ok("META")`it knows the code flow`);
}

function checkIssuerParameter({ authorization_response_iss_parameter_supported: announced }) {
  if (announced === true) return ok("ISS")`responses name their issuer (RFC 9207)`;
  return warning("ISS")`authorization_response_iss_parameter_supported is not true; responses can't be told from another server's by it`;
}

function checkExtensions({ dpop_signing_alg_values_supported: dpop, pushed_authorization_request_endpoint: push }) {
  const announced = [[dpop].flat().includes("ES256") && "DPoP with ES256", push && "pushed requests"].filter(Boolean);
  return announced.length > 0 ? [ok("MORE")`announced, and used: ${announced.join(", ")}`] : [];
}
