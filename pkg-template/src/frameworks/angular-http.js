import { HttpContextToken, HttpErrorResponse, HttpEventType, HttpHeaders, HttpResponse } from "@angular/common/http";
import { Observable } from "rxjs";

/** The options of one call: `new HttpContext().set(authOptions, { stepUp: true })`. */
export const authOptions = /* @__PURE__ */ new HttpContextToken(() => ({}));

/** What Angular's own backend does with `fetch`, but for progress, of which no worker tells. */
const exchange = (auth, request) =>
  new Observable((observer) => {
    const aborter = new AbortController();
    observer.next({ type: HttpEventType.Sent });
    answer(auth, request, aborter.signal).then((event) => {
      if (!event.ok) return observer.error(event);
      observer.next(event);
      observer.complete();
    });
    return () => aborter.abort();
  });

async function answer(auth, request, signal) {
  const url = request.urlWithParams;
  const told = { url };
  try {
    const { timeout } = request;
    const signals = timeout ? [signal, AbortSignal.timeout(timeout)] : [signal];
    const response = await auth.fetch(url, { ...describe(request), signal: AbortSignal.any(signals) });
    const { status, statusText, headers, ok } = response;
    Object.assign(told, { status, statusText, headers: new HttpHeaders(headers) });
    const body = await read(response, request.responseType);
    return ok ? new HttpResponse({ ...told, body }) : new HttpErrorResponse({ ...told, error: body });
  } catch (error) {
    return new HttpErrorResponse({ ...told, error });
  }
}

function describe(request) {
  const { method, cache, keepalive, integrity, mode, priority, referrerPolicy, context } = request;
  const headers = new Headers({ accept: "application/json, text/plain, */*" });
  const type = request.detectContentTypeHeader();
  if (type) headers.set("content-type", type);
  for (const name of request.headers.keys()) headers.set(name, request.headers.getAll(name));
  const credentials = request.withCredentials ? "include" : request.credentials;
  return {
    ...{ method, headers, body: request.serializeBody(), credentials, cache, keepalive },
    ...{ integrity, mode, priority, referrerPolicy, tokenkeep: context.get(authOptions) },
  };
}

const readers = { blob: "blob", arraybuffer: "arrayBuffer", text: "text", json: "text" };

async function read(response, type) {
  const content = await response[readers[type]]();
  if (type !== "json") return content;
  const text = content.replace(/^\)]}',?\n/, "");
  try {
    return text ? JSON.parse(text) : null;
  } catch (error) {
    if (response.ok) throw error;
    return text;
  }
}

/** For `withInterceptors`: requests whose URL begins with one of `urls` go by way of `auth.fetch`. */
export const authInterceptor =
  (auth, ...urls) =>
  (request, next) =>
    urls.some((url) => request.url.startsWith(url)) ? exchange(auth, request) : next(request);
