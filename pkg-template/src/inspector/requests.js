import { isTokenKeepError } from "../errors.js";

const most = 20;
const longest = 40;
const books = new WeakMap();

function bookOf(auth) {
  if (!books.has(auth)) books.set(auth, { notes: [], listeners: new Set() });
  return books.get(auth);
}

/** The last requests that were noted, oldest first. */
export const notesOf = (auth) => bookOf(auth).notes.map((note) => ({ ...note }));

/** Calls `listener` with each note once its request is over, until the answer is called. */
export function hear(auth, listener) {
  const { listeners } = bookOf(auth);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** `auth.fetch` that takes notes. */
export function recordRequests(auth) {
  const book = bookOf(auth);
  return async (input, init) => {
    const note = begin(book, input, init);
    const started = performance.now();
    const end = (outcome) => {
      Object.assign(note, outcome, { ms: Math.round(performance.now() - started) });
      for (const listener of book.listeners) tell(listener, { ...note });
    };
    try {
      const response = await auth.fetch(input, init);
      end({ status: response.status, explanation: auth.explain(response)?.kind ?? null });
      return response;
    } catch (error) {
      end({ error: nameOf(error) });
      throw error;
    }
  };
}

/** Whoever shows a request is no reason for it to fail. */
function tell(listener, note) {
  try {
    listener(note);
  } catch {}
}

function begin({ notes }, input, init) {
  const { url, method } = describe(input, init);
  const note = { time: Date.now(), method, url, status: null, error: null, explanation: null, ms: null };
  notes.push(note);
  if (notes.length > most) notes.shift();
  return note;
}

/** What is asked, without what people and programs hide in queries. What can't be asked at all says so by its error. */
function describe(input, init) {
  try {
    const { origin, pathname } = new URL(input?.url ?? input, globalThis.location?.href);
    return { url: origin + pathname, method: short(`${init?.method ?? input?.method ?? "GET"}`.toUpperCase()) };
  } catch {
    return { url: "?", method: "?" };
  }
}

const nameOf = (error) => (isTokenKeepError(error) ? error.code : short(`${error?.name ?? "an error without a name"}`));

const short = (text) => text.slice(0, longest);
