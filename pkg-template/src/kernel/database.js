const patience = 5_000;

/**
 * Runs `act` with the one store of a database in a transaction; resolves to what it returned (or true) when that is
 * complete, to undefined if it can't be.
 */
export async function change({ database: name, store }, act) {
  let database;
  try {
    database = await open(name, store);
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, "readwrite");
      const result = act(transaction.objectStore(store)) ?? true;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

function open(name, store) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store);
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
    // Behind an upgrade that somebody blocks it would wait for ever.
    setTimeout(reject, patience);
  });
}
