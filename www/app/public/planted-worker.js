// The attack of the demo: a service worker of the app's origin. It claims every page and worker that runs, hands on every
// request it is given, and keeps what it saw: how often, whether there was an Authorization header, and all of the text.

const MOST_ROWS = 200;
const LONGEST = 50_000;
const caught = new Map();

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.respondWith(handOn(event)));
addEventListener("message", ({ data, ports: [port] }) => data === "tell" && port?.postMessage([...caught.values()]));

async function handOn({ request, clientId }) {
  const { origin, pathname } = new URL(request.url);
  // What the page asks of the demo's own server is counted only: it shows what was caught, so that would be in it again.
  const isRead = origin !== location.origin || !pathname.startsWith("/demo/");
  const row = rowOf({ method: request.method, url: origin + pathname, asker: await askerOf(request, clientId) });
  row.times += 1;
  if (request.headers.has("authorization")) row.authorized += 1;
  if (isRead) keep(row, [...request.headers].join("\n"), request.clone());
  const response = await fetch(request);
  if (isRead) keep(row, [...response.headers].join("\n"), response.clone());
  return response;
}

function rowOf(about) {
  const name = Object.values(about).join(" ");
  if (!caught.has(name)) caught.set(name, { name, ...about, times: 0, authorized: 0, text: "" });
  if (caught.size > MOST_ROWS) caught.delete(caught.keys().next().value);
  return caught.get(name);
}

/** Who asks, as far as browsers tell: Chromium has no name for workers that were claimed while they ran. */
async function askerOf({ mode }, clientId) {
  if (mode === "navigate") return "the browser";
  const client = clientId ? await clients.get(clientId) : undefined;
  return client?.type === "window" ? "a page" : "a worker";
}

async function keep(row, head, message) {
  const body = await message.text().catch(() => "");
  row.text = `${row.text}\n${head}\n${body}`.slice(-LONGEST);
}
