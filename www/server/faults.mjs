// The faults that the demo's buttons inject: at the token endpoint, and at the paths of the API that the demo calls.

const TOKEN_PATHS = ["/token"];
const API_PATHS = ["/v1/work", "/v1/files", "/v1/effects"];

const FAULTS = {
  "token-503": { paths: TOKEN_PATHS, kind: "status", status: 503, forMs: 5_000 },
  "token-hang": { paths: TOKEN_PATHS, kind: "hang", forMs: 5_000 },
  "token-reset": { paths: TOKEN_PATHS, kind: "reset", times: 3 },
  "token-429": { paths: TOKEN_PATHS, kind: "status", status: 429, headers: { "retry-after": "3" }, times: 1 },
  "token-html": { paths: TOKEN_PATHS, kind: "html", times: 3 },
  "token-lost": { paths: TOKEN_PATHS, kind: "drop-after", times: 1 },
  "api-429": { paths: API_PATHS, kind: "status", status: 429, headers: { "retry-after": "2" }, forMs: 1_500 },
  "api-503": { paths: API_PATHS, kind: "status", status: 503, forMs: 3_000 },
};
// What these spoil never reaches the server behind.
const STOPPING = ["status", "html", "hang", "reset"];
const NEWEST = 40;

/** What `startFaultProxy` is to keep of a request to the authorization server. */
export const describeGrant = (body) => ({ grantType: new URLSearchParams(body.toString()).get("grant_type") });

/** The named faults of a demo whose servers stand behind these proxies. */
export function createFaults({ tokenProxy, apiProxy }) {
  const proxyOf = (name) => (name.startsWith("api-") ? apiProxy : tokenProxy);
  const refreshes = () => tokenProxy.attempts.filter(isRefresh);
  return {
    inject(name, more = {}) {
      if (!Object.hasOwn(FAULTS, name)) throw new Error(`no fault is called ${name}`);
      const { paths, ...fault } = FAULTS[name];
      // A browser repeats a request that breaks on a connection it had used before; this one is to break once.
      proxyOf(name).closeIdleConnections();
      for (const path of paths) proxyOf(name).inject({ name, path, ...fault, ...more });
    },
    restore() {
      tokenProxy.restore();
      apiProxy.restore();
    },
    /** The named faults in force, each once, with what is left of it. */
    inForce: () => [...new Map([...tokenProxy.faults(), ...apiProxy.faults()].map(summary)).values()],
    /** The newest refreshes that were tried. */
    refreshes: () => refreshes().slice(-NEWEST),
    /** How many of them the authorization server never saw. */
    stopped: () => refreshes().filter(({ fault }) => STOPPING.includes(fault)).length,
  };
}

const isRefresh = ({ grantType }) => grantType === "refresh_token";

const summary = ({ name, left, leftMs }) => [
  name,
  { name, left: Number.isFinite(left) ? left : null, leftMs: Number.isFinite(leftMs) ? Math.round(leftMs) : null },
];
