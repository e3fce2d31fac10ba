import { fail } from "../errors.js";

// Page mode shares its realm with script that may patch whatever tokens pass through. What is here was taken when the
// package was loaded; the bundler puts these in the place of the globals of the same names: see builtins.js.
// Script that ran earlier is not stopped by this, and what the browser itself looks up at the time is not either.

const { apply, construct, defineProperty, getPrototypeOf, getOwnPropertyDescriptor, ownKeys, setPrototypeOf } = Reflect;
const { freeze } = Object;
// A DOM for tests may have nothing of this kind, or something that is made otherwise.
if (!getOwnPropertyDescriptor(globalThis.Response?.prototype ?? {}, "status")?.get)
  throw fail(
    "BROWSER_MISSING",
    "the holder in the page needs the fetch and the Response of a browser or of Node: run this there, or test with fakeAuth() of tokenkeep/testing",
  );
const uncurried =
  (method) =>
  (that, ...given) =>
    apply(method, that, given);
const getter = (Class, name) => uncurried(getOwnPropertyDescriptor(Class.prototype, name).get);
// Outside of secure contexts there is no WebCrypto.
const methods = (object = {}, ...names) =>
  freeze({ __proto__: null, ...Object.fromEntries(names.map((name) => [name, object[name]?.bind(object)])) });

/** A prototype with all that `prototype` inherits but for Object's, that nobody can change. */
function copied(prototype) {
  const copy = { __proto__: null };
  for (let from = prototype; from && from !== Object.prototype; from = getPrototypeOf(from)) {
    for (const key of ownKeys(from)) if (!(key in copy)) defineProperty(copy, key, getOwnPropertyDescriptor(from, key));
  }
  return copy;
}

/** As `Class`, but its objects have their methods from a copy. */
function safe(Class) {
  const prototype = copied(Class.prototype);
  function Safe(...given) {
    const made = construct(Class, given);
    setPrototypeOf(made, prototype);
    return made;
  }
  defineProperty(prototype, "constructor", { __proto__: null, value: Safe });
  // What a typed array makes of itself is of this kind too.
  defineProperty(Safe, Symbol.species, { __proto__: null, value: Safe });
  Safe.prototype = freeze(prototype);
  return freeze(setPrototypeOf(Safe, null) && Safe);
}

const NativePromise = Promise;
const nativeFetch = fetch;
const nativeCrypto = globalThis.crypto ?? {};
const { Instance, Module, Memory, Table } = globalThis.WebAssembly ?? {};
const [memoryPrototype, tablePrototype] = [Memory, Table].map((Class) => freeze(copied(Class?.prototype)));
const [statusOf, typeOf, headersOf, bodyOf] = ["status", "type", "headers", "body"].map((name) => getter(Response, name));
const getHeader = uncurried(Headers.prototype.get);
const getReader = uncurried(ReadableStream.prototype.getReader);
const [charCodeAt, slice] = ["charCodeAt", "slice"].map((name) => uncurried(String.prototype[name]));
const [read, cancelReader] = ["read", "cancel"].map((name) => uncurried(ReadableStreamDefaultReader.prototype[name]));

/** A promise that `await` takes as it is: without a constructor of its own it would ask the patched one. */
export function own(promise) {
  defineProperty(promise, "constructor", { __proto__: null, value: NativePromise });
  return promise;
}

/** `fetch` for what has tokens in its answer: of that there is only what `http.js` needs. */
const fetchSealed = (url, init) => own(openSealed(url, init));

async function openSealed(url, init) {
  return sealed(await own(apply(nativeFetch, undefined, [url, init])));
}

function sealed(response) {
  const stream = bodyOf(response);
  const cancel = async () => stream && cancelReader(getReader(stream));
  const open = () => {
    const reader = getReader(stream);
    return { __proto__: null, read: () => own(read(reader)), cancel: () => cancelReader(reader) };
  };
  const headers = { __proto__: null, get: (name) => getHeader(headersOf(response), name) };
  return {
    __proto__: null,
    status: statusOf(response),
    type: typeOf(response),
    headers,
    body: stream && { __proto__: null, getReader: open, cancel },
  };
}

/** Sends a request with its token in a record that nobody can look into on the way. */
export function dispatchCaptured(href, init, fields) {
  const headers = { __proto__: null };
  for (const [name, value] of init.headers) headers[name] = value;
  return apply(nativeFetch, undefined, [href, { __proto__: null, ...init, headers: { __proto__: null, ...headers, ...fields } }]);
}

/**
 * `host` with functions that are carried out when the wasm has returned. While it runs nothing of the page's may: a stack
 * trace that is made then has its instance.
 */
export function deferred(host) {
  const deferring = { __proto__: null };
  for (const name of ownKeys(host)) deferring[name] = (...given) => void soon(host[name], given);
  // These have an answer, and call nothing of the page's before it.
  deferring.sign = host.sign;
  deferring.watch = host.watch;
  return deferring;
}

async function soon(act, given) {
  // The memory that they show will have changed by then.
  for (let n = 0; n < given.length; n += 1) if (given[n] instanceof SafeUint32Array) given[n] = given[n].slice();
  await undefined;
  try {
    apply(act, undefined, given);
  } catch {
    // Its core has broken down.
  }
}

/** Takes care that the way to the wasm's memory is not by way of a patched getter. */
export function secure({ memory, __wbindgen_externrefs: table }) {
  setPrototypeOf(memory, memoryPrototype);
  setPrototypeOf(table, tablePrototype);
}

/** `text` for the glue to read: it has of its own what that would ask String.prototype for. */
export const readable = (text) => (typeof text === "string" ? { __proto__: legibles, text, length: text.length } : text);

const legibles = freeze({
  __proto__: null,
  charCodeAt(at) {
    return charCodeAt(this.text, at);
  },
  slice(start) {
    return slice(this.text, start);
  },
  toString() {
    return this.text;
  },
});

/**
 * What the wasm imports: `imports`, but for the one that fills the wasm's memory with random values and is called `random`. The
 * glue's may fail, and what may fail it calls by way of Function.prototype.apply. `memory` answers the present memory.
 */
export function imported(imports, random, memory) {
  const fill = (address, length) => void capturedCrypto.getRandomValues(new SafeUint8Array(memory().buffer, address >>> 0, length));
  return freeze({ __proto__: null, ...imports, ...(capturedCrypto.getRandomValues && { [random]: fill }) });
}

const subtle = methods(nativeCrypto.subtle, "digest", "exportKey", "generateKey", "importKey", "sign", "verify");
const capturedCrypto = freeze({ ...methods(nativeCrypto, "getRandomValues"), subtle });
const capturedPerformance = methods(performance, "now");
const capturedDate = methods(Date, "now");
const capturedReflect = freeze({ __proto__: null, apply, getPrototypeOf, ownKeys });

function OwnPromise(executor) {
  return own(construct(NativePromise, [executor]));
}
OwnPromise.resolve = own;
OwnPromise.reject = (reason) => new OwnPromise((_, reject) => reject(reason));
freeze(setPrototypeOf(OwnPromise, null));

/** Takes what is `readable` too; Node's own wants nothing but strings. */
function OwnTextEncoder() {
  const encoder = new SafeTextEncoder();
  return freeze({
    __proto__: null,
    encode: (text) => encoder.encode(`${text}`),
    encodeInto: (text, view) => encoder.encodeInto(`${text}`, view),
  });
}

const capturedWebAssembly = freeze({ __proto__: null, Module, Instance: Instance && safe(Instance) });
const [SafeRegistry, SafeMap, SafeTextDecoder, SafeTextEncoder, SafeUint8Array, SafeUint32Array] = [
  ...[FinalizationRegistry, Map, TextDecoder, TextEncoder, Uint8Array, Uint32Array],
].map(safe);

export {
  capturedWebAssembly as WebAssembly,
  SafeRegistry as FinalizationRegistry,
  capturedCrypto as crypto,
  capturedDate as Date,
  capturedPerformance as performance,
  fetchSealed as fetch,
  OwnPromise as Promise,
  capturedReflect as Reflect,
  SafeMap as Map,
  SafeTextDecoder as TextDecoder,
  OwnTextEncoder as TextEncoder,
  SafeUint8Array as Uint8Array,
  SafeUint32Array as Uint32Array,
};
