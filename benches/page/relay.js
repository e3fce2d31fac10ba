/** `fetch(url, init)` through a worker that runs relay-worker.js and nothing else. */
export function relayThrough(worker, token) {
  const port = worker.port ?? worker;
  const waiting = new Map();
  let last = 0;
  port.onmessage = ({ data: { id, body, status, headers } }) => {
    waiting.get(id)(new Response(body, { status, headers }));
    waiting.delete(id);
  };
  port.postMessage({ token });
  return (url, init) =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      port.postMessage({ id: last, url, init });
    });
}
