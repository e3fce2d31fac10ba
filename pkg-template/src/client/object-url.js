import { TokenKeepError } from "../errors.js";

// What a browser shows and doesn't run. A page of such a URL is of the app's origin.
const harmless = /^(image\/(?!svg)|audio\/|video\/|font\/|text\/plain\b|application\/pdf$)/i;
const download = "application/octet-stream";

/**
 * Makes a `blob:` URL of the answer to a request that `send` sends. With the end of `init.signal` it is gone, and so is the request
 * before it.
 */
export async function objectURL(send, input, { dangerKeepType, ...init } = {}) {
  const { signal } = init;
  const response = await send(input, init);
  if (!response.ok) throw refused(response);
  const blob = await response.blob();
  signal?.throwIfAborted();
  const url = URL.createObjectURL(dangerKeepType || harmless.test(blob.type) ? blob : blob.slice(0, blob.size, download));
  signal?.addEventListener("abort", () => URL.revokeObjectURL(url), { once: true });
  return url;
}

function refused(response) {
  void response.body?.cancel().catch(() => {});
  const { status, url } = response;
  const message = `the API answered ${status}, and there is nothing to show: see what auth.fetch() says of this URL`;
  return new TokenKeepError({ code: "TOKENKEEP_OBJECT_UNAVAILABLE", message, url: url.split(/[?#]/)[0] || undefined });
}
