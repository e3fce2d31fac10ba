import { change } from "../kernel/database.js";

// A visit is one way from an app to the authorization server and back: `{ app, kind, popup, tab, options, returnTo, arrival }` by its
// ticket, then `key`, the name of what the holder has kept for it, then `href`, what it came back with, or `error`. None of it
// is a token. It is in the store since the holder may end with its last page.
const place = { database: "tokenkeep-visits", store: "visits" };
const lifetime = 600_000;
const mostOfAnApp = 16;

/** Keeps a new visit; resolves to whether it could be kept. */
export async function begin(ticket, visit) {
  const kept = await change(place, (store) => {
    store.add({ ...visit, created: Date.now() }, ticket);
    tidy(store, visit.app);
  });
  return Boolean(kept);
}

/** Takes note that the user leaves for the authorization server. The options have done their duty. */
export const leave = (ticket, key) => update(ticket, ({ options: _, ...visit }) => ({ ...visit, key }));

/** Puts aside why a visit came to nothing. */
export const end = (ticket, error) => update(ticket, (visit) => ({ ...visit, error }));

/** A visit that has not left yet, or undefined. */
export const waiting = (ticket) => find((visit, name) => name === ticket && visit.options);

/**
 * Puts what came back aside, for the frame of the app to find. Resolves to `[ticket, visit]`; to undefined if nobody has left
 * with this key, or is back already: a later response can't take the place of the first.
 */
export const putAside = async (key, href) => {
  const found = await find((visit) => visit.key === key && !visit.href && !visit.error);
  if (found) await update(found[0], (visit) => (visit.href ? visit : { ...visit, href }));
  return found;
};

/** Takes the visit of this app that is over out of the store, once. */
export async function take(ticket, app) {
  const read = await change(place, (store) => {
    const request = store.get(ticket);
    request.onsuccess = () => isOver(request.result, app) && store.delete(ticket);
    return request;
  });
  return isOver(read?.result, app) ? read.result : undefined;
}

/** The ticket of the newest visit of this app's tab that is over, or undefined. */
export async function over(tab, app) {
  if (typeof tab !== "string") return undefined;
  const found = await all((visit) => visit.tab === tab && isOver(visit, app));
  return found.sort(([, a], [, b]) => b.created - a.created)[0]?.[0];
}

const isOver = (visit, app) => visit?.app === app && isFresh(visit) && Boolean(visit.href || visit.error);

const isFresh = ({ created }) => created > Date.now() - lifetime;

function update(ticket, alter) {
  return change(place, (store) => {
    const request = store.get(ticket);
    request.onsuccess = () => request.result && store.put(alter(request.result), ticket);
  });
}

const find = async (wanted) => (await all(wanted))[0];

/** The fresh visits that are wanted, each as `[ticket, visit]`. */
async function all(wanted) {
  const found = [];
  await change(place, (store) => each(store, (visit, ticket) => isFresh(visit) && wanted(visit, ticket) && found.push([ticket, visit])));
  return found;
}

function each(store, look) {
  store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    look(cursor.value, cursor.key);
    cursor.continue();
  };
}

/** Removes what is too old to be used, and the oldest of an app beyond a sensible number: one app can't crowd out another. */
function tidy(store, app) {
  const own = [];
  store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (cursor) {
      if (!isFresh(cursor.value)) cursor.delete();
      else if (cursor.value.app === app) own.push([cursor.value.created, cursor.key]);
      return cursor.continue();
    }
    own.sort(([a], [b]) => b - a);
    for (const [, ticket] of own.slice(mostOfAnApp)) store.delete(ticket);
  };
}

/** The channel by which a popup says that it is back. */
export const channelOf = (ticket) => `tokenkeep-visit-${ticket}`;
