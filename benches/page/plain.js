/**
 * What an application would write by hand to have its calls carry a token: the target is checked, requests wait for one
 * shared promise while the token is renewed, and a 401 renews it and is replayed once.
 */
export function plainWrapper({ resourceServers, tokenEndpoint, tokens }) {
  const servers = resourceServers.map((href) => new URL(href));
  let header, refreshToken, staleAt, refreshing;

  function install({ access_token, refresh_token, expires_in }) {
    header = `Bearer ${access_token}`;
    refreshToken = refresh_token;
    staleAt = Date.now() + expires_in * 800;
    refreshing = undefined;
  }

  async function refresh() {
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
    const response = await fetch(tokenEndpoint, { method: "POST", body, redirect: "error", credentials: "omit" });
    install(await response.json());
  }

  const covers = (url) => servers.some(({ origin, pathname }) => url.origin === origin && isUnder(url.pathname, pathname));

  function send(href, init, isReplay) {
    init.headers.set("authorization", header);
    const sentWith = header;
    return fetch(href, init).then((response) => (response.status === 401 && !isReplay ? replay(href, init, sentWith) : response));
  }

  function replay(href, init, sentWith) {
    if (header !== sentWith) return send(href, init, true);
    refreshing ??= refresh();
    return refreshing.then(() => send(href, init, true));
  }

  function call(input, init) {
    const url = new URL(input, document.baseURI);
    if (!covers(url)) return Promise.reject(new TypeError("the token does not go there"));
    const headers = new Headers(init?.headers);
    const full = { credentials: "omit", referrerPolicy: "no-referrer", ...init, headers, redirect: "manual" };
    if (refreshing || Date.now() >= staleAt) {
      refreshing ??= refresh();
      return refreshing.then(() => send(url.href, full, false));
    }
    return send(url.href, full, false);
  }

  install(tokens);
  return { fetch: call, isRefreshing: () => refreshing !== undefined, header: () => header };
}

const isUnder = (path, base) => path === base || path.startsWith(base.endsWith("/") ? base : `${base}/`);
