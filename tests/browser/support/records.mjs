/** The records of pending sign-ins, as [key, record], read the way any script of the app's origin could. */
export async function pendingLogins(page) {
  const found = await page.evaluate(readTransactions);
  return found.filter(([, { record }]) => record !== "").map(([key, value]) => [key, { ...value, record: JSON.parse(value.record) }]);
}

/** The names of records that were used: nothing of them is left but that. */
export async function spentLogins(page) {
  const found = await page.evaluate(readTransactions);
  return found.filter(([, { record }]) => record === "").map(([key, { record: _, created: __, ...rest }]) => [key, rest]);
}

/** Makes every pending sign-in look as if it had been started `milliseconds` earlier. */
export async function ageLogins(page, milliseconds) {
  for (const [key, value] of await pendingLogins(page)) {
    const record = JSON.stringify({ ...value.record, created: value.record.created - milliseconds });
    await page.evaluate(writeTransaction, [key, { ...value, record, created: value.created }]);
  }
}

async function readTransactions() {
  const databases = await indexedDB.databases();
  if (!databases.some(({ name }) => name === "tokenkeep")) return [];
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const database = await settled(indexedDB.open("tokenkeep"));
  const store = database.transaction("transactions").objectStore("transactions");
  const [keys, values] = [await settled(store.getAllKeys()), await settled(store.getAll())];
  database.close();
  return keys.map((key, index) => [key, values[index]]);
}

async function writeTransaction([key, value]) {
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const database = await settled(indexedDB.open("tokenkeep"));
  const store = database.transaction("transactions", "readwrite").objectStore("transactions");
  await settled(store.put(value, key));
  database.close();
}

/** What script can make of the private keys in the database: whether they are `extractable`, and what export came to. */
export const keyPairs = (page) => page.evaluate(tryKeys);

async function tryKeys() {
  const databases = await indexedDB.databases();
  if (!databases.some(({ name }) => name === "tokenkeep")) return [];
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const database = await settled(indexedDB.open("tokenkeep"));
  const values = await settled(database.transaction("transactions").objectStore("transactions").getAll());
  database.close();
  const tried = values
    .filter(({ pair }) => pair)
    .map(async ({ pair: { privateKey } }) => ({
      extractable: privateKey.extractable,
      exported: await crypto.subtle.exportKey("jwk", privateKey).then(JSON.stringify, ({ name }) => name),
    }));
  return Promise.all(tried);
}
